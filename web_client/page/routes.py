"""The calls of docs/agent-api.md as a table: each call's arguments, and whether it may come before log-in.

Only the form of the arguments is decided here; what they mean is the agent's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Struct

from protocol.errors import error
from web_client.page import arguments as page_arguments


@dataclass(frozen=True, slots=True)
class Call:
    """`before`: it may come before log-in."""

    arguments: type[Struct]
    before: bool = False


CALLS: dict[str, Call] = {
    "status": Call(page_arguments.Nothing, before=True),
    "join": Call(page_arguments.Join, before=True),
    "discovered": Call(page_arguments.Nothing, before=True),
    "join_found": Call(page_arguments.JoinFound, before=True),
    "create_super_admin": Call(page_arguments.CreateSuperAdmin, before=True),
    "sign_up": Call(page_arguments.SignUp, before=True),
    "login": Call(page_arguments.Login, before=True),
    "recover_key": Call(page_arguments.Login, before=True),
    "launch": Call(page_arguments.Launch, before=True),
    "snapshot": Call(page_arguments.Nothing),
    "people": Call(page_arguments.People),
    "private_chat": Call(page_arguments.PrivateChat),
    "send_message": Call(page_arguments.SendMessage),
    "edit_message": Call(page_arguments.EditMessage),
    "delete_message": Call(page_arguments.DeleteMessage),
    "retract_message": Call(page_arguments.RetractMessage),
    "react": Call(page_arguments.React),
    "history": Call(page_arguments.History),
    "search": Call(page_arguments.Search),
    "message_details": Call(page_arguments.MessageDetails),
    "set_chat": Call(page_arguments.SetChat),
    "leave_again": Call(page_arguments.LeaveAgain),
    "waiting": Call(page_arguments.Nothing),
    "mark_read": Call(page_arguments.MarkRead),
    "typing": Call(page_arguments.Typing),
    "set_setting": Call(page_arguments.SetSetting),
    "restored_read": Call(page_arguments.Nothing),
    "try_now": Call(page_arguments.Nothing),
    "safety_number": Call(page_arguments.SafetyNumber),
    "compare_safety": Call(page_arguments.CompareSafety),
    "qr": Call(page_arguments.Qr),
    "set_verified": Call(page_arguments.SetVerified),
    "block": Call(page_arguments.Block),
    "unblock": Call(page_arguments.Block),
    "blocked": Call(page_arguments.Blocked),
    "log": Call(page_arguments.Log),
    "evidence": Call(page_arguments.Evidence),
    "public_chat_method": Call(page_arguments.PublicChatMethod),
    "send_public_message": Call(page_arguments.SendPublicMessage),
    "reload_one_chat": Call(page_arguments.ReloadOneChat),
    "add_permissions": Call(page_arguments.AddPermissions),
    "renew_key": Call(page_arguments.Nothing),
    "revoke_person": Call(page_arguments.RevokePerson),
    "begin_anew": Call(page_arguments.BeginAnew),
    "answer_invitation": Call(page_arguments.AnswerInvitation),
    "leave_group": Call(page_arguments.LeaveGroup),
    "file_begin": Call(page_arguments.FileBegin),
    "send_file": Call(page_arguments.SendFile),
    "uploads": Call(page_arguments.Nothing),
    "file_drop": Call(page_arguments.FileDrop),
    "file_fetch": Call(page_arguments.FilePlace),
    "file_cancel": Call(page_arguments.FilePlace),
    "file_ticket": Call(page_arguments.FilePlace),
    "file_preview": Call(page_arguments.FilePlace),
    "change_password": Call(page_arguments.ChangePassword),
    "lock": Call(page_arguments.Nothing),
    "log_out": Call(page_arguments.Nothing),
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
                raise error("message_chars" if name in ("message", "text") else "bad_request", field=name) from None
