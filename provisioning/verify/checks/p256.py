"""ES256: ECDSA on P-256 with SHA-256 (FIPS 186-5, SP 800-186). Python itself has none."""
import hashlib

from .faults import Fault

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


class Point:
    """A public key: a point of the curve, other than the one at infinity."""
    FIELD = P

    def __init__(self, x, y):
        if not (x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0):
            raise Fault('not-a-public-key')
        self.point = b'\x04' + x.to_bytes(32, 'big') + y.to_bytes(32, 'big')
        self.xy, self.multiples = (x, y), None

    def verifies(self, message, signature):
        r, s = int.from_bytes(signature[:32], 'big'), int.from_bytes(signature[32:], 'big')
        if not (0 < r < N and 0 < s < N):
            return False
        # Made for the first signature: most keys of a registry are never needed.
        self.multiples = self.multiples or multiples(self.xy)
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


def root_of(x):
    """One of the two y of that x (SEC 1, section 2.3.4), where there are any."""
    return pow(x * x * x - 3 * x + B, (P + 1) // 4, P)
