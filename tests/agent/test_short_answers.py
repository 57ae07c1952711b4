"""Fewer, or more, answers than were asked for: a named error, and everything else goes on."""

from __future__ import annotations

import msgspec
import pytest

from protocol import messages
from protocol.errors import HamrazError
from protocol.messages import LastResorts
from tests.agent.wire import decoded
from tests.world import Person, World


@pytest.mark.parametrize("count", [0, 2])
def test_prekeys_that_nobody_asked_for(world: World, arash: Person, sara: Person, mani: Person, count: int) -> None:
    def lie(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, LastResorts)
        if answer is None:
            return [body]
        many = (list(answer.prekeys) * 3)[:count] if len(answer.prekeys) == 1 else []
        return [messages.encode(msgspec.structs.replace(answer, prekeys=many))]

    sara.stop()
    arash.write(sara, "for the mailbox")
    world.carry = lie
    arash.deliver()
    assert (arash.states(sara), arash.shown(sara)[0]["why"]) == (["waiting"], "wrong_answer")
    assert not arash.node.ctx.troubles.now(), "no mistake of ours"
    with pytest.raises(HamrazError) as refusal:
        arash.node.groups.create("group", [mani.uid], "all")
    assert refusal.value.code == "wrong_answer"
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert arash.states(sara) == ["authority"]
