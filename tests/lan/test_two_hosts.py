"""An authority and agents on hosts of their own, which know nothing but the join link: one LAN without a router."""

from __future__ import annotations

import pytest

from protocol import links
from tests.lan.hosts import Host, HostAgent, HostAuthority, Lan
from tests.processes import until

GROUP_PORTS = (40000, 40009)


class Office:
    """The authority on one host, arash and sara on two others."""

    def __init__(self, lan: Lan) -> None:
        self.lan = lan
        self.server = lan.host("server", "10.77.0.1/24", "fd77::1/64")
        self.first = lan.host("first", "10.77.0.2/24")
        self.second = lan.host("second", "10.77.0.3/24", "fd77::3/64")
        self.authority: HostAuthority = lan.authority(
            self.server, "--group-ports", f"{GROUP_PORTS[0]}-{GROUP_PORTS[1]}"
        )
        self.arash: HostAgent = lan.account(self.first, "arash", self.authority.line("owner: "))
        self.sara: HostAgent = lan.account(self.second, "sara", self.authority.join_link)

    def both_ways(self, word: str, seconds: float = 15) -> None:
        """Each reaches the other, straight from agent to agent."""
        self.arash.say(self.sara, f"{word} there", seconds)
        self.sara.say(self.arash, f"{word} back", seconds)


@pytest.fixture(scope="module")
def office(lan: Lan) -> Office:
    return Office(lan)


def test_the_join_link_alone_brings_hosts_together(office: Office) -> None:
    link = links.decode(office.authority.join_link)
    assert link.hosts == ("10.77.0.1", "fd77::1")  # all it has, without a default route to ask about
    assert office.first.ip("route", "show", "default") == ""
    office.both_ways("hello")
    # straight: sara's agent has a connection from arash's host, the authority none of their words
    (message,) = [one for one in office.sara.chat("arash") if one["text"] == "hello there"]
    assert message["state"] == "received"
    assert "10.77.0.2" in " ".join(office.second.connections(office.sara.listener_port()))


def test_a_group_lives_on_its_own_port(office: Office) -> None:
    made = office.arash.api.call("public_chat_method", user_to_add=["sara"], name="Office")
    gid = made["group_id"]
    invited = until(lambda: [c for c in office.sara.api.call("snapshot")["conversations"] if c["kind"] == "group"])
    assert GROUP_PORTS[0] <= invited[0]["group"]["port"] <= GROUP_PORTS[1]
    office.sara.api.call("answer_invitation", group_id=gid, join=True)
    for one, other in ((office.arash, office.sara), (office.sara, office.arash)):
        said = f"to all from {one.name}"
        one.api.call("send_public_message", message=said, group_id=gid)
        until(lambda other=other, said=said: said in [m["text"] for m in other.chat("Office")])


def test_an_address_that_changes_is_followed(office: Office) -> None:
    """Without a word from anybody: the old one is gone, a new one is there, as after a new lease."""
    office.second.remove("10.77.0.3/24")
    office.second.add("10.77.0.33/24")
    until(lambda: office.sara.up and office.arash.sees_online(office.sara), 15, "sara's return")
    office.both_ways("moved", 20)
    # and one more beside it that leads nowhere first
    office.first.add("10.77.0.22/24")
    office.both_ways("added")


def test_several_interfaces_and_a_network_of_ipv6_alone(office: Office) -> None:
    """A lab that only the authority and sara have a second cable to; there is no IPv4 in it, and no router."""
    lab = office.server.plug("fd99::1/64", segment="lab")
    office.second.plug("fd99::3/64", segment="lab")
    links_file = office.authority.folder / "links"
    until(lambda: "[fd99::1]" in links_file.read_text(), what="the new address in the authority's links")
    link = links_file.read_text().splitlines()[0].removeprefix("join: ")
    far = Host(office.lan, "far")
    far.plug("fd99::9/64", segment="lab")
    omid = office.lan.account(far, "omid", link)
    # straight to sara by her second interface, which her own link to the authority doesn't use, whoever of them calls:
    # her agent may not have noticed that interface yet
    omid.say(office.sara, "from the lab", 20)
    office.sara.say(omid, "hello, lab", 20)
    ports = office.sara.listener_port(), omid.listener_port()
    assert "fd99::9" in " ".join(end for port in ports for end in office.second.connections(port))
    # and to arash, who has no way there, by the authority
    id = omid.write(office.arash, "from afar")
    omid.await_state("arash", id, "authority", "delivered")
    until(lambda: "from afar" in [one["text"] for one in office.arash.chat("omid")])
    assert omid.stop() == 0
    office.server.unplug(lab)


def test_a_cut_cable_at_the_authority_loses_nothing(office: Office) -> None:
    office.server.unplug()
    before = office.arash.write(office.sara, "while it is gone")  # straight, as they know each other
    office.arash.await_state("sara", before, "delivered", "read", seconds=30)
    office.server.plug_in()
    until(lambda: office.arash.up and office.sara.up, 60, "both links")
    office.both_ways("after")


def test_a_cut_cable_at_an_agent_is_noticed_and_mended_at_once(office: Office) -> None:
    office.second.unplug()
    until(lambda: not office.sara.up, 10, "that sara's agent notices the cut")
    waiting = office.sara.write(office.arash, "written in the lift")
    to_her = office.arash.write(office.sara, "are you in the lift?")
    office.arash.await_state("sara", to_her, "authority", "waiting")
    office.second.plug_in()
    until(lambda: office.sara.up, 10, "sara's link")
    office.sara.await_state("arash", waiting, "delivered", "read")
    office.arash.await_state("sara", to_her, "delivered", "read", seconds=30)
    for agent, other in ((office.arash, "sara"), (office.sara, "arash")):
        words = [one["text"] for one in agent.chat(other)]
        assert words.count("written in the lift") == words.count("are you in the lift?") == 1
