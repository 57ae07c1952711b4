"""Looks for words in every table of a vault, so that what is said to be gone can be shown to be gone."""

from __future__ import annotations

from tests.world import Person
from web_client.vault.database import Rows


def places_of(person: Person, words: str) -> set[str]:
    """The tables' columns in which these words stand, in any row."""
    wanted = words.encode()

    def ask(rows: Rows) -> set[str]:
        found = set()
        tables = [row[0] for row in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            cursor = rows.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in cursor.description]
            for row in cursor:
                for name, value in zip(names, row, strict=True):
                    data = value.encode() if isinstance(value, str) else value
                    if isinstance(data, bytes) and wanted in data:
                        found.add(f"{table}.{name}")
        return found

    return person.vault.read(ask)
