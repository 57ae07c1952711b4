"""Sealed chunks in S3-compatible storage, against a real server: what is its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.core.blob_worker import ChunkThread
from authority_server.core.jobs import Removal
from authority_server.handlers import files
from authority_server.operations import chunk_moving
from authority_server.store import chunk_objects
from authority_server.store.chunk_objects import ChunkObjects, ObjectStorage, keys
from protocol.errors import HamrazError
from protocol.files import CHUNK
from protocol.messages import Done, PutChunk
from protocol.primitives import random_id
from protocol.roles import Role
from tests.authority.group_peer import people
from tests.authority.peer import Clock, member, new_authority
from tests.authority.test_files import FIRST, LAST, SIZE, Sharing, code, flip
from tests.authority.test_operating import Guest, Start, start  # noqa: F401  a fixture
from tests.authority.test_postgres_operating import die_in_mid_file
from tests.object_storage import BUCKET, KEY, SECRET, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("storage") / "root")
    yield made
    made.kill()


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    for name in ("CONNECT_SECONDS", "ANSWER_SECONDS", "TRIES_SECONDS"):
        monkeypatch.setattr(chunk_objects, name, 60)  # on a machine that does much else


@pytest.fixture
def sharing(server: Server) -> Sharing:
    server.delete(*server.files)
    authority = new_authority(Clock())
    authority.chunks = server.place(authority.id, "below/here")
    authority.chunks.on_damage = authority.damage.note
    return Sharing(authority, people(authority, sara=Role.BEGINNER, omid=Role.BEGINNER), random_id())


def test_chunks_come_and_go(sharing: Sharing, server: Server) -> None:
    sharing.send()
    assert [sharing.get("sara", index) for index in (0, 1)] == [FIRST, LAST]
    assert sharing.authority.chunks.sizes() == {(sharing.who["owner"].uid, sharing.id): SIZE + 32}
    (first, last) = sorted(server.files)
    below = f"{BUCKET}/below/here/{sharing.authority.id.hex()}/{sharing.who['owner'].uid.hex()}-{sharing.id.hex()}"
    assert [str(path.relative_to(server.folder)) for path in (first, last)] == [f"{below}/0", f"{below}/1"]
    flip(first, 1000)
    assert code(lambda: sharing.get("sara", 0)) == "file_gone"
    assert sharing.authority.damage.status() == [f"files {sharing.id.hex()[:8]} chunk 0"]
    server.delete(last)
    assert code(lambda: sharing.get("sara", 1)) == "file_gone"
    assert sharing.authority.health.trouble is None and sharing.authority.files_health.trouble is None
    sharing.drop("sara")
    assert sharing.on_disk == 0 and server.files == []


def test_what_was_offered_again_elsewhere_stays(sharing: Sharing, server: Server) -> None:
    """Another node has taken its first chunk while this one had the old ones to let go, and no time."""
    authority, owner = sharing.authority, sharing.who["owner"].uid
    authority.chunks.is_counted = partial(files.is_counted, authority)
    sharing.send()
    authority.drop_chunks([(owner, sharing.id)])
    assert len(server.files) == 2 and sharing.get("sara", 0) == FIRST
    sharing.drop("sara")
    assert server.files == []


def test_a_node_dies_in_mid_file_and_another_goes_on(sharing: Sharing, server: Server) -> None:
    """The second chunk is there, and nothing counts it; of another file the row is gone, and of a third a chunk."""
    authority, owner = sharing.authority, sharing.who["owner"].uid
    begun = sharing.id
    sharing.offer()
    sharing.put(0, FIRST)
    authority.run_write = lambda *_: None
    sharing.line("owner").begin(PutChunk(0, begun, 1, LAST))
    assert len(server.files) == 2, "it has died before it counted this one"
    other = Authority(authority.store, authority.key, Clock(), chunks=server.place(authority.id, "below/here"))
    sharing = replace(sharing, authority=other)
    assert code(lambda: sharing.get("sara", 1)) == "file_not_yet"
    sharing.id = lost = random_id()
    sharing.send()
    (path,) = (path for path in server.files if lost.hex() in str(path) and path.name == "0")
    server.delete(path)
    other.chunks.write(owner, random_id(), 0, LAST)
    server.place(bytes(32), "below/here").write(owner, random_id(), 0, LAST)  # of another authority
    files.sweep(other)
    assert {id for _, id in other.chunks.sizes()} == {begun}
    assert len(server.place(bytes(32), "below/here").sizes()) == 1
    server.place(bytes(32), "below/here").clear()
    sharing.id = begun
    assert sharing.offer() == 1
    sharing.put(1, LAST)
    assert [sharing.get("sara", index) for index in (0, 1)] == [FIRST, LAST]


def test_while_it_is_away_all_else_goes_on(sharing: Sharing, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    authority = sharing.authority
    sharing.send()
    server.kill()
    assert code(lambda: sharing.get("sara", 0)) == "authority_failing"
    sharing.id, whole = random_id(), sharing.id
    sharing.offer()
    assert code(lambda: sharing.put(0, FIRST)) == "authority_failing"
    assert authority.health.trouble is None, "nothing is loaded anew for it"
    files.sweep(authority)
    member(authority, "newcomer")
    trouble = authority.files_health.trouble
    assert authority.health.trouble is None and trouble is not None and trouble.code == "files_unusable"
    assert caplog.text.count("Files stay with their senders meanwhile") == 1
    server.start()
    sharing.put(0, FIRST)
    assert authority.files_health.trouble is None and "can be left and fetched again" in caplog.text
    sharing.id = whole
    assert sharing.get("sara", 1) == LAST


def test_who_is_refused_there_is_told_why(sharing: Sharing, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(HamrazError) as reason:
        server.place(sharing.authority.id).write(bytes(32), bytes(16), 0, LAST)
    assert reason.value.code == "files_unusable"
    assert str(reason.value).startswith(f"Where files lie (s3://{BUCKET}?endpoint=http://")
    assert "(SignatureDoesNotMatch)" in str(reason.value) and "another" not in str(reason.value)


def test_several_are_under_way_at_once(sharing: Sharing, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each has its own answer, in the order in which they came."""
    sharing.offer(size=8 * CHUNK)
    calls: list[int] = []

    def offload(function: Any, steps: Any) -> Any:
        calls.append(len(steps))
        return function(steps)

    thread = ChunkThread(sharing.authority, offload)
    sealed = [os.urandom(CHUNK + 16) for _ in range(8)]
    sharing.authority.run_on_disk = thread.submit
    peer = sharing.line("owner")
    rids = [peer.begin(PutChunk(0, sharing.id, index, chunk)) for index, chunk in enumerate(sealed)]
    thread.start()
    thread.stop()
    assert calls == [1] * 8 and [peer.answer(rid, Done) for rid in rids]
    sharing.authority.run_on_disk = sharing.authority._disk_at_once
    assert [sharing.get("sara", index) for index in range(8)] == sealed


