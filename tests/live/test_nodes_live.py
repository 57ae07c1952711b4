"""Two nodes of one authority as processes, and agents that know only one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from authority_server.operations import control_files
from launch.agent_api import AgentApi
from protocol import links
from tests import stores
from tests.authority.test_operating import Guest
from tests.processes import LOOPBACK, Agent, Authority, end_all, share_key, until

OTHER = "127.0.0.2"


class Two:
    """A node at each of two addresses of this machine, on one database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = stores.address(stores.new_schema())
        self.first = Authority(folder / "first", "eventlet", "--database", self.database)
        self.first.start()
        self.second = Authority(folder / "second", "eventlet", "--database", self.database)
        self.second.arguments += ["--listen", OTHER, "--port", str(self.first.port)]
        share_key(self.first, self.second)
        self.owner_link = self.first.owner_link
        self.agents: list[Agent] = []

    def agent(self, name: str, link: str, *hosts: str) -> AgentApi:
        """Somebody whose agent finds the authority at these addresses only."""
        only = only_at(links.decode(link), *hosts)
        agent = Agent(self.folder / name, "eventlet", "--join", only)
        self.agents.append(agent)
        agent.start()
        agent.sign_up(name)
        return agent.program()

    def stop(self) -> None:
        end_all([*self.agents, self.first, self.second])


def is_online(bot: AgentApi, uid: str) -> bool:
    return any(one["uid"] == uid and one["online"] for one in bot.call("snapshot")["people"])


def only_at(link: links.Link, *hosts: str) -> str:
    """The same link, to these addresses only."""
    return links.Link(hosts, link.port, link.invitation, link.authority_id, link.owner_code).encode()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with ExitStack() as left:
        nodes = Two(tmp_path)
        left.callback(nodes.stop)
        yield nodes


def test_people_at_two_nodes_are_in_one_network(two: Two) -> None:
    """They see each other come and write, talk in private and in a group, and a second agent of an account takes its
    place only as it would at one node; the links that each node gives name both.
    """
    two.second.start()
    assert not any(line.startswith("owner: ") for line in two.second.output)  # the first one's holds
    arash = two.agent("arash", two.owner_link, LOOPBACK)
    assert set(links.decode(two.second.join_link).hosts) == {LOOPBACK, OTHER}
    saved = two.first.folder / "links"
    until(lambda: OTHER in links.decode(saved.read_text().split()[1]).hosts, what="both hosts in the link")
    guest = Guest(only_at(links.decode(two.second.join_link), OTHER)).sign_up("guest")
    silent = Guest(only_at(links.decode(two.first.join_link), LOOPBACK))
    silent.log_in(guest)
    again = Guest(only_at(links.decode(two.second.join_link), OTHER))
    replaced = threading.Thread(target=again.log_in, args=(guest,))  # waits for a sign of life of the silent one
    replaced.start()

    sara = two.agent("sara", two.second.join_link, OTHER)
    here, there = (bot.call("snapshot")["me"]["uid"] for bot in (arash, sara))
    until(lambda: any(one["uid"] == there for one in arash.call("snapshot")["people"]))
    arash.call("send_message", chat=f"p:{there}", text="from node to node")
    sara.wait_for(lambda name, value: name == "message" and value["text"] == "from node to node")
    made = arash.call("public_chat_method", user_to_add=["sara"], name="workshop", history="all")
    sara.wait_for(lambda name, value: name == "conversation" and value["chat"] == made["chat"])
    sara.call("answer_invitation", group_id=made["group_id"], join=True)
    sara.call("send_message", chat=made["chat"], text="to the group")
    arash.wait_for(lambda name, value: name == "message" and value.get("text") == "to the group")
    arash.call("send_message", chat=made["chat"], text="and back")
    sara.wait_for(lambda name, value: name == "message" and value.get("text") == "and back")
    arash.call("typing", chat=made["chat"], on=True)
    sara.wait_for(lambda name, value: name == "typing" and value["uid"] == here and value["on"])
    for bot, other in ((arash, there), (sara, here)):
        until(lambda bot=bot, other=other: is_online(bot, other), what="online")  # type: ignore[misc]

    replaced.join(20)
    assert not replaced.is_alive()
    asked = [control_files.ask(node.folder, control_files.STATUS) for node in (two.first, two.second)]
    assert [node["logged_in"] for node in asked if node] == [1, 2]
    assert all(node and not node["mistakes"] and node["recovery"] is None for node in asked)
    for bot in (arash, sara):
        bot.close()


@pytest.mark.long
def test_whoever_is_at_a_node_that_dies_is_at_another(two: Two) -> None:
    """Again and again, now this and now that one; their claims at the dead one keep nobody out for long. One has a
    link older than the second node.
    """
    arash = two.agent("arash", two.owner_link, LOOPBACK)
    two.second.start()
    sara = two.agent("sara", two.second.join_link, LOOPBACK, OTHER)
    here = arash.call("snapshot")["me"]["uid"]
    for round in range(6):
        dying, left = (two.first, two.second) if round % 2 == 0 else (two.second, two.first)
        dying.kill()
        until(lambda left=left: (control_files.ask(left.folder, control_files.STATUS) or {}).get("logged_in") == 2)  # type: ignore[misc]
        until(lambda: is_online(sara, here))
        sara.call("send_message", chat=f"p:{here}", text=f"round {round}")
        arash.wait_for(lambda name, value, text=f"round {round}": name == "message" and value["text"] == text)  # type: ignore[misc]
        dying.start()
    for bot in (arash, sara):
        bot.close()
