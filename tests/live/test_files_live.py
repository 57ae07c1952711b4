"""Files between real processes: 8 MB in the short form and 200 MB in the long one, in bounded memory, through kills."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from authority_server.store.blobs import SUM
from tests.live.file_pair import MB, PATIENCE, Memory, Side, file_pair, pieces, print_of
from tests.processes import Network, until

# A few chunks under way and the parts of one request, with what the allocator keeps of them.
MOST = 32.0  # MB


@pytest.fixture(scope="module")
def size(long: bool) -> int:
    return (200 if long else 8) * MB


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Network, Side, Side]]:
    with Network(tmp_path_factory.mktemp("files")) as network, file_pair(network) as (arash, sara):
        yield network, arash, sara


Place = tuple[Network, Side, Side]


def test_straight(place: Place, size: int) -> None:
    _network, arash, sara = place
    memory = Memory(arash.agent, sara.agent)
    arash.send(sara, size, "straight.bin")
    sara.fetch(arash, "straight.bin")
    assert sara.saved(arash) == arash.saved(sara) == print_of(pieces(size))
    grown = memory.stop()
    assert max(grown.values()) < MOST, grown


def test_by_the_authority(place: Place, size: int) -> None:
    """The two are never there at the same time, and the authority is killed in the middle."""
    network, arash, sara = place
    sara.stop()
    memory = Memory(arash.agent)
    arash.send(sara, size, "left.bin")
    chunks = network.authority.folder / "files"
    until(lambda: chunks.exists() and any(file.stat().st_size > MB for file in chunks.iterdir()), PATIENCE)
    network.authority.kill()
    network.authority.start()
    watched = Memory(network.authority)
    arash.api.call("try_now")
    sealed = size + -(-size // (256 << 10)) * (16 + SUM)
    until(lambda: [file.stat().st_size for file in chunks.iterdir()] == [sealed], PATIENCE, "the whole file there")
    until(lambda: arash.newest(sara)["state"] == "authority", PATIENCE, "the message in the mailbox")
    until(lambda: arash.newest(sara)["file"]["state"] == "here", PATIENCE, "the end of the upload")
    arash.stop()
    sara.again()
    at_sara = Memory(sara.agent)
    sara.fetch(arash, "left.bin")
    grown = [*memory.stop().values(), *watched.stop().values(), *at_sara.stop().values()]
    assert sara.saved(arash) == print_of(pieces(size))
    until(lambda: list(chunks.iterdir()) == [], 30, "that it is let go")
    assert max(grown) < MOST, grown
    arash.again()


def test_an_agent_that_is_killed_goes_on(place: Place, size: int) -> None:
    """The receiver's twice in the middle of fetching, the sender's once; the last one is fetched by itself."""
    _network, arash, sara = place
    size = max(size, 160 * MB)  # three seconds of fetching
    arash.send(sara, size, "killed.bin")
    for who in (sara, arash, sara):
        sara.fetch(arash, "killed.bin", wait=False)
        before = sara.newest(arash)["file"]["done"]
        until(lambda before=before: sara.newest(arash)["file"]["done"] > before, PATIENCE, "some of it")  # type: ignore[misc]
        who.kill()
        who.again()
    sara.has(arash)
    assert sara.saved(arash) == print_of(pieces(size))
