"""Public keys in PEM: bare (SPKI, RFC 5480), or in an X.509 certificate (RFC 5280) that an authority gave."""
import base64
import re

from .base64url import decode_base64url, digest_url, encode_base64url
from .faults import Fault
from .p256 import Point, root_of
from .regular_file import open_regular

LONGEST_FILE = 64 * 1024

SPKI = bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
SPKI_COMPRESSED = bytes.fromhex('3039301306072a8648ce3d020106082a8648ce3d030107032200')

ECDSA_WITH_SHA256 = bytes.fromhex('300a06082a8648ce3d040302')
COMMON_NAME = bytes.fromhex('0603550403')
BASIC_CONSTRAINTS = bytes.fromhex('0603551d13')
EXTENDED_KEY_USAGE = bytes.fromhex('0603551d25')
# 2.25.248391572945622752837148427373570704091, then 1 to sign entries, 2 receipts, 3 transcriptions, 4 rulings
PURPOSES = {'entries': 1, 'receipts': 2, 'transcriptions': 3, 'rulings': 4}
PURPOSE_ARC = bytes.fromhex('06156982f5debd84aac9d2a4a7b19589bcfc94d1855b')


class Key(Point):
    """`genesis` is what the first entry of this key names as its `prev`."""

    def __init__(self, point):
        super().__init__(int.from_bytes(point[1:33], 'big'), int.from_bytes(point[33:], 'big'))
        self.spki = SPKI + self.point
        self.genesis = digest_url(self.spki)
        self.spki_url = encode_base64url(self.spki)


