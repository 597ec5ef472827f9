"""
An archive, as ARCHIVE.md says it is checked: by nothing but its files and what keys/authority.pem is compared with. The steps
stand in its order.
"""
import hashlib
import os

from .archive_folder import ArchiveFolder
from .authority import Authority
from .campaign import Issues, witness_keys
from .checksums import Checksums
from .counting import Count, Counted
from .election import LARGEST_DEFINITION, read_election
from .faults import MOST_FAULTS, WORDS, Fault
from .feed import Records
from .files import lines_of
from .fingerprint import rests_on
from .keys import LONGEST_FILE, PinnedAuthority
from .leaves import KINDS, Leaves
from .note import LONGEST_NOTE, Checkpoint, Site, encode_base64, parse_decimal, read_verifier_key
from .objects import LONGEST, LONGEST_REGISTRY
from .pictures import check_pictures
from .published import figures_file, first_other_line, tables_file
from .register import Register
from .tiles import check_tree

MOST_FINDINGS = 1000


def is_archive(directory):
    return any(os.path.isfile(os.path.join(directory, *name)) for name in (['checkpoint'], ['keys', 'campaign.jws']))


def check_archive(directory, images=True, rehearsal=False):
    """A Fault where nothing can be checked."""
    folder = ArchiveFolder(directory)
    try:
        return Archive(folder).check(images, rehearsal)
    finally:
        folder.close()


class ArchiveFaults(list):
    """The first hundred; `count` counts all."""
    count = 0

    def add(self, code, path=None, leaf=None, detail=None):
        self.count += 1
        if len(self) < MOST_FAULTS:
            where = {'path': path} if path is not None else {'leaf': leaf} if leaf is not None else {}
            self.append({'code': code, **where, 'detail': WORDS[code] + (' (%s)' % detail if detail else '')})


