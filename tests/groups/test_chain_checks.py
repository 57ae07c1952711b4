"""Under a valid newest signature one entry is altered, moved, dropped or put in, also by whoever has the
authority's key.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from authority_server.store import groups as group_store
from protocol import messages
from protocol.errors import HamrazError
from protocol.group_batch import check_batch
from protocol.group_entries import (
    ChainHead,
    MessageEntry,
    chain_hash,
    decode_entry,
    decode_header,
    encode_entry,
)
from protocol.groups import Group
from protocol.messages import LogPart, NewHead, Reloaded
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import Signed, issue
from tests.agent.wire import decoded
from tests.groups.group_world import GroupWorld
from web_client.account.events import GroupChanged

Raws = list[bytes]


@pytest.fixture(scope="module")
def told() -> tuple[GroupWorld, Raws]:
    """A group of three who have written 24 messages in turn, under two epochs, and its chain."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    for turn in range(12):
        group_world.say(group_world.people[turn % 3], f"first {turn}")
    group_world.people[0].node.groups.command(group_world.gid, group_world.people[3].uid, True, "")
    for turn in range(12):
        group_world.say(group_world.people[turn % 3], f"second {turn}")
    room = group_world.room(group_world.people[0])
    rows = group_world.people[0].vault.read(
        lambda rows: rows.execute("SELECT entry FROM group_entries WHERE gid = ? ORDER BY n", (room.gid,)).fetchall()
    )
    return group_world, [bytes(row[0]) for row in rows]


def replay(group_world: GroupWorld, raws: Raws) -> Group:
    group = Group(group_world.gid)
    check_batch(group, raws, group_world.people[0].node.ctx.trust.log)
    return group


def messages_of(group_world: GroupWorld, raws: Raws, person: int, epoch: int) -> list[int]:
    """The places (from 0) of somebody's messages in an epoch."""
    found = []
    for place, raw in enumerate(raws):
        entry = decode_entry(raw)
        if isinstance(entry, MessageEntry):
            header = decode_header(entry.header)
            if header.uid == group_world.people[person].uid and header.epoch == epoch:
                found.append(place)
    return found


def message_at(raws: Raws, place: int) -> MessageEntry:
    entry = decode_entry(raws[place])
    assert isinstance(entry, MessageEntry)
    return entry


def altered(group_world: GroupWorld, raws: Raws) -> Raws:
    place = messages_of(group_world, raws, 1, 1)[1]
    entry = message_at(raws, place)
    other = bytes([entry.ciphertext[0] ^ 1]) + entry.ciphertext[1:]
    return [*raws[:place], encode_entry(MessageEntry(entry.header, other, entry.sig)), *raws[place + 1 :]]


def newest_altered(group_world: GroupWorld, raws: Raws) -> Raws:
    place = messages_of(group_world, raws, 1, 2)[-1]
    entry = message_at(raws, place)
    other = bytes([entry.ciphertext[0] ^ 1]) + entry.ciphertext[1:]
    return [*raws[:place], encode_entry(MessageEntry(entry.header, other, entry.sig)), *raws[place + 1 :]]


def swapped_of_one(group_world: GroupWorld, raws: Raws) -> Raws:
    one, two = messages_of(group_world, raws, 1, 1)[:2]
    changed = list(raws)
    changed[one], changed[two] = raws[two], raws[one]
    return changed


def swapped_of_two(group_world: GroupWorld, raws: Raws) -> Raws:
    one = messages_of(group_world, raws, 1, 1)[1]
    changed = list(raws)
    changed[one], changed[one + 1] = raws[one + 1], raws[one]
    return changed


def dropped(group_world: GroupWorld, raws: Raws) -> Raws:
    place = messages_of(group_world, raws, 2, 1)[1]
    return [*raws[:place], *raws[place + 1 :]]


def last_of_a_sender_dropped(group_world: GroupWorld, raws: Raws) -> Raws:
    place = messages_of(group_world, raws, 2, 1)[-1]
    return [*raws[:place], *raws[place + 1 :]]