def read_pem(path):
    try:
        with open_regular(path) as file:
            pem = file.read(LONGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Fault('file-missing', path)
    except OSError as error:
        raise Fault('file-unreadable', path, error.strerror)
    if len(pem) > LONGEST_FILE:
        raise Fault('too-large', path)
    return pem


def key_of(pem):
    """The key in a file of PEM: that of a certificate, or a bare one."""
    return read_key_file(pem)[0]


def read_key_file(pem):
    """
    The key, and the certificate that bears it (None for a bare key). Exactly one public key stands in the file, or one
    certificate and behind it that of the authority that signed it, where it is there.
    """
    if b'PRIVATE KEY' in pem:
        raise Fault('not-a-public-key')
    blocks = blocks_of(pem)
    labels = [label for label, _ in blocks]
    if labels == [b'PUBLIC KEY']:
        return key_of_spki(blocks[0][1]), None
    if len(blocks) > 2 or labels != [b'CERTIFICATE'] * len(blocks):
        raise Fault('bad-pem')
    own, *above = [Certificate(der) for _, der in blocks]
    for one in above:
        if not one.is_authority:
            raise Fault('wrong-purpose')
        own.check_below(one.key, one.ends)
    return own.key, own


# As RFC 7468 writes it strictly: 64 characters a line but for the last, LF at its end, nothing between or around.
BLOCK = re.compile(rb'-----BEGIN ([A-Z0-9]+(?: [A-Z0-9]+)*)-----\n'
                   rb'((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)'
                   rb'-----END \1-----\n')


def blocks_of(pem):
    """Label and bytes of each block."""
    found, at = [], 0
    while at < len(pem) or not found:
        block = BLOCK.match(pem, at)
        if block is None:
            raise Fault('bad-pem')
        text = block[2].replace(b'\n', b'')
        try:
            der = base64.b64decode(text, validate=True)
        except ValueError:
            raise Fault('bad-pem')
        if base64.b64encode(der) != text:
            raise Fault('bad-pem')
        found.append((block[1], der))
        at = block.end()
    return found


def key_of_spki(der):
    if der.startswith(SPKI + b'\x04') and len(der) == 91:
        return Key(der[26:])
    if der.startswith(SPKI_COMPRESSED) and len(der) == 59 and der[26] in (2, 3):
        x = der[27:]
        y = root_of(int.from_bytes(x, 'big'))
        return Key(b'\x04' + x + (y if y % 2 == der[26] % 2 else -y % Point.FIELD).to_bytes(32, 'big'))
    # Of some other form: whether it is a key at all only decides which word is said.
    try:
        whole, = of_tags(der, 0x30)
        algorithm, _ = of_tags(whole[1], 0x30, 0x03)
    except ValueError:
        raise Fault('not-a-public-key')
    raise Fault('not-a-public-key' if algorithm[2] == SPKI[2:23] else 'not-p256')


def is_spki(value):
    """As a registry lists a key: base64url of the DER, the point uncompressed."""
    if not isinstance(value, str):
        return False
    try:
        der = decode_base64url(value)
        return der.startswith(SPKI + b'\x04') and len(der) == 91 and Key(der[26:]) is not None
    except Fault:
        return False


# ---- Certificates. There is no "now" here: evidence must get the same verdict years later ------------------

class Certificate:
    """Only of the one profile that an authority of Testigo issues."""

    def __init__(self, der):
        try:
            whole, = of_tags(der, 0x30)
            signed, algorithm, signature = of_tags(whole[1], 0x30, 0x30, 0x03)
            version, _serial, inner_algorithm, _issuer, validity, subject, spki, extensions = of_tags(
                signed[1], 0xa0, 0x02, 0x30, 0x30, 0x30, 0x30, 0x30, 0xa3)
            if version[1] != bytes.fromhex('020102'):
                raise ValueError
            self.begins, self.ends = (time_of(tag, text) for tag, text, _ in elements(validity[1]))
            by_kind = extensions_of(extensions[1])
            ours = algorithm[2] == inner_algorithm[2] == ECDSA_WITH_SHA256
            self.signed, self.signature = signed[2], raw_signature(signature[1]) if ours else None
            self.common_name = common_name_of(subject[1])
            self.is_authority = is_authority(by_kind.get(BASIC_CONSTRAINTS))
            self.usages = usages_of(by_kind.get(EXTENDED_KEY_USAGE))
        except ValueError:
            raise Fault('not-a-public-key')
        self.key = key_of_spki(spki[2])

    def check_below(self, key, end):
        """`key` and `end` are of the one above it."""
        if self.signature is None or not key.verifies(self.signed, self.signature):
            raise Fault('foreign-certificate')
        if not (self.begins <= end and self.begins <= self.ends):
            raise Fault('certificate-expired')


def elements(der):
    """Tag, content and whole of each DER element, its length in the shortest spelling."""
    found, at = [], 0
    while at < len(der):
        start, length = at + 2, der[at + 1] if at + 1 < len(der) else 0x80
        if length >= 0x80:
            octets = length - 0x80
            length = int.from_bytes(der[start:start + octets], 'big')
            if octets not in (1, 2) or length < (0x80 if octets == 1 else 0x100):
                raise ValueError
            start += octets
        if start + length > len(der):
            raise ValueError
        found.append((der[at], der[start:start + length], der[at:start + length]))
        at = start + length
    return found


def of_tags(der, *tags):
    """The elements of `der`, which must bear these tags, in this order."""
    found = elements(der)
    if tuple(tag for tag, _, _ in found) != tags:
        raise ValueError
    return found


def time_of(tag, text):
    """YYYYMMDDHHMMSS, to be compared as text. UTCTime has two digits of the year, 1950 to 2049."""
    if tag == 0x17 and len(text) == 13:
        text = (b'20' if text < b'5' else b'19') + text
    elif tag != 0x18:
        raise ValueError
    if not re.fullmatch(rb'[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]Z', text):
        raise ValueError
    return text[:14]


def extensions_of(field):
    """Kind to value."""
    found = {}
    (_, extensions, _), = of_tags(field, 0x30)
    for tag, content, _ in elements(extensions):
        parts = elements(content)
        critical = len(parts) == 3 and parts[1][2] == b'\x01\x01\xff'
        if not (tag == 0x30 and (len(parts) == 2 or critical) and parts[0][0] == 0x06 and parts[-1][0] == 0x04):
            raise ValueError
        if parts[0][2] in found:
            raise ValueError
        found[parts[0][2]] = parts[-1][1]
    return found


def is_authority(value):
    if value is None:
        return False
    (_, constraints, _), = of_tags(value, 0x30)
    return [whole for _, _, whole in elements(constraints)][:1] == [b'\x01\x01\xff']


def usages_of(value):
    """The extended key usages, as DER."""
    if value is None:
        return []
    (_, usages, _), = of_tags(value, 0x30)
    found = elements(usages)
    if not all(tag == 0x06 and re.fullmatch(rb'(?s:(?:(?!\x80)[\x80-\xff]*[\x00-\x7f])+)', oid) for tag, oid, _ in found):
        raise ValueError
    return [whole for _, _, whole in found]


def common_name_of(subject):
    """The subject, when it is a common name and nothing else."""
    sets = elements(subject)
    pairs = elements(sets[0][1]) if len(sets) == 1 and sets[0][0] == 0x31 else []
    parts = elements(pairs[0][1]) if len(pairs) == 1 and pairs[0][0] == 0x30 else []
    named = len(parts) == 2 and parts[0][2] == COMMON_NAME and parts[1][0] in (0x0c, 0x13)
    return parts[1][1].decode('latin-1') if named else None


def raw_signature(bits):
    """r and s, 32 bytes each, from SEQUENCE { INTEGER, INTEGER }, each positive and in its shortest spelling."""
    if bits[:1] != b'\0':
        raise ValueError
    (_, pair, _), = of_tags(bits[1:], 0x30)
    raw = b''
    for _, number, _ in of_tags(pair, 0x02, 0x02):
        value = int.from_bytes(number, 'big')
        if not 0 < value < 1 << 256 or number != value.to_bytes(value.bit_length() // 8 + 1, 'big'):
            raise ValueError
        raw += value.to_bytes(32, 'big')
    return raw


# ---- Keys that an authority vouches for ---------------------------------------------------------------------

NEVER = b'99999999999999'


class PinnedAuthority:
    """`authority.pem`: a bare key, or the authority's certificate and behind it that of the root that signed it."""

    def __init__(self, pem):
        self.key, own = read_key_file(pem)
        if own and not own.is_authority:
            raise Fault('wrong-purpose')
        self.ends = own.ends if own else NEVER


def vouched_key(pem, authority, purpose):
    """
    The key in device.pem, centre.pem, station.pem or officer.pem, and to whom a certificate was given (None for a bare key). Where an authority
    is pinned, a certificate counts only when it is its own, for this purpose.
    """
    key, own = read_key_file(pem)
    if own is None or authority is None:
        return key, None
    own.check_below(authority.key, authority.ends)
    usage = PURPOSE_ARC + bytes([PURPOSES[purpose]])
    if own.is_authority or own.usages != [usage]:
        raise Fault('wrong-purpose')
    if not re.fullmatch('[a-z0-9][a-z0-9-]{2,31}', own.common_name or ''):
        raise Fault('bad-name')
    return key, own.common_name
