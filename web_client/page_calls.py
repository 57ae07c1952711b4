"""The calls of docs/agent-api.md as a table: each call's arguments, and whether it may come before log-in.

Only the form of the arguments is decided here; what they mean is the agent's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from protocol.errors import error

# Numbers beyond 2**53 are not exact in a page; below it they also fit the vault's columns.
Order = Annotated[int, Meta(ge=0, lt=1 << 53)]
MessageId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Nothing(Struct):
    pass


class Join(Struct):
    link: str


class SignUp(Struct):
    email: str
    username: str
    password: str
    password_confirm: str


class Login(Struct):
    username: str
    password: str


class Launch(Struct):
    token: str


class PrivateChat(Struct):
    username: str
    client_b_username: str
    message: str
    is_cert: bool = False
    id: MessageId | None = None


class History(Struct):
    chat: str
    before: Order | None = None
    after: Order | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class MarkRead(Struct):
    chat: str
    order: Order


class SafetyNumber(Struct):
    username: str


class SetVerified(Struct):
    username: str
    verified: bool


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


class AnswerInvitation(Struct):
    group_id: str
    join: bool


class LeaveGroup(Struct):
    group_id: str


@dataclass(frozen=True, slots=True)
class Call:
    """`before`: it may come before log-in."""

    arguments: type[Struct]
    before: bool = False


CALLS: dict[str, Call] = {
    "status": Call(Nothing, before=True),
    "join": Call(Join, before=True),
    "create_super_admin": Call(SignUp, before=True),
    "sign_up": Call(SignUp, before=True),
    "login": Call(Login, before=True),
    "launch": Call(Launch, before=True),
    "snapshot": Call(Nothing),
    "private_chat": Call(PrivateChat),
    "history": Call(History),
    "mark_read": Call(MarkRead),
    "try_now": Call(Nothing),
    "safety_number": Call(SafetyNumber),
    "set_verified": Call(SetVerified),
    "log": Call(Log),
    "evidence": Call(Nothing),
    "public_chat_method": Call(PublicChatMethod),
    "send_public_message": Call(SendPublicMessage),
    "reload_one_chat": Call(ReloadOneChat),
    "add_permissions": Call(AddPermissions),
    "answer_invitation": Call(AnswerInvitation),
    "leave_group": Call(LeaveGroup),
    "lock": Call(Nothing),
    "log_out": Call(Nothing),
}


def decode_arguments(call: Call, given: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments by name, defaults filled in; `bad_request` with the field that is missing, unknown or mistyped."""
    if len(given) > 1 or (given and not isinstance(given[0], dict)):
        raise error("bad_request")
    values = given[0] if given else {}
    fields = {field.name: field for field in msgspec.structs.fields(call.arguments)}
    for name in values:
        if name not in fields:
            raise error("bad_request", field=name[:64])
    decoded: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in values:
            if field.required:
                raise error("bad_request", field=name)
            decoded[name] = field.default
            continue
        try:
            decoded[name] = msgspec.convert(values[name], field.type)
            _check_text(name, decoded[name])
        except msgspec.ValidationError:
            raise error("bad_request", field=name) from None
    return decoded


def _check_text(name: str, value: Any) -> None:
    """JSON can write half a character (a lone surrogate), which no encoding of ours can carry."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError:
                raise error("message_chars" if name == "message" else "bad_request", field=name) from None
