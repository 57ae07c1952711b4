"""Agents' backups at the authority (section 8.14): room for them, what stays of them, and who finds them again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from authority_server.core.authority import Authority
from authority_server.handlers import files
from authority_server.main import open_folder
from authority_server.store import sqlite
from authority_server.store.blobs import ChunkFiles
from protocol.backup_messages import BACKUP_LIMIT
from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.gone_messages import FetchGone, Gone
from protocol.log import recovery_hash
from protocol.log_entries import OWN, SOLE
from protocol.messages import (
    Appended,
    BackupIs,
    Chunk,
    Done,
    DropBackups,
    DropFile,
    FetchLog,
    FileIs,
    FindBackup,
    GetChunk,
    KeepBackup,
    LogPart,
    OfferBackup,
    OfferFile,
    PutChunk,
)
from protocol.primitives import SigningKey, random_id
from protocol.statements import PROOF_AUTHORITY, PROOF_BACKUP, Proof, issue
from tests.authority.peer import FINGERPRINT, Clock, Peer, Person, agent, member, owner, run_for
from tests.authority.test_key_changes import end, recovery, with_key
from tests.authority.test_recovery_keys import change as change_recovery

SIZE = CHUNK + 100
CHUNKS = [os.urandom(CHUNK + 16), os.urandom(116)]
HEAD = b"whose it is, and the sealed key"


@pytest.fixture
def first(authority: Authority) -> Person:
    return owner(authority)


@pytest.fixture
def sara(authority: Authority, first: Person) -> Person:
    return member(authority, "sara")


def code(run: Any) -> str:
    with pytest.raises(HamrazError) as refusal:
        run()
    return refusal.value.code


def offer(peer: Peer, id: bytes, size: int = SIZE, head: bytes = HEAD) -> int:
    return peer.ask(OfferBackup(0, id, size, head), FileIs).have


def put(peer: Peer, id: bytes, index: int) -> None:
    peer.ask(PutChunk(0, id, index, CHUNKS[index]), Done)


def leave(peer: Peer, id: bytes | None = None) -> bytes:
    """A whole one."""
    id = id or random_id()
    assert offer(peer, id) == 0
    for index in range(2):
        put(peer, id, index)
    peer.ask(KeepBackup(0, id), Done)
    return id


def find_request(peer: Peer, kit: SigningKey, **changes: Any) -> FindBackup:
    """What whoever has the kit sends; `changes` replace fields of the proof."""
    id = peer.authority.id
    hash = recovery_hash(id, kit.public)
    proof = Proof(PROOF_BACKUP, id, peer.welcome.server_nonce, FINGERPRINT, hash)
    return FindBackup(0, kit.public.raw, issue(msgspec.structs.replace(proof, **changes), kit, id))


def find(authority: Authority, kit: SigningKey) -> tuple[Peer, BackupIs]:
    peer = Peer(authority).hello()
    return peer, peer.ask(find_request(peer, kit), BackupIs)


def found(authority: Authority, kit: SigningKey) -> list[bytes]:
    return [kept.id for kept in find(authority, kit)[1].backups]


def on_disk(authority: Authority) -> set[bytes]:
    return {id for _owner, id in authority.chunks.sizes()}


# --- leaving one ---


def test_who_has_the_recovery_key_alone_gets_it_back(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    id = leave(peer)
    peer.hang_up()
    stranger, answer = find(authority, sara.recovery)
    assert answer.uid == sara.uid
    assert [(kept.id, kept.size, kept.head) for kept in answer.backups] == [(id, SIZE, HEAD)]
    got = [stranger.ask(GetChunk(0, answer.uid, id, index), Chunk).sealed for index in range(2)]
    assert got == CHUNKS
    assert code(lambda: stranger.ask(GetChunk(0, answer.uid, id, 2), Chunk)) == "file_gone"
    # and goes on from there with a new key, on the same connection
    new = SigningKey.generate()
    stranger.ask(recovery(sara, new, authority.state.log.users[sara.uid].latest), Appended)
    stranger.log_in(with_key(sara, new))
    assert stranger.ask(GetChunk(0, sara.uid, id, 0), Chunk).sealed == CHUNKS[0]


def test_it_goes_on_after_a_cut(authority: Authority, sara: Person) -> None:
    peer, id = agent(authority, sara), random_id()
    offer(peer, id)
    put(peer, id, 0)
    peer.hang_up()
    peer = agent(authority, sara)
    assert offer(peer, id) == 1
    assert code(lambda: peer.ask(KeepBackup(0, id), Done)) == "file_not_yet"
    assert found(authority, sara.recovery) == []
    put(peer, id, 1)
    assert found(authority, sara.recovery) == []  # nobody has said that it is whole
    peer.ask(KeepBackup(0, id), Done)
    peer.ask(KeepBackup(0, id), Done)  # a resend
    assert offer(peer, id) == 2
    assert found(authority, sara.recovery) == [id]


def test_of_the_whole_ones_the_newest_two_stay(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    ids = [leave(peer) for _ in range(4)]
    assert found(authority, sara.recovery) == [ids[3], ids[2]]
    assert on_disk(authority) == {ids[3], ids[2]}
    assert authority.state.backups.of(sara.uid) == 2 * 3 * CHUNK


def test_one_is_on_its_way_at_a_time(authority: Authority, sara: Person) -> None:
    peer, whole, given_up, next_one = agent(authority, sara), random_id(), random_id(), random_id()
    leave(peer, whole)
    offer(peer, given_up)
    put(peer, given_up, 0)
    offer(peer, next_one)
    assert code(lambda: put(peer, given_up, 1)) == "file_gone"
    assert code(lambda: peer.ask(KeepBackup(0, given_up), Done)) == "file_gone"
    assert on_disk(authority) == {whole}
    assert authority.state.backups.of(sara.uid) == 3 * CHUNK + CHUNK


def test_an_id_is_of_one_thing(authority: Authority, first: Person, sara: Person) -> None:
    peer, id = agent(authority, sara), leave(agent(authority, first))
    offer(peer, id)  # another's id is another's affair
    assert code(lambda: offer(peer, id, SIZE + 1)) == "stale"
    assert code(lambda: offer(peer, id, head=b"another")) == "stale"
    assert code(lambda: peer.ask(OfferFile(0, id, SIZE, first.uid, None), FileIs)) == "stale"
    file = random_id()
    peer.ask(OfferFile(0, file, SIZE, first.uid, None), FileIs)
    assert code(lambda: offer(peer, file)) == "stale"
    assert code(lambda: peer.ask(KeepBackup(0, file), Done)) == "file_gone"


def test_it_has_a_largest_size(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    assert code(lambda: offer(peer, random_id(), BACKUP_LIMIT + 1)) == "file_too_big"
    assert offer(peer, random_id(), BACKUP_LIMIT) == 0
    assert offer(peer, random_id(), 0) == 0


def test_two_of_the_largest_fit_and_a_third_costs_the_oldest(
    authority: Authority, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest whole one always stays while the next one comes."""
    monkeypatch.setattr(files, "BACKUPS_EACH", 2 * SIZE + 4 * CHUNK)
    peer = agent(authority, sara)
    one, two = leave(peer), leave(peer)
    three = random_id()
    offer(peer, three)
    assert found(authority, sara.recovery) == [two]
    assert on_disk(authority) == {two} and one not in on_disk(authority)
    for index in range(2):
        put(peer, three, index)
    peer.ask(KeepBackup(0, three), Done)
    assert found(authority, sara.recovery) == [three, two]


