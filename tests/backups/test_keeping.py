"""Backups that are made by themselves: when, how many stay, what is in them, and that they hold up nothing."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from protocol import backups
from protocol.backup_records import LogEntry, Message, Record
from protocol.backups import BackupReader
from protocol.errors import HamrazError, error
from protocol.messages import Chunk, OfferBackup, PutChunk
from tests import long_talk
from tests.agent.wire import decoded
from tests.backups.machines import AtAuthority, MemoryNetwork, fill, found, lose, meet, on_paper
from tests.world import Person, World
from web_client.account import kits
from web_client.account.chat_ids import ChatId
from web_client.backups import exporting, keeping, sealing
from web_client.vault.database import Vault, setting

DAY = keeping.DAY_MS


def kept(world: World, kit: kits.Kit) -> list[int]:
    """When each that the authority has was made, the newest first."""
    return [backups.read_head(one.head).when for one in found(world, kit).backups]


def records(world: World, kit: kits.Kit, which: int = 0) -> list[Record]:
    """What is in one."""
    answer = found(world, kit)
    id, network = world.link.authority_id, MemoryNetwork(world, "looks")
    source = AtAuthority(lambda: meet(world, network), kit, id, answer.uid, answer.backups[which])
    about, key = backups.open_head(source.head, kit.open_key(), id)
    reader = BackupReader(key, id, about.id)
    return [one for chunk, index, count in source.chunks() for one in reader.take(chunk, index == count - 1)]


def test_without_a_kit_on_paper_there_is_none(world: World, arash: Person, sara: Person) -> None:
    sara.node.backups.step()
    assert sara.node.backups.kept is None
    with pytest.raises(HamrazError) as reason:
        sara.node.backups.make()
    assert reason.value.code == "kit_needed"


def test_the_first_at_once_then_daily_and_the_newest_two_stay(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    made = []
    for _day in range(3):
        sara.say(arash, "something new")
        sara.node.backups.step()
        made.insert(0, world.now)
        assert kept(world, kit) == made[:2]
        world.now += DAY // 2
        sara.say(arash, "not yet")
        sara.node.backups.step()
        assert kept(world, kit) == made[:2]
        world.now += DAY // 2
    world.now += 3 * DAY
    sara.node.backups.step()
    assert kept(world, kit)[0] == world.now
    before = world.now
    world.now += 2 * DAY
    sara.node.backups.step()  # nothing is new
    assert kept(world, kit)[0] == before
    sara.restart()
    sara.node.backups.step()
    assert kept(world, kit)[0] == before


def test_leaving_waits_for_one_if_much_is_new(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LEAVING", 20)
    kit = on_paper(sara)
    sara.node.backups.make()
    first = world.now
    world.now += 1000
    sara.say(arash, "one")
    sara.node.backups.leave()
    assert kept(world, kit) == [first]
    for n in range(20):
        sara.say(arash, f"{n}")
    sara.agent().lock()
    assert kept(world, kit) == [world.now, first]


def test_who_is_leaving_waits_no_longer_than_so_long(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LEAVING", 1)
    kit = on_paper(sara)
    sara.say(arash, "one")
    sara.timer = lambda: world.now / 1000 + 1000 * len(world.crossed)  # each frame takes for ever
    sara.node.backups.leave()
    assert kept(world, kit) == []
    assert sara.store.names() == []


def test_after_a_cut_it_goes_on(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    for n in range(200):
        sara.write(arash, f"{n} " + bytes(range(33, 126)).decode() * 300)
    put: list[int] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        chunk = decoded(body, PutChunk)
        if chunk is not None:
            put.append(chunk.index)
            if len(put) == 2:
                sara.network.cut("authority")
                return []
        return [body]

    for n in range(4):  # what no compression makes smaller
        text = "".join(chr(0x4E00 + random.Random(n * 10_000 + at).randrange(20_000)) for at in range(20_000))
        sara.write(arash, text)
        sara.write(arash, text[::-1])
    world.carry = carry
    with pytest.raises(HamrazError):
        sara.node.backups.make()
    assert sara.node.backups.why is not None and put[:2] == [0, 1]
    sara.reconnect()
    sara.node.backups.make()
    assert sara.node.backups.why is None and sara.store.names() == []
    assert 0 not in put[2:]
    assert len(kept(world, kit)) == 1


def test_it_is_checked_weekly_and_what_is_lost_is_named(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.node.backups.make()
    assert sara.node.backups.kept is not None and sara.node.backups.kept.checked == world.now
    asked = 0

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal asked
        chunk = decoded(body, Chunk)
        if chunk is None:
            return [body]
        from protocol import messages

        asked += 1
        return [messages.encode(Chunk(chunk.re, bytes(len(chunk.sealed)) if asked > 1 else chunk.sealed))]

    world.carry = carry
    world.now += 6 * DAY
    sara.node.backups.step()
    assert asked == 0
    world.now += DAY
    sara.node.backups.step()
    assert asked == 1 and sara.node.backups.kept.checked == world.now
    world.now += 7 * DAY
    with pytest.raises(HamrazError) as reason:
        sara.node.backups.step()
    assert reason.value.code == "backup_lost"
    assert sara.agent().snapshot()["backup"]["why"] == "backup_lost"
    assert sara.agent().snapshot()["backup"]["when"] is None
    world.carry = lambda source, target, body: [body]
    sara.node.backups.step()  # another one
    assert kept(world, kit)[0] == world.now and sara.agent().snapshot()["backup"]["when"] == world.now


def test_switched_off_there_is_none(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    sara.node.backups.step()
    assert len(kept(world, kit)) == 1
    sara.agent().set_setting("backups", False)
    sara.node.backups.step()
    assert kept(world, kit) == [] and sara.node.backups.kept is None
    world.now += 2 * DAY
    sara.node.backups.step()
    assert kept(world, kit) == []
    sara.agent().set_setting("backups", True)
    sara.node.backups.step()
    assert kept(world, kit) == [world.now]


def test_no_room_is_named_and_tried_again_later(world: World, arash: Person, sara: Person) -> None:
    on_paper(sara)
    space, world.authority.backup_space = world.authority.backup_space, 0
    with pytest.raises(HamrazError) as reason:
        sara.node.backups.step()
    assert reason.value.code == "quota_full" and sara.node.backups.why == "quota_full"
    asked = len(world.crossed)
    sara.node.backups.step()
    assert len(world.crossed) == asked
    world.authority.backup_space = space
    world.now += 3_600_000
    sara.node.backups.step()
    assert sara.node.backups.why is None and sara.node.backups.kept is not None


def test_a_new_kit_gets_a_new_backup(world: World, arash: Person, sara: Person) -> None:
    on_paper(arash)
    arash.node.backups.step()
    before = arash.node.backups.kept
    arash.node.kits.renew(None)
    world.settle()
    arash.node.backups.step()
    assert arash.node.backups.kept == before  # nothing is on paper
    kit = on_paper(arash)
    arash.node.backups.step()
    assert kept(world, kit) == [world.now]


def test_what_was_cut_off_before_a_new_kit_is_made_anew(world: World, arash: Person, sara: Person) -> None:
    """It would be sealed to the kit of before, and nobody could open it any more."""
    on_paper(arash)

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if decoded(body, PutChunk) is None:
            return [body]
        arash.network.cut("authority")
        return []

    world.carry = carry
    with pytest.raises(HamrazError):
        arash.node.backups.make()
    world.carry = lambda source, target, body: [body]
    arash.reconnect()
    arash.node.kits.renew(None)
    world.settle()
    kit = on_paper(arash)
    arash.node.backups.step()
    assert arash.store.names() == []
    lose(arash)
    assert fill(arash, kit).read(lambda rows: rows.execute("SELECT count(*) FROM settings").fetchone()) > (0,)


def test_no_secret_is_in_it_and_nothing_of_it_in_the_clear(world: World, arash: Person, sara: Person) -> None:
    kit = on_paper(sara)
    canary = "the canary sings in this message"
    sara.say(arash, canary)
    world.settle()
    sara.node.keys.renew()
    world.settle()
    arash.say(sara, canary)
    world.settle()
    world.crossed.clear()
    sara.node.backups.make()

    def secrets(rows: object) -> list[bytes]:
        keys = rows.execute(
            "SELECT secret FROM old_keys UNION SELECT key FROM last_resorts UNION SELECT key FROM own_prekeys"
        )  # type: ignore[attr-defined]
        return [bytes(one[0]) for one in keys] + [setting(rows, "identity_key") or b""]

    found_secrets = [*sara.vault.read(secrets), kit.recovery.save(), kit.vault_key(), kit.open_key().save()]
    assert len(found_secrets) > 20
    frames = b"".join(body for _source, _target, body in world.crossed)
    stored = b"".join(path.read_bytes() for path in world.authority.chunks.folder.rglob("*") if path.is_file())
    inside = b"".join(backups.encode_record(one) for one in records(world, kit))
    assert canary.encode() in inside and any(decoded(body, OfferBackup) for _s, _t, body in world.crossed)
    assert len(stored) > 1000
    for place in (frames, stored):
        assert canary.encode() not in place and kit.open_key().public.raw not in place
    for place in (frames, stored, inside):
        for secret in found_secrets:
            assert secret not in place


def test_what_changes_while_it_is_made_is_said_once_more(world: World, arash: Person, sara: Person) -> None:
    """The end of the stream is the vault as it was then: deleted words aren't in it, and nothing is in it twice."""
    on_paper(sara)
    for n in range(60):
        sara.say(arash, f"message {n}")
    world.settle()
    orders = {one["text"]: one["order"] for one in sara.shown(arash)}
    parts = exporting.slices(sara.vault, sara.node.ctx.trust.log.size)
    found_: list[Record] = []
    for number, part in enumerate(parts):
        found_ += part
        if number == 1:
            sara.agent().delete_message(ChatId.private(arash.uid), orders["message 33"])
            sara.agent().edit_message(ChatId.private(arash.uid), orders["message 4"], "other words")
            sara.write(arash, "one more")
            taken = sara.write(arash, "taken back at once")
            sara.node.messages.take_back(ChatId.private(arash.uid), taken, bytes(16))
    last = {one.order: one for one in found_ if isinstance(one, Message)}
    for one in found_:
        if type(one).__name__ == "Gone":
            last.pop(one.order, None)  # type: ignore[union-attr]
    told = sara.vault.read(lambda rows: rows.execute("SELECT ord, deleted, words FROM messages").fetchall())
    assert {(one.order, int(one.deleted), one.words) for one in last.values()} == {tuple(row) for row in told}
    assert b"message 33" not in b"".join(one.raw or b"" for one in last.values())
    assert sum(isinstance(one, LogEntry) for one in found_) == sara.node.ctx.trust.log.size
    left = sara.vault.read(lambda rows: rows.execute("SELECT count(*) FROM sqlite_temp_master").fetchone()[0])
    assert left == 0


