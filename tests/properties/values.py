"""Values for every form of the wire, drawn from the protocol's own types: the extremes of each, what is one beyond
them, and what belongs elsewhere. A form that is added is drawn as well, without anybody's remembering it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from protocol.statements import Signed, Statement

LATEST = 8_640_000_000_000_000  # ms: the last moment that JavaScript has
NUMBERS = [
    0, 1, 2, 127, 128, 1000, 1001, 2**16 - 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**53, 2**53 + 1,
    1_790_000_000_000,  # about now
    253_402_300_799_999, 253_402_300_800_000,  # the last moment of 9999, and the next
    LATEST, LATEST + 1, 2**62 - 1, 2**62, 2**63 - 1,
]  # fmt: skip
BEYOND = [-(2**63), -1, 2**63, 2**64 - 1]
TEXTS = [
    "", " ", "\0", "a\0b", "\n", "a\r\nb\tc",
    "\u202e",
    "\u202eabc\u202c", "\u2066", "\u2069", "\u061c", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad",
    "\u2028", "\u2800", "\u3164", "\u0301", "e\u0301\u0301\u0301", "\ufffd", "\ufffe", "\ud7ff", "\ue000", "\U0001f600",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U000e0041", "\U0010ffff", "\U0001d49c\U0001d4c7", "\ufdfa",
    "سلام دنیا", "می\u200cروم", "۱۲۳", "\u064a", "ARASH", "\u0430rash", "<b>&amp;</b>", "{name}", "%s", "${x}",
    "'; DROP TABLE messages; --", '"', "\\", "../../etc/passwd", "C:\\con", ".", "http://xn--80ak6aa92e.com/",
    "javascript:alert(1)", "10.0.0.1", "::1", "localhost", "[]", "null", "NaN", "-1",
]  # fmt: skip
LONG = ["x", "\u202e", "\u0301", "\U0001f600", "ا"]  # repeated as often as fits
PINNED: dict[str, Any] = {"device": bytes(16), "chunk": 256 * 1024}  # fields for which the document has one value
SMALL = 70_000  # what has no bound of its own is drawn up to about here
FOREIGN: list[Any] = [None, True, False, 0, 1.5, float("nan"), "", "x", b"", b"x", [], {}, [[]], {"a": 1}, [b""]]


@dataclass
class Pool:
    """What is there already, so that it is met again: ids, hashes and keys, words, and bytes that mean something."""

    ids: list[bytes] = field(default_factory=lambda: [bytes(16), b"\xff" * 16])
    hashes: list[bytes] = field(default_factory=lambda: [bytes(32), b"\xff" * 32])
    numbers: list[int] = field(default_factory=lambda: [1, 2, 3])
    words: list[str] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)
    signed: list[list[bytes]] = field(default_factory=lambda: [[b"", bytes(64)]])
    nested: Sequence[type[msgspec.Struct]] = ()  # what bytes may hold, encoded
    statements: Sequence[type[Statement]] = ()  # what may be signed
    sign: Callable[[bytes, bytes], bytes] | None = None  # context, body: by somebody who may sign
    likely: dict[str, list[Any]] = field(default_factory=dict)  # by a field's name, what would be right there


WORDS = [
    "text", "reply", "edit", "delete", "reaction", "file", "invitation", "system", "unreadable", "deleted", "typing",
    "own", "recovery", "admin", "sole", "delivered", "read", "authority", "group", "peer", "backup", "not_member",
    "replaced", "internal", "super admin", "👍", "message",
]  # fmt: skip


@st.composite
def value(draw: st.DrawFn, kind: inspect.Type, pool: Pool) -> Any:
    """One value of this type, as MessagePack has it: structs are lists."""
    match kind:
        case inspect.NoneType():
            return None
        case inspect.BoolType():
            return draw(st.booleans())
        case inspect.IntType(ge=low, le=high):
            low, high = low or 0, 2**63 - 1 if high is None else high
            fitting = {low, low + 1, high - 1, high, *NUMBERS, *pool.numbers}
            return draw(st.sampled_from(sorted(one for one in fitting if low <= one <= high)))
        case inspect.StrType(min_length=shortest, max_length=longest):
            return draw(text(shortest or 0, longest, pool))
        case inspect.BytesType(min_length=shortest, max_length=longest):
            return draw(blob(shortest or 0, longest, pool))
        case inspect.LiteralType(values=values):
            return draw(st.sampled_from(values))
        case inspect.EnumType(cls=cls):
            return draw(st.sampled_from([one.value for one in cls]))
        case inspect.UnionType(types=types):
            return draw(value(draw(st.sampled_from(types)), pool))
        case inspect.TupleType(item_types=types):
            return [draw(value(one, pool)) for one in types]
        case inspect.ListType(item_type=item, min_length=fewest, max_length=most):
            return draw(several(item, fewest or 0, most, pool))
        case inspect.DictType(key_type=key, value_type=inner):
            return {draw(value(key, pool)): draw(value(inner, pool)) for _ in range(draw(st.integers(0, 3)))}
        case inspect.StructType(cls=cls):
            return draw(fields(cls, pool))
    raise TypeError(kind)  # a type that this knows nothing of yet


@st.composite
def text(draw: st.DrawFn, shortest: int, longest: int | None, pool: Pool) -> str:
    how = draw(st.integers(0, 9))
    if how < 5:
        found: str = draw(st.sampled_from(TEXTS))
    elif how < 8:
        found = draw(st.sampled_from([*WORDS, *pool.words]))
    else:
        found = draw(st.sampled_from(LONG)) * (longest or draw(st.sampled_from([500, 65_535, SMALL])))
    return found[:longest] if len(found) >= shortest else found + "x" * (shortest - len(found))


@st.composite
def blob(draw: st.DrawFn, shortest: int, longest: int | None, pool: Pool) -> bytes:
    if shortest == longest:
        known = {16: pool.ids, 32: pool.hashes}.get(shortest, [bytes(shortest)])
        return draw(st.sampled_from([*known, draw(st.binary(min_size=1, max_size=1)) * shortest]))
    how = draw(st.integers(0, 6))
    if how == 6 and pool.nested:
        found: bytes = msgspec.msgpack.encode(draw(fields(draw(st.sampled_from(pool.nested)), pool)))
    elif how < 3 and pool.blobs:
        found = draw(st.sampled_from(pool.blobs))
    elif how < 5:
        found = draw(st.sampled_from([b"", b"\0", b"\xc1", b"\x90", b"\xff\xfe", *map(str.encode, TEXTS)]))
    else:
        found = b"\x91" * min(longest or SMALL, SMALL)
    return found[:longest].ljust(shortest, b"\0")


@st.composite
def several(draw: st.DrawFn, item: inspect.Type, fewest: int, most: int | None, pool: Pool) -> list[Any]:
    """A few different ones, or as many as there may be of one."""
    counts = {fewest, fewest + 1, 2, 3}
    if most is not None and most <= 2000:
        counts |= {most} if draw(st.integers(0, 3)) == 0 else set()
    count = draw(st.sampled_from(sorted(one for one in counts if one >= fewest and (most is None or one <= most))))
    if count > 3:
        return [draw(value(item, pool))] * count
    return [draw(value(item, pool)) for _ in range(count)]


@st.composite
def fields(draw: st.DrawFn, cls: type[msgspec.Struct], pool: Pool) -> list[Any]:
    """A struct's fields in their order, with its tag if it has one. Of what is signed, a signed thing that is there."""
    kind = inspect.type_info(cls)
    assert isinstance(kind, inspect.StructType)
    if cls is Signed:
        return draw(signed("", pool))
    found = [] if kind.tag is None else [kind.tag]
    for one in kind.fields:
        if one.name in PINNED:
            found.append(PINNED[one.name])
        elif one.name in pool.likely and draw(st.integers(0, 3)):
            found.append(draw(st.sampled_from(pool.likely[one.name])))
        elif isinstance(one.type, inspect.StructType) and one.type.cls is Signed:
            found.append(draw(signed(cls.__name__ if one.name in ("signed", "entry") else one.name, pool)))
        else:
            found.append(draw(value(one.type, pool)))
    return found


