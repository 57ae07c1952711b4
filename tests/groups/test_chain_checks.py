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
from tests.groups.village import Village
from web_client.account.events import GroupChanged

Raws = list[bytes]


@pytest.fixture(scope="module")
def told() -> tuple[Village, Raws]:
    """A group of three who have written 24 messages in turn, under two epochs, and its chain."""
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    for turn in range(12):
        village.say(village.people[turn % 3], f"first {turn}")
    village.people[0].node.groups.command(village.gid, village.people[3].uid, True, "")
    for turn in range(12):
        village.say(village.people[turn % 3], f"second {turn}")
    room = village.room(village.people[0])
    rows = village.people[0].vault.read(
        lambda rows: rows.execute("SELECT entry FROM group_entries WHERE gid = ? ORDER BY n", (room.gid,)).fetchall()
    )
    return village, [bytes(row[0]) for row in rows]


def replay(village: Village, raws: Raws) -> Group:
    group = Group(village.gid)
    check_batch(group, raws, village.people[0].node.ctx.trust.log)
    return group


def messages_of(village: Village, raws: Raws, person: int, epoch: int) -> list[int]:
    """The places (from 0) of somebody's messages in an epoch."""
    found = []
    for place, raw in enumerate(raws):
        entry = decode_entry(raw)
        if isinstance(entry, MessageEntry):
            header = decode_header(entry.header)
            if header.uid == village.people[person].uid and header.epoch == epoch:
                found.append(place)
    return found


def message_at(raws: Raws, place: int) -> MessageEntry:
    entry = decode_entry(raws[place])
    assert isinstance(entry, MessageEntry)
    return entry


def altered(village: Village, raws: Raws) -> Raws:
    place = messages_of(village, raws, 1, 1)[1]
    entry = message_at(raws, place)
    other = bytes([entry.ciphertext[0] ^ 1]) + entry.ciphertext[1:]
    return [*raws[:place], encode_entry(MessageEntry(entry.header, other, entry.sig)), *raws[place + 1 :]]


def newest_altered(village: Village, raws: Raws) -> Raws:
    place = messages_of(village, raws, 1, 2)[-1]
    entry = message_at(raws, place)
    other = bytes([entry.ciphertext[0] ^ 1]) + entry.ciphertext[1:]
    return [*raws[:place], encode_entry(MessageEntry(entry.header, other, entry.sig)), *raws[place + 1 :]]


def swapped_of_one(village: Village, raws: Raws) -> Raws:
    one, two = messages_of(village, raws, 1, 1)[:2]
    changed = list(raws)
    changed[one], changed[two] = raws[two], raws[one]
    return changed


def swapped_of_two(village: Village, raws: Raws) -> Raws:
    one = messages_of(village, raws, 1, 1)[1]
    changed = list(raws)
    changed[one], changed[one + 1] = raws[one + 1], raws[one]
    return changed


def dropped(village: Village, raws: Raws) -> Raws:
    place = messages_of(village, raws, 2, 1)[1]
    return [*raws[:place], *raws[place + 1 :]]


def last_of_a_sender_dropped(village: Village, raws: Raws) -> Raws:
    place = messages_of(village, raws, 2, 1)[-1]
    return [*raws[:place], *raws[place + 1 :]]


def doubled(village: Village, raws: Raws) -> Raws:
    place = messages_of(village, raws, 1, 1)[1]
    return [*raws[: place + 1], raws[place], *raws[place + 1 :]]


def forged_by_a_member(village: Village, raws: Raws) -> Raws:
    """Another member writes in sara's name: links that hold, signed with the wrong key."""
    place = messages_of(village, raws, 1, 2)[-1]
    entry = message_at(raws, place)
    omid = village.people[2].node.ctx.me.key
    sig = omid.sign(b"group message", village.world.authority.id, entry.header + b"\0" * 32)
    return [*raws[:place], encode_entry(MessageEntry(entry.header, entry.ciphertext, sig)), *raws[place + 1 :]]


def of_an_old_epoch(village: Village, raws: Raws) -> Raws:
    old = messages_of(village, raws, 1, 1)[-1]
    return [*raws, raws[old]]


def commit_dropped(village: Village, raws: Raws) -> Raws:
    place = next(n for n, raw in enumerate(raws) if n > 0 and not isinstance(decode_entry(raw), MessageEntry) and n > 5)
    return [*raws[:place], *raws[place + 1 :]]


def of_no_form(village: Village, raws: Raws) -> Raws:
    """An entry that a later version may know: here it breaks the chain, by name."""
    return [*raws, b"\x92\xa4poll\xc4\x00"]


def longer_by_a_byte(village: Village, raws: Raws) -> Raws:
    return [*raws[:-1], raws[-1] + b"\x00"]


