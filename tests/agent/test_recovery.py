"""An authority restored from an old backup: agents give back the log and their groups, nothing contradicts itself.

The backup is a real copy of the database; everything after it is lost with it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from authority_server.core.recovery import BY_HAND
from authority_server.store.database import Store
from protocol.errors import HamrazError
from protocol.messages import GiveBack, GivenBack
from protocol.roles import Role
from protocol.statements import Head, issue
from tests import stores
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.authority import give_back


def copy_of(world: World) -> Store:
    """A backup of the authority's database as it is now."""
    return stores.copy(world.store)


def restore(world: World, backup: Store, recover: bool = True) -> None:
    """The authority of the backup, under a clock that has gone on."""
    world.now += 3_600_000
    world.store = backup
    world.restart_authority()
    if recover:
        world.authority.recovery.begin("started with --recover", BY_HAND)


def come_back(*people: Person) -> None:
    for person in people:
        person.reconnect()
        person.settle()


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(HamrazError) as reason:
        action()
    return reason.value.code


def no_alarm(world: World) -> None:
    for person in world.people.values():
        assert person.node.ctx.trust.alarm is None
        for room in person.node.groups.rooms.values():
            assert room.row("trouble") is None


def make_admin(world: World, of: Person, whom: Person, role: Role) -> None:
    of.agent().add_permissions(whom.name, role.value)
    world.settle()


def found_group(world: World, by: Person, *others: Person) -> bytes:
    gid = by.node.groups.create("workshop", [one.uid for one in others], "all").gid
    world.settle()
    for one in others:
        one.node.groups.answer(gid, True)
    world.settle()
    return gid


def post(world: World, who: Person, gid: bytes, text: str) -> None:
    who.agent().send_public_message(text, gid.hex(), False, None, "", None)
    world.settle()


def posts(who: Person, gid: bytes) -> list[str]:
    shown = who.agent().history(ChatId.group(gid), None, None, 200)["messages"]
    return [one["text"] for one in shown if one["kind"] == "text"]


def test_the_log_comes_back_whole(world: World, arash: Person, sara: Person) -> None:
    backup, before = copy_of(world), world.authority.published.size
    mani = world.sign_up("mani")
    make_admin(world, arash, mani, Role.ADMIN)
    zal = world.sign_up("zal")
    world.settle()
    whole = world.authority.state.entries[:]

    restore(world, backup)
    assert world.authority.published.size == before
    come_back(zal, mani, arash, sara)  # somebody whom the backup doesn't know comes first
    assert world.authority.state.entries == whole
    assert world.authority.state.accounts.keys() == world.authority.state.log.users.keys()
    status = world.authority.recovery.status()
    assert status is not None and {name: status[name] for name in ("before", "seen", "of")} == {
        "before": before,
        "seen": 4,
        "of": 4,
    }
    no_alarm(world)
    # the disk has it: another start finds the same, and goes on recovering
    world.restart_authority()
    assert world.authority.state.entries == whole and world.authority.recovery.on
    world.authority.recovery.end()
    world.restart_authority()
    assert not world.authority.recovery.on
    come_back(arash, sara, mani, zal)
    world.sign_up("newcomer")
    world.settle()
    arash.say(zal, "as if nothing had been")
    assert zal.texts(arash) == ["as if nothing had been"]
    no_alarm(world)


def test_nothing_is_appended_before_a_person_says_so(world: World, arash: Person, sara: Person) -> None:
    gid = found_group(world, arash, sara)
    backup = copy_of(world)
    restore(world, backup)
    come_back(arash, sara)
    size = world.authority.published.size
    assert code_of(lambda: world.sign_up("newcomer")) == "recovering"
    del world.people["newcomer"]
    assert code_of(lambda: arash.agent().add_permissions("sara", "admin")) == "recovering"
    arash.agent().send_public_message("waits", gid.hex(), False, None, "", None)
    assert code_of(arash.node.groups.rooms[gid].step) == "recovering"
    assert posts(sara, gid) == [] and world.authority.published.size == size
    world.authority.recovery.end()
    world.settle()
    assert posts(sara, gid) == ["waits"]
    arash.agent().add_permissions("sara", "admin")
    no_alarm(world)


def test_groups_come_back_with_their_chains(world: World, arash: Person, sara: Person, mani: Person) -> None:
    old = found_group(world, arash, sara)
    post(world, sara, old, "before the backup")
    backup = copy_of(world)
    post(world, arash, old, "after it")
    arash.node.groups.command(old, mani.uid, True, "")
    world.settle()
    mani.node.groups.answer(old, True)
    world.settle()
    post(world, mani, old, "one who came after it")
    new = found_group(world, arash, mani)
    post(world, mani, new, "in a group of after it")
    ports = {gid: group.port for gid, group in world.authority.published_groups.items()}

    restore(world, backup)
    come_back(mani)
    assert mani.node.groups.rooms[old].state == "joined", "what it doesn't know of, it doesn't deny"
    come_back(sara, arash)
    world.settle()
    assert {gid: group.port for gid, group in world.authority.published_groups.items()} == ports
    world.authority.recovery.end()
    world.settle()
    for gid, people, texts in (
        (old, (arash, sara, mani), ["before the backup", "after it", "one who came after it"]),
        (new, (arash, mani), ["in a group of after it"]),
    ):
        post(world, people[0], gid, "and on")
        post(world, people[-1], gid, "and on and on")
        for person in people:
            assert posts(person, gid) == [*texts, "and on", "and on and on"]
    no_alarm(world)


