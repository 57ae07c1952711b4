"""A second reading of docs/protocol.md, for the vectors: it knows that text, hashlib and Ed25519, and no code of ours.

It is no client: only as much as the vectors need to prove that they don't mirror a mistake of `protocol/`.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import ipaddress
import re
import struct
import unicodedata
import zlib
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305


class Wrong(Exception):
    """Carries the code, or the log's reason, that docs/protocol.md gives to what is wrong."""

    def __str__(self) -> str:
        return str(self.args[0])


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


def begin(data: bytes) -> tuple[str | None, Any]:
    """The text and, if it is a number, the field after it, of an array of MessagePack that begins so; what follows is
    not looked at (section 5.4).
    """
    try:
        starts, end = _elements(data, 0)
        if end != len(data) or starts is None or not starts:
            return None, None
        starts.append(end)
        tag = unpack(data[starts[0] : starts[1]])
        first = unpack(data[starts[1] : starts[2]]) if len(starts) > 2 else None
    except (IndexError, struct.error, RecursionError):
        return None, None
    except Wrong:
        return _text(data, starts), None
    return (tag if isinstance(tag, str) else None), (first if isinstance(first, int) else None)


def _text(data: bytes, starts: list[int]) -> str | None:
    """The first element alone, where the second isn't of section 2.1."""
    try:
        tag = _unpack(data, starts[0])[0]
    except (IndexError, struct.error, UnicodeDecodeError, RecursionError, Wrong):
        return None
    return tag if isinstance(tag, str) else None


