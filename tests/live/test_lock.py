"""Locking and opening a vault again and again, while somebody writes to it and it writes to them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from protocol.errors import HamrazError
from tests.live.house import House, texts
from tests.processes import PASSWORD, until


def test_no_message_is_lost_and_no_thread_dies(house: House, monkeypatch: pytest.MonkeyPatch, long: bool) -> None:
    died: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    arash, sara = house.account("arash"), house.account("sara")
    arash.private_chat("arash", "sara", "first")
    until(lambda: texts(sara, "arash"), 30)
    over = threading.Event()
    written = {"arash": 1, "sara": 0}

    def write() -> None:
        while not over.wait(0.01):
            arash.private_chat("arash", "sara", f"arash {written['arash']}")
            written["arash"] += 1

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(40 if long else 6):
        for _ in range(3):
            sara.private_chat("sara", "arash", f"sara {written['sara']}")
            written["sara"] += 1
        sara.lock()
        with pytest.raises(HamrazError) as reason:
            sara.snapshot()
        assert reason.value.code == "locked"
        sara.login("sara", PASSWORD)
    over.set()
    writer.join()

    def settled() -> bool:
        shown = [*texts(arash, "sara"), *texts(sara, "arash")]
        return len(shown) == 2 * sum(written.values()) and all(state != "waiting" for _text, state in shown)

    until(settled, 60, "every message")
    for agent, name in ((arash, "sara"), (sara, "arash")):
        shown = [text for text, _state in texts(agent, name)]
        assert [text for text in shown if text.startswith("arash")] == [
            f"arash {n}" for n in range(1, written["arash"])
        ]
        assert [text for text in shown if text.startswith("sara")] == [f"sara {n}" for n in range(written["sara"])]
    assert [str(one.exc_value) for one in died] == []
