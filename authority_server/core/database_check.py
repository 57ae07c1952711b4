"""One look over the whole database after each start, beside everything else: what it finds against itself is named,
and indexes that lead astray are made anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.fair_queue import OURS
from authority_server.state.state import State
from authority_server.store.database import Rows
from transport import threads

log = logging.getLogger("hamraz.authority")

MOST = 20  # findings: of more, these are enough to look at the disk


def start(authority: Authority, offload: Callable[..., Any]) -> None:
    threads.spawn("look over", look_over, authority.troubles, authority, offload)


def look_over(authority: Authority, offload: Callable[..., Any]) -> None:
    """Name what is wrong with the database as a whole; rows are checked when they are read. Blocks for long.

    A row that no index leads to would be served to nobody, without anybody noticing.
    """
    wrong: list[str] = offload(authority.store.findings, MOST)
    for line in wrong:
        authority.damage.note("pages", line[:120])
    if wrong and all("index" in line for line in wrong):
        authority.run_write(_make_anew, _made, OURS, 1)


def _make_anew(state: State, rows: Rows) -> None:
    rows.rebuild_indexes()


def _made(outcome: object) -> None:
    if not isinstance(outcome, Exception):
        log.warning("the database's indexes were made anew")
