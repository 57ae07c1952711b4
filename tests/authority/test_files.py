"""Files that wait at the authority: who may leave, take and drop them, how much room there is, what survives."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.core.blob_worker import ChunkThread
from authority_server.handlers import expiry, files
from authority_server.main import open_folder
from authority_server.state.shares import Held
from authority_server.store import blobs, sqlite
from authority_server.store.blobs import ChunkFiles
from protocol.errors import HamrazError
from protocol.files import CHUNK, FILE_LIMIT
from protocol.gone_messages import FetchGone, Gone, GoneItem
from protocol.messages import Chunk, Done, DropFile, FileIs, GetChunk, OfferFile, PutChunk
from protocol.primitives import random_id
from protocol.roles import Role
from protocol.undo import Undo
from storage import chunk_folder
from tests.authority.group_peer import Circle, line, people
from tests.authority.peer import Clock, Peer, Person, new_authority, run_for

SIZE = CHUNK + 100
FIRST, LAST = os.urandom(CHUNK + 16), os.urandom(116)


def code(run: Any) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


@dataclass
class Sharing:
    """owner has a file for sara, or another reader; omid has nothing to do with it."""

    authority: Authority
    who: dict[str, Person]
    id: bytes
    reader: str = "sara"

    def line(self, name: str) -> Peer:
        return line(self.authority, self.who[name])

    def offer(self, size: int = SIZE, **change: Any) -> int:
        fields = {"id": self.id, "size": size, "reader": self.who[self.reader].uid, "gid": None, **change}
        return self.line("owner").ask(OfferFile(0, **fields), FileIs).have

    def put(self, index: int, sealed: bytes, name: str = "owner") -> None:
        self.line(name).ask(PutChunk(0, self.id, index, sealed), Done)

    def get(self, name: str, index: int) -> bytes:
        return self.line(name).ask(GetChunk(0, self.who["owner"].uid, self.id, index), Chunk).sealed

    def drop(self, name: str) -> None:
        self.line(name).ask(DropFile(0, self.who["owner"].uid, self.id), Done)

    def send(self, **change: Any) -> None:
        self.offer(**change)
        self.put(0, FIRST)
        self.put(1, LAST)

    @property
    def on_disk(self) -> int:
        return len(self.authority.chunks.sizes())


@pytest.fixture
def sharing(authority: Authority) -> Sharing:
    return Sharing(authority, people(authority, sara=Role.BEGINNER, omid=Role.BEGINNER), random_id())


@pytest.fixture
def in_folder(authority: Authority) -> Sharing:
    """The same where chunks lie in a folder, whatever the database is."""
    authority.chunks = ChunkFiles()
    authority.chunks.on_damage = authority.damage.note
    return Sharing(authority, people(authority, sara=Role.BEGINNER, omid=Role.BEGINNER), random_id())


@pytest.fixture
def folder(in_folder: Sharing) -> Path:
    assert isinstance(in_folder.authority.chunks, ChunkFiles)
    return in_folder.authority.chunks.folder


def flip(path: Path, at: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_a_chunk_that_the_disk_has_changed_reaches_nobody(
    in_folder: Sharing, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_folder.send()
    (path,) = folder.iterdir()
    flip(path, 1000)
    assert code(lambda: in_folder.get("sara", 0)) == "file_gone"
    assert in_folder.get("sara", 1) == LAST, "one chunk stops one thing"
    assert in_folder.authority.damage.status() == [f"files {in_folder.id.hex()[:8]} chunk 0"]
    assert f"{in_folder.id.hex()[:8]} chunk 0" in caplog.text


def test_a_file_that_was_begun_without_sums_goes_on(in_folder: Sharing, folder: Path) -> None:
    """As the first versions of this protocol's authorities have left it."""
    in_folder.offer()
    in_folder.put(0, FIRST)
    chunks = in_folder.authority.chunks
    (path,) = folder.iterdir()
    path.unlink()
    path.with_name(path.name.removesuffix(blobs._ENDING)).write_bytes(FIRST)
    files.sweep(in_folder.authority)
    assert in_folder.get("sara", 0) == FIRST
    in_folder.put(1, LAST)
    assert [in_folder.get("sara", index) for index in range(2)] == [FIRST, LAST]
    assert chunks.sizes() == {(in_folder.who["owner"].uid, in_folder.id): SIZE + 32}
    files.sweep(in_folder.authority)
    assert in_folder.on_disk == 1
    in_folder.drop("sara")
    assert list(folder.iterdir()) == []


