"""A power cut at every frame, commit and file write, of anybody and of the authority, in all that people do here:
members come and go, settings and profiles change, files travel, keys are renewed, recovered and ended.

Whoever was cut off comes up on what was on the disk and does it again: it has happened once, and nobody is alarmed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from protocol import kinds
from protocol.primitives import SigningKey
from protocol.roles import Role
from tests.agent.cut_stories import BadDisk, Play, Step, is_disk, renamed, texts_once, victims_in_turn
from tests.agent.test_key_changes import recover
from tests.groups.group_world import GroupWorld
from tests.sharing import again, content, hand_over, newest, private, saved
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views
from web_client.groups import membership as group_membership
from web_client.groups.rows import INVITED, JOINED, LEFT
from web_client.messages import profile_rows
from web_client.vault.database import save_setting

SHORT = 4  # cuts of each story in the short form, spread over it; the long one takes every place
FILE = content(70_000)

Story = tuple[GroupWorld, list[Step], Callable[[], None]]


def state(group_world: GroupWorld, person: Person) -> str | None:
    """How somebody stands to the group, as their agent knows."""
    return group_world.room(person).state if group_world.gid in person.node.groups.rooms else None


def in_group(group_world: GroupWorld, person: Person) -> bool:
    return person.uid in group_world.room(group_world.people[0]).group.members


def posts(group_world: GroupWorld, by: Person, text: str) -> Step:
    id = text.encode().ljust(16, b".")[:16]
    write = lambda: by.node.groups.write(group_world.gid, "text", text.encode(), id)  # noqa: E731
    return f"{by.name} posts {text}", lambda: text in group_world.texts(group_world.people[0]), write


def says(by: Person, to: Person, text: str) -> Step:
    id = text.encode().ljust(16, b".")[:16]
    return f"{by.name} says {text}", lambda: text in to.texts(by), lambda: by.write(to, text, id)


def group_of_four() -> GroupWorld:
    """arash, sara and omid are in; mina isn't."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    return group_world


def finish(group_world: GroupWorld, inside: list[Person]) -> None:
    group_world.come_to_rest()
    group_world.check()
    texts_once(group_world, inside)
    for person in inside:
        assert group_world.texts(person) == group_world.texts(inside[0])
    for person in group_world.people:
        for other in group_world.people:
            if other is not person:
                assert not any(shown["gap"] for shown in person.shown(other))
                texts = person.texts(other)
                assert len([text for text in texts if text]) == len({text for text in texts if text}), texts
        for table in ("outbox", "receipts", "group_invites"):
            left = person.vault.read(lambda rows, t=table: rows.execute(f"SELECT count(*) FROM {t}").fetchone()[0])  # type: ignore[misc]
            assert left == 0, (person.name, table, left)


def membership() -> Story:
    group_world = group_of_four()
    owner, sara, omid, mina = group_world.people

    def add(person: Person) -> Step:
        call = lambda: owner.node.groups.command(group_world.gid, person.uid, True, "come")  # noqa: E731
        return f"add {person.name}", lambda: in_group(group_world, person), call

    def answer(person: Person, join: bool) -> Step:
        call = lambda: person.node.groups.answer(group_world.gid, join)  # noqa: E731
        return f"{person.name} answers", lambda: state(group_world, person) == (JOINED if join else LEFT), call

    steps = [
        (
            "remove omid",
            lambda: not in_group(group_world, omid),
            lambda: owner.node.groups.command(group_world.gid, omid.uid, False, "go"),
        ),
        add(omid),
        ("omid is asked", lambda: state(group_world, omid) == INVITED, lambda: None),
        answer(omid, True),
        posts(group_world, omid, "back again"),
        (
            "omid leaves",
            lambda: state(group_world, omid) == LEFT,
            lambda: group_membership.leave(group_world.room(omid)),
        ),
        posts(group_world, sara, "without omid"),
        ("it is mended", lambda: not in_group(group_world, omid), lambda: None),
        add(mina),
        ("mina is asked", lambda: state(group_world, mina) == INVITED, lambda: None),
        answer(mina, False),
        posts(group_world, sara, "the end"),
    ]

    def check() -> None:
        finish(group_world, [owner, sara])
        assert group_world.texts(owner) == ["back again", "without omid", "the end"]
        for line in ("removed", "joined"):
            assert group_world.lines(owner).count(line) == {"removed": 1, "joined": 3}[line]
        assert group_world.lines(owner).count("left") == 1
        assert group_world.lines(owner).count("declined") == 1

    return group_world, steps, check


