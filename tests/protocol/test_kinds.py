"""Kinds and marks: the vectors, read by the code and by the document's second reading; and that order says nothing."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import kinds, lifetimes, marks
from protocol.files import CAPTION_LIMIT, CHUNK, FileBody, encode_file
from protocol.kinds import Delete, Edit, Reaction, Reply
from protocol.marks import Mark
from tests.protocol import document, reference
from tests.protocol.test_vectors import load, outcome

VECTORS = load("kinds")
TO, AUTHOR, OTHER = bytes(16), b"a" * 32, b"b" * 32


@pytest.mark.parametrize("vector", VECTORS["bodies"], ids=lambda vector: vector["about"])
def test_bodies(vector: dict[str, Any]) -> None:
    kind, body, sender = vector["kind"], vector["body"], vector["sender"]

    def ours() -> Any:
        found = kinds.reference(kind, body, sender)
        return [found.id, found.author] if found else None

    def theirs() -> Any:
        return reference.about(kind, body, sender, document.bodies())

    assert outcome(ours) == outcome(theirs) == vector["outcome"]
    if vector["outcome"] == "ok":
        assert ours() == theirs() == vector["reference"]
        decoded = kinds.decode_body(kind, body)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(decoded)) == vector["fields"]


@pytest.mark.parametrize("vector", VECTORS["lifetimes"], ids=lambda vector: vector["about"])
def test_lifetimes(vector: dict[str, Any]) -> None:
    kind, body = vector["kind"], vector["body"]
    assert (kinds.words(kind, body), kinds.lifetime(kind, body)) == (vector["words"], vector["seconds"])
    if kind == kinds.VOICE:
        theirs = "", reference.lifetime_of_type(msgspec.msgpack.decode(body)[2])
    elif kind == kinds.EDIT:
        theirs = vector["words"], None
    else:
        theirs = reference.lifetime(body.decode() if kind == kinds.TEXT else msgspec.msgpack.decode(body)[2])
    assert theirs == (vector["words"], vector["seconds"])
    plain = kinds.encode_body(Reply(TO, AUTHOR, "x")) if kind == kinds.REPLY else b"x" if kind == kinds.TEXT else None
    if plain is not None and vector["seconds"]:
        said = kinds.lasting(kind, plain, vector["seconds"])
        assert (kinds.words(kind, said), kinds.lifetime(kind, said)) == ("x", vector["seconds"])


@pytest.mark.parametrize("vector", VECTORS["timers"], ids=lambda vector: vector["about"])
def test_timers(vector: dict[str, Any]) -> None:
    mine, theirs = vector["mine"], vector["theirs"]
    one, other = (None if timer is None else lifetimes.Said(*timer) for timer in (mine, theirs))
    assert lifetimes.of_timers(one, other) == lifetimes.of_timers(other, one) == vector["seconds"]
    assert reference.lifetime_of_talk(mine, theirs) == vector["seconds"]


def test_a_type_without_room_says_it_all_the_same() -> None:
    assert lifetimes.in_type("audio/webm", 60) == "audio/webm;lifetime=60"
    assert lifetimes.in_type("x" * 127, 60) == "application/octet-stream;lifetime=60"


def test_every_kind_has_vectors() -> None:
    assert {*kinds.BODIES} <= {vector["kind"] for vector in VECTORS["bodies"] if vector["outcome"] == "ok"}


def test_a_file_says_what_it_is_and_its_caption_has_a_limit() -> None:
    for length, right in ((CAPTION_LIMIT, True), (CAPTION_LIMIT + 1, False)):
        file = FileBody(TO, "f", "", 0, AUTHOR, AUTHOR, CHUNK, b"", 0, 0, "x" * length)
        if right:
            assert kinds.decode_body(kinds.FILE, encode_file(file)) == file
        else:
            assert outcome(lambda file=file: kinds.decode_body(kinds.FILE, encode_file(file))) == "bad_statement"  # type: ignore[misc]


def test_how_long_the_words_of_a_message_are() -> None:
    words = "سلام"
    for kind, body in (
        (kinds.TEXT, words.encode()),
        (kinds.REPLY, msgspec.msgpack.encode(Reply(TO, AUTHOR, words))),
        (kinds.EDIT, msgspec.msgpack.encode(Edit(TO, words))),
    ):
        assert kinds.text_size(kind, body) == 8
    assert kinds.text_size(kinds.REPLY, b"of another form") == kinds.text_size("of later", words.encode()) == 0
    assert kinds.text_size(kinds.DELETE, msgspec.msgpack.encode(Delete(TO))) == 0


@pytest.mark.parametrize(("text", "is_one"), VECTORS["emoji"])
def test_emoji(text: str, is_one: bool) -> None:
    assert kinds.is_emoji(text) is reference.is_emoji(text) is is_one


@settings(deadline=None)
@given(st.text(st.sampled_from("👍❤🇮🇷©5#a\u200d\ufe0f\u20e3\U0001f3fd\U000e0067 "), max_size=8))
def test_both_readings_agree_on_what_an_emoji_is(text: str) -> None:
    assert kinds.is_emoji(text) == reference.is_emoji(text)


@pytest.mark.parametrize("vector", VECTORS["marks"], ids=lambda vector: vector["about"])
def test_marks(vector: dict[str, Any]) -> None:
    for order in itertools.permutations(vector["marks"]):
        read = []
        for sender, place, time, kind, body in order:
            decoded = kinds.decode_body(kind, body)
            assert decoded is not None
            read.append(Mark(sender, tuple(place), time, decoded))
        assert shown(marks.effect(vector["author"], read)) == vector["effect"]
        assert reference.look(vector["author"], list(order)) == vector["effect"]


def shown(effect: marks.Effect) -> dict[str, Any]:
    reactions = [[emoji, list(people)] for emoji, people in effect.reactions]
    return {"deleted": effect.deleted, "words": effect.words, "edited": effect.edited, "reactions": reactions}


BODIES = st.one_of(
    st.builds(Edit, st.just(TO), st.sampled_from(["one", "two", ""])),
    st.just(Delete(TO)),
    st.builds(Reaction, st.just(TO), st.just(AUTHOR), st.sampled_from(["", "👍", "❤️", "words"])),
)
MARKS = st.lists(st.builds(Mark, st.sampled_from([AUTHOR, OTHER]), st.none(), st.integers(1, 4), BODIES), max_size=7)


@settings(deadline=None)
@given(MARKS, st.randoms())
def test_only_the_set_of_marks_counts(given_marks: list[Mark], chance: Any) -> None:
    placed = [Mark(mark.sender, (number // 4, number), mark.time, mark.body) for number, mark in enumerate(given_marks)]
    shuffled = list(placed)
    chance.shuffle(shuffled)
    assert marks.effect(AUTHOR, placed) == marks.effect(AUTHOR, shuffled)
    rows = [[mark.sender, mark.place, mark.time, mark.body.KIND, kinds.encode_body(mark.body)] for mark in shuffled]
    assert shown(marks.effect(AUTHOR, placed)) == reference.look(AUTHOR, rows)
