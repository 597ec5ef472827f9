"""
The leaves of a log one by one, as a ledger's lines are gone through: form, role, signature, meaning are the archive's
fault; what somebody well known signed that does not go together is a finding about them.
"""
import re

from .answers import Answers
from .authority import is_revoked
from .chain import Chain
from .closed_grammar import is_publishable
from .faults import Fault
from .note import GREATEST
from .objects import LONGEST, SIGNERS, Signed

KINDS = 'entry', 'head', 'transcription', 'ruling', 'campaign'
ROLES = {'entry': 'devices', 'head': 'devices', 'transcription': 'stations', 'ruling': 'officers'}
WITHHELD = re.compile('{"withheld":"(%s)","by":"([a-z0-9][a-z0-9-]{2,31})","seq":([1-9][0-9]{0,15}),"id":"([A-Za-z0-9_-]{43})"}'
                      % '|'.join(KINDS))


class Withheld:
    """Stands for an object that must not be published: its place alone."""

    def __init__(self, text):
        found = WITHHELD.fullmatch(text)
        if found is None or int(found[3]) > GREATEST:
            raise Fault('bad-leaf')
        self.kind, self.kid, self.seq, self.id = found[1], found[2], int(found[3]), found[4]


def open_leaf(data):
    """Says nothing of who signed it."""
    text = data.decode('latin-1')
    if text.startswith('{'):
        return Withheld(text)
    for kind in KINDS if len(text) <= LONGEST else ():
        try:
            return Signed(text, kind)
        except Fault as fault:
            if fault.code != 'foreign-typ':
                break
    raise Fault('bad-leaf')


class Leaves:
    """`campaigns`: what keys/campaign.jws holds. `election` is None where no definition is in force, and `counted` with it."""

    def __init__(self, authority, campaigns, election, counted, faults):
        self.authority, self.campaigns, self.election, self.counted = authority, campaigns, election, counted
        self.faults, self.ids, self.answers = faults, set(), Answers()
        self.issues = []            # of campaign objects: leaf and issue
        self.counts = dict.fromkeys([*KINDS, 'withheld'], 0)
        self.chains = {'devices': {}, 'stations': {}, 'officers': {}}      # id to chain
        self.keys = {}
        self.pictures = {}          # digest of a public picture to the most bytes that an entry gives it
        self.strangers = []         # findings about those who are nobody's, or somebody else's

    def take(self, number, data):
        try:
            leaf = open_leaf(data)
        except Fault as fault:
            self.faults.add(fault.code, leaf=number)
            return
        is_withheld = isinstance(leaf, Withheld)
        self.counts['withheld' if is_withheld else leaf.kind] += 1
        if leaf.id in self.ids:
            self.faults.add('leaf-twice', leaf=number)
            self.count_again(leaf)
            return
        self.ids.add(leaf.id)
        if is_withheld:
            role = ROLES.get(leaf.kind)
            if leaf.kind != 'head' and role and self.key(leaf.kid, role):
                self.place(number, leaf.kid, role, leaf.seq, leaf.id, None)
            return
        if self.election and not is_publishable(leaf, self.election, self.campaigns.newest['rehearsal']):
            self.faults.add('not-closed', leaf=number)
        try:
            if leaf.kind == 'campaign':
                self.take_campaign(number, leaf, data.decode('latin-1'))
            else:
                self.take_signed(number, leaf)
        except Fault as fault:
            self.faults.add(fault.code, leaf=number)

    def count_again(self, leaf):
        """Of two leaves with one id the first may bear no good signature, and the second one."""
        key = None if isinstance(leaf, Withheld) or leaf.kind not in ROLES else self.key(leaf.kid, ROLES[leaf.kind])
        try:
            if key:
                leaf.verify(key)
                self.count(leaf, leaf.read())
        except Fault:
            pass

    @property
    def newest_issue(self):
        return self.issues[-1][1] if self.issues else 0

    def campaign_at(self, size):
        """Text and words of the one in force when there were `size` leaves; None where there was none."""
        issues = [issue for leaf, issue in self.issues if leaf < size]
        if size == 0:
            return next(iter(self.campaigns.by_issue.values()), None)
        return self.campaigns.by_issue[issues[-1]] if issues else None

    def take_campaign(self, number, leaf, text):
        issue = leaf.payload.get('issue') if isinstance(leaf.payload, dict) else None
        known = self.campaigns.by_issue.get(issue) if type(issue) is int else None
        if known is None or known[0] != text or issue <= self.newest_issue:
            raise Fault('campaign-differs')
        self.issues.append((number, issue))

    def take_signed(self, number, leaf):
        role = ROLES[leaf.kind]
        key = self.key(leaf.kid, role)
        if key is None:
            code = 'wrong-role' if self.authority.role(leaf.kid) else 'unknown-' + SIGNERS[leaf.kind]
            self.strangers.append({'code': code, 'leaf': number, 'by': leaf.kid, 'seq': None})
            return
        leaf.verify(key)
        payload = leaf.read()
        if leaf.kind == 'head':
            return
        self.place(number, leaf.kid, role, payload['seq'], leaf.id, payload['prev'])
        if leaf.kind == 'entry':
            self.answers.take_entry(leaf.id, payload)
            for image in payload['images'] if payload['kind'] == 'acta' else ():
                if image['role'] == 'public' and 'sealed' not in image:
                    self.pictures[image['sha256']] = max(image['size'], self.pictures.get(image['sha256'], 0))
        elif leaf.kind == 'transcription' and not is_revoked(self.authority, leaf.kid, payload['seq']):
            self.answers.take(number, leaf.id, payload)
        self.count(leaf, payload)

    def count(self, leaf, payload):
        if self.counted and leaf.kind != 'head':
            self.counted.take(leaf.kind, leaf.id, payload, is_revoked(self.authority, leaf.kid, payload['seq']))

    def place(self, number, kid, role, seq, object_id, prev):
        chain = self.chains[role].setdefault(kid, Chain(self.key(kid, role).genesis))
        chain.add(seq, object_id, prev, number)

    def key(self, kid, role):
        """None where nobody lists it in this role."""
        if (kid, role) not in self.keys:
            self.keys[kid, role] = self.authority.key(kid, role)
        return self.keys[kid, role]

    def findings(self):
        """In the order of the leaves."""
        found = Findings(self.strangers)
        for chains in self.chains.values():
            for kid, chain in chains.items():
                chain.find_faults(found, kid, self.authority.revoked.get(kid))
        self.answers.find_faults(found)
        return sorted(found, key=lambda one: (one['leaf'], one['code']))

    def signers(self, role):
        return [{'id': kid, 'entries': sum(map(len, chain.by_seq.values())), 'last': max(chain.by_seq),
                 'awaited': sum(last - first + 1 for first, last in chain.gaps())}
                for kid, chain in sorted(self.chains[role].items())]


class Findings(list):
    """Takes what a ledger's checks would call faults; numbers that are not there are awaited."""

    def add(self, leaf, code, seq=None, device=None):
        if code != 'gap':
            self.append({'code': code, 'leaf': leaf, 'by': device, 'seq': seq})
