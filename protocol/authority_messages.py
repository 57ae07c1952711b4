"""What agents and the authority say to each other on its main port (section 5)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from protocol.links import MOST_HOSTS
from protocol.statements import U32, U64, Bytes16, Bytes32, Device, Host, Name, OnDevice, Signature, Signed
from protocol.wire import ONCE, Answer, Message, Request, require_once

MAIL_TOGETHER = 200  # items in one answer, and forgotten with one request
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
    generation: Signed
    head: Signed | None
    shown: bool  # others are told that this agent is here (section 8.12)


class ChangeRecovery(Request, frozen=True):
    """Another recovery key of the account's: by its owner, or by the admin who signs beside them."""

    entry: Signed
    recovery_key: Bytes32 | None
    second_sig: Signature | None


class Recover(Request, frozen=True):
    """A new key by the recovery key, of whom no key lets in any more."""

    entry: Signed
    recovery_key: Bytes32
    new_sig: Signature
    prekey: Signed


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

    uids: Annotated[list[Bytes32], Meta(max_length=1000), ONCE]

    def __post_init__(self) -> None:
        require_once("uids", self.uids)


class ShowPresence(Request, frozen=True):
    """From now on others are told that the caller is here, or not; who isn't shown doesn't see either."""

    shown: bool


class ChangeRole(Request, frozen=True):
    entry: Signed


class ChangeKey(Request, frozen=True):
    """A new key of one's own, with its last-resort prekey; or, by an admin, the end of somebody's account."""

    entry: Signed
    new_sig: Signature | None
    prekey: Signed | None


class LogOut(Request, frozen=True):
    pass


class MailItem(OnDevice, array_like=True, forbid_unknown_fields=True, frozen=True):
    """What waits for somebody: sealed to their last-resort prekey, so the authority can't open it."""

    peer: Bytes32  # to whom, on the way in; from whom, on the way out
    device: Device  # of the recipient
    id: Bytes16  # made by the sender: the same one again is the same item
    kind: Literal["message", "receipts"]
    prekey_id: Bytes16
    sealed: Annotated[bytes, Meta(max_length=256 * 1024)]


class Deposit(Request, frozen=True):
    """Leave something in somebody's mailbox; answered once it is on disk."""

    item: MailItem


class FetchMail(Request, frozen=True):
    """What waits for the caller, oldest first, as much as fits an answer."""


class DropMail(Request, frozen=True):
    """These have been stored by the caller, or can't be opened: forget them."""

    items: Annotated[list[tuple[Bytes32, Bytes16]], Meta(max_length=MAIL_TOGETHER), ONCE]  # (from whom, id)

    def __post_init__(self) -> None:
        require_once("items", self.items)


# --- from the authority ---


class Welcomed(Message, frozen=True):
    welcome: Signed


class SignUpChecked(Answer, frozen=True):
    name_key: str
    first: bool


class SignedUp(Answer, frozen=True):
    head: Signed


class LoggedIn(Answer, frozen=True):
    """`era` is another one since something that the authority had acknowledged may be lost (section 6.5)."""

    head: Signed
    era: Bytes16
    newer: Signed | None  # what another copy of this vault has said meanwhile (section 7.3)


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


class Mail(Answer, frozen=True):
    """`more` is true if further items wait."""

    items: Annotated[list[MailItem], Meta(max_length=MAIL_TOGETHER), ONCE]
    more: bool

    def __post_init__(self) -> None:
        require_once("items", [(item.peer, item.id) for item in self.items])


class NewMail(Message, frozen=True):
    """Something has come into the mailbox."""


class NewHead(Message, frozen=True):
    head: Signed


class Present(Message, frozen=True):
    uid: Bytes32
    online: bool


class HostsAre(Message, frozen=True):
    """Where the nodes of this authority are that run now, all at the port of its link (section 3.4)."""

    hosts: Annotated[list[Host], Meta(min_length=1, max_length=MOST_HOSTS)]
