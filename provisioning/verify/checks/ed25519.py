"""Ed25519 (RFC 8032, section 5.1.7), to verify only. Python itself has none."""
import hashlib

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = 0, 1, 1, 0
# The y of all points whose order divides 8, little-endian: under such a key one signature fits many texts.
SMALL_ORDER = {bytes.fromhex(y) for y in (
    '00' * 32, '01' + '00' * 31, 'ec' + 'ff' * 30 + '7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')}


def add(one, other):
    """Points in extended coordinates: x = X/Z, y = Y/Z, x y = T/Z (section 5.1.4). Holds for equal ones too."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiples(point):
    """Row i holds 1 to 15 times 16^i times the point, so that a multiplication is 64 additions."""
    rows = []
    for _ in range(64):
        row = [point]
        while len(row) < 15:
            row.append(add(row[-1], point))
        rows.append(row)
        point = add(row[-1], point)
    return rows


def times(scalar, rows):
    total = NEUTRAL
    for row in rows:
        if scalar & 15:
            total = add(total, row[(scalar & 15) - 1])
        scalar >>= 4
    return total


def decode_point(text):
    """Section 5.1.3; None for what is no point."""
    number = int.from_bytes(text, 'little')
    y, is_odd = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v ** 3 * pow(u * v ** 7, (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_1 % P
    elif v * x * x % P != u:
        return None
    if x == 0 and is_odd:
        return None
    x = -x % P if x & 1 != is_odd else x
    return x, y, 1, x * y % P


def encode_point(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, 'little')


def of_y(y, is_odd):
    return decode_point((y | is_odd << 255).to_bytes(32, 'little'))


BASE_MULTIPLES = multiples(of_y(4 * pow(5, P - 2, P) % P, 0))


def is_key(text):
    """Whether signatures by this key mean anything. That it is a point at all shows when one verifies."""
    y = text[:31] + bytes([text[31] & 127]) if len(text) == 32 else b''
    return len(y) == 32 and y not in SMALL_ORDER and int.from_bytes(y, 'little') < P


class PublicKey:
    def __init__(self, text):
        self.text, self.multiples = text, None

    def verifies(self, message, signature):
        """Without the cofactor: R is compared as bytes."""
        if len(signature) != 64:
            return False
        s = int.from_bytes(signature[32:], 'little')
        if s >= ORDER:
            return False
        if self.multiples is None:
            point = decode_point(self.text)
            x, y, z, t = point or NEUTRAL
            self.multiples = multiples((-x % P, y, z, -t % P)) if point else ()
        if not self.multiples:
            return False
        h = int.from_bytes(hashlib.sha512(signature[:32] + self.text + message).digest(), 'little') % ORDER
        total = add(times(s, BASE_MULTIPLES), times(h, self.multiples))
        return encode_point(total) == signature[:32]
