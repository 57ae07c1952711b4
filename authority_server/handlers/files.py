"""Files that wait here (section 8.9): sealed chunks for one reader or for a group, as far as there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from authority_server.core.authority import Authority, OnDisk, Write
from authority_server.core.client import Client
from authority_server.core.fair_queue import OURS
from authority_server.core.jobs import Removal
from authority_server.handlers import gone
from authority_server.state import published
from authority_server.state.shares import Held
from authority_server.state.state import State
from authority_server.store import files as file_store
from authority_server.store.chunk_place import Name
from authority_server.store.database import Rows
from authority_server.store.files import KeptFile
from protocol.backup_messages import BACKUP_LIMIT
from protocol.errors import Damaged, HamrazError, Refused, Unreachable, WireError, error
from protocol.files import CHUNK, FILE_LIMIT, SEALED_CHUNK, count_of, length_of
from protocol.messages import Answer, Chunk, Done, DropFile, FileIs, GetChunk, OfferFile, PutChunk
from protocol.primitives import AEAD_TAG

MIB = 1024 * 1024
QUOTA_EACH = 1024 * MIB  # of one account: a day's pictures of a class, five films
BACKUPS_EACH = 2 * BACKUP_LIMIT + 2 * CHUNK  # of one account: the newest that is whole, and the next on its way
EMPTY_MS = 10 * 60 * 1000  # an offer of which nothing has come lapses
STALLED_MS = 24 * 3600 * 1000  # one of which no more has come: its owner may have been asleep, and goes on tomorrow
LAPSE_MS = 60 * 1000  # how often that is looked for
SPARE = 256 * MIB  # of the disk: files never take the last room from messages
KEPT_MS = 30 * 24 * 3600 * 1000  # of running time
AT_ONCE = 8  # chunks of one connection under way: 2 MiB of memory
CHUNK_UNITS, COUNT_UNITS = 64, 8  # weight of a chunk that is read or written, and of the row that counts it


def offer_file(authority: Authority, client: Client, message: OfferFile) -> Write[tuple[int, list[Name]]]:
    """Begin a file, or say how far it is. `file_too_big`, `quota_full`, `stale`, `not_member`, `unknown_user`.

    There must be room for all of it, and none is taken before its chunks come: an offer costs nobody else anything.
    """
    owner, now = client.known, authority.running.total
    _check_reader(authority, owner, message)
    if message.size > FILE_LIMIT:
        raise Refused("file_too_big", limit=FILE_LIMIT // MIB)
    file = KeptFile(owner, message.id, message.size, message.reader, message.gid, 0)
    room = authority.chunks.room() - SPARE

    def job(state: State, rows: Rows) -> tuple[int, list[Name]]:
        known = file_store.one(rows, owner, message.id, 0)
        if known is not None and known.created >= now - KEPT_MS:
            if (known.size, known.reader, known.gid, known.head) != (file.size, file.reader, file.gid, None):
                raise Refused("stale")
            return known.have, []
        cost = file_store.cost(count_of(file.size))
        if cost > room or not state.files.fits(owner, cost, authority.file_space, QUOTA_EACH):
            raise Refused("quota_full")
        old = forget(state, rows, [known]) if known is not None else []  # too old, and not gone yet
        file_store.add(rows, file, now)
        state.files.change(owner, file_store.cost(0))
        gone.forget_item(state, rows, owner, "file", file.reader, file.id)
        return 0, old

    return Write(job, lambda outcome: answer_offer(authority, message.rid, outcome))


def answer_offer(authority: Authority, rid: int, outcome: tuple[int, list[Name]]) -> FileIs:
    """How far it is; what has gone to make room goes from the disk."""
    have, gone = outcome
    authority.drop_chunks(gone)
    return FileIs(rid, have)


def put_chunk(authority: Authority, client: Client, message: PutChunk) -> Answer | Write[None] | None:
    """Put the next chunk into its place and count it; one that is there already is answered at once. `quota_full`."""
    owner, id, index, running = client.known, message.id, message.index, authority.running
    file = _find(authority, owner, id)
    if index >= count_of(file.size) or len(message.sealed) != length_of(file.size, index) + AEAD_TAG:
        raise WireError("bad_message")
    if index < file.have:
        return Done(message.rid)
    expected = max(file.have, client.next_chunks.get(id, 0))
    if index > expected:
        raise Refused("chunk_order")  # before it is in its place, where nothing would count it
    place = authority.chunks
    if place.room() < SPARE:
        raise Refused("quota_full")
    _check_room(authority, authority.state, file)

    def count(state: State, rows: Rows) -> None:
        now = file_store.one(rows, owner, id, 0)
        if now is None:
            raise Refused("file_gone")
        if index > now.have:
            raise Refused("chunk_order")
        if index == now.have:
            _check_room(authority, state, now)
            place.keep(rows, owner, id, index, message.sealed)
            file_store.advance(rows, now, index + 1, running.total)
            _held(state, now).change(owner, CHUNK)

    def counted(_: None) -> Done:
        if client.next_chunks.get(id) == index + 1:
            del client.next_chunks[id]
        return Done(message.rid)

    def failed() -> None:
        client.next_chunks.pop(id, None)

    client.next_chunks[id] = max(expected, index + 1)
    if place.in_rows:
        return _counted_in_memory(client, Write(count, counted, failed, weight=CHUNK_UNITS))
    _on_disk(
        authority,
        client,
        message.rid,
        lambda chunks: chunks.write(owner, id, index, message.sealed),
        lambda _: Write(count, counted, failed, weight=COUNT_UNITS),
        failed,
    )
    return None


def get_chunk(authority: Authority, client: Client, message: GetChunk) -> None:
    """Read a chunk for somebody who may have it; to all others, and for what isn't there, `file_gone`."""
    owner, id, index = message.owner, message.id, message.index
    if not client.ready and client.kit is None:
        raise error("not_logged_in")
    file = _find(authority, owner, id)
    if index >= count_of(file.size) or not _may_take(authority, file, client):
        raise Refused("file_gone")
    if not client.ready:
        client.since = authority.clock()  # it takes as long as it takes, while something is asked for
    if index >= file.have:
        raise Unreachable("file_not_yet")
    length = length_of(file.size, index) + AEAD_TAG
    _on_disk(
        authority,
        client,
        message.rid,
        lambda chunks: chunks.read(owner, id, index, length),
        lambda sealed: Chunk(message.rid, sealed),
    )


