"""The kinds of messages and the form of their bodies (sections 8.3 and 9.2), in private and in groups alike. Pure.

What a body says of a message elsewhere is only read here; whether it has an effect is decided where both are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from protocol import lifetimes
from protocol.envelope import TEXT, TEXT_LIMIT
from protocol.errors import Forged
from protocol.files import (
    FILE,
    VOICE,
    FileBody,
    VoiceBody,
    decode_announced,
    decode_file,
    decode_voice,
    encode_file,
)
from protocol.statements import U32, Bytes16, Bytes32, decode_strict

REPLY, EDIT, DELETE, REACTION, PIN = "reply", "edit", "delete", "reaction", "pin"
ASK: Final = "ask"
TIMER: Final = "timer"
PINS_TAKEN: Final = 16  # marks that one takes back
EMOJI_LIMIT: Final = 48  # bytes: the longest that keyboards offer, a kiss of two skin tones, has 35

Emoji = Annotated[str, Meta(max_length=EMOJI_LIMIT)]


class Body(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The base of all bodies that are structures; a subclass names its kind."""

    KIND: ClassVar[str]


class Reply(Body, frozen=True):
    """Words that answer the message `to` of `author`; the quote is looked up, never copied."""

    KIND = REPLY
    to: Bytes16
    author: Bytes32
    text: str


class Edit(Body, frozen=True):
    """Other words for the sender's own message `to`."""

    KIND = EDIT
    to: Bytes16
    text: str


class Delete(Body, frozen=True):
    """The sender's own message `to` is taken back, for everybody."""

    KIND = DELETE
    to: Bytes16


class Reaction(Body, frozen=True):
    """What the sender says with one emoji to the message `to` of `author`; an empty one takes it back."""

    KIND = REACTION
    to: Bytes16
    author: Bytes32
    emoji: Emoji


class Pin(Body, frozen=True):
    """The message `to` of `author` stands over the conversation; or not by the marks `off` any more: (sender, id)."""

    KIND = PIN
    to: Bytes16
    author: Bytes32
    off: Annotated[list[tuple[Bytes32, Bytes16]], Meta(max_length=PINS_TAKEN)]


class Ask(Body, frozen=True):
    """The sender wants to be let into the group `gid`, by a link of the recipient's with this secret (section 9.12)."""

    KIND = ASK
    gid: Bytes16
    secret: Bytes16


class Timer(Body, frozen=True):
    """What both write from now on in a private conversation stays so long; 0: for good. `after` is the other's last
    `timer` that its sender had.
    """

    KIND = TIMER
    seconds: U32
    after: Bytes16 | None


BODIES: dict[str, type[Body]] = {kind.KIND: kind for kind in (Reply, Edit, Delete, Reaction, Pin, Ask, Timer)}
MARKS: Final = frozenset({EDIT, DELETE, REACTION, PIN})  # they change a message, and are no lines of the conversation
WRITTEN: Final = frozenset({TEXT, REPLY, FILE, VOICE})  # what a person says: can be edited, deleted, reacted to

encode_body = msgspec.msgpack.Encoder().encode
_LASTS: Final = "\U000e007f".encode()  # with which a text or an answer ends that says how long it stays


def decode_body(kind: str, body: bytes) -> Body | FileBody | VoiceBody | None:
    """The body of a kind that has a structure; None for every other kind, a text's form being checked all the same.

    Raises `bad_statement`.
    """
    if kind == TEXT:
        _check_words(_text(body))
        return None
    if kind == FILE:
        return decode_file(body)
    if kind == VOICE:
        return decode_voice(body)
    form = BODIES.get(kind)
    if form is None:
        return None
    decoded = decode_strict(body, form)
    if isinstance(decoded, Reaction) and len(decoded.emoji.encode()) > EMOJI_LIMIT:
        raise Forged("bad_statement")
    if isinstance(decoded, Reply | Edit):
        _check_words(decoded.text)
    return decoded


