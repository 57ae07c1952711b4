"""What agents and the authority say to each other on its main port (section 5)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from protocol.statements import U32, U64, Bytes32, Name, Signed
from protocol.wire import Answer, Message, Request

Email = Annotated[str, Meta(min_length=1, max_length=254)]


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
