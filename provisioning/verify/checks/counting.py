"""
How tables are counted, as COUNTING.md says it, from objects that verify. Nothing here depends on the order in which they
came, and nothing is decided by majority. A sum says what devices recorded, never that papers are genuine.
"""
from .answers import pictures_of

METHODS = 'qr', 'ocr', 'people'
STATES = 'missing', 'unread', 'counted', 'conflict', 'quarantine', 'void'


class Counted:
    """What goes in: each id once, disowned or not."""

    def __init__(self, election):
        self.election, self.entries, self.voids = election, {}, set()     # voids: device, and the id that it voids
        self.answers, self.rulings = {}, {}
        self.taken = {'transcription': self.take_answer, 'ruling': self.take_ruling, 'entry': self.take_entry}

    def take(self, kind, object_id, payload, is_disowned):
        if payload['election'] == self.election.id:
            self.taken[kind](object_id, payload, is_disowned)

    def take_entry(self, entry_id, entry, is_disowned):
        if entry['kind'] == 'acta':
            self.entries[entry_id] = entry, is_disowned
        elif entry['kind'] == 'void' and not is_disowned:
            self.voids.add((entry['device'], entry['voids']['id']))

    def take_answer(self, answer_id, answer, is_disowned):
        if not is_disowned:
            self.answers[answer_id] = answer

    def take_ruling(self, ruling_id, ruling, is_disowned):
        if not is_disowned:
            self.rulings[ruling_id] = ruling

    def figures(self, register):
        """`register`: None without one."""
        return Count(self, register).figures()


class Paper:
    """An entry of kind acta, and what stations answered to it: `readings` and `tables` by station."""

    def __init__(self, entry_id, entry, standing, election):
        self.id, self.device, self.standing = entry_id, entry['device'], standing
        reading = entry['reading']
        self.machine = election.read(reading['text']) if reading['method'] != 'none' else None
        self.code_table = self.machine.table if self.machine else election.table_of(reading['code'])
        self.method, self.pictures = reading['method'], pictures_of(entry)
        self.readings, self.tables = {}, {}

    @property
    def is_good(self):
        return self.standing == 'good'

    def hear(self, station, answers, election):
        """`answers` of one station to this paper, by id, each to one of its pictures."""
        gone = {answer['replaces'] for own_id, answer in answers.items() if answer.get('replaces', own_id) != own_id}
        said = {(election.read(answer.get('text')), answer.get('code'))
                for answer_id, answer in answers.items() if answer_id not in gone}
        said = {reading or election.table_of(code) for reading, code in said}
        if len(said) != 1:
            return                     # answer-changed: it has no answer
        answer, = said
        if isinstance(answer, tuple):
            self.readings[station] = answer
            self.tables[station] = answer.table
        elif answer is not None:
            self.tables[station] = answer

    def conclude(self):
        readings, needs_code = set(self.readings.values()), self.machine is None and self.code_table is not None
        agreed = len(self.readings) >= 2 and len(readings) == 1 and next(iter(readings))
        self.people = agreed if agreed and not (needs_code and agreed.table != self.code_table) else None
        # The tables that it names in dispute; none where there is none.
        elsewhere = needs_code and any(reading.table != self.code_table for reading in readings)
        self.disputed = set()
        if self.machine is None and len(self.readings) >= 2 and (len(readings) > 1 or elsewhere):
            self.disputed = {reading.table for reading in readings} | ({self.code_table} if needs_code else set())
        tables = set(self.tables.values())
        agreed_code = next(iter(tables)) if len(self.tables) >= 2 and len(tables) == 1 else None
        self.belongs = self.code_table or (self.people.table if self.people else agreed_code)
        self.is_unread = self.is_good and self.machine is None and self.people is None

    def concerns(self):
        """The tables of which it says anything."""
        said = {self.belongs, self.machine and self.machine.table, self.people and self.people.table}
        return (said | self.disputed) - {None}