def look() -> Story:
    group_world = group_of_four()
    owner, sara, omid, _mina = group_world.people

    def holds() -> bool:
        commit = group_world.room(owner).group.commit
        return commit is not None and commit.policy == "ranked" and group_world.room(owner).row("name") == "chess"

    def has_profile() -> bool:
        return sara.vault.read(profile_rows.own) is not None

    def seen(person: Person) -> bool:
        found = person.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))
        return found is not None and found.name == "Sara S."

    def read(person: Person) -> None:
        for chat in (ChatId.group(group_world.gid), private(sara)):
            person.node.messages.mark_read(chat, 10_000)

    steps = [
        (
            "settings",
            holds,
            lambda: group_membership.change_settings(group_world.room(owner), renamed("chess"), "ranked"),
        ),
        ("profile", has_profile, lambda: sara.node.profiles.make("Sara S.", "a line", b"\xff\xd8\xff" + bytes(2000))),
        posts(group_world, sara, "with my new name"),
        says(sara, omid, "hello"),
        ("omid looks", lambda: seen(omid), lambda: read(omid)),
        ("arash looks", lambda: seen(owner), lambda: read(owner)),
    ]

    def check() -> None:
        finish(group_world, [owner, sara, omid])
        for person in (owner, sara, omid):
            assert group_world.room(person).row("name") == "chess"
            assert group_world.lines(person).count("settings") == group_world.lines(person).count("policy") == 1

    return group_world, steps, check


def files() -> Story:
    group_world = group_of_four()
    owner, sara, omid, _mina = group_world.people
    group = ChatId.group(group_world.gid)

    def announced(person: Person, chat: str) -> list[dict[str, object]]:
        shown = message_views.history(person.node, chat, None, None, 200)["messages"]
        return [one for one in shown if one["kind"] == "file"]

    def send(chat: str, id: str) -> Step:
        def call() -> None:
            hand_over(owner, chat, FILE, id=id)
            owner.agent().send_file(id, "a caption", None, 0, 0)

        return f"send to {chat[0]}", lambda: bool(announced(owner, chat)), call

    def get(reader: Person, chat: str) -> Step:
        def here() -> bool:
            return bool(announced(reader, chat)) and newest(reader, chat)["file"]["state"] == "here"

        def call() -> None:
            if announced(reader, chat):
                reader.agent().file_fetch(chat, newest(reader, chat)["order"])
                again(reader, chat)

        return f"{reader.name} fetches", here, call

    steps = [
        send(private(sara), "a1" * 16),
        send(group, "b2" * 16),
        get(sara, private(owner)),
        get(sara, group),
        get(omid, group),
    ]

    def check() -> None:
        finish(group_world, [owner, sara, omid])
        for person, chat in ((sara, private(owner)), (sara, group), (omid, group), (owner, private(sara))):
            assert len(announced(person, chat)) == 1
            assert saved(person, chat) == FILE
        # what all have may wait there for 30 days more, where the word of it was lost
        assert len(group_world.world.authority.chunks.sizes()) <= 1
        assert [len(person.store.names()) for person in (owner, sara, omid)] == [2, 2, 1]

    return group_world, steps, check


def keys() -> Story:
    group_world = group_of_four()
    owner, sara, omid, mina = group_world.people
    users = lambda person: owner.node.ctx.trust.log.users[person.uid]  # noqa: E731

    def renewed(person: Person) -> bool:  # as the authority knows, who alone knows it at once
        return len(group_world.world.authority.state.log.users[person.uid].keys) > 1

    lost: list[bytes] = []

    def lose() -> None:
        other = SigningKey.generate().save()
        mina.vault.write(lambda rows: save_setting(rows, "identity_key", other))
        mina.restart(connect=False)
        lost.append(other)

    def bring_back() -> None:
        if renewed(mina):  # who opens the vault again finds out at the log-in
            mina.reconnect()
            return
        mina.stop()
        mina.restart(connect=False)
        recover(mina)

    def end() -> None:
        user = owner.node.ctx.trust.user(omid.uid)
        assert user is not None
        owner.node.keys.end_account(user)

    steps = [
        says(sara, owner, "before"),
        ("renew", lambda: renewed(sara), lambda: sara.node.keys.renew()),
        posts(group_world, sara, "under the new key"),
        says(sara, owner, "after"),
        says(omid, sara, "to her new key"),
        ("end", lambda: users(omid).key is None, end),
        ("he is gone", lambda: "omid" not in group_world.world.people, lambda: group_world.world.people.pop("omid")),
        posts(group_world, sara, "without omid"),
        ("it is mended", lambda: not in_group(group_world, omid), lambda: None),
        ("mina loses her key", lambda: bool(lost), lose),
        ("and has it vouched for", lambda: renewed(mina) and mina.node.authority.up, bring_back),
        says(mina, owner, "with a new key"),
    ]

    def check() -> None:
        assert len(users(mina).keys) == 2
        group_world.people.remove(omid)
        finish(group_world, [owner, sara])
        assert len(users(sara).keys) == 2
        assert group_world.texts(owner) == ["under the new key", "without omid"]

    return group_world, steps, check