class Archive:
    def __init__(self, folder):
        self.folder, self.faults = folder, ArchiveFaults()
        self.authority = self.read_authority()
        self.campaigns, self.mirrors = (self.read_issues(kind) for kind in ('campaign', 'mirrors'))
        self.campaign = self.campaigns.newest
        if self.campaign is None:
            raise Fault('no-campaign', folder.folder)
        self.log = read_verifier_key(self.campaign['log']['vkey'])
        # A log that took the place of others names them; their campaign objects are kept.
        logs = {log['vkey'] for log in (self.campaign['log'], *self.campaign['earlier'])}
        for number, (_, said) in self.campaigns.by_issue.items():
            if said['log']['vkey'] not in logs:
                self.faults.add('log-changed', path='keys/campaign.jws', detail='no. %d' % number)

    # ---- 1. The authority ----

    def read_authority(self):
        for name in 'authority.pem', 'registry.jws', 'centres.jws':
            self.refuse_unreadable('keys/' + name, 'no-authority' if name == 'authority.pem' else 'unreadable')
        try:
            pinned = PinnedAuthority(self.folder.read('keys/authority.pem', LONGEST_FILE))
        except Fault as fault:
            raise Fault('no-authority', reason=fault.detail)
        try:
            authority = Authority(pinned, 'keys', lambda path: self.folder.open(path.replace(os.sep, '/')))
        except Fault as fault:
            raise Fault('unreadable', reason=fault.detail)
        for fault in authority.faults:
            self.faults.add(fault['code'], path='keys/' + fault['file'], detail='line %d' % fault['line'])
        return authority

    def refuse_unreadable(self, path, code):
        try:
            self.folder.opened(path).close()
        except Fault as fault:
            if fault.code != 'file-missing':
                raise Fault(code, reason=fault.detail)

    def read_issues(self, kind):
        path, issues = 'keys/%s.jws' % kind, Issues(kind, self.authority.pinned.key)
        self.refuse_unreadable(path, 'unreadable')
        for number, text, code in self.lines_of(path, LONGEST):
            try:
                if code:
                    raise Fault(code)
                issues.take(text)
            except Fault as fault:
                self.faults.add(fault.code, path=path, detail='line %d' % number)
        return issues

    def lines_of(self, path, longest):
        try:
            with self.folder.open(path) as file:
                yield from lines_of(file, longest)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Fault('unreadable', path, error.strerror)

    # ---- The steps ----

    def check(self, images, rehearsal):
        try:
            head = self.checkpoint('checkpoint')
        except Fault as fault:
            if fault.code == 'file-missing':
                raise Fault('no-checkpoint', self.folder.folder)
            self.faults.add(fault.code, path='checkpoint')
            return self.report()
        earlier = self.earlier_checkpoints()
        in_force = InForce(self.folder, self.campaign, [said for _, said in self.campaigns.by_issue.values()])
        counted = Counted(in_force.election) if in_force.election else None
        of_leaves = ArchiveFaults()
        leaves = Leaves(self.authority, self.campaigns, in_force.election, counted, of_leaves)
        site, of_site = self.site()
        records = Records(self.folder, self.log, site) if site else None
        before = self.faults.count
        sizes = {*earlier, *(records.sizes() if records else ())}
        is_there, roots = check_tree(self.folder, head, sizes, leaves.take, self.faults)
        is_tree_whole = self.faults.count == before
        for size, one in earlier.items():
            if size in roots and size <= head.size and roots[size] != one.root:
                self.faults.add('forked', path='checkpoints/%d' % size)
        if head.size not in earlier:
            self.faults.add('checkpoint-missing', path='checkpoints/%d' % head.size)
        self.include(of_leaves)
        is_leaf = leaves.newest_issue == self.campaign['issue'] or (head.size == 0 and len(self.campaigns.by_issue) == 1)
        is_in_step = (site is not None and (site.size, site.root) == (head.size, head.root) and is_leaf
                      and not in_force.is_behind_keys and not self.is_begun(site.publication + 1))
        # Of a publication that is not complete the files that it names may not be there yet.
        is_left_out = site is not None and not is_in_step and is_tree_whole
        if not is_left_out:
            self.include(in_force.faults)
        self.include(of_site)
        if is_in_step or not is_tree_whole:
            for size in earlier:
                if size > head.size:
                    self.faults.add('shrunk', path='checkpoints/%d' % size)
        figures = time = None
        if is_in_step:
            figures = self.check_figures(in_force, counted, is_there)
            Checksums(self.folder, self.faults).check(site)
            records.check(roots, leaves.campaign_at, self.faults)
            time = records.time()
        elif is_left_out:
            self.faults.add('not-in-step', path='site')
        pictures = check_pictures(self.folder, leaves.pictures, images, self.faults, not is_left_out)
        witnesses = self.check_witnesses(head, self.faults, 'checkpoint')
        if self.campaign['rehearsal'] and not rehearsal:
            self.faults.add('rehearsal', path='')
        findings = leaves.findings()
        return self.report({
            'origin': head.origin, 'size': head.size, 'root': encode_base64(head.root),
            'publication': site.publication if site else None, 'time': time,
            'rehearsal': self.campaign['rehearsal'], 'witnesses': witnesses, 'leaves': leaves.counts,
            **{role: leaves.signers(role) for role in ('devices', 'stations', 'officers')}, 'images': pictures,
            'findings': findings[:MOST_FINDINGS], 'findingCount': len(findings), 'figures': figures})

    def include(self, others):
        self.faults.extend(others[:MOST_FAULTS - len(self.faults)])
        self.faults.count += others.count

    def checkpoint(self, path):
        return Checkpoint(self.folder.read(path, LONGEST_NOTE), self.log)

    def earlier_checkpoints(self):
        """By size, all of checkpoints/ that are good; the smallest first."""
        found = {}
        sizes = map(parse_decimal, self.folder.names('checkpoints'))
        for size in sorted(size for size in sizes if size is not None):
            path = 'checkpoints/%d' % size
            try:
                one = self.checkpoint(path)
                if one.size != size:
                    raise Fault('bad-note')
                found[size] = one
            except Fault as fault:
                self.faults.add(fault.code, path=path)
        return found

    def is_begun(self, publication):
        """Whether the record of a publication is there, which is written before what it changes."""
        try:
            self.folder.read('feed/%d.json' % publication)
            return True
        except Fault:
            return False

    def site(self):
        """None where it is none; then the archive says nothing of its files. And what is wrong with it."""
        faults = ArchiveFaults()
        path = 'site'
        try:
            data = self.folder.read(path, LONGEST_NOTE)
            site = Site(data, self.log)
        except Fault as fault:
            faults.add(fault.code, path=path)
            return None, faults
        path = 'sites/%d' % site.publication
        try:
            if self.folder.read(path, LONGEST_NOTE) != data:
                raise Fault('site-differs')
        except Fault as fault:
            faults.add(fault.code, path=path)
        return site, faults

    def check_figures(self, in_force, counted, is_there):
        register = in_force.register
        if counted is None or register is None:
            return None
        if not is_there:
            self.faults.add('unreadable', path='')
            return None
        count = Count(counted, register)
        figures = count.figures()
        self.compare('data/figures.json', 'figures-differ', [figures_file(figures)])
        self.compare('data/tables.csv', 'tables-differ', tables_file(count, register))
        return figures

    def compare(self, path, code, right):
        try:
            line = first_other_line(self.folder.read(path), right)
            if line:
                self.faults.add(code, path=path, detail='line %d' % line)
        except Fault as fault:
            self.faults.add(fault.code, path=path)

    def check_witnesses(self, head, faults, path):
        witnesses, threshold, cosigned = witness_keys(self.campaign), self.campaign['threshold'], []
        try:
            cosigned = head.cosigned_by(witnesses)
        except Fault as fault:
            faults.add(fault.code, path=path)
        if len(cosigned) < threshold:
            faults.add('not-witnessed', path=path)
        return {'listed': len(witnesses), 'threshold': threshold, 'cosigned': cosigned}

    def report(self, found=None):
        unknown = {
            'origin': None, 'size': None, 'root': None, 'publication': None, 'time': None, 'rehearsal': False,
            'witnesses': {'listed': 0, 'threshold': 0, 'cosigned': []},
            'leaves': dict.fromkeys([*KINDS, 'withheld'], 0), 'devices': [], 'stations': [], 'officers': [],
            'images': {'public': 0, 'absent': 0, 'withdrawn': 0}, 'findings': [], 'findingCount': 0, 'figures': None}
        return {'kind': 'archive', 'whole': self.faults.count == 0, **unknown, **(found or {}),
                'faults': self.faults, 'faultCount': self.faults.count,
                'restsOn': [rests_on('keys/authority.pem', self.authority.pinned.key)], 'log': self.log.text}


