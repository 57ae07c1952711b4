"""Who comes in: tokens at connecting, log-in, the launch token, locking, and the limit on guesses."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest

from protocol.errors import HamrazError, Refused, error
from tests.door.conftest import Served
from tests.door.stand_in import PASSWORD
from tests.processes import until
from web_client.net.local_user import user_of
from web_client.page.routes import CALLS
from web_client.page.tokens import Door

AFTER = sorted(name for name, call in CALLS.items() if not call.before)


def test_a_bot_without_a_token_is_refused(served: Served) -> None:
    for auth in (None, {}, {"token": None}, {"other": 1}):
        assert served.client(origin=None).enter(auth)["data"]["code"] == "token_needed"


@pytest.mark.parametrize(
    "auth", [{"token": "wrong"}, {"token": ""}, {"token": 5}, {"token": "\ud800"}, "wrong", [1], True]
)
@pytest.mark.parametrize("as_page", [True, False])
def test_a_wrong_token_is_refused_by_name(shared: Served, auth: Any, as_page: bool) -> None:
    client = shared.client() if as_page else shared.client(origin=None)
    refusal = client.enter(auth)
    assert refusal["message"] == "bad_token"
    assert refusal["data"]["code"] == "bad_token"
    client.send('421["status",{}]')  # a refused client is not heard at all
    with shared.page() as other:
        other.call("status")
    client.socket.settimeout(0.2)
    with pytest.raises(Exception, match="timed out"):
        client.receive()


@pytest.mark.parametrize("name", AFTER)
def test_a_page_without_a_token_gets_only_what_stands_before_log_in(shared: Served, name: str) -> None:
    with shared.page() as page:
        assert page.refused(name, {})["code"] == "token_needed"
        assert page.call("status")["stage"] == "log_in"
    assert shared.agent.asked == []


def test_log_in_gives_a_token_that_counts_at_once_and_on_other_connections(served: Served) -> None:
    page, token = served.logged_in()
    page.call("snapshot")
    served.page(token).call("snapshot")
    bot = served.client(origin=None)
    assert "sid" in bot.enter({"token": token})
    bot.call("snapshot")
    assert token != served.door.api_token


def test_sign_up_gives_a_token(served: Served) -> None:
    served.agent.stage = "sign_up"
    page = served.page()
    four = {"email": "a@b", "username": "sara", "password": "x", "password_confirm": "x"}
    failure = page.refused("sign_up", four | {"username": "taken"})
    assert (failure["code"], failure["field"], failure["values"]) == ("name_taken", "username", {"name": "taken"})
    answer = page.call("create_super_admin", **four)
    assert answer["username"] == "sara"
    served.page(answer["token"]).call("snapshot")


@pytest.mark.parametrize("ending", ["lock", "log_out"])
def test_locking_ends_every_session_but_not_the_bots_token(served: Served, ending: str) -> None:
    page, token = served.logged_in()
    other = served.page(token)
    bot = served.client(origin=None)
    bot.enter({"token": served.door.api_token})
    page.call(ending)
    for client in (other, bot):
        assert client.next_pushed() == ("stage", {"stage": "log_in"})
    assert page.refused("snapshot")["code"] == "bad_token"
    assert other.refused("snapshot")["code"] == "bad_token"
    assert other.call("status")["stage"] == "log_in"
    assert served.client().enter({"token": token})["data"]["code"] == "bad_token"
    assert bot.refused("snapshot")["code"] == "locked"
    served.agent.tell("me", {"name": "sara"})
    assert bot.next_pushed() == ("me", {"name": "sara"})
    other.call("status")
    assert other.pushed == [], "nothing is pushed to a page whose session has ended"
    page.call("login", username="sara", password=PASSWORD)
    assert bot.next_pushed() == ("stage", {"stage": "ready"})
    bot.call("snapshot")


def test_a_vault_that_is_closed_by_somebody_else_ends_the_sessions(served: Served) -> None:
    page, _ = served.logged_in()
    served.agent.turn("log_in")
    assert page.next_pushed() == ("stage", {"stage": "log_in"})
    assert page.refused("snapshot")["code"] == "bad_token"


def test_a_token_is_not_given_for_a_vault_that_was_locked_meanwhile(served: Served) -> None:
    page = served.page()
    served.agent.gate.clear()
    number = page.begin("login", {"username": "sara", "password": PASSWORD})
    served.agent.tell = lambda event, value: setattr(served.agent, "stage", "log_in")  # type: ignore[method-assign]
    served.agent.gate.set()
    assert page.answer(number)["error"]["code"] == "locked"
    assert page.refused("snapshot")["code"] == "token_needed"


def test_a_page_watches_while_it_is_open_and_logged_in_and_a_program_never_does(served: Served) -> None:
    program = served.client(origin=None)
    program.enter({"token": served.door.api_token})
    page = served.page()
    assert not served.pages.is_watched()
    token = page.call("login", username="sara", password=PASSWORD)["token"]
    assert served.pages.is_watched()
    page.socket.close()
    until(lambda: not served.pages.is_watched())
    served.page(token)
    assert served.pages.is_watched()
    served.agent.turn("log_in")
    assert not served.pages.is_watched()


def test_the_launch_token_is_good_once(served: Served) -> None:
    served.agent.stage = "ready"
    launch = served.door.launch_token
    page = served.page()
    for wrong in ("wrong", "", "ü", launch + "x", launch[:-1], served.door.api_token):
        failure = page.refused("launch", {"token": wrong})
        assert (failure["code"], failure["field"]) == ("bad_token", "token")
    answer = page.call("launch", token=launch)
    assert answer["username"] == "sara"
    page.call("snapshot")
    served.page(answer["token"]).call("snapshot")
    assert served.page().refused("launch", {"token": launch})["code"] == "bad_token"


@pytest.mark.parametrize(("stage", "code"), [("log_in", "locked"), ("sign_up", "no_account"), ("join", "no_account")])
def test_the_launch_token_stays_good_while_there_is_nothing_to_launch(served: Served, stage: str, code: str) -> None:
    served.agent.stage = stage
    page = served.page()
    assert page.refused("launch", {"token": served.door.launch_token})["code"] == code
    assert page.refused("launch", {"token": "wrong"})["code"] == "bad_token"
    served.agent.stage = "ready"
    page.call("launch", token=served.door.launch_token)


def test_the_launch_token_is_no_session_token(served: Served) -> None:
    assert served.client().enter({"token": served.door.launch_token})["data"]["code"] == "bad_token"


def test_guesses_are_slowed_down_and_a_right_password_waits_too(served: Served) -> None:
    pages = [served.page(), served.page()]
    for guess in range(5):
        assert pages[guess % 2].refused("login", {"username": "sara", "password": str(guess)})["code"] == "password"
    failure = pages[0].refused("login", {"username": "sara", "password": PASSWORD})
    assert (failure["code"], failure["values"]) == ("slow_down", {"n": 2})
    served.clock.now += 1.5
    late = served.page().refused("login", {"username": "sara", "password": PASSWORD})
    assert (late["code"], late["values"]) == ("slow_down", {"n": 1})
    assert len(served.agent.asked) == 5, "what is slowed down never reaches the vault"
    served.clock.now += 0.5
    pages[0].call("login", username="sara", password=PASSWORD)


def test_a_right_password_is_let_in_beside_somebody_who_guesses() -> None:
    """They come at once when the tries are used up; each waits for its turn, and the guesses become no more."""
    clock = [0.0]
    door = Door(lambda: clock[0], lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    guesses = 0

    def attempt(right: bool) -> bool:
        nonlocal guesses
        try:
            with door.patience("login"):
                guesses += not right
                if not right:
                    raise error("password")
        except Refused as reason:
            return reason.code == "slow_down"
        return False

    for _ in range(30):
        attempt(False)
        assert not attempt(True), "within twenty seconds"
    assert guesses == 30
    assert clock[0] > (30 - 5) * 2


def test_another_user_of_this_computer_uses_up_no_tries_but_their_own() -> None:
    door = Door(lambda: 0.0, lambda seconds: None)
    for user in (None, 1001):
        for code in ["password"] * 5 + ["slow_down"]:
            with pytest.raises(Refused) as reason, door.patience("login", user):
                raise error("password")
            assert reason.value.code == code
    with door.patience("login", 1002), door.patience("change_password", 1002):
        pass


def test_which_user_is_at_the_other_end() -> None:
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.create_server((address, 0), family=family) as server:
            port = server.getsockname()[1]
            with socket.create_connection((address, port)) as line:
                here, there = line.getsockname()[:2]
                assert user_of(here, there, port) == os.getuid()
                assert user_of(here, there, port + 1) is None
    assert user_of("no address", 1, 2) is None


def test_right_passwords_are_not_counted(served: Served) -> None:
    page = served.page()
    for _ in range(12):
        page.call("login", username="sara", password=PASSWORD)


def test_sign_ups_are_slowed_down(served: Served) -> None:
    page = served.page()
    four = {"email": "a@b", "username": "taken", "password": "x", "password_confirm": "x"}
    calls = ["sign_up", "create_super_admin"] * 11
    assert [page.refused(name, four)["code"] for name in calls] == ["name_taken"] * 20 + ["slow_down"] * 2


def test_old_sessions_give_way_to_new_ones() -> None:
    door = Door()
    tokens = [door.issue() for _ in range(65)]
    assert [door.holds(token) for token in tokens] == [False] + [True] * 64
    assert all(len(token) >= 43 for token in tokens)


def test_two_who_launch_at_once_get_one_session() -> None:
    door = Door()
    door.check_launch(door.launch_token)
    door.use_launch(door.launch_token)
    with pytest.raises(HamrazError, match="not valid"):
        door.use_launch(door.launch_token)