@st.composite
def signed(draw: st.DrawFn, where: str, pool: Pool) -> list[bytes]:
    """Something that is signed, mostly of the kind that belongs there: the one that has most of its letters."""
    if pool.sign is None or not draw(st.integers(0, 3)):
        found: list[bytes] = list(draw(st.sampled_from(pool.signed)))
        return found
    meant = [one for one in pool.statements if where and _alike(where, one.__name__)]
    said = draw(st.sampled_from(meant if meant and draw(st.integers(0, 7)) else list(pool.statements)))
    body = msgspec.msgpack.encode(draw(fields(said, pool)))
    return [body, pool.sign(said.CONTEXT, body)]


def _alike(where: str, statement: str) -> bool:
    """Whether a field, or the struct that it is in, is called after a statement: `prekey`, `JoinEntry`, `acks`."""
    one, other = (word.lower().removesuffix("entry").removesuffix("s") for word in (where, statement))
    return one in other or other in one or one.removeprefix("change") in other


@st.composite
def strange(draw: st.DrawFn, cls: type[msgspec.Struct], pool: Pool) -> list[Any]:
    """The same with one thing wrong, or nearly: a field beyond its bound or of another type, one too many, too few."""
    found = draw(fields(cls, pool))
    kind = inspect.type_info(cls)
    assert isinstance(kind, inspect.StructType)
    first = len(found) - len(kind.fields)
    how = draw(st.integers(0, 7))
    if how == 0:
        return [*found, draw(st.sampled_from(FOREIGN))]
    if how == 1:
        return found[:-1]
    if not kind.fields:
        return found
    at = draw(st.integers(0, len(kind.fields) - 1))
    other = beyond(kind.fields[at].type, found[first + at]) if how < 5 else FOREIGN
    found[first + at] = draw(st.sampled_from(other))
    return found


