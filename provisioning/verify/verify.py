#!/usr/bin/env python3
"""Check the journal of a Testigo kiosk, or the ledger of a centre, without Testigo.

    python3 verify.py JOURNAL-OR-LEDGER-DIRECTORY [--no-images] [--json]
    python3 verify.py --object head --by k-abcdefgh --key device.pem < head.txt

Needs Python 3.8 or later and nothing else; a key that is a certificate is opened with `openssl`.
Exit status: 0 whole, 1 found wrong, 2 used wrongly, 3 could not be read.

WHAT A VERDICT PROVES. Custody. "Whole" says that the holder of the private key that belongs to the public
key beside the journal signed exactly these lines, as its first, second, third ... record, and that none
was altered, put in, taken out or moved since; that the stored images are, byte for byte, those the lines
name; in a ledger also that every receipt was signed by the centre and says what the lines above it show.

WHAT IT DOES NOT PROVE. That a paper was genuine, or read without error: a well kept record of a forged acta
is well kept. Whose key it is: compare the public keys with ones you had from another hand. That nothing was
cut off the end: only a head (photographed at the close of the day) or a receipt shows that.
Nor when: a kiosk tells the time as far as its own clock knew.

Sealed images are checked by the digest of their sealed bytes; nothing is opened. Revocations and the
certificates of an authority are not looked at: this version of the formats has none yet.

The formats: JWS compact (RFC 7515), ES256 (RFC 7518, FIPS 186-5), JSON (RFC 8259), one object a line.
Written from the description of the formats; no line is shared with Testigo itself.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys

CUSTODY = ('Signatures prove custody (who recorded these bytes, and in which order), '
           'never that the paper is genuine.')
LONGEST = 64 * 1024        # characters of one object, bytes of one line
DEEPEST = 16               # levels of JSON
MOST_FAULTS = 100          # told one by one; all are counted
GREATEST = 2 ** 53 - 1     # the greatest whole number that every reader of JSON takes for the same

WORDS = {
    'too-large': 'longer than anything that is ever written',
    'not-a-jws': 'not three parts between dots',
    'bad-base64url': 'a part is not base64url in its one spelling',
    'not-utf8': 'not UTF-8', 'not-json': 'not JSON',
    'duplicate-key': 'a key stands twice: two readers could read two different things',
    'too-deep': 'more than 16 levels of JSON',
    'bad-header': 'the header lacks alg, typ or a well-formed kid',
    'foreign-alg': 'not signed with ES256', 'foreign-typ': 'another kind of object than belongs here',
    'crit': 'the header asks for something that nothing here understands',
    'bad-signature-length': 'the signature is not 64 bytes',
    'high-s': 'the high twin of the signature that was made',
    'bad-signature': 'not signed by the one who should have',
    'unknown-version': 'of a version that this program does not know',
    'bad-payload': 'a field is missing or holds what it must not',
    'wrong-device': 'names another device than its signer, or than the entries before',
    'other-device': 'an order to another device',
    'nul-byte': 'holds NUL bytes: written when the power failed, or the disk is damaged',
    'line-too-long': 'longer than any line that is ever written',
    'torn-tail': 'the last line has no end: it was cut off while being written',
    'empty-line': 'the line is empty', 'crlf': 'ends with CR LF: something took the file for text and changed it',
    'seq-repeated': 'this number stood before', 'seq-gap': 'numbers are missing before this one',
    'bad-prev': 'does not follow from the entry before it', 'gap': 'entries are missing from here on',
    'equivocation': 'another entry bears this number too: the device was cloned or set back',
    'unknown-device': 'no good key of this device is there',
    'wrong-centre': 'by another centre than the receipts before',
    'receipt-unfounded': 'the receipt says more than the lines above it show',
    'image-missing': 'an image is not there', 'image-altered': 'an image is not what the entry says',
    'image-unreadable': "an image can't be read",
    'file-missing': 'there is no such file', 'file-unreadable': "can't be read", 'unreadable': "can't be read",
    'not-a-public-key': 'not a public key in PEM', 'not-p256': 'the key is not on the curve P-256',
}


class Fault(Exception):
    """Something is wrong; `code` says what, in the same word as the other verifiers."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


