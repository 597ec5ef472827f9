"""
The tree of a log and the files in which it lies (FORMAT.md, "The tree", "Tiles"): whether leaves and hashes are those that
the log's key has signed.
"""
import hashlib
import re
import struct

from .faults import Fault

FULL = 256
LONGEST_BUNDLE = FULL * (2 + 65535)
TILE = re.compile(r'tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?')


def leaf_hash(leaf):
    return hashlib.sha256(b'\0' + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b'\1' + left + right).digest()


def tile_path(level, index, width):
    """Three digits a folder: 1234067 is x001/x234/067."""
    name = '%03d' % (index % 1000)
    while index >= 1000:
        index //= 1000
        name = 'x%03d/%s' % (index % 1000, name)
    return 'tile/%s/%s%s' % (level, name, '' if width == FULL else '.p/%d' % width)


def is_tile_path(path, size):
    """Whether it is spelled as one, and a tree of this size has a hash or leaf for it."""
    found = TILE.fullmatch(path)
    if found is None:
        return False
    level, index, width = found[1], int(re.sub('[x/]', '', found[2])), int(found[3] or FULL)
    count = size if level == 'entries' else size >> 8 * int(level)
    return width <= FULL and tile_path(level, index, width) == path and index * FULL < count


class Tree:
    """What it holds is its right edge: perfect trees, the largest first, and by level the hashes of the tile that is not full."""

    def __init__(self):
        self.size, self.trees, self.edge = 0, [], []

    def root(self):
        if not self.trees:
            return hashlib.sha256().digest()
        right = self.trees[-1]
        for left in reversed(self.trees[:-1]):
            right = node_hash(left, right)
        return right

    def append(self, leaf):
        """The tiles of hashes that it filled, as level, index and hashes."""
        value = leaf_hash(leaf)
        full = self.hang(value, 0)
        height, rest = 1, self.size
        while rest & 1:
            value = node_hash(self.trees.pop(), value)
            if height % 8 == 0:
                full += self.hang(value, height // 8)
            height, rest = height + 1, rest >> 1
        self.trees.append(value)
        self.size += 1
        return full

    def hang(self, value, level):
        if level == len(self.edge):
            self.edge.append([])
        hashes = self.edge[level]
        hashes.append(value)
        if len(hashes) < FULL:
            return []
        self.edge[level] = []
        return [(level, ((self.size + 1) >> 8 * level) // FULL - 1, hashes)]

    def partials(self):
        return [(level, (self.size >> 8 * level) // FULL, hashes) for level, hashes in enumerate(self.edge) if hashes]


class Tiles:
    def __init__(self, folder):
        self.folder = folder

    def find(self, level, index, width):
        """The file of this width, else the full one, else the next wider: its width and bytes."""
        cap = LONGEST_BUNDLE if level == 'entries' else FULL * 32
        for found in dict.fromkeys([width, FULL, *range(width + 1, FULL)]):
            try:
                return found, self.folder.read(tile_path(level, index, found), cap)
            except Fault as fault:
                if fault.code != 'file-missing':
                    raise Fault('bad-tile' if fault.code == 'too-large' else 'tile-unreadable')
        raise Fault('tile-missing')

    def hashes(self, level, index, width):
        found, data = self.find(level, index, width)
        if len(data) != found * 32:
            raise Fault('bad-tile')
        return data[:width * 32]

    def leaves(self, index, width):
        found, data = self.find('entries', index, width)
        leaves, at = [], 0
        while at < len(data):
            if len(leaves) == found or at + 2 > len(data):
                raise Fault('bad-tile')
            end = at + 2 + struct.unpack_from('>H', data, at)[0]
            if end > len(data):
                raise Fault('bad-tile')
            leaves.append(data[at + 2:end])
            at = end
        if len(leaves) != found:
            raise Fault('bad-tile')
        return leaves[:width]


def check_tree(folder, checkpoint, sizes, take, faults):
    """
    Gives `take` each leaf in its turn. Whether all were there, and the roots at the `sizes` that were asked for, as far as
    leaves were there.
    """
    tiles, tree = Tiles(folder), Tree()
    roots = {0: tree.root()}

    def compare(level, index, right):
        try:
            if tiles.hashes(level, index, len(right)) != b''.join(right):
                raise Fault('tile-differs')
        except Fault as fault:
            faults.add(fault.code, path=tile_path(level, index, len(right)))

    for index in range(-(-checkpoint.size // FULL)):
        width = min(FULL, checkpoint.size - index * FULL)
        try:
            leaves = tiles.leaves(index, width)
        except Fault as fault:
            faults.add(fault.code, path=tile_path('entries', index, width))
            return False, roots
        for leaf in leaves:
            number = tree.size
            for level, place, right in tree.append(leaf):
                compare(level, place, right)
            if tree.size in sizes:
                roots[tree.size] = tree.root()
            take(number, leaf)
    for level, place, right in tree.partials():
        compare(level, place, right)
    if tree.root() != checkpoint.root:
        faults.add('root-differs', path='')
    return True, roots