def beyond(kind: inspect.Type, one: Any) -> Sequence[Any]:
    """What is just not of this type; `one` is of it."""
    match kind:
        case inspect.IntType(ge=low, le=high):
            return [(low or 0) - 1, (2**63 if high is None else high + 1), *BEYOND, True]
        case inspect.StrType(min_length=shortest, max_length=longest):
            found: list[Any] = ["😀" * (longest + 1), "x" * (longest + 1)] if longest is not None else []
            return [*found, *([""] if shortest else []), b"x", None]
        case inspect.BytesType(min_length=shortest, max_length=longest):
            found = [bytes(longest + 1)] if longest is not None else []
            return [*found, *([bytes(shortest - 1)] if shortest else []), "x" * (longest or 1), None]
        case inspect.LiteralType():
            return ["", "of tomorrow", None, 0]
        case inspect.EnumType():
            return ["", "of tomorrow", "Admin", None, 0]
        case inspect.ListType(min_length=fewest, max_length=most) if one:
            found = [one[:1] * (most + 1)] if most is not None and most <= 2000 else []
            return [*found, *([[]] if fewest else []), [*one, None], {}, None]
        case inspect.StructType() if one:
            return [one[:-1], [*one, None], [None] * len(one), {"body": one}, None]
        case inspect.UnionType(types=types):
            return [other for inner in types for other in beyond(inner, one if isinstance(one, list) else [])]
    return FOREIGN


def simplest(kind: inspect.Type) -> Any:
    """A value of this type that is as small as may be."""
    return edges(kind)[0]


def edges(kind: inspect.Type) -> list[Any]:
    """The least and the most of this type, always the same ones; of what has no bound, the least."""
    match kind:
        case inspect.NoneType():
            return [None]
        case inspect.BoolType():
            return [False, True]
        case inspect.IntType(ge=low, le=high):
            return [low or 0, 2**63 - 1 if high is None else high]
        case inspect.StrType(min_length=shortest, max_length=longest):
            most = [] if longest is None else ["x" * longest, "😀" * longest, "\u0301" * longest]
            return ["x" * (shortest or 0), *most, *(one for one in TEXTS if one and len(one) <= (longest or SMALL))]
        case inspect.BytesType(min_length=shortest, max_length=longest):
            return [bytes(shortest or 0), *([] if longest is None else [b"\xff" * longest])]
        case inspect.LiteralType(values=values):
            return list(values)
        case inspect.EnumType(cls=cls):
            return [one.value for one in cls]
        case inspect.UnionType(types=types):
            return [one for inner in types for one in edges(inner)]
        case inspect.TupleType(item_types=types):
            return [[simplest(one) for one in types]]
        case inspect.ListType(item_type=item, min_length=fewest, max_length=most):
            return [[simplest(item)] * count for count in (fewest or 0, most) if count is not None and count <= 2000]
        case inspect.DictType():
            return [{}, {"": ""}, {"x": 2**64 - 1}]
        case inspect.StructType(cls=cls, tag=tag, fields=inner):
            start = [] if tag is None else [tag]
            return [start + [PINNED.get(one.name, simplest(one.type)) for one in inner]]
    raise TypeError(kind)


def around(cls: type[msgspec.Struct]) -> Iterator[list[Any]]:
    """The simplest of a struct, and each of its fields at every bound and one beyond it."""
    kind = inspect.type_info(cls)
    assert isinstance(kind, inspect.StructType)
    base = simplest(kind)
    yield base
    first = len(base) - len(kind.fields)
    for at, one in enumerate(kind.fields, first):
        for other in [*edges(one.type), *beyond(one.type, simplest(one.type)), *FOREIGN]:
            yield [*base[:at], other, *base[at + 1 :]]
