"""Files from one person to another, over the whole network in memory: straight, by the authority, and with cuts."""

from __future__ import annotations

import errno
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from protocol import files as protocol_files
from protocol.errors import HamrazError
from protocol.files import CHUNK, FILE, FILE_LIMIT, VOICE, FileBody, decode_file, encode_file
from protocol.messages import Chunk, FetchChunk, decode, encode
from protocol.primitives import random_id
from storage import chunk_folder
from tests.sharing import again, chunks_crossed, content, fetch, hand_over, newest, pair, private, saved, send
from tests.world import Killed, Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import FileProgress
from web_client.files import staging
from web_client.files.download import KEPT_EVERY

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK + 7]


def code(run: Any) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


@pytest.fixture
def two() -> tuple[World, Person, Person]:
    return pair()


Two = tuple[World, Person, Person]


# --- straight ---


@pytest.mark.parametrize("size", SIZES)
def test_a_file_goes_straight_from_agent_to_agent(two: Two, size: int) -> None:
    world, arash, sara = two
    data = content(size)
    message = send(arash, private(sara), data, caption="for tomorrow")
    assert message["kind"] == "file" and message["text"] == "for tomorrow" and message["file"]["state"] == "here"
    world.settle()
    assert newest(sara, private(arash))["file"] | {"id": ""} == {
        "id": "",
        "name": "notes.txt",
        "media_type": "text/plain",
        "size": size,
        "width": 0,
        "height": 0,
        "preview": False,
        "voice": None,
        "state": "offered",
        "done": 0,
        "where": None,
        "why": None,
    }
    assert not sara.store.names()  # nothing comes by itself
    assert fetch(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == saved(arash, private(sara)) == data
    assert chunks_crossed(world, "arash", "authority") == chunks_crossed(world, "authority", "sara") == 0


def test_the_page_is_told_how_far_it_is(two: Two) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(12 * CHUNK))
    world.settle()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        world.now += 300
        return [body]

    world.carry = carry
    sara.changes.clear()
    fetch(sara, private(arash))
    of = (arash.uid, bytes.fromhex(newest(sara, private(arash))["id"]), private(arash))
    assert sara.changes.count(FileProgress(of)) > 6


def test_nobody_else_gets_a_chunk(two: Two) -> None:
    """Somebody whom the file wasn't sent to, a file that doesn't exist, and an index beyond the end: one answer."""
    world, arash, sara = two
    omid = world.sign_up("omid")
    world.settle()
    message = send(arash, private(sara), content(CHUNK))
    world.settle()
    id = bytes.fromhex(message["file"]["id"])

    def ask(who: Person, id: bytes, index: int) -> Chunk:
        link = who.node.links.open_another(arash.uid)
        return link.channel.request(FetchChunk(0, id, index), Chunk)

    assert len(ask(sara, id, 0).sealed) == CHUNK + 16
    assert code(lambda: ask(omid, id, 0)) == "file_gone"
    assert code(lambda: ask(sara, random_id(), 0)) == "file_gone"
    assert code(lambda: ask(sara, id, 1)) == "file_gone"
    arash.agent().file_cancel(private(sara), message["order"])
    assert code(lambda: ask(sara, id, 0)) == "file_gone"


# --- by the authority ---


def test_who_is_away_gets_it_from_the_authority(two: Two) -> None:
    world, arash, sara = two
    sara.stop()
    data = content(5 * CHUNK + 7)
    send(arash, private(sara), data)
    arash.settle()
    assert newest(arash, private(sara))["state"] == "authority"
    arash.stop()
    sara.restart()
    world.people.pop("arash")
    world.settle()
    assert fetch(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data
    assert world.authority.chunks.sizes() == {}  # who has it lets it go
    assert not any(data[:64] in body for _source, _target, body in world.crossed)


def test_who_goes_away_before_fetching_finds_it_there(two: Two) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(CHUNK + 1))
    world.settle()
    assert world.authority.chunks.sizes() == {}
    sara.stop()
    world.settle()
    assert list(world.authority.chunks.sizes().values()) == [CHUNK + 1 + 32]
    arash.stop()
    sara.restart()
    assert fetch(sara, private(arash))["state"] == "here"


