"""An offer that is ended and made again at once: the first one's end takes nothing of the second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from transport import threads
from transport.threads import Troubles
from web_client.agent import moves
from web_client.agent.moves import Moves
from web_client.moving.giving import Giving
from web_client.net.network import SocketNetwork


class Listener:
    """Stands for one listener's sockets."""

    fingerprint = bytes(32)

    def __init__(self, port: int) -> None:
        self.port = port
        self.closed = False

    def listen(self, *_sessions: object) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What each offer's thread does again and again, to be done by hand."""
    found = list[Callable[[], object]]()

    def keep(_name: str, turn: Callable[[], object], *_rest: Any) -> None:
        found.append(turn)

    monkeypatch.setattr(threads, "keep", keep)
    monkeypatch.setattr(moves, "TURN_SECONDS", 0.0)
    return found


def moves_of(folder: Path, listeners: list[Listener]) -> Moves:
    """Those of this folder; who begins to listen is added to the list."""

    def network(_port: int) -> SocketNetwork:
        listeners.append(Listener(4001 + len(listeners)))
        return cast("SocketNetwork", listeners[-1])

    return Moves(
        folder,
        lambda function, *arguments: function(*arguments),
        Troubles(),
        network,
        lambda: ["127.0.0.1"],
        lambda: 0,
        False,
        *[lambda: None] * 3,
    )


def test_the_end_of_one_offer_leaves_the_next_one_alone(tmp_path: Path, looks: list[Callable[[], object]]) -> None:
    listeners = list[Listener]()
    made = moves_of(tmp_path, listeners)
    made.offer()
    made.end()
    made.offer()
    looks[0]()  # the first one's thread wakes up only now
    shown = made.shown()
    assert [one.closed for one in listeners] == [True, False]
    assert shown is not None and (shown["state"], shown["addresses"]) == ("waiting", ["127.0.0.1:4002"])
    made.end()
    looks[1]()
    assert listeners[1].closed and made.shown() is None


def test_an_offer_that_is_made_while_another_page_ends_the_one_before_stays(
    tmp_path: Path, looks: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    listeners = list[Listener]()
    made, end = moves_of(tmp_path, listeners), Giving.end

    def end_and_offer(giving: Giving) -> None:
        end(giving)
        if len(listeners) == 1:
            made.offer()

    monkeypatch.setattr(Giving, "end", end_and_offer)
    made.offer()
    made.end()
    assert [one.closed for one in listeners] == [True, False] and len(looks) == 2
    made.end()
    assert listeners[1].closed