# ---- ES256: ECDSA on P-256 with SHA-256 (FIPS 186-5, SP 800-186) ------------------------------------------

P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def double(point):
    x, y = point
    slope = 3 * (x * x - 1) * pow(2 * y, -1, P) % P      # a = -3
    x3 = (slope * slope - 2 * x) % P
    return x3, (slope * (x - x3) - y) % P


def add(one, other):
    """The sum of two different points that are not each other's negative."""
    (x1, y1), (x2, y2) = one, other
    slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def multiples(point):
    """Row i holds 1 to 15 times 16^i times the point, so that a multiplication is 64 additions."""
    rows = []
    for _ in range(64):
        row = [point, double(point)]
        while len(row) < 15:
            row.append(add(row[-1], point))
        rows.append(row)
        point = add(row[-1], point)
    return rows


def add_mixed(sum_, point):
    """`sum_` in Jacobian coordinates (x = X/Z^2, y = Y/Z^3), None for the point at infinity."""
    x2, y2 = point
    if sum_ is None:
        return x2, y2, 1
    x1, y1, z1 = sum_
    zz = z1 * z1 % P
    h = (x2 * zz - x1) % P
    r = (y2 * zz * z1 - y1) % P
    if h == 0:
        return (*double(point), 1) if r == 0 else None
    hh = h * h % P
    hhh = h * hh % P
    v = x1 * hh % P
    x3 = (r * r - hhh - 2 * v) % P
    return x3, (r * (v - x3) - y1 * hhh) % P, z1 * h % P


G_MULTIPLES = multiples(G)


class Key:
    """A public key: a point of the curve."""

    def __init__(self, x, y):
        if not (x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0):
            raise Fault('not-a-public-key')
        # SubjectPublicKeyInfo (RFC 5480), the point written uncompressed: what the first entry's `prev` names.
        self.spki = SPKI + b'\x04' + x.to_bytes(32, 'big') + y.to_bytes(32, 'big')
        self.genesis = digest_url(self.spki)
        self.multiples = multiples((x, y))

    def verifies(self, message, signature):
        r, s = int.from_bytes(signature[:32], 'big'), int.from_bytes(signature[32:], 'big')
        if not (0 < r < N and 0 < s < N):
            return False
        inverse = pow(s, -1, N)
        u = int.from_bytes(hashlib.sha256(message).digest(), 'big') * inverse % N
        v = r * inverse % N
        total = None
        for scalar, rows in ((u, G_MULTIPLES), (v, self.multiples)):
            for row in rows:
                if scalar & 15:
                    total = add_mixed(total, row[(scalar & 15) - 1])
                scalar >>= 4
        if total is None:
            return False
        x, _, z = total
        return any(c < P and (c * z * z - x) % P == 0 for c in (r, r + N))


# ---- Public keys ------------------------------------------------------------------------------------------

SPKI = bytes.fromhex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
SPKI_COMPRESSED = bytes.fromhex('3039301306072a8648ce3d020106082a8648ce3d030107032200')