class Standing:
    """How a table stands, without the entries that are excluded for it."""

    def __init__(self, table, papers, excluded):
        good = [paper for paper in papers if paper.is_good and paper.id not in excluded]
        said_by, by_both, methods = {}, set(), {}    # version to the devices of its entries; machine and people; to how read
        contradicted, named, by_dispute = False, False, set()
        for paper in good:
            machine, people = paper.machine, paper.people
            if machine and machine.table == table:
                said_by.setdefault(machine, set()).add(paper.device)
                methods.setdefault(machine, set()).add(paper.method)
                contradicted = contradicted or (people is not None and people.table != table)
            if people and people.table == table:
                if machine and machine.table != table:
                    named = True
                    by_dispute.add(people)
                else:
                    said_by.setdefault(people, set()).add(paper.device)
                    methods.setdefault(people, set()).add('people')
                    if machine == people:
                        by_both.add(people)
            if table in paper.disputed:
                named = True
                by_dispute |= {reading for reading in paper.readings.values() if reading.table == table}
        self.versions, self.can_be_nothing = set(said_by), False
        if len(said_by) > 1 or contradicted:
            self.state = 'conflict'
        elif said_by:
            self.state = 'counted'
        else:
            self.state = self.without_versions([paper for paper in papers if paper.belongs == table], excluded)
            if named and self.state in ('unread', 'missing'):
                self.state, self.versions, self.can_be_nothing = 'conflict', by_dispute, True
        self.version = next(iter(said_by)) if self.state == 'counted' else None
        self.is_confirmed = self.version is not None and (len(said_by[self.version]) > 1 or self.version in by_both)
        self.devices = len(said_by.get(self.version, ()))
        self.methods = [method for method in METHODS if method in methods.get(self.version, ())]

    @staticmethod
    def without_versions(belonging, excluded):
        rest = [paper for paper in belonging if paper.id not in excluded]
        if any(paper.is_unread for paper in rest):
            return 'unread'
        if any(paper.standing == 'disowned' for paper in rest):
            return 'quarantine'
        is_void = len(rest) < len(belonging) or any(paper.standing == 'void' for paper in rest)
        return 'void' if is_void else 'missing'


