"""What is too old goes (sections 8.8 and 8.9): counted in the time that this authority has run, and told to senders."""

from __future__ import annotations

import contextlib
from typing import Any

from authority_server.core.authority import Authority
from authority_server.core.fair_queue import OURS
from authority_server.core.running_time import KEPT_EVERY
from authority_server.handlers import files, gone, mailbox
from authority_server.state.state import RUNNING, State
from authority_server.store import files as file_store
from authority_server.store import mail as mail_store
from authority_server.store.chunk_place import Name
from authority_server.store.database import Rows
from protocol.errors import HamrazError
from protocol.files import count_of
from protocol.gone_messages import GoneItem, NewGone
from protocol.messages import encode

AT_ONCE = 1_000  # items that one job lets go, so that nobody's write waits long behind it


def look(authority: Authority) -> None:
    """Count the time, keep it, and let go what is too old by it. Called now and then, never under `lock`."""
    running = authority.running
    running.look()
    if not running.is_due:
        return
    now = running.total
    running.kept(now)

    def done(outcome: Any) -> None:
        if isinstance(outcome, Exception):
            return
        senders, names, more = outcome
        authority.drop_chunks(names)
        authority.online.push(senders, encode(NewGone()))
        if more:
            running.kept(now - KEPT_EVERY)  # the next look goes on

    authority.run_write(lambda state, rows: let_go(state, rows, now), done, OURS, 1)


def keep(authority: Authority) -> None:
    """At the end: what has passed since the last minute counts too."""
    authority.running.look()
    now = authority.running.total
    with contextlib.suppress(HamrazError):
        authority.write_now(lambda state, rows: state.save_setting(rows, RUNNING, now.to_bytes(8)))


def let_go(state: State, rows: Rows, now: int) -> tuple[set[bytes], list[Name], bool]:
    """(whose senders are to be told, whose chunks are to go, whether there may be more)."""
    state.save_setting(rows, RUNNING, now.to_bytes(8))
    old = mail_store.oldest(rows, now - mailbox.KEPT_MS, AT_ONCE)
    senders, owners = mailbox.lose(state, rows, old, "old", now) if old else set[bytes](), set[bytes]()
    lapsed = file_store.older(rows, now - files.KEPT_MS, AT_ONCE)
    for file in lapsed:
        if file.have == count_of(file.size) and not file.is_backup:
            item = GoneItem("file", file.reader, file.id, "old")
            if gone.note(state, rows, file.owner, item, now):
                owners.add(file.owner)
    if owners - senders:  # who isn't told by that
        state.tell(b"", owners - senders, NewGone())
    names = files.forget(state, rows, lapsed)
    more = gone.forget_old(state, rows, now)
    return senders | owners, names, more or AT_ONCE in (len(old), len(lapsed))