def test_there_may_be_no_room_at_all(authority: Authority, sara: Person) -> None:
    authority.backup_space = 0
    assert code(lambda: offer(agent(authority, sara), random_id())) == "quota_full"


def test_twelve_who_take_all_they_get_leave_room(authority: Authority, first: Person) -> None:
    authority.backup_space = 200 * CHUNK
    for n in range(12):
        peer = agent(authority, member(authority, f"greedy{n}"))
        for _turn in range(30):
            try:
                leave(peer)
            except HamrazError as refusal:
                assert refusal.code == "quota_full"
                break
    sara = member(authority, "sara")
    leave(agent(authority, sara))
    assert len(found(authority, sara.recovery)) == 1


def test_files_and_backups_take_no_room_from_each_other(authority: Authority, first: Person, sara: Person) -> None:
    authority.file_space = 0
    peer = agent(authority, sara)
    leave(peer)
    assert code(lambda: peer.ask(OfferFile(0, random_id(), SIZE, first.uid, None), FileIs)) == "quota_full"
    assert authority.state.files.total == 0


# --- who may have it ---


def test_nobody_else_reads_it(authority: Authority, first: Person, sara: Person) -> None:
    id = leave(agent(authority, sara))
    assert code(lambda: agent(authority, first).ask(GetChunk(0, sara.uid, id, 0), Chunk)) == "file_gone"
    stranger = Peer(authority).hello()
    assert code(lambda: stranger.ask(GetChunk(0, sara.uid, id, 0), Chunk)) == "not_logged_in"
    other, _ = find(authority, first.recovery)
    assert code(lambda: other.ask(GetChunk(0, sara.uid, id, 0), Chunk)) == "file_gone"
    assert code(lambda: other.ask(DropFile(0, sara.uid, id), Done)) == "not_logged_in"