def doubled(group_world: GroupWorld, raws: Raws) -> Raws:
    place = messages_of(group_world, raws, 1, 1)[1]
    return [*raws[: place + 1], raws[place], *raws[place + 1 :]]


def forged_by_a_member(group_world: GroupWorld, raws: Raws) -> Raws:
    """Another member writes in sara's name: links that hold, signed with the wrong key."""
    place = messages_of(group_world, raws, 1, 2)[-1]
    entry = message_at(raws, place)
    omid = group_world.people[2].node.ctx.me.key
    sig = omid.sign(b"group message", group_world.world.authority.id, entry.header + b"\0" * 32)
    return [*raws[:place], encode_entry(MessageEntry(entry.header, entry.ciphertext, sig)), *raws[place + 1 :]]


def of_an_old_epoch(group_world: GroupWorld, raws: Raws) -> Raws:
    old = messages_of(group_world, raws, 1, 1)[-1]
    return [*raws, raws[old]]


def commit_dropped(group_world: GroupWorld, raws: Raws) -> Raws:
    place = next(n for n, raw in enumerate(raws) if n > 0 and not isinstance(decode_entry(raw), MessageEntry) and n > 5)
    return [*raws[:place], *raws[place + 1 :]]


def of_no_form(group_world: GroupWorld, raws: Raws) -> Raws:
    """An entry that a later version may know: here it breaks the chain, by name."""
    return [*raws, b"\x92\xa4poll\xc4\x00"]


def longer_by_a_byte(group_world: GroupWorld, raws: Raws) -> Raws:
    return [*raws[:-1], raws[-1] + b"\x00"]


ATTACKS: list[tuple[Callable[[GroupWorld, Raws], Raws], str]] = [
    (altered, "bad_signature"),
    (newest_altered, "bad_signature"),
    (swapped_of_one, "chain_broken"),
    (swapped_of_two, "chain_split"),
    (dropped, "chain_split"),
    (last_of_a_sender_dropped, "chain_split"),
    (doubled, "chain_broken"),
    (forged_by_a_member, "bad_signature"),
    (of_an_old_epoch, "stale"),
    (commit_dropped, "stale"),
    (of_no_form, "bad_statement"),
    (longer_by_a_byte, "bad_statement"),
]


def test_the_chain_as_it_is(told: tuple[GroupWorld, Raws]) -> None:
    group_world, raws = told
    group = replay(group_world, raws)
    assert (group.n, group.hash) == (group_world.kept.group.n, group_world.kept.group.hash)


@pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=[attack.__name__ for attack, _code in ATTACKS])
def test_refused_by_its_name(
    told: tuple[GroupWorld, Raws], attack: Callable[[GroupWorld, Raws], Raws], code: str
) -> None:
    group_world, raws = told
    with pytest.raises(HamrazError) as caught:
        replay(group_world, attack(group_world, raws))
    assert caught.value.code == code


@pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=[attack.__name__ for attack, _code in ATTACKS])
def test_refused_at_a_reader_to_whom_the_authority_signs_it(
    attack: Callable[[GroupWorld, Raws], Raws], code: str
) -> None:
    """A newcomer reloads a chain that was rebuilt with the authority's own key: its head is right, an entry isn't."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    for turn in range(12):
        group_world.say(group_world.people[turn % 3], f"first {turn}")
    group_world.people[0].node.groups.command(group_world.gid, group_world.people[3].uid, True, "")
    group_world.world.settle()
    for turn in range(9):
        group_world.say(group_world.people[turn % 3], f"second {turn}")
    reader = group_world.people[3]
    with group_world.world.authority.store.reading() as rows:
        raws = group_store.entries(rows, group_world.gid, 0, 10_000, 1 << 30)
    false = attack(group_world, raws)
    head = sign_chain(group_world.world.authority_key, group_world, false)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == reader.name and body[1:9] == b"\xa8reloade":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            return [msgspec.msgpack.encode(Reloaded(answer.re, answer.start, false[answer.start - 1 :], head))]
        return [body]

    group_world.world.carry = carry
    with pytest.raises(HamrazError) as caught:
        reader.node.groups.answer(group_world.gid, True)
        group_world.room(reader).reload()
    assert caught.value.code in ("group_broken", "chain_split")
    if caught.value.code == "group_broken":
        assert caught.value.values["why"] == code
        shown = reader.agent().snapshot()["conversations"][-1]
        assert (shown["can_send"], shown["why_not"]) == (False, "group_broken")
    assert group_world.texts(reader) == []


def sign_chain(key: SigningKey, group_world: GroupWorld, raws: Raws) -> Signed:
    hash = bytes(32)
    for n, raw in enumerate(raws, 1):
        hash = chain_hash(hash, n, raw)
    return issue(ChainHead(group_world.gid, len(raws), hash, 2, 0), key, group_world.world.authority.id)


def test_two_signed_chains_raise_the_alarm() -> None:
    """The authority shows a member a head that contradicts what it has signed for them before."""
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, guest = group_world.people
    group_world.say(owner, "one")
    room = group_world.room(guest)
    false = issue(
        ChainHead(group_world.gid, room.group.n, b"\7" * 32, 1, 0),
        group_world.world.authority_key,
        group_world.world.authority.id,
    )
    with pytest.raises(HamrazError) as caught:
        room.compare(false)
    assert caught.value.code == "chain_split"
    alarm = guest.node.ctx.trust.alarm
    assert alarm is not None and alarm["first"]["hash"] != alarm["second"]["hash"]
    with pytest.raises(HamrazError) as stopped:
        guest.node.groups.write(group_world.gid, "text", b"x", b"\1" * 16)
    assert stopped.value.code == "sending_stopped"


def test_what_broke_a_rule_breaks_nothing_once_what_holds_has_come() -> None:
    """Nothing of the false entries was ever kept: the group isn't broken for good by one answer."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, reader, _other = group_world.people
    group_world.world.carry = lambda source, target, body: (
        [] if target == reader.name and b"entries" in body[:9] else [body]
    )
    group_world.write(owner, "one")
    group_world.room(owner).step()

    def shown() -> tuple[bool, str | None]:
        (group,) = [one for one in reader.agent().snapshot()["conversations"] if one["kind"] == "group"]
        return group["can_send"], group["why_not"]

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == reader.name and body[1:9] == b"\xa8reloade":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            entry = decode_entry(answer.entries[-1])
            assert isinstance(entry, MessageEntry)
            false = encode_entry(MessageEntry(entry.header, entry.ciphertext + b"x", entry.sig))
            return [msgspec.msgpack.encode(Reloaded(answer.re, answer.start, [false], answer.chain))]
        return [body]

    group_world.world.carry = carry
    with pytest.raises(HamrazError) as caught:
        group_world.room(reader).reload()
    assert caught.value.code == "group_broken"
    assert shown() == (False, "group_broken")
    group_world.world.carry = lambda source, target, body: [body]
    reader.changes.clear()
    group_world.room(reader).reload()
    assert shown() == (True, None)
    assert GroupChanged(group_world.gid) in reader.changes
    group_world.say(reader, "two")
    assert group_world.texts(owner) == group_world.texts(reader) == ["one", "two"]


def test_a_commit_whose_log_entry_isn_t_here_yet_breaks_nothing() -> None:
    """An old answer about the log is no broken rule of the group's: it is asked for again."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    owner, reader, third = group_world.people
    old: list[LogPart] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != reader.name:
            return [body]
        if (part := decoded(body, LogPart)) is not None:
            old.append(part)
            return [messages.encode(msgspec.structs.replace(old[0], re=part.re))]
        return [] if decoded(body, NewHead) else [body]

    reader.node.authority.log.refresh()
    group_world.world.carry = carry
    reader.node.authority.log.refresh()
    owner.node.groups.command(group_world.gid, third.uid, True, "")
    with pytest.raises(HamrazError) as caught:
        group_world.room(reader).reload()
    assert caught.value.code == "log_behind"
    assert group_world.room(reader).row("trouble") is None
    group_world.world.carry = lambda source, target, body: [body]
    group_world.come_to_rest()
    group_world.check()
    group_world.say(reader, "goes on")
    assert group_world.texts(owner) == ["goes on"]
