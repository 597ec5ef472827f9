"""
The proof of one acta (C2SP tlog-proof), as FORMAT.md says it is checked: by the file and the folder `keys/` of a copy. The
steps stand in its order.
"""
import os

from .archive import Archive, ArchiveFaults, InForce
from .archive_folder import ArchiveFolder
from .authority import is_revoked
from .election import Election
from .faults import Fault
from .fingerprint import rests_on
from .leaves import ROLES, Withheld, open_leaf
from .note import LONGEST_NOTE, Checkpoint, decode_base64, parse_decimal
from .objects import SIGNERS
from .presidential_2024 import PRESIDENTIAL_2024
from .tiles import leaf_hash, node_hash

ENDING = '.tlog-proof'
HEADER = b'c2sp.org/tlog-proof@v1'
MOST_HASHES = 63
LONGEST_LEAF = 65535
LONGEST_PROOF = LONGEST_NOTE + -(-LONGEST_LEAF // 3) * 4 + MOST_HASHES * 45 + 100


class KeysFolder(ArchiveFolder):
    """A folder keys/ by itself, under whatever name; what the campaign object names may lie beside it."""

    def __init__(self, keys):
        super().__init__(os.path.dirname(os.path.abspath(keys)))
        self.keys = ArchiveFolder(keys)

    def open(self, path):
        first, _, rest = path.partition('/')
        return self.keys.open(rest) if first == 'keys' else super().open(path)

    def close(self):
        super().close()
        self.keys.close()


class Proof:
    """`extra` is None where there is none."""

    def __init__(self, data):
        end = data.find(b'\n\n')
        if len(data) > LONGEST_PROOF or end < 0:
            raise Fault('bad-proof')
        header, *lines = data[:end].split(b'\n')
        self.checkpoint, self.extra = data[end + 2:], None
        lines = [line.decode('latin-1') for line in lines]
        if header != HEADER:
            raise Fault('bad-proof')
        if lines and lines[0].startswith('extra '):
            self.extra = decode_base64(lines.pop(0)[len('extra '):])
            if not self.extra or len(self.extra) > LONGEST_LEAF:
                raise Fault('bad-proof')
        index = lines.pop(0) if lines else ''
        self.index = parse_decimal(index[len('index '):]) if index.startswith('index ') else None
        self.hashes = [decode_base64(line) for line in lines]
        if self.index is None or len(lines) > MOST_HASHES or any(one is None or len(one) != 32 for one in self.hashes):
            raise Fault('bad-proof')

    def verify(self, leaf, head):
        """That `leaf` is in the tree of this checkpoint (RFC 9162, section 2.1.3.2)."""
        at, last, value = self.index, head.size - 1, leaf_hash(leaf)
        if at > last:
            raise Fault('not-included')
        for sibling in self.hashes:
            if last == 0:
                raise Fault('not-included')
            if at % 2 or at == last:
                value = node_hash(sibling, value)
                while at % 2 == 0 and at:
                    at, last = at // 2, last // 2
            else:
                value = node_hash(value, sibling)
            at, last = at // 2, last // 2
        if last or value != head.root:
            raise Fault('not-included')


def check_proof(data, keys, rehearsal=False):
    """A Fault where nothing can be checked. `keys` is an archive, or its folder keys/."""
    is_archive = os.path.lexists(os.path.join(keys, 'keys', 'authority.pem'))
    folder = ArchiveFolder(keys) if is_archive else KeysFolder(keys)
    try:
        return ProofCheck(Archive(folder)).report(data, rehearsal)
    finally:
        folder.close()


class ProofCheck:
    def __init__(self, archive):
        self.archive, self.campaign = archive, archive.campaign
        in_force = InForce(archive.folder, self.campaign)
        self.faults = ArchiveFaults(archive.faults)
        self.faults.count = archive.faults.count
        for fault in in_force.faults:
            if fault['code'] == 'registry-missing':
                self.faults.add(fault['code'], path=fault['path'], detail='no. %d' % self.campaign['registry']['issue'])
        self.election, self.by, self.register = in_force.election, 'campaign', in_force.register
        if self.election is None and self.campaign['election'] == PRESIDENTIAL_2024['id']:
            self.election, self.by = Election(PRESIDENTIAL_2024), 'program'

    def report(self, data, rehearsal):
        said = {'origin': None, 'size': None, 'leaf': None, 'object': None, 'by': None, 'seq': None,
                'signatureVerified': None, 'entry': None, 'acta': None,
                'witnesses': {'listed': len(self.campaign['witnesses']), 'threshold': self.campaign['threshold'], 'cosigned': []},
                'rehearsal': self.campaign['rehearsal']}
        try:
            proof = Proof(data)
            if proof.extra is None:
                raise Fault('no-leaf')
            head = Checkpoint(proof.checkpoint, self.archive.log)
            proof.verify(proof.extra, head)
            said.update(origin=head.origin, size=head.size, leaf=proof.index)
            self.check_leaf(proof.extra, said)
            said['witnesses'] = self.archive.check_witnesses(head, self.faults, '')
            if self.campaign['rehearsal'] and not rehearsal:
                raise Fault('rehearsal')
        except Fault as fault:
            self.faults.add(fault.code, path='')
        return {'kind': 'proof', 'whole': self.faults.count == 0, **said, 'faults': self.faults, 'faultCount': self.faults.count,
                'restsOn': [rests_on('keys/authority.pem', self.archive.authority.pinned.key)], 'log': self.archive.log.text}

    def check_leaf(self, data, said):
        """What is wrong with it ends nothing: that it is in the log is proved."""
        try:
            leaf = open_leaf(data)
            said['by'] = leaf.kid
            if isinstance(leaf, Withheld):
                said.update(object='withheld', seq=leaf.seq)
                return
            said['object'] = leaf.kind
            if leaf.kind == 'campaign':
                return
            authority = self.archive.authority
            key = authority.key(leaf.kid, ROLES[leaf.kind])
            if key is None:
                raise Fault('wrong-role' if authority.role(leaf.kid) else 'unknown-' + SIGNERS[leaf.kind])
            leaf.verify(key)
            payload = leaf.read()
            said.update(seq=payload['seq'], signatureVerified=True)
            if leaf.kind == 'entry':
                said.update(entry=summary_of(payload), acta=self.acta_in(payload))
            if is_revoked(authority, leaf.kid, payload['seq']):
                raise Fault('revoked')
        except Fault as fault:
            self.faults.add(fault.code, path='')

    def acta_in(self, entry):
        """Its machine reading, by candidate; None where there is none, or nobody knows how it reads."""
        reading = entry.get('reading') if entry['kind'] == 'acta' else None
        if reading is None or self.election is None or reading['method'] == 'none':
            return None
        read = self.election.read(reading['text'])
        if read is None:
            return None
        votes = dict.fromkeys(self.election.candidates, 0)
        for candidate, count in zip(self.election.cards, read.votes):
            votes[candidate] += count
        return {'table': read.table, 'place': self.place_of(read.table),
                'candidates': [{'id': one, 'name': self.election.names[one], 'votes': count} for one, count in votes.items()],
                'nullVotes': read.null_votes, 'emptyVotes': read.empty_votes,
                'total': sum(read.votes) + read.null_votes + read.empty_votes, 'definition': self.by}

    def place_of(self, table):
        if self.register is None or table not in self.register.electors:
            return None
        state, municipality, parish, *name = self.register.places[table.split('.')[0]]
        return {'state': state, 'municipality': municipality, 'parish': parish, 'centroName': name[0] if name else '',
                'electors': self.register.electors[table]}


def summary_of(entry):
    time, reading = entry['time'], entry['reading'] if entry['kind'] == 'acta' else {}
    return {'kind': entry['kind'], 'day': time['wall'][:10] if 'wall' in time else time['day'],
            'method': reading.get('method'), 'said': reading.get('text'), 'code': reading.get('code')}
