"""A link by which people ask to come into a group still works after a restore, and asks its maker first."""

from __future__ import annotations

from typing import Any

import msgspec

from protocol.backup_records import Setting, encode_record
from protocol.backups import RECORD_LIMIT
from protocol.primitives import random_id
from tests.backups.machines import go_on_elsewhere, heal, lose, on_paper
from tests.backups.test_restore import group_of, nothing_is_wrong
from tests.world import Person, World
from web_client.agent.views import groups as group_views
from web_client.groups import join_links, letting_in
from web_client.vault.database import Rows, Vault


def ask(world: World, gid: bytes, by: Person, maker: Person, secret: bytes) -> None:
    letting_in.ask(by.vault, by.node.messages, gid, maker.uid, secret)
    world.settle()
    letting_in.come_in(by.vault, by.node.groups)
    world.settle()


def test_it_works_after_a_restore(world: World, arash: Person, sara: Person, mani: Person) -> None:
    omid, mina, nima = (world.sign_up(name) for name in ("omid", "mina", "nima"))
    arash.agent().add_permissions("sara", "advanced user")
    world.settle()
    kit = on_paper(sara)
    gid = group_of(sara, arash)

    def coming() -> tuple[dict[str, Any], list[str]]:
        shown = group_views.group(sara.node, sara.node.groups.rooms[gid])
        return shown["link"], [one["uid"] for one in shown["asks"]]

    letting_in.set_link(sara.node.groups, gid, True, "asked", False)
    link = sara.vault.read(lambda rows: join_links.of(rows, gid))
    assert link is not None
    for person in (mani, omid, mina):
        ask(world, gid, person, sara, link.secret)
    letting_in.answer(sara.node.groups, gid, omid.uid, False)
    letting_in.set_link(sara.node.groups, gid, True, "all", False)
    shown, _asks = coming()
    sara.node.backups.make()
    letting_in.answer(sara.node.groups, gid, mina.uid, True)
    world.settle()
    mina.agent().answer_invitation(gid.hex(), True)
    world.settle()
    lose(sara)
    world.now += 60_000
    letting_in.ask(nima.vault, nima.node.messages, gid, sara.uid, link.secret)
    go_on_elsewhere(sara, kit)
    heal(world)
    # mani still waits, mina is in meanwhile, nima has asked by the same link; nobody comes in unasked
    after = (shown | {"admits": "asked"}, [mani.uid.hex(), nima.uid.hex()])
    assert coming() == after
    assert len(sara.vault.read(lambda rows: join_links.waiting(rows, gid))) == 2
    ask(world, gid, omid, sara, link.secret)  # who was told no asks in vain
    assert coming() == after
    letting_in.answer(sara.node.groups, gid, nima.uid, True)
    world.settle()
    letting_in.come_in(nima.vault, nima.node.groups)
    world.settle()
    assert sara.node.groups.rooms[gid].group.is_in(nima.uid)
    nothing_is_wrong(world)


def test_the_most_of_it_fits_into_a_record() -> None:
    """Of more, those who wait and who were told no are kept before wrong secrets."""
    vault = Vault.in_memory(lambda rows: None)
    late = 2**41  # ms: as long a number as one is for decades

    def fill(rows: Rows) -> None:
        links = [(random_id(), random_id(), 1, "all") for _ in range(join_links.MOST_LINKS + 1)]
        rows.executemany("INSERT INTO group_links VALUES (?, ?, ?, ?)", links)
        states = [join_links.DUE, join_links.DECLINED, *[join_links.WRONG] * join_links.MOST_ASKS]
        asks = [(random_id(), random_id() * 2, state, 4, late + n) for n, state in enumerate(states)]
        rows.executemany("INSERT INTO group_asks VALUES (?, ?, ?, ?, ?)", asks)

    vault.write(fill)
    raw = vault.read(join_links.kept)
    assert len(encode_record(Setting(join_links.LINKS, raw))) <= RECORD_LIMIT
    saved = msgspec.msgpack.decode(raw, type=join_links.Kept)
    assert (len(saved.links), len(saved.asks)) == (join_links.MOST_LINKS, join_links.MOST_ASKS)
    assert {state for _gid, _uid, state, _tries, _came in saved.asks} == {"waits", "declined", "wrong"}
    vault.close()
