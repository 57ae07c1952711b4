"""A sum in each row that no hash or chain covers: what a bad disk has changed is told apart from what was written.

It stands against accidents, not against whoever can write the database. Every column is covered but those that are
`loose` (they decide nothing that anybody is served).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import Column, LargeBinary, Row, Select, Table

from protocol.primitives import digest

if TYPE_CHECKING:
    from authority_server.store.database import Rows

LOOSE = {"loose": True}  # `info` of a column that isn't covered
SIZE = 8  # bytes: one changed row in 2^64 would pass

_encode = msgspec.msgpack.Encoder().encode


def column() -> Column[bytes]:
    """The sum, which `Rows.keep` fills in."""
    return Column("sum", LargeBinary, nullable=False)


def sum_of(table: Table, values: Mapping[str, Any]) -> bytes:
    """The sum of a row with these values by column's name; what is missing is NULL."""
    return sum_over(table.name, [values.get(column) for column in covered(table)])


def sum_over(table: str, values: Sequence[Any]) -> bytes:
    """The same of the values of the covered columns, in their order."""
    return digest(b"row", table.encode().ljust(32), _encode(values))[:SIZE]


@cache
def _values(table: Table) -> Callable[[Row[Any]], Sequence[Any]]:
    """How to take the covered values out of a whole row; every table has some."""
    places = [place for place, column in enumerate(table.columns) if column.name in covered(table)]
    return itemgetter(*places)


@cache
def _place_of_sum(table: Table) -> int:
    return list(table.columns).index(table.columns["sum"])


@cache
def covered(table: Table) -> list[str]:
    """The names of the columns that its rows' sums cover."""
    return [column.name for column in table.columns if column.name != "sum" and not column.info.get("loose")]


def holds(table: Table, row: Row[Any]) -> bool:
    """Whether this row, all of its columns, is what was written."""
    try:
        return bool(row[_place_of_sum(table)] == sum_over(table.name, _values(table)(row)))
    except (TypeError, ValueError, OverflowError, msgspec.MsgspecError):  # a value of no type that anybody has written
        return False


def rows_of(
    rows: Rows, table: Table, wanted: Select[Any], about: str = "", values: dict[str, Any] | None = None
) -> Iterator[Row[Any]]:
    """Those of these rows (whole ones: `select(table)`) that hold; the others are named to whoever runs it."""
    return only_whole(rows, table, rows.ask(wanted, values), about)


def only_whole(rows: Rows, table: Table, found: Iterable[Row[Any]], about: str = "") -> Iterator[Row[Any]]:
    for row in found:
        if holds(table, row):
            yield row
        else:
            rows.report(table.name, about or name_of(table, row))


def name_of(table: Table, row: Row[Any]) -> str:
    """How a row is named to people: by the beginning of its key."""
    parts = [row._mapping[column.name] for column in table.primary_key]
    return " ".join(part.hex()[:8] if isinstance(part, bytes) else str(part)[:16] for part in parts)