def test_what_has_been_fetched_straight_is_not_left_there(two: Two) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(CHUNK + 1))
    world.settle()
    fetch(sara, private(arash))
    sara.stop()
    world.settle()
    assert world.authority.chunks.sizes() == {}


def test_an_upload_goes_on_where_it_was_cut(two: Two) -> None:
    world, arash, sara = two
    sara.stop()
    send(arash, private(sara), content(6 * CHUNK))
    _cut_after(world, "arash", "authority", 3)
    arash.node.files.try_now()
    arash.node.files.step()
    world.carry = lambda source, target, body: [body]
    arash.node.authority.connect()
    before = chunks_crossed(world, "arash", "authority")
    world.now += 120_000
    arash.node.files.step()
    assert list(world.authority.chunks.sizes().values()) == [6 * (CHUNK + 16)]
    assert chunks_crossed(world, "arash", "authority") - before == 6 - before >= 3


def _cut_after(world: World, source: str, target: str, chunks: int) -> None:
    """The line breaks once so many chunks have gone this way."""
    gone = []

    def carry(one: str, other: str, body: bytes) -> list[bytes]:
        if (one, other) == (source, target) and len(body) > CHUNK:
            gone.append(body)
            if len(gone) > chunks:
                world.cut("authority" if "authority" in (source, target) else source)
                return []
        return [body]

    world.carry = carry


def test_no_room_at_the_authority_leaves_it_with_its_sender(two: Two) -> None:
    world, arash, sara = two
    world.authority.file_space = CHUNK
    sara.stop()
    send(arash, private(sara), content(CHUNK))
    arash.settle()
    file = newest(arash, private(sara))["file"]
    assert (file["state"], file["why"]) == ("here", "quota_full")
    sara.restart()
    arash.settle()
    assert fetch(sara, private(arash))["state"] == "here"


def test_while_neither_is_there_it_waits_and_says_why(two: Two) -> None:
    world, arash, sara = two
    world.authority.file_space = 0
    send(arash, private(sara), content(CHUNK))
    world.settle()
    arash.stop()
    world.settle()
    file = fetch(sara, private(arash))
    assert (file["state"], file["why"]) == ("fetching", "away")
    arash.restart()
    world.settle()
    assert newest(sara, private(arash))["file"]["state"] == "here"  # by itself, once he is back


def test_while_the_authority_is_away_it_goes_straight(two: Two) -> None:
    world, arash, sara = two
    arash.say(sara, "so that we know of each other")
    send(arash, private(sara), content(CHUNK))
    world.settle()
    world.authority_up = False
    world.cut("authority")
    assert fetch(sara, private(arash))["state"] == "here"


# --- resuming ---


