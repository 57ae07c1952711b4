"""Two people who have said everything that there is to say, privately; and a group with a past."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId


@dataclass
class Talk:
    """A private conversation of two; `mine` is what it is called at whose export it is."""

    world: World
    arash: Person
    sara: Person

    @property
    def authority_id(self) -> bytes:
        return self.arash.node.ctx.authority_id

    @property
    def mine(self) -> ChatId:
        return ChatId.private(self.sara.uid)


def _talk() -> Talk:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    arash.say(sara, "the lab opens at nine")
    sara.say(arash, "سلام، دیر می‌رسم")
    world.settle()
    agents = arash.agent(), sara.agent()
    to_sara, to_arash = ChatId.private(sara.uid), ChatId.private(arash.uid)
    first = arash.shown(sara)[0]["order"]
    agents[0].edit_message(to_sara, first, "the lab opens at ten")
    agents[1].send_message(to_arash, "then I come at ten", reply_to=sara.shown(arash)[0]["order"])
    agents[1].react(to_arash, sara.shown(arash)[0]["order"], "👍")
    agents[1].send_message(to_arash, "forget this")
    agents[0].send_message(to_sara, "and forget that")
    world.settle()
    for agent, who, other, text in (
        (agents[1], sara, arash, "forget this"),
        (agents[0], arash, sara, "and forget that"),
    ):
        order = next(one["order"] for one in who.shown(other) if one["text"] == text)
        agent.delete_message(ChatId.private(other.uid), order)
    world.settle()
    sara.say(arash, "see you")
    world.settle()
    world.carry = lambda source, target, body: []  # nobody hears this
    arash.write(sara, "nobody has got this")
    return Talk(world, arash, sara)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def talk() -> Talk:
    return _talk()


@pytest.fixture
def fresh_talk() -> Talk:
    """One that a test may change."""
    return _talk()


@pytest.fixture(scope="module")
def past() -> GroupWorld:
    """A group of several epochs: somebody was removed, somebody has left, somebody came later; words were edited,
    taken back and taken away; and arash has blocked mina.
    """
    group = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=3)
    group.everybody_joins()
    arash, sara, omid, mina, reza = group.people
    chat = ChatId.group(group.gid)

    def order(who: Person, text: str) -> int:
        return int(next(one["order"] for one in group.shown(who) if one["text"] == text))

    group.say(arash, "in the first epoch")
    group.say(omid, "omid was here")
    group.say(mina, "mina too")
    omid.agent().edit_message(chat, order(omid, "omid was here"), "omid is here")
    group.world.settle()
    group.say(sara, "taken back")
    sara.agent().delete_message(chat, order(sara, "taken back"))
    group.world.settle()
    group.say(omid, "rude words")
    arash.agent().retract_message(chat, order(arash, "rude words"), "rude")
    group.world.settle()
    arash.node.groups.command(group.gid, omid.uid, False, "enough")
    group.world.settle()
    arash.node.groups.command(group.gid, reza.uid, True, "")
    group.world.settle()
    group.everybody_joins()
    group.say(reza, "reza came later")
    mina.agent().leave_group(group.gid.hex())
    group.world.settle()
    group.say(sara, "without mina")
    sara.agent().react(chat, order(sara, "reza came later"), "❤️")
    group.world.settle()
    arash.agent().block(mina.uid.hex())
    group.world.settle()
    return group