def test_a_group_that_nobody_has_given_back_takes_nothing(world: World, arash: Person, sara: Person) -> None:
    gid = found_group(world, arash, sara)
    mani = world.sign_up("mani")
    world.settle()
    backup = copy_of(world)
    arash.node.groups.command(gid, mani.uid, True, "")
    world.settle()
    arash.stop(), sara.stop()
    restore(world, backup)
    come_back(mani)  # who has the log, and has not joined
    world.authority.recovery.end()
    sara.restart(connect=False)
    sara.node.authority._recovering = False
    sara.node.authority.connect()
    sara.agent().send_public_message("too early", gid.hex(), False, None, "", None)
    room = sara.node.groups.rooms[gid]
    assert code_of(room.step) == "recovering"
    restore(world, copy_of(world))  # and when it is said again, it comes back after all
    come_back(sara)
    world.authority.recovery.end()
    world.settle()
    no_alarm(world)


def test_mail_that_was_lost_is_left_again_and_old_mail_changes_nothing(
    world: World, arash: Person, sara: Person
) -> None:
    arash.say(sara, "hello")
    sara.stop()
    arash.say(sara, "one")  # taken out after the backup
    backup = copy_of(world)
    sara.restart()
    sara.settle()
    sara.stop()
    arash.write(sara, "two")  # left after it
    arash.deliver()
    assert arash.states(sara)[-1] == "authority"

    restore(world, backup)
    come_back(arash)
    arash.settle()
    arash.stop()
    sara.restart()
    sara.settle()
    assert sara.texts(arash) == ["hello", "one", "two"]
    no_alarm(world)


def test_without_the_option_the_first_head_beyond_stops_everything(world: World, arash: Person, sara: Person) -> None:
    backup = copy_of(world)
    mani = world.sign_up("mani")
    restore(world, backup, recover=False)
    come_back(mani)
    assert world.authority.recovery.on
    assert code_of(lambda: world.sign_up("newcomer")) == "recovering"
    del world.people["newcomer"]
    come_back(arash, sara)
    world.authority.recovery.end()
    world.settle()
    no_alarm(world)


def test_ended_too_early_it_contradicts_itself_and_those_who_know_more_notice(
    world: World, arash: Person, sara: Person
) -> None:
    backup = copy_of(world)
    world.sign_up("mani").stop()
    mani = world.people.pop("mani")
    arash.stop(), sara.stop()
    restore(world, backup)
    world.authority.recovery.end()
    world.sign_up("newcomer")
    with pytest.raises(HamrazError) as reason:
        mani.restart()
    assert reason.value.code == "log_split"
    assert mani.node.ctx.trust.alarm is not None


# --- who gives back what isn't so ---


@pytest.fixture
def giver(world: World, arash: Person, sara: Person) -> tuple[Person, Store]:
    """mani, who is in the log after the backup, and the backup."""
    backup = copy_of(world)
    made = world.sign_up("mani")
    world.sign_up("zal")
    world.settle()
    return made, backup


def lie_about(world: World, change: Callable[[GiveBack], GiveBack]) -> list[str]:
    """Change what is given back on its way; the answers' tags."""
    answers: list[str] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        given = decoded(body, GiveBack)
        if given is not None:
            from protocol import messages

            return [messages.encode(change(given))]
        if decoded(body, GivenBack) is not None:
            answers.append("given_back")
        return [body]

    world.carry = carry
    return answers


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda given: GiveBack(given.rid, given.after, given.entries[::-1], given.head), None),
        (
            lambda given: GiveBack(given.rid, given.after, [*given.entries, given.entries[0]], given.head),
            "wrong_answer",
        ),
        (lambda given: GiveBack(given.rid, given.after, [b"\xc1"], given.head), "log_invalid"),
    ],
)
def test_entries_that_no_head_proves_are_not_kept(
    world: World, giver: tuple[Person, Store], change: Callable[[GiveBack], GiveBack], code: str | None
) -> None:
    mani, backup = giver
    size = len(copy_of(world).read(lambda rows: list(rows.entries())))
    restore(world, backup)
    before = world.authority.state.entries[:]
    lie_about(world, change)
    with pytest.raises(HamrazError) as reason:
        mani.node.authority.connect()
    assert code is None or reason.value.code == code
    assert world.authority.state.entries == before
    world.carry = lambda source, target, body: [body]
    mani.node.authority.connect()
    assert world.authority.published.size == size
    no_alarm(world)


def test_a_head_of_somebody_else_s_begins_nothing(world: World, giver: tuple[Person, Store]) -> None:
    mani, backup = giver
    restore(world, backup, recover=False)
    foreign = issue(Head(99, bytes(32)), mani.node.ctx.me.key, world.link.authority_id)
    lie_about(world, lambda given: GiveBack(given.rid, given.after, given.entries, foreign))
    assert code_of(mani.node.authority.connect) == "bad_signature"
    assert not world.authority.recovery.on


def test_a_long_log_comes_back_in_parts(
    world: World, giver: tuple[Person, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    mani, backup = giver
    whole = world.authority.state.entries[:]
    monkeypatch.setattr(give_back, "LOG_PART", 10)  # one entry each
    restore(world, backup)
    answers = lie_about(world, lambda given: given)
    mani.node.authority.connect()
    assert len(answers) == 2
    assert world.authority.state.entries == whole


def test_one_gives_at_a_time(world: World, giver: tuple[Person, Store], monkeypatch: pytest.MonkeyPatch) -> None:
    mani, backup = giver
    zal, whole = world.people["zal"], world.authority.state.entries[:]
    monkeypatch.setattr(give_back, "LOG_PART", 10)
    restore(world, backup)
    codes: list[str] = []

    def interrupt(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == "mani" and decoded(body, GivenBack) is not None and not codes:
            codes.append(code_of(zal.node.authority.connect))
        return [body]

    world.carry = interrupt
    mani.node.authority.connect()
    assert codes == ["recovering"]
    assert world.authority.state.entries == whole
    zal.node.authority.connect()
