"""A second reading of docs/protocol.md, for the vectors: it knows that text, hashlib and Ed25519, and no code of ours.

It is no client: only as much as the vectors need to prove that they don't mirror a mistake of `protocol/`.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey


class Wrong(Exception):
    """Carries the code, or the log's reason, that docs/protocol.md gives to what is wrong."""


# --- section 2.1: MessagePack ---


def pack(value: Any) -> bytes:
    """The shortest encoding of a value."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        if 0 <= value < 128:
            return bytes([value])
        for limit, mark, form in ((8, 0xCC, ">B"), (16, 0xCD, ">H"), (32, 0xCE, ">I"), (64, 0xCF, ">Q")):
            if 0 <= value < 2**limit:
                return bytes([mark]) + struct.pack(form, value)
    if isinstance(value, bytes):
        return _head(value, (None, None), (0xC4, 0xC5, 0xC6)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(text, (0xA0, 32), (0xD9, 0xDA, 0xDB)) + text
    if isinstance(value, list):
        return _head(value, (0x90, 16), (None, 0xDC, 0xDD)) + b"".join(map(pack, value))
    if isinstance(value, dict):
        items = b"".join(pack(key) + pack(item) for key, item in value.items())
        return _head(value, (0x80, 16), (None, 0xDE, 0xDF)) + items
    raise TypeError(value)


def _head(value: Any, short: tuple[Any, Any], marks: tuple[Any, ...]) -> bytes:
    count = len(value)
    if short[0] is not None and count < short[1]:
        return bytes([short[0] + count])
    for mark, limit, form in zip(marks, (8, 16, 32), (">B", ">H", ">I"), strict=True):
        if mark is not None and count < 2**limit:
            return bytes([mark]) + struct.pack(form, count)
    raise ValueError(count)


def unpack(data: bytes) -> Any:
    """The value of exactly these bytes; Wrong("bad_statement") for anything that section 2.1 doesn't allow."""
    try:
        value, at = _unpack(data, 0)
    except (IndexError, TypeError, struct.error, UnicodeDecodeError, RecursionError):
        raise Wrong("bad_statement") from None
    if at != len(data):
        raise Wrong("bad_statement")
    return value


_INTEGERS = {
    0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_COUNTS = {
    0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I",
    0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I",
}  # fmt: skip


def _unpack(data: bytes, at: int) -> tuple[Any, int]:
    mark = data[at]
    at += 1
    if mark < 0x80:
        return mark, at
    if mark >= 0xE0:
        return mark - 256, at
    if mark in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[mark], at
    if mark in _INTEGERS:
        size = struct.calcsize(_INTEGERS[mark])
        return struct.unpack_from(_INTEGERS[mark], data, at)[0], at + size
    if mark in _COUNTS:
        (count,) = struct.unpack_from(_COUNTS[mark], data, at)
        at += struct.calcsize(_COUNTS[mark])
        kind = "bin" if mark <= 0xC6 else "str" if mark <= 0xDB else "array" if mark <= 0xDD else "map"
    elif mark < 0xC0:
        kind = "map" if mark < 0x90 else "array" if mark < 0xA0 else "str"
        count = mark & (0x1F if kind == "str" else 0x0F)
    else:
        raise Wrong("bad_statement")  # floats and extensions
    if kind in ("bin", "str"):
        if at + count > len(data):
            raise Wrong("bad_statement")
        piece = data[at : at + count]
        return (piece.decode() if kind == "str" else piece), at + count
    items = []
    for _ in range(count * (2 if kind == "map" else 1)):
        item, at = _unpack(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2], strict=True)) if kind == "map" else items), at


# --- section 2.2: types, by the names that the document's tables give them ---


