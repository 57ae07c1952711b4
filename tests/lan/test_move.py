"""An account goes from one computer to another in one network: found, compared, fetched, cut before and after it is
handed over; and one of the two has it.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from launch.agent_api import AgentApi, Refused
from tests.lan.hosts import Host, HostAgent, HostAuthority, Lan
from tests.processes import PASSWORD, until

BIG = "files/" + "ab" * 16
SIZE = 96 << 20  # a second's copying at least, so that there is time to cut it


class House:
    """An authority, arash, and sara with two computers."""

    def __init__(self, lan: Lan) -> None:
        self.lan = lan
        self.server = lan.host("server", "10.91.0.1/24")
        self.authority: HostAuthority = lan.authority(self.server)
        self.arash: HostAgent = lan.account(lan.host("other", "10.91.0.9/24"), "arash", self.authority.line("owner: "))
        self.hosts = (lan.host("laptop", "10.91.0.2/24"), lan.host("desktop", "10.91.0.3/24"))
        self.sara: HostAgent = lan.account(self.hosts[0], "sara", self.authority.join_link)
        self.many = 0

    def new(self) -> HostAgent:
        """An agent that knows nothing, on the computer that hasn't got the account."""
        self.many += 1
        agent = self.lan.agent(self.hosts[self.many % 2])
        agent.name = "sara"
        return agent


@pytest.fixture(scope="module")
def house(lan: Lan) -> House:
    return House(lan)


def move_of(door: AgentApi) -> dict[str, Any]:
    return dict(door.call("status")["move"] or {"state": None})


def go_in(agent: HostAgent) -> None:
    agent.login()
    agent.api = agent.program()


def stage(agent: HostAgent) -> str:
    with agent.door() as door:
        return str(door.call("status")["stage"])


def meet(old: HostAgent, new: HostAgent, door: AgentApi, by_hand: bool = False) -> None:
    """Until the digits were compared."""
    move = old.api.call("begin_move", password=PASSWORD)["move"]
    if by_hand:
        door.call("take_move", address=move["addresses"][0])
    else:
        until(lambda: [one["number"] for one in door.call("computers")["computers"]] == [move["number"]])
        door.call("take_move", address="", number=move["number"])
    shown = until(lambda: move_of(door).get("digits"), what="digits at the new one")
    with old.door() as page:
        assert until(lambda: move_of(page).get("digits"), what="digits at the old one") == shown
    old.api.call("confirm_move", digits=shown)


def arrived(house: House, old: HostAgent, new: HostAgent) -> None:
    """The new one has everything, and the old one nothing; sara goes on there."""
    until(lambda: stage(new) == "log_in", 60, "the account at the new one")
    until(lambda: stage(old) == "moved", what="the old one's word")
    assert not [path for path in old.folder.iterdir() if path.name.startswith("vault") or path.name == "files"]
    with old.door() as door, pytest.raises(Refused, match="account_moved"):
        door.call("login", username="sara", password=PASSWORD)
    go_in(new)
    until(lambda: new.up, 20, "the link")
    house.arash.say(new, f"to the new one {house.many}", 20)
    new.say(house.arash, f"from the new one {house.many}", 20)
    snapshot = new.api.call("snapshot")
    assert snapshot["alarm"] is None and snapshot["link"]["restored"] is None and not snapshot["states"]
    house.sara = new
    assert old.stop() == 0


def test_an_account_moves_with_all_that_was_said(house: House) -> None:
    old = house.sara
    house.arash.say(old, "before")
    old.say(house.arash, "answered")
    new = house.new()
    with new.door() as door:
        meet(old, new, door)
    waiting = house.arash.write(old, "while it moves")
    arrived(house, old, new)
    house.arash.await_state("sara", waiting, "delivered", "read", seconds=30)
    words = [one["text"] for one in new.chat("arash")]
    assert words[:3] == ["before", "answered", "while it moves"] and len(words) == len(set(words))


def test_cut_before_it_is_handed_over(house: House) -> None:
    """The cable first, then the power, at the new computer; what has come needn't come again."""
    old, new = house.sara, house.new()
    content = os.urandom(SIZE)
    (old.folder / "files").mkdir(exist_ok=True)
    (old.folder / BIG).write_bytes(content)
    part = new.folder / "arriving" / BIG
    with new.door() as door:
        meet(old, new, door, by_hand=True)
        until(lambda: part.exists() and part.stat().st_size > 1 << 20, what="a part of it")
        new.host.unplug()
        assert stage(old) == "moving" and stage(new) == "arriving"
        with pytest.raises(Refused, match="being_moved"):
            door.call("login", username="sara", password=PASSWORD)
        new.host.plug_in()
    until(lambda: part.stat().st_size > SIZE // 4, 60, "more of it")
    new.kill()
    assert stage(old) == "moving"
    with old.door() as door, pytest.raises(Refused, match="being_moved"):
        door.call("login", username="sara", password=PASSWORD)
    new.start()
    until(lambda: (new.folder / "vault.key").exists(), 90, "the account")
    assert (new.folder / BIG).read_bytes() == content
    arrived(house, old, new)


def test_cut_after_it_was_handed_over(house: House) -> None:
    """Both computers lose their power in the moment in which the old one has written that it has gone."""
    old, new = house.sara, house.new()
    with new.door() as door:
        meet(old, new, door)
    until(lambda: (old.folder / "moved").exists(), 30, "the hand-over")
    old.kill()
    new.kill()
    old.start()
    assert stage(old) == "moved"
    new.start()
    arrived(house, old, new)


def test_a_move_that_is_ended_leaves_it_where_it_was(house: House) -> None:
    old, new = house.sara, house.new()
    (old.folder / BIG).write_bytes(os.urandom(SIZE))
    with new.door() as door:
        meet(old, new, door)
        with old.door() as page:
            page.call("end_move")
            assert page.call("status")["stage"] == "log_in"
        why = until(lambda: move_of(door)["why"], what="the new one's word")
        assert why["code"] in ("move_over", "timed_out")  # as it heard it, or the cut that followed
        door.call("end_move")
        assert door.call("status")["stage"] == "join"
    assert not (new.folder / "arriving").exists()
    go_in(old)
    old.say(house.arash, "still here", 20)


def test_two_of_them_show_different_digits_to_whoever_calls(house: House) -> None:
    """Somebody else in the network calls, too: the one who is confirmed is the one whose digits were seen."""
    old, new = house.sara, house.new()
    third = house.lan.agent(Host(house.lan, "third"))
    third.host.plug("10.91.0.7/24")
    move = old.api.call("begin_move", password=PASSWORD)["move"]
    with new.door() as door, third.door() as other:
        other.call("take_move", address=move["addresses"][0])
        theirs = until(lambda: move_of(other).get("digits"))
        door.call("take_move", address=move["addresses"][0])
        ours = until(lambda: move_of(door).get("digits"))
        assert ours != theirs
        until(lambda: move_of(other)["state"] == "failed")
        with pytest.raises(Refused, match="move_replaced"):
            old.api.call("confirm_move", digits=theirs)
        old.api.call("refuse_move", digits=ours)
        until(lambda: move_of(door)["state"] == "failed")
        assert move_of(door)["why"]["code"] == "move_refused"
    with old.door() as page:
        page.call("end_move")
    assert old.api.call("status")["stage"] == "ready"