def test_chunks_come_out_as_they_went_in(sharing: Sharing) -> None:
    assert sharing.offer() == 0
    assert code(lambda: sharing.get("sara", 0)) == "file_not_yet"
    sharing.put(0, FIRST)
    assert sharing.offer() == 1
    sharing.put(0, os.urandom(CHUNK + 16))  # there already: nothing changes
    sharing.put(1, LAST)
    assert [sharing.get(name, index) for name in ("sara", "owner") for index in (0, 1)] == [FIRST, LAST] * 2
    assert sharing.offer() == 2


def test_others_learn_nothing(sharing: Sharing) -> None:
    """A file of others and one that doesn't exist are one answer."""
    sharing.send()
    assert code(lambda: sharing.get("omid", 0)) == "file_gone"
    assert code(lambda: sharing.get("sara", 2)) == "file_gone"
    assert code(lambda: sharing.put(0, FIRST, "omid")) == "file_gone"
    sharing.drop("omid")
    assert sharing.get("sara", 0) == FIRST
    sharing.id = random_id()
    assert code(lambda: sharing.get("omid", 0)) == "file_gone"


def test_the_same_id_of_another_owner_is_another_file(sharing: Sharing) -> None:
    sharing.send()
    omid = sharing.line("omid")
    assert omid.ask(OfferFile(0, sharing.id, 3, sharing.who["sara"].uid, None), FileIs).have == 0
    omid.ask(PutChunk(0, sharing.id, 0, bytes(19)), Done)
    assert sharing.get("sara", 0) == FIRST


def test_chunks_have_a_turn_and_a_length(sharing: Sharing) -> None:
    sharing.offer()
    assert code(lambda: sharing.put(1, LAST)) == "chunk_order"
    sharing.put(0, FIRST)
    for index, sealed in ((1, LAST[:-1]), (1, LAST + b"!"), (2, LAST), (0, LAST)):
        peer = sharing.line("owner")
        peer.begin(PutChunk(0, sharing.id, index, sealed))
        assert peer.ended_with() == "bad_message"
        peer.hang_up()
    sharing.put(1, LAST)


@pytest.mark.parametrize("both", [True, False])
def test_an_offer_names_one_reader_or_one_group(sharing: Sharing, both: bool) -> None:
    sara = sharing.who["sara"].uid
    peer = sharing.line("owner")
    peer.begin(OfferFile(0, sharing.id, 1, sara if both else None, random_id() if both else None))
    assert peer.ended_with() == "bad_message"


def test_offers_that_are_refused(sharing: Sharing) -> None:
    assert code(lambda: sharing.offer(size=FILE_LIMIT + 1)) == "file_too_big"
    assert code(lambda: sharing.offer(reader=bytes(32))) == "unknown_user"
    assert code(lambda: sharing.offer(reader=None, gid=random_id())) == "not_member"
    sharing.offer()
    assert code(lambda: sharing.offer(size=SIZE + 1)) == "stale"
    assert code(lambda: sharing.offer(reader=sharing.who["omid"].uid)) == "stale"


def test_a_reader_who_has_it_lets_it_go(sharing: Sharing) -> None:
    sharing.send()
    sharing.drop("sara")
    assert sharing.on_disk == 0
    assert code(lambda: sharing.get("sara", 0)) == "file_gone"
    sharing.drop("sara")  # again


def test_an_owner_takes_it_back(sharing: Sharing) -> None:
    sharing.send()
    sharing.drop("owner")
    assert sharing.on_disk == 0 and code(lambda: sharing.put(0, FIRST)) == "file_gone"


def test_of_a_group_those_have_it_who_are_in_it_now(sharing: Sharing) -> None:
    who = sharing.who
    circle = Circle(sharing.authority).create(who["owner"], [who["owner"], who["sara"]])
    sharing.send(reader=None, gid=circle.gid)
    assert sharing.get("sara", 1) == LAST
    assert code(lambda: sharing.get("omid", 1)) == "file_gone"
    circle.change(sharing.line("owner"), who["owner"], [who["owner"], who["sara"], who["omid"]])
    assert code(lambda: sharing.get("omid", 1)) == "file_gone"  # invited, not in
    circle.join(who["omid"]).hang_up()
    assert sharing.get("omid", 1) == LAST
    circle.change(sharing.line("owner"), who["owner"], [who["owner"], who["omid"]])
    assert code(lambda: sharing.get("sara", 1)) == "file_gone"  # removed


