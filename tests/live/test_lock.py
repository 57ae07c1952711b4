"""Locking and opening a vault again and again, while somebody writes to it and it writes to them."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.messages import LogOut
from tests.live.in_process_network import InProcessNetwork, texts
from tests.processes import PASSWORD, until
from web_client.agent.api import CALLS, Agent
from web_client.page.socketio import PageEvents
from web_client.page.tokens import Door


def test_no_message_is_lost_and_no_thread_dies(
    in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    died: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    arash, sara = in_process.account("arash"), in_process.account("sara")
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


class Line:
    """Where a Socket.IO server's calls and pushes would go."""

    def on(self, name: str, function: Any) -> None:
        pass

    def emit(self, event: str, value: Any, to: str) -> None:
        pass


def test_a_call_under_way_is_answered_locked(
    in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    """Whatever a call is doing when the vault closes under it, its answer is `locked` or what it would have been."""
    died: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    arash, sara = in_process.account("arash"), in_process.account("sara")
    arash.private_chat("arash", "sara", "first")
    until(lambda: texts(sara, "arash"), 30)
    made = sara_group(arash, sara)
    door = Door()
    events = PageEvents(Line(), sara, door)
    events.connect("one", {}, {"token": door.api_token})
    chat = sara.snapshot()["conversations"][0]["chat"]
    calls: list[tuple[str, dict[str, Any]]] = [
        ("snapshot", {}),
        ("history", {"chat": chat}),
        ("private_chat", {"username": "sara", "client_b_username": "arash", "message": "hello"}),
        ("send_public_message", {"message": "hello all", "group_id": made}),
        ("reload_one_chat", {"group_id": made}),
        ("mark_read", {"chat": chat, "position": 1}),
        ("set_verified", {"username": "arash", "verified": True}),
        ("safety_number", {"username": "nobody"}),
        ("add_permissions", {"username": "arash", "role_value": "admin"}),
        ("log", {}),
        ("evidence", {}),
        ("try_now", {}),
    ]
    over, codes = threading.Event(), Counter[str]()

    def ask(mine: list[tuple[str, dict[str, Any]]]) -> None:
        while not over.is_set():
            for name, arguments in mine:
                answer = events.call("one", name, arguments)
                codes["ok" if answer["ok"] else answer["error"]["code"]] += 1

    askers = [threading.Thread(target=ask, args=(calls[n::4],)) for n in range(4)]
    for asker in askers:
        asker.start()
    for turn in range(60 if long else 6):
        until(lambda: codes["ok"] > 10 * turn, 30)  # noqa: B023
        assert events.call("one", ("lock", "log_out")[turn % 2])["ok"]
        until(lambda: codes["locked"] > 5 * turn, 30)  # noqa: B023
        sara.login("sara", PASSWORD)
    over.set()
    for asker in askers:
        asker.join()
    assert set(codes) <= {"ok", "locked", "role_fixed", "unknown_user"}, codes
    assert [str(one.exc_value) for one in died] == []


def test_what_a_call_stumbles_over_when_the_vault_closes(
    in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is cut, a row that is gone: `locked`. The same on an open vault keeps its own name."""
    arash, sara = in_process.account("arash"), in_process.account("sara")
    door = Door()
    events = PageEvents(Line(), sara, door)
    events.connect("one", {}, {"token": door.api_token})
    answers: list[str] = []

    def ask(name: str, **arguments: Any) -> None:
        answer = events.call("one", name, arguments)
        answers.append("ok" if answer["ok"] else answer["error"]["code"])

    with in_process.authority.lock:  # no answer comes
        caller = threading.Thread(target=ask, args=("safety_number",), kwargs={"username": "nobody"})
        caller.start()
        until(lambda: sara._session is not None and sara._session.authority.channel is not None, 10)
        caller.join(0.3)
        assert not answers
        sara.lock()
        caller.join(10)
    assert answers == ["locked"]
    sara.login("sara", PASSWORD)

    def stumble(agent: Agent, closing: bool, **_arguments: Any) -> dict[str, Any]:
        if closing:
            agent.lock()
        return {"first": next(iter(()))}

    for closing, code in ((True, "locked"), (False, "internal")):
        monkeypatch.setitem(CALLS, "log", replace(CALLS["log"], run=partial(stumble, closing=closing)))
        ask("log")
        assert answers[-1] == code
        sara.login("sara", PASSWORD)
    assert texts(arash, "sara") == []


def test_calls_find_no_open_vault_once_the_authority_is_told_of_a_log_out(
    in_process: InProcessNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the line then: what came to a vault still open would hear that the authority is down."""
    sara = in_process.account("sara")
    door = Door()
    events = PageEvents(Line(), sara, door)
    events.connect("one", {}, {"token": door.api_token})
    assert sara._session is not None
    authority, answers = sara._session.authority, []
    request = authority.request

    def told(message: Any, kind: Any) -> Any:
        done = request(message, kind)
        if isinstance(message, LogOut):
            answers.append(events.call("one", "log", {}))
        return done

    monkeypatch.setattr(authority, "request", told)
    assert events.call("one", "log_out")["ok"]
    assert [answer.get("error", {}).get("code") for answer in answers] == ["locked"]


def sara_group(arash: Any, sara: Any) -> str:
    """A group of both; its id."""
    gid: str = arash.public_chat_method(["sara"], "workshop", "all")["group_id"]
    until(lambda: any(one["chat"] == f"g:{gid}" for one in sara.snapshot()["conversations"]), 30)
    sara.answer_invitation(gid, True)
    return gid
