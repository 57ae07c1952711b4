"""The form of each call, what is answered to wrong ones, and what is pushed."""

from __future__ import annotations

import inspect
import logging
import re
import threading
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from engineio.exceptions import SocketIsClosedError

from tests.door.conftest import Served
from tests.door.stand_in import PASSWORD, SECRET, Agent
from web_client.agent import api
from web_client.page.routes import CALLS
from web_client.page.socketio import PageEvents
from web_client.page.tokens import Door

API = (Path(__file__).parents[2] / "docs" / "agent-api.md").read_text(encoding="utf-8")
MESSAGE_ID = "0123456789abcdef" * 2
# One good set of all arguments for each call.
GOOD: dict[str, dict[str, Any]] = {
    "status": {},
    "join": {"link": "hamraz://"},
    "discovered": {},
    "join_found": {"id": "0f" * 32, "invitation": None},
    "computers": {},
    "take_move": {"address": "192.0.2.1:40123", "number": "0123"},
    "go_on_move": {},
    "take_over_move": {},
    "end_move": {},
    "forget_move": {"sure": True},
    "begin_move": {"password": PASSWORD},
    "confirm_move": {"digits": ["00000", "11111", "22222", "33333"]},
    "refuse_move": {"digits": ["00000", "11111", "22222", "33333"]},
    "judge_account": {"email": "a@b", "username": "sara", "password": "x", "password_confirm": "x"},
    "create_super_admin": {"email": "a@b", "username": "sara", "password": "x", "password_confirm": "x"},
    "sign_up": {
        "email": "a@b",
        "username": "sara",
        "password": "x",
        "password_confirm": "x",
        "invitation": "abcd-efgh-ijkl-mnop",
    },
    "login": {"username": "sara", "password": PASSWORD},
    "open_with_kit": {"kit": "x", "new_password": PASSWORD, "new_password_confirm": PASSWORD},
    "recover_key": {"username": "sara", "password": PASSWORD, "kit": "x"},
    "find_backup": {"kit": "x"},
    "restore": {"kit": "x", "password": PASSWORD, "password_confirm": PASSWORD, "id": MESSAGE_ID, "without": False},
    "restore_again": {"password": PASSWORD},
    "drop_restore": {},
    "say_again": {"chat": "p:00", "order": 1},
    "let_be": {"chat": "p:00", "order": 1},
    "bring_backup": {"size": 5},
    "drop_backup_file": {},
    "export_chat": {"chat": "p:00", "language": "fa"},
    "export_all": {"language": "fa"},
    "make_backup": {},
    "check_backup": {},
    "backup_file": {},
    "restore_read": {},
    "launch": {"token": "x"},
    "snapshot": {},
    "people": {"query": "sa", "after": "0f" * 32, "limit": 200},
    "private_chat": {
        "username": "sara",
        "client_b_username": "ali",
        "message": "سلام",
        "is_cert": True,
        "id": MESSAGE_ID,
    },
    "send_message": {"chat": "p:00", "text": "hi", "reply_to": 3, "id": MESSAGE_ID},
    "edit_message": {"chat": "p:00", "order": 3, "text": "hello", "id": MESSAGE_ID},
    "delete_message": {"chat": "p:00", "order": 3, "id": MESSAGE_ID},
    "retract_message": {"chat": "g:00", "order": 3, "reason": "why"},
    "react": {"chat": "p:00", "order": 3, "emoji": "👍", "id": MESSAGE_ID},
    "history": {"chat": "p:00", "before": 5, "after": None, "limit": 200, "around": 6, "at": 7},
    "search": {
        "text": "hi",
        "chat": "p:00",
        "limit": 100,
        "before": 5,
        "by": "0f" * 32,
        "kind": "link",
        "since": 1,
        "until": 9,
    },
    "thread": {"chat": "p:00", "order": 7},
    "find_message": {"chat": "p:00", "id": "0f" * 16},
    "message_details": {"chat": "p:00", "order": 3},
    "set_chat": {
        "chat": "p:00",
        "pinned": True,
        "muted": False,
        "draft": "hi",
        "answering": 5,
        "editing": 0,
        "edit": "ho",
        "archived": True,
        "muted_until": 9,
        "mentions_only": True,
        "marked_unread": True,
    },
    "send_later": {"chat": "p:00", "text": "hi", "at": 1_800_000_000_000, "id": MESSAGE_ID, "reply_to": 7},
    "drop_later": {"id": MESSAGE_ID},
    "pin_message": {"chat": "p:00", "order": 3, "on": True, "id": MESSAGE_ID},
    "star": {"chat": "p:00", "order": 3, "on": True},
    "starred": {"text": "hi", "chat": "p:00", "limit": 100, "skip": 30},
    "set_lifetime": {"chat": "p:00", "seconds": 604_800, "id": MESSAGE_ID},
    "clear_message": {"chat": "p:00", "order": 3},
    "clear_chat": {"chat": "p:00"},
    "delete_chat": {"chat": "p:00"},
    "leave_again": {"chat": "p:00"},
    "waiting": {},
    "block": {"uid": "0f" * 32},
    "unblock": {"uid": "0f" * 32},
    "blocked": {"after": "0f" * 32, "limit": 200},
    "mark_read": {"chat": "p:00", "position": 3},
    "mark_listened": {"chat": "p:00", "order": 3},
    "typing": {"chat": "p:00", "on": True, "what": "recording"},
    "set_setting": {"name": "typing", "value": False},
    "set_keywords": {"keywords": ["deploy", "جلسه"]},
    "try_now": {},
    "start_at_login": {"on": True},
    "active": {},
    "kit": {"password": PASSWORD},
    "confirm_kit": {"first": "abcd", "second": "efgh"},
    "new_kit": {"password": PASSWORD, "kit": "x"},
    "ask_for_kit": {"admin": "0f" * 32},
    "sign_for_kit": {"uid": "0f" * 32, "request": "HAMRAZ-NEWKIT:"},
    "restored_read": {},
    "safety_number": {"username": "ali"},
    "compare_safety": {"username": "ali", "code": "HAMRAZ-SAFETY:"},
    "qr": {"what": "safety", "username": "ali"},
    "set_verified": {"username": "ali", "verified": True},
    "set_profile": {"display_name": "علی", "line": "x", "picture": ""},
    "picture": {"uid": "0f" * 32},
    "set_nickname": {"uid": "0f" * 32, "nickname": "my brother"},
    "log": {"before": 7, "limit": 3, "filter": "keys"},
    "evidence": {"state": "inside", "about": "0f"},
    "public_chat_method": {
        "user_to_add": ["ali", "sara"],
        "name": "we",
        "history": "joining",
        "write": "ranked",
        "picture": "",
    },
    "send_public_message": {
        "message": "hi",
        "group_id": "00",
        "is_command": True,
        "is_add": False,
        "reason": "why",
        "id": MESSAGE_ID,
    },
    "add_members": {"group_id": "00", "user_to_add": ["ali", "sara"]},
    "change_group": {"group_id": "00", "name": "we", "line": "on Sundays", "picture": None, "write": "ranked"},
    "group_picture": {"group_id": "00"},
    "reload_one_chat": {"group_id": "00"},
    "add_permissions": {"username": "ali", "role_value": "admin"},
    "answer_invitation": {"group_id": "00", "join": True},
    "leave_group": {"group_id": "00"},
    "set_join_link": {"group_id": "00", "on": True, "admits": "all", "anew": True},
    "join_link_qr": {"group_id": "00"},
    "ask_to_join": {"group_id": "00", "uid": "0f" * 32, "secret": MESSAGE_ID},
    "answer_ask": {"group_id": "00", "uid": "0f" * 32, "accept": False},
    "renew_key": {},
    "revoke_person": {"username": "ali"},
    "begin_anew": {"password": PASSWORD},
    "file_begin": {
        "chat": "p:00",
        "id": MESSAGE_ID,
        "name": "notes.pdf",
        "size": 5,
        "media_type": "application/pdf",
        "modified": 7,
    },
    "send_voice": {"id": MESSAGE_ID, "duration": 1500, "waveform": "AAE="},
    "send_file": {"id": MESSAGE_ID, "caption": "look", "preview": None, "width": 3, "height": 4},
    "uploads": {},
    "file_drop": {"id": MESSAGE_ID},
    "file_fetch": {"chat": "p:00", "order": 3},
    "file_cancel": {"chat": "p:00", "order": 3},
    "file_ticket": {"chat": "p:00", "order": 3},
    "file_play": {"chat": "p:00", "order": 3},
    "file_preview": {"chat": "p:00", "order": 3},
    "change_password": {"password": PASSWORD, "new_password": "x", "new_password_confirm": "x"},
    "lock": {},
    "log_out": {},
}
WRONG: dict[str, list[Any]] = {
    "username": [5, None, ["sara"], {"a": 1}, True, "\ud800"],
    "message": [5, None, [], {}],
    "is_cert": [0, "true", None],
    "id": [5, "", "0" * 31, "0" * 33, "G" * 32, MESSAGE_ID.upper(), MESSAGE_ID + "\n"],
    "before": ["5", -1, 1 << 53, 1 << 80, 1.5, True],
    "order": ["5", -1, 1 << 53, None, False],
    "reply_to": ["5", -1, 1 << 53, False],
    "text": [5, None, []],
    "around": ["5", -1, 1 << 53, True],
    "at": ["5", -1, 1 << 53, 1.5],
    "pinned": [1, "true"],
    "muted": [0, "false"],
    "archived": [0, "false"],
    "seconds": ["5", -1, 100_000_000, 1 << 80, 1.5, float("nan"), True, None],
    "muted_until": ["5", -1, 1 << 53, 1.5, True],
    "mentions_only": [0, "false"],
    "marked_unread": [0, "false"],
    "draft": [5, "\ud800"],
    "answering": ["5", -1, 1 << 53, False],
    "editing": ["5", -1, 1 << 53, False],
    "edit": [5, "\ud800"],
    "value": [5, None, []],
    "keywords": [5, None, "deploy", [5], [""], ["\ud800"], ["x" * 41], ["x"] * 21],
    "emoji": [5, None, "\ud800"],
    "limit": [0, 201, -1, "5", None],
    "filter": ["others", 5, ""],
    "history": ["none", None, 0],
    "write": ["none", 0, True],
    "user_to_add": ["ali", [5], None, {}, ["\ud800"]],
    "is_add": ["yes", 1],
    "verified": [1, "true", None],
    "join": [1, None],
    "token": [5, None],
}


