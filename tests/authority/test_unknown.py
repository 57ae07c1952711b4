"""What a later version says (section 5.4): a request is answered, what is none is passed over, and the connection goes
on; what has no place before log-in has none under a new name either.
"""

from __future__ import annotations

from typing import Any

import pytest

from authority_server.core.authority import Authority
from protocol import messages
from protocol.messages import Failed, FetchLog, LogPart, Reload, Reloaded
from protocol.roles import Role
from tests.authority.group_peer import Circle, GroupPeer, line, people
from tests.authority.peer import Peer, agent

LATER = ["fetch_weather", 7, "Shiraz", {"unit": 3}, 1.5]
EVENTS: list[list[Any]] = [
    ["wave"],
    ["wave", True],
    ["wave", 0, 5],
    ["wave", b"bytes"],
    ["wave", "text"],
    ["wave", None],
]


def body(fields: list[Any]) -> bytes:
    return messages.encode(fields)


@pytest.fixture(params=["the main port", "a group's port"])
def known(request: pytest.FixtureRequest, authority: Authority) -> Peer:
    """A connection of somebody who has proved who they are."""
    who = people(authority, ada=Role.ADVANCED)["ada"]
    circle = Circle(authority).create(who, [who])
    peer = line(authority, who) if request.param == "the main port" else circle.enter(who)
    peer.inbox.clear()
    return peer


def goes_on(peer: Peer) -> bool:
    if isinstance(peer, GroupPeer):
        (gid,) = peer.session.client.entered
        return isinstance(peer.ask(Reload(0, gid, 0), Reloaded), Reloaded)
    return isinstance(peer.ask(FetchLog(0, 0), LogPart), LogPart)


def test_an_unknown_request_is_answered_and_the_connection_goes_on(known: Peer) -> None:
    before = known.session.client.charged
    known.session.receive(body(LATER))
    assert known.inbox == [Failed(7, "unknown_request", None, {})]
    assert known.session.client.charged == before + 1
    known.inbox.clear()
    assert goes_on(known) and not known.closed


@pytest.mark.parametrize("event", EVENTS, ids=str)
def test_what_is_no_request_is_passed_over(known: Peer, event: list[Any]) -> None:
    known.session.receive(body(event))
    assert known.inbox == [] and goes_on(known) and not known.closed


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (["ping", 5, 6], "bad_message"),  # a field that a known message doesn't have
        (["knock", 5], "unexpected_message"),  # of another place
        ([5, 5], "bad_message"),
        ({"fetch_weather": 7}, "bad_message"),
    ],
    ids=str,
)
def test_what_is_known_to_be_wrong_ends_it(known: Peer, fields: Any, code: str) -> None:
    known.session.receive(body(fields))
    assert known.ended_with() == code


@pytest.mark.parametrize("session", [Peer, GroupPeer])
def test_before_one_is_known_there_is_nothing_later(authority: Authority, session: type[Peer]) -> None:
    for hello in (False, True):
        peer = session(authority)
        if hello:
            peer.hello()
        peer.session.receive(body(LATER))
        assert peer.ended_with() == "bad_message"


def test_they_are_charged_by_their_size(authority: Authority) -> None:
    peer = agent(authority, people(authority)["owner"])
    before = peer.session.client.charged
    peer.session.receive(body(["fetch_weather", 7, b"x" * 40_960]))
    assert peer.session.client.charged == before + 11