def _elements(data: bytes, at: int) -> tuple[list[int] | None, int]:
    """Where a value ends, whatever MessagePack has; and for an array where its elements begin."""
    mark = data[at]
    sizes = {0xCA: 4, 0xCB: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
    if mark in sizes:
        end = at + 1 + sizes[mark]
    elif mark in (0xC7, 0xC8, 0xC9):
        width = 1 << (mark - 0xC7)
        end = at + 2 + width + int.from_bytes(data[at + 1 : at + 1 + width], "big")
    elif mark in _INTEGERS:
        end = at + 1 + struct.calcsize(_INTEGERS[mark])
    elif mark < 0x80 or mark >= 0xE0 or mark in (0xC0, 0xC1, 0xC2, 0xC3):
        end = at + 1
    else:
        width = struct.calcsize(_COUNTS[mark]) if mark in _COUNTS else 0
        count = struct.unpack_from(_COUNTS[mark], data, at + 1)[0] if width else mark & (0x1F if mark >= 0xA0 else 0x0F)
        at += 1 + width
        if 0xA0 <= mark < 0xC0 or 0xC4 <= mark <= 0xDB:
            end = at + count
        else:
            is_map = 0x80 <= mark < 0x90 or mark in (0xDE, 0xDF)
            starts = []
            for _ in range(count * (2 if is_map else 1)):
                starts.append(at)
                _, at = _elements(data, at)
            return (None if is_map else starts), at
    if end > len(data):
        raise IndexError
    return None, end


# --- section 2.2: types, by the names that the document's tables give them ---


TEXTS = {
    "text": (0, 2**32),
    "name": (1, 64),
    "host": (1, 64),
    "email": (1, 254),
    "code": (1, 64),
    "kind": (1, 32),
    "file name": (1, 255),
    "media type": (0, 127),
    "line": (0, 560),
    "display name": (0, 192),
}


def fits(value: Any, kind: str) -> bool:
    """Whether a decoded value is of a type as written in the document."""
    if kind.endswith("?"):
        return value is None or fits(value, kind[:-1])
    if kind.startswith("{"):
        if not fits(value, f"[{kind[1:-1]}]"):
            return False
        parts = {"granted": slice(0, 1), "mail item": slice(0, 3, 2)}.get(kind[1:].partition(";")[0])
        keys = [pack(item if parts is None else item[parts]) for item in value]
        return len(set(keys)) == len(keys)
    if kind.startswith("["):
        inner, _, bounds = kind[1:-1].partition("; ")
        low, _, high = bounds.partition("..")
        return (
            isinstance(value, list)
            and int(low or 0) <= len(value) <= int(high or 2**32)
            and all(fits(item, inner) for item in value)
        )
    number = isinstance(value, int) and not isinstance(value, bool)
    if kind in ("u32", "u62", "u63", "port", "rid"):
        low, high = {"port": (1, 65535), "rid": (1, 2**32 - 1)}.get(kind) or (0, 2 ** int(kind[1:]) - 1)
        return number and low <= value <= high
    if kind == "i64":
        return number and -(2**63) <= value < 2**63
    if kind.startswith("bytes.."):
        return isinstance(value, bytes) and len(value) <= int(kind[7:])
    if kind.startswith("bytes"):
        return isinstance(value, bytes) and (kind == "bytes" or len(value) == int(kind[5:]))
    if kind in TEXTS:
        shortest, longest = TEXTS[kind]
        return isinstance(value, str) and shortest <= len(value) <= longest
    if kind == "emoji":
        return isinstance(value, str) and len(value.encode()) <= 48
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "role":
        return value in ("super admin", "admin", "advanced user", "beginner user")
    if kind == "history":
        return value in ("all", "joining")
    if kind == "policy":
        return value in ("all", "ranked")
    if kind == "device":
        return value == bytes(16)
    if kind == "mail item":
        parts = ("bytes32", "device", "bytes16", "text", "bytes16", "bytes..262144")
        whole = isinstance(value, list) and len(value) == 6 and all(map(fits, value, parts))
        return whole and value[3] in ("message", "receipts")
    if kind == "gone item":
        parts = ("text", "bytes32?", "bytes16", "text")
        whole = isinstance(value, list) and len(value) == 4 and all(map(fits, value, parts))
        return whole and value[0] in ("message", "file") and value[3] in ("old", "damaged")
    if kind == "seen item":
        third = ("bytes32", "u63", "bytes..256")
        return isinstance(value, list) and len(value) == 3 and all(map(fits, value, third))
    if kind == "share":
        return isinstance(value, list) and len(value) == 2 and all(map(fits, value, ("bytes32", "bytes..4096")))
    if kind == "granted":
        parts = ("bytes32", "device", "bytes")
        return isinstance(value, list) and len(value) == 3 and all(map(fits, value, parts))
    if kind == "kept backup":
        third = ("bytes16", "u62", "bytes..4096")
        return isinstance(value, list) and len(value) == 3 and all(map(fits, value, third))
    if kind == "moved file":
        return isinstance(value, list) and len(value) == 2 and fits(value[0], "file name") and fits(value[1], "u62")
    if kind == "about":
        return isinstance(value, list) and len(value) == 2 and fits(value[0], "u32") and fits(value[1], "bytes32")
    if kind in ("listed", "named item"):
        second = {"listed": "bytes32", "named item": "bytes16"}[kind]
        return isinstance(value, list) and len(value) == 2 and fits(value[0], "bytes32") and fits(value[1], second)
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


def label(use: str, name: str) -> bytes:
    return f"hamraz/v2/{use}/{name}\0".encode()


def digest(name: str, *parts: bytes) -> bytes:
    return hashlib.sha256(label("hash", name) + b"".join(parts)).digest()


@functools.cache
def small_order_ys() -> frozenset[int]:
    """The y of the curve's points whose order divides 8, from the curve's equation."""
    root = _root(1 + D)
    assert root is not None
    eights = [_root((sign * root - 1) * pow(D, -1, P)) for sign in (1, -1)]
    return frozenset({0, 1, P - 1} | {y for root in eights if root is not None for y in (root, P - root)})


def _root(square: int) -> int | None:
    root = pow(square, (P + 3) // 8, P)
    for candidate in (root, root * pow(2, (P - 1) // 4, P) % P):
        if (candidate * candidate - square) % P == 0:
            return candidate
    return None


def signing_input(context: str, authority_id: bytes, body: bytes) -> bytes:
    return label("sign", context) + authority_id + body


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


SUITE = b"HPKE" + b"\x64\x7a" + b"\x00\x01" + b"\x00\x03"


def hpke_open(secret: bytes, info: bytes, sealed: bytes) -> bytes:
    """RFC 9180, base mode, written out, so that section 2.6 is shown to be the whole truth."""
    mlkem_ciphertext, share, ciphertext = sealed[:1088], sealed[1088:1120], sealed[1120:]
    dh = _x25519(secret)
    try:
        first = _mlkem(secret).decapsulate(mlkem_ciphertext)
        second = dh.exchange(X25519PublicKey.from_public_bytes(share))
        key, nonce = _schedule(first, second, share, dh.public_key().public_bytes_raw(), info)
        return ChaCha20Poly1305(key).decrypt(nonce, ciphertext, b"")
    except (InvalidTag, ValueError):
        raise Wrong("cannot_open") from None


def hpke_seal(public: bytes, info: bytes, plaintext: bytes) -> bytes:
    """What `hpke_open` opens; Wrong("prekey_invalid") for a key that is none."""
    try:
        first, mlkem_ciphertext = MLKEM768PublicKey.from_public_bytes(public[:1184]).encapsulate()
        dh = X25519PrivateKey.generate()
        share, point = dh.public_key().public_bytes_raw(), public[1184:]
        second = dh.exchange(X25519PublicKey.from_public_bytes(point))
    except ValueError:
        raise Wrong("prekey_invalid") from None
    key, nonce = _schedule(first, second, share, point, info)
    return mlkem_ciphertext + share + ChaCha20Poly1305(key).encrypt(nonce, plaintext, b"")


def _schedule(first: bytes, second: bytes, share: bytes, point: bytes, info: bytes) -> tuple[bytes, bytes]:
    shared = hashlib.sha3_256(first + second + share + point + bytes.fromhex("5c2e2f2f5e5c")).digest()
    context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    base = _extract(shared, b"secret", b"")
    return _expand(base, b"key", context, 32), _expand(base, b"base_nonce", context, 12)


def _extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + secret, "sha256")


def _expand(key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    # one block of HKDF-Expand is 32 bytes, and no more is asked for
    return hmac.digest(key, size.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info + b"\1", "sha256")[:size]


def _mlkem(secret: bytes) -> MLKEM768PrivateKey:
    return MLKEM768PrivateKey.from_seed_bytes(secret[:64])


def _x25519(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(secret[64:])


# --- section 3.1: links ---


def read_link(text: str) -> dict[str, Any]:
    """A link's parts; Wrong("bad_link")."""
    scheme, _, rest = text.strip().partition("://")
    front, _, authority_id = rest.partition("#")
    address, first_slash, codes = front.partition("/")
    where, colon, port = address.rpartition(":")
    invitation, slash, owner = codes.partition("/")
    hosts = [_read_host(host) for host in where.split(",")]
    if (
        scheme.lower() != "hamraz"
        or not colon
        or not 1 <= len(hosts) <= 8
        or len(where) > 400
        or not re.fullmatch("[0-9]{1,5}", port)
        or not 1 <= int(port) <= 65535
        or not first_slash
        or (codes and not re.fullmatch("[a-z2-7]{16}", invitation))
        or (slash and not re.fullmatch("[a-z2-7]{26}", owner))
        or not re.fullmatch("[0-9a-f]{64}", authority_id)
    ):
        raise Wrong("bad_link")
    return {
        "hosts": hosts,
        "port": int(port),
        "invitation": invitation or None,
        "owner_code": owner or None,
        "authority_id": bytes.fromhex(authority_id),
    }


def _read_host(text: str) -> str:
    if text.startswith("[") and text.endswith("]"):
        try:
            if "%" not in text:
                return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError:
            pass
    elif re.fullmatch("[A-Za-z0-9.-]{1,64}", text) and text[0].isalnum() and text[-1].isalnum():
        return text
    raise Wrong("bad_link")


def write_link(link: dict[str, Any]) -> str:
    hosts = ",".join(f"[{host}]" if ":" in host else host for host in link["hosts"])
    owner = "/" + link["owner_code"] if link["owner_code"] else ""
    return f"hamraz://{hosts}:{link['port']}/{link['invitation'] or ''}{owner}#{link['authority_id'].hex()}"


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


# --- section 4.3: proofs ---


def check_proof(body: bytes, sig: bytes, key: bytes, authority_id: bytes, kinds: list[str], expected: Any) -> None:
    verify(key, "proof", authority_id, body, sig)
    purpose, called, nonce, fingerprint, uid = fields(body, kinds)
    if (purpose, called, uid) != (expected["purpose"], expected["called"], expected["uid"]):
        raise Wrong("wrong_recipient")
    if fingerprint != expected["fingerprint"]:
        raise Wrong("wrong_certificate")
    if nonce != expected["nonce"]:
        raise Wrong("bad_signature")


# --- section 5: messages ---


def read_message(body: bytes, here: list[str], known: dict[str, list[str]], later: bool = False) -> list[Any]:
    """A message's tag and fields, if it is one of `here`; `known` has every message's types. `later`: a tag that isn't
    known may come (section 5.4); then its `rid`, if it has one, is in Wrong's second argument.
    """
    tag, first = begin(body)
    if later and tag is not None and tag not in known:
        raise Wrong("unknown_request", first) if first is not None and fits(first, "rid") else Wrong("passed over")
    is_other = tag in ("hello", "peer_hello", "move_hello") and type(first) is int and first != 2
    try:
        value = unpack(body)
    except Wrong:
        value = None
        if is_other and tag in here:
            raise Wrong("wrong_version") from None
    if isinstance(value, list) and value and isinstance(value[0], str) and value[0] in known:
        kinds = known[value[0]]
        if value[0] not in here:
            raise Wrong("unexpected_message")
        if len(value) == len(kinds) + 1 and all(map(fits, value[1:], kinds)):
            return value
        if is_other:
            raise Wrong("wrong_version")
    raise Wrong("bad_message")


# --- section 7.8: moving ---


def meet(vector: dict[str, Any]) -> dict[str, Any]:
    """What follows from the certificate, the old computer's nonce, the new one's, and the secret."""
    fingerprint, old, new = vector["fingerprint"], vector["old_nonce"], vector["new_nonce"]
    together = fingerprint + old + new
    spread = hashlib.sha256(label("code", "move") + together).digest()
    groups = [int.from_bytes(spread[8 * at : 8 * at + 8], "big") % 100000 for at in range(4)]
    return {
        "commitment": digest("move commitment", fingerprint, new),
        "digits": [f"{group:05}" for group in groups],
        "new_proof": digest("move new", vector["secret"], together),
        "old_proof": digest("move old", vector["secret"], together, bytes([0])),
        "moved_proof": digest("move old", vector["secret"], together, bytes([1])),
    }


def check_moved(files: list[list[Any]]) -> None:
    """Wrong("bad_move") unless these may be the files of an account."""
    most = {"vault.db": 2**42, "vault.key": 4096, "vault.kit": 4096, "authority.link": 65536}
    names = [name for name, _ in files]
    sizes = dict(files)  # type: ignore[arg-type]
    if len(sizes) != len(files) or len(files) > 200_000 or sum(size for _, size in files) > 2**42:
        raise Wrong("bad_move")
    if "vault.db" not in names or "vault.key" not in names:
        raise Wrong("bad_move")
    for name, size in files:
        if name in most and not 1 <= size <= most[name]:
            raise Wrong("bad_move")
        if name not in most and not re.fullmatch("files/[0-9a-f]{32}", name):
            raise Wrong("bad_move")


# --- section 8: private chat ---


def open_envelope(vector: dict[str, Any], envelope: list[str], message: list[str]) -> tuple[bytes, bytes]:
    """The plaintext and the message of a sealed envelope (section 8.4), checked as section 8.5 says."""
    ends = vector["sender"] + vector["recipient"]
    info = label("seal", "private") + vector["authority_id"] + ends
    plaintext = hpke_open(vector["prekey_seed"], info, vector["sealed"])
    body, sig = fields(plaintext, ["bytes", "bytes64"])
    _check_signer(vector, body, sig)
    prekey_id, prekey_hash, raw = fields(body, envelope)
    public = prekey_public(vector["prekey_seed"])
    if prekey_id != vector["prekey_id"] or prekey_hash != digest("prekey", public):
        raise Wrong("prekey_invalid")
    sender, recipient, *_ = fields(raw, message)
    if sender + recipient != ends:
        raise Wrong("wrong_recipient")
    return plaintext, raw


def _check_signer(vector: dict[str, Any], body: bytes, sig: bytes) -> None:
    """One of the sender's keys that count has signed it (section 8.5, step 3)."""
    for name, code in (("sender_keys", None), ("gone_keys", "key_revoked")):
        for key in vector[name]:
            try:
                verify(key, "private", vector["authority_id"], body, sig)
            except Wrong:
                continue
            if code is not None:
                raise Wrong(code)
            return
    raise Wrong("bad_signature")


def open_receipts(vector: dict[str, Any]) -> list[Any]:
    """Receipts from a mailbox (section 8.8), still to be checked one by one."""
    ends = vector["authority_id"] + vector["sender"] + vector["recipient"]
    found = unpack(hpke_open(vector["prekey_seed"], label("seal", "receipts") + ends, vector["sealed"]))
    if not fits(found, "[signed; 0..200]"):
        raise Wrong("bad_statement")
    return list(found)


def check_receipt(receipt: list[bytes], key: bytes, reader: bytes, writer: bytes, authority_id: bytes) -> list[Any]:
    verify(key, "receipt", authority_id, receipt[0], receipt[1])
    found = fields(receipt[0], ["bytes32", "bytes32", "bytes16", "bytes32", "text"])
    if found[:2] != [reader, writer] or found[4] not in ("delivered", "read", "listened"):
        raise Wrong("bad_receipt")
    return found


# --- sections 8.3 and 8.10: kinds and marks ---


def about(kind: str, body: bytes, sender: bytes, forms: dict[str, list[tuple[str, str]]]) -> list[bytes] | None:
    """Id and author of the message that a body of this kind is about."""
    if kind == "text":
        check_words(body)
    if kind not in forms:
        return None
    found = dict(zip([name for name, _ in forms[kind]], fields(body, [form for _, form in forms[kind]]), strict=True))
    if "text" in found:
        check_words(found["text"].encode())
    return [found["to"], found.get("author", sender)] if "to" in found else None


def check_words(text: bytes) -> None:
    """Of `text`, `reply` and `edit`: UTF-8, not too long, and more than white space."""
    try:
        points = [ord(char) for char in text.decode()]
    except UnicodeDecodeError:
        raise Wrong("bad_statement") from None
    white = {*range(9, 14), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F}
    if len(text) > 65_536 or not set(points) - white - {0x205F, 0x3000}:
        raise Wrong("bad_statement")


def lifetime(words: str) -> tuple[str, int | None]:
    """Section 8.17: words without what they say of it, and seconds."""
    digits, at = "", len(words) - 1
    if words[at:] != "\U000e007f":
        return words, None
    while at > 0 and 0xE0030 <= ord(words[at - 1]) <= 0xE0039:
        at -= 1
        digits = str(ord(words[at]) - 0xE0030) + digits
    if not 1 <= len(digits) <= 8 or digits[0] == "0" or at == 0 or words[at - 1] != "⏳":
        return words, None
    rest = words[: at - 1].removesuffix(" ")
    try:
        check_words(rest.encode())
    except Wrong:
        return words, None
    return rest, max(60, int(digits))


def lifetime_of_type(media_type: str) -> int | None:
    _, sign, number = media_type.rpartition(";lifetime=")
    right = sign and 1 <= len(number) <= 8 and set(number) <= set("0123456789") and number[0] != "0"
    return max(60, int(number)) if right else None


def lifetime_of_talk(mine: list[Any] | None, theirs: list[Any] | None) -> int:
    """The last timers of two, [id, seconds, after] each."""
    said = [one for one in (mine, theirs) if one is not None]
    if mine is not None and theirs is not None:
        knowing = [one for one, other in ((mine, theirs), (theirs, mine)) if one[2] == other[0]]
        said = knowing if len(knowing) == 1 else [one for one in said if one[1]]
    counted = [min(max(one[1], 60), 99_999_999) if one[1] else 0 for one in said]
    return min(counted, default=0)


def is_emoji(text: str) -> bool:
    points = [ord(char) for char in text]

    def between(at: int, low: int, high: int) -> bool:
        return at < len(points) and low <= points[at] <= high

    def part(at: int) -> int:
        """Where a part that begins here ends; -1 if none does."""
        if at >= len(points):
            return -1
        one = points[at]
        single = one in (0xA9, 0xAE, 0x203C, 0x2049, 0x2122, 0x2139, 0x3030, 0x303D, 0x3297, 0x3299)
        if not (single or 0x2190 <= one <= 0x2BFF or 0x1F000 <= one <= 0x1FAFF):
            return -1
        at += 1
        at += between(at, 0xFE0E, 0xFE0F)
        at += between(at, 0x1F3FB, 0x1F3FF)
        while between(at, 0xE0020, 0xE007F):
            at += 1
        return at

    if not points or len(text.encode()) > 48:
        return False
    if len(points) == 2 and all(0x1F1E6 <= point <= 0x1F1FF for point in points):
        return True
    if text[0] in "0123456789#*":
        return points[1:] in ([0xFE0F, 0x20E3], [0x20E3])
    at = part(0)
    while 0 <= at < len(points) and points[at] == 0x200D:
        at = part(at + 1)
    return at == len(points)


def look(author: bytes, marks: list[list[Any]]) -> dict[str, Any]:
    """What marks (sender, place, time, kind, body) make of a message by `author`."""
    result: dict[str, Any] = {"deleted": False, "words": None, "edited": None, "reactions": []}
    marks = sorted(marks, key=lambda mark: mark[1])
    if any(kind == "delete" and sender == author for sender, _, _, kind, _ in marks):
        return result | {"deleted": True}
    last: dict[bytes, tuple[int, bytes, str]] = {}
    for sender, _, time, kind, body in marks:
        if kind == "edit" and sender == author:
            result |= {"words": unpack(body)[1], "edited": time}
        if kind == "reaction" and (not unpack(body)[2] or is_emoji(unpack(body)[2])):
            last[sender] = (time, sender, unpack(body)[2])
    shown: dict[str, list[bytes]] = {}
    for _, sender, emoji in sorted(one for one in last.values() if one[2]):
        shown.setdefault(emoji, []).append(sender)
    return result | {"reactions": [[emoji, people] for emoji, people in shown.items()]}


# --- section 10.1: the safety number ---


def safety_number(authority_id: bytes, one: bytes, other: bytes) -> list[str]:
    """Twelve groups; `one` and `other` are uid and key, joined."""
    spread = hashlib.sha512(label("code", "safety") + authority_id + min(one, other) + max(one, other)).digest()
    return [str(int.from_bytes(spread[5 * i : 5 * i + 5], "big") % 100000).zfill(5) for i in range(12)]


def bare(text: str) -> str:
    """What section 10.2 leaves of a text that was scanned or pasted."""
    seen = [letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf"]
    digits = [str(int(letter)) if letter.isdecimal() else letter for letter in seen]
    return re.sub(r"\s", "", "".join(digits))


def read_safety_code(text: str) -> dict[str, Any]:
    """Section 10.2."""
    body = bare(text).upper().removeprefix("HAMRAZ-SAFETY:")
    shower, other, number, (head, sig) = unpack(base64.b32decode(body + "=" * (-len(body) % 8)))
    digits = str(int.from_bytes(number, "big")).zfill(60)
    shown = {"digits": [digits[5 * i : 5 * i + 5] for i in range(12)], "body": head, "sig": sig}
    return {"shower": shower, "other": other, **shown}


# --- sections 7.7 and 10.3: the recovery kit ---


def kit_of(secret: bytes, authority_id: bytes) -> dict[str, Any]:
    """Everything that comes from a recovery key's secret."""
    key = public(secret)
    text = base64.b32encode(secret + digest("kit", authority_id, key)[:3]).decode()

    def derived(name: str, size: int) -> bytes:
        info, block, made = label("key", name) + authority_id, b"", b""
        for count in range(1, size // 32 + 1):
            block = hmac.digest(hmac.digest(bytes(32), secret, "sha256"), block + info + bytes([count]), "sha256")
            made += block
        return made

    return {
        "public": key,
        "hash": digest("recovery", authority_id, key),
        "groups": re.findall("....", text.lower()),
        "code": "HAMRAZ-KIT:" + text,
        "seal_seed": derived("kit seal", 96),
        "seal_public": prekey_public(derived("kit seal", 96)),
        "vault": derived("kit vault", 32),
    }


def read_kit(text: str, authority_id: bytes) -> bytes:
    """The recovery key's secret; Wrong("bad_kit")."""
    plain = unicodedata.normalize("NFKC", text[:224])
    seen = [letter for letter in plain if unicodedata.category(letter) not in ("Pd", "Cf") and letter != chr(0x2212)]
    digits = [str(int(letter)) if letter.isdecimal() else letter for letter in seen]
    letters = re.sub(r"\s", "", "".join(digits)).upper().replace("0", "O").replace("1", "L").replace("8", "B")
    letters = letters.removeprefix("HAMRAZKIT:")
    if not re.fullmatch("[A-Z2-7]{56}", letters):
        raise Wrong("bad_kit")
    secret, check = base64.b32decode(letters)[:32], base64.b32decode(letters)[32:]
    if digest("kit", authority_id, public(secret))[:3] != check:
        raise Wrong("bad_kit")
    return secret


def read_kit_request(text: str) -> list[bytes]:
    """Body and signature of the change that is asked for."""
    body = bare(text).upper()
    if not body.startswith("HAMRAZ-NEWKIT:"):
        raise Wrong("bad_kit_request")
    body = body.removeprefix("HAMRAZ-NEWKIT:")
    return list(unpack(base64.b32decode(body + "=" * (-len(body) % 8))))


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
        self.recoveries: set[bytes] = set()  # every recovery hash that there was
        self.commits: dict[bytes, list[tuple[int, bytes]]] = {}  # of each group: index and commit hash
        self.keys: dict[bytes, list[tuple[int, bytes | None]]] = {}  # of each uid, since which index
        self.counting: dict[bytes, list[bytes]] = {}  # the keys that count, of each uid, the newest first
        self.gone: dict[bytes, list[bytes]] = {}
        self.roles: dict[bytes, list[tuple[int, str]]] = {}

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

    def key_at(self, uid: bytes, n: int) -> bytes | None:
        """Somebody's key before entry n."""
        return next((key for since, key in reversed(self.keys.get(uid, [])) if since < n), None)

    def role_at(self, uid: bytes, n: int) -> str:
        return next((role for since, role in reversed(self.roles.get(uid, [])) if since < n), "beginner user")

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
        self.authority_key = key
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
        if recovery in self.recoveries:
            raise Wrong("recovery_used")
        self.recoveries.add(recovery)
        role = "beginner user" if self.users else "super admin"
        self.users[uid] = {"name": name, "key": key, "recovery": recovery, "role": role, "latest": n}
        self.names[name] = self.name_keys[name_key] = uid
        self.keys[uid], self.roles[uid] = [(n, key)], [(n, role)]
        self.counting[uid], self.gone[uid] = [key], []
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
        self.keys[uid].append((n, new))
        if new is None or why != "own":
            self.gone[uid] += reversed(self.counting[uid])
            self.counting[uid] = []
        if new is not None:
            self.counting[uid].insert(0, new)
        self.gone[uid] += reversed(self.counting[uid][16:])
        self.counting[uid], self.gone[uid] = self.counting[uid][:16], self.gone[uid][-16:]
        if new is None:
            self.names = {name: owner for name, owner in self.names.items() if owner != uid}
            self.name_keys = {name: owner for name, owner in self.name_keys.items() if owner != uid}

    def _recovery(self, n: int, signed: list[bytes], recovery_key: bytes | None, second_sig: bytes | None) -> None:
        uid, new_hash, why, by, prev = self._read("log recovery", signed)
        user = self._target(uid, prev)
        if (recovery_key is not None) != (why == "own") or (second_sig is None) != (why == "sole"):
            raise Wrong("voucher")
        second = None
        if why == "own" and by == uid:
            second = recovery_key
            if digest("recovery", self.authority_id, second or b"") != user["recovery"]:
                raise Wrong("recovery")
        elif why == "admin":
            admin = self._live(by)
            if RANK[admin["role"]] < 2 or RANK[admin["role"]] <= RANK[user["role"]]:
                raise Wrong("role_not_allowed")
            second = admin["key"]
        elif why == "sole" and by == uid:
            if user["role"] != "super admin":
                raise Wrong("role_not_allowed")
        else:
            raise Wrong("voucher")
        self._check("log recovery", signed, user["key"])
        if second is not None:
            verify(second, "log recovery", self.authority_id, signed[0], second_sig or b"")
        if new_hash in self.recoveries:
            raise Wrong("recovery_used")
        self.recoveries.add(new_hash)
        user["recovery"], user["latest"] = new_hash, n

    def _role(self, n: int, signed: list[bytes]) -> None:
        target, role, by, prev = self._read("log role", signed)
        commander = self._live(by)
        user = self._target(target, prev)
        self._check("log role", signed, commander["key"])
        refusal = role_refusal(commander["role"], user["role"], role)
        if refusal:
            raise Wrong(refusal)
        user["role"], user["latest"] = role, n
        self.roles[target].append((n, role))

    def _group(self, n: int, gid: bytes, epoch: int, commit_hash: bytes) -> None:
        if epoch != len(self.commits.get(gid, [])) + 1:
            raise Wrong("epoch")
        self.commits.setdefault(gid, []).append((n, commit_hash))


# --- section 9: groups ---


# --- section 6.6: evidence ---


def judge(
    file: dict[str, Any], authority_id: bytes, statements: dict[str, list[str]], entries: dict[str, list[str]]
) -> str:
    """Which of the things of section 6.6 a file holds; Wrong("bad_statement") if none."""
    try:
        key = bytes.fromhex(file["authority_key"])
        if file["what"] != "hamraz/v2/evidence" or hashlib.sha256(key).digest() != authority_id:
            raise Wrong("bad_statement")
        judge = _EVIDENCE[file["state"]] if "state" in file else _judge_alarm
        found: str | None = judge(file, authority_id, key, statements, entries)
    except (KeyError, TypeError, ValueError, Wrong):
        raise Wrong("bad_statement") from None
    if found is None:
        raise Wrong("bad_statement")
    return found


def _shown(
    one: dict[str, str], context: str, authority_id: bytes, key: bytes, kinds: dict[str, list[str]]
) -> list[Any]:
    body, sig = bytes.fromhex(one["body"]), bytes.fromhex(one["sig"])
    verify(key, context, authority_id, body, sig)
    return fields(body, kinds[context])


def _log_hashes(entries: list[bytes]) -> list[bytes]:
    hashes = [bytes(32)]
    for n, raw in enumerate(entries):
        hashes.append(digest("log", hashes[-1], n.to_bytes(8, "big"), raw))
    return hashes


def _whole(file: dict[str, Any], head: list[Any]) -> list[bytes]:
    """The entries that this head covers, which have its hash."""
    entries = [bytes.fromhex(raw) for raw in file["log"]][: head[0]]
    if len(entries) != head[0] or _log_hashes(entries)[-1] != head[1]:
        raise Wrong("bad_statement")
    return entries


def _judge_alarm(file: Any, authority_id: bytes, key: bytes, statements: Any, forms: Any) -> str | None:
    chain = file["alarm"].get("why") == "chain"
    sides = [file["alarm"][side] for side in ("first", "second") if file["alarm"].get(side) is not None]
    heads = [_shown(side, "group chain" if chain else "head", authority_id, key, statements) for side in sides]
    if chain:
        (gid, n, hash, *_), (other, m, another, *_) = heads
        if gid != other:
            return None
        if n == m:
            return "chain" if hash != another else None
        hashes = [bytes(32)]
        for at, raw in enumerate(file["chain"], 1):
            hashes.append(digest("chain", hashes[-1], at.to_bytes(8, "big"), bytes.fromhex(raw)))
        (n, hash), (m, another) = sorted([(n, hash), (m, another)])
        return "chain" if m < len(hashes) and hashes[m] == another and hashes[n] != hash else None
    if len(heads) == 2 and heads[0][0] == heads[1][0] and heads[0][1] != heads[1][1]:
        return "heads"
    ours = [bytes.fromhex(raw) for raw in file["log"]]
    for history in (ours, ours[: file["fork"]] + [bytes.fromhex(raw) for raw in file["refused"]]):
        hashes = _log_hashes(history)
        mine = [size for size, hash in heads if size < len(hashes) and hashes[size] == hash]
        if not mine:
            continue
        if any(size <= max(mine) and hashes[size] != hash for size, hash in heads):
            return "history"
        log = Log(authority_id, statements, forms)
        for raw in history[: max(mine)]:
            try:
                log.append(raw)
            except Wrong:
                return "entry"
    return None


def _judge_behind(file: Any, authority_id: bytes, key: bytes, statements: Any, forms: Any) -> str | None:
    larger, shown = (_shown(file[name], "head", authority_id, key, statements) for name in ("larger", "shown"))
    _whole(file, shown)
    return "behind" if larger[0] > shown[0] else None


def _judge_chain_behind(file: Any, authority_id: bytes, key: bytes, statements: Any, forms: Any) -> str | None:
    larger, shown = (_shown(file[name], "group chain", authority_id, key, statements) for name in ("larger", "shown"))
    return "chain_behind" if larger[0] == shown[0] and larger[1] > shown[1] else None


def _judge_withheld(file: Any, authority_id: bytes, key: bytes, statements: Any, forms: Any) -> str | None:
    entries = _whole(file, _shown(file["head"], "head", authority_id, key, statements))
    gid, _n, _hash, epoch, size = _shown(file["chain_head"], "group chain", authority_id, key, statements)
    commits = [value for value in map(unpack, entries[:size]) if value[0] == "group" and value[1] == gid]
    return "withheld" if len(commits) > epoch else None


def _judge_answer(file: Any, authority_id: bytes, key: bytes, statements: Any, forms: Any) -> str | None:
    entries = _whole(file, _shown(file["head"], "head", authority_id, key, statements))
    _nonce, name, uid, identity, entry, _online, presence, _seen = _shown(
        file["found"], "found", authority_id, key, statements
    )
    if presence is not None:
        try:
            verify(identity, "presence", authority_id, *presence)
            owner = fields(presence[0], statements["presence"])[0]
        except Wrong:
            owner = None
        if owner != uid:
            return "answer"
    if entry >= len(entries):
        return None
    read = [
        (kind, fields(rest[0][0], statements[f"log {kind}"])) for kind, *rest in map(unpack, entries) if kind != "group"
    ]
    places = [n for n, raw in enumerate(entries) if unpack(raw)[0] != "group"]
    names = {said[0]: said[1] for kind, said in read if kind == "register"}
    kind, said = next(((kind, said) for n, (kind, said) in zip(places, read, strict=True) if n == entry), ("", []))
    made = (said[0], said[3]) if kind == "register" else (said[0], said[1]) if kind == "key" else None
    return None if made == (uid, identity) and names.get(uid) == name else "answer"


_EVIDENCE = {
    "log_behind": _judge_behind,
    "chain_behind": _judge_chain_behind,
    "change_withheld": _judge_withheld,
    "false_answer": _judge_answer,
}


class Group:
    """Replays a group's chain by section 9.5, beside a replayed log."""

    def __init__(self, gid: bytes, statements: dict[str, list[str]], entries: dict[str, list[str]], header: list[str]):
        self.gid = gid
        self.statements, self.entries, self.header = statements, entries, header
        self.hashes = [bytes(32)]
        self.epoch, self.commit_hash, self.history, self.policy, self.by = 0, bytes(32), "", "", b""
        self.ranked: set[bytes] = set()
        self.members: dict[bytes, dict[str, Any]] = {}

    def append(self, raw: bytes, log: Log) -> None:
        value = unpack(raw)
        if not isinstance(value, list) or not value or not isinstance(value[0], str) or value[0] not in self.entries:
            raise Wrong("bad_statement")
        kinds = self.entries[value[0]]
        if len(value) != len(kinds) + 1 or not all(map(fits, value[1:], kinds)):
            raise Wrong("bad_statement")
        getattr(self, "_" + value[0])(log, *value[1:])
        n = len(self.hashes)
        entry_hash = value[4] if value[0] == "stub" else hashlib.sha256(raw).digest()
        self.hashes.append(digest("chain", self.hashes[-1], n.to_bytes(8, "big"), entry_hash))

    def _commit(self, log: Log, signed: list[bytes]) -> None:
        named = log.commits.get(self.gid, [])
        hash = digest("commit", signed[0])
        if len(named) <= self.epoch or named[self.epoch][1] != hash:
            raise Wrong("bad_commit")
        at = named[self.epoch][0]
        commit = fields(signed[0], self.statements["group commit"])
        gid, epoch, previous, members, by, _key_id, history, cut, wrapped, policy, _settings, note = commit
        key, role = log.key_at(by, at), log.role_at(by, at)
        if key is None:
            raise Wrong("bad_signature")
        verify(key, "group commit", log.authority_id, *signed)
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if epoch != self.epoch + 1 or previous != self.commit_hash:
            raise Wrong("stale")
        uids = [uid for uid, _ in members]
        if uids != sorted(set(uids)) or by not in uids:
            raise Wrong("bad_commit")
        for uid, fingerprint in members:
            now = log.key_at(uid, at)
            if now is None or hashlib.sha256(now).digest() != fingerprint:
                raise Wrong("stale")
        if self.epoch and history != self.history:
            raise Wrong("bad_commit")
        shared = history == "all" and epoch > 1
        if (cut and not shared) or len(wrapped) != (60 if shared and not cut else 0):
            raise Wrong("bad_commit")
        if self.epoch and not self._is_in(by):
            raise Wrong("not_member")
        added = [uid for uid in uids if uid not in self.members or self.members[uid]["leaving"]]
        if RANK[role] < 1:
            mended = self._mended(log, at)
            if epoch == 1 or mended is None or dict(members) != mended or policy != self.policy or note:
                raise Wrong("role_not_allowed")
        before = self.members
        self.members = {}
        for uid, fingerprint in members:
            new = {"joined": epoch == 1 and uid == by, "since": epoch, "unopened": set()}
            kept = new if uid in added else {name: before[uid][name] for name in ("joined", "since", "unopened")}
            self.members[uid] = {**kept, "key": fingerprint, "leaving": False, "sequence": 0, "last": bytes(32)}
        self.epoch, self.commit_hash, self.history, self.policy, self.by = epoch, hash, history, policy, by
        self.ranked = {uid for uid in uids if RANK[log.role_at(uid, at)] >= 1}

    def _mended(self, log: Log, at: int) -> dict[bytes, bytes] | None:
        """Who is in after mending, each with the hash of their key; None if there is nothing to mend."""
        now = {uid: log.key_at(uid, at) for uid, member in self.members.items() if not member["leaving"]}
        kept = {uid: hashlib.sha256(key).digest() for uid, key in now.items() if key is not None}
        others = [member for uid, member in self.members.items() if self._is_in(uid) and uid != self.by]
        without = [member for member in others if self.epoch in member["unopened"]]
        locked = len(without) * 2 > len(others)
        needed = locked or kept != {uid: member["key"] for uid, member in self.members.items()}
        return kept if needed else None

    def _is_in(self, uid: bytes) -> bool:
        return uid in self.members and self.members[uid]["joined"] and not self.members[uid]["leaving"]

    def _key(self, log: Log, uid: bytes) -> bytes:
        return next(key for _, key in log.keys[uid] if key and hashlib.sha256(key).digest() == self.members[uid]["key"])

    def _message(self, log: Log, header: bytes, ciphertext: bytes, sig: bytes) -> None:
        self._stub(log, header, hashlib.sha256(ciphertext).digest(), sig, b"")

    def _stub(self, log: Log, header: bytes, ciphertext_hash: bytes, sig: bytes, entry_hash: bytes) -> None:
        gid, epoch, commit_hash, uid, _device, sequence, _id, previous, seen_n, seen_hash, head = fields(
            header, self.header
        )
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if not self._is_in(uid):
            raise Wrong("not_member")
        leaving = any(member["leaving"] for member in self.members.values())
        if (epoch, commit_hash) != (self.epoch, self.commit_hash) or leaving:
            raise Wrong("stale")
        if self.policy == "ranked" and uid not in self.ranked:
            raise Wrong("ranked_only")
        member = self.members[uid]
        if (sequence, previous) != (member["sequence"] + 1, member["last"]):
            raise Wrong("chain_broken")
        if seen_n >= len(self.hashes) or self.hashes[seen_n] != seen_hash:
            raise Wrong("chain_split")
        verify(log.authority_key, "head", log.authority_id, *head)
        fields(head[0], ["u63", "bytes32"])
        covered = header + ciphertext_hash
        verify(self._key(log, uid), "group message", log.authority_id, covered, sig)
        member["sequence"], member["last"] = sequence, digest("group message", covered)

    def _retract(self, log: Log, signed: list[bytes]) -> None:
        gid, epoch, by, n, hash, _reason = fields(signed[0], self.statements["group retract"])
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if not self._is_in(by):
            raise Wrong("not_member")
        verify(self._key(log, by), "group retract", log.authority_id, *signed)
        if epoch != self.epoch:
            raise Wrong("stale")
        if by not in self.ranked:
            raise Wrong("role_not_allowed")
        if not 1 <= n < len(self.hashes) or self.hashes[n] != hash:
            raise Wrong("chain_split")

    def _own(self, log: Log, context: str, signed: list[bytes]) -> dict[str, Any]:
        gid, epoch, uid = fields(signed[0], self.statements[context])
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if uid not in self.members:
            raise Wrong("not_member")
        verify(self._key(log, uid), context, log.authority_id, *signed)
        if not self.members[uid]["since"] <= epoch <= self.epoch or self.members[uid]["leaving"]:
            raise Wrong("stale")
        return self.members[uid]

    def _unopened(self, log: Log, signed: list[bytes]) -> None:
        gid, epoch, commit_hash, uid = fields(signed[0], self.statements["group unopened"])
        if gid != self.gid:
            raise Wrong("wrong_recipient")
        if uid not in self.members:
            raise Wrong("not_member")
        verify(self._key(log, uid), "group unopened", log.authority_id, *signed)
        if self.members[uid]["leaving"]:
            raise Wrong("stale")
        if not self._is_in(uid):
            raise Wrong("not_member")
        first = 1 if self.history == "all" else self.members[uid]["since"]
        if not first <= epoch <= self.epoch or log.commits[self.gid][epoch - 1][1] != commit_hash:
            raise Wrong("stale")
        if epoch in self.members[uid]["unopened"]:
            raise Wrong("stale")
        self.members[uid]["unopened"].add(epoch)

    def _join(self, log: Log, signed: list[bytes]) -> None:
        member = self._own(log, "group join", signed)
        if member["joined"]:
            raise Wrong("stale")
        member["joined"] = True

    def _leave(self, log: Log, signed: list[bytes]) -> None:
        self._own(log, "group leave", signed)["leaving"] = True


# --- section 9.3 and 9.4: a group's keys ---


def derive(epoch_key: bytes, name: str) -> bytes:
    """D(name), by RFC 5869."""
    extracted = hmac.digest(bytes(32), epoch_key, "sha256")
    return hmac.digest(extracted, label("key", name) + b"\1", "sha256")


def message_key(epoch_key: bytes, header: bytes) -> bytes:
    return hmac.digest(derive(epoch_key, "message"), header + b"\1", "sha256")


def seal_group_message(epoch_key: bytes, header: bytes, plaintext: bytes) -> bytes:
    return ChaCha20Poly1305(message_key(epoch_key, header)).encrypt(bytes(12), plaintext, header)


def open_group_message(epoch_key: bytes, header: bytes, ciphertext: bytes) -> bytes:
    try:
        return ChaCha20Poly1305(message_key(epoch_key, header)).decrypt(bytes(12), ciphertext, header)
    except InvalidTag:
        raise Wrong("cannot_open") from None


def unwrap(epoch_key: bytes, wrapped: bytes, gid: bytes, epoch: int, previous: bytes, key_id: bytes) -> bytes:
    about = label("aead", "history") + gid + epoch.to_bytes(8, "big") + previous
    try:
        found = ChaCha20Poly1305(derive(epoch_key, "history")).decrypt(wrapped[:12], wrapped[12:], about)
    except (InvalidTag, ValueError):
        raise Wrong("cannot_open") from None
    if derive(found, "id") != key_id:
        raise Wrong("bad_epoch_key")
    return found


def open_grant(vector: dict[str, Any], commit: list[str], grant: list[str]) -> bytes:
    """K_e from a sealed grant, checked as section 9.4 says."""
    gid, epoch, _previous, _members, _by, key_id, *_ = fields(vector["commit"][0], commit)
    by = vector["sender"]
    info = label("seal", "epoch") + vector["authority_id"] + by + vector["recipient"]
    body, sig = fields(hpke_open(vector["prekey_seed"], info, vector["sealed"]), ["bytes", "bytes64"])
    verify(vector["by_key"], "group epoch", vector["authority_id"], body, sig)
    *names, found = fields(body, grant)
    prekey_hash = digest("prekey", prekey_public(vector["prekey_seed"]))
    if names[:5] != [by, vector["recipient"], prekey_hash, gid, epoch]:
        raise Wrong("wrong_recipient")
    if names[5] != digest("commit", vector["commit"][0]) or derive(found, "id") != key_id:
        raise Wrong("bad_epoch_key")
    return bytes(found)


# --- section 15: backups ---


def read_backup(vector: dict[str, Any], heads: dict[str, list[str]], kinds: dict[str, list[str]]) -> list[bytes]:
    """The records of a backup but its end, as they stand there; Wrong("backup_newer"), Wrong("backup_broken")."""
    try:
        return _read_backup(vector, heads, kinds)
    except Wrong as reason:
        raise Wrong("backup_newer" if str(reason) == "backup_newer" else "backup_broken") from None
    except (zlib.error, InvalidTag, IndexError, struct.error):
        raise Wrong("backup_broken") from None


def _read_backup(vector: dict[str, Any], heads: dict[str, list[str]], kinds: dict[str, list[str]]) -> list[bytes]:
    authority_id = vector["authority_id"]
    about, sealed = read_backup_head(vector["head"], heads)
    id, *_ = read_backup_about(about, heads)
    secret = kit_of(vector["seed"], authority_id)["seal_seed"]
    key = hpke_open(secret, label("seal", "backup") + authority_id + about, sealed)
    stream = b""
    for index, chunk in enumerate(vector["chunks"]):
        last = bytes([index == len(vector["chunks"]) - 1])
        data = label("aead", "backup") + authority_id + id + struct.pack(">Q", index) + last
        stream += ChaCha20Poly1305(key).decrypt(bytes(4) + struct.pack(">Q", index), chunk, data)
    plain = zlib.decompress(stream)
    records, at = [], 0
    while True:
        (size,) = struct.unpack_from(">I", plain, at)
        record = plain[at + 4 : at + 4 + size]
        if len(record) < size or size > 1_048_576:
            raise Wrong("backup_broken")
        tag, *values = read_record(record, kinds)
        if tag == "end":
            whole = values == [len(records), hashlib.sha256(plain[:at]).digest()]
            if not whole or at + 4 + size != len(plain):
                raise Wrong("backup_broken")
            return records
        records.append(record)
        at += 4 + size


def read_backup_head(head: bytes, heads: dict[str, list[str]]) -> list[Any]:
    """The fields of a backup's head, after its format; Wrong("backup_newer"), Wrong("backup_broken")."""
    form = int.from_bytes(head[:4], "big")
    if form > 1 and len(head) > 4:
        raise Wrong("backup_newer")
    if form != 1 or len(head) < 4:
        raise Wrong("backup_broken")
    return _of_backup(head[4:], heads["backup head"])


def read_backup_about(about: bytes, heads: dict[str, list[str]]) -> list[Any]:
    """What is said of a backup before it is opened; Wrong("backup_broken")."""
    return _of_backup(about, heads["backup about"])


def _of_backup(data: bytes, kinds: list[str]) -> list[Any]:
    try:
        return fields(data, kinds)
    except Wrong:
        raise Wrong("backup_broken") from None


def read_record(record: bytes, kinds: dict[str, list[str]]) -> list[Any]:
    """The tag and the fields of one record; Wrong("backup_broken") for what is none."""
    try:
        found = unpack(record)
    except Wrong:
        raise Wrong("backup_broken") from None
    if not isinstance(found, list) or not found or not isinstance(found[0], str) or found[0] not in kinds:
        raise Wrong("backup_broken")
    if len(found) != len(kinds[found[0]]) + 1 or not all(map(fits, found[1:], kinds[found[0]])):
        raise Wrong("backup_broken")
    return found


# --- section 8.9: files ---


def read_file(body: bytes, kinds: list[str]) -> list[Any]:
    """The fields of a body that announces a file, or what somebody has spoken, which has two fields fewer."""
    found = fields(body, kinds)
    if found[6] != 262_144 or (len(found) > 9 and len(found[10].encode()) > 65_536):
        raise Wrong("bad_statement")
    return found


def _chunk(vector: dict[str, Any]) -> tuple[bytes, bytes]:
    """Nonce and associated data of a chunk."""
    count = (vector["size"] + 262_143) // 262_144
    numbers = vector["index"].to_bytes(8, "big"), count.to_bytes(8, "big")
    about = label("aead", "file") + vector["authority_id"] + vector["id"] + b"".join(numbers)
    return bytes(4) + numbers[0], about


def seal_chunk(vector: dict[str, Any], plaintext: bytes) -> bytes:
    nonce, about = _chunk(vector)
    return ChaCha20Poly1305(vector["key"]).encrypt(nonce, plaintext, about)


def open_chunk(vector: dict[str, Any]) -> bytes:
    nonce, about = _chunk(vector)
    try:
        found = ChaCha20Poly1305(vector["key"]).decrypt(nonce, vector["sealed"], about)
    except InvalidTag:
        raise Wrong("file_broken") from None
    if len(found) != min(262_144, vector["size"] - 262_144 * vector["index"]):
        raise Wrong("file_broken")
    return found


# --- sections 2.7 and 9.10: padding, a group's settings ---


def pad(content: bytes, overhead: int) -> bytes:
    """Padded to a class; Wrong("bad_statement") if it fits none."""
    for size in (1024, 16384, 65536):
        if 4 + len(content) + overhead <= size:
            return struct.pack(">I", len(content)) + content + bytes(size - overhead - 4 - len(content))
    raise Wrong("bad_statement")


def unpad(padded: bytes, overhead: int) -> bytes:
    size = int.from_bytes(padded[:4], "big")
    content = padded[4 : 4 + size]
    if len(content) != size or pad(content, overhead) != padded:
        raise Wrong("bad_statement")
    return content


def read_settings(plaintext: bytes, kinds: list[str]) -> list[Any]:
    return fields(unpad(plaintext, 16), kinds)


def settings_hash(sealed: bytes) -> bytes:
    return digest("settings", sealed)


def seal_settings(epoch_key: bytes, gid: bytes, epoch: int, plaintext: bytes) -> bytes:
    about = label("aead", "settings") + gid + epoch.to_bytes(8, "big")
    return ChaCha20Poly1305(derive(epoch_key, "settings")).encrypt(bytes(12), plaintext, about)


def take_settings(vector: dict[str, Any], kinds: list[str]) -> list[Any]:
    """The fields of what is sealed, if a member takes them, as section 9.10 says."""
    if settings_hash(vector["sealed"]) != vector["settings_hash"]:
        raise Wrong("wrong_answer")
    about = label("aead", "settings") + vector["gid"] + vector["epoch"].to_bytes(8, "big")
    try:
        plaintext = ChaCha20Poly1305(derive(vector["key"], "settings")).decrypt(bytes(12), vector["sealed"], about)
    except InvalidTag:
        raise Wrong("cannot_open") from None
    found = read_settings(plaintext, kinds)
    origin, before = vector["origin"], vector["before"]
    if not 1 <= found[3] <= vector["epoch"] or origin is None or not origin["ranked"]:
        raise Wrong("bad_commit")
    if origin["key"] is not None:
        sealed = seal_settings(origin["key"], vector["gid"], found[3], plaintext)
        if settings_hash(sealed) != origin["settings_hash"]:
            raise Wrong("bad_commit")
    if before is not None and before != plaintext and read_settings(before, kinds)[3] >= found[3]:
        raise Wrong("bad_commit")
    return found


# --- section 8.15: what comes back ---


def open_returned(vector: dict[str, Any], envelope: list[str], message: list[str]) -> bytes:
    """The message's exact bytes, of one's own envelope as its recipient kept it."""
    body, sig = vector["envelope"]
    verify(vector["key"], "private", vector["authority_id"], body, sig)
    _prekey_id, _prekey_hash, raw = fields(body, envelope)
    found = fields(raw, message)
    if found[:2] != [vector["sender"], vector["recipient"]]:
        raise Wrong("wrong_recipient")
    return bytes(raw)


# --- section 8.13: profiles ---


def _profile_about(vector: dict[str, Any]) -> bytes:
    version = vector["version"].to_bytes(4, "big")
    return label("aead", "profile") + vector["authority_id"] + vector["uid"] + version


def seal_profile(vector: dict[str, Any], signed: list[bytes]) -> bytes:
    return ChaCha20Poly1305(vector["key"]).encrypt(bytes(12), pad(pack(signed), 16), _profile_about(vector))


def open_profile(vector: dict[str, Any], kinds: list[str]) -> list[Any]:
    """The fields of a profile, checked as section 8.13 says."""
    try:
        plaintext = ChaCha20Poly1305(vector["key"]).decrypt(bytes(12), vector["sealed"], _profile_about(vector))
    except InvalidTag:
        raise Wrong("cannot_open") from None
    body, sig = fields(unpad(plaintext, 16), ["bytes", "bytes64"])
    for n, key in enumerate(vector["keys"], 1):
        try:
            verify(key, "profile", vector["authority_id"], body, sig)
            break
        except Wrong:
            if n == len(vector["keys"]):
                raise
    else:
        raise Wrong("bad_signature")
    found = fields(body, kinds)
    if found[:2] != [vector["uid"], vector["version"]]:
        raise Wrong("wrong_recipient")
    return found


# --- section 9.9: beside the chain ---


def seal_aside(epoch_key: bytes, name: str, about: bytes, nonce: bytes, plaintext: bytes) -> bytes:
    key = hmac.digest(derive(epoch_key, name), about + nonce + b"\1", "sha256")
    return nonce + ChaCha20Poly1305(key).encrypt(bytes(12), plaintext, label("aead", name) + about)


def open_aside(epoch_key: bytes, name: str, about: bytes, sealed: bytes) -> bytes:
    key = hmac.digest(derive(epoch_key, name), about + sealed[:16] + b"\1", "sha256")
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), sealed[16:], label("aead", name) + about)
    except InvalidTag:
        raise Wrong("cannot_open") from None


def open_seen(vector: dict[str, Any], kinds: list[str]) -> list[Any]:
    """The fields of a member's `group seen`, checked as section 9.9 says, but for the chain's hash."""
    gid, (uid, epoch, sealed) = vector["gid"], vector["item"]
    found = open_aside(vector["key"], "seen", gid + epoch.to_bytes(8, "big") + uid, sealed)
    body, sig = fields(found, ["bytes", "bytes64"])
    verify(vector["member_key"], "group seen", vector["authority_id"], body, sig)
    seen = fields(body, kinds)
    if seen[:3] != [gid, epoch, uid]:
        raise Wrong("wrong_recipient")
    if seen[5] > seen[3]:
        raise Wrong("bad_receipt")
    return seen