def words(kind: str, body: bytes) -> str | None:
    """The words that a message shows; None for a kind that has none. Raises `bad_statement`."""
    decoded = decode_body(kind, body)
    if kind == TEXT:
        return _lasting(_text(body))[0]
    if isinstance(decoded, FileBody):
        return decoded.caption
    if isinstance(decoded, VoiceBody):
        return ""
    if isinstance(decoded, Reply):
        return _lasting(decoded.text)[0]
    return decoded.text if isinstance(decoded, Edit) else None


def _lasting(text: str) -> tuple[str, int | None]:
    """As `lifetimes.split`; what would leave no words says nothing of how long they stay."""
    words, seconds = lifetimes.split(text)
    return (words, seconds) if words.strip() else (text, None)


def lifetime(kind: str, body: bytes) -> int | None:
    """How many seconds a message stays, as its writer says; None if it says nothing of that, or says it in no form."""
    try:
        if kind in (FILE, VOICE):
            return lifetimes.of_type(decode_announced(kind, body).media_type)
        if not body.endswith(_LASTS):
            return None
        if kind == TEXT:
            return _lasting(_text(body))[1]
        return _lasting(decode_strict(body, Reply).text)[1] if kind == REPLY else None
    except Forged:
        return None


def lasting(kind: str, body: bytes, seconds: int) -> bytes:
    """The same body, which says that it stays so long. Of a kind that says nothing of that, the body."""
    return _saying(
        kind, body, lambda words: lifetimes.join(words, seconds), lambda media: lifetimes.in_type(media, seconds)
    )


def staying(kind: str, body: bytes) -> bytes:
    """The same body, which says nothing of how long it stays."""
    return body if lifetime(kind, body) is None else _saying(kind, body, lifetimes.without, lifetimes.type_without)


def _saying(kind: str, body: bytes, words: Callable[[str], str], media_type: Callable[[str], str]) -> bytes:
    if kind == TEXT:
        return words(_text(body)).encode()
    decoded = decode_body(kind, body)
    if isinstance(decoded, Reply):
        return encode_body(msgspec.structs.replace(decoded, text=words(decoded.text)))
    if isinstance(decoded, FileBody | VoiceBody):
        return encode_file(msgspec.structs.replace(decoded, media_type=media_type(decoded.media_type)))
    return body


def shown_words(kind: str, body: bytes) -> str | None:
    """The same, and None for what isn't of its kind's form."""
    try:
        return words(kind, body)
    except Forged:
        return None


def asked(kind: str, body: bytes) -> Ask | None:
    """What a private message asks for; None if it isn't of that kind, or not of its form."""
    try:
        found = decode_body(kind, body) if kind == ASK else None
    except Forged:
        return None
    return found if isinstance(found, Ask) else None


def text_size(kind: str, body: bytes) -> int:
    """Bytes of UTF-8 in what a person wrote; 0 for a kind without words, and for what isn't of its kind's form."""
    if kind == TEXT:
        return len(body)
    try:
        decoded = decode_strict(body, BODIES[kind]) if kind in (REPLY, EDIT) else None
    except Forged:
        return 0
    return len(decoded.text.encode()) if isinstance(decoded, Reply | Edit) else 0


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Forged("bad_statement") from None


def _check_words(text: str) -> None:
    """What a person says is not blank, and no longer than it may be."""
    if not text.strip() or len(text.encode()) > TEXT_LIMIT:
        raise Forged("bad_statement")


@dataclass(frozen=True, slots=True)
class Reference:
    """The message that another one is about: its id, and who has written it."""

    id: bytes
    author: bytes


def reference(kind: str, body: bytes, sender: bytes) -> Reference | None:
    """What a sender's message is about; None if it is about no other. Raises `bad_statement`."""
    match decode_body(kind, body):
        case Reply(to, author) | Reaction(to, author) | Pin(to, author):
            return Reference(to, author)
        case Edit(to) | Delete(to):
            return Reference(to, sender)  # whoever changes another's words changes nothing: there is no such message
    return None


# Fixed ranges, so that every agent decides the same whatever version of Unicode it knows.
_BASE = "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_ONE = _BASE + "[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"
_EMOJI = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*")


def is_emoji(text: str) -> bool:
    """Whether this is one emoji, as far as ranges of code points tell."""
    return len(text.encode()) <= EMOJI_LIMIT and _EMOJI.fullmatch(text) is not None