def test_a_slow_machine_holds_the_vault_no_longer(world: World, arash: Person, sara: Person) -> None:
    """A slice ends with the row by which its time is up, of whatever table; nothing is left out, or said twice."""
    on_paper(sara)
    for n in range(30):
        sara.say(arash, f"message {n}")
        sara.vault.execute("INSERT INTO contacts (uid, noticed) VALUES (?, 1)", bytes([n]) * 32)
    world.settle()
    now, size = 0.0, sara.node.ctx.trust.log.size

    def seconds() -> float:
        nonlocal now
        now += 0.006  # at each look at the clock: a row each
        return now

    whole = [one for part in exporting.slices(sara.vault, size) for one in part]
    changed = list(exporting.slices(sara.vault, size, seconds))
    assert max(map(len, changed)) <= 3
    assert [one for part in changed for one in part] == whole
    parts, said = exporting.slices(sara.vault, size, seconds), [list[Record]()]
    for part in parts:
        if len(said) == 1:  # then all of them change, and are said once more
            sara.vault.execute("UPDATE messages SET seen = 7")
        said.append(part)
    last = {one.order: one for part in said for one in part if isinstance(one, Message)}
    assert max(map(len, said)) <= 3 and len(last) >= 30 and {one.seen for one in last.values()} == {7}