def test_a_fetch_goes_on_where_it_was_cut(two: Two) -> None:
    """The peer goes in the middle, more than once: what was made durable isn't fetched again."""
    world, arash, sara = two
    count = 3 * KEPT_EVERY
    data = content(count * CHUNK)
    send(arash, private(sara), data)
    world.settle()
    for _cut in range(2):
        _cut_after(world, "arash", "sara", KEPT_EVERY + 3)
        assert fetch(sara, private(arash))["state"] == "fetching"
    world.carry = lambda source, target, body: [body]
    assert again(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data
    assert chunks_crossed(world, "arash", "sara") < count + 2 * 8


def test_a_killed_agent_goes_on_where_it_was(two: Two) -> None:
    world, arash, sara = two
    data = content((KEPT_EVERY + 8) * CHUNK)
    send(arash, private(sara), data)
    world.settle()
    crossed = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if (source, target) == ("arash", "sara") and len(body) > CHUNK:
            crossed.append(1)
            if len(crossed) == KEPT_EVERY + 6:
                raise Killed
        return [body]

    world.carry = carry
    with pytest.raises(Killed):
        fetch(sara, private(arash))
    world.carry = lambda source, target, body: [body]
    sara.restart()
    assert newest(sara, private(arash))["file"]["done"] == KEPT_EVERY * CHUNK
    world.settle()  # it goes on by itself
    assert newest(sara, private(arash))["file"]["state"] == "here"
    assert saved(sara, private(arash)) == data


def test_fetching_can_be_stopped_and_taken_up_again(two: Two) -> None:
    world, arash, sara = two
    data = content((KEPT_EVERY + 12) * CHUNK)
    send(arash, private(sara), data)
    world.settle()
    order, stopped = newest(sara, private(arash))["order"], []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        transfer = sara.node.files.under_way((arash.uid, id, private(arash)))
        if transfer is not None and transfer.done > KEPT_EVERY and not stopped:
            stopped.append(sara.agent().file_cancel(private(arash), order))
        return [body]

    id = bytes.fromhex(newest(sara, private(arash))["id"])
    world.carry = carry
    file = fetch(sara, private(arash))
    assert (file["state"], file["done"]) == ("offered", KEPT_EVERY * CHUNK)
    world.settle()
    assert newest(sara, private(arash))["file"]["state"] == "offered"
    assert fetch(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data


def test_what_is_cancelled_just_before_it_begins_is_not_fetched(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(3 * CHUNK))
    world.settle()
    order, files = newest(sara, private(arash))["order"], sara.node.files
    sara.agent().file_fetch(private(arash), order)
    due = files._due()
    assert len(due) == 1
    sara.agent().file_cancel(private(arash), order)
    monkeypatch.setattr(files, "_due", lambda: due)  # what it had found a moment before
    files.step()
    assert newest(sara, private(arash))["file"]["state"] == "offered"
    assert chunks_crossed(world, "arash", "sara") == 0


def test_a_chunk_that_is_kept_while_its_message_is_deleted_goes_with_it(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(3 * CHUNK))
    world.settle()
    files, write, kept = sara.node.files, sara.store.write, []

    def late(name: str, index: int, sealed: bytes) -> None:
        if not kept:
            sara.agent().clear_chat(private(arash))
            files._forget_deleted()
        kept.append(index)
        write(name, index, sealed)

    monkeypatch.setattr(sara.store, "write", late)
    sara.agent().file_fetch(private(arash), newest(sara, private(arash))["order"])
    files.step()
    assert kept and sara.store.names() == []


def test_what_is_taken_back_is_gone_everywhere(two: Two) -> None:
    world, arash, sara = two
    sara.stop()
    message = send(arash, private(sara), content(CHUNK))
    arash.settle()
    assert world.authority.chunks.sizes()
    arash.agent().file_cancel(private(sara), newest(arash, private(sara))["order"])
    arash.settle()
    assert world.authority.chunks.sizes() == {} and arash.store.names() == []
    assert newest(arash, private(sara))["file"]["state"] == "cancelled"
    assert code(lambda: arash.agent().file_ticket(private(sara), message["order"])) == "file_gone"
    sara.restart()
    world.settle()
    file = fetch(sara, private(arash))
    assert (file["state"], file["why"]) == ("gone", "file_gone")


# --- what doesn't hold ---


def _change_chunks(world: World, change: Any) -> None:
    """From now on somebody who holds both ends of a line changes the chunks on it."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if len(body) > CHUNK and source != "sara":
            chunk = decode(body, Chunk)
            return [encode(Chunk(chunk.re, change(chunk.sealed)))]
        return [body]

    world.carry = carry


def _swapped() -> Any:
    held: list[bytes] = []

    def change(sealed: bytes) -> bytes:
        held.append(sealed)
        return held[0]

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda sealed: sealed[:-1],
        lambda sealed: sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 0x80]),
        lambda sealed: bytes(len(sealed)),
        _swapped(),
    ],
    ids=["truncated", "a bit in the middle", "a bit of the tag", "zeros", "another chunk in its place"],
)
def test_a_changed_chunk_is_never_kept(two: Two, change: Any) -> None:
    world, arash, sara = two
    data = content(3 * CHUNK)
    send(arash, private(sara), data)
    world.settle()
    _change_chunks(world, change)
    file = fetch(sara, private(arash))
    assert (file["state"], file["why"], file["done"]) == ("failed", "file_broken", 0)
    assert code(lambda: saved(sara, private(arash))) == "file_gone"
    world.carry = lambda source, target, body: [body]
    assert fetch(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data


def test_what_one_way_breaks_the_other_mends(two: Two) -> None:
    """The authority's disk holds something else; the sender is there."""
    world, arash, sara = two
    data = content(2 * CHUNK)
    sara.stop()
    send(arash, private(sara), data)
    arash.settle()
    (name,) = world.authority.chunks.sizes()
    world.authority.chunks.write(*name, 1, bytes(CHUNK + 16))
    sara.restart()
    world.settle()
    listener = world.listeners.pop(arash.network.port)
    file = fetch(sara, private(arash))
    assert file["state"] == "fetching"  # he may be reached again
    world.listeners[arash.network.port] = listener
    assert again(sara, private(arash))["state"] == "here"
    assert saved(sara, private(arash)) == data


def test_a_file_that_is_not_what_was_announced_is_not_offered(two: Two) -> None:
    world, arash, sara = two
    id = hand_over(arash, private(sara), content(2 * CHUNK))
    file = staging.finish(arash.node.files.context, bytes.fromhex(id))
    body = FileBody(file.id, "a", "", file.size, bytes(32), file.key.save(), CHUNK, b"", 0, 0, "")
    arash.node.messages.compose(sara.uid, FILE, encode_file(body), file.message)
    arash.restart()
    world.settle()
    file_shown = fetch(sara, private(arash))
    assert (file_shown["state"], file_shown["why"], file_shown["done"]) == ("failed", "file_broken", 0)
    assert sara.store.names() == []


def test_a_body_of_another_form_is_unreadable(two: Two) -> None:
    world, arash, sara = two
    arash.node.messages.compose(sara.uid, FILE, b"\x90", random_id())
    world.settle()
    shown = sara.shown(arash)[-1]
    assert (shown["kind"], shown["why"], shown["file"]) == ("unreadable", "bad_statement", None)
    assert code(lambda: sara.agent().file_fetch(private(arash), shown["order"])) == "file_gone"


def test_a_file_that_claims_to_be_huge_is_refused(two: Two) -> None:
    world, arash, sara = two
    body = FileBody(random_id(), "a", "", FILE_LIMIT + 1, bytes(32), bytes(32), CHUNK, b"", 0, 0, "")
    arash.node.messages.compose(sara.uid, FILE, encode_file(body), random_id())
    world.settle()
    assert code(lambda: fetch(sara, private(arash))) == "file_too_big"


def test_names_are_cleaned_on_both_sides(two: Two) -> None:
    world, arash, sara = two
    message = send(arash, private(sara), b"x", name="/etc/passwd\u202egpj.exe")
    raw = arash.vault.read(lambda rows: rows.execute("SELECT body FROM messages WHERE kind = 'file'").fetchone()[0])
    body = msgspec.structs.replace(decode_file(bytes(raw)), name="..\\..\\con", media_type="text/html\n<script>")
    assert message["file"]["name"] == "passwdgpj.exe"
    arash.node.messages.compose(sara.uid, FILE, encode_file(body), random_id())
    world.settle()
    file = newest(sara, private(arash))["file"]
    assert (file["name"], file["media_type"]) == ("_con", "application/octet-stream")


# --- from the page ---


def test_what_can_not_be_begun(two: Two) -> None:
    _world, arash, sara = two
    agent, id = arash.agent(), random_id().hex()

    def begin(chat: ChatId, size: int = 1, name: str = "a", id: str = id) -> str:
        return code(lambda: agent.file_begin(chat, id, name, size, "", 0))

    assert begin(private(sara), size=FILE_LIMIT + 1) == "file_too_big"
    for chat in (ChatId.private(b""), ChatId.private(bytes(32)), ChatId.group(bytes(16))):
        assert begin(chat) == "no_such_chat"
    for name in ("p:zz", "x:00", "p:00 00", "p:0", "", private(sara).upper()):
        assert code(lambda name=name: ChatId.parse(name)) == "no_such_chat"
    agent.file_begin(private(sara), id, "a", 1, "", 0)
    assert begin(private(sara), size=2) == begin(private(sara), name="b") == "file_changed"
    text = random_id()
    arash.write(sara, "hello", text)
    assert begin(private(sara), id=text.hex()) == "bad_request"


def test_parts_come_in_their_turn(two: Two) -> None:
    _world, arash, sara = two
    agent, id, part = arash.agent(), random_id().hex(), staging.PART
    data = content(part + 5)
    agent.file_begin(private(sara), id, "a", len(data), "", 0)
    assert code(lambda: agent.take_part(id, part, data[part:])) == "chunk_order"
    assert code(lambda: agent.send_file(id, "", None, 0, 0)) == "chunk_order"
    for wrong in (b"", data[: CHUNK + 1], data[: part + 1], bytes(part)[:0]):
        assert code(lambda wrong=wrong: agent.take_part(id, 0, wrong)) == "bad_request"
    assert agent.take_part(id, 0, data[:part]) == part
    assert code(lambda: agent.take_part(id, 0, data[:part])) == "chunk_order"
    assert code(lambda: agent.take_part(id, part, b"123456")) == "bad_request"
    assert code(lambda: agent.take_part(random_id().hex(), 0, b"1")) == "file_gone"
    assert agent.take_part(id, part, data[part:]) == len(data)
    assert agent.send_file(id, "", None, 0, 0)["id"] == id
    assert newest(arash, private(sara))["file"]["size"] == len(data)
    assert code(lambda: agent.take_part(id, len(data), b"1")) == "bad_request"


def test_an_upload_that_stopped_is_known_after_a_restart(two: Two) -> None:
    _world, arash, sara = two
    id, data = random_id().hex(), content(staging.PART + 5)
    arash.agent().file_begin(private(sara), id, "a", len(data), "", 1234)
    arash.agent().take_part(id, 0, data[: staging.PART])
    arash.restart()
    (upload,) = arash.agent().uploads()["uploads"]
    assert upload == {
        "id": id,
        "chat": private(sara),
        "name": "a",
        "size": len(data),
        "modified": 1234,
        "done": staging.PART,
    }
    assert code(lambda: arash.agent().file_begin(private(sara), id, "a", len(data), "", 99)) == "file_changed"
    arash.agent().file_drop(id)
    assert arash.agent().uploads()["uploads"] == [] == arash.store.names()
    arash.agent().file_drop(id)


@pytest.mark.parametrize("step", range(4))
def test_a_cut_in_the_middle_of_a_part_seals_nothing_twice(
    two: Two, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before and after each step: the same part goes on, another one in its place is refused."""
    _world, arash, sara = two
    id, data = random_id().hex(), content(2 * CHUNK)
    arash.agent().file_begin(private(sara), id, "a", len(data), "", 0)
    steps = iter(range(10))

    def killing(run: Any) -> Any:
        def wrapped(*arguments: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return run(*arguments)

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(arash.store, "write", killing(arash.store.write))
        patch.setattr(arash.store, "sync", killing(arash.store.sync))
        patch.setattr(arash.vault, "write", killing(arash.vault.write))
        with pytest.raises(Killed):
            arash.agent().take_part(id, 0, data)
    arash.restart()
    other = bytes([data[0] ^ 1]) + data[1:]
    if step > 0:
        assert code(lambda: arash.agent().take_part(id, 0, other)) == "file_changed"
    assert arash.agent().take_part(id, 0, data) == len(data)
    arash.agent().send_file(id, "", None, 0, 0)
    assert saved(arash, private(sara)) == data


def test_one_key_never_seals_two_things_in_one_place(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong on the way, for each key and index there is one plaintext."""
    _world, arash, sara = two
    sealed: dict[tuple[bytes, int], bytes] = {}
    real = protocol_files.seal_chunk

    def seal(key: Any, authority_id: bytes, id: bytes, index: int, size: int, plaintext: bytes) -> bytes:
        assert sealed.setdefault((key.save(), index), plaintext) == plaintext
        return real(key, authority_id, id, index, size, plaintext)

    monkeypatch.setattr(staging, "seal_chunk", seal)
    id, data = random_id().hex(), content(2 * CHUNK)
    agent = arash.agent()
    agent.file_begin(private(sara), id, "a", len(data), "", 0)
    with monkeypatch.context() as patch:
        patch.setattr(chunk_folder, "os", _failing(errno.ENOSPC))
        assert code(lambda: agent.take_part(id, 0, data)) == "disk_full"
    assert code(lambda: agent.take_part(id, 0, data[::-1])) == "file_changed"
    agent.take_part(id, 0, data)
    send(arash, private(sara), data)
    send(arash, private(sara), data)
    assert len(sealed) == 6


def _failing(number: int) -> SimpleNamespace:
    """`os` with an fsync that fails."""
    import os

    def fsync(_file: int) -> None:
        raise OSError(number, "no")

    return SimpleNamespace(**{**vars(os), "fsync": fsync})


def test_a_full_disk_is_told_and_waited_out(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(CHUNK))
    world.settle()
    with monkeypatch.context() as patch:
        patch.setattr(chunk_folder, "os", _failing(errno.ENOSPC))
        file = fetch(sara, private(arash))
        assert (file["state"], file["why"]) == ("fetching", "disk_full")
    assert again(sara, private(arash))["state"] == "here"
    monkeypatch.setattr(arash.store, "room", lambda: staging.SPARE)
    assert code(lambda: arash.agent().file_begin(private(sara), random_id().hex(), "a", 1, "", 0)) == "disk_full"


def test_the_same_message_is_written_once(two: Two) -> None:
    world, arash, sara = two
    id = hand_over(arash, private(sara), b"abc")
    first, before = arash.agent().send_file(id, "x", None, 0, 0), newest(arash, private(sara))
    assert arash.agent().send_file(id, "y", None, 0, 0) == first
    assert newest(arash, private(sara)) == before
    world.settle()
    assert len(sara.shown(arash)) == 1


@pytest.mark.parametrize(
    "preview", ["!", "AAAA", "/9j/" + "A" * 32768, "PHN2Zz4="], ids=["base64", "raster", "size", "svg"]
)
def test_a_preview_is_a_small_raster_picture(two: Two, preview: str) -> None:
    _world, arash, sara = two
    id = hand_over(arash, private(sara), b"abc")
    assert code(lambda: arash.agent().send_file(id, "", preview, 1, 1)) == "bad_request"


def test_a_preview_is_asked_for_by_itself(two: Two) -> None:
    world, arash, sara = two
    send(arash, private(sara), b"abc", preview="/9j/4AAQ", width=640, height=480)
    world.settle()
    file = newest(sara, private(arash))
    assert (file["file"]["preview"], file["file"]["width"], file["file"]["height"]) == (True, 640, 480)
    assert sara.agent().file_preview(private(arash), file["order"]) == {"preview": "/9j/4AAQ"}
    assert code(lambda: sara.agent().file_preview(private(arash), file["order"] + 1)) == "file_gone"


# --- house-keeping ---


def test_a_deleted_message_takes_its_file_along(two: Two) -> None:
    """Here, there, and at the authority."""
    world, arash, sara = two
    send(arash, private(sara), content(CHUNK))
    world.settle()
    fetch(sara, private(arash))
    arash.agent().delete_message(private(sara), newest(arash, private(sara))["order"], None)
    world.settle()
    assert sara.store.names() == arash.store.names() == []
    assert sara.shown(arash)[-1]["kind"] == "deleted" and sara.shown(arash)[-1]["file"] is None
    sara.stop()
    send(arash, private(sara), content(CHUNK))
    arash.settle()
    assert world.authority.chunks.sizes()
    arash.agent().delete_message(private(sara), newest(arash, private(sara))["order"], None)
    arash.settle()
    arash.node.files.step()
    assert world.authority.chunks.sizes() == {} and arash.store.names() == []
    rows = arash.vault.read(lambda rows: rows.execute("SELECT count(*) FROM files").fetchone())
    assert rows[0] == 0


def test_a_caption_can_be_changed_and_answered(two: Two) -> None:
    world, arash, sara = two
    send(arash, private(sara), content(5), caption="furst")
    world.settle()
    arash.agent().edit_message(private(sara), newest(arash, private(sara))["order"], "first", None)
    sara.agent().send_message(private(arash), "thanks", newest(sara, private(arash))["order"], None)
    world.settle()
    assert newest(sara, private(arash))["text"] == "first"
    assert arash.shown(sara)[-1]["reply"]["kind"] == "file"
    assert fetch(sara, private(arash))["state"] == "here"


def test_chunks_that_are_gone_are_fetched_again(two: Two) -> None:
    """A vault that comes back from a backup has none."""
    world, arash, sara = two
    data = content(CHUNK + 1)
    send(arash, private(sara), data)
    world.settle()
    fetch(sara, private(arash))
    for name in sara.store.names():
        sara.store.remove(name)
    assert code(lambda: saved(sara, private(arash))) == "file_gone"
    assert newest(sara, private(arash))["file"]["state"] == "offered"
    assert fetch(sara, private(arash))["state"] == "here"
    sara.store.write("0" * 32, 0, b"of nobody")
    for name in arash.store.names():
        arash.store.remove(name)
    sara.restart()
    arash.restart()
    assert saved(sara, private(arash)) == data and len(sara.store.names()) == 1
    assert newest(arash, private(sara))["file"]["state"] == "cancelled"


def test_tickets_open_one_file_once(two: Two) -> None:
    _world, arash, sara = two
    message = send(arash, private(sara), b"abc", name="سند.txt")
    agent = arash.agent()
    ticket = agent.file_ticket(private(sara), message["order"])["ticket"]
    name, size, chunks = agent.open_file(ticket)
    assert (name, size, b"".join(chunks)) == ("سند.txt", 3, b"abc")
    assert code(lambda: agent.open_file(ticket)) == "bad_token"
    assert code(lambda: agent.open_file("")) == "bad_token"
    late = agent.file_ticket(private(sara), message["order"])["ticket"]
    agent.tickets.clear()
    assert code(lambda: agent.open_file(late)) == "bad_token"
    agent.tickets._now = lambda: 1e12
    old = agent.file_ticket(private(sara), message["order"])["ticket"]
    agent.tickets._now = lambda: 1e12 + 61
    assert code(lambda: agent.open_file(old)) == "bad_token"


def test_a_vault_that_is_locked_in_the_middle_ends_a_download(two: Two) -> None:
    _world, arash, sara = two
    message = send(arash, private(sara), content(2 * CHUNK))
    agent = arash.agent()
    _name, _size, chunks = agent.open_file(agent.file_ticket(private(sara), message["order"])["ticket"])
    assert len(next(chunks)) == CHUNK
    agent._session = None
    assert code(lambda: next(chunks)) == "locked"


# --- what somebody has spoken ---


def test_a_voice_message_is_a_file_that_says_how_long_it_is(two: Two) -> None:
    world, arash, sara = two
    data, id = content(3000), random_id().hex()
    hand_over(arash, private(sara), data, "voice.webm", id)
    agent = arash.agent()
    assert agent.send_voice(id, 4_200, "AEB//w==") == agent.send_voice(id, 4_200, "AEB//w==")  # once
    world.settle()
    found = newest(sara, private(arash))
    assert (found["kind"], found["text"], found["file"]["name"]) == ("file", "", "voice.webm")
    assert found["file"]["voice"] == {"duration": 4_200, "waveform": [0, 64, 127, 255], "listened": False}
    assert fetch(sara, private(arash))["state"] == "here" and saved(sara, private(arash)) == data
    assert sara.agent().file_preview(private(arash), found["order"]) == {"preview": None}
    assert len(sara.agent().history(private(arash), None, None, 200)["messages"]) == 1
    sara.agent().send_message(private(arash), "heard", found["order"], None)
    heard = sara.agent().history(private(arash), None, None, 200)["messages"][-1]["reply"]
    assert (heard["kind"], heard["text"]) == ("voice", "")
    agent.react(private(sara), newest(arash, private(sara))["order"], "👍", None)
    agent.delete_message(private(sara), newest(arash, private(sara))["order"], None)
    world.settle()
    assert sara.store.names() == []


@pytest.mark.parametrize("waveform", ["!", "A" * 88], ids=["base64", "size"])
def test_a_waveform_is_short(two: Two, waveform: str) -> None:
    _world, arash, sara = two
    id = hand_over(arash, private(sara), b"abc", "voice.webm")
    assert code(lambda: arash.agent().send_voice(id, 1, waveform)) == "bad_request"


def test_a_voice_message_of_another_form_costs_a_row(two: Two) -> None:
    world, arash, sara = two
    for body in (b"\x90", encode_file(FileBody(random_id(), "a", "", 1, bytes(32), bytes(32), CHUNK, b"", 0, 0, ""))):
        arash.node.messages.compose(sara.uid, VOICE, body, random_id())
    arash.say(sara, "still here")
    world.settle()
    shown = sara.agent().history(private(arash), None, None, 200)["messages"]
    assert [(one["kind"], one["why"]) for one in shown[:2]] == [("unreadable", "bad_statement")] * 2
    assert shown[-1]["text"] == "still here"
