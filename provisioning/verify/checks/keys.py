"""Public keys in PEM: bare (SPKI, RFC 5480), or in an X.509 certificate (RFC 5280) that an authority gave."""
import base64
import re
import subprocess
from datetime import datetime, timezone

from .base64url import decode_base64url, digest_url, encode_base64url
from .faults import Fault
from .p256 import Point, root_of

LONGEST_FILE = 64 * 1024

SPKI = bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
SPKI_COMPRESSED = bytes.fromhex('3039301306072a8648ce3d020106082a8648ce3d030107032200')

ECDSA_WITH_SHA256 = bytes.fromhex('300a06082a8648ce3d040302')
COMMON_NAME = bytes.fromhex('0603550403')
BASIC_CONSTRAINTS = bytes.fromhex('0603551d13')
EXTENDED_KEY_USAGE = bytes.fromhex('0603551d25')
# 2.25.248391572945622752837148427373570704091, then 1 to sign entries, 2 to sign receipts
PURPOSES = {'entries': 1, 'receipts': 2}
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
        with open(path, 'rb') as file:
            pem = file.read(LONGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Fault('file-missing')
    except OSError:
        raise Fault('file-unreadable')
    if len(pem) > LONGEST_FILE:
        raise Fault('too-large')
    return pem


def key_of(pem):
    """The key in a file of PEM; where there are certificates in it, that of the first."""
    certificates = certificates_in(pem)
    if certificates:
        return certificates[0].key
    found = blocks_of('PUBLIC KEY', pem)
    return key_of_spki(found[0] if found else b'', pem)


def blocks_of(label, pem):
    if b'PRIVATE KEY' in pem:
        raise Fault('not-a-public-key')
    pattern = '-----BEGIN %s-----([A-Za-z0-9+/=\\s]+)-----END %s-----' % (label, label)
    try:
        return [base64.b64decode(block) for block in re.findall(pattern.encode(), pem)]
    except ValueError:
        raise Fault('not-a-public-key')


def key_of_spki(der, pem=None):
    if der.startswith(SPKI + b'\x04') and len(der) == 91:
        return Key(der[26:])
    if der.startswith(SPKI_COMPRESSED) and len(der) == 59 and der[26] in (2, 3):
        x = der[27:]
        y = root_of(int.from_bytes(x, 'big'))
        return Key(b'\x04' + x + (y if y % 2 == der[26] % 2 else -y % Point.FIELD).to_bytes(32, 'big'))
    # Of some other form: whether it is a key at all only decides which word is said.
    pem = pem or b'-----BEGIN PUBLIC KEY-----\n%s-----END PUBLIC KEY-----\n' % base64.encodebytes(der)
    try:
        subprocess.run(['openssl', 'pkey', '-pubin', '-noout'], input=pem, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise Fault('not-a-public-key')
    raise Fault('not-p256')


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
    def __init__(self, der):
        try:
            (_, certificate, _), = elements(der)
            (_, _, self.signed), (_, _, algorithm), (_, signature, _) = elements(certificate)
            fields = [field for field in elements(elements(certificate)[0][1]) if field[0] != 0xa0]
            _serial, _algorithm, _issuer, validity, subject, spki = fields[:6]
            self.begins, self.ends = (time_of(*time[:2]) for time in elements(validity[1]))
            self.subject = elements(subject[1])
            self.extensions = extensions_of(fields[6:])
            self.signature = raw_signature(signature[1:]) if algorithm == ECDSA_WITH_SHA256 else None
        except (ValueError, IndexError):
            raise Fault('not-a-public-key')
        self.key = key_of_spki(spki[2])

    @property
    def is_authority(self):
        return b'\x01\x01\xff' in self.extensions.get(BASIC_CONSTRAINTS, b'')

    @property
    def usages(self):
        """The extended key usages, as DER."""
        found = self.extensions.get(EXTENDED_KEY_USAGE)
        return [whole for _, _, whole in elements(elements(found)[0][1])] if found else []

    @property
    def common_name(self):
        """The subject, when it is a common name and nothing else."""
        try:
            (_, of_one, _), = self.subject
            (_, pair, _), = elements(of_one)
            (_, _, kind), (_, name, _) = elements(pair)
            return name.decode('ascii') if kind == COMMON_NAME else None
        except ValueError:
            return None

    def check_below(self, key, end):
        """`key` and `end` are of the one above it."""
        if self.signature is None or not key.verifies(self.signed, self.signature):
            raise Fault('foreign-certificate')
        if not (self.begins <= end and self.begins <= self.ends):
            raise Fault('certificate-expired')


def certificates_in(pem):
    """The first two."""
    return [Certificate(der) for der in blocks_of('CERTIFICATE', pem)[:2]]


def elements(der):
    """Tag, content and whole of each DER element."""
    found, at = [], 0
    while at < len(der):
        start, length = at + 2, der[at + 1]
        if length >= 0x80:
            octets = length - 0x80
            if octets not in (1, 2):
                raise ValueError
            start, length = start + octets, int.from_bytes(der[start:start + octets], 'big')
        if start + length > len(der):
            raise ValueError
        found.append((der[at], der[start:start + length], der[at:start + length]))
        at = start + length
    return found


def time_of(tag, text):
    if tag == 0x17:        # UTCTime: two digits of the year, 1950 to 2049
        text = (b'20' if text[:2] < b'50' else b'19') + text
    return datetime.strptime(text.decode('ascii'), '%Y%m%d%H%M%SZ').replace(tzinfo=timezone.utc)


def extensions_of(fields):
    for tag, content, _ in fields:
        if tag == 0xa3:
            parts = [elements(extension) for _, extension, _ in elements(elements(content)[0][1])]
            return {part[0][2]: part[-1][1] for part in parts}
    return {}


def raw_signature(der):
    """r and s, 32 bytes each, from SEQUENCE { INTEGER, INTEGER }."""
    r, s = (int.from_bytes(content, 'big') for _, content, _ in elements(elements(der)[0][1]))
    return r.to_bytes(33, 'big')[1:] + s.to_bytes(33, 'big')[1:]


# ---- Keys that an authority vouches for ---------------------------------------------------------------------

NEVER = datetime.max.replace(tzinfo=timezone.utc)


class PinnedAuthority:
    """`authority.pem`: a bare key, or the authority's certificate and behind it that of the root that signed it."""

    def __init__(self, pem):
        self.key, self.ends = key_of(pem), NEVER
        own, *above = certificates_in(pem) or [None]
        if own is None:
            return
        self.ends = own.ends
        if not all(one.is_authority for one in [own, *above]):
            raise Fault('wrong-purpose')
        for root in above:
            own.check_below(root.key, root.ends)


def vouched_key(pem, authority, purpose):
    """
    The key in device.pem or centre.pem, and to whom a certificate was given (None for a bare key). Where an authority
    is pinned, a certificate counts only when it is its own, for this purpose.
    """
    key, certificates = key_of(pem), certificates_in(pem)
    if not certificates or authority is None:
        return key, None
    own = certificates[0]
    own.check_below(authority.key, authority.ends)
    usage = PURPOSE_ARC + bytes([PURPOSES[purpose]])
    if own.is_authority or own.usages != [usage]:
        raise Fault('wrong-purpose')
    if not re.fullmatch('[a-z0-9][a-z0-9-]{2,31}', own.common_name or ''):
        raise Fault('bad-name')
    return key, own.common_name
