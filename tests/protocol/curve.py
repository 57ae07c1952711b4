"""Points of Ed25519, and what section 2.5 says of a signature, written out: for signatures that no library makes."""

from __future__ import annotations

import hashlib

from tests.protocol.reference import D, P, _root, small_order_ys

Point = tuple[int, int]

ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


def times(number: int, point: Point) -> Point:
    found = NEUTRAL
    for bit in f"{number:b}":
        found = add(found, found)
        found = add(found, point) if bit == "1" else found
    return found


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(raw: bytes) -> Point | None:
    """The point, also where its y is not the smallest; None if there is none."""
    y, odd = (int.from_bytes(raw, "little") & (2**255 - 1)) % P, raw[31] >> 7
    x = _root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    return None if x is None else (x if x & 1 == odd else -x % P, y)


def _decoded(y: int) -> Point:
    point = decode(y.to_bytes(32, "little"))
    assert point is not None
    return point


BASE = _decoded(4 * pow(5, -1, P) % P)
EIGHTH = next(point for point in map(_decoded, sorted(small_order_ys())) if times(4, point) != NEUTRAL)
SMALL = [times(number, EIGHTH) for number in range(8)]  # all points of small order


def hashed(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER


def sign(secret: int, nonce: int, key_part: Point, r_part: Point, message: bytes) -> tuple[bytes, bytes]:
    """(key, signature) of somebody whose key and whose R each have a part of small order."""
    key = encode(add(times(secret, BASE), key_part))
    r = encode(add(times(nonce, BASE), r_part))
    return key, r + ((nonce + hashed(r, key, message) * secret) % ORDER).to_bytes(32, "little")


def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Section 2.5, word for word, of a key that is a point and a signature of 64 bytes."""
    r, s, point = signature[:32], int.from_bytes(signature[32:], "little"), decode(key)
    if point is None or point[1] in small_order_ys() or s >= ORDER:
        return False
    minus = (-point[0] % P, point[1])
    return encode(add(times(s, BASE), times(hashed(r, key, message), minus))) == r
