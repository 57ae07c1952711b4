"""Flipped bits in the authority's database: each costs what stood there and no more, it is named, and nothing that was
acknowledged is lost, doubled or unreadable where an agent has it.

Long form: a thousand bits anywhere in the file, each with a start, everybody's log-in and a message everywhere.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from authority_server.core.database_check import look_over
from authority_server.handlers import backups, profiles
from authority_server.store import checksums, sqlite
from authority_server.store import files as file_store
from authority_server.store import gone as gone_store
from authority_server.store import groups as group_store
from authority_server.store import mail as mail_store
from authority_server.store.database import TABLES
from authority_server.store.files import KeptFile
from protocol.errors import Damaged, HamrazError
from protocol.gone_messages import GoneItem
from protocol.primitives import random_id
from protocol.roles import Role
from protocol.share_messages import Share
from tests.agent.vaults import copy_of, put_back
from tests.groups.group_world import GroupWorld
from tests.world import Person
from web_client.vault.database import Vault

assert backups and mail_store and profiles  # their tables are in TABLES
ROWS = sorted(table.name for table in TABLES.sorted_tables if "sum" in table.columns)
POSTED = [f"message {number}" for number in range(8)]
MAILED = ["mail 0", "mail 1", "mail 2"]


@dataclass
class Prepared:
    """Three people, of whom omid is away: he has missed a change of members, messages of the group and mail. `image` is
    the authority's database then, `vaults` what each agent had.
    """

    group_world: GroupWorld
    image: bytes
    sizes: bytes
    vaults: dict[str, Vault]

    @property
    def omid(self) -> Person:
        return self.group_world.people[2]

    def open(self, path: Path, image: bytes) -> None:
        """The authority on this database, with everybody back where they were; raises how its start is refused."""
        world = self.group_world.world
        for leftover in path.parent.glob(path.name + "*"):
            leftover.unlink()
        path.write_bytes(image)
        world.sizes = path.with_name("authority.sizes")
        world.sizes.write_bytes(self.sizes)
        for person in self.group_world.people:
            person.stop()
        world.store = sqlite.open_file(path)
        try:
            world.restart_authority()
        except BaseException:
            world.store.close()
            raise
        look_over(world.authority, lambda run, *given: run(*given))
        for person in self.group_world.people:
            put_back(person, self.vaults[person.name])
            self.vaults[person.name] = copy_of(person)
        self.group_world.come_to_rest()
        world.now += 180_000  # who waits for another's help, or for the next try
        self.group_world.come_to_rest()

    def close(self) -> None:
        for person in self.group_world.people:
            person.stop()
        self.group_world.world.store.close()

    def go_on(self) -> None:
        """Something new everywhere."""
        arash, sara, omid = self.group_world.people
        self.group_world.say(sara, "and on")
        arash.say(omid, "and to you")
        self.group_world.come_to_rest()

    def count(self) -> Counter[str]:
        """What of everything that was acknowledged is lost, doubled or unreadable, at whoever; and alarms."""
        found: Counter[str] = Counter()
        arash = self.group_world.people[0]
        for person in self.group_world.people:
            shown = self.group_world.shown(person)
            self._compare(found, [*POSTED, "and on"], shown)
            found["alarms"] += (
                person.node.ctx.trust.alarm is not None or self.group_world.room(person).row("trouble") is not None
            )
        self._compare(found, [*MAILED, "and to you"], self.omid.shown(arash))
        return found

    def _compare(self, found: Counter[str], wanted: list[str], shown: list[dict[str, Any]]) -> None:
        texts = Counter(message["text"] for message in shown if message["kind"] == "text")
        found["lost"] += sum(text not in texts for text in wanted)
        found["doubled"] += sum(count - 1 for count in texts.values())
        found["unreadable"] += sum(message["kind"] == "unreadable" for message in shown)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    world, (arash, sara, omid) = group_world.world, group_world.people
    for number in range(4):
        group_world.say(group_world.people[number % 2], POSTED[number])
    omid.say(arash, "hello")
    sara.node.profiles.make("Sara", "a line", b"")
    sara.node.profiles.step()
    group_world.come_to_rest()
    omid.stop()
    del world.people["omid"]
    mani = world.sign_up("mani")
    world.settle()
    arash.node.groups.command(group_world.gid, mani.uid, True, "")
    for number in range(4, 8):
        group_world.say(group_world.people[number % 2], POSTED[number])
    for text in MAILED:
        arash.say(omid, text)
    with world.store.transaction() as rows:
        group_store.add_share(rows, group_world.gid, 1, omid.uid, Share(sara.uid, bytes(100)))
        file_store.add(rows, KeptFile(arash.uid, random_id(), 100, None, group_world.gid, 0), world.now)
        gone_store.add(rows, sara.uid, GoneItem("message", omid.uid, random_id(), "old"), 0)
        file_store.take(rows, arash.uid, random_id(), sara.uid)
    world.people["omid"] = omid
    mani.stop()
    del world.people["mani"]
    world.sizes = tmp_path_factory.mktemp("sizes") / "authority.sizes"
    world.restart_authority()
    sizes = world.sizes.read_bytes()
    held = world.store._connection.connection.driver_connection
    image: bytes = held.serialize()  # type: ignore[union-attr]
    return Prepared(group_world, image, sizes, {person.name: copy_of(person) for person in group_world.people})


@pytest.fixture
def path(prepared: Prepared, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "authority.db"
    prepared.close()


def changed(prepared: Prepared, path: Path, table: Table, chance: random.Random) -> bytes:
    """The database with one byte of one value of one row changed, of those that a sum covers."""
    column = chance.choice([*checksums.covered(table), "sum"] if "sum" in table.columns else ["entry", "hash"])
    path.write_bytes(prepared.image)
    with closing(sqlite3.connect(path)) as database:
        where = f'"{column}" IS NOT NULL AND length("{column}") > 0'
        found = database.execute(f'SELECT rowid, "{column}" FROM "{table.name}" WHERE {where}').fetchall()
        if not found:
            return changed(prepared, path, table, chance)
        place, value = chance.choice(found)
        if isinstance(value, int):
            value ^= 1 << chance.randrange(20)
        else:
            raw = bytearray(value if isinstance(value, bytes) else value.encode())
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
            value = bytes(raw) if isinstance(value, bytes) else raw.decode()
        database.execute(f'UPDATE "{table.name}" SET "{column}" = ? WHERE rowid = ?', (value, place))
        database.commit()
    return path.read_bytes()


def test_without_any_change_all_is_there(prepared: Prepared, path: Path) -> None:
    prepared.open(path, prepared.image)
    prepared.go_on()
    assert not +prepared.count() and not prepared.group_world.world.authority.damage.status()


@pytest.mark.parametrize("name", ROWS)
def test_one_byte_of_one_row_stops_one_thing(prepared: Prepared, path: Path, name: str) -> None:
    table, world = TABLES.tables[name], prepared.group_world.world
    prepared.open(path, changed(prepared, path, table, random.Random(name)))
    prepared.go_on()
    found = prepared.count()
    with world.store.reading() as rows:  # what nobody has asked for
        list(checksums.rows_of(rows, table, select(table)))
    named = {line.split()[0] for line in world.authority.damage.status()}
    assert name in named and named <= {name, "pages"} and not +found, (named, found)
    world.sign_up("reza").stop()
    del world.people["reza"]


def test_a_changed_log_is_refused_by_name(prepared: Prepared, path: Path) -> None:
    image = changed(prepared, path, TABLES.tables["entries"], random.Random(9))
    with pytest.raises(Damaged) as reason:
        prepared.open(path, image)
    assert reason.value.code == "database_damaged"
    prepared.open(path, prepared.image)


def test_an_index_that_leads_past_entries_of_a_chain_costs_none(prepared: Prepared, path: Path) -> None:
    path.write_bytes(prepared.image)
    with closing(sqlite3.connect(path)) as database:
        question = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_chain_1'"
        (page,) = database.execute(question).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    at, tried = (page - 1) * size, 0
    while (at := prepared.image.find(prepared.group_world.gid, at, page * size)) > 0:
        image = bytearray(prepared.image)
        image[at + 2] ^= 4
        at += 10
        try:
            prepared.open(path, bytes(image))
            prepared.go_on()
        except Damaged as reason:
            assert reason.code == "database_damaged"
            continue
        assert not +prepared.count()
        tried += 1
        prepared.close()
    assert tried > 2
    prepared.open(path, prepared.image)


def flip(prepared: Prepared, path: Path, bits: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """How starts on so many databases with one bit changed went, and what of what was acknowledged didn't come."""
    chance, starts, sums = random.Random(seed), Counter[str](), Counter[str]()
    for _bit in range(bits):
        image, at = bytearray(prepared.image), chance.randrange(len(prepared.image) * 8)
        image[at // 8] ^= 1 << at % 8
        try:
            prepared.open(path, bytes(image))
            prepared.go_on()
        except Damaged as reason:
            starts[reason.code] += 1
            continue
        except (HamrazError, AssertionError):  # agents ask again and again, and don't come to rest
            trouble = prepared.group_world.world.authority.health.trouble  # a page that nobody had read at the start
            if trouble is None or trouble.code != "database_damaged":
                raise
            starts["database_damaged later"] += 1
            prepared.close()
            continue
        status, found = prepared.group_world.world.authority.damage.status(), +prepared.count()
        starts["named" if status else "no effect"] += 1
        sums += found
        if found:
            print(f"bit {at}: {dict(found)}, {status}")
        prepared.close()
    prepared.open(path, prepared.image)
    return starts, sums


def test_flipped_bits(prepared: Prepared, path: Path) -> None:
    starts, sums = flip(prepared, path, 12, 1)
    assert not sums and sum(starts.values()) == 12, (starts, sums)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_thousand_flipped_bits(prepared: Prepared, path: Path) -> None:
    starts, sums = flip(prepared, path, 1_000, 2)
    print(dict(starts), dict(sums))
    assert not sums, (starts, sums)
