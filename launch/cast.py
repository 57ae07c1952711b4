"""The people of the demo: their accounts, made or logged in, and their first chat, all by the agents' API."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from launch.agent_api import AgentApi
from launch.book import Book
from launch.child import Child
from launch.failure import Failure

EMAILS = {"arash": "arash@example.org", "sara": "sara@example.org", "نیلوفر": "niloufar@example.org"}
OWNER = "arash"
LINES = (
    ("arash", "sara", "Hi Sara! This is our own server: it passes on what we write, but it can't read it."),
    ("sara", "arash", "سلام آرش، چه خوب! پس اگر اینترنت هم قطع شود کار می‌کند؟"),
    ("arash", "sara", "بله، همه‌چیز روی همین شبکهٔ خودمان است. فردا ساعت ۱۰:۳۰ به بقیه هم نشان می‌دهیم (room 12)."),
    ("sara", "arash", "Great, see you there."),
)


class Player:
    """One person of the demo and the agent that is theirs; `page` and `api` once the vault is open."""

    page: str
    api: AgentApi

    def __init__(self, name: str, password: str, agent: Child) -> None:
        self.name = name
        self.password = password
        self.agent = agent


class Cast:
    """What the players do; each method blocks until it is done, or raises Failure."""

    def __init__(self, folder: Path, authority: Child, agents: Sequence[Child]) -> None:
        self._book = Book(folder / "accounts.json", EMAILS, len(LINES))
        self._authority = authority
        self._owner_is_in = threading.Event()
        pairs = zip(EMAILS, agents, strict=True)
        self.players = {name: Player(name, self._book.passwords[name], agent) for name, agent in pairs}

    def open_vault(self, player: Player) -> None:
        """Join, sign up or log in, whichever is next, and stay connected."""
        player.page = player.agent.wait_line("page: ")
        port = urlsplit(player.page).port
        assert port is not None
        with AgentApi(port, as_page=True) as door:
            status = door.call("status")
            stage = status["stage"]
            if stage == "join":
                link = self._authority.wait_line("owner: " if player.name == OWNER else "join: ")
                door.call("join", link=link)
                stage = "sign_up"
            token = (
                self._sign_up(door, player) if stage == "sign_up" else self._log_in(door, player, status["authority"])
            )
        player.api = AgentApi(port, token=token)

    def write(self) -> None:
        """Write the chat once and for all, each line after the one before has arrived."""
        if not self._book.written:
            for (sender, receiver, text), message_id in zip(LINES, self._book.message_ids, strict=True):
                api = self.players[sender].api
                _wait_until_known(api, receiver)
                api.call("private_chat", username=sender, client_b_username=receiver, message=text, id=message_id)
                self.players[receiver].api.wait_for(_is_message(message_id))
            self._book.written = True
            self._book.save()

    def leave(self) -> None:
        """Let go of the agents: from here on the people themselves play."""
        for player in self.players.values():
            player.api.close()

    def _sign_up(self, door: AgentApi, player: Player) -> str:
        if player.name != OWNER and not self._owner_is_in.wait(20):
            raise Failure("The demo's first account was not made, so the others can't be.")
        answer = door.call(
            "sign_up",
            email=EMAILS[player.name],
            username=player.name,
            password=player.password,
            password_confirm=player.password,
        )
        if player.name == OWNER:
            self._owner_is_in.set()
        return str(answer["token"])

    def _log_in(self, door: AgentApi, player: Player, known: dict[str, Any]) -> str:
        if self._book.new:
            folder = self._book.path.parent
            raise Failure(f"The demo's passwords are lost, but not its accounts: remove {folder} and start anew.")
        # An agent that logs in before the authority listens tries again only after a while.
        link = self._authority.wait_line("join: ")
        if f":{known['port']}/" not in link:  # this start has another --authority-port, and nothing announces it
            door.call("join", link=link)
        return str(door.call("login", username=player.name, password=player.password)["token"])


def _is_message(message_id: str) -> Callable[[str, Any], bool]:
    return lambda name, value: name == "message" and value["id"] == message_id


def _wait_until_known(api: AgentApi, name: str) -> None:
    """Until this agent has read of `name` in the log."""
    if all(person["name"] != name for person in api.call("snapshot")["people"]):
        api.wait_for(lambda pushed, value: pushed == "person" and value["name"] == name)
