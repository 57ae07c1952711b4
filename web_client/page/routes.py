"""Which call of docs/agent-api.md is meant, and whether its arguments have the form that it asks for."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from protocol.errors import error
from web_client.account.chat_ids import ChatId
from web_client.agent import api
from web_client.agent.calls.forms import Call


class Launch(Struct):
    """What the browser is opened with; the door answers it, not the agent."""

    token: str


CALLS = {**api.CALLS, "launch": Call(Launch, True, lambda: {})}


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
            decoded[name] = msgspec.convert(values[name], field.type, dec_hook=_chat)
            _check_text(name, decoded[name])
        except msgspec.ValidationError:
            raise error("bad_request", field=name) from None
    return decoded


def _chat(_type: type, value: Any) -> ChatId:
    if not isinstance(value, str):
        raise TypeError
    return ChatId.parse(value)


def _check_text(name: str, value: Any) -> None:
    """JSON can write half a character (a lone surrogate), which no encoding of ours can carry."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            try:
                text.encode()
            except UnicodeEncodeError:
                raise error("message_chars" if name in ("message", "text") else "bad_request", field=name) from None
