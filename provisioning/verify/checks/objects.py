"""Signed objects, JWS compact (RFC 7515): form, then signature, then meaning."""
from .base64url import decode_base64url, digest_url
from .faults import Fault
from .p256 import N
from .shapes import ID, NEWEST, SHAPES, fields, match
from .strict_json import parse_json

LONGEST = 65535                          # characters of one object, bytes of one line: a tile's limit
LONGEST_REGISTRY = 4 * 1024 * 1024       # of a registry, which lists all devices
SIGNERS = {'entry': 'device', 'head': 'device', 'transcription': 'station', 'ruling': 'officer'}

class Signed:
    """A JWS of known kind, its form checked. Nobody has vouched for it before `verify`."""

    def __init__(self, jws, kind):
        if len(jws) > (LONGEST_REGISTRY if kind == 'registry' else LONGEST):
            raise Fault('too-large')
        parts = jws.split('.')
        if len(parts) != 3:
            raise Fault('not-a-jws')
        header, payload, self.signature = (decode_base64url(part) for part in parts)
        header = parse_json(header)
        if not fields({'alg': match('(?s:.*)'), 'typ': match('(?s:.*)'), 'kid': ID})(header):
            raise Fault('bad-header')
        if header['alg'] != 'ES256':
            raise Fault('foreign-alg')
        if header['typ'] != 'testigo-%s+jws' % kind:
            raise Fault('foreign-typ')
        if 'crit' in header:
            raise Fault('crit')
        if len(self.signature) != 64:
            raise Fault('bad-signature-length')
        if int.from_bytes(self.signature[32:], 'big') > N // 2:
            raise Fault('high-s')
        self.kind, self.kid, self.header, self.payload = kind, header['kid'], header, parse_json(payload)
        self.signing_input = jws.rpartition('.')[0].encode()
        self.id = digest_url(self.signing_input)

    def verify(self, key):
        if not key.verifies(self.signing_input, self.signature):
            raise Fault('bad-signature')

    def read(self, shape=None):
        """What it says, of the shape of its kind unless another is given; some kinds name their signer."""
        payload = self.payload
        version = payload.get('v', 1) if isinstance(payload, dict) else 1
        if not (type(version) is int and 1 <= version <= NEWEST.get(self.kind, 1)):
            raise Fault('unknown-version')
        if not (shape or SHAPES[self.kind])(payload):
            raise Fault('bad-payload')
        signer = SIGNERS.get(self.kind)
        if signer and payload[signer] != self.kid:
            raise Fault('wrong-' + signer)
        return payload


def open_signed(jws, kind, by, key):
    """One object by itself, that `by` should have signed."""
    signed = Signed(jws, kind)
    if signed.kid != by:
        raise Fault('bad-signature')
    signed.verify(key)
    signed.read()
    return signed


def open_object(jws, kind, by, key, device=None):
    """What it says; an order must be to `device`."""
    payload = open_signed(jws, kind, by, key).payload
    if kind == 'control' and payload['device'] != device:
        raise Fault('other-device')
    return payload