def read_key(path):
    try:
        with open(path, 'rb') as file:
            pem = file.read(LONGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Fault('file-missing')
    except OSError:
        raise Fault('file-unreadable')
    if len(pem) > LONGEST:
        raise Fault('too-large')
    return key_of(pem)


def key_of(pem):
    if b'PRIVATE KEY' in pem:
        raise Fault('not-a-public-key')
    if b'-----BEGIN CERTIFICATE-----' in pem:
        return key_of(openssl(pem, 'x509', '-noout', '-pubkey') or b'')
    found = re.search(rb'-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----', pem)
    try:
        der = base64.b64decode(found.group(1)) if found else b''
    except ValueError:
        raise Fault('not-a-public-key')
    if der.startswith(SPKI + b'\x04') and len(der) == 91:
        return Key(int.from_bytes(der[27:59], 'big'), int.from_bytes(der[59:], 'big'))
    if der.startswith(SPKI_COMPRESSED) and len(der) == 59 and der[26] in (2, 3):
        x = int.from_bytes(der[27:], 'big')
        y = pow(x * x * x - 3 * x + B, (P + 1) // 4, P)
        return Key(x, y if y % 2 == der[26] % 2 else P - y)
    # Of some other form: whether it is a key at all only decides which word is said.
    raise Fault('not-a-public-key' if openssl(pem, 'pkey', '-pubin', '-noout') is None else 'not-p256')


def openssl(pem, *words):
    """What `openssl` makes of it; None where it refuses or is not installed."""
    try:
        return subprocess.run(['openssl', *words], input=pem, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


# ---- Text -------------------------------------------------------------------------------------------------

def digest_url(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip('=')


def decode_base64url(text):
    if re.fullmatch('[A-Za-z0-9_-]*', text) and len(text) % 4 != 1:
        data = base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
        if base64.urlsafe_b64encode(data).decode().rstrip('=') == text:
            return data
    raise Fault('bad-base64url')


TOKEN = re.compile(r'''[ \t\n\r]*(?:
    (?P<mark>[\[\]{},:])
  | (?P<string>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*")
  | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<word>true|false|null) )''', re.VERBOSE)


def number(text):
    """Whole numbers as int, whatever their spelling (3, 3.0, 3e0); others, and greater ones, as float."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= GREATEST else value


def parse_json(data):
    """JSON without a key twice in one object, and not deep. Python's own reader lets both pass."""
    try:
        text = data.decode('utf-8')
    except UnicodeDecodeError:
        raise Fault('not-utf8')
    text = text.rstrip(' \t\n\r')
    root, open_, keys, trap = None, [], [], None      # open_: lists and objects around here; keys: their waiting keys
    state, at = 'value', 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            raise Fault('not-json')
        at, kind, part = token.end(), token.lastgroup, token[token.lastgroup]
        if state == 'colon':
            if part != ':':
                raise Fault('not-json')
            state = 'value'
        elif state in ('key', 'key or end') and kind == 'string':
            name = json.loads(part)
            if name in open_[-1]:
                trap = trap or 'duplicate-key'
            open_[-1][name] = None
            keys.append(name)
            state = 'colon'
        elif state in ('value', 'value or end') and (kind != 'mark' or part in '[{'):
            value = ([] if part == '[' else {} if part == '{' else number(part) if kind == 'number'
                     else json.loads(part))
            if not open_:
                root = value
            elif isinstance(open_[-1], list):
                open_[-1].append(value)
            else:
                open_[-1][keys.pop()] = value
            if kind == 'mark':
                open_.append(value)
                if len(open_) > DEEPEST:
                    trap = trap or 'too-deep'
                state = 'value or end' if part == '[' else 'key or end'
            else:
                state = 'after' if open_ else 'end'
        elif part in (']', '}') and state in ('after', 'value or end' if part == ']' else 'key or end'):
            if isinstance(open_.pop(), list) != (part == ']'):
                raise Fault('not-json')
            state = 'after' if open_ else 'end'
        elif part == ',' and state == 'after':
            state = 'value' if isinstance(open_[-1], list) else 'key'
        else:
            raise Fault('not-json')
    if state != 'end':
        raise Fault('not-json')
    if trap:
        raise Fault(trap)
    return root


# ---- What the objects must hold; what they hold besides is ignored -----------------------------------------

def match(pattern):
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def text(most):
    return lambda value: isinstance(value, str) and len(value) <= most


def one_of(*values):
    return lambda value: isinstance(value, str) and value in values


def whole(least):
    return lambda value: type(value) is int and least <= value


def or_null(check):
    return lambda value: value is None or check(value)


def list_of(check, least, most):
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(check, value))


def fields(required, optional=()):
    optional = dict(optional)
    return lambda value: (isinstance(value, dict)
                          and all(name in value and check(value[name]) for name, check in required.items())
                          and all(name not in value or check(value[name]) for name, check in optional.items()))


def instant(value):
    """UTC to the second, of a day that exists."""
    found = isinstance(value, str) and re.fullmatch(
        '([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z', value)
    if not found:
        return False
    year, month, day = (int(part) for part in found.groups()[:3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]


def whole_minute(value):
    return instant(value) and value.endswith(':00Z')


def a_range(value):
    return list_of(whole(0), 2, 2)(value) and value[0] <= value[1]


ID = match('[a-z0-9][a-z0-9-]{2,31}')
OBJECT_ID = match('[A-Za-z0-9_-]{43}')
LEDGER_ID = match('[A-Za-z0-9_-]{22}')
FILE_DIGEST = match('[0-9a-f]{64}')
POSITION = fields({'seq': whole(1), 'id': OBJECT_ID})
IMAGE = fields({
    'role': match('[a-z][a-z0-9-]{0,15}'),
    'mediaType': one_of('image/jpeg', 'image/png', 'image/webp', 'image/tiff'),
    'size': whole(1), 'sha256': FILE_DIGEST,
}, {'sealed': fields({'format': one_of('age-v1'), 'size': whole(1), 'sha256': FILE_DIGEST})})
ENTRY = fields({
    'v': whole(1), 'election': text(64), 'device': ID, 'boot': whole(1), 'seq': whole(1), 'prev': OBJECT_ID,
    'time': fields({'wall': whole_minute, 'source': one_of('none', 'rtc', 'ntp', 'receipt'), 'monotonicMs': whole(0)}),
    'anchor': or_null(OBJECT_ID), 'software': text(64),
    'kind': one_of('acta', 'boot', 'clock', 'close', 'void'),
})
ACTA = fields({
    'reading': fields({'method': one_of('qr', 'ocr', 'none'), 'text': or_null(text(4096)), 'code': or_null(text(64))}),
    'images': list_of(IMAGE, 1, 16),
})
VOID = fields({'voids': POSITION})


def entry_shape(value):
    return (ENTRY(value) and (value['kind'] != 'acta' or ACTA(value))
            and (value['kind'] != 'void' or VOID(value)))


RECEIPT = fields({
    'v': whole(1), 'device': ID, 'seq': whole(1), 'entry': OBJECT_ID,
    'status': one_of('stored', 'duplicate', 'conflict', 'rejected'),
    'images': list_of(fields({'sha256': FILE_DIGEST, 'status': one_of('stored', 'missing'),
                              'missing': list_of(a_range, 0, 200)}), 0, 16),
    'upto': or_null(POSITION), 'gaps': list_of(a_range, 0, 200), 'time': instant, 'copies': whole(0),
}, {'reason': text(200), 'ledger': LEDGER_ID, 'returned': OBJECT_ID})
HEAD = fields({'v': whole(1), 'device': ID, 'seq': whole(1), 'id': OBJECT_ID, 'receipts': whole(0), 'time': instant})
CONTROL = fields({'v': whole(1), 'device': ID, 'verb': one_of('resend'), 'from': whole(1), 'ledger': LEDGER_ID,
                  'time': instant})
SHAPES = {'entry': entry_shape, 'receipt': RECEIPT, 'head': HEAD, 'control': CONTROL}


# ---- Signed objects: form, then signature, then meaning -----------------------------------------------------

class Signed:
    """A JWS of known kind, its form checked. Nobody has vouched for it before `verify`."""

    def __init__(self, jws, kind):
        if len(jws) > LONGEST:
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
        self.kind, self.kid, self.payload = kind, header['kid'], parse_json(payload)
        self.signing_input = jws.rpartition('.')[0].encode()
        self.id = digest_url(self.signing_input)

    def verify(self, key):
        if not key.verifies(self.signing_input, self.signature):
            raise Fault('bad-signature')

    def read(self):
        """What it says. Only a receipt and an order speak of another than their signer."""
        payload = self.payload
        if isinstance(payload, dict) and 'v' in payload and not (type(payload['v']) is int and payload['v'] == 1):
            raise Fault('unknown-version')
        if not SHAPES[self.kind](payload):
            raise Fault('bad-payload')
        if self.kind in ('entry', 'head') and payload['device'] != self.kid:
            raise Fault('wrong-device')
        return payload


def open_object(jws, kind, by, key, device=None):
    """One object by itself, that `by` should have signed; an order must be to `device`."""
    signed = Signed(jws, kind)
    if signed.kid != by:
        raise Fault('bad-signature')
    signed.verify(key)
    payload = signed.read()
    if kind == 'control' and payload['device'] != device:
        raise Fault('other-device')
    return payload


# ---- Files --------------------------------------------------------------------------------------------------

class Faults(list):
    """The first hundred; `count` counts all."""
    count = 0

    def add(self, line, code, seq=None, device=None):
        self.count += 1
        if len(self) < MOST_FAULTS:
            where = {'line': line, 'device': device, 'seq': seq}
            self.append({**{name: value for name, value in where.items() if value is not None},
                         'code': code, 'detail': WORDS[code]})


def lines_of(file):
    """Number, text and code of what is wrong with the line as such (None: nothing)."""
    number = 0
    while True:
        part = file.readline(LONGEST + 2)
        if not part:
            return
        number += 1
        kept = (part[:-1] if part.endswith(b'\n') else part)[:LONGEST + 1]
        while part and not part.endswith(b'\n'):
            part = file.readline(1 << 20)
        code = ('nul-byte' if b'\0' in kept else 'line-too-long' if len(kept) > LONGEST
                else 'torn-tail' if not part else 'empty-line' if not kept
                else 'crlf' if kept.endswith(b'\r') else None)
        yield number, kept.decode('latin-1'), code


def note_images(entry, line, named):
    """Of a sealed image the sealed bytes are stored."""
    for image in entry['images'] if entry['kind'] == 'acta' else ():
        stored = image.get('sealed', image)
        named.setdefault((stored['sha256'], stored['size']), (line, entry['seq'], entry['device']))


def look_at_image(folder, sha256, size):
    """None when it is there, whole; else the code of what is wrong."""
    try:
        with open(os.path.join(folder, sha256[:2], sha256), 'rb') as file:
            if os.fstat(file.fileno()).st_size != size:
                return 'image-altered'
            digest = hashlib.sha256()
            for part in iter(lambda: file.read(1 << 20), b''):
                digest.update(part)
            return None if digest.hexdigest() == sha256 else 'image-altered'
    except FileNotFoundError:
        return 'image-missing'
    except OSError:
        return 'image-unreadable'


def check_journal(directory, images):
    """entries.jws, device.pem, images/: one device's records, in order, each naming the one before."""
    return check_journal_file(os.path.join(directory, 'entries.jws'), os.path.join(directory, 'device.pem'),
                              os.path.join(directory, 'images') if images else None)


def check_journal_file(path, key_path, folder):
    key = read_key(key_path)
    faults, named, by_kind, codes = Faults(), {}, {}, set()
    device, entries, head = None, 0, None
    expected, linked = 1, True      # the number that comes next; whether the entry before it is known
    with open(path, 'rb') as file:
        for line, jws, code in lines_of(file):
            try:
                if code:
                    raise Fault(code)
                signed = Signed(jws, 'entry')
                signed.verify(key)
                entry = signed.read()
                if device not in (None, entry['device']):
                    raise Fault('wrong-device')
            except Fault as fault:
                faults.add(line, fault.code, seq=expected)
                expected, linked = expected + 1, False
                continue
            seq = entry['seq']
            if seq < expected:
                faults.add(line, 'seq-repeated', seq=seq)
            elif seq > expected:
                faults.add(line, 'seq-gap', seq=seq)
            elif linked and entry['prev'] != (head['id'] if head else key.genesis):
                faults.add(line, 'bad-prev', seq=seq)
            device, entries, head = entry['device'], entries + 1, {'seq': seq, 'id': signed.id}
            by_kind[entry['kind']] = by_kind.get(entry['kind'], 0) + 1
            if entry['kind'] == 'acta' and entry['reading']['code'] is not None:
                codes.add(entry['reading']['code'])
            note_images(entry, line, named)
            expected, linked = seq + 1, True
    chain_whole = faults.count == 0
    count = None
    if folder is not None:
        count = {'named': len(named), 'present': 0, 'missing': 0, 'altered': 0}
        for (sha256, size), (line, seq, _) in named.items():
            code = look_at_image(folder, sha256, size)
            count['present' if code is None else 'altered' if code == 'image-altered' else 'missing'] += 1
            if code:
                faults.add(line, code, seq=seq)
    return {'kind': 'journal', 'whole': faults.count == 0, 'device': device, 'entries': entries, 'byKind': by_kind,
            'actas': len(codes), 'head': head, 'chainWhole': chain_whole, 'images': count,
            'faults': faults, 'faultCount': faults.count}


class Chain:
    """One device's entries as a centre got them: in any order, some twice, some never, some in conflict."""

    def __init__(self, genesis):
        self.genesis = genesis
        self.by_seq = {}            # number to [(id, prev, line)], different entries only
        self.contiguous = 0         # the last number before which none is missing

    def add(self, seq, entry_id, prev, line):
        bearers = self.by_seq.setdefault(seq, [])
        if all(entry_id != other for other, _, _ in bearers):
            bearers.append((entry_id, prev, line))
        while self.contiguous + 1 in self.by_seq:
            self.contiguous += 1

    def has(self, seq, entry_id):
        return any(entry_id == held for held, _, _ in self.by_seq.get(seq, ()))

    def follows(self, seq, prev):
        """False only when the entry before is held and is another than the one named."""
        if seq == 1:
            return prev == self.genesis
        return seq - 1 not in self.by_seq or self.has(seq - 1, prev)

    def gaps(self):
        seqs = [0] + sorted(self.by_seq)
        return [[before + 1, seq - 1] for before, seq in zip(seqs, seqs[1:]) if seq > before + 1]

    def twice(self):
        return [seq for seq in sorted(self.by_seq) if len(self.by_seq[seq]) > 1]

    def find_faults(self, faults, device):
        last = 0
        for seq in sorted(self.by_seq):
            bearers = self.by_seq[seq]
            if seq > last + 1:
                faults.add(bearers[0][2], 'gap', seq=last + 1, device=device)
            for _, _, line in bearers[1:]:
                faults.add(line, 'equivocation', seq=seq, device=device)
            for _, prev, line in bearers:
                if not self.follows(seq, prev):
                    faults.add(line, 'bad-prev', seq=seq, device=device)
            last = seq


class Ledger:
    """ledger.jws, centre.pem, devices/<id>.pem, images/: entries as received and receipts as issued."""

    def __init__(self, directory):
        self.directory = directory
        self.centre_key = read_key(os.path.join(directory, 'centre.pem'))
        self.faults, self.keys, self.chains, self.codes, self.named = Faults(), {}, {}, set(), {}
        self.claimed = set()        # digests that a receipt says are stored
        self.centre, self.receipts = None, 0

    def key(self, device):
        if device not in self.keys:
            try:
                self.keys[device] = read_key(os.path.join(self.directory, 'devices', device + '.pem'))
            except Fault:
                self.keys[device] = None
        return self.keys[device]

    def take(self, line, jws):
        try:
            self.take_entry(line, Signed(jws, 'entry'))
        except Fault as fault:
            if fault.code != 'foreign-typ':
                self.faults.add(line, fault.code)
                return
            try:
                self.take_receipt(line, Signed(jws, 'receipt'))
            except Fault as other:
                self.faults.add(line, other.code)

    def take_entry(self, line, signed):
        device, key = signed.kid, self.key(signed.kid)
        if key is None:
            self.faults.add(line, 'unknown-device', device=device)
            return
        try:
            signed.verify(key)
            entry = signed.read()
        except Fault as fault:
            self.faults.add(line, fault.code, device=device)
            return
        self.chains.setdefault(device, Chain(key.genesis)).add(entry['seq'], signed.id, entry['prev'], line)
        if entry['kind'] == 'acta' and entry['reading']['code'] is not None:
            self.codes.add(entry['reading']['code'])
        note_images(entry, line, self.named)

    def take_receipt(self, line, signed):
        signed.verify(self.centre_key)
        receipt = signed.read()
        self.centre = self.centre or signed.kid
        if signed.kid != self.centre:
            raise Fault('wrong-centre')
        self.receipts += 1
        self.claimed.update(image['sha256'] for image in receipt['images'] if image['status'] == 'stored')
        device, seq, upto = receipt['device'], receipt['seq'], receipt['upto']
        chain = self.chains.get(device, Chain(''))
        founded = ((receipt['status'] == 'rejected' or chain.has(seq, receipt['entry']))
                   and (upto is None or (chain.has(upto['seq'], upto['id']) and upto['seq'] <= chain.contiguous)))
        if not founded:
            self.faults.add(line, 'receipt-unfounded', seq=seq, device=device)

    def count_images(self):
        count = {'named': len(self.named), 'present': 0, 'awaited': 0, 'missing': 0, 'altered': 0}
        for (sha256, size), (line, seq, device) in self.named.items():
            code = look_at_image(os.path.join(self.directory, 'images'), sha256, size)
            if code is None:
                count['present'] += 1
            elif code == 'image-missing' and sha256 not in self.claimed:
                count['awaited'] += 1
            else:
                count['altered' if code == 'image-altered' else 'missing'] += 1
                self.faults.add(line, code, seq=seq, device=device)
        return count

    def report(self, images):
        devices, proofs = [], []
        for device, chain in self.chains.items():
            chain.find_faults(self.faults, device)
            first = chain.by_seq.get(chain.contiguous)
            devices.append({
                'device': device, 'entries': sum(map(len, chain.by_seq.values())),
                'upto': {'seq': chain.contiguous, 'id': first[0][0]} if first else None,
                'gaps': chain.gaps(), 'equivocations': chain.twice()})
            proofs += [{'device': device, 'seq': seq, 'entries': [
                {'id': entry_id, 'line': line} for entry_id, _, line in chain.by_seq[seq]]} for seq in chain.twice()]
        proofs.sort(key=lambda proof: proof['entries'][0]['line'])
        count = self.count_images() if images else None
        return {'kind': 'ledger', 'whole': self.faults.count == 0, 'centre': self.centre,
                'entries': sum(device['entries'] for device in devices), 'actas': len(self.codes),
                'devices': devices, 'receipts': self.receipts, 'proofs': proofs[:100], 'images': count,
                'faults': self.faults, 'faultCount': self.faults.count}


def check_ledger(directory, images):
    ledger = Ledger(directory)
    with open(os.path.join(directory, 'ledger.jws'), 'rb') as file:
        for line, jws, code in lines_of(file):
            if code:
                ledger.faults.add(line, code)
            else:
                ledger.take(line, jws)
    return ledger.report(images)


def check(directory, kind, images=True):
    """The report; one with `fault` where nothing could be checked."""
    try:
        return (check_journal if kind == 'journal' else check_ledger)(directory, images)
    except Fault as fault:
        return {'kind': kind, 'whole': False, 'fault': {'code': fault.code, 'detail': WORDS[fault.code]}}
    except OSError:
        return {'kind': kind, 'whole': False, 'fault': {'code': 'unreadable', 'detail': WORDS['unreadable']}}


# ---- The command --------------------------------------------------------------------------------------------

def for_people(report):
    yield 'WHOLE' if report['whole'] else 'FOUND WRONG'
    if 'fault' in report:
        yield 'Nothing could be checked: %(code)s: %(detail)s' % report['fault']
    elif report['kind'] == 'journal':
        yield 'Journal of %s: %d entries, %d actas.' % (report['device'], report['entries'], report['actas'])
        if report['head']:
            yield 'Head %(seq)d %(id)s. Compare it with a photographed head: a cut-off tail shows nowhere else.' % report['head']
    else:
        yield 'Ledger of %s: %d entries, %d actas, %d receipts.' % (
            report['centre'], report['entries'], report['actas'], report['receipts'])
        for device in report['devices']:
            upto = device['upto'] or {'seq': 0, 'id': ''}
            yield '  %s: %d entries, without a gap up to %d %s' % (device['device'], device['entries'], upto['seq'], upto['id'])
    if report.get('images'):
        yield 'Images: ' + ', '.join('%d %s' % (count, name) for name, count in report['images'].items()) + '.'
    for fault in report.get('faults', ()):
        seq, device = fault.get('seq'), fault.get('device')
        where = (', entry %d' % seq if seq else '') + (' of %s' % device if device else '')
        yield 'FAULT in line %d%s: %s: %s' % (fault['line'], where, fault['code'], fault['detail'])
    if report.get('faultCount', 0) > MOST_FAULTS:
        yield '... and %d more faults' % (report['faultCount'] - MOST_FAULTS)
    for proof in report.get('proofs', ()):
        yield 'CLONED OR SET BACK: %s signed different entries %d (lines %s)' % (
            proof['device'], proof['seq'], ', '.join(str(entry['line']) for entry in proof['entries']))


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument('path', nargs='?', help='directory of a journal or of a ledger')
    words.add_argument('--no-images', action='store_true', help='leave the images out')
    words.add_argument('--json', action='store_true', help='print one JSON object')
    words.add_argument('--object', choices=SHAPES, help='check one object, from standard input')
    words.add_argument('--by', help='id of the one who should have signed it')
    words.add_argument('--key', help='file with the public key of that one')
    words.add_argument('--device', help='the device to which an order came')
    options = words.parse_args()
    if options.object:
        if not (options.by and options.key):
            words.error('--object needs --by and --key')
        try:
            payload = open_object(sys.stdin.read().strip(), options.object, options.by, read_key(options.key), options.device)
        except Fault as fault:
            print('FOUND WRONG: %s: %s' % (fault.code, WORDS[fault.code]))
            return 1
        print('WELL SIGNED by %s: %s\n%s' % (options.by, json.dumps(payload), CUSTODY))
        return 0
    if options.path is None:
        words.error('say which directory')
    files = {'journal': 'entries.jws', 'ledger': 'ledger.jws'}
    kind = next((kind for kind, name in files.items() if os.path.isfile(os.path.join(options.path, name))), None)
    if kind is None:
        words.error('%s holds neither entries.jws nor ledger.jws' % options.path)
    report = check(options.path, kind, not options.no_images)
    if options.json:
        print(json.dumps({**report, 'note': CUSTODY}))
    else:
        print('\n'.join([*for_people(report), CUSTODY]))
    unreadable = report.get('fault', {}).get('code') in ('unreadable', 'file-unreadable')
    return 3 if unreadable else 0 if report['whole'] else 1


if __name__ == '__main__':
    sys.exit(main())
