"""Points of Ed25519, and what section 2.5 says of a signature, written out: for signatures that no library makes."""

from __future__ import annotations

import functools
import hashlib

from tests.protocol.reference import D, P, _root, small_order_ys

Point = tuple[int, int]
Extended = tuple[int, int, int, int]  # x and y times z, z, and the product of x and y: to add takes no division

ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    return _plain(_add(_extended(one), _extended(other)))


@functools.cache
def times(number: int, point: Point) -> Point:
    found, extended = _extended(NEUTRAL), _extended(point)
    for bit in f"{number:b}":
        found = _add(found, found)
        found = _add(found, extended) if bit == "1" else found
    return _plain(found)


def _extended(point: Point) -> Extended:
    return (*point, 1, point[0] * point[1] % P)


def _plain(point: Extended) -> Point:
    inverse = pow(point[2], -1, P)
    return point[0] * inverse % P, point[1] * inverse % P


def _add(one: Extended, other: Extended) -> Extended:
    """RFC 8032, 5.1.4: for any two points."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2)
    c, d = 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


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
