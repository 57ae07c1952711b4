"""Every message that crosses a socket: tagged MessagePack arrays, `[tag, field, …]` (section 5 of docs/protocol.md).

Nothing here is trusted.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta

from protocol.errors import HamrazError, WireError, from_wire
from protocol.statements import U32, U64, Bytes16, Bytes32, Name, Signed

VERSION = 1

Email = Annotated[str, Meta(min_length=1, max_length=254)]
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


# --- to the authority, before log-in ---


class Hello(Message, frozen=True):
    version: U32
    nonce: Bytes32


class CheckSignUp(Request, frozen=True):
    """May an account be made with these? Answered with the name's comparison key, which REGISTER then carries."""

    name: Name
    email: Email
    invitation: str
    owner_code: str | None


class SignUp(Request, frozen=True):
    register: Signed
    email: Email
    invitation: str
    owner_code: str | None


class LogIn(Request, frozen=True):
    uid: Bytes32
    proof: Signed
    presence: Signed
    generation: U64
    head: Signed | None


# --- to the authority, after log-in ---


class FetchLog(Request, frozen=True):
    """Entries from index `start` on."""

    start: U64


class Find(Request, frozen=True):
    name: Name
    nonce: Bytes32


class ChangePresence(Request, frozen=True):
    presence: Signed


class Watch(Request, frozen=True):
    """Be told when these people come and go; replaces the list given before."""

    uids: Annotated[list[Bytes32], Meta(max_length=1000)]


class ChangeRole(Request, frozen=True):
    entry: Signed


class LogOut(Request, frozen=True):
    pass


# --- from the authority ---


class Welcomed(Message, frozen=True):
    welcome: Signed


class SignUpChecked(Answer, frozen=True):
    name_key: str
    first: bool


class SignedUp(Answer, frozen=True):
    head: Signed


class LoggedIn(Answer, frozen=True):
    head: Signed


class LogPart(Answer, frozen=True):
    entries: list[bytes]
    head: Signed


class Found(Answer, frozen=True):
    found: Signed


class Watching(Answer, frozen=True):
    online: list[Bytes32]


class Appended(Answer, frozen=True):
    index: U64
    head: Signed


class NewHead(Message, frozen=True):
    head: Signed


class Present(Message, frozen=True):
    uid: Bytes32
    online: bool


# --- from agent to agent ---


class PeerHello(Message, frozen=True):
    version: U32
    nonce: Bytes32


class PeerWelcome(Message, frozen=True):
    """The listener's nonce and the newest head that it knows, so that both compare before anything else is said."""

    nonce: Bytes32
    head: Signed


class Knock(Request, frozen=True):
    """Who is calling, with the newest head that the caller knows; answered with prekeys."""

    uid: Bytes32
    proof: Signed
    head: Signed


class MorePrekeys(Request, frozen=True):
    pass


class Prekeys(Answer, frozen=True):
    prekeys: Annotated[list[Signed], Meta(max_length=16)]


class Deliver(Request, frozen=True):
    prekey_id: Bytes16
    sealed: bytes


class Delivered(Answer, frozen=True):
    receipt: Signed


class Receipts(Request, frozen=True):
    receipts: Annotated[list[Signed], Meta(max_length=200)]


Common = Ping | Pong
ToAuthorityFirst = Hello
ToAuthorityBefore = CheckSignUp | SignUp | LogIn | Common
ToAuthority = FetchLog | Find | ChangePresence | Watch | ChangeRole | LogOut | Common
FromAuthorityFirst = Welcomed | Failed
FromAuthority = (
    SignUpChecked
    | SignedUp
    | LoggedIn
    | LogPart
    | Found
    | Watching
    | Appended
    | NewHead
    | Present
    | Done
    | Failed
    | Common
)
ToPeerFirst = PeerHello
FromPeerFirst = PeerWelcome | Failed
ToPeerBefore = Knock | Common
ToPeer = MorePrekeys | Deliver | Receipts | Common
FromPeer = Prekeys | Delivered | Done | Failed | Common

encode = msgspec.msgpack.Encoder().encode

_decoders: dict[Any, msgspec.msgpack.Decoder[Any]] = {}
M = TypeVar("M")


def decode(body: bytes, kinds: Any) -> Any:
    """One message of `kinds` (a union above); `unexpected_message` for a known tag out of place, else `bad_message`."""
    decoder = _decoders.get(kinds)
    if decoder is None:
        decoder = _decoders[kinds] = msgspec.msgpack.Decoder(kinds)
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        kind = TAGS.get(_tag_of(body) or "")
        here = get_args(kinds) or (kinds,)
        raise WireError("bad_message" if kind is None or kind in here else "unexpected_message") from None


def _tag_of(body: bytes) -> str | None:
    try:
        fields = msgspec.msgpack.decode(body, type=list[msgspec.Raw])
        return msgspec.msgpack.decode(fields[0], type=str) if fields else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def failure(re: int, reason: HamrazError) -> Failed:
    """The answer that carries a named error."""
    return Failed(re, reason.code, reason.field, dict(reason.values))


def raise_failure(answer: Failed) -> None:
    """Raise the error that the other side named."""
    raise from_wire(answer.code, answer.field, answer.values)


def _leaves(base: type[Message]) -> list[type[Message]]:
    return [leaf for kind in base.__subclasses__() for leaf in (_leaves(kind) or [kind])]


# every message by its tag: docs/protocol.md section 5 lists the same; a test compares them
TAGS: dict[str, type[Message]] = {_tag(kind.__name__): kind for kind in _leaves(Message)}
