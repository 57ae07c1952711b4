"""An account that has come from a computer that is gone for good renews its key, and the other one gets in no more."""

from __future__ import annotations

from tests.agent.test_copies import connect, found_older, ways
from tests.agent.test_long_away import copy_of_vault, put_back
from tests.world import Person, World
from web_client.account import generations


def test_it_logs_in_under_a_new_key_once(world: World, arash: Person, sara: Person) -> None:
    sara.say(arash, "before")
    left_behind, brought = copy_of_vault(sara), copy_of_vault(sara)
    sara.stop()
    put_back(sara, brought)
    sara.vault.write(generations.be_alone)
    assert connect(sara) == ""
    world.settle()
    assert len(ways(sara)) == 2 and not found_older(sara)
    sara.say(arash, "from the new computer")
    world.settle()
    assert arash.texts(sara) == ["before", "from the new computer"]
    sara.restart()
    assert len(ways(sara)) == 2  # said once, done once
    sara.stop()
    put_back(sara, left_behind)
    assert connect(sara) == "moved"
