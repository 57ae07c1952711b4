"""The arguments of the page's calls (docs/agent-api.md): their form, not their meaning."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

# Numbers beyond 2**53 are not exact in a page; below it they also fit the vault's columns.
Order = Annotated[int, Meta(ge=0, lt=1 << 53)]
Pixels = Annotated[int, Meta(ge=0, lt=1 << 32)]
Uid = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
MessageId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Nothing(Struct):
    pass


class Evidence(Struct):
    state: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")] | None = None
    about: Annotated[str, Meta(pattern=r"^([0-9a-f]{2}){0,32}\Z")] | None = None


class Join(Struct):
    link: str


class JoinFound(Struct):
    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    invitation: str | None = None


class CreateSuperAdmin(Struct):
    email: str
    username: str
    password: str
    password_confirm: str


class SignUp(Struct):
    email: str
    username: str
    password: str
    password_confirm: str
    invitation: str | None = None


class Login(Struct):
    username: str
    password: str


class Launch(Struct):
    token: str


class People(Struct):
    query: Annotated[str, Meta(max_length=64)] = ""
    after: Uid | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PrivateChat(Struct):
    username: str
    client_b_username: str
    message: str
    is_cert: bool = False
    id: MessageId | None = None


class SendMessage(Struct):
    chat: str
    text: str
    reply_to: Order | None = None
    id: MessageId | None = None


class EditMessage(Struct):
    chat: str
    order: Order
    text: str
    id: MessageId | None = None


class DeleteMessage(Struct):
    chat: str
    order: Order
    id: MessageId | None = None


class RetractMessage(Struct):
    chat: str
    order: Order
    reason: str = ""


class React(Struct):
    chat: str
    order: Order
    emoji: str
    id: MessageId | None = None


class History(Struct):
    chat: str
    before: Order | None = None
    after: Order | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    around: Order | None = None
    at: Order | None = None


class Search(Struct):
    text: Annotated[str, Meta(max_length=1000)]
    chat: str | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 30
    before: Order | None = None


class MessageDetails(Struct):
    chat: str
    order: Order


class ChangePassword(Struct):
    password: str
    new_password: str
    new_password_confirm: str


class SetChat(Struct):
    chat: str
    pinned: bool | None = None
    muted: bool | None = None
    draft: str | None = None


class LeaveAgain(Struct):
    chat: str


class MarkRead(Struct):
    chat: str
    order: Order


class FileBegin(Struct):
    chat: str
    id: MessageId
    name: Annotated[str, Meta(min_length=1, max_length=1000)]  # cleaned and shortened by the agent
    size: Order
    media_type: Annotated[str, Meta(max_length=1000)] = ""
    modified: Order = 0


class SendFile(Struct):
    id: MessageId
    caption: str = ""
    preview: Annotated[str, Meta(max_length=33_000)] | None = None  # base64
    width: Pixels = 0
    height: Pixels = 0


class FileDrop(Struct):
    id: MessageId


class FilePlace(Struct):
    chat: str
    order: Order


class Typing(Struct):
    chat: str
    on: bool


class SetSetting(Struct):
    name: Literal["read_receipts", "typing", "presence", "notifications"]
    value: bool | str


class SafetyNumber(Struct):
    username: str


class CompareSafety(Struct):
    username: str
    code: str


class Qr(Struct):
    what: Literal["join", "safety"]
    username: str | None = None


class SetVerified(Struct):
    username: str
    verified: bool


class Block(Struct):
    uid: Uid


class Blocked(Struct):
    after: Uid | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class Log(Struct):
    before: Order | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    filter: Literal["keys", "roles", "groups", "new"] | None = None


class PublicChatMethod(Struct):
    user_to_add: list[str]
    name: str
    history: Literal["all", "joining"] = "all"


class SendPublicMessage(Struct):
    message: str
    group_id: str
    is_command: bool = False
    is_add: bool | None = None
    reason: str = ""
    id: MessageId | None = None


class ReloadOneChat(Struct):
    group_id: str


class AddPermissions(Struct):
    username: str
    role_value: str


class RevokePerson(Struct):
    username: str


class BeginAnew(Struct):
    password: str


class AnswerInvitation(Struct):
    group_id: str
    join: bool


class LeaveGroup(Struct):
    group_id: str
