"""Vaults of every format that ever was: each opens in today's code with what it holds, whole or not at all, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlcipher3

from web_client import schema, vault, vault_key
from web_client.schema import APPLICATION_ID, FORMAT
from web_client.vault import Vault

FORMATS = Path(__file__).parent / "formats"
PASSWORD = "a long enough passphrase 1404"


def here(function: Any, *arguments: Any) -> Any:
    return function(*arguments)


@pytest.fixture(autouse=True)
def cheap_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost is measured elsewhere; here it would only be waited for."""
    monkeypatch.setattr(vault_key, "MEMORY_KIB", 64)
    monkeypatch.setattr(vault_key, "PASSES", 1)


def lay(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault as the code of this format made it, with a conversation that was read to 7."""
    tables = (FORMATS / f"{number}.sql").read_text(encoding="utf-8").split("\n", 1)[1]
    with monkeypatch.context() as then:
        then.setattr(vault, "SCHEMA", tables)
        then.setattr(vault, "FORMAT", number)
        Vault.create(folder, PASSWORD, fill, here).close()


def fill(rows: Any) -> None:
    rows.execute("INSERT INTO chats (chat, read_ord) VALUES ('p:00', 7)")


def shape(opened: Vault) -> dict[str, Any]:
    """Every table's columns and every other object's words, whatever order they were added in."""

    def ask(rows: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind, name, sql in rows.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
            columns = [tuple(row)[1:] for row in rows.execute(f"PRAGMA table_xinfo({name})")]
            found[name] = sorted(map(str, columns)) if kind == "table" else (sql or "").split()
        return found

    return opened.read(ask)


def version(opened: Vault) -> tuple[int, int]:
    return opened.read(
        lambda rows: tuple(rows.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    )


def test_every_format_but_today_s_is_kept_here() -> None:
    assert {path.stem for path in FORMATS.iterdir()} == {str(number) for number in range(1, FORMAT)}
    assert set(schema.UPGRADES) == set(range(1, FORMAT))


@pytest.mark.parametrize("number", range(1, FORMAT))
def test_an_older_vault_opens_and_has_what_a_new_one_has(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    lay(old, number, monkeypatch)
    fresh = Vault.create(new, PASSWORD, lambda rows: None, here)
    for _start in range(2):
        opened = Vault.open(old, PASSWORD, here)
        assert version(opened) == (APPLICATION_ID, FORMAT)
        assert shape(opened) == shape(fresh)
        assert opened.read(lambda rows: rows.execute("SELECT chat, read_ord FROM chats").fetchall()) == [("p:00", 7)]
        opened.close()
    fresh.close()


def test_an_upgrade_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, 1, monkeypatch)
    broken = {**schema.UPGRADES, 1: schema.UPGRADES[1] + ";ALTER TABLE nowhere ADD COLUMN x"}
    with monkeypatch.context() as then:
        then.setattr(vault, "UPGRADES", broken)
        with pytest.raises(sqlcipher3.OperationalError):
            Vault.open(tmp_path, PASSWORD, here)
        then.setattr(vault, "FORMAT", 1)
        opened = Vault.open(tmp_path, PASSWORD, here)
        assert version(opened) == (APPLICATION_ID, 1)
        assert "pinned" not in str(shape(opened)["chats"])
        opened.close()
    Vault.open(tmp_path, PASSWORD, here).close()
