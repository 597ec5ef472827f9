"""
ledger.jws, images/, and heads.jws where it is: entries, answers of reading stations and rulings of officers as
received, and receipts as issued. Who may sign say devices/<id>.pem and centre.pem, or the authority, which alone lists
stations and officers.
"""
import os

from .authority import authority_beside, authority_report, is_revoked, revocation_report
from .answers import Answers
from .chain import Chain
from .faults import Fault, Faults
from .files import lines_of, look_at_image, note_images
from .fingerprint import rests_on
from .keys import read_pem, vouched_key
from .objects import SIGNERS, Signed
from .regular_file import open_regular
from .shapes import answers


# The kinds that people sign, and in what role their signers are listed.
PEOPLE = {'transcription': 'stations', 'ruling': 'officers'}


def check_ledger(directory, images, counted=None):
    """`counted` takes in what verifies, as `counting.Counted` does."""
    ledger = Ledger(directory, counted)
    with open_regular(os.path.join(directory, 'ledger.jws')) as file:
        for line, jws, code in lines_of(file):
            if code:
                ledger.faults.add(line, code)
            else:
                ledger.take(line, jws)
    return ledger.report(images)


class Ledger:
    def __init__(self, directory, counted):
        self.directory, self.authority, self.counted = directory, authority_beside(directory), counted
        self.pinned = self.authority and self.authority.pinned
        self.bare = {}              # keys that neither the registry nor a certificate vouches for
        self.centres = self.authority and self.authority.centres.issue > 0 and self.authority.centres
        if not self.centres:
            pem = read_pem(os.path.join(directory, 'centre.pem'))
            self.centre_key, self.centre_certified = vouched_key(pem, self.pinned, 'receipts')
        self.faults, self.keys, self.codes, self.named, self.answers = Faults(), {}, set(), {}, Answers()
        self.chains = {'devices': {}, 'stations': {}, 'officers': {}}      # id to chain
        self.claimed = set()        # digests that a receipt says are stored
        self.centre, self.receipts, self.revoked_receipts, self.heads = None, 0, 0, 0
        if self.authority:
            self.faults.include(self.authority.faults)

    def key(self, device):
        if device not in self.keys:
            try:
                self.keys[device] = self.read_key(device)
            except Fault:
                self.keys[device] = None
        return self.keys[device]

    def read_key(self, device):
        """Once there is a registry, a key counts that it lists, or that has a certificate."""
        listed = self.authority and self.authority.key(device)
        if listed:
            return listed
        pem = read_pem(os.path.join(self.directory, 'devices', device + '.pem'))
        key, certified = vouched_key(pem, self.pinned, 'entries')
        unlisted = certified is None and self.authority is not None and self.authority.issue > 0
        if unlisted or certified not in (None, device):
            return None
        if certified is None:
            self.bare[device] = key
        return key

    def take(self, line, jws):
        try:
            signed = signed_as(jws, 'entry', 'receipt', *PEOPLE)
            if signed.kind == 'receipt':
                self.take_receipt(line, signed)
                return
        except Fault as fault:
            self.faults.add(line, fault.code)
            return
        try:
            self.take_signed(line, signed, PEOPLE.get(signed.kind, 'devices'))
        except Fault as fault:
            self.faults.add(line, fault.code, device=signed.kid)

    def take_signed(self, line, signed, role):
        """What somebody signed who is listed in this role."""
        listed_as = self.authority.role(signed.kid) if self.authority else None
        if listed_as not in (None, role):
            raise Fault('wrong-role')
        key = self.key(signed.kid) if role == 'devices' else self.authority.key(signed.kid, role) if listed_as else None
        if key is None:
            raise Fault('unknown-' + SIGNERS[signed.kind])
        signed.verify(key)
        payload = signed.read()
        self.chains[role].setdefault(signed.kid, Chain(key.genesis)).add(payload['seq'], signed.id, payload['prev'], line)
        is_disowned = is_revoked(self.authority, signed.kid, payload['seq'])
        if signed.kind == 'entry':
            if payload['kind'] == 'acta' and payload['reading']['code'] is not None:
                self.codes.add(payload['reading']['code'])
            note_images(payload, signed.id, line, self.named)
            self.answers.take_entry(signed.id, payload)
        elif signed.kind == 'transcription' and not is_disowned:
            self.answers.take(line, signed.id, payload)
        if self.counted:
            self.counted.take(signed.kind, signed.id, payload, is_disowned)

    def take_receipt(self, line, signed):
        if self.centres and signed.kid in self.centres.revoked:
            # The honest ledger of a centre that was robbed of its key holds them for ever: they count nowhere.
            self.revoked_receipts += 1
            return
        signed.verify(self.centres.key(signed.kid) if self.centres else self.centre_key)
        receipt = signed.read()
        self.centre = self.centre or signed.kid
        if not self.centres and signed.kid != self.centre:
            raise Fault('wrong-centre')
        self.receipts += 1
        said = answers(receipt)
        self.claimed.update(image['sha256'] for one in said for image in one['images'] if image['status'] == 'stored')
        device, seq, upto = receipt['device'], receipt['seq'], receipt['upto']
        chain = self.chains['devices'].get(device, Chain(''))
        founded = (all(one['status'] == 'rejected' or chain.has(one['seq'], one['entry']) for one in said)
                   and (upto is None or (chain.has(upto['seq'], upto['id']) and upto['seq'] <= chain.contiguous)))
        if not founded:
            self.faults.add(line, 'receipt-unfounded', seq=seq, device=device)

    def count_images(self):
        count = {'named': len(self.named), 'present': 0, 'awaited': 0, 'missing': 0, 'altered': 0}
        for (sha256, size), (line, seq, device, _) in self.named.items():
            code = look_at_image(os.path.join(self.directory, 'images'), sha256, size)
            if code is None:
                count['present'] += 1
            elif code == 'image-missing' and sha256 not in self.claimed:
                count['awaited'] += 1
            else:
                count['altered' if code == 'image-altered' else 'missing'] += 1
                self.faults.add(line, code, seq=seq, device=device)
        return count

    def take_head(self, line, jws, code):
        try:
            if code:
                raise Fault(code)
            signed = Signed(jws, 'head')
            key = self.key(signed.kid)
            if key is None:
                raise Fault('unknown-device')
            signed.verify(key)
            head = signed.read()
        except Fault as fault:
            self.faults.add(line, fault.code, file='heads.jws')
            return
        self.heads += 1
        device, seq = head['device'], head['seq']
        by_seq = self.chains['devices'].get(device, Chain('')).by_seq
        # Whoever stole a key can sign a head of what never was.
        if is_revoked(self.authority, device, seq):
            return
        if seq > max(by_seq, default=0):
            self.faults.add(line, 'tail-cut-off', seq=seq, device=device, file='heads.jws')
        elif seq in by_seq and all(entry_id != head['id'] for entry_id, _, _ in by_seq[seq]):
            self.faults.add(line, 'head-differs', seq=seq, device=device, file='heads.jws')

    def head_lines(self):
        try:
            with open_regular(os.path.join(self.directory, 'heads.jws')) as file:
                yield from lines_of(file)
        except FileNotFoundError:
            return

    def rests_on(self):
        """The keys for which nothing else in the directory vouches."""
        keys = [('authority.pem', self.pinned.key)] if self.pinned else []
        if not self.centres and self.centre_certified is None:
            keys.append(('centre.pem', self.centre_key))
        keys += [('devices/%s.pem' % device, self.bare[device]) for device in self.chains['devices'] if device in self.bare]
        return [rests_on(file, key) for file, key in keys]

    def report(self, images):
        by_role = {role: self.report_chains(chains) for role, chains in self.chains.items()}
        proofs = [{'device': device, 'seq': seq, 'entries': [
            {'id': entry_id, 'line': line} for entry_id, _, line in chain.by_seq[seq]]}
            for device, chain in self.chains['devices'].items() for seq in chain.twice()]
        proofs.sort(key=lambda proof: proof['entries'][0]['line'])
        self.answers.find_faults(self.faults)
        for line, jws, code in self.head_lines():
            self.take_head(line, jws, code)
        count = self.count_images() if images else None
        if not any(by_role.values()) and self.faults.count == 0:
            self.faults.add(1, 'nothing-to-check')
        return {'kind': 'ledger', 'whole': self.faults.count == 0, 'centre': self.centre,
                'entries': sum(device['entries'] for device in by_role['devices']), 'actas': len(self.codes),
                **by_role, 'receipts': self.receipts, 'revokedReceipts': self.revoked_receipts,
                'restsOn': self.rests_on(), 'authority': authority_report(self.authority),
                'heads': self.heads, 'proofs': proofs[:100], 'images': count,
                'faults': self.faults, 'faultCount': self.faults.count}

    def report_chains(self, chains):
        """In the order in which they first appeared."""
        reports = []
        for signer, chain in chains.items():
            revocation = revocation_report(self.authority, signer)
            chain.find_faults(self.faults, signer, revocation)
            first = chain.by_seq.get(chain.contiguous)
            reports.append({
                'device': signer, 'entries': sum(map(len, chain.by_seq.values())),
                'upto': {'seq': chain.contiguous, 'id': first[0][0]} if first else None,
                'gaps': chain.gaps(), 'equivocations': chain.twice(),
                'revoked': revocation, 'quarantined': sum(map(len, chain.quarantined(revocation).values()))})
        return reports


def signed_as(jws, *kinds):
    """Of whichever of these kinds it is."""
    for kind in kinds:
        try:
            return Signed(jws, kind)
        except Fault as fault:
            if fault.code != 'foreign-typ' or kind == kinds[-1]:
                raise