def test_what_needs_the_lock_is_not_asked_beside(sharing: Sharing, server: Server) -> None:
    """A thread that isn't ours, and waits for a lock of green ones, would wait for ever."""
    authority, owner = sharing.authority, sharing.who["owner"].uid
    sharing.send()
    beside = [False]
    asked: list[tuple[bytes, bool]] = []

    def offload(function: Any, steps: Any) -> Any:
        beside[0] = True
        outcomes = function(steps)
        beside[0] = False
        return outcomes

    def is_counted(owner: bytes, id: bytes) -> bool:
        asked.append((id, beside[0]))
        return files.is_counted(authority, owner, id)

    def removed(id: bytes) -> list[Any]:
        thread = ChunkThread(authority, offload)
        outcomes: list[Any] = []
        thread.submit(Removal([(owner, id)]), outcomes.append)
        thread.start()
        thread.stop()
        return outcomes

    authority.chunks.is_counted = is_counted
    uncounted = random_id()
    authority.chunks.write(owner, uncounted, 0, LAST)
    assert removed(sharing.id) == removed(uncounted) == [None]
    assert asked == [(sharing.id, False), (uncounted, False)] and len(server.files) == 2

    authority.chunks.is_counted = lambda owner, id: 1 // 0 > 0
    assert [type(outcome) for outcome in removed(uncounted)] == [ZeroDivisionError]
    authority.run_on_disk = authority._disk_at_once
    assert [sharing.get("sara", index) for index in (0, 1)] == [FIRST, LAST]


