"""How often a private message waits for the disk between the call and the receipt: it is most of what it waits for."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from protocol.envelope import TEXT
from protocol.peer_messages import Deliver, MorePrekeys
from protocol.primitives import random_id
from tests.agent.vaults import contents, put_back
from tests.agent.wire import decoded
from tests.passwords import cheapen
from tests.world import Person, World
from web_client.account.events import MessageChanged
from web_client.messages.delivery import FEW_PREKEYS
from web_client.messages.incoming import PREKEYS_PER_PEER
from web_client.vault import database as vault_database
from web_client.vault.database import DATABASE_FILE, PAGE, Vault


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


def test_what_a_message_asks_of_both_vaults() -> None:
    """From the call to the receipt, without a page; each statement is 15 us and more."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    asked: dict[str, list[str]] = {"arash": [], "sara": []}
    for person in (arash, sara):
        person.vault._database.set_trace_callback(lambda text, told=asked[person.name]: told.append(text.split()[0]))
    order = arash.node.messages.compose(sara.uid, TEXT, b"this one has one waiting for it", random_id())
    arash.node.outbox.step(sara.uid)
    for person in (arash, sara):
        person.vault._database.set_trace_callback(None)
    assert arash.states(sara)[-1] == "delivered" and order
    changes = ("BEGIN", "INSERT", "UPDATE", "DELETE", "COMMIT")
    assert [Counter(asked["arash"])[name] for name in changes] == [2, 2, 3, 1, 2]
    assert [Counter(asked["sara"])[name] for name in changes] == [1, 2, 0, 1, 1]
    assert len(asked["arash"]) <= 27 and len(asked["sara"]) <= 18


def test_how_many_pages_a_message_writes(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is encrypted and summed, 25 us: some 12.5 at the sender in two commits, 10 at the receiver, more where an
    index grows. Prekeys that are handed out between are not among them.
    """
    cheapen(monkeypatch)
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    folders = {person.name: tmp_path_factory.mktemp(person.name) for person in (arash, sara)}
    for person in (arash, sara):
        folder = folders[person.name]
        put_back(
            person, Vault.create(folder, "a long enough passphrase 1404", contents(person), lambda run, *a: run(*a))
        )
        person.node.authority.connect()
    for n in range(2 * PREKEYS_PER_PEER):
        arash.say(sara, f"number {n}")
    arash.node.outbox._links.get(sara.uid).more_prekeys()
    for person in (arash, sara):
        person.vault.sweep()
    count = PREKEYS_PER_PEER - FEW_PREKEYS - 1
    for n in range(count):
        arash.say(sara, f"and {n}")
    pages = {name: (folder / f"{DATABASE_FILE}-wal").stat().st_size / (PAGE + 24) for name, folder in folders.items()}
    assert arash.states(sara) == ["delivered"] * (2 * PREKEYS_PER_PEER + count)
    assert pages["arash"] / count < 13.5 and pages["sara"] / count < 10.5


def test_a_message_is_on_its_way_before_it_is_shown() -> None:
    """What the page is told takes as long as the other end does, and needs nobody to wait for it."""
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.node.authority.log.sync()
    arash.say(sara, "the first one also fetches prekeys")
    arash.node.outbox.begin = arash.node.outbox.step
    shown: list[str] = []
    arash.node.ctx.events.subscribe(MessageChanged, lambda event: shown.extend(arash.states(sara)[-1:]))
    arash.write(sara, "gone before anybody is told")
    assert shown == ["delivered"] * 2 and sara.texts(arash)[-1] == "gone before anybody is told"


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
