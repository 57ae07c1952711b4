"""What the user has chosen once for all pages of this agent; it stands in the vault (docs/agent-api.md)."""

from __future__ import annotations

from typing import Literal

import msgspec

from protocol.errors import Refused
from web_client.vault.database import Rows, save_setting, setting


class Settings(msgspec.Struct, frozen=True):
    """Everything that can be chosen, with what holds until it is."""

    read_receipts: bool = True
    typing: bool = True
    presence: bool = True
    notifications: Literal["full", "name", "off"] = "name"
    backups: bool = True  # left at the authority, sealed for whoever has the recovery kit
    lock_after: Literal["never", "5", "15", "60"] = "never"  # minutes in which nobody does anything at a page
    # notices of this computer's own, in which language, while no page is open
    desktop: Literal["off", "en", "fa"] = "off"
    # who adds our user to a group without another question: nobody, or whom they have written to or verified
    groups: Literal["asked", "contacts"] = "asked"
    keywords: tuple[str, ...] = ()  # in a group, a message with one of them is told as if it named our user


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


def keep(rows: Rows, chosen: Settings) -> None:
    save_setting(rows, "chosen", msgspec.json.encode(chosen))
