"""entries.jws, device.pem, images/, and head.jws where it is: one device's records, each naming the one before."""
import os

from .authority import authority_beside, authority_report, is_revoked, revocation_report
from .chain import Links
from .faults import Fault, Faults
from .files import lines_of, look_at_image, note_images
from .fingerprint import rests_on
from .keys import key_of, read_pem, vouched_key
from .objects import LONGEST, Signed, open_signed
from .regular_file import open_regular
from .shapes import ID, answers


def check_journal(directory, images):
    authority = authority_beside(directory)
    pem = read_pem(os.path.join(directory, 'device.pem'))
    key, certified = vouched_key(pem, authority and authority.pinned, 'entries')
    with open_regular(os.path.join(directory, 'entries.jws')) as file:
        journal = Journal(key, certified, authority, Head(os.path.join(directory, 'head.jws'), key))
        for line, jws, code in lines_of(file):
            journal.take(line, jws, code)
    return journal.report(os.path.join(directory, 'images') if images else None, given_away(directory, authority))


def given_away(directory, authority):
    """
    Digest to entry, receipt and centre: images that the kiosk deleted since a centre holds them, as far as receipts by
    the centres that the authority lists prove it; where it lists none, by the keys in given-away/, whose the reader has
    to know.
    """
    listed = authority.centres if authority and authority.centres.issue > 0 else None
    folder, given = os.path.join(directory, 'given-away'), {}
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return given
    for name in names:
        centre, ending = os.path.splitext(name)
        if ending != '.jws' or not ID(centre):
            continue
        try:
            key = listed.key(centre) if listed else key_of(read_pem(os.path.join(folder, centre + '.pem')))
        except Fault:
            continue
        with open_regular(os.path.join(folder, name)) as file:
            for _, jws, code in lines_of(file):
                try:
                    receipt = None if code else open_signed(jws, 'receipt', centre, key)
                except Fault:
                    continue
                for answer in answers(receipt.payload) if receipt else ():
                    for image in answer['images']:
                        if image['status'] == 'stored':
                            given[image['sha256']] = {
                                'entry': answer['entry'], 'receipt': receipt.id, 'centre': centre,
                                'key': key, 'listed': listed is not None}
    return given


class Head:
    """What the device showed as its last record when the day was closed: a chain does not show its tail cut off."""

    def __init__(self, path, key):
        self.payload, self.code, self.found = None, None, None
        try:
            with open_regular(path) as file:
                text = file.read(LONGEST + 2)
        except OSError:
            return
        if len(text) > LONGEST + 1:
            return
        try:
            signed = Signed(text.decode('latin-1')[:-1] if text.endswith(b'\n') else text.decode('latin-1'), 'head')
            signed.verify(key)
            self.payload = signed.read()
        except Fault:
            self.code = 'bad-head'

    def see(self, seq, entry_id):
        if self.payload and seq == self.payload['seq']:
            self.found = entry_id

    def find_fault(self, faults, device, last):
        code, seq = self.code, None
        if self.payload:
            seq = self.payload['seq']
            if device not in (None, self.payload['device']):
                code, seq = 'wrong-device', None
            elif seq > last:
                code = 'tail-cut-off'
            elif self.found not in (None, self.payload['id']):
                code = 'head-differs'
        if code:
            faults.add(1, code, seq=seq, file='head.jws')


class Journal:
    def __init__(self, key, certified, authority, closing):
        self.key, self.certified, self.authority, self.closing = key, certified, authority, closing
        self.faults, self.named, self.by_kind, self.codes = Faults(), {}, {}, set()
        self.broken = 0             # faults of lines, signatures and links
        self.quarantined = []
        self.device, self.entries, self.links = None, 0, Links(key.genesis)
        if authority:
            self.faults.include(authority.faults)

    def take(self, line, jws, code):
        try:
            if code:
                raise Fault(code)
            signed = Signed(jws, 'entry')
            signed.verify(self.key)
            entry = signed.read()
            if (self.device or self.certified or entry['device']) != entry['device']:
                raise Fault('wrong-device')
        except Fault as fault:
            self.add_broken(line, fault.code, self.links.expected)
            self.links.pass_over()
            return
        seq = entry['seq']
        code = self.links.add(seq, signed.id, entry['prev'])
        if code:
            self.add_broken(line, code, seq)
        self.device = entry['device']
        self.entries += 1
        self.by_kind[entry['kind']] = self.by_kind.get(entry['kind'], 0) + 1
        if entry['kind'] == 'acta' and entry['reading']['code'] is not None:
            self.codes.add(entry['reading']['code'])
        if is_revoked(self.authority, self.device, seq):
            self.quarantined.append((line, seq))
        self.closing.see(seq, signed.id)
        note_images(entry, signed.id, line, self.named)

    def add_broken(self, line, code, seq):
        self.broken += 1
        self.faults.add(line, code, seq=seq)

    def find_faults_beside(self):
        """What the authority and the head say of the whole."""
        for line, seq in self.quarantined:
            self.faults.add(line, 'revoked', seq=seq)
        asked = self.authority and self.authority.issue > 0 and self.device and not self.certified
        if asked and not self.is_listed():
            self.faults.add(1, 'unknown-device', file='device.pem')
        head = self.closing.payload
        # Whoever stole a key can sign a head of what never was.
        if not (head and is_revoked(self.authority, self.device, head['seq'])):
            self.closing.find_fault(self.faults, self.device, self.links.head['seq'] if self.links.head else 0)

    def is_listed(self):
        return self.authority is not None and self.authority.lists(self.device, 'devices', self.key)

    def rests_on(self, given_away, given):
        """The keys for which nothing else in the directory vouches."""
        keys = [('authority.pem', self.authority.pinned.key)] if self.authority else []
        if not self.certified and not self.is_listed():
            keys.append(('device.pem', self.key))
        proofs = [given[image['sha256']] for image in given_away]
        centres = {'given-away/%(centre)s.pem' % proof: proof['key'] for proof in proofs if not proof['listed']}
        return [rests_on(file, key) for file, key in keys + sorted(centres.items(), key=lambda item: item[0])]

    def count_images(self, folder, given):
        count = {'named': len(self.named), 'present': 0, 'givenAway': [], 'missing': 0, 'altered': 0}
        for (sha256, size), (line, seq, _, entry_id) in self.named.items():
            code, proof = look_at_image(folder, sha256, size), given.get(sha256)
            if code == 'image-missing' and proof and proof['entry'] == entry_id:
                count['givenAway'].append(
                    {'seq': seq, 'sha256': sha256, 'receipt': proof['receipt'], 'centre': proof['centre']})
                continue
            count['present' if code is None else 'altered' if code == 'image-altered' else 'missing'] += 1
            if code:
                self.faults.add(line, code, seq=seq)
        return count

    def report(self, folder, given):
        self.find_faults_beside()
        head = self.closing.payload
        images = None if folder is None else self.count_images(folder, given)
        if self.entries == 0 and self.faults.count == 0:
            self.faults.add(1, 'nothing-to-check')
        return {'kind': 'journal', 'whole': self.faults.count == 0, 'device': self.device, 'entries': self.entries,
                'byKind': self.by_kind, 'actas': len(self.codes), 'head': self.links.head, 'chainWhole': self.broken == 0,
                'closed': head and {'seq': head['seq'], 'id': head['id']},
                'restsOn': self.rests_on(images['givenAway'] if images else (), given),
                'authority': authority_report(self.authority),
                'revoked': revocation_report(self.authority, self.device), 'quarantined': len(self.quarantined),
                'images': images, 'faults': self.faults, 'faultCount': self.faults.count}
