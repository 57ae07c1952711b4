"""A commit whose answer was lost on its way from the database: what it has done turns out when everything is loaded
again, and everybody is told as if it had been answered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from authority_server.state.groups import Fresh
from authority_server.state.published import News, PublishedGroup
from authority_server.state.state import State
from authority_server.store import groups as group_store
from authority_server.store.database import Store
from protocol.errors import Damaged

PART = 1 << 20  # bytes of entries that are read at once


def news_of(store: Store, told: Mapping[bytes, PublishedGroup], now: Mapping[bytes, PublishedGroup]) -> list[News]:
    """What groups have that nobody was told of. By the writer, outside of its transactions."""
    news = []
    for gid, group in now.items():
        before = told.get(gid)
        known = before.n if before is not None else 0
        if group.n > known:
            fresh = Fresh(moved=True)
            if before is not None:
                fresh.removed = set((before.listed | before.joined) - group.listed)
            with contextlib.suppress(Damaged), store.transaction() as rows:  # who finds a gap asks for it
                while known < group.n:
                    part = group_store.entries(rows, gid, known, group.n, PART)
                    fresh.entries += enumerate(part, known + 1)
                    known += len(part)
            news.append(News(gid, fresh, group))
    return news


def ended(before: State, now: State) -> set[bytes]:
    """Whose key counts no more."""
    known = before.log.users
    return {uid for uid, user in list(now.log.users.items()) if uid in known and known[uid].key != user.key}
