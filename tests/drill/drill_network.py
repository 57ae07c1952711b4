"""Ours, running: an authority and the agents of alice (super admin), bob, carol and mallory on real sockets, in one
process, so that an attack can reach for what a hostile server or a hostile agent would.

The authority's key is at hand: `lying` changes what it says to somebody.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server.connections import server as server_module
from authority_server.connections.session import GroupSession, Session
from protocol import messages
from protocol.errors import HamrazError
from protocol.messages import Message
from protocol.primitives import SigningKey
from tests.live.in_process_network import InProcessNetwork
from tests.passwords import cheapen
from tests.processes import until
from web_client.account.chat_ids import ChatId
from web_client.agent.api import Agent
from web_client.agent.session import UserSession
from web_client.groups.rows import INVITED, JOINED
from web_client.groups.session import Room
from web_client.net import network as network_module

WORD = "meet me at seven"
Lie = Callable[[bytes | None, Message], list[Message] | None]  # (to whom, what) -> what instead, or None: as it is


class DrillNetwork(InProcessNetwork):
    """`bob`, `carol` and `mallory` are beginners; the group has all four, who have joined."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._lie: Lie = lambda to, message: None
        self.at_groups: list[bytes] = []  # all that was said to the authority, on groups' ports too
        super().__init__(folder, patch)
        self.alice, self.bob, self.carol, self.mallory = (
            self.account(name) for name in ("alice", "bob", "carol", "mallory")
        )
        self.names = 0
        self.page: list[str] = []  # what a real agent's page has said to strangers
        self.gid = bytes.fromhex(
            self.alice.public_chat_method(["bob", "carol", "mallory"], "workshop", "all")["group_id"]
        )
        for agent in (self.bob, self.carol, self.mallory):
            self.join(agent, self.gid)
        self.post(self.alice, WORD)

    def _tap(self, patch: pytest.MonkeyPatch) -> None:
        super()._tap(patch)
        # what a password costs is tried elsewhere; here forty people would pay for it
        cheapen(patch)
        drill_network = self
        self.hear: Callable[[bytes], bool] = lambda body: True  # whether an agent hears what another says to it
        listen = network_module.SocketNetwork.listen

        def half_deaf(network: Any, new_session: Any) -> None:
            def new(send: Any, close: Any) -> Any:
                session = new_session(send, close)
                receive = session.receive
                session.receive = lambda body: receive(body) if drill_network.hear(body) else None
                return session

            listen(network, new)

        patch.setattr(network_module.SocketNetwork, "listen", half_deaf)

        def lying(kind: Any) -> Any:
            class Lying(kind):  # type: ignore[misc]
                def __init__(self, authority: Any, fingerprint: bytes, send: Any, *rest: Any) -> None:
                    def say(body: bytes) -> None:
                        for one in drill_network._told(self.client.uid, body):
                            send(one)

                    # without the last one, which sends frames that were encoded once for many
                    super().__init__(authority, fingerprint, say, *rest[:2])

                def receive(self, body: bytes) -> None:
                    drill_network.at_groups.append(body)
                    super().receive(body)

            return Lying

        patch.setattr(server_module, "Session", lying(server_module.Session))
        patch.setattr(server_module, "GroupSession", lying(server_module.GroupSession))

    def _told(self, to: bytes | None, body: bytes) -> list[bytes]:
        try:
            message = messages.decode(body, messages.FromAuthority | messages.FromGroup | messages.Welcomed)
        except HamrazError:
            return [body]
        instead = self._lie(to, message)
        return [body] if instead is None else [messages.encode(one) for one in instead]

    @contextlib.contextmanager
    def lying(self, lie: Lie) -> Iterator[None]:
        """What the authority says goes through `lie` meanwhile."""
        self._lie = lie
        try:
            yield
        finally:
            self._lie = lambda to, message: None

    # --- people ---

    def newcomer(self) -> Agent:
        """Somebody whom nothing has happened to yet."""
        self.names += 1
        return self.account(f"guest{self.names}")

    def guests_leave(self) -> None:
        """Whoever came for one drill is gone before the next: all who are there hear of what happens to each."""
        stay = [self.alice, self.bob, self.carol, self.mallory]
        for agent in self.agents:
            if agent not in stay:
                agent.close()
        self.agents = stay

    def join(self, agent: Agent, gid: bytes) -> None:
        until(lambda: gid in node(agent).groups.rooms and room(agent, gid).state == INVITED, what="the invitation")
        agent.answer_invitation(gid.hex(), True)
        until(lambda: room(agent, gid).state == JOINED, what="coming in")
        self.caught_up(agent, gid)

    def give(self, name: str, role: str) -> None:
        """Let alice give somebody a role, once she has the whole log: new roles wait for that."""
        when_whole(lambda: self.alice.add_permissions(name, role))

    def circle(self, *others: Agent) -> bytes:
        """A new group of alice and these, all joined."""
        names = [node(other).ctx.me.name for other in others]
        gid = bytes.fromhex(when_whole(lambda: self.alice.public_chat_method(names, "circle", "all"))["group_id"])
        for other in others:
            self.join(other, gid)
        self.caught_up(self.alice, gid)
        return gid

    def caught_up(self, agent: Agent, gid: bytes) -> None:
        kept = self.authority.state.groups.groups
        until(lambda: room(agent, gid).group.n == kept[gid].group.n, what="the chain's end")

    def post(self, agent: Agent, text: str, gid: bytes | None = None) -> None:
        """Write to a group, and wait until it is in the chain."""
        gid = gid or self.gid
        id = agent.send_public_message(text, gid.hex(), False, None, "", None)["id"]

        def there() -> bool:
            found = agent.history(ChatId.group(gid), None, None, 50)["messages"]
            return any(one["id"] == id and one["state"] not in ("waiting", "sending") for one in found)

        until(there, what="the message in the chain")

    def write(self, agent: Agent, to: Agent, text: str) -> None:
        """Write privately, and wait until both have it."""
        before = len(self.read(to, agent))
        agent.private_chat(node(agent).ctx.me.name, node(to).ctx.me.name, text, False, None)
        until(lambda: len(self.read(to, agent)) > before, what="the message at its reader")

    def read(self, agent: Agent, other: Agent) -> list[str]:
        """What `agent` has been written by `other`."""
        found = agent.history(ChatId.private(node(other).ctx.me.uid), None, None, 200)["messages"]
        return [one["text"] for one in found if not one["mine"]]

    def read_group(self, agent: Agent, gid: bytes | None = None) -> list[str]:
        found = agent.history(ChatId.group(gid or self.gid), None, None, 200)["messages"]
        return [one["text"] for one in found if one["kind"] == "text"]


def node(agent: Agent) -> UserSession:
    assert agent._session is not None
    return agent._session


def room(agent: Agent, gid: bytes) -> Room:
    return node(agent).groups.rooms[gid]


def key(agent: Agent) -> SigningKey:
    return node(agent).ctx.me.key


def when_whole(action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What this answers once the whole log is there: new people, roles and groups wait for that (`log_behind`)."""

    def attempt() -> dict[str, Any] | None:
        try:
            return {"": None, **action()}
        except HamrazError as reason:
            if reason.code != "log_behind":
                raise
            return None

    found: dict[str, Any] = until(attempt, 20, "the whole log")
    return found


def refusal(action: Callable[[], object]) -> str:
    """By which name this is refused; empty if it isn't."""
    try:
        action()
    except HamrazError as reason:
        return reason.code
    return ""


@contextlib.contextmanager
def drill_network(folder: Path) -> Iterator[DrillNetwork]:
    with pytest.MonkeyPatch.context() as patch, DrillNetwork(folder, patch) as made:
        yield made


__all__ = ["WORD", "DrillNetwork", "GroupSession", "Session", "drill_network", "key", "node", "refusal", "room"]
