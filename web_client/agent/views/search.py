"""What the page is shown of a search: messages in their context, with what was found in them. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from web_client.agent.views import messages as message_views
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.search import index, normalize
from web_client.search.index import Term, Wanted
from web_client.vault.database import Rows

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

BEFORE, SHOWN = 40, 200  # characters before the first hit, and of all that is shown of a message


def search(session: UserSession, wanted: Wanted, limit: int, before: int | None) -> dict[str, Any]:
    """Hits, the newest first, and whether there are more."""
    while session.ctx.vault.read(index.pending):
        session.ctx.vault.write(index.catch_up)

    def ask(rows: Rows) -> tuple[list[dict[str, Any]], bool]:
        orders = index.find(rows, wanted, before, limit + 1)
        return [_hit(session, rows, wanted.terms, order) for order in orders[:limit]], len(orders) > limit

    hits, more = session.ctx.vault.read(ask)
    for hit in hits:
        message_views.with_seen(session, hit["message"])
    return {"hits": hits, "more": more}


def among(session: UserSession, rows: list[MessageRow], text: str, limit: int, skip: int) -> dict[str, Any]:
    """The same of these messages, in their order; of a text without words all of them."""
    asked = index.terms(text)
    found = [row for row in rows if index.says(index.said(row.kind, row.body, row.words), asked)]

    def ask(rows: Rows) -> list[dict[str, Any]]:
        return [_hit(session, rows, asked, row.ord) for row in found[skip : skip + limit]]

    hits = [hit for hit in session.ctx.vault.read(ask) if hit["message"] is not None]
    for hit in hits:
        message_views.with_seen(session, hit["message"])
    return {"hits": hits, "more": len(found) > skip + limit}


def _hit(session: UserSession, rows: Rows, asked: Sequence[Term], order: int) -> dict[str, Any]:
    row = message_rows.at(rows, order)
    said = "" if row is None else index.said(row.kind, row.body, row.words)
    return {"message": message_views.read(session, rows, order), "parts": parts(said, asked)}


def parts(text: str, asked: Sequence[Term]) -> list[tuple[str, bool]]:
    """A piece of the text around its first hit, cut where hits begin and end."""
    atoms = normalize.atoms(text)
    spans = sorted({span for term in asked for span in term.spans(atoms)})
    start = max(0, (spans[0][0] if spans else 0) - BEFORE)
    if start > 0:
        start = next((atom.start for atom in atoms if atom.start >= start), start)
    end = min(len(text), start + SHOWN)
    found: list[tuple[str, bool]] = [("…", False)] if start > 0 else []
    place = start
    for first, last in spans:
        first, last = max(first, place), min(last, end)
        if first >= last:
            continue
        if first > place:
            found.append((text[place:first], False))
        found.append((text[first:last], True))
        place = last
    rest = text[place:end] + ("…" if end < len(text) else "")
    return [*found, (rest, False)] if rest else found
