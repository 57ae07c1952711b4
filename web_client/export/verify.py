#!/usr/bin/env python3
"""Checks a proof.json that Hamraz has exported: who has written what, by their own signatures (docs/export.md).

    python3 verify.py proof.json --authority 64HEX [--print]

64HEX is the server's id: what stands behind # in any of its join links. Needs Python 3.8 or newer and nothing else, no
network either. Take this program from whom you trust: whoever shows you a proof can show you a false verify.py too.
Exit codes: 0 all that is claimed holds; 1 something doesn't; 2 wrong arguments, or no such file; 3 it holds in itself,
and the server's id was compared with nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import struct
import sys
import time
import unicodedata
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Point = tuple[int, int, int, int]
    Holds = Callable[[bytes, bytes, bytes], bool]

LONGEST = 4 * 1024 * 1024  # bytes of a line: the longest message, twice, is half of it
SHOWN = 20  # lines about what doesn't hold
ODD = (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError)  # what odd input may bring up


class Wrong(Exception):
    """Carries why something doesn't hold: a code of docs/protocol.md, section 12, or a reason of section 6.2."""


# --- Ed25519: RFC 8032, with the exact checks of section 2.5 ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
DOUBLE = 2 * D
ROOT = pow(2, (P - 1) // 4, P)
EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL = (0, 1, P - 1, EIGHTH, P - EIGHTH)  # the y of points of small order
NEUTRAL: Point = (0, 1, 1, 0)  # extended coordinates: x = X/Z, y = Y/Z, xy = T/Z


def add(p: Point, q: Point) -> Point:
    px, py, pz, pt = p
    qx, qy, qz, qt = q
    a, b, c, d = (py - px) * (qy - qx) % P, (py + px) * (qy + qx) % P, pt * qt % P * DOUBLE % P, 2 * pz * qz % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode_point(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    y = (number & (2**255 - 1)) % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
    if (v * x * x - u) % P:
        return None
    x = x if x & 1 == number >> 255 else P - x
    return x, y, 1, x * y % P


def encode_point(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def table(p: Point) -> list[list[Point]]:
    """j * 16^i * p at [i][j]: with it, each multiplication is 64 additions."""
    rows = []
    for _i in range(64):
        row = [NEUTRAL]
        for _j in range(15):
            row.append(add(row[-1], p))
        rows.append(row)
        p = add(row[15], p)
    return rows


def times(number: int, rows: list[list[Point]]) -> Point:
    found = NEUTRAL
    for row in rows:
        if number & 15:
            found = add(found, row[number & 15])
        number >>= 4
    return found


def times_once(number: int, p: Point) -> Point:
    found = NEUTRAL
    while number:
        if number & 1:
            found = add(found, p)
        p, number = add(p, p), number >> 1
    return found


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = table(decode_point(BASE_Y.to_bytes(32, "little")) or NEUTRAL)
_uses: dict[bytes, int] = {}
_tables: dict[bytes, list[list[Point]]] = {}  # of keys that were used several times


def holds(key: bytes, message: bytes, sig: bytes) -> bool:
    """Whether this is the key's signature over the message."""
    if len(key) != 32 or len(sig) != 64 or (int.from_bytes(key, "little") & (2**255 - 1)) % P in SMALL:
        return False
    s = int.from_bytes(sig[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    if key in _tables:
        second = times(k, _tables[key])
    else:
        a = decode_point(key)
        if a is None:
            return False
        minus = (P - a[0], a[1], a[2], P - a[3])
        second = times_once(k, minus)
        _uses[key] = _uses.get(key, 0) + 1
        if _uses[key] == 3:
            if len(_tables) == 64:
                del _tables[next(iter(_tables))]
            _tables[key] = table(minus)
    return encode_point(add(times(s, BASE), second)) == sig[:32]


# --- ChaCha20-Poly1305: RFC 8439, with a nonce of zeros ---


def chacha_block(key: bytes, counter: int) -> bytes:
    start = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + bytes(12)))
    x = start[:]
    for _round in range(10):
        for a, b, c, d in QUARTERS:
            for first, second in ((16, 12), (8, 7)):
                x[a] = x[a] + x[b] & 0xFFFFFFFF
                n = x[d] ^ x[a]
                x[d] = (n << first | n >> 32 - first) & 0xFFFFFFFF
                x[c] = x[c] + x[d] & 0xFFFFFFFF
                n = x[b] ^ x[c]
                x[b] = (n << second | n >> 32 - second) & 0xFFFFFFFF
    return struct.pack("<16I", *[x[i] + start[i] & 0xFFFFFFFF for i in range(16)])


QUARTERS = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip


def open_sealed(key: bytes, about: bytes, sealed: bytes) -> bytes:
    """The plaintext; `cannot_open`."""
    words, tag = sealed[:-16], sealed[-16:]
    once = chacha_block(key, 0)[:32]
    r = int.from_bytes(once[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    data = about + bytes(-len(about) % 16) + words + bytes(-len(words) % 16)
    data += struct.pack("<QQ", len(about), len(words))
    total = 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at : at + 16], "little") + (1 << 128)) * r % (2**130 - 5)
    made = (total + int.from_bytes(once[16:], "little")) % (1 << 128)
    if len(sealed) < 16 or not hmac.compare_digest(made.to_bytes(16, "little"), tag):
        raise Wrong("cannot_open")
    stream = b"".join(chacha_block(key, n + 1) for n in range((len(words) + 63) // 64))
    return bytes(words[i] ^ stream[i] for i in range(len(words)))


# --- section 2: MessagePack, its types, hashes ---

NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
COUNTS = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xDC: ">H", 0xDD: ">I"}


def unpack(data: bytes) -> Any:
    """The value of exactly these bytes; `bad_statement`."""
    try:
        value, at = _unpack(data, 0, 0)
    except (LookupError, struct.error, ValueError):
        raise Wrong("bad_statement") from None
    if at != len(data):
        raise Wrong("bad_statement")
    return value


def _unpack(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    mark, at = data[at], at + 1
    if mark < 0x80 or mark >= 0xE0:
        return (mark if mark < 0x80 else mark - 256), at
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at
    if mark in NUMBERS:
        return struct.unpack_from(NUMBERS[mark], data, at)[0], at + struct.calcsize(NUMBERS[mark])
    if mark in COUNTS:
        count, at = struct.unpack_from(COUNTS[mark], data, at)[0], at + struct.calcsize(COUNTS[mark])
        kind = "bin" if mark <= 0xC6 else "str" if mark <= 0xDB else "array"
    elif 0x90 <= mark < 0xC0:
        kind, count = ("array", mark & 15) if mark < 0xA0 else ("str", mark & 31)
    else:
        raise ValueError  # maps, floats, extensions
    if kind == "array":
        if depth > 8 or count > len(data):
            raise ValueError
        items = []
        for _item in range(count):
            item, at = _unpack(data, at, depth + 1)
            items.append(item)
        return items, at
    piece = data[at : at + count]
    if len(piece) != count:
        raise ValueError
    return (piece if kind == "bin" else piece.decode()), at + count


def fits(value: Any, kind: str) -> bool:
    """Whether a value is of a type of section 2.2."""
    if kind.endswith("?"):
        return value is None or fits(value, kind[:-1])
    if kind in ("u32", "u62", "u63"):
        return type(value) is int and 0 <= value < 2 ** int(kind[1:])
    if kind.startswith("bytes"):
        low, _dots, high = kind[5:].partition("..")
        return type(value) is bytes and (len(value) == int(low) if low else not high or len(value) <= int(high))
    if kind in ("text", "kind", "name"):
        return type(value) is str and (kind == "text" or 0 < len(value) <= {"kind": 32, "name": 64}[kind])
    if kind == "bool":
        return type(value) is bool
    pairs = {"signed": ("bytes", "bytes64"), "about": ("u32", "bytes32"), "listed": ("bytes32", "bytes32")}
    if kind in pairs:
        return type(value) is list and len(value) == 2 and all(map(fits, value, pairs[kind]))
    return type(value) is list and 0 < len(value) <= 2000 and all(fits(one, "listed") for one in value)  # members


def fields(data: bytes, kinds: str) -> list[Any]:
    value = unpack(data)
    want = kinds.split()
    if type(value) is not list or len(value) != len(want) or not all(map(fits, value, want)):
        raise Wrong("bad_statement")
    return value


def digest(name: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"hamraz/v2/hash/" + name.encode() + b"\0" + b"".join(parts)).digest()


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


class Server:
    """Whose signatures these are about: every one names the purpose and the server (section 2.5)."""

    def __init__(self, id: bytes, check: Holds = holds) -> None:
        self.id, self._check, self.key = id, check, b""
        self._heads: dict[tuple[bytes, bytes], list[Any]] = {}

    def signed_by(self, key: bytes, context: str, body: bytes, sig: bytes) -> bool:
        return self._check(key, b"hamraz/v2/sign/" + context.encode() + b"\0" + self.id + body, sig)

    def check(self, key: bytes, context: str, signed: list[bytes], kinds: str) -> list[Any]:
        """The fields of a statement; `bad_signature`, `bad_statement`."""
        if not self.signed_by(key, context, signed[0], signed[1]):
            raise Wrong("bad_signature")
        return fields(signed[0], kinds)

    def head(self, signed: list[bytes]) -> list[Any]:
        known = self._heads.get((signed[0], signed[1]))
        if known is None:
            known = self.check(self.key, "head", signed, "u63 bytes32")
            self._heads[signed[0], signed[1]] = known
        return known


# --- section 6: the log ---

RANKS = ("beginner user", "advanced user", "admin", "super admin")
ENTRIES = {
    "genesis": "text signed", "register": "text signed", "key": "text signed bytes32? bytes64?",
    "recovery": "text signed bytes32? bytes64?", "role": "text signed", "group": "text bytes16 u63 bytes32",
}  # fmt: skip


class User:
    def __init__(self, uid: bytes, name: str, key: bytes, recovery: bytes, at: int, rank: int) -> None:
        self.uid, self.name, self.recovery, self.latest = uid, name, recovery, at
        self.key: bytes | None = key
        self.keys: list[tuple[int, bytes | None, str]] = [(at, key, "")]
        self.ranks = [(at, rank)]

    def key_at(self, size: int) -> bytes | None:
        return next((key for at, key, _why in reversed(self.keys) if at < size), None)

    def rank_at(self, size: int) -> int:
        return next((rank for at, rank in reversed(self.ranks) if at < size), 0)

    @property
    def rank(self) -> int:
        return self.ranks[-1][1]

    def counts(self, key: bytes) -> bool:
        """Whether each change since this key was made by the key before it, and the account has not ended."""
        since = [n for n, (_at, one, _why) in enumerate(self.keys) if one == key]
        return bool(since) and all(one and why == "own" for _at, one, why in self.keys[since[0] + 1 :])


class Log:
    """Who has which name, key and role: every rule of section 6.2, every signature."""

    def __init__(self, server: Server) -> None:
        self.server, self.size, self.hash = server, 0, bytes(32)
        self.users: dict[bytes, User] = {}
        self.names: dict[str, bytes] = {}
        self.alike: dict[str, bytes] = {}
        self.used: dict[bytes, None] = {}  # keys and recovery hashes
        self.groups: dict[bytes, list[tuple[int, bytes]]] = {}

    def append(self, raw: bytes) -> None:
        """The next entry; raises the reason for which it is none."""
        entry = unpack(raw)
        if type(entry) is not list or not entry or type(entry[0]) is not str or entry[0] not in ENTRIES:
            raise Wrong("bad_statement")
        entry = fields(raw, ENTRIES[entry[0]])
        if (self.size == 0) != (entry[0] == "genesis"):
            raise Wrong("order")
        getattr(self, "_" + entry[0])(*entry[1:])
        self.hash, self.size = digest("log", self.hash, u64(self.size), raw), self.size + 1

    def _genesis(self, signed: list[bytes]) -> None:
        (key,) = fields(signed[0], "bytes32")
        self.server.check(key, "log genesis", signed, "bytes32")
        if hashlib.sha256(key).digest() != self.server.id:
            raise Wrong("wrong_authority")
        self.server.key = key

    def _register(self, signed: list[bytes]) -> None:
        uid, name, alike, key, recovery = fields(signed[0], "bytes32 name name bytes32 bytes32")
        self.server.check(key, "log register", signed, "bytes32 name name bytes32 bytes32")
        if uid != digest("uid", self.server.id, key):
            raise Wrong("uid")
        if key in self.used:
            raise Wrong("key_used")
        if name in self.names or alike in self.alike:
            raise Wrong("name_used")
        if b"recovery" + recovery in self.used:
            raise Wrong("recovery_used")
        self.users[uid] = User(uid, name, key, recovery, self.size, 0 if self.users else 3)
        self.names[name], self.alike[alike] = uid, uid
        self.used[key] = self.used[b"recovery" + recovery] = None

    def _live(self, uid: bytes) -> tuple[User, bytes]:
        if uid not in self.users:
            raise Wrong("unknown_user")
        user = self.users[uid]
        if user.key is None:
            raise Wrong("revoked")
        return user, user.key

    def _target(self, uid: bytes, prev: int) -> tuple[User, bytes]:
        found = self._live(uid)
        if found[0].latest != prev:
            raise Wrong("stale")
        return found

    def _by_recovery(self, user: User, why: str, by: bytes, key: bytes | None) -> bytes | None:
        """Who vouches that isn't the account's own key: its recovery key, or an admin's. None for neither."""
        if key is not None and by == user.uid:
            if digest("recovery", self.server.id, key) != user.recovery:
                raise Wrong("recovery")
            return key
        if why != "admin":
            return None
        admin, admins = self._live(by)
        if admin.rank < 2 or admin.rank <= user.rank:
            raise Wrong("role_not_allowed")
        return admins

    def _key(self, signed: list[bytes], recovery: bytes | None, new_sig: bytes | None) -> None:
        form = "bytes32 bytes32? text bytes32 u63"
        uid, new, why, by, prev = fields(signed[0], form)
        user, old = self._target(uid, prev)
        if (recovery is not None) != (why == "recovery"):
            raise Wrong("voucher")
        voucher = old if (why, by) == ("own", uid) else self._by_recovery(user, why, by, recovery)
        if voucher is None:
            raise Wrong("voucher")
        self.server.check(voucher, "log key", signed, form)
        if (new is None) != (new_sig is None):
            raise Wrong("new_sig")
        if new is not None:
            if new in self.used or why == "admin":
                raise Wrong("key_used")
            self.server.check(new, "log key", [signed[0], new_sig or b""], form)
            self.used[new] = None
        else:
            self.names = {name: whose for name, whose in self.names.items() if whose != uid}
            self.alike = {name: whose for name, whose in self.alike.items() if whose != uid}
        user.key, user.latest = new, self.size
        user.keys.append((self.size, new, why))

    def _recovery(self, signed: list[bytes], recovery: bytes | None, second: bytes | None) -> None:
        form = "bytes32 bytes32 text bytes32 u63"
        uid, new, why, by, prev = fields(signed[0], form)
        user, key = self._target(uid, prev)
        if (recovery is not None) != (why == "own") or (second is None) != (why == "sole"):
            raise Wrong("voucher")
        voucher = self._by_recovery(user, why, by, recovery)
        if voucher is None and (why, by) != ("sole", uid):
            raise Wrong("voucher")
        if voucher is None and user.rank != 3:
            raise Wrong("role_not_allowed")
        self.server.check(key, "log recovery", signed, form)
        if voucher is not None:
            self.server.check(voucher, "log recovery", [signed[0], second or b""], form)
        if b"recovery" + new in self.used:
            raise Wrong("recovery_used")
        self.used[b"recovery" + new] = None
        user.recovery, user.latest = new, self.size

    def _role(self, signed: list[bytes]) -> None:
        form = "bytes32 text bytes32 u63"
        target, role, by, prev = fields(signed[0], form)
        if role not in RANKS:
            raise Wrong("bad_statement")
        commander, key = self._live(by)
        user, _key = self._target(target, prev)
        self.server.check(key, "log role", signed, form)
        new = RANKS.index(role)
        if 3 in (user.rank, new):
            raise Wrong("role_fixed")
        if commander.rank < 2:
            raise Wrong("role_not_allowed")
        if commander.rank == 2 and 2 in (user.rank, new):
            raise Wrong("role_only_super")
        user.ranks.append((self.size, new))
        user.latest = self.size

    def _group(self, gid: bytes, epoch: int, commit_hash: bytes) -> None:
        epochs = self.groups.setdefault(gid, [])
        if epoch != len(epochs) + 1:
            if not epochs:
                del self.groups[gid]
            raise Wrong("epoch")
        epochs.append((self.size, commit_hash))


# --- conversations ---


class Found(NamedTuple):
    """One message that holds; `note` says what isn't proven of it."""

    uid: bytes
    time: int
    kind: str
    body: bytes
    id: bytes
    n: int  # its place: in a group's chain, or in its sender's row
    note: str
    raw: dict[str, Any]  # the line that it was read from


PRIVATE = "bytes32 bytes32 u62 bytes32 bytes16 u63 signed kind bytes about?"
RECEIPT = "bytes32 bytes32 bytes16 bytes32 text"
BY_EXPORTER = "only who exported this says so: there is no receipt by the other"
OLD_KEY = "signed with a key that counts no more: whoever had stolen that key could have made it too"
GONE = "were here, and their words are gone: what follows them, or a receipt, names them"
UNSIGNED = "were here, as only who exported this says: nothing that is signed names them"
MISSING = "stand between these, and are not in this file"
LATE = "the server has signed no end of the chain that reaches here: who stands behind whom isn't proven"


class Private:
    """What two people have said to each other: the other's signatures, and receipts for one's own."""

    def __init__(self, log: Log, me: bytes, peer: bytes) -> None:
        self.log, self.me, self.peer = log, me, peer
        self.rows: dict[tuple[bytes, bytes], dict[int, tuple[bytes, bytes, bool]]] = {}
        self.gone = self.unsigned = self.missing = 0

    def said(self, key: bytes, body: bytes, sig: bytes) -> Found:
        """A message of the other's, in the envelope that they have signed."""
        self._check_key(self.peer, key)
        _id, _hash, raw = self.log.server.check(key, "private", [body, sig], "bytes16 bytes32 bytes")
        return self._message(raw, key, self.peer, self.me, "" if self.log.users[self.peer].counts(key) else OLD_KEY)

    def own(self, key: bytes, message: bytes, receipt: list[bytes] | None) -> Found:
        """A message of who has exported it; the other's receipt names its hash."""
        self._check_key(self.me, key)
        found = self._message(message, key, self.me, self.peer, BY_EXPORTER if receipt is None else "")
        if receipt is not None:
            self._check_receipt(receipt, found.id, digest("message", message))
        return found

    def was_here(self, by: bytes, key: bytes, sequence: int, previous: bytes, hash: bytes, receipt: Any) -> None:
        """A message whose words are gone; what follows it, or a receipt, has to name it (`end`)."""
        if by not in (self.me, self.peer):
            raise Wrong("wrong_recipient")
        self._check_key(by, key)
        if receipt is not None:
            self._check_receipt(receipt, None, hash)
        self._place(by, key, sequence, hash, previous, receipt is not None)
        self.gone += 1

    def end(self) -> Iterator[str]:
        """What of the rows as a whole doesn't hold."""
        for (by, _key), row in self.rows.items():
            name, last = self.log.users[by].name, 0
            for sequence in sorted(row):
                hash, previous, proven = row[sequence]
                self.missing += sequence - last - 1
                follower, before = row.get(sequence + 1), row.get(sequence - 1)
                if (sequence == 1 and any(previous)) or (before is not None and before[0] != previous):
                    yield f"message {sequence} of {name} doesn't follow the one before it (chain_broken)"
                if not proven and not (follower and follower[1] == hash and follower[2]):
                    self.unsigned += 1
                last = sequence

    def _check_key(self, uid: bytes, key: bytes) -> None:
        if all(key != one for _at, one, _why in self.log.users[uid].keys):
            raise Wrong("bad_signature")

    def _message(self, raw: bytes, key: bytes, sender: bytes, recipient: bytes, note: str) -> Found:
        by, to, sequence, previous, id, when, head, kind, body, _about = fields(raw, PRIVATE)
        if (by, to) != (sender, recipient) or sequence == 0:
            raise Wrong("wrong_recipient")
        self.log.server.head(head)
        self._place(by, key, sequence, digest("message", raw), previous, True)
        return Found(by, when, kind, body, id, sequence, note, {})

    def _place(self, by: bytes, key: bytes, sequence: int, hash: bytes, previous: bytes, proven: bool) -> None:
        row = self.rows.setdefault((by, key), {})
        if sequence in row:
            raise Wrong("chain_broken")
        row[sequence] = (hash, previous, proven)

    def _check_receipt(self, receipt: list[bytes], id: bytes | None, hash: bytes) -> None:
        reader, writer, of, named, what = fields(receipt[0], RECEIPT)
        keys = [key for _at, key, _why in self.log.users[self.peer].keys if key is not None]
        if not any(self.log.server.signed_by(key, "receipt", receipt[0], receipt[1]) for key in keys[-32:]):
            raise Wrong("bad_receipt")
        if (reader, writer, named) != (self.peer, self.me, hash) or what not in ("delivered", "read"):
            raise Wrong("bad_receipt")
        if id is not None and id != of:
            raise Wrong("bad_receipt")


COMMIT = "bytes16 u63 bytes32 members bytes32 bytes32 text bool bytes..60 text bytes32 bytes..516"
HEADER = "bytes16 u63 bytes32 bytes32 bytes16 u63 bytes16 bytes32 u63 bytes32 signed"
OF_MEMBER = {
    "join": ("group join", "bytes16 u63 bytes32"), "leave": ("group leave", "bytes16 u63 bytes32"),
    "unopened": ("group unopened", "bytes16 u63 bytes32 bytes32"),
    "retract": ("group retract", "bytes16 u63 bytes32 u63 bytes32 bytes..232"),
}  # fmt: skip


class Group:
    """A group's chain from its first entry on: who was in, in which order what was written, and by whom."""

    def __init__(self, log: Log, gid: bytes) -> None:
        self.log, self.gid, self.epoch, self.index, self.commit_hash = log, gid, 0, 0, bytes(32)
        self.hashes = [bytes(32)]
        self.members: dict[bytes, bytes] = {}  # uid: the key that counts under the commit in force
        self.joined: dict[bytes, None] = {}
        self.last: dict[bytes, tuple[int, bytes]] = {}  # of each sender in this epoch
        self.closed = 0  # messages whose words aren't here
        self.signed = 0  # the place up to which the server has signed the chain
        self.ended = False

    def entry(self, raw: bytes, message_key: bytes | None) -> Found | None:
        """The next entry; the message, if it is one whose words are here."""
        if self.ended:
            raise Wrong("a line in the wrong place")
        entry = unpack(raw)
        if type(entry) is not list or not entry or type(entry[0]) is not str:
            raise Wrong("bad_statement")
        tag, found, entry_hash = entry[0], None, hashlib.sha256(raw).digest()
        if tag == "message":
            _tag, header, sealed, sig = fields(raw, "text bytes bytes bytes64")
            found = self._message(header, hashlib.sha256(sealed).digest(), sig, message_key, sealed)
        elif tag == "stub":
            _tag, header, sealed_hash, sig, entry_hash = fields(raw, "text bytes bytes32 bytes64 bytes32")
            self._message(header, sealed_hash, sig, None, b"")
        elif tag == "commit":
            self._commit(fields(raw, "text signed")[1])
        elif tag in OF_MEMBER:
            self._by_member(tag, fields(raw, "text signed")[1])
        else:
            raise Wrong("bad_statement")
        self.hashes.append(digest("chain", self.hashes[-1], u64(len(self.hashes)), entry_hash))
        return found

    def head(self, signed: list[bytes]) -> None:
        gid, n, hash, _epoch, _size = self.log.server.check(
            self.log.server.key, "group chain", signed, "bytes16 u63 bytes32 u63 u63"
        )
        if gid != self.gid or (n < len(self.hashes) and self.hashes[n] != hash):
            raise Wrong("chain_split")
        if self.ended:
            raise Wrong("a line in the wrong place")
        self.signed, self.ended = n if n < len(self.hashes) else 0, True

    def _commit(self, signed: list[bytes]) -> None:
        gid, epoch, previous, members, by = fields(signed[0], COMMIT)[:5]
        hash, epochs = digest("commit", signed[0]), self.log.groups.get(gid, [])
        if epoch != self.epoch + 1 or len(epochs) < epoch or epochs[epoch - 1][1] != hash:
            raise Wrong("bad_commit")
        index = epochs[epoch - 1][0]
        key = self.log.users[by].key_at(index) if by in self.log.users else None
        if key is None:
            raise Wrong("bad_signature")
        self.log.server.check(key, "group commit", signed, COMMIT)
        if gid != self.gid or previous != self.commit_hash:
            raise Wrong("stale")
        uids = [uid for uid, _hash in members]
        keys = [self.log.users[uid].key_at(index) if uid in self.log.users else None for uid in uids]
        if uids != sorted(set(uids)) or by not in uids or (self.epoch and by not in self.joined):
            raise Wrong("bad_commit")
        listed = {uids[n]: key for n, key in enumerate(keys) if key is not None}
        if [hashlib.sha256(listed.get(uid, b"")).digest() for uid in uids] != [hash for _uid, hash in members]:
            raise Wrong("stale")
        self.members, self.epoch, self.index, self.commit_hash, self.last = listed, epoch, index, hash, {}
        self.joined = {uid: None for uid in uids if uid in self.joined or (epoch == 1 and uid == by)}

    def _message(
        self, raw: bytes, sealed_hash: bytes, sig: bytes, message_key: bytes | None, sealed: bytes
    ) -> Found | None:
        gid, epoch, commit_hash, uid, _device, sequence, id, previous, seen_n, seen, head = fields(raw, HEADER)
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if uid not in self.joined:
            raise Wrong("not_member")
        if (epoch, commit_hash) != (self.epoch, self.commit_hash):
            raise Wrong("stale")
        before, hash = self.last.get(uid, (0, bytes(32)))
        if (sequence, previous) != (before + 1, hash):
            raise Wrong("chain_broken")
        if seen_n >= len(self.hashes) or self.hashes[seen_n] != seen:
            raise Wrong("chain_split")
        self.log.server.head(head)
        if not self.log.server.signed_by(self.members[uid], "group message", raw + sealed_hash, sig):
            raise Wrong("bad_signature")
        self.last[uid] = (sequence, digest("group message", raw + sealed_hash))
        if message_key is None:
            self.closed += 1
            return None
        kind, when, body, _about = fields(open_sealed(message_key, raw, sealed), "kind u63 bytes about?")
        return Found(uid, when, kind, body, id, len(self.hashes), "", {})

    def _by_member(self, tag: str, signed: list[bytes]) -> None:
        context, form = OF_MEMBER[tag]
        said = fields(signed[0], form)
        uid = said[{"unopened": 3}.get(tag, 2)]
        if said[0] != self.gid:
            raise Wrong("wrong_recipient")
        if uid not in self.members:
            raise Wrong("not_member")
        self.log.server.check(self.members[uid], context, signed, form)
        if tag == "join":
            self.joined[uid] = None
        elif tag == "leave":
            self.joined.pop(uid, None)
        elif tag == "retract":
            n, hash = said[3:5]
            if self.log.users[uid].rank_at(self.index) < 1:
                raise Wrong("role_not_allowed")
            if not 0 < n < len(self.hashes) or self.hashes[n] != hash:
                raise Wrong("chain_split")


# --- the file ---

WHAT = "hamraz/v2/export"
FORMS = {  # each line's fields
    "export": "what:text authority_key:hex32 uid:hex32", "log": "entry:hex", "head": "body:hex sig:hex64",
    "chat": "with:hex32? group:hex16? name:text?", "said": "key:hex32 body:hex sig:hex64",
    "own": "key:hex32 message:hex receipt:signed?",
    "gone": "by:hex32 key:hex32 sequence:u62 previous:hex32 hash:hex32 receipt:signed?",
    "entry": "entry:hex key:hex32?", "chain": "body:hex sig:hex64", "end": "body:hex sig:hex64",
}  # fmt: skip
END = re.compile(rb'\{"is":"end","body":"([0-9a-f]{2,512})","sig":"([0-9a-f]{128})"\}\n')
HEX = re.compile(r"(?:[0-9a-f]{2})*")


def _hex(value: Any, size: str) -> bytes:
    if type(value) is not str or not HEX.fullmatch(value) or (size and len(value) != 2 * int(size)):
        raise Wrong("not a line of this form")
    return bytes.fromhex(value)


def _field(value: Any, kind: str) -> Any:
    if kind.endswith("?"):
        return None if value is None else _field(value, kind[:-1])
    if kind.startswith("hex"):
        return _hex(value, kind[3:])
    if kind == "signed" and type(value) is dict and list(value) == ["body", "sig"]:
        return [_hex(value["body"], ""), _hex(value["sig"], "64")]
    if not fits(value, kind):
        raise Wrong("not a line of this form")
    return value


def _number(text: str) -> int:
    if len(text) > 20:
        raise ValueError
    return int(text)


def _refuse(_text: str) -> None:
    raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def decode_line(line: bytes) -> tuple[str, dict[str, Any]]:
    """What a line is, and its fields."""
    try:
        value = json.loads(
            line.decode(), parse_int=_number, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_once
        )
        form = [one.split(":") for one in FORMS[value["is"]].split()]
        if list(value) != ["is"] + [name for name, _kind in form]:
            raise ValueError
    except ODD:
        raise Wrong("not a line of this form") from None
    return value["is"], {name: _field(value[name], kind) for name, kind in form}


class Proof:
    """One proof.json, a line after the other."""

    def __init__(self, check: Holds = holds) -> None:
        self._check = check
        self.server, self.log, self.uid = Server(b"", check), Log(Server(b"", check)), b""
        self.chat: Any = None  # the Private or Group that lines are about
        self.name = ""  # what who exported it calls that group
        self._chats: dict[bytes | None, None] = {}
        self.ready = False  # the log is whole, and the server has signed it
        self.pages = b""  # SHA-256 of messages.html, as signed
        self.time = 0
        self.running = hashlib.sha256()
        self.lines = 0

    def take(self, what: str, line: dict[str, Any]) -> Found | None:
        """The message that a line brings, if it holds; raises why it doesn't."""
        if (what == "export") != (not self.server.id) or ((what in ("log", "head")) == self.ready and what != "export"):
            raise Wrong("a line in the wrong place")
        if what == "export":
            if line["what"] != WHAT:
                raise Wrong("another kind of file, or another version of it")
            self.server, self.uid = Server(hashlib.sha256(line["authority_key"]).digest(), self._check), line["uid"]
            self.log = Log(self.server)
        elif what == "log":
            self.log.append(line["entry"])
        elif what == "head":
            if self.server.head([line["body"], line["sig"]]) != [self.log.size, self.log.hash]:
                raise Wrong("log_split")
            if self.uid not in self.log.users:
                raise Wrong("unknown_user")
            self.ready = True
        elif what == "chat":
            self._begin(line["with"], line["group"], line["name"])
        elif what == "chain" and isinstance(self.chat, Group):
            self.chat.head([line["body"], line["sig"]])
        elif what == "entry" and isinstance(self.chat, Group):
            return _with(self.chat.entry(line["entry"], line["key"]), line)
        elif what == "said" and isinstance(self.chat, Private):
            return _with(self.chat.said(line["key"], line["body"], line["sig"]), line)
        elif what == "own" and isinstance(self.chat, Private):
            return _with(self.chat.own(line["key"], line["message"], line["receipt"]), line)
        elif what == "gone" and isinstance(self.chat, Private):
            self.chat.was_here(**line)
        else:
            raise Wrong("a line in the wrong place")
        return None

    def _begin(self, peer: bytes | None, gid: bytes | None, name: str | None) -> None:
        self.chat, self.name = None, name or ""
        if (peer is None) == (gid is None) or (gid is None) != (name is None):
            raise Wrong("not a line of this form")
        if peer is not None and (peer not in self.log.users or peer == self.uid):
            raise Wrong("unknown_user")
        if (peer or gid) in self._chats:
            raise Wrong("a conversation that was there already")
        self._chats[peer or gid] = None
        self.chat = Private(self.log, self.uid, peer) if peer is not None else Group(self.log, gid or b"")

    def end(self, body: bytes, sig: bytes) -> None:
        """The last line, by which who has exported it signs all others."""
        user = self.log.users.get(self.uid)
        if not self.ready or user is None:
            raise Wrong("there is no log in it")
        form = "bytes32 u63 u63 bytes32 bytes32"
        key = next((key for _at, key, _why in reversed(user.keys) if key is not None), b"")
        uid, self.time, lines, hash, self.pages = self.server.check(key, "export", [body, sig], form)
        if uid != self.uid:
            raise Wrong("wrong_recipient")
        if (lines, hash) != (self.lines, self.running.digest()):
            raise Wrong("it was changed after it was exported")


def _with(found: Found | None, line: dict[str, Any]) -> Found | None:
    return None if found is None else found._replace(raw=line)


def read(file: IO[bytes], proof: Proof) -> Iterator[tuple[int, str, Found | None, str]]:
    """(line, what it is, the message, why it doesn't hold) of each line; nothing after it that no longer can be."""
    number, first = 1, file.readline(LONGEST)
    if first != b"[\n":
        yield 1, "", None, "this is no proof.json of Hamraz"
        return
    proof.running.update(first)
    while True:
        line, number = file.readline(LONGEST + 1), number + 1
        end = END.fullmatch(line)
        what, found, why = "end" if end else "", None, ""
        try:
            if end:
                proof.end(bytes.fromhex(end[1].decode()), bytes.fromhex(end[2].decode()))
                if file.read(3) != b"]\n":
                    raise Wrong("something stands behind its end")
            elif not line.endswith(b",\n"):
                raise Wrong("it is cut off here" if len(line) <= LONGEST else "a line that is too long")
            else:
                what, value = decode_line(line[:-2])
                found = proof.take(what, value)
        except Wrong as reason:
            why = str(reason)
        except ODD:
            why = "not a line of this form"
        yield number, what, found, why
        if end or not line.endswith(b"\n") or (why and not proof.ready):
            return
        proof.running.update(line)
        proof.lines += 1


# --- in words ---

ABOUT = {
    "reply": ("bytes16 bytes32 text", "answers %s: %s"), "edit": ("bytes16 text", "changes %s to: %s"),
    "delete": ("bytes16", "takes %s back"), "reaction": ("bytes16 bytes32 text", "reacts to %s: %s"),
}  # fmt: skip
FILE = "bytes16 text text u62 bytes32 bytes32 u32 bytes u32 u32 text"
VOICE = "bytes16 text text u62 bytes32 bytes32 u32 u32 bytes"


def plain(text: str) -> str:
    """Without what moves a terminal's cursor, or turns the writing."""
    return "".join(
        one if one in "\u200c\u200d" or unicodedata.category(one)[0] not in "CZ" or one == " " else f"\\u{ord(one):04x}"
        for one in text
    )


def words(kind: str, body: bytes) -> str:
    """What a message says, in one line."""
    try:
        if kind == "text":
            return plain(body.decode().replace("\n", " / "))
        if kind in ABOUT:
            form, said = ABOUT[kind]
            about = fields(body, form)
            text = [plain(about[-1].replace("\n", " / "))] if form.endswith("text") else []
            return said % (about[0].hex()[:8], *text)
        if kind == "invitation":
            return "invites to a group"
        if kind == "file":
            of = fields(body, FILE)
            return plain(f"sends the file {of[1]}, {of[3]} bytes, SHA-256 {of[4].hex()}. {of[10]}")
        if kind == "voice":
            of = fields(body, VOICE)
            return plain(f"speaks for {of[7] // 1000} s, {of[3]} bytes, SHA-256 {of[4].hex()}")
    except (Wrong, ValueError):
        pass
    return f"(something of the kind {plain(kind)})"


def moment(ms: int) -> str:
    if ms >= 253402300800000:
        return "no date         "
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(ms // 1000))


def digits(id: bytes) -> str:
    made = hashlib.sha256(b"hamraz/v2/code/digits\0" + id).digest()
    return " ".join(f"{int.from_bytes(made[8 * i : 8 * i + 8], 'big') % 100000:05d}" for i in range(4))


class Report:
    """What is said in the end."""

    def __init__(self, proof: Proof, show: bool) -> None:
        self.proof, self.show = proof, show
        self.bad = 0
        self.chat: Any = None  # the one that is being told of
        self.counts: dict[tuple[bytes, str], int] = {}

    def name(self, uid: bytes) -> str:
        return plain(self.proof.log.users[uid].name)

    def wrong(self, where: str, why: str) -> None:
        self.bad += 1
        if self.bad <= SHOWN:
            print(f"DOESN'T HOLD  {where}: {plain(why)}")

    def line(self, number: int, what: str, found: Found | None, why: str) -> None:
        if why:
            self.wrong(f"line {number}", why)
        if what == "head" and not why:
            proof = self.proof
            print(f"server        {digits(proof.server.id)}  ({proof.server.id.hex()})")
            print(f"its log       {proof.log.size} entries, each by its rules; the server has signed them")
            print(f"exported by   {self.name(proof.uid)}  ({proof.uid.hex()})")
        if found is not None:
            key = (found.uid, found.note)
            self.counts[key] = self.counts.get(key, 0) + 1
            if self.show:
                when, id = moment(found.time), found.id.hex()[:8]
                print(
                    f"{'?' if found.note else ' '} {when} {id} {self.name(found.uid)}: {words(found.kind, found.body)}"
                )

    def begin(self) -> None:
        chat = self.chat = self.proof.chat
        if isinstance(chat, Private):
            print(f"\n{self.name(chat.me)} and {self.name(chat.peer)}, in private")
        elif isinstance(chat, Group):
            print(f"\nthe group {chat.gid.hex()}, which who exported this calls {plain(self.proof.name)}")

    def end_chat(self) -> None:
        chat = self.chat
        if isinstance(chat, Private):
            for why in chat.end():
                self.wrong("as a whole", why)
        for (uid, note), count in self.counts.items():
            own = isinstance(chat, Private) and uid == chat.me
            proof = note or ("each with the other's signed receipt" if own else "each signed with their key")
            print(f"  {count} by {self.name(uid)}: {proof}")
        if isinstance(chat, Private):
            for count, what in ((chat.gone - chat.unsigned, GONE), (chat.unsigned, UNSIGNED), (chat.missing, MISSING)):
                if count:
                    print(f"  {count} more {what}")
        if isinstance(chat, Group):
            print(f"  {chat.closed} more were here, without their words in this file")
            behind = len(chat.hashes) - 1 - chat.signed
            if behind:
                print(f"  of the last {behind} places: {LATE}")
        self.counts, self.chat = {}, None


NOT_PROVEN = """
Not proven by any of this: when something was written (its writer's clock says so); what was said after the last of
these, or left out at an end; what a group is called; that who holds an account is who you think; what messages.html
shows. The words that are proven are those that --print shows."""


def check(path: str, authority: bytes | None, show: bool, signature_holds: Holds = holds) -> int:
    """Say what a file proves; the exit code."""
    proof, ended = Proof(signature_holds), False
    report = Report(proof, show)
    with open(path, "rb") as file:
        for number, what, found, why in read(file, proof):
            if what in ("chat", "end"):
                report.end_chat()
            report.line(number, what, found, why)
            if what == "head" and not why and authority not in (None, proof.server.id):
                report.wrong("the server", f"it is another one than {(authority or b'').hex()}")
            if what == "chat":
                report.begin()
            ended = what == "end" and not why
    report.end_chat()
    if not ended:
        report.wrong("the end", "who exported it has not signed this as a whole")
    if ended:
        print(f"\nsigned as a whole by who exported it, on {moment(proof.time)} UTC by their clock; unchanged since")
        report_page(os.path.join(os.path.dirname(path), "messages.html"), proof, report)
    print(NOT_PROVEN)
    if report.bad > SHOWN:
        print(f"DOESN'T HOLD  and {report.bad - SHOWN} more")
    if report.bad:
        print("\nRESULT: not all of this holds.")
        return 1
    if authority is None:
        print("\nRESULT: it holds in itself. Whose server that was isn't known: --authority, or compare digits.")
        return 3
    print("\nRESULT: all that it claims holds.")
    return 0


def report_page(path: str, proof: Proof, report: Report) -> None:
    made = hashlib.sha256()
    try:
        with open(path, "rb") as page:
            for part in iter(lambda: page.read(1 << 16), b""):
                made.update(part)
    except OSError:
        print("messages.html is not beside it")
        return
    if made.digest() != proof.pages:
        report.wrong("messages.html", "it is not the one that was exported with this")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Say what a proof.json of Hamraz proves.")
    parser.add_argument("proof", metavar="proof.json")
    parser.add_argument("--authority", metavar="64HEX", help="the server's id, out of any of its join links (behind #)")
    parser.add_argument("--print", action="store_true", help="print what was written, as it is proven")
    given = parser.parse_args(arguments)
    if given.authority is not None and not re.fullmatch("[0-9a-f]{64}", given.authority):
        parser.error("--authority takes 64 hexadecimal digits")
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return check(given.proof, bytes.fromhex(given.authority) if given.authority else None, given.print)
    except BrokenPipeError:  # whoever read this has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError:
        print(f"{plain(given.proof)} can't be read.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
