"""How often a private message waits for the disk between the call and the receipt: it is most of what it waits for."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.world import World
from web_client.vault import database as vault_database


def test_a_message_waits_for_three_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Written and sealed, stored over there, confirmed here; every transaction that changes something is one."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    commits: list[Any] = []
    transact = vault_database._transaction

    def count(database: Any, change: Callable[[Any], Any], *where: Any) -> Any:
        before = database.total_changes
        result = transact(database, change, *where)
        if database.total_changes != before:
            commits.append(database)
        return result

    monkeypatch.setattr(vault_database, "_transaction", count)
    arash.say(sara, "this one has one waiting for it")
    assert [database is arash.vault._database for database in commits] == [True, False, True]
    assert sara.texts(arash) == arash.texts(sara) and arash.states(sara) == ["delivered"] * 2