ATTACKS: list[tuple[Callable[[Village, Raws], Raws], str]] = [
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


def test_the_chain_as_it_is(told: tuple[Village, Raws]) -> None:
    village, raws = told
    group = replay(village, raws)
    assert (group.n, group.hash) == (village.kept.group.n, village.kept.group.hash)


@pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=[attack.__name__ for attack, _code in ATTACKS])
def test_refused_by_its_name(told: tuple[Village, Raws], attack: Callable[[Village, Raws], Raws], code: str) -> None:
    village, raws = told
    with pytest.raises(HamrazError) as caught:
        replay(village, attack(village, raws))
    assert caught.value.code == code


@pytest.mark.parametrize(("attack", "code"), ATTACKS, ids=[attack.__name__ for attack, _code in ATTACKS])
def test_refused_at_a_reader_to_whom_the_authority_signs_it(attack: Callable[[Village, Raws], Raws], code: str) -> None:
    """A newcomer reloads a chain that was rebuilt with the authority's own key: its head is right, an entry isn't."""
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    for turn in range(12):
        village.say(village.people[turn % 3], f"first {turn}")
    village.people[0].node.groups.command(village.gid, village.people[3].uid, True, "")
    village.world.settle()
    for turn in range(9):
        village.say(village.people[turn % 3], f"second {turn}")
    reader = village.people[3]
    with village.world.authority.store.reading() as rows:
        raws = group_store.entries(rows, village.gid, 0, 10_000, 1 << 30)
    false = attack(village, raws)
    head = sign_chain(village.world.authority_key, village, false)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == reader.name and body[1:9] == b"\xa8reloade":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            return [msgspec.msgpack.encode(Reloaded(answer.re, answer.start, false[answer.start - 1 :], head))]
        return [body]

    village.world.carry = carry
    with pytest.raises(HamrazError) as caught:
        reader.node.groups.answer(village.gid, True)
        village.room(reader).reload()
    assert caught.value.code in ("group_broken", "chain_split")
    if caught.value.code == "group_broken":
        assert caught.value.values["why"] == code
        shown = reader.agent().snapshot()["conversations"][-1]
        assert (shown["can_send"], shown["why_not"]) == (False, "group_broken")
    assert village.texts(reader) == []


def sign_chain(key: SigningKey, village: Village, raws: Raws) -> Signed:
    hash = bytes(32)
    for n, raw in enumerate(raws, 1):
        hash = chain_hash(hash, n, raw)
    return issue(ChainHead(village.gid, len(raws), hash, 2, 0), key, village.world.authority.id)


def test_two_signed_chains_raise_the_alarm() -> None:
    """The authority shows a member a head that contradicts what it has signed for them before."""
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, guest = village.people
    village.say(owner, "one")
    room = village.room(guest)
    false = issue(
        ChainHead(village.gid, room.group.n, b"\7" * 32, 1, 0), village.world.authority_key, village.world.authority.id
    )
    with pytest.raises(HamrazError) as caught:
        room.compare(false)
    assert caught.value.code == "chain_split"
    alarm = guest.node.ctx.trust.alarm
    assert alarm is not None and alarm["first"]["hash"] != alarm["second"]["hash"]
    with pytest.raises(HamrazError) as stopped:
        guest.node.groups.write(village.gid, "text", b"x", b"\1" * 16)
    assert stopped.value.code == "sending_stopped"


def test_what_broke_a_rule_breaks_nothing_once_what_holds_has_come() -> None:
    """Nothing of the false entries was ever kept: the group isn't broken for good by one answer."""
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, reader, _other = village.people
    village.world.carry = lambda source, target, body: (
        [] if target == reader.name and b"entries" in body[:9] else [body]
    )
    village.write(owner, "one")
    village.room(owner).step()

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

    village.world.carry = carry
    with pytest.raises(HamrazError) as caught:
        village.room(reader).reload()
    assert caught.value.code == "group_broken"
    assert shown() == (False, "group_broken")
    village.world.carry = lambda source, target, body: [body]
    reader.changes.clear()
    village.room(reader).reload()
    assert shown() == (True, None)
    assert GroupChanged(village.gid) in reader.changes
    village.say(reader, "two")
    assert village.texts(owner) == village.texts(reader) == ["one", "two"]


def test_a_commit_whose_log_entry_isn_t_here_yet_breaks_nothing() -> None:
    """An old answer about the log is no broken rule of the group's: it is asked for again."""
    village = Village(Role.BEGINNER, Role.BEGINNER, members=1)
    village.everybody_joins()
    owner, reader, third = village.people
    old: list[LogPart] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target != reader.name:
            return [body]
        if (part := decoded(body, LogPart)) is not None:
            old.append(part)
            return [messages.encode(msgspec.structs.replace(old[0], re=part.re))]
        return [] if decoded(body, NewHead) else [body]

    reader.node.authority.log.refresh()
    village.world.carry = carry
    reader.node.authority.log.refresh()
    owner.node.groups.command(village.gid, third.uid, True, "")
    with pytest.raises(HamrazError) as caught:
        village.room(reader).reload()
    assert caught.value.code == "log_behind"
    assert village.room(reader).row("trouble") is None
    village.world.carry = lambda source, target, body: [body]
    village.come_to_rest()
    village.check()
    village.say(reader, "goes on")
    assert village.texts(owner) == ["goes on"]
