"""The base of all messages that cross a socket: tagged MessagePack arrays, `[tag, field, …]`, and their codec."""

from __future__ import annotations

import functools
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta

from protocol.at_fault import field_at_fault
from protocol.errors import HamrazError, WireError, from_wire
from protocol.statements import U32

VERSION = 2
HELLOS = ("hello", "peer_hello", "move_hello")

Rid = Annotated[int, Meta(ge=1, le=2**32 - 1)]  # 0 is nobody's: what ends a connection answers it
ONCE = "once"  # beside a list's type: none of its items comes twice (section 2.2)
Code = Annotated[str, Meta(min_length=1, max_length=64)]


def snake_case(name: str) -> str:
    """The tag of a class of this name."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


class Message(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True, tag=snake_case):
    """The base of all messages; the tag is the class's name in snake_case."""


class Request(Message, frozen=True):
    """Asks for exactly one answer, which carries the same number."""

    rid: Rid


class Answer(Message, frozen=True):
    """Answers the request of this number."""

    re: U32


# --- both ways, any connection ---


class Ping(Message, frozen=True):
    n: U32


class Pong(Message, frozen=True):
    n: U32


class Failed(Answer, frozen=True):
    """A request's named error; `re` 0 when it answers no request, after which the connection is closed."""

    code: Code
    field: str | None
    values: dict[str, str | int]


class Done(Answer, frozen=True):
    pass


encode = msgspec.msgpack.Encoder().encode

_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Unknown:
    """What a later version says and this one doesn't know; with its number if it is a request (section 5.4)."""

    rid: int | None


def decode(body: bytes, kinds: Any, later: bool = False) -> Any:
    """One message of `kinds` (a union above). `unexpected_message` for a known tag out of place, `wrong_version` for a
    hello of another version, whatever form that has there, else `bad_message` with the field at fault. With `later` a
    message whose tag isn't known is `Unknown`.
    """
    decoder = _decoders.get(kinds)
    if decoder is None:
        decoder = _decoders[kinds] = msgspec.msgpack.Decoder(kinds)
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as reason:
        tag, unknown = _begin(body)
        kind = by_tag().get(tag or "")
        here = get_args(kinds) or (kinds,)
        if kind in here and _other_version(body):
            raise WireError("wrong_version") from None
        if kind is None and tag is not None and later:
            return unknown
        if kind is not None and kind not in here:
            raise WireError("unexpected_message") from None
        raise WireError("bad_message", field=field_at_fault(reason, kind, tagged=True)) from None


def _begin(body: bytes) -> tuple[str | None, Unknown]:
    """The tag of what is a message by its form alone, and what it is if that tag isn't known."""
    try:
        fields = msgspec.msgpack.decode(body, type=list[msgspec.Raw])
        tag = msgspec.msgpack.decode(fields[0], type=str) if fields else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, Unknown(None)
    try:
        return tag, Unknown(msgspec.msgpack.decode(fields[1], type=Rid) if len(fields) > 1 else None)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return tag, Unknown(None)


def _other_version(body: bytes) -> bool:
    """Whether this is a hello whose first field is another version's number: what follows it is that version's, and
    isn't looked at.
    """
    try:
        tag, version, *_ = msgspec.msgpack.decode(body, type=list[msgspec.Raw])
        return msgspec.msgpack.decode(tag, type=str) in HELLOS and msgspec.msgpack.decode(version, type=int) != VERSION
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return False


def require_once(field: str, items: Iterable[Hashable]) -> None:
    """For a struct's `__post_init__`: none of these twice, or this field is at fault."""
    found = list(items)
    if len(set(found)) < len(found):
        raise ValueError(field)


def failure(re: int, reason: HamrazError) -> Failed:
    """The answer that carries a named error."""
    return Failed(re, reason.code, reason.field, dict(reason.values))


def raise_failure(answer: Failed) -> None:
    """Raise the error that the other side named."""
    raise from_wire(answer.code, answer.field, answer.values)


@functools.cache
def by_tag() -> dict[str, type[Message]]:
    """Every message by its tag; to be asked once all of them are imported."""
    return {snake_case(kind.__name__): kind for kind in _leaves(Message)}


def _leaves(base: type[Message]) -> list[type[Message]]:
    return [leaf for kind in base.__subclasses__() for leaf in (_leaves(kind) or [kind])]
