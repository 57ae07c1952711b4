"""The base of all messages that cross a socket: tagged MessagePack arrays, `[tag, field, …]`, and their codec."""

from __future__ import annotations

import functools
from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta

from protocol.errors import HamrazError, WireError, from_wire
from protocol.statements import U32

VERSION = 2
HELLOS = ("hello", "peer_hello")

Code = Annotated[str, Meta(min_length=1, max_length=64)]


def _tag(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


class Message(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True, tag=_tag):
    """The base of all messages; the tag is the class's name in snake_case."""


class Request(Message, frozen=True):
    """Asks for exactly one answer, which carries the same number."""

    rid: U32


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


def decode(body: bytes, kinds: Any) -> Any:
    """One message of `kinds` (a union above). `unexpected_message` for a known tag out of place, `wrong_version` for a
    hello of another version, whatever form that has there, else `bad_message`.
    """
    decoder = _decoders.get(kinds)
    if decoder is None:
        decoder = _decoders[kinds] = msgspec.msgpack.Decoder(kinds)
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        kind = by_tag().get(_tag_of(body) or "")
        here = get_args(kinds) or (kinds,)
        if kind in here and _other_version(body):
            raise WireError("wrong_version") from None
        raise WireError("bad_message" if kind is None or kind in here else "unexpected_message") from None


def _tag_of(body: bytes) -> str | None:
    try:
        fields = msgspec.msgpack.decode(body, type=list[msgspec.Raw])
        return msgspec.msgpack.decode(fields[0], type=str) if fields else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _other_version(body: bytes) -> bool:
    """Whether this is a hello whose first field is another version's number: what follows it is that version's."""
    try:
        tag, version, *_ = msgspec.msgpack.decode(body, type=list[Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return False
    return tag in HELLOS and type(version) is int and version != VERSION


def failure(re: int, reason: HamrazError) -> Failed:
    """The answer that carries a named error."""
    return Failed(re, reason.code, reason.field, dict(reason.values))


def raise_failure(answer: Failed) -> None:
    """Raise the error that the other side named."""
    raise from_wire(answer.code, answer.field, answer.values)


@functools.cache
def by_tag() -> dict[str, type[Message]]:
    """Every message by its tag; to be asked once all of them are imported."""
    return {_tag(kind.__name__): kind for kind in _leaves(Message)}


def _leaves(base: type[Message]) -> list[type[Message]]:
    return [leaf for kind in base.__subclasses__() for leaf in (_leaves(kind) or [kind])]