def fits(value: Any, kind: str) -> bool:
    """Whether a decoded value is of a type as written in the document."""
    if kind.endswith("?"):
        return value is None or fits(value, kind[:-1])
    if kind.startswith("["):
        inner, _, bounds = kind[1:-1].partition("; ")
        low, _, high = bounds.partition("..")
        return (
            isinstance(value, list)
            and int(low or 0) <= len(value) <= int(high or 2**32)
            and all(fits(item, inner) for item in value)
        )
    number = isinstance(value, int) and not isinstance(value, bool)
    if kind in ("u32", "u63", "port"):
        low, high = {"u32": (0, 2**32 - 1), "u63": (0, 2**63 - 1), "port": (1, 65535)}[kind]
        return number and low <= value <= high
    if kind.startswith("bytes"):
        return isinstance(value, bytes) and (kind == "bytes" or len(value) == int(kind[5:]))
    if kind in ("text", "name", "host", "email", "code", "kind"):
        longest = {"text": 2**32, "name": 64, "host": 64, "email": 254, "code": 64, "kind": 32}[kind]
        return isinstance(value, str) and (kind == "text" or 1 <= len(value) <= longest)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "role":
        return value in ("super admin", "admin", "advanced user", "beginner user")
    if kind == "signed":
        return isinstance(value, list) and len(value) == 2 and fits(value[0], "bytes") and fits(value[1], "bytes64")
    if kind == "values":
        return isinstance(value, dict) and all(
            isinstance(k, str) and (isinstance(v, str) or (isinstance(v, int) and not isinstance(v, bool)))
            for k, v in value.items()
        )
    raise ValueError(kind)


def fields(data: bytes, kinds: list[str]) -> list[Any]:
    """The fields of an array with exactly these types."""
    value = unpack(data)
    if not isinstance(value, list) or len(value) != len(kinds) or not all(map(fits, value, kinds)):
        raise Wrong("bad_statement")
    return value


# --- sections 2.3 to 2.6: hashes, signatures, seals ---

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def digest(label: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"hamraz/v1/" + label.encode() + b"\0" + b"".join(parts)).digest()


def small_order_ys() -> set[int]:
    """The y of the curve's points whose order divides 8, from the curve's equation."""
    root = _root(1 + D)
    assert root is not None
    eights = [_root((sign * root - 1) * pow(D, -1, P)) for sign in (1, -1)]
    return {0, 1, P - 1} | {y for root in eights if root is not None for y in (root, P - root)}


