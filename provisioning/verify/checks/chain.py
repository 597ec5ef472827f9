"""What one device, station or officer signed: its first, second, third ... object, each naming the one before."""


class Links:
    """In a file of its own, where each line follows from the one before."""

    def __init__(self, genesis):
        self.genesis, self.head = genesis, None
        self.expected, self.linked = 1, True      # the number that comes next; whether the one before it is known

    def pass_over(self):
        self.expected, self.linked = self.expected + 1, False

    def add(self, seq, object_id, prev):
        """The code of what is wrong with this link; None where nothing is."""
        code = ('seq-repeated' if seq < self.expected else 'seq-gap' if seq > self.expected
                else 'bad-prev' if self.linked and prev != (self.head['id'] if self.head else self.genesis) else None)
        self.head = {'seq': seq, 'id': object_id}
        self.expected, self.linked = seq + 1, True
        return code


class Chain:
    """As a centre got them: in any order, some twice, some never, some in conflict."""

    def __init__(self, genesis):
        self.genesis = genesis
        self.by_seq = {}            # number to [(id, prev, line)], different entries only
        self.contiguous = 0         # the last number before which none is missing

    def add(self, seq, entry_id, prev, line):
        bearers = self.by_seq.setdefault(seq, [])
        if all(entry_id != other for other, _, _ in bearers):
            bearers.append((entry_id, prev, line))
        while self.contiguous + 1 in self.by_seq:
            self.contiguous += 1

    def has(self, seq, entry_id):
        return any(entry_id == held for held, _, _ in self.by_seq.get(seq, ()))

    def follows(self, seq, prev):
        """False only when the entry before is held and is another than the one named; what is withheld names none."""
        if prev is None:
            return True
        if seq == 1:
            return prev == self.genesis
        return seq - 1 not in self.by_seq or self.has(seq - 1, prev)

    def gaps(self):
        seqs = [0] + sorted(self.by_seq)
        return [[before + 1, seq - 1] for before, seq in zip(seqs, seqs[1:]) if seq > before + 1]

    def twice(self):
        return [seq for seq in sorted(self.by_seq) if len(self.by_seq[seq]) > 1]

    def quarantined(self, revocation):
        """Those after the last good one."""
        return {seq: bearers for seq, bearers in self.by_seq.items() if revocation and seq > revocation['last']}

    def find_faults(self, faults, device, revocation):
        quarantined = self.quarantined(revocation)
        last = 0
        for seq in sorted(self.by_seq):
            bearers = self.by_seq[seq]
            if seq > last + 1:
                faults.add(bearers[0][2], 'gap', seq=last + 1, device=device)
            for _, _, line in bearers[1:]:
                faults.add(line, 'equivocation', seq=seq, device=device)
            for _, prev, line in bearers:
                if not self.follows(seq, prev):
                    faults.add(line, 'bad-prev', seq=seq, device=device)
            for _, _, line in quarantined.get(seq, ()):
                faults.add(line, 'revoked', seq=seq, device=device)
            last = seq