def words() -> Story:
    """Edits, answers, reactions, taking back; in private and in the group."""
    group_world = group_of_four()
    owner, sara, omid, _mina = group_world.people
    first, second = b"first words.....", b"private words..."

    def marks(person: Person, chat: str, to: Person, id: bytes) -> dict[str, object]:
        shown = message_views.history(person.node, chat, None, None, 200)["messages"]
        return next((one for one in shown if one["id"] == id.hex()), {})

    group = ChatId.group(group_world.gid)
    edit, react, gone = kinds.Edit(first, "edited"), kinds.Reaction(first, owner.uid, "👍"), kinds.Delete(first)
    of_mine = kinds.Edit(second, "private, edited")

    def put(by: Person, body: kinds.Body, id: bytes) -> Callable[[], object]:
        return lambda: by.node.groups.write(group_world.gid, body.KIND, kinds.encode_body(body), id)

    def tell(by: Person, to: Person, body: kinds.Body, id: bytes) -> Callable[[], object]:
        return lambda: by.node.messages.compose(to.uid, body.KIND, kinds.encode_body(body), id)

    def text_of(person: Person, chat: str, to: Person, id: bytes) -> object:
        return marks(person, chat, to, id).get("text")

    steps: list[Step] = [
        posts(group_world, owner, "first words"),
        ("edit", lambda: text_of(omid, group, owner, first) == "edited", put(owner, edit, b"e" * 16)),
        ("react", lambda: bool(marks(sara, group, owner, first).get("reactions")), put(omid, react, b"r" * 16)),
        ("take back", lambda: bool(marks(sara, group, owner, first).get("deleted")), put(owner, gone, b"d" * 16)),
        ("say", lambda: "private words" in sara.texts(owner), lambda: owner.write(sara, "private words", second)),
        (
            "edit in private",
            lambda: text_of(sara, private(owner), owner, second) == "private, edited",
            tell(owner, sara, of_mine, b"E" * 16),
        ),
        (
            "react in private",
            lambda: bool(marks(owner, private(sara), sara, second).get("reactions")),
            tell(sara, owner, kinds.Reaction(second, owner.uid, "🌹"), b"R" * 16),
        ),
        (
            "take back in private",
            lambda: bool(marks(sara, private(owner), owner, second).get("deleted")),
            tell(owner, sara, kinds.Delete(second), b"D" * 16),
        ),
    ]

    def check() -> None:
        finish(group_world, [owner, sara, omid])
        for person in (owner, sara, omid):
            assert [one["deleted"] for one in group_world.shown(person) if one["id"] == first.hex()] == [True]

    return group_world, steps, check


STORIES = {"membership": membership, "look": look, "files": files, "keys": keys, "words": words}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", STORIES)
def test_a_cut_anywhere(name: str, long: bool) -> None:
    group_world, steps, check = STORIES[name]()
    whole = Play(group_world.world, None, lambda step: [])
    whole.run(steps)
    count = len(whole.mishap.steps)
    check()
    assert count > 50
    for at in range(1, count + 1, 1 if long else count // SHORT):
        group_world, steps, check = STORIES[name]()
        play = Play(group_world.world, at, victims_in_turn(at))
        try:
            play.run(steps)
            check()
        except BaseException:
            print(f"{name}: cut {at} of {count}: {play.mishap.steps[at - 1 : at]}")
            raise


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("refusals", [1, 3])
@pytest.mark.parametrize("name", STORIES)
def test_a_disk_that_is_full_anywhere(name: str, refusals: int, long: bool) -> None:
    group_world, steps, check = STORIES[name]()
    whole = Play(group_world.world, None, lambda step: [])
    whole.run(steps)
    places = [at for at, step in enumerate(whole.mishap.steps, 1) if is_disk(step)]
    for at in places[:: 1 if long else len(places) // SHORT]:
        group_world, steps, check = STORIES[name]()
        disk = BadDisk(group_world.world, at, refusals)
        try:
            Play(group_world.world, None, lambda step: [], disk).run(steps)
            check()
        except BaseException:
            print(f"{name}: from step {at} on: {disk.steps[at - 1 : at]}")
            raise