def _root(square: int) -> int | None:
    root = pow(square, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if (candidate * candidate - square) % P == 0:
            return candidate
    return None


def signing_input(context: str, authority_id: bytes, body: bytes) -> bytes:
    return b"hamraz/v1/" + context.encode() + b"\0" + authority_id + body


def public(secret: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sign(secret: bytes, context: str, authority_id: bytes, body: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(secret).sign(signing_input(context, authority_id, body))


def verify(key: bytes, context: str, authority_id: bytes, body: bytes, sig: bytes) -> None:
    y = (int.from_bytes(key, "little") & (2**255 - 1)) % P
    try:
        if y in small_order_ys():
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(key).verify(sig, signing_input(context, authority_id, body))
    except (InvalidSignature, ValueError):
        raise Wrong("bad_signature") from None


def prekey_public(secret: bytes) -> bytes:
    return _mlkem(secret).public_key().public_bytes_raw() + _x25519(secret).public_key().public_bytes_raw()


def hpke_open(secret: bytes, info: bytes, sealed: bytes) -> bytes:
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    try:
        return suite.decrypt(sealed, hpke.MLKEM768X25519PrivateKey(_mlkem(secret), _x25519(secret)), info=info)
    except (InvalidTag, ValueError):
        raise Wrong("cannot_open") from None


def _mlkem(secret: bytes) -> MLKEM768PrivateKey:
    return MLKEM768PrivateKey.from_seed_bytes(secret[:64])


def _x25519(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(secret[64:])


# --- section 3.2: frames ---


def split(limit: int, chunks: list[bytes]) -> tuple[list[bytes], str]:
    """The bodies in a stream, and "ok" or the code of what ends it."""
    data, bodies, at = b"".join(chunks), [], 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 0:
            return bodies, "bad_frame"
        if length > limit:
            return bodies, "frame_too_long"
        if at + 4 + length > len(data):
            break
        bodies.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return bodies, "ok" if at == len(data) else "bad_frame"


# --- section 6: the log ---

RANK = {"beginner user": 0, "advanced user": 1, "admin": 2, "super admin": 3}


def role_refusal(commander: str, target: str, new: str) -> str | None:
    if "super admin" in (target, new):
        return "role_fixed"
    if commander == "super admin":
        return None
    if commander != "admin":
        return "role_not_allowed"
    return "role_only_super" if "admin" in (target, new) else None


class Log:
    """Replays a log by section 6; `statements` and `entries` map names to the types that the document's tables give."""

    def __init__(self, authority_id: bytes, statements: dict[str, list[str]], entries: dict[str, list[str]]) -> None:
        self.authority_id = authority_id
        self.statements = statements
        self.entries = entries
        self.hashes = [bytes(32)]
        self.users: dict[bytes, dict[str, Any]] = {}
        self.names: dict[str, bytes] = {}
        self.name_keys: dict[str, bytes] = {}
        self.used: set[bytes] = set()
        self.groups: dict[bytes, int] = {}

    def append(self, raw: bytes) -> None:
        n = len(self.hashes) - 1
        value = unpack(raw)
        if not isinstance(value, list) or not value or not isinstance(value[0], str) or value[0] not in self.entries:
            raise Wrong("bad_statement")
        kind, rest = value[0], value[1:]
        kinds = self.entries[kind]
        if len(rest) != len(kinds) or not all(map(fits, rest, kinds)):
            raise Wrong("bad_statement")
        if (n == 0) != (kind == "genesis"):
            raise Wrong("order")
        getattr(self, "_" + kind)(n, *rest)
        self.hashes.append(digest("log", self.hashes[-1], n.to_bytes(8, "big"), raw))

    def _read(self, kind: str, signed: list[bytes]) -> list[Any]:
        return fields(signed[0], self.statements[kind])

    def _check(self, context: str, signed: list[bytes], key: bytes) -> None:
        verify(key, context, self.authority_id, signed[0], signed[1])

    def _live(self, uid: bytes) -> dict[str, Any]:
        if uid not in self.users:
            raise Wrong("unknown_user")
        if self.users[uid]["key"] is None:
            raise Wrong("revoked")
        return self.users[uid]

    def _target(self, uid: bytes, prev: int) -> dict[str, Any]:
        user = self._live(uid)
        if user["latest"] != prev:
            raise Wrong("stale")
        return user

    def _genesis(self, n: int, signed: list[bytes]) -> None:
        (key,) = self._read("log genesis", signed)
        self._check("log genesis", signed, key)
        if hashlib.sha256(key).digest() != self.authority_id:
            raise Wrong("wrong_authority")

    def _register(self, n: int, signed: list[bytes]) -> None:
        uid, name, name_key, key, recovery = self._read("log register", signed)
        self._check("log register", signed, key)
        if uid != digest("uid", self.authority_id, key):
            raise Wrong("uid")
        if key in self.used:
            raise Wrong("key_used")
        if name in self.names or name_key in self.name_keys:
            raise Wrong("name_used")
        role = "beginner user" if self.users else "super admin"
        self.users[uid] = {"name": name, "key": key, "recovery": recovery, "role": role, "latest": n}
        self.names[name] = self.name_keys[name_key] = uid
        self.used.add(key)

    def _key(self, n: int, signed: list[bytes], recovery_key: bytes | None, new_sig: bytes | None) -> None:
        uid, new, why, by, prev = self._read("log key", signed)
        user = self._target(uid, prev)
        if (recovery_key is not None) != (why == "recovery"):
            raise Wrong("voucher")
        if why == "own" and by == uid:
            voucher = user["key"]
        elif why == "recovery" and by == uid:
            voucher = recovery_key
            if digest("recovery", self.authority_id, voucher) != user["recovery"]:
                raise Wrong("recovery")
        elif why == "admin":
            admin = self._live(by)
            if RANK[admin["role"]] < 2 or RANK[admin["role"]] <= RANK[user["role"]]:
                raise Wrong("role_not_allowed")
            voucher = admin["key"]
        else:
            raise Wrong("voucher")
        self._check("log key", signed, voucher)
        if (new is None) != (new_sig is None):
            raise Wrong("new_sig")
        if new is not None:
            if new in self.used or why == "admin":
                raise Wrong("key_used")
            verify(new, "log key", self.authority_id, signed[0], new_sig or b"")
            self.used.add(new)
        user["key"], user["latest"] = new, n
        if new is None:
            self.names = {name: owner for name, owner in self.names.items() if owner != uid}
            self.name_keys = {name: owner for name, owner in self.name_keys.items() if owner != uid}

    def _role(self, n: int, signed: list[bytes]) -> None:
        target, role, by, prev = self._read("log role", signed)
        commander = self._live(by)
        user = self._target(target, prev)
        self._check("log role", signed, commander["key"])
        refusal = role_refusal(commander["role"], user["role"], role)
        if refusal:
            raise Wrong(refusal)
        user["role"], user["latest"] = role, n

    def _group(self, n: int, gid: bytes, epoch: int, commit_hash: bytes) -> None:
        if epoch != self.groups.get(gid, 0) + 1:
            raise Wrong("epoch")
        self.groups[gid] = epoch
