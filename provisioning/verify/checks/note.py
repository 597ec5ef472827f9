"""
Signed notes, and what a log signs by them: checkpoints, and below them the cosignatures of witnesses (FORMAT.md, "Notes",
"Checkpoints"). Read strictly: what is not spelled as it would be written is none.
"""
import base64
import hashlib
import re

from . import ed25519
from .faults import Fault

LONGEST_NOTE = 512 * 1024
MOST_SIGNATURES = 100
LONGEST_NAME = 255         # bytes
GREATEST = 2 ** 53 - 1
NOTE, COSIGNATURE = 1, 4   # types of keys

# Neither `+` nor control characters nor any of Unicode's White_Space.
NAME = re.compile('[^+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]+')
LINE = re.compile('\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)')
VERIFIER_KEY = re.compile(r'(?s:([^+]*)\+([0-9a-f]{8})\+(.{4,4096}))')


def decode_base64(text):
    """With padding, in its one spelling; None for any other."""
    if not re.fullmatch('[A-Za-z0-9+/]*={0,2}', text) or len(text) % 4:
        return None
    data = base64.b64decode(text)
    return data if base64.b64encode(data).decode() == text else None


def encode_base64(data):
    return base64.b64encode(data).decode()


def parse_decimal(text):
    """ASCII, without leading zeros, to 2^53 - 1; None for any other."""
    number = int(text) if re.fullmatch('0|[1-9][0-9]{0,15}', text) else GREATEST + 1
    return number if number <= GREATEST else None


def is_name(name):
    return NAME.fullmatch(name) is not None and len(name.encode()) <= LONGEST_NAME


class VerifierKey:
    """`<name>+<key id>+<type and key>`; None instead where it is none (see `read_verifier_key`)."""

    def __init__(self, name, type_, key):
        self.name, self.type, self.key = name, type_, ed25519.PublicKey(key)
        self.id = hashlib.sha256(name.encode() + b'\n' + bytes([type_]) + key).digest()[:4]
        self.text = '%s+%s+%s' % (name, self.id.hex(), encode_base64(bytes([type_]) + key))

    def is_same_signer(self, other):
        """Whether a signature of the one could be taken for the other's."""
        return self.key.text == other.key.text or (self.name, self.id) == (other.name, other.id)


def read_verifier_key(text):
    found = VERIFIER_KEY.fullmatch(text)
    name, key_id, coded = found.groups() if found else ('', '', '')
    material = decode_base64(coded) or b''
    if len(material) < 2 or not is_name(name) or material[0] not in (NOTE, COSIGNATURE):
        return None
    if not ed25519.is_key(material[1:]):
        return None
    key = VerifierKey(name, material[0], material[1:])
    return key if key.id.hex() == key_id else None


class Note:
    """Proven by nobody before `verify`. `signatures`: name, key id and what stands behind it."""

    def __init__(self, data):
        if len(data) > LONGEST_NOTE:
            raise Fault('bad-note')
        try:
            whole = data.decode('utf-8')
        except UnicodeDecodeError:
            raise Fault('bad-note')
        end = whole.rfind('\n\n')
        if re.search('[\x00-\x09\x0b-\x1f]', whole) or end < 0:
            raise Fault('bad-note')
        *lines, rest = whole[end + 2:].split('\n')
        if rest != '' or not 1 <= len(lines) <= MOST_SIGNATURES:
            raise Fault('bad-note')
        self.text, self.signatures = whole[:end + 1], [signature_in(line) for line in lines]

    def by(self, key):
        return [signature for name, key_id, signature in self.signatures if (name, key_id) == (key.name, key.id)]

    def verify(self, key):
        """Every line by this key verifies, and there is one. Others' lines are not looked at."""
        own = self.by(key)
        if not own:
            raise Fault('foreign-key')
        if not all(key.key.verifies(self.text.encode(), signature) for signature in own):
            raise Fault('bad-signature')


def signature_in(line):
    found = LINE.fullmatch(line)
    data = decode_base64(found[2]) if found else None
    if data is None or len(data) < 5 or not is_name(found[1]):
        raise Fault('bad-note')
    return found[1], data[:4], data[4:]


class Checkpoint:
    """In which a log says its size and its root, signed by `key`."""

    def __init__(self, data, key):
        self.note = Note(data)
        *lines, rest = self.note.text.split('\n')
        if rest != '' or len(lines) != 3:
            raise Fault('bad-note')
        self.origin, self.size, self.root = lines[0], parse_decimal(lines[1]), decode_base64(lines[2])
        empty = self.size == 0 and self.root != hashlib.sha256().digest()
        if (not 1 <= len(self.origin.encode()) <= LONGEST_NAME or self.size is None or empty
                or self.root is None or len(self.root) != 32):
            raise Fault('bad-note')
        if self.origin != key.name:
            raise Fault('wrong-origin')
        self.note.verify(key)

    def cosigned_by(self, witnesses):
        """The names of those who have, in the order of their lines. A witness counts once, however often it signs."""
        found = {}
        for name, key_id, signature in self.note.signatures:
            witness = next((one for one in witnesses if (one.name, one.id) == (name, key_id)), None)
            if witness is None:
                continue
            time = int.from_bytes(signature[:8], 'big')
            text = 'cosignature/v1\ntime %d\n%s' % (time, self.note.text)
            if len(signature) != 72 or time > GREATEST or not witness.key.verifies(text.encode(), signature[8:]):
                raise Fault('bad-signature')
            found[name, key_id] = name
        return list(found.values())


class Site:
    """The log's signature over all that is no leaf: six lines."""

    def __init__(self, data, key):
        note = Note(data)
        note.verify(key)
        *lines, rest = note.text.split('\n')
        if rest != '' or len(lines) != 6:
            raise Fault('bad-site')
        origin, publication, size, root, self.checksums, torrent = lines
        self.publication, self.size, self.root = parse_decimal(publication), parse_decimal(size), decode_base64(root)
        if (origin != key.name + '/site' or self.publication is None or self.size is None
                or self.root is None or len(self.root) != 32
                or not re.fullmatch('[0-9a-f]{64}', self.checksums) or not re.fullmatch('-|[0-9a-f]{40}', torrent)):
            raise Fault('bad-site')
