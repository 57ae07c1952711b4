"""Frames (docs/protocol.md section 3.2): however a stream is cut into pieces, the same bodies come out of it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import frames
from protocol.errors import WireError
from protocol.frames import LIMIT_AFTER_LOGIN, LIMIT_BEFORE_LOGIN, Splitter
from tests.protocol.effort import examples
from tests.protocol.reference import split

BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=8)


@st.composite
def pieces(draw: st.DrawFn, stream: bytes) -> list[bytes]:
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    return [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def read(splitter: Splitter, stream_pieces: list[bytes]) -> tuple[list[bytes], str]:
    """All bodies, and "ok" or the error's code, as a connection's loop would read them."""
    bodies: list[bytes] = []
    try:
        for piece in stream_pieces:
            splitter.feed(piece)
            while (body := splitter.next_body()) is not None:
                bodies.append(body)
        splitter.end()
    except WireError as reason:
        return bodies, reason.code
    return bodies, "ok"


@examples(70)
@given(BODIES.flatmap(lambda bodies: st.tuples(st.just(bodies), pieces(b"".join(map(frames.encode, bodies))))))
def test_any_split_gives_the_same_bodies(case: tuple[list[bytes], list[bytes]]) -> None:
    bodies, stream_pieces = case
    assert read(Splitter(), stream_pieces) == (bodies, "ok")


@examples(100)
@given(st.binary(max_size=60).flatmap(pieces), st.integers(1, 50))
def test_noise_gives_what_the_document_says(stream_pieces: list[bytes], limit: int) -> None:
    # a reader that is cut off sees no body behind the wrong length, and every body before it
    assert read(Splitter(limit), stream_pieces) == split(limit, stream_pieces)


def test_a_length_is_judged_before_its_body_comes() -> None:
    splitter = Splitter()
    with pytest.raises(WireError) as caught:
        splitter.feed((LIMIT_BEFORE_LOGIN + 1).to_bytes(4))
    assert (caught.value.code, caught.value.values) == ("frame_too_long", {"length": 4097, "limit": 4096})


def test_an_empty_frame_and_a_cut_one_are_named() -> None:
    with pytest.raises(WireError, match="cut off or empty"):
        Splitter().feed(bytes(4))
    for cut in range(1, 7):
        splitter = Splitter()
        splitter.feed(frames.encode(b"abc")[:cut])
        assert splitter.next_body() is None
        with pytest.raises(WireError) as caught:
            splitter.end()
        assert caught.value.code == "bad_frame"


def test_the_limit_may_rise_between_two_bodies() -> None:
    splitter = Splitter()
    splitter.feed(frames.encode(b"log in") + frames.encode(b"x" * 5000))
    assert splitter.next_body() == b"log in"
    splitter.limit = LIMIT_AFTER_LOGIN
    assert splitter.next_body() == b"x" * 5000
    splitter.end()


def test_the_limit_holds_for_a_frame_that_came_with_the_one_before() -> None:
    splitter = Splitter()
    splitter.feed(frames.encode(b"hello") + frames.encode(b"x" * 5000))
    assert splitter.next_body() == b"hello"
    with pytest.raises(WireError) as caught:
        splitter.next_body()
    assert caught.value.code == "frame_too_long"


@pytest.mark.parametrize("length", [0, LIMIT_AFTER_LOGIN + 1])
def test_a_body_that_no_frame_may_carry_is_not_encoded(length: int) -> None:
    with pytest.raises(WireError) as caught:
        frames.encode(bytes(length))
    assert caught.value.code == "frame_too_long"


def test_a_frame_is_its_length_and_its_body() -> None:
    assert frames.encode(b"abc") == b"\0\0\0\3abc"
    assert len(frames.encode(bytes(LIMIT_AFTER_LOGIN))) == LIMIT_AFTER_LOGIN + 4


def test_memory_stays_below_a_frame_and_a_piece(long: bool) -> None:
    size, piece = 100_000, 4096
    stream = frames.encode(bytes(size)) * (400 if long else 40)
    splitter = Splitter(LIMIT_AFTER_LOGIN)
    tracemalloc.start()
    try:
        count = 0
        for at in range(0, len(stream), piece):
            splitter.feed(stream[at : at + piece])
            while splitter.next_body() is not None:
                count += 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == len(stream) // (size + 4)
    # what is held, the body handed out, and what a growing bytearray sets aside
    assert peak < 4 * (size + piece)
