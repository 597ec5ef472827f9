"""The files of an archive by SHA256SUMS, which its site note signs (ARCHIVE.md, "Files by digest")."""
import hashlib
import re

from .faults import Fault
from .note import parse_decimal
from .tiles import is_tile_path

NAME = 'SHA256SUMS'
LINE = re.compile(r'([0-9a-f]{64})  ((?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*)')
DIVIDED = 'p', 'c'         # whose folders have sums of their own
WITHOUT = 'image', '.new'
STAMP = re.compile(r'([^.]*)\.([^.]*)\.tsr')
LONGEST_PATH = 255


def folder_naming(path):
    """The folder whose sums name a file; '' for the top."""
    top, *below = path.split('/')
    if not below:
        return ''
    return '%s/%s' % (top, below[0]) if top in DIVIDED and len(below) > 1 else top


def parse_checksums(data):
    """Path and digest of each line."""
    *lines, rest = data.decode('utf-8', 'replace').split('\n')
    before = None
    for line in lines:
        found = LINE.fullmatch(line)
        if found is None or len(found[2]) > LONGEST_PATH or (before is not None and found[2] <= before):
            raise Fault('bad-checksums')
        before = found[2]
        yield found[2], found[1]
    if rest != '':
        raise Fault('bad-checksums')


class Checksums:
    def __init__(self, folder, faults):
        self.folder, self.faults = folder, faults
        self.listed, self.sums, self.is_bad = {}, set(), False       # path to digest; paths of the sums themselves

    def check(self, site):
        self.take('', site.checksums)
        if self.is_bad:
            return
        for path in sorted(self.listed):
            try:
                if self.folder.digest(path) != self.listed[path]:
                    raise Fault('file-altered')
            except Fault as fault:
                self.faults.add(fault.code, path=path)
        for path in sorted((path for path in self.folder.files_below() if not self.is_named(path, site)), key=str.encode):
            self.faults.add('file-unlisted', path=path)

    def take(self, folder, digest):
        path = folder + '/' + NAME if folder else NAME
        self.sums.add(path)
        try:
            data = self.folder.read(path)
            if hashlib.sha256(data).hexdigest() != digest:
                raise Fault('file-altered')
        except Fault as fault:
            self.is_bad = self.is_bad or not folder
            self.faults.add(fault.code if folder else 'sums-differ', path=path)
            return
        try:
            named = [(folder + '/' + name if folder else name, right) for name, right in parse_checksums(data)]
        except Fault as fault:
            self.is_bad = True
            self.faults.add(fault.code, path=path)
            return
        for name, right in named:
            below = name[:-len(NAME) - 1] if name.endswith('/' + NAME) else None
            if below is None and folder_naming(name) == folder:
                self.listed[name] = right
            elif below is not None and folder_naming(name) == below and folder == self.above(below):
                self.take(below, right)
            else:
                self.is_bad = True
                self.faults.add('bad-checksums', path=path)

    @staticmethod
    def above(folder):
        return folder.rpartition('/')[0]

    def is_named(self, path, site):
        """Whether sums name it, or need not."""
        top, slash, name = path.partition('/')
        if path in self.listed or path in self.sums or path == 'feed/latest':
            return True
        if slash and top == 'tile':
            return is_tile_path(path, site.size)
        if slash and top == 'checkpoints':
            stamp = STAMP.fullmatch(name)
            return is_up_to(stamp[1], site.size) and parse_decimal(stamp[2]) is not None if stamp else parse_decimal(name) is not None
        if slash and top == 'sites':
            return name == 'latest.torrent' or is_up_to(name, site.publication)
        return top in WITHOUT if slash else top in ('checkpoint', 'site')


def is_up_to(decimal, most):
    number = parse_decimal(decimal)
    return number is not None and number <= most
