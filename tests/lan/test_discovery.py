"""Authorities that are found on the network: a hint that a person compares, and that nobody believes unproved."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from launch.agent_api import AgentApi, Refused
from launch.packages import ROOT
from protocol import links
from tests.lan.hosts import Host, HostAgent, HostAuthority, Lan, run
from tests.processes import PASSWORD, until

OUTSIDE = "198.51.100.9"
NEIGHBOURS = [ipaddress.ip_network(near) for near in ("10.80.0.0/24", "fd80::/64", "fe80::/10")]


class School:
    """An authority, and a router to the world that everybody knows as the way out."""

    def __init__(self, lan: Lan) -> None:
        self.lan = lan
        self.server = lan.host("server", "10.80.0.1/24", "fd80::1/64")
        self.router = lan.host("router", "10.80.0.254/24")
        self.router.ip("addr", "add", f"{OUTSIDE}/32", "dev", "lo")
        self.server.ip("route", "add", "default", "via", "10.80.0.254")
        self.tap = self.server.tap()
        self.authority: HostAuthority = lan.authority(self.server, "--name", "آزمایشگاه", async_mode="threading")
        self.link = links.decode(self.authority.join_link)
        self.id = self.link.authority_id.hex()
        self.guest: Host = lan.host("guest", "10.80.0.2/24", "fd80::2/64")

    def found(self, door: AgentApi) -> list[dict[str, Any]]:
        return list(door.call("discovered")["authorities"])


@pytest.fixture(scope="module")
def school(lan: Lan) -> Iterator[School]:
    made = School(lan)
    yield made
    made.tap.close()


def test_who_finds_an_authority_joins_with_the_digits_and_the_code(school: School) -> None:
    owner = school.lan.account(school.guest, "omid", school.authority.line("owner: "), "--no-discovery")
    agent = school.lan.agent(school.lan.host("pupil", "10.80.0.3/24"))
    with agent.door() as door:
        assert school.found(door) == []  # and from now on it looks
        (told,) = door.wait_for(lambda name, value: name == "discovered", 20)["authorities"]
        assert school.found(door) == [told]
        assert (told["name"], told["id"], told["port"]) == ("آزمایشگاه", school.id, school.authority.port)
        assert told["hosts"] == ["10.80.0.1", "fd80::1"]
        assert " ".join(told["digits"]) == school.authority.line("digits: ")

        assert refused(door, "join_found", id="00" * 32) == "not_discovered"
        assert door.call("join_found", id=school.id)["authority"]["id"] == school.id
        assert door.call("status")["needs_invitation"] and door.call("status")["stage"] == "sign_up"
        account = dict(email="p@example.org", username="parisa", password=PASSWORD, password_confirm=PASSWORD)
        assert refused(door, "sign_up", **account) == "invitation_needed"
        assert refused(door, "sign_up", **account, invitation="abcd") == "bad_invitation"
        assert refused(door, "sign_up", **account, invitation="aaaa-bbbb-cccc-dddd") == "bad_invitation"
        code = school.authority.line("invitation: ")
        door.call("sign_up", **account, invitation=code.upper().replace("-", " "))
    agent.name, agent.api = "parisa", agent.program()
    agent.say(owner, "found you")
    # who has come in by the code can invite others: the link is whole
    assert links.decode(agent.api.call("snapshot")["join_link"]).invitation == school.link.invitation
    assert agent.stop() == 0
    agent.come_back()
    assert agent.up


def test_a_liar_is_found_and_not_believed(school: School) -> None:
    """Somebody announces this authority's id with another's address; the proof decides."""
    thief = school.lan.host("thief", "10.80.0.66/24")
    other = school.lan.authority(thief, "--name", "Another", "--port", str(school.authority.port))
    command = [sys.executable, "-m", "tests.lan.false_announcer", school.id, str(school.authority.port), "10.80.0.66"]
    with subprocess.Popen(["ip", "netns", "exec", thief.space, *command], cwd=ROOT) as liar:
        try:
            agent = school.lan.agent(school.lan.host("victim", "10.80.0.4/24"))
            with agent.door() as door:
                school.found(door)

                def both() -> list[dict[str, Any]]:
                    return [one for one in school.found(door) if "10.80.0.66" in one["hosts"]]

                until(lambda: {one["id"] for one in both()} >= {school.id, other_id(other)}, 20)
                assert other_id(other) != school.id  # whose digits nobody has on a wall
                assert door.call("join_found", id=school.id)["authority"]["id"] == school.id
                # what was learned by joining is the id; where the true one is stands beside the lie
                assert door.call("status")["authority"]["digits"] == list(links.digits(school.link.authority_id))
            agent.stop()
        finally:
            liar.terminate()
    other.stop()


def other_id(authority: HostAuthority) -> str:
    return links.decode(authority.join_link).authority_id.hex()


def test_an_authority_that_moves_is_found_again_and_remembered(school: School) -> None:
    """The network has got another router, so everybody has another address."""
    agent = next(one for one in school.lan.services if isinstance(one, HostAgent) and one.name == "parisa")
    school.server.remove("10.80.0.1/24")
    school.server.remove("fd80::1/64")
    school.server.add("10.80.0.77/24")
    agent.host.remove("10.80.0.3/24")
    agent.host.add("10.80.0.33/24")
    until(lambda: not agent.up, 10, "that the old address is gone")
    until(lambda: agent.up, 30, "that it is found at the new one")
    saved = (school.authority.folder / "links").read_text().splitlines()[0]
    assert links.decode(saved.removeprefix("join: ")).hosts == ("10.80.0.77",)
    assert agent.api.call("snapshot")["authority"]["hosts"][0] == "10.80.0.77"
    agent.stop()
    agent.arguments.append("--no-discovery")  # now it knows by itself
    agent.come_back()
    assert agent.up
    school.server.ip("route", "replace", "default", "via", "10.80.0.254")


def test_nothing_of_it_leaves_the_network_and_no_invitation_is_in_it(school: School) -> None:
    talk = school.tap.talk()
    heard = {ipaddress.ip_address(there) for _here, there, _said in talk}
    groups = {ipaddress.ip_address(group) for group in ("224.0.0.251", "ff02::fb")}
    assert groups <= heard
    assert all(any(to in near for near in NEIGHBOURS if near.version == to.version) for to in heard - groups)
    said = b"".join(words for _here, _there, words in talk)
    assert bytes.fromhex("0a50004d") in said and school.id.encode() in said  # it was heard at all
    assert str(school.link.invitation).encode() not in said
    # and a question from beyond the router gets no answer there
    beyond = school.router.tap()
    with school.router.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.bind((OUTSIDE, 5353))
        asker.sendto(question(1), ("10.80.0.77", 5353))
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        near.bind(("10.80.0.254", 5354))  # a neighbour who asks the same is answered, so it was heard
        near.sendto(question(2), ("10.80.0.77", 5353))
    until(lambda: any(there == "10.80.0.254" for _here, there, _said in beyond.talk()), what="the neighbour's answer")
    assert not [there for here, there, _said in beyond.talk() if there == OUTSIDE]
    near.close()
    beyond.close()


def test_without_it_nothing_is_said(lan: Lan) -> None:
    quiet = lan.host("quiet", "10.81.0.1/24")
    tap = quiet.tap()
    authority = lan.authority(quiet, "--no-discovery")
    agent = lan.agent(quiet, "--no-discovery")
    with agent.door() as door:
        assert door.call("discovered")["authorities"] == []
        door.call("join", link=authority.join_link)
    assert [said for here, _there, said in tap.talk() if here.startswith("10.81")] == []
    tap.close()
    assert run("ip", "netns", "exec", quiet.space, "ss", "-Hlun") == ""


def refused(door: AgentApi, name: str, **arguments: Any) -> str:
    with pytest.raises(Refused) as reason:
        door.call(name, **arguments)
    return reason.value.code


def question(number: int) -> bytes:
    """Who offers hamraz here? The same number again within a second counts as an echo."""
    return bytes([0, number]) + b"\0\0\0\1\0\0\0\0\0\0\7_hamraz\4_tcp\5local\0\0\x0c\0\1"