@pytest.mark.timeout(900)  # with --long, on a machine that others use too
def test_of_many_messages_no_slice_holds_the_vault_for_long(
    world: World, arash: Person, sara: Person, long: bool
) -> None:
    """And how long all of it takes, and how large it is: with --long for 100,000 messages."""
    count = 100_000 if long else 3_000
    kit = on_paper(sara)
    me, other, id = sara.node.ctx.me, arash.node.ctx.me, world.link.authority_id
    sara.vault.write(lambda rows: long_talk._write(rows, me, other, id, count, world.now, 0, random.Random(1)))
    held: list[float] = []
    browse = Vault.browse

    def timed(vault: Vault, question: object) -> object:
        begun = time.thread_time()  # which says the same on a machine that others use too
        try:
            return browse(vault, question)  # type: ignore[arg-type]
        finally:
            held.append(time.thread_time() - begun)

    sara.vault.browse = lambda question: timed(sara.vault, question)  # type: ignore[method-assign, assignment]
    begun = time.perf_counter()
    made = sara.node.backups.make()
    took = time.perf_counter() - begun
    print(f"{count} messages: {took:.1f} s, {made.size / count:.0f} bytes each, held {max(held) * 1000:.0f} ms")
    assert sorted(held)[int(len(held) * 0.98)] < 0.05
    lose(sara)
    begun = time.perf_counter()
    vault = fill(sara, kit)
    print(f"read into a new vault in {time.perf_counter() - begun:.1f} s")
    assert vault.read(lambda rows: rows.execute("SELECT count(*) FROM messages").fetchone()[0]) >= count
    assert made.size < sealing.MIB * 40


@pytest.mark.parametrize("refused", ["while it is made", "at the authority"])
def test_a_block_waits_for_no_other_day_where_the_first_try_fails(
    world: World, arash: Person, sara: Person, mani: Person, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """Whom one has blocked nobody else knows, so the next try has it, whatever kept the one before from its end."""
    kit = on_paper(sara)
    sara.node.backups.make()
    sara.agent().block(mani.uid.hex())
    world.now += keeping.SOON_MS
    with monkeypatch.context() as patch:
        if refused == "while it is made":
            patch.setattr(keeping, "seal", failing("disk_full"))
        else:
            patch.setattr(sara.node.backups, "_put", failing("quota_full"))
        with pytest.raises(HamrazError):
            sara.node.backups.step()
    world.now += 3600 * 1000
    sara.node.backups.step()
    assert kept(world, kit)[0] == world.now
    before = world.now
    world.now += 3600 * 1000
    sara.node.backups.step()  # and then it is done
    assert kept(world, kit)[0] == before


def failing(code: str) -> Any:
    def fail(*_given: object) -> None:
        raise error(code)

    return fail