def drop_file(authority: Authority, client: Client, message: DropFile) -> Write[bool]:
    """Forget a file for its owner; for readers, once all who may have it have said that they have it."""
    owner, id, who = message.owner, message.id, client.known
    groups = authority.published_groups

    def job(state: State, rows: Rows) -> bool:
        file = file_store.one(rows, owner, id, 0)
        if file is None or not (who == owner or _may_read(authority, file, who)):
            return False
        if who != owner and file.gid is not None:
            others = groups[file.gid].joined - {owner}
            if not others <= file_store.takers(rows, owner, id) | {who}:
                file_store.take(rows, owner, id, who)
                return False
        forget(state, rows, [file])
        return True

    def answer(dropped: bool) -> Done:
        if dropped:
            authority.drop_chunks([(owner, id)])
        return Done(message.rid)

    return Write(job, answer)


def sweep(authority: Authority) -> None:
    """At a start: rows and chunks of the same files only. A backup in a folder has no chunks.

    Another node may go on meanwhile. What was counted before the look at the place must be there, unless it was let go;
    what is there and has no row after it is nobody's. As long as nobody can look, all is as it was.
    """
    with authority.store.reading() as rows:
        before = {(file.owner, file.id): file for file in file_store.everything(rows)}
    try:
        sizes = authority.chunks.sizes()
    except Damaged as reason:
        if reason.code != "files_unusable":
            raise
        authority.files_health.failed(reason, 0, authority.clock())
        return
    lost = [file for name, file in before.items() if sizes.get(name, 0) < _sealed_size(file)]

    def job(state: State, rows: Rows) -> list[Name]:
        now = [file_store.one(rows, file.owner, file.id, 0) for file in lost]
        gone = forget(state, rows, [file for file in now if file is not None])
        kept = {(file.owner, file.id) for file in file_store.everything(rows)} - set(gone)
        return [name for name in sizes if name not in kept]

    Removal(authority.write_now(job))(authority.chunks)


def is_counted(authority: Authority, owner: bytes, id: bytes) -> bool:
    """Whether there is such a file. Never under `lock`."""
    with authority.lock, authority.store.reading() as rows:
        return file_store.one(rows, owner, id, 0) is not None