def test_who_has_shown_the_recovery_key_is_given_the_log(authority: Authority, sara: Person, clock: Clock) -> None:
    """It says whose the key is, where there is no backup that does."""
    peer = Peer(authority).hello()
    assert code(lambda: peer.ask(FetchLog(0, 0), LogPart)) == "not_logged_in"
    peer, _ = find(authority, sara.recovery)
    assert peer.ask(FetchLog(0, 0), LogPart).entries == authority.state.entries
    for _part in range(5):
        clock.advance(9)
        peer.session.expire()
        peer.ask(FetchLog(0, 1), LogPart)
    clock.advance(11)
    peer.session.expire()
    assert peer.closed


def test_the_recovery_key_opens_nothing_but_backups(authority: Authority, first: Person, sara: Person) -> None:
    peer, file = agent(authority, first), random_id()
    peer.ask(OfferFile(0, file, SIZE, sara.uid, None), FileIs)
    put(peer, file, 0)
    stranger, _ = find(authority, sara.recovery)
    assert code(lambda: stranger.ask(GetChunk(0, first.uid, file, 0), Chunk)) == "file_gone"
    assert code(lambda: offer(stranger, random_id())) == "not_logged_in"
    assert code(lambda: stranger.ask(DropBackups(0), Done)) == "not_logged_in"


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": PROOF_AUTHORITY},
        {"nonce": bytes(32)},
        {"fingerprint": bytes(32)},
        {"called": bytes(32)},
        {"uid": bytes(32)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_proof_that_does_not_hold(authority: Authority, sara: Person, changes: dict[str, Any]) -> None:
    leave(agent(authority, sara))
    peer = Peer(authority).hello()
    assert code(lambda: peer.ask(find_request(peer, sara.recovery, **changes), BackupIs)) == "bad_proof"


def test_the_wrong_kit(authority: Authority, first: Person, sara: Person) -> None:
    leave(agent(authority, sara))
    peer = Peer(authority).hello()
    assert code(lambda: peer.ask(find_request(peer, SigningKey.generate()), BackupIs)) == "bad_proof"
    assert code(lambda: peer.ask(find_request(peer, sara.key), BackupIs)) == "bad_proof"
    mixed = msgspec.structs.replace(find_request(peer, first.recovery), recovery_key=sara.recovery.public.raw)
    assert code(lambda: peer.ask(mixed, BackupIs)) == "bad_proof"
    assert find(authority, first.recovery)[1].backups == []  # another's kit finds another's


def test_tries_are_counted(authority: Authority, sara: Person) -> None:
    peer, wrong = Peer(authority).hello(), SigningKey.generate()
    codes = [code(lambda: peer.ask(find_request(peer, wrong), BackupIs)) for _ in range(25)]
    assert codes[0] == "bad_proof" and codes[-1] == "slow_down"
    find(authority, sara.recovery)  # who has the right one is never asked how others have failed


def test_after_log_in_there_is_nothing_to_find(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    peer.say(msgspec.structs.replace(find_request(peer, sara.recovery), rid=9))
    assert peer.ended_with() == "unexpected_message"


def test_it_takes_as_long_as_it_takes(authority: Authority, sara: Person, clock: Clock) -> None:
    id = leave(agent(authority, sara))
    peer, _ = find(authority, sara.recovery)
    for _chunk in range(5):
        clock.advance(9)
        peer.session.expire()
        assert peer.ask(GetChunk(0, sara.uid, id, 0), Chunk).sealed == CHUNKS[0]
    clock.advance(11)
    peer.session.expire()
    assert peer.closed  # who asks for nothing isn't waited for


# --- what they go with ---


def test_another_recovery_key_takes_them_along(authority: Authority, first: Person, sara: Person) -> None:
    peer, new = agent(authority, sara), SigningKey.generate()
    leave(peer)
    offer(peer, random_id())
    wanted = change_recovery(sara, new, authority.state.log.users[sara.uid].latest, OWN, sara.recovery)
    peer.ask(wanted, Appended)
    assert on_disk(authority) == set() and authority.state.backups.total == 0
    lost = Peer(authority).hello()
    assert code(lambda: lost.ask(find_request(lost, sara.recovery), BackupIs)) == "bad_proof"
    assert found(authority, new) == []
    newer = leave(peer)
    assert found(authority, new) == [newer]


def test_the_end_of_an_account_takes_them_along(authority: Authority, first: Person, sara: Person) -> None:
    leave(agent(authority, sara))
    agent(authority, first).ask(end(first, sara, authority.state.log.users[sara.uid].latest), Appended)
    assert on_disk(authority) == set() and authority.state.backups.total == 0
    peer = Peer(authority).hello()
    assert code(lambda: peer.ask(find_request(peer, sara.recovery), BackupIs)) == "revoked"


def test_what_was_refused_takes_nothing_along(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    id = leave(peer)
    wanted = change_recovery(sara, SigningKey.generate(), authority.state.log.users[sara.uid].latest, SOLE, None)
    assert code(lambda: peer.ask(wanted, Appended)) == "role_not_allowed"
    assert found(authority, sara.recovery) == [id] and on_disk(authority) == {id}


def test_they_can_be_dropped(authority: Authority, first: Person, sara: Person) -> None:
    peer, other = agent(authority, sara), leave(agent(authority, first))
    one, two = leave(peer), leave(peer)
    peer.ask(DropFile(0, sara.uid, two), Done)
    assert found(authority, sara.recovery) == [one]
    offer(peer, random_id())
    peer.ask(DropBackups(0), Done)
    peer.ask(DropBackups(0), Done)
    assert found(authority, sara.recovery) == [] and on_disk(authority) == {other}
    assert authority.state.backups.of(sara.uid) == 0


def test_whole_ones_do_not_age_and_others_lapse(authority: Authority, sara: Person, clock: Clock) -> None:
    peer, unfinished = agent(authority, sara), random_id()
    whole = leave(peer)
    offer(peer, unfinished)
    put(peer, unfinished, 0)
    run_for(authority, clock, 400 * 24 * 3600)
    files.sweep(authority)
    assert on_disk(authority) == {whole}
    assert peer.ask(FetchGone(0), Gone).items == [], "what was not whole is nothing that anybody could have read"
    assert peer.ask(GetChunk(0, sara.uid, whole, 1), Chunk).sealed == CHUNKS[1]


def test_a_start_counts_what_is_there(tmp_path: Path, clock: Clock) -> None:
    """And gives up what has lost its chunks, as after a restore."""
    key, store = open_folder(tmp_path)
    chunks = ChunkFiles(tmp_path / "files")
    authority = Authority(store, key, clock, chunks=chunks)
    first = owner(authority)
    sara = member(authority, "sara")
    whole, lost = leave(agent(authority, first)), leave(agent(authority, sara))
    chunks.remove([(sara.uid, lost)])
    store.close()
    again = Authority(sqlite.open_file(tmp_path / "authority.db"), key, clock, chunks=ChunkFiles(tmp_path / "files"))
    assert again.state.backups.total == 2 * 3 * CHUNK
    files.sweep(again)
    assert found(again, first.recovery) == [whole] and found(again, sara.recovery) == []
    assert again.state.backups.total == 3 * CHUNK and again.state.files.total == 0
    again.store.close()
