"""How often a private message waits for the disk between the call and the receipt: it is most of what it waits for."""

from collections.abc import Callable
from typing import Any

import pytest

from protocol.peer_messages import Deliver, MorePrekeys
from tests.agent.wire import decoded
from tests.world import Person, World
from web_client.messages.delivery import FEW_PREKEYS
from web_client.messages.incoming import PREKEYS_PER_PEER
from web_client.vault import database as vault_database


def transactions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, bool]]:
    """All from now on: of which database, and whether something was changed, so that the disk was waited for."""
    found: list[tuple[Any, bool]] = []
    transact = vault_database._transaction

    def count(database: Any, change: Callable[[Any], Any], *where: Any) -> Any:
        before = database.total_changes
        result = transact(database, change, *where)
        found.append((database, database.total_changes != before))
        return result

    monkeypatch.setattr(vault_database, "_transaction", count)
    return found


def test_a_message_waits_for_three_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written and sealed, stored over there, confirmed here; and none is begun for nothing."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    found = transactions(monkeypatch)
    arash.say(sara, "this one has one waiting for it")
    assert [(database is arash.vault._database, changed) for database, changed in found] == [
        (True, True), (False, True), (True, True),
    ]  # fmt: skip
    assert sara.texts(arash) == arash.texts(sara) and arash.states(sara) == ["delivered"] * 2


def test_no_message_waits_for_prekeys_but_the_first() -> None:
    """More are asked for after a message that leaves few, while nothing waits."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    asked = 0
    for n in range(3 * PREKEYS_PER_PEER):
        world.crossed.clear()
        arash.say(sara, f"number {n}")
        kinds = [
            kind
            for source, target, body in world.crossed
            for kind in (MorePrekeys, Deliver)
            if (source, target) == ("arash", "sara") and decoded(body, kind) is not None
        ]
        assert kinds[0] is Deliver and kinds in ([Deliver], [Deliver, MorePrekeys])
        asked += len(kinds) - 1
    assert asked == 3 * PREKEYS_PER_PEER // (PREKEYS_PER_PEER - FEW_PREKEYS)
    assert arash.states(sara) == ["delivered"] * (3 * PREKEYS_PER_PEER + 1)


def test_prekeys_that_are_not_given_keep_no_message_back(world: World, arash: Person, sara: Person) -> None:
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")

    def refuse(source: str, target: str, body: bytes) -> list[bytes]:
        return [] if decoded(body, MorePrekeys) is not None else [body]

    world.carry = refuse
    for n in range(PREKEYS_PER_PEER - 1):
        arash.say(sara, f"number {n}")
    assert arash.states(sara) == ["delivered"] * PREKEYS_PER_PEER
    arash.say(sara, "there is none left for this one")
    assert arash.states(sara)[-1] == "authority", "in the mailbox"