def lapse(authority: Authority) -> None:
    """Give up offers that don't get on: whoever made one offers it again. Called now and then, never under `lock`."""
    now, ran = authority.clock(), authority.running.total
    if now - authority.lapsed < LAPSE_MS:
        return
    authority.lapsed = now

    def job(state: State, rows: Rows) -> list[Name]:
        return forget(state, rows, file_store.stalled(rows, ran - EMPTY_MS, ran - STALLED_MS))

    def done(outcome: Any) -> None:
        if not isinstance(outcome, Exception):
            authority.drop_chunks(outcome)

    authority.run_write(job, done, OURS, 1)


def forget(state: State, rows: Rows, files: list[KeptFile]) -> list[Name]:
    """These are here no more; their names."""
    for file in files:
        _held(state, file).change(file.owner, -file_store.cost(file.have))
    names = [(file.owner, file.id) for file in files]
    file_store.drop(rows, names)
    return names


def _held(state: State, file: KeptFile) -> Held[bytes]:
    """Of which whole it takes its part."""
    return state.backups if file.is_backup else state.files


def _check_room(authority: Authority, state: State, file: KeptFile) -> None:
    """Raise `quota_full` unless its owner may have one more chunk."""
    each, whole = (BACKUPS_EACH, authority.backup_space) if file.is_backup else (QUOTA_EACH, authority.file_space)
    if not _held(state, file).fits(file.owner, CHUNK, whole, each):
        raise Refused("quota_full")


def _sealed_size(file: KeptFile) -> int:
    return file.have * SEALED_CHUNK if file.have < count_of(file.size) else file.size + file.have * AEAD_TAG


def _check_reader(authority: Authority, owner: bytes, message: OfferFile) -> None:
    if (message.reader is None) == (message.gid is None):
        raise WireError("bad_message")
    if message.gid is not None:
        published.joined(authority.published_groups, message.gid, owner)
    elif message.reader is not None:
        user = authority.user(message.reader)
        if user is None or user.key is None:
            raise Refused("unknown_user", name="")


def _find(authority: Authority, owner: bytes, id: bytes) -> KeptFile:
    with authority.store.reading() as rows:
        file = file_store.one(rows, owner, id, authority.running.total - KEPT_MS)
    if file is None:
        raise Refused("file_gone")
    return file


def _may_take(authority: Authority, file: KeptFile, client: Client) -> bool:
    """Who has shown the recovery key reads that account's whole backups, before log-in too, and nothing else."""
    if file.is_backup:
        return file.owner == (client.uid if client.ready else client.kit)
    return client.ready and _may_read(authority, file, client.known)


def _may_read(authority: Authority, file: KeptFile, who: bytes) -> bool:
    if file.gid is not None:
        group = authority.published_groups.get(file.gid)
        return group is not None and who in group.joined
    return who in (file.owner, file.reader)


def _begin_chunk(client: Client) -> None:
    """One more is in memory for this connection."""
    if client.chunks >= AT_ONCE:
        raise WireError("too_many_requests")
    client.chunks += 1


def _counted_in_memory(client: Client, write: Write[None]) -> Write[None]:
    """The same, whose chunk is in memory until it is done."""
    _begin_chunk(client)

    def answer(outcome: None) -> Answer:
        client.chunks -= 1
        return write.answer(outcome)

    def undo() -> None:
        client.chunks -= 1
        write.undo()

    return replace(write, answer=answer, undo=undo)


def _on_disk(
    authority: Authority,
    client: Client,
    rid: int,
    job: OnDisk,
    then: Callable[[Any], Answer | Write[Any]],
    undo: Callable[[], None] = lambda: None,
) -> None:
    """Have something done beside the writer, and answer with what follows from it."""
    _begin_chunk(client)

    def done(outcome: object) -> None:
        client.chunks -= 1
        client.in_flight -= 1
        if isinstance(outcome, Exception):
            undo()
            authority.refuse(client, rid, outcome)
            return
        authority.files_health.worked(authority.clock())
        if not client.closed:
            authority.carry_out(client, rid, then(outcome))

    client.in_flight += 1
    try:
        authority.run_on_disk(job, done, client.account, max(client.units, CHUNK_UNITS))
    except HamrazError as refusal:  # too much waits for the disk already
        done(refusal)