def cases() -> list[tuple[str, str, Any]]:
    return [
        (name, field, value)
        for name, call in CALLS.items()
        for field in call.arguments.__struct_fields__
        for value in WRONG.get(field, [])
        if (name, field, value) not in [("log", "limit", 201), ("qr", "username", None)]
    ]


@pytest.fixture(scope="module")
def page(shared: Served) -> Any:
    return shared.logged_in()[0]


def test_the_table_is_that_of_the_document() -> None:
    before, after = (rows(part) for part in API.split("## Pushed events")[0].split("### After log-in"))
    assert (before | after).keys() == CALLS.keys()
    assert before.keys() == {name for name, call in CALLS.items() if call.before}
    for name, arguments in (before | after).items():
        fields = CALLS[name].arguments.__struct_fields__
        if arguments == "the same":  # as in the row above
            assert fields == CALLS["create_super_admin"].arguments.__struct_fields__
            continue
        bare = re.sub(r"\([^)]*\)", "", arguments)  # what stands in parentheses explains
        quoted = " ".join(part for part in re.findall(r"`([^`]*)`", bare) if '"' not in part)
        assert tuple(quoted.replace(",", " ").split()) == fields, name


def rows(text: str) -> dict[str, str]:
    """The second column of a table by the first."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("| `")]
    return {line[1].strip("`"): line[2] for line in cells}


@pytest.mark.parametrize("name", [name for name in CALLS if name != "launch"])  # which is the door's own
def test_the_agent_takes_what_the_table_gives(name: str) -> None:
    parameters = inspect.signature(getattr(api.Agent, name)).parameters
    assert tuple(parameters)[1:] == CALLS[name].arguments.__struct_fields__


def test_the_good_arguments_are_complete() -> None:
    assert {name: list(GOOD[name]) for name in GOOD} == {
        name: list(call.arguments.__struct_fields__) for name, call in CALLS.items()
    }


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if not call.before and name != "try_now"])
def test_good_arguments_reach_the_agent_as_they_are(served: Served, name: str) -> None:
    page, _ = served.logged_in()
    served.agent.asked.clear()
    page.call(name, **GOOD[name])
    if name not in ("lock", "log_out"):
        assert served.agent.asked == [(name, GOOD[name])]


def test_defaults_are_those_of_the_document(page: Any, shared: Served) -> None:
    shared.agent.asked.clear()
    page.call("history", chat="p:00")
    page.call("private_chat", username="a", client_b_username="b", message="c")
    page.call("public_chat_method", user_to_add=[], name="we")
    page.call("send_public_message", message="a", group_id="b")
    page.call("log")
    assert [arguments for _, arguments in shared.agent.asked] == [
        {"chat": "p:00", "before": None, "after": None, "limit": 50, "around": None, "at": None},
        {"username": "a", "client_b_username": "b", "message": "c", "is_cert": False, "id": None},
        {"user_to_add": [], "name": "we", "history": "all", "write": "all", "picture": ""},
        {"message": "a", "group_id": "b", "is_command": False, "is_add": None, "reason": "", "id": None},
        {"before": None, "limit": 100, "filter": None},
    ]


@pytest.mark.parametrize("name", CALLS)
def test_missing_and_unknown_arguments_are_named(page: Any, name: str) -> None:
    for field in msgspec.structs.fields(CALLS[name].arguments):
        if field.required:
            given = {other: value for other, value in GOOD[name].items() if other != field.name}
            failure = page.refused(name, given)
            assert (failure["code"], failure["field"]) == ("bad_request", field.name)
    failure = page.refused(name, GOOD[name] | {"extra": 1})
    assert (failure["code"], failure["field"]) == ("bad_request", "extra")
    assert len(page.refused(name, GOOD[name] | {"x" * 5000: 1})["field"]) == 64


@pytest.mark.parametrize(("name", "field", "value"), cases())
def test_mistyped_arguments_are_named(page: Any, shared: Served, name: str, field: str, value: Any) -> None:
    shared.agent.asked.clear()
    failure = page.refused(name, GOOD[name] | {field: value})
    assert (failure["code"], failure["field"]) == ("bad_request", field)
    assert shared.agent.asked == []


def test_half_a_character_in_a_message_is_refused_beside_it(page: Any) -> None:
    failure = page.refused("private_chat", GOOD["private_chat"] | {"message": "a\ud800b"})
    assert (failure["code"], failure["field"]) == ("message_chars", "message")


@pytest.mark.parametrize("given", [[5], ["text"], [None], [[]], [True], [{}, {}], [{}, None]])
def test_arguments_that_are_not_one_object_are_refused(page: Any, given: list[Any]) -> None:
    failure = page.refused("status", *given)
    assert (failure["code"], failure["field"]) == ("bad_request", None)


def test_no_argument_is_an_empty_object(page: Any) -> None:
    assert page.answer(page.begin("status"))["ok"]


@pytest.mark.parametrize(
    "name", ["", "nothing", "connect", "disconnect", "message", "call", "*", "__init__", "close", "subscribe", "stage"]
)
def test_unknown_calls_are_refused(page: Any, name: str) -> None:
    assert page.refused(name, {})["code"] == "bad_request"
    page.call("status")


@pytest.mark.parametrize("event", [[None], [5], [{}, {}], [["status"]], [True, {}]])
def test_names_that_are_not_text_are_refused(page: Any, event: list[Any]) -> None:
    assert page.refused(*event)["code"] == "bad_request"


@pytest.mark.parametrize("event", ["", "{}", "null", "[]", '"status"'])
def test_events_that_are_no_list_are_refused(page: Any, event: str) -> None:
    page.send(f"421000{event}")
    assert page.answer(1000)["error"]["code"] == "bad_request"


def test_what_fails_inside_is_logged_without_what_was_given(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    page, _ = served.logged_in()
    with caplog.at_level(logging.ERROR):
        assert page.refused("try_now")["code"] == "internal"
    assert "try_now" in caplog.text
    assert "ValueError" in caplog.text
    assert "stand_in.py" in caplog.text
    assert SECRET not in caplog.text


def test_a_long_call_holds_nobody_up(served: Served) -> None:
    slow, quick = served.page(), served.page()
    served.agent.gate.clear()
    number = slow.begin("login", {"username": "sara", "password": PASSWORD})
    quick.call("status")
    slow.call("status")
    served.agent.gate.set()
    assert slow.answer(number)["ok"]


def test_what_the_agent_tells_goes_to_those_who_are_logged_in(served: Served) -> None:
    page, token = served.logged_in()
    second, stranger, bot = served.page(token), served.page(), served.client(origin=None)
    bot.enter({"token": served.door.api_token})
    message = {"id": MESSAGE_ID, "text": "سلام <script>"}
    told = [("message", message), ("alarm", None), ("conversation_gone", {"chat": "g:00"})]
    for event, value in told:
        served.agent.tell(event, value)
    for client in (page, second, bot):
        assert [client.next_pushed() for _ in told] == told
    stranger.call("status")
    assert stranger.pushed == []


def test_the_events_of_one_change_come_in_one_for_whoever_asks_for_that(served: Served) -> None:
    page, token = served.logged_in()
    asking, stranger = served.client(), served.client()
    asking.enter({"token": token, "together": True})
    stranger.enter({"together": True})
    told = [("message", {"id": MESSAGE_ID}), ("link", {"waiting": 1})]
    served.agent.tell_together(*told)
    served.agent.tell("alarm", None)
    assert asking.next_pushed() == ("together", [list(one) for one in told])
    assert [page.next_pushed() for _ in told] == told
    assert page.next_pushed() == asking.next_pushed() == ("alarm", None)
    served.agent.tell_together(*[("link", {"waiting": n}) for n in range(250)])
    assert [len(asking.next_pushed()[1]) for _part in range(3)] == [100, 100, 50]
    stranger.call("status")
    assert stranger.pushed == []


def test_a_page_that_has_gone_hinders_no_push(served: Served) -> None:
    page, token = served.logged_in()
    gone = served.page(token)
    gone.socket.shutdown()
    for number in range(50):
        served.agent.tell("link", {"waiting": number})
    assert [page.next_pushed()[1]["waiting"] for _ in range(50)] == list(range(50))


def test_a_page_that_goes_in_the_very_moment_of_a_push_hinders_none() -> None:
    class Server:
        """What is used of Socket.IO's server; the client `gone` has closed after it was looked up."""

        sent: ClassVar[list[str]] = []

        def on(self, event: str, handler: Any) -> None:
            return

        def emit(self, event: str, data: Any, to: str) -> None:
            if to == "gone":
                raise SocketIsClosedError
            self.sent.append(to)

    stand_in, door = Agent(), Door()
    events = PageEvents(Server(), stand_in, door)
    for sid in ("first", "gone", "last"):
        events.connect(sid, {}, {"token": door.api_token})
    stand_in.tell("link", {"up": True})
    assert Server.sent == ["first", "last"]


def test_events_from_many_threads_arrive(served: Served) -> None:
    page, _ = served.logged_in()
    threads = [threading.Thread(target=served.agent.tell, args=("link", {"waiting": n})) for n in range(20)]
    for thread in threads:
        thread.start()
    assert sorted(page.next_pushed()[1]["waiting"] for _ in threads) == list(range(20))