class Count:
    def __init__(self, counted, register):
        self.election, self.electors = counted.election, register.electors if register else {}
        self.register = register and {'sha256': register.sha256, **register.extent()}
        self.papers = {
            entry_id: Paper(entry_id, entry, 'disowned' if is_disowned
                            else 'void' if (entry['device'], entry_id) in counted.voids else 'good', self.election)
            for entry_id, (entry, is_disowned) in counted.entries.items()}
        self.hear(counted.answers)
        self.by_table = {}
        for paper in self.papers.values():
            paper.conclude()
            for table in paper.concerns():
                self.by_table.setdefault(table, []).append(paper)
        self.rulings, self.excluded = decide(counted.rulings)
        self.unlisted = sorted({paper.belongs for paper in self.papers.values()} - {None} - set(self.electors))
        self.standings = {table: Standing(table, self.by_table.get(table, []), self.excluded.get(table, ()))
                          for table in [*self.electors, *self.unlisted]}

    def hear(self, answers):
        given = {}                     # paper and station to answers by id
        for answer_id, answer in answers.items():
            paper = self.papers.get(answer['entry'])
            if paper and answer['image'] in paper.pictures:
                given.setdefault((answer['entry'], answer['station']), {})[answer_id] = answer
        for (entry_id, station), of_station in given.items():
            self.papers[entry_id].hear(station, of_station, self.election)

    def figures(self):
        states = {state: {'tables': 0, 'electors': 0} for state in STATES}
        confirmed = {'tables': 0, 'electors': 0}
        apart = {state: 0 for state in STATES if state != 'missing'}
        sums = {name: Sums(self.election) for name in ('all', 'confirmed', 'withoutRulings')}
        bounds = {candidate: [0, 0] for candidate in self.election.candidates}
        for table, standing in self.standings.items():
            without = Standing(table, self.by_table.get(table, []), ()) if table in self.excluded else standing
            if table in self.electors:
                for extent in [states[standing.state]] + ([confirmed] if standing.is_confirmed else []):
                    extent['tables'] += 1
                    extent['electors'] += self.electors[table]
            else:
                apart[standing.state] += 1
            sums['all'].add(standing.version)
            sums['withoutRulings'].add(without.version)
            if standing.is_confirmed:
                sums['confirmed'].add(standing.version)
            if standing.state == 'conflict':
                self.widen(bounds, standing)
        return {
            'election': self.election.id, 'register': self.register, 'tables': states, 'confirmed': confirmed,
            'unlisted': apart,
            'unreadPapers': sum(paper.is_unread and paper.belongs is None for paper in self.papers.values()),
            'sums': {name: one.report() for name, one in sums.items()},
            'bounds': {candidate: {'least': sums['all'].candidates[candidate] + least,
                                   'most': sums['all'].candidates[candidate] + most}
                       for candidate, (least, most) in bounds.items()},
            'contradicting': self.contradicting(), 'rulings': self.rulings}

    def widen(self, bounds, standing):
        for candidate, bound in bounds.items():
            votes = [votes_of(self.election, version, candidate) for version in standing.versions]
            votes += [0] if standing.can_be_nothing else []
            bound[0] += min(votes)
            bound[1] += max(votes)

    def contradicting(self):
        """Rulings change nothing of it."""
        good = [paper for paper in self.papers.values() if paper.is_good]
        machines, people = {}, {}      # table to readings: by device; of people
        for paper in good:
            if paper.machine:
                by_device = machines.setdefault(paper.machine.table, {})
                by_device.setdefault(paper.device, set()).add(paper.machine)
            if paper.people:
                for table in {paper.people.table, paper.machine.table if paper.machine else paper.people.table}:
                    people.setdefault(table, set()).add(paper.people)
        shared, differs = {}, {}

        def note(who, own, others):
            if others:
                shared[who] = shared.get(who, 0) + 1
                differs[who] = differs.get(who, 0) + (len(own | others) > 1)

        for table, by_device in machines.items():
            for device, own in by_device.items():
                others = [said for other, said in by_device.items() if other != device]
                note(device, own, set().union(people.get(table, ()), *others))
        for paper in good:
            for station, own in paper.readings.items():
                others = {said for other, said in paper.readings.items() if other != station}
                note(station, {own}, others | ({paper.machine} if paper.machine else set()))
        listed = [{'id': who, 'shared': shared[who], 'differs': count} for who, count in differs.items()
                  if count >= 5 and count * 5 >= shared[who]]
        return sorted(listed, key=lambda one: (-one['differs'], one['id']))


def decide(rulings):
    """How many count, are in force, are by one officer only; and for each table what those in force exclude."""
    alike = {}                         # rulings that are one, by what they say
    for ruling_id, ruling in rulings.items():
        says = ruling['table'], frozenset(ruling['excludes']), frozenset(ruling.get('replaces', ()))
        alike.setdefault(says, []).append((ruling_id, ruling['officer']))
    count = [says for says, signed in alike.items() if len({officer for _, officer in signed}) > 1]
    excluded, in_force, replaced = {}, 0, set().union(*(replaces for _, _, replaces in count))
    for says in count:
        if any(ruling_id in replaced for ruling_id, _ in alike[says]):
            continue
        in_force += 1
        excluded.setdefault(says[0], set()).update(says[1])
    return {'counted': len(count), 'inForce': in_force, 'single': len(alike) - len(count)}, excluded


def votes_of(election, reading, candidate):
    return sum(votes for votes, card in zip(reading.votes, election.cards) if card == candidate)


class Sums:
    def __init__(self, election):
        self.election, self.null_votes, self.empty_votes = election, 0, 0
        self.candidates = {candidate: 0 for candidate in election.candidates}

    def add(self, reading):
        if reading is None:
            return
        for votes, candidate in zip(reading.votes, self.election.cards):
            self.candidates[candidate] += votes
        self.null_votes += reading.null_votes
        self.empty_votes += reading.empty_votes

    def report(self):
        return {'candidates': self.candidates, 'nullVotes': self.null_votes, 'emptyVotes': self.empty_votes}
