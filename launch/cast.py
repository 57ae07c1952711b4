"""The people of the demo: their accounts, made or logged in, and their first chat, all by the agents' API."""

import json
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launch.agent_api import AgentApi
from launch.child import Child
from launch.failure import Failure

NAMES = {"arash": "arash@example.org", "sara": "sara@example.org", "نیلوفر": "niloufar@example.org"}
LINES = (
    ("arash", "sara", "Hi Sara! This is our own server: it passes on what we write, but it can't read it."),
    ("sara", "arash", "سلام آرش، چه خوب! پس اگر اینترنت هم قطع شود کار می‌کند؟"),
    ("arash", "sara", "بله، همه‌چیز روی همین شبکهٔ خودمان است. فردا ساعت ۱۰:۳۰ به بقیه هم نشان می‌دهیم (room 12)."),
    ("sara", "arash", "Great, see you there."),
)
# No letters or digits that look alike: people type these.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass
class Player:
    """One person of the demo and the agent that is theirs."""

    name: str
    password: str
    port: int
    agent: Child
    page: str = ""
    api: AgentApi | None = field(default=None, repr=False)


class Book:
    """What the demo must remember from one start to the next: a 0600 file beside the accounts' data."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.new = not path.exists()
        if self.new:
            self.passwords = {name: _password() for name in NAMES}
            self.message_ids = [secrets.token_hex(16) for _ in LINES]
            self.written = False
            self.save()
        else:
            content = json.loads(path.read_text(encoding="utf-8"))
            self.passwords, self.message_ids = content["passwords"], content["message_ids"]
            self.written = content["written"]

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {"passwords": self.passwords, "message_ids": self.message_ids, "written": self.written}
        part = self.path.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        part.replace(self.path)


class Cast:
    """What the players do; each method blocks until it is done, or raises Failure."""

    def __init__(self, book: Book, authority: Child) -> None:
        self._book = book
        self._authority = authority
        self._owner_is_in = threading.Event()

    def open_vault(self, player: Player) -> None:
        """Join, sign up or log in, whichever is next, and stay connected."""
        player.page = player.agent.wait_line("page: ")
        owner = player.name == next(iter(NAMES))
        with AgentApi(player.port, as_page=True) as door:
            stage = door.call("status")["stage"]
            if stage == "join":
                link = self._authority.wait_line("owner: " if owner else "join: ")
                door.call("join", link=link)
                stage = "sign_up"
            if stage == "log_in" and self._book.new:
                folder = self._book.path.parent
                raise Failure(f"The demo's passwords are lost, but not its accounts: remove {folder} and start anew.")
            if stage == "sign_up":
                token = self._sign_up(door, player, owner)
            else:
                token = door.call("login", username=player.name, password=player.password)["token"]
        if owner:
            self._owner_is_in.set()
        player.api = AgentApi(player.port, token=token)

    def write(self, players: dict[str, Player]) -> None:
        """Write the chat once and for all, each line after the one before has arrived."""
        if self._book.written:
            return
        for (sender, receiver, text), message_id in zip(LINES, self._book.message_ids, strict=True):
            api, other = players[sender].api, players[receiver].api
            assert api is not None and other is not None
            _wait_until_known(api, receiver)
            api.call("private_chat", username=sender, client_b_username=receiver, message=text, id=message_id)
            other.wait_for(_is_message(message_id))
        self._book.written = True
        self._book.save()

    def _sign_up(self, door: AgentApi, player: Player, owner: bool) -> str:
        if not owner and not self._owner_is_in.wait(20):
            raise Failure("The demo's first account was not made, so the others can't be.")
        answer = door.call(
            "sign_up",
            email=NAMES[player.name],
            username=player.name,
            password=player.password,
            password_confirm=player.password,
        )
        return str(answer["token"])


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _is_message(message_id: str) -> Callable[[str, Any], bool]:
    return lambda name, value: name == "message" and value["id"] == message_id


def _wait_until_known(api: AgentApi, name: str) -> None:
    """Until this agent has read of `name` in the log."""
    if any(person["name"] == name for person in api.call("snapshot")["people"]):
        return
    api.wait_for(lambda pushed, value: pushed == "person" and value["name"] == name)