class InForce:
    """What the campaign object names: lines of keys/, and the two files. `election` and `register` may be None."""

    def __init__(self, folder, campaign, campaigns=()):
        self.folder, self.faults, self.is_behind_keys = folder, ArchiveFaults(), False
        for name in 'registry', 'centres':
            digests = self.digests_of('keys/%s.jws' % name)
            named = {said[name]['sha256']: said[name]['issue'] for said in campaigns or [campaign]}
            for digest, issue in named.items():
                if digest not in digests:
                    self.faults.add(name + '-missing', path='keys/%s.jws' % name, detail='no. %d' % issue)
            digest = campaign[name]['sha256']
            if digest in digests and digests.index(digest) < len(digests) - 1:
                self.is_behind_keys = True
        self.election = self.register = None
        definition = self.named('campaign/election.json', 'definition-differs', campaign['definition'])
        try:
            if definition is not None:
                election = read_election(definition)
                if election.id != campaign['election']:
                    raise Fault('bad-election')
                self.election = election
        except Fault:
            self.faults.add('bad-election', path='campaign/election.json')
        register = self.named('campaign/register.csv', 'register-differs', campaign['register'])
        try:
            if register is not None and self.election:
                self.register = Register(register, self.election)
        except Fault:
            self.faults.add('bad-register', path='campaign/register.csv')

    def digests_of(self, path):
        try:
            with self.folder.open(path) as file:
                return [hashlib.sha256(text.encode('latin-1')).hexdigest()
                        for _, text, code in lines_of(file, LONGEST_REGISTRY) if not code]
        except OSError:
            return []

    def named(self, path, code, digest):
        try:
            data = self.folder.read(path)
            if hashlib.sha256(data).hexdigest() != digest:
                raise Fault(code)
            return data
        except Fault as fault:
            self.faults.add(fault.code, path=path)
            return None
