"""The authority is killed at every frame that crosses its wire: in log-in, sign-up, making a group, posting, commits.

It comes up on what it had acknowledged; whoever was not answered asks again, and everything has happened once.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from protocol.errors import HamrazError
from protocol.log_entries import RegisterEntry, decode_entry
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.groups.rows import INVITED, JOINED

IDS = [bytes([number]) * 16 for number in range(1, 5)]
STRIDE = 13  # of the frames that the short form takes; the long one takes all
TRIES = 6


def words(one: Person, other: Person) -> list[str]:
    """What the two have written to each other, without the invitations between."""
    return [shown["text"] for shown in one.shown(other) if shown["kind"] == "text"]


class Story:
    """arash and sara have accounts; then everything of the list above happens, each thing until it is done."""

    def __init__(self, at: int | None = None) -> None:
        self.world = World()
        self.arash, self.sara = self.world.sign_up("arash"), self.world.sign_up("sara")
        self.world.settle()
        self.frames: list[str] = []
        self._at = at
        self.world.carry = self._carry

    def _carry(self, source: str, target: str, body: bytes) -> list[bytes]:
        if "authority" not in (source, target):
            return [body]
        self.frames.append(f"{source} -> {target}: {msgspec.msgpack.decode(body)[0]}")
        if len(self.frames) == self._at:
            self.world.restart_authority()
            return []  # what was on its way there is lost, and what was on its way back too
        return [body]

    def insist(self, done: Callable[[], bool], call: Callable[[], object]) -> None:
        """Again and again, as people do, until it has happened."""
        for attempt in range(TRIES):
            try:
                people = [person for person in self.world.people.values() if hasattr(person, "node")]
                for person in people:
                    person.reconnect()
                if attempt and len(people) == len(self.world.people):  # nobody is in the middle of signing up
                    self.world.settle()  # what was not answered may have happened all the same
                if done():
                    return
                call()
                self.world.settle()
            except HamrazError:
                continue
        assert done()

    def signed_up(self) -> Person | None:
        """Omid, once his account is there."""
        omid = self.world.people.get("omid")
        return omid if omid is not None and hasattr(omid, "node") and omid.node.authority.up else None

    def sign_up(self) -> None:
        omid = self.world.people.get("omid")
        if omid is None or not hasattr(omid, "vault"):
            self.world.sign_up("omid")
        else:  # the vault is there, whatever the authority knows: its log-in says the same once more
            omid.start()
            omid.node.authority.connect()

    def group(self) -> bytes | None:
        rooms = [gid for gid, room in self.arash.node.groups.rooms.items() if room.group.n > 0]
        return rooms[0] if rooms else None

    def run(self) -> None:
        world, arash, sara = self.world, self.arash, self.sara
        arash.restart(connect=False)
        self.insist(lambda: arash.node.authority.up, lambda: arash.node.authority.connect())
        self.insist(lambda: self.signed_up() is not None, self.sign_up)
        omid = self.signed_up()
        assert omid is not None

        def role(of: Person) -> Role:
            user = arash.node.ctx.trust.user(of.uid)
            return user.role if user is not None else Role.BEGINNER

        self.insist(
            lambda: role(sara) is Role.ADVANCED,
            lambda: arash.agent().add_permissions("sara", "advanced user"),
        )
        self.insist(
            lambda: self.group() is not None,
            lambda: arash.node.groups.create("workshop", sorted([sara.uid, omid.uid]), "all"),
        )
        gid = self.group()
        assert gid is not None
        for person in (sara, omid):
            self.insist(lambda person=person: gid in person.node.groups.rooms, world.settle)  # type: ignore[misc]
            self.insist(
                lambda person=person: person.node.groups.rooms[gid].state == JOINED,  # type: ignore[misc]
                lambda person=person: person.node.groups.answer(gid, True),  # type: ignore[misc]
            )
            assert person.node.groups.rooms[gid].state != INVITED
        sara.node.groups.write(gid, "text", b"posted", IDS[0])
        omid.write(arash, "in private", IDS[1])
        self.insist(lambda: self.posted(gid) and words(arash, omid) == ["in private"], world.settle)
        self.insist(lambda: omid.uid not in arash.node.groups.rooms[gid].group.members, lambda: self.remove(gid, omid))
        self.insist(lambda: sara.node.ctx.me.key is not self.first_key, lambda: sara.node.keys.renew())

    def posted(self, gid: bytes) -> bool:
        waits = self.sara.vault.read(lambda rows: rows.execute("SELECT 1 FROM outbox WHERE chat LIKE 'g:%'").fetchone())
        return waits is None and self.sara.node.groups.rooms[gid].group.n > 0

    def remove(self, gid: bytes, omid: Person) -> None:
        self.arash.node.groups.command(gid, omid.uid, False, "the end")

    @property
    def first_key(self) -> object:
        if not hasattr(self, "_first_key"):
            self._first_key = self.sara.node.ctx.me.key
        return self._first_key


def check(story: Story, about: str) -> None:
    world, gid = story.world, story.group()
    assert gid is not None
    names = [world.authority.state.log.users[uid].name for uid in world.authority.state.log.users]
    assert sorted(names) == ["arash", "omid", "sara"], about
    assert sum(isinstance(decode_entry(raw), RegisterEntry) for raw in world.authority.state.entries) == 3, about
    group_world = GroupWorld.__new__(GroupWorld)
    group_world.world, group_world.gid, group_world.people = world, gid, [story.arash, story.sara]
    group_world.come_to_rest()
    group_world.check()
    for person in group_world.people:
        assert group_world.texts(person) == ["posted"], about
        assert group_world.lines(person).count("removed") == 1, about
    omid = world.people["omid"]
    assert words(omid, story.arash) == words(story.arash, omid) == ["in private"], about
    assert omid.states(story.arash)[-1] == "delivered", about
    assert len(omid.invitations(story.arash)) == 1, about
    assert len(world.authority.state.log.users[story.sara.uid].keys) == 2, about


@pytest.mark.timeout(900)
def test_killed_at_every_frame(long: bool) -> None:
    whole = Story()
    whole.run()
    check(whole, "never killed")
    frames = list(whole.frames)
    assert len(frames) > 100
    for at in range(1, len(frames) + 1, 1 if long else STRIDE):
        story = Story(at)
        story.run()
        check(story, f"frame {at} of {len(frames)}: {frames[at - 1]}")
