"""Vaults for tests, and one in memory as it is now, to be put back later: what a restored copy of a folder is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import Person
from web_client.vault.database import Rows, Vault


def here(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a vault is given for its long calls, where nobody else has to go on meanwhile."""
    return function(*arguments)


def contents(person: Person) -> Callable[[Rows], None]:
    """What fills another vault with all of this one but the search's index, which makes itself anew."""

    def tables(rows: Rows) -> dict[str, list[Any]]:
        names = [
            name
            for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            if not name.startswith(("search", "sqlite"))
        ]
        # what is written, and at last how far SQLite has counted
        columns = {name: [row[1] for row in rows.execute(f"PRAGMA table_info({name})")] for name in names}
        columns["sqlite_sequence"] = ["name", "seq"]
        return {
            f"{name} ({', '.join(own)})": rows.execute(f"SELECT {', '.join(own)} FROM {name}").fetchall()
            for name, own in columns.items()
        }

    kept = person.vault.read(tables)

    def fill(rows: Rows) -> None:
        for name, found in kept.items():
            rows.execute(f"DELETE FROM {name.partition(' ')[0]}")
            for row in found:
                rows.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", tuple(row))

    return fill


def copy_of(person: Person) -> Vault:
    """Another vault in memory with the same in it."""
    copy = Vault.in_memory(lambda rows: None)
    copy.write(contents(person))
    return copy


def put_back(person: Person, vault: Vault) -> None:
    """The agent ends, and comes up on the older vault; not connected yet."""
    person.vault = vault
    person.restart(connect=False)
