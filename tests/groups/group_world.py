"""A group of people in memory, with the words for what they do in it and what must hold whatever they do."""

from __future__ import annotations

import contextlib
from typing import Any

from protocol.errors import HamrazError
from protocol.primitives import random_id
from protocol.roles import Role
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views
from web_client.groups.rows import INVITED, JOINED
from web_client.groups.session import Room

NAMES = ("arash", "sara", "omid", "mina", "reza")


class GroupWorld:
    """`arash` is the super admin and makes the group; the others are told what they are."""

    def __init__(
        self, *roles: Role, history: str = "all", members: int | None = None, world: World | None = None
    ) -> None:
        self.world = world or World()
        self.people = [self.world.sign_up(name) for name in NAMES[: len(roles) + 1]]
        self.world.settle()
        for person, role in zip(self.people[1:], roles, strict=True):
            self.give_role(self.people[0], person, role)
        self.world.settle()
        invited = [person.uid for person in self.people[1 : members if members is None else members + 1]]
        self.gid = self.people[0].node.groups.create("workshop", invited, history).gid
        self.world.settle()

    def give_role(self, by: Person, to: Person, role: Role) -> None:
        """Change a role as the agent's call does."""
        from protocol.log_entries import RoleChange
        from protocol.messages import Appended, ChangeRole
        from protocol.statements import issue

        target = by.node.ctx.trust.user(to.uid)
        assert target is not None
        if target.role is not role:
            change = issue(
                RoleChange(to.uid, role, by.uid, target.latest), by.node.ctx.me.key, by.node.ctx.authority_id
            )
            by.node.authority.request(ChangeRole(0, change), Appended)
            by.node.authority.log.refresh()

    def room(self, person: Person) -> Room:
        return person.node.groups.rooms[self.gid]

    def everybody_joins(self) -> None:
        for person in self.people[1:]:
            if self.gid in person.node.groups.rooms and self.room(person).state == INVITED:
                person.node.groups.answer(self.gid, True)
        self.world.settle()

    def say(self, person: Person, text: str) -> int:
        """Put a message into the outbox and let everything arrive."""
        order = self.write(person, text)
        self.world.settle()
        return order

    def write(self, person: Person, text: str) -> int:
        return person.node.groups.write(self.gid, "text", text.encode(), random_id())

    def shown(self, person: Person) -> list[dict[str, Any]]:
        """The group's conversation, as the page shows it."""
        found: list[dict[str, Any]] = message_views.history(person.node, ChatId.group(self.gid), None, None, 10_000)[
            "messages"
        ]
        return found

    def texts(self, person: Person) -> list[str]:
        return [message["text"] for message in self.shown(person) if message["kind"] == "text"]

    def lines(self, person: Person) -> list[str]:
        """What the system's lines say."""
        return [message["system"]["what"] for message in self.shown(person) if message["kind"] == "system"]

    @property
    def kept(self) -> Any:
        """The group as the authority has it."""
        return self.world.authority.state.groups.groups[self.gid]

    def come_to_rest(self) -> None:
        """Everybody is connected again, and nothing is under way any more."""
        for person in self.people:
            with contextlib.suppress(HamrazError):
                person.reconnect()
        self.world.settle()
        for person in self.people:
            if self.gid in person.node.groups.rooms and self.room(person).state == JOINED:
                with contextlib.suppress(HamrazError):  # removed while away: said now, and the state with it
                    self.room(person).refresh()
        self.world.settle()

    def check(self) -> None:
        """One chain, one line of epochs, nothing unreadable, no false alarm: at everybody who is in."""
        kept = self.kept.group
        for person in self.people:
            assert person.node.ctx.trust.alarm is None, person.node.ctx.trust.alarm
            assert person.node.ctx.trust.log.hashes == self.world.authority.state.log.hashes
            assert person.node.ctx.trust.log.users == self.world.authority.state.log.users
            if self.gid not in person.node.groups.rooms or self.room(person).state != JOINED:
                continue
            room = self.room(person)
            assert room.row("trouble") is None
            replayed = room.group
            assert (replayed.n, replayed.hash, replayed.epoch) == (kept.n, kept.hash, kept.epoch), person.name
            assert replayed.members == kept.members
            assert kept.is_in(person.uid)
            closed = [message["why"] for message in self.shown(person) if message["kind"] == "unreadable"]
            assert closed in ([], ["before_you"])
            assert "waiting" not in {message["state"] for message in self.shown(person)}