def test_a_groups_file_goes_when_all_have_it(sharing: Sharing) -> None:
    who = sharing.who
    circle = Circle(sharing.authority).create(who["owner"], list(who.values()))
    sharing.send(reader=None, gid=circle.gid)
    sharing.drop("sara")
    sharing.drop("sara")
    assert sharing.get("sara", 0) == FIRST and sharing.on_disk == 1
    sharing.drop("omid")
    assert sharing.on_disk == 0


def test_one_account_has_its_share_of_what_has_come(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is offered counts as its chunks come: there is room for each of three, and not for all."""
    monkeypatch.setattr(files, "QUOTA_EACH", 7 * CHUNK)
    ids = [random_id() for _ in range(3)]
    for sharing.id in ids:
        sharing.offer(size=3 * CHUNK)
    whole = os.urandom(CHUNK + 16)
    for index in range(3):
        sharing.id = ids[0]
        sharing.put(index, whole)
    sharing.id = ids[1]
    sharing.put(0, whole)
    assert code(lambda: sharing.put(1, whole)) == "quota_full"
    assert sharing.offer(size=3 * CHUNK) == 1
    sharing.id = random_id()
    assert code(sharing.offer) == "quota_full"
    sharing.line("omid").ask(OfferFile(0, sharing.id, SIZE, sharing.who["sara"].uid, None), FileIs)
    sharing.id = ids[0]
    sharing.drop("owner")
    sharing.id = ids[1]
    sharing.put(1, whole)  # there is room again


def test_an_offer_takes_no_room_from_others(sharing: Sharing) -> None:
    sharing.authority.file_space = 100 * CHUNK
    for _ in range(8):
        sharing.id = random_id()
        sharing.offer(size=10 * CHUNK)
    assert sharing.authority.state.files.total == 8 * CHUNK


def test_twelve_who_take_all_they_get_leave_room() -> None:
    held: Held[bytes] = Held(Undo())
    space = 10 << 30
    for number in range(12):
        while held.fits(bytes([number]), CHUNK, space, files.QUOTA_EACH):
            held.change(bytes([number]), CHUNK)
    assert held.total < 0.9 * space
    assert held.fits(b"honest", 100 * files.MIB, space, files.QUOTA_EACH)


def test_a_chunk_that_is_not_the_next_one_reaches_no_disk(in_folder: Sharing) -> None:
    """Otherwise what nothing counts would lie there."""
    in_folder.offer(size=10 * CHUNK)
    for index in (1, 5, 9):
        assert code(lambda index=index: in_folder.put(index, os.urandom(CHUNK + 16))) == "chunk_order"  # type: ignore[misc]
    assert in_folder.on_disk == 0
    waiting: list[Any] = []
    at_once = in_folder.authority.run_on_disk
    in_folder.authority.run_on_disk = lambda job, done, *_: waiting.append((job, done))
    whole = os.urandom(CHUNK + 16)
    for index in range(3):  # those under way count as if they were there
        in_folder.line("owner").begin(PutChunk(0, in_folder.id, index, whole))
    assert len(waiting) == 3
    waiting[0][1](HamrazError("disk_failing"))
    in_folder.authority.run_on_disk = at_once
    assert code(lambda: in_folder.put(2, whole)) == "chunk_order"
    in_folder.put(0, whole)


def test_offers_that_do_not_get_on_lapse(sharing: Sharing, clock: Clock) -> None:
    authority, whole = sharing.authority, os.urandom(CHUNK + 16)
    empty, begun, done = (random_id() for _ in range(3))
    sharing.id = empty
    sharing.offer()
    sharing.id = begun
    sharing.offer()
    sharing.put(0, whole)
    sharing.id = done
    sharing.send()

    def left() -> list[bytes]:
        files.lapse(authority)
        with authority.store.transaction() as rows:
            return [id for id in (empty, begun, done) if files.file_store.one(rows, sharing.who["owner"].uid, id, 0)]

    run_for(authority, clock, 600)
    assert left() == [empty, begun, done]
    run_for(authority, clock, 61)
    assert left() == [begun, done]
    run_for(authority, clock, 24 * 3600 - 600)
    assert left() == [done]
    assert authority.state.files.total == 3 * CHUNK and sharing.on_disk == 1
    sharing.id = begun
    assert sharing.offer() == 0  # whoever made it begins it anew
    sharing.put(0, whole)


def test_what_is_counted_is_what_a_start_counts(sharing: Sharing) -> None:
    whole = os.urandom(CHUNK + 16)
    for number in range(4):
        sharing.id = random_id()
        sharing.offer(size=3 * CHUNK)
        for index in range(number):
            sharing.put(index, whole)
    sharing.drop("owner")
    state = sharing.authority.state
    again = Authority(sharing.authority.store, sharing.authority.key, sharing.authority.clock).state
    assert (state.files.amounts, state.files.total) == (again.files.amounts, again.files.total)
    assert state.files.total == (1 + 2 + 3) * CHUNK


def test_empty_files_have_an_end_too(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "QUOTA_EACH", 2 * CHUNK)
    for _file in range(2):
        sharing.id = random_id()
        assert sharing.offer(size=0) == 0
    sharing.id = random_id()
    assert code(lambda: sharing.offer(size=1)) == "quota_full"


def test_all_together_have_the_room_that_there_is(sharing: Sharing) -> None:
    sharing.authority.file_space = 6 * CHUNK
    sharing.offer()
    sharing.id = random_id()
    assert code(lambda: sharing.offer(size=CHUNK)) == "quota_full"
    sharing.authority.file_space = 1 << 40
    sharing.authority.chunks.room = lambda: files.SPARE + CHUNK - 1  # type: ignore[method-assign]
    assert code(lambda: sharing.offer(size=CHUNK)) == "quota_full"  # the last room belongs to messages
    sharing.authority.chunks.room = lambda: 1 << 40  # type: ignore[method-assign]
    sharing.offer()
    sharing.authority.chunks.room = lambda: files.SPARE - 1  # type: ignore[method-assign]
    assert code(lambda: sharing.put(0, FIRST)) == "quota_full"


def test_files_are_kept_for_thirty_days_of_running(sharing: Sharing, clock: Clock) -> None:
    sharing.send()
    authority, first = sharing.authority, sharing.id
    clock.advance(400 * 24 * 3600)  # a clock decides nothing
    expiry.look(authority)
    run_for(authority, clock, 30 * 24 * 3600 - 60)
    assert sharing.get("sara", 0) == FIRST
    run_for(authority, clock, 61)
    assert code(lambda: sharing.get("sara", 0)) == "file_gone"
    told = sharing.line("owner").ask(FetchGone(0), Gone)
    assert told.items == [GoneItem("file", sharing.who["sara"].uid, first, "old")] and not told.more
    sharing.id = random_id()
    sharing.send()
    assert [id for _, id in authority.chunks.sizes()] == [sharing.id] != [first]
    sharing.id = first
    sharing.send()
    assert sharing.line("owner").ask(FetchGone(0), Gone).items == [], "it is there again"


def test_nobody_has_the_authority_hold_many_chunks_at_once(sharing: Sharing) -> None:
    sharing.send()
    waiting: list[Any] = []
    sharing.authority.run_on_disk = lambda job, done, *_: waiting.append((job, done))
    sara, owner = sharing.line("sara"), sharing.who["owner"].uid
    rids = [sara.begin(GetChunk(0, owner, sharing.id, 0)) for _ in range(files.AT_ONCE)]
    for job, done in waiting:
        done(job(sharing.authority.chunks))
    assert [sara.answer(rid, Chunk).sealed for rid in rids] == [FIRST] * files.AT_ONCE
    for _ in range(files.AT_ONCE + 1):
        sara.begin(GetChunk(0, owner, sharing.id, 0))
    assert sara.ended_with() == "too_many_requests"


def test_a_chunk_counts_only_once_it_is_on_disk(in_folder: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    in_folder.offer()

    def fail(_number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(chunk_folder, "os", SimpleNamespace(**{**vars(os), "fsync": fail}))
        assert code(lambda: in_folder.put(0, FIRST)) == "authority_failing"
    assert in_folder.offer() == 0
    in_folder.put(0, FIRST)
    assert in_folder.offer() == 1


def test_what_a_dropped_connection_had_under_way_is_no_trouble(in_folder: Sharing) -> None:
    in_folder.offer()
    waiting: list[Any] = []
    in_folder.authority.run_on_disk = lambda job, done, *_: waiting.append((job, done))
    peer = in_folder.line("owner")
    peer.begin(PutChunk(0, in_folder.id, 0, FIRST))
    peer.hang_up()
    peer.closed = True
    job, done = waiting.pop()
    done(job(in_folder.authority.chunks))
    assert in_folder.offer() == 0  # not acknowledged, and not counted


def test_a_start_keeps_rows_and_chunks_together(tmp_path: Path, clock: Clock) -> None:
    """Of three files one is whole, one has lost its chunks (a backup has none), one its row."""
    key, store = open_folder(tmp_path)
    chunks = ChunkFiles(tmp_path / "files")
    authority = Authority(store, key, clock, chunks=chunks)
    sharing = Sharing(authority, people(authority, sara=Role.BEGINNER), random_id())
    sharing.send()
    whole, lost = sharing.id, random_id()
    sharing.id = lost
    sharing.send()
    chunks.remove([(sharing.who["owner"].uid, lost)])
    chunks.write(bytes(32), bytes(16), 0, b"whose is it?")
    store.close()
    again = Authority(sqlite.open_file(tmp_path / "authority.db"), key, clock, chunks=ChunkFiles(tmp_path / "files"))
    files.sweep(again)
    assert list(again.chunks.sizes()) == [(sharing.who["owner"].uid, whole)]
    sharing = Sharing(again, sharing.who, whole)
    assert sharing.get("sara", 0) == FIRST
    sharing.id = lost
    assert sharing.offer() == 0
    assert oct((tmp_path / "files").stat().st_mode)[-3:] == "700"
    again.store.close()


def test_chunks_go_beside_the_writer(sharing: Sharing) -> None:
    """On its own thread, and what waits there is done before it ends."""
    sharing.offer()
    thread = ChunkThread(sharing.authority, lambda function, *arguments: function(*arguments))
    thread.start()
    rid = sharing.line("owner").begin(PutChunk(0, sharing.id, 0, FIRST))
    thread.stop()
    assert sharing.line("owner").answer(rid, Done)
    assert sharing.authority.chunks.sizes() == {(sharing.who["owner"].uid, sharing.id): CHUNK + 16}
    codes = []
    for account in (b"a", b"b"):
        for _ in range(200):
            try:
                sharing.authority.run_on_disk(lambda chunks: None, lambda outcome: None, account, 64)
            except HamrazError as reason:
                codes.append(reason.code)
                break
    assert codes == ["slow_down"] * 2  # each when it has its own share waiting


def test_several_files_go_to_the_disk_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none of them counts if one of them fails."""
    authority = new_authority(Clock())
    authority.chunks = chunks = ChunkFiles(tmp_path / "files")
    thread, together = ChunkThread(authority, lambda function, *arguments: function(*arguments)), threading.Barrier(4)
    fails: list[int] = []

    def sync(number: int) -> None:
        together.wait(timeout=10)  # three files, and the folder or nobody: the last is in the test
        if fails and fails.pop():
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(chunk_folder, "os", SimpleNamespace(**{**vars(os), "fsync": sync}))
    monkeypatch.setattr(chunk_folder, "sync_folder", lambda folder: together.wait(timeout=10))
    jobs = tuple(
        partial(ChunkFiles.write, owner=bytes(32), id=bytes([number] * 16), index=0, sealed=LAST) for number in range(3)
    )
    assert thread._carried_out(jobs) == [None] * 3  # type: ignore[arg-type]
    assert len(chunks.sizes()) == 3
    together.reset()
    helper = threading.Thread(target=together.wait, args=(10,))
    helper.start()
    fails[:] = [0, 0, 1]
    assert [getattr(one, "code", None) for one in thread._carried_out(jobs)] == ["disk_full"] * 3  # type: ignore[arg-type]
    helper.join()


def test_what_goes_has_gone_before_what_comes_after_it_under_the_same_name() -> None:
    """Where several are under way at once: of a file that is offered again, the first chunk would go with the old."""
    authority, all_there, seen = new_authority(Clock()), threading.Event(), list[str]()
    thread = ChunkThread(authority, lambda function, *arguments: function(*arguments))

    class Slow(ChunkFiles):
        at_once = 8

        def remove(self, names: list[tuple[bytes, bytes]]) -> None:
            all_there.wait(0.05)  # were the others beside it, they would come
            seen.append("gone")

    authority.chunks = Slow(None)

    def come(chunks: object) -> None:
        seen.append("there")
        if seen.count("there") == 3:
            all_there.set()

    authority.run_on_disk = lambda job, done, account, weight: thread._carried_out((come, job, come, come))
    authority.drop_chunks([(bytes(32), bytes(16))])
    assert seen == ["there", "gone", "there", "there"]


def test_strangers_leave_nothing(authority: Authority) -> None:
    peer = Peer(authority).hello()
    assert code(lambda: peer.ask(OfferFile(0, bytes(16), 1, bytes(32), None), FileIs)) == "not_logged_in"
