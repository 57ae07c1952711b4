"""What of somebody's went unread (section 8.8): noted as it goes, and told to whoever had left it."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.state.state import State
from authority_server.store import gone as gone_store
from authority_server.store.database import Rows
from protocol.gone_messages import DropGone, FetchGone, Gone, GoneItem
from protocol.messages import Done

KEPT_MS = 365 * 24 * 3600 * 1000  # of running time: who hasn't come by then isn't told
EACH, WHOLE = 10_000, 1_000_000  # items: of one account, and of all; a row has about 200 bytes
TOGETHER = 200  # items in one answer, or forgotten in one job


def fetch_gone(authority: Authority, client: Client, message: FetchGone) -> Gone:
    with authority.store.reading() as rows:
        items, up_to, more = gone_store.items(rows, client.known, TOGETHER)
    return Gone(message.rid, items, up_to, more)


def drop_gone(authority: Authority, client: Client, message: DropGone) -> Write[None]:
    """The client has noted everything up to this place."""
    who = client.known

    def job(state: State, rows: Rows) -> None:
        count = gone_store.count(rows, who, message.up_to)
        if count:
            gone_store.drop(rows, who, message.up_to)
            state.gone.change(who, -count)

    return Write(job, lambda _: Done(message.rid))


def note(state: State, rows: Rows, sender: bytes, item: GoneItem, now: int) -> bool:
    """Whether its sender is to be told: an account that there is, with less than its part of all that is told."""
    user = state.log.users.get(sender)
    if user is None or user.key is None or not state.gone.fits(sender, 1, WHOLE, EACH):
        return False
    gone_store.add(rows, sender, item, now)
    state.gone.change(sender, 1)
    return True


def forget_item(state: State, rows: Rows, sender: bytes, kind: str, recipient: bytes | None, id: bytes) -> None:
    """It is here again."""
    places = gone_store.of_item(rows, sender, kind, recipient, id) if state.gone.of(sender) else []
    if places:
        gone_store.drop_places(rows, places)
        state.gone.change(sender, -len(places))


def forget_old(state: State, rows: Rows, now: int) -> bool:
    """Nobody came in time to be told; whether there may be more of it."""
    found = gone_store.older(rows, now - KEPT_MS, TOGETHER)
    if found:
        gone_store.drop_places(rows, [place for _sender, place in found])
        for sender, _place in found:
            state.gone.change(sender, -1)
    return len(found) == TOGETHER


def forget_of(state: State, rows: Rows, sender: bytes) -> None:
    """Nobody is left to be told."""
    if state.gone.of(sender):
        gone_store.drop(rows, sender, 2**62)
        state.gone.change(sender, -state.gone.of(sender))
