"""What the user has chosen once for all pages of this agent; it stands in the vault (docs/agent-api.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from protocol.errors import Refused
from web_client.messages import incoming
from web_client.vault.database import Rows, save_setting, setting

if TYPE_CHECKING:
    from web_client.agent.session import Node


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be chosen, with what holds until it is."""

    read_receipts: bool = True
    typing: bool = True
    presence: bool = True
    notifications: Literal["full", "name", "off"] = "name"


def load(rows: Rows) -> Settings:
    """What has been chosen."""
    raw = setting(rows, "chosen")
    return Settings() if raw is None else msgspec.json.decode(raw, type=Settings)


def changed(before: Settings, name: str, value: bool | str) -> Settings:
    """The same with one choice made; `bad_request` if there is no such choice."""
    try:
        return msgspec.convert({**msgspec.structs.asdict(before), name: value}, Settings)
    except msgspec.ValidationError:
        raise Refused("bad_request", field="value") from None


def choose(node: Node, name: str, value: bool | str) -> None:
    """Make one of the user's choices, for good and from now on; `bad_request` if it is none."""
    before, chosen = node.settings, changed(node.settings, name, value)

    def keep(rows: Rows) -> None:
        save_setting(rows, "chosen", msgspec.json.encode(chosen))
        if not chosen.read_receipts:  # what was read and not told yet stays untold
            incoming.take_back(rows)

    node.vault.write(keep)
    node.settings = chosen
    if not chosen.typing:
        node.writing.hush()
    if chosen.presence != before.presence:
        node.authority.show()
    node.tell("settings", None)