def test_files_move_there_and_back(
    sharing: Sharing, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, folder = sharing.authority, tmp_path / "files"

    def settle(wanted: str | None) -> None:
        authority.chunks = chunk_moving.settle(
            authority.store, folder, lambda at: ChunkObjects(ObjectStorage.at(at), authority.id), wanted
        )
        assert [sharing.get("sara", index) for index in (0, 1)] == [FIRST, LAST]
        assert sharing.on_disk == 1

    def clear(place: ChunkObjects, whole: Callable[[ChunkObjects], None] = ChunkObjects.clear) -> None:
        assert not authority.store._connection.in_transaction(), "it may take longer than one may"
        whole(place)

    monkeypatch.setattr(ChunkObjects, "clear", clear)
    if authority.nodes is not None:
        authority.nodes.end()  # else it refuses
    own = authority.chunks = chunk_moving.settle(authority.store, folder, pytest.fail)
    sharing.send()
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(chunk_moving, "note", pytest.fail)
        cut.setattr(ChunkObjects, "read", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        settle(server.address("moved"))
    settle(None)
    assert len(own.sizes()) == 1, "nothing has moved"
    settle(server.address("moved"))
    assert len(server.files) == 2 and not own.sizes()
    settle(None)
    assert isinstance(authority.chunks, ChunkObjects), "as it was said last"
    settle(server.address("elsewhere"))
    assert [path.relative_to(server.folder / BUCKET).parts[0] for path in server.files] == ["elsewhere"] * 2
    settle(chunk_moving.OWN)
    assert server.files == [] and len(own.sizes()) == 1
    settle(None)


@pytest.mark.long
@pytest.mark.parametrize("async_mode", ["eventlet", "threading"])
def test_a_process_is_killed_in_mid_file(server: Server, tmp_path: Path, start: Start, async_mode: str) -> None:  # noqa: F811
    """Its files lie in the folder first, then there, then in the folder again: it is told once."""
    running = start(tmp_path, async_mode)
    boss = Guest(running.line("owner: ")).sign_up("boss")
    die_in_mid_file(running, boss)
    running.kill()
    for files_at in (["--files", server.address("killed")], [], ["--files", "own"]):
        running.arguments += files_at
        running.start()
        before = len(server.files)
        die_in_mid_file(running, boss)
        assert len(server.files) == (before + 8 if files_at[1:] != ["own"] else 0)
        running.kill()
        running.arguments = running.arguments[: len(running.arguments) - len(files_at)]


def test_addresses() -> None:
    full = ObjectStorage.at("s3://one-bucket/a/b/?endpoint=https://s3.example:9000&region=garage")
    assert full == ObjectStorage("one-bucket", "a/b", "https://s3.example:9000", "garage")
    assert ObjectStorage.at(full.address) == full
    assert ObjectStorage.at("s3://bucket") == ObjectStorage("bucket", "", None, chunk_objects.REGION)


@pytest.mark.parametrize(
    "address",
    [
        *("", "own", "bucket", "http://bucket", "s3:///prefix", "s3://AKID:secret@bucket", "s3://bucket?secret=x"),
        *("s3://bucket?endpoint=ftp://host", "s3://bucket?endpoint=http://who:word@host", "s3://bucket/../x y"),
        *("s3://bucket#x", "s3://bucket?endpoint=http://", "s3://bucket?region"),
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert code(lambda: ObjectStorage.at(address)) == "bad_files"


def test_keys_are_found_in_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b%c\n[other]\naws_access_key_id = d\n")
    there = {"AWS_SHARED_CREDENTIALS_FILE": str(file)}
    ours = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    assert keys(there) == {"access_key_id": "a", "secret_access_key": "b%c"}
    assert keys({**there, "AWS_PROFILE": "other"}) == {} == keys({"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no")})
    assert keys({**there, **ours}) == {"access_key_id": "x", "secret_access_key": "y"}
    assert keys({**ours, "AWS_SESSION_TOKEN": "z"})["session_token"] == "z"
