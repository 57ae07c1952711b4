"""What networks in memory are spared changes nothing that they are shown."""

from __future__ import annotations

import gc
import itertools

import pytest

from protocol.errors import Forged
from protocol.primitives import OpenKey, SigningKey, VerifyKey
from tests import spared
from tests.world import World
from web_client.vault.database import Rows, Vault

HELD = VerifyKey.holds, SigningKey.sign, OpenKey.generate  # when nothing is spared


def contents(rows: Rows) -> dict[str, list[tuple[object, ...]]]:
    names = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: rows.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}


def test_an_emptied_vault_is_as_a_new_one() -> None:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    arash.write(sara, "words that are searched")
    world.settle()
    database, found = arash.vault._database, contents(Vault.in_memory(lambda rows: None)._database)
    assert contents(database)["messages"] and contents(database)["sqlite_sequence"]
    assert spared.is_emptied(database)
    emptied = contents(database)
    for name in ("search_data", "search_idx"):  # how the words of no message lie there is the index's own affair
        del emptied[name], found[name]
    assert emptied == found
    database.execute("INSERT INTO search (rowid, words) VALUES (1, 'other')")
    assert database.execute("SELECT rowid FROM search WHERE search MATCH 'other'").fetchall() == [(1,)]
    assert database.execute("SELECT rowid FROM search WHERE search MATCH 'words'").fetchall() == []
    assert database.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_vault_that_was_spoilt_is_not_used_again() -> None:
    for spoil in ("DROP TABLE outbox", "PRAGMA user_version = 3", "BEGIN"):
        database = Vault.in_memory(lambda rows: None)._database
        database.execute(spoil)
        assert not spared.is_emptied(database), spoil
    database = Vault.in_memory(lambda rows: None)._database
    database.close()
    assert not spared.is_emptied(database)


def test_a_database_that_somebody_still_has_is_nobody_elses() -> None:
    gc.collect()
    spared._left.clear()
    first, second = spared.vault(lambda rows: None), spared.vault(lambda rows: None)
    kept = first._database
    del first, second
    gc.collect()
    assert len(spared._left) == 1 and spared._left[0] is not kept


def test_only_a_signature_that_was_made_here_is_taken_unseen() -> None:
    World()
    key = SigningKey.generate()
    assert VerifyKey.holds is not HELD[0]
    signature = key.sign(b"about", bytes(32), b"body")
    key.public.verify(b"about", bytes(32), b"body", signature)
    other = signature[:-1] + bytes([signature[-1] ^ 1])
    for who, body, said in (
        (key, b"body", bytes(64)),
        (key, b"body", other),
        (key, b"other", signature),
        (SigningKey.generate(), b"body", signature),
    ):
        with pytest.raises(Forged):
            who.public.verify(b"about", bytes(32), body, said)


def test_who_has_no_network_is_spared_nothing() -> None:
    """The test before this one had one."""
    assert (VerifyKey.holds, SigningKey.sign, OpenKey.generate) == HELD


def test_keys_come_again_only_after_thousands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spared, "PREKEYS", 8)
    monkeypatch.setattr(spared, "_prekeys", [])
    monkeypatch.setattr(spared, "_next", itertools.count())
    World()
    keys = [OpenKey.generate().public.raw for _ in range(24)]
    assert len(set(keys)) == 8
    for at in range(16):
        assert len(set(keys[at : at + 8])) == 8
