"""What the page is shown of messages: Message of docs/agent-api.md, made from rows. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from protocol import kinds
from protocol.envelope import DELIVERED, INVITATION, READ
from protocol.errors import HamrazError
from protocol.files import FILE, VOICE
from web_client.account import bounds
from web_client.account.chat_ids import ChatId
from web_client.agent.views import files as file_views
from web_client.agent.views import groups as group_views
from web_client.groups import retraction
from web_client.groups.rows import STORED
from web_client.groups.system_messages import of_timer, system
from web_client.messages import answers, backup_rows, chats, ids, mentions
from web_client.messages import rows as message_rows
from web_client.messages.hidden import beginning
from web_client.messages.ids import LAST
from web_client.messages.outgoing import IMPORT
from web_client.messages.pins import Pinned
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN

if TYPE_CHECKING:
    from web_client.agent.session import UserSession

QUOTED = 200  # characters of a message that are shown above an answer to it


def message(session: UserSession, order: int) -> dict[str, Any] | None:
    """Message, by its order; None if there is no line at this place (any more)."""
    found = session.ctx.vault.read(lambda rows: read(session, rows, order))
    return with_seen(session, found) if found else None


def read(session: UserSession, rows: Rows, order: int) -> dict[str, Any] | None:
    """The same, within a reading of the vault, and without what others have seen of it."""
    row = message_rows.at(rows, order)
    return view(session, rows, row) if row is not None and row.line == SHOWN else None


def history(
    session: UserSession,
    chat: ChatId,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
    around: int | None = None,
    at: int | None = None,
) -> dict[str, Any]:
    """A stretch of a conversation, oldest first, and what there is beyond its ends.

    At most one of `before` and `after`, which are positions, `around`, an order, and `at`, a time in ms.
    """

    def ask(rows: Rows) -> dict[str, Any]:
        place = None
        if around is not None:
            row = message_rows.line(rows, chat, around)
            place = around if row is None else row.position  # of one that has gone: where it was
            below = chats.beyond(rows, chat, place + 1, limit - limit // 2, up=False)
            found = below[::-1] + chats.beyond(rows, chat, place, limit // 2, up=True)
        elif at is not None:
            first = chats.first_at(rows, chat, at, bounds.LATEST)
            found = [] if first is None else chats.beyond(rows, chat, first - 1, limit, up=True)
        elif after is not None:
            found = chats.beyond(rows, chat, after, limit, up=True)
        else:
            found = chats.beyond(rows, chat, before if before is not None else LAST, limit, up=False)[::-1]
        low, high = (found[0].position, found[-1].position) if found else _nowhere(before, after, place)
        older, newer = (
            bool(chats.beyond(rows, chat, low, 1, up=False)),
            bool(chats.beyond(rows, chat, high, 1, up=True)),
        )
        more = (older or newer) if around is not None else newer if after is not None or at is not None else older
        return {"messages": [view(session, rows, one) for one in found], "more": more, "older": older, "newer": newer}

    page = session.ctx.vault.read(ask)
    for one in page["messages"]:
        with_seen(session, one)
    return page


THREAD = 300  # messages of one that are shown


def thread(session: UserSession, chat: ChatId, order: int) -> dict[str, Any]:
    """`thread` of docs/agent-api.md: a message and all that answers it."""

    def ask(rows: Rows) -> list[dict[str, Any]]:
        return [view(session, rows, row) for row in answers.thread(rows, chat, order, THREAD + 1)]

    shown = session.ctx.vault.read(ask)
    return {"messages": [with_seen(session, one) for one in shown[:THREAD]], "more": len(shown) > THREAD}


def _nowhere(before: int | None, after: int | None, around: int | None) -> tuple[int, int]:
    """The edges of an empty stretch."""
    if after is not None:
        return after + 1, after
    if before is not None:
        return before, before - 1
    return (around, around) if around is not None else (LAST, LAST)


def with_seen(session: UserSession, shown: dict[str, Any]) -> dict[str, Any]:
    """One's own message with what others have said of having it: who tells nothing of reading is told nothing."""
    if shown["mine"] and "proof" in shown and shown["state"] in (STORED, DELIVERED, READ):
        shown["seen"] = group_views.seen(session, shown["chat"], shown["proof"]["n"])
    if shown["state"] == READ and not session.ctx.settings.read_receipts:
        shown["state"] = DELIVERED
    return shown


def waiting(session: UserSession, limit: int) -> dict[str, Any]:
    """One's own messages that have not gone out yet, the oldest first, and whether there are more."""

    def ask(rows: Rows) -> list[dict[str, Any]]:
        return [view(session, rows, row) for row in message_rows.waiting(rows, limit + 1)]

    shown = session.ctx.vault.read(ask)
    return {"messages": shown[:limit], "more": len(shown) > limit}


def _gap(rows: Rows, row: MessageRow) -> bool:
    """True while the message right before this one is missing."""
    if row.sequence <= 1 or row.chat.gid is not None:  # a group's chain has no gaps
        return False
    return message_rows.in_sequence(rows, row.sender, row.recipient, row.key, row.sequence - 1) is None


def view(session: UserSession, rows: Rows, row: MessageRow) -> dict[str, Any]:
    """Message, of a line's row, without what others have seen of it."""
    shown: dict[str, Any] = {
        "id": ids.shown(rows, session.ctx.me.uid, row),
        "chat": row.chat,
        "order": row.ord,
        "position": row.position,
        "from": row.sender.hex(),
        "mine": row.sender == session.ctx.me.uid,
        "time": bounds.moment(row.time),
        "kind": row.kind,
        "text": "",
        "mention": None,
        "keyword": None,
        "starred": session.stars.has(row),
        "state": row.state,
        "why": row.why,
        "gap": _gap(rows, row),
        "reply": None if row.deleted else _quote(session, rows, row),
        "edited": None if row.edited is None else bounds.moment(row.edited) or 0,
        "deleted": bool(row.deleted),
        "retracted": None if row.retracted is None else _taken(session, row.retracted),
        "reactions": _reactions(row.reactions),
        "answers": answers.count(rows, row),
        "answered": None,
        "file": None,
        "imported": row.sealed == IMPORT,
        "lifetime": row.lifetime,
        "goes": session.fading.goes(row),
        "unsure": backup_rows.is_unsure(rows, session.ctx.me.uid, row.chat, row.sender, row.id),
    }
    if shown["answers"]:
        shown["answered"] = _answered(rows, row)
    if row.n is not None:
        shown["proof"] = {"n": row.n, "epoch": bounds.whole(row.epoch or 0)}
    shown |= _content(row)
    if shown["text"]:
        shown["mention"] = mentions.of(session.ctx, row, shown["text"])
        shown["keyword"] = mentions.keyword(session.ctx, row, shown["text"])
    if shown.get("system", {}).get("what") == "removed" and session.blocked.has(row.sender):
        shown["system"]["reason"] = ""  # what was done is everybody's, what was said of it is theirs
    if shown["kind"] == FILE:
        shown["file"] = file_views.shown(session, rows, row)
    return shown


def _answered(rows: Rows, row: MessageRow) -> dict[str, Any] | None:
    """When it was answered last, and by whom."""
    if (found := answers.latest(rows, row)) is None:
        return None
    time, senders = found
    return {"time": bounds.moment(time), "from": [one.hex() for one in senders]}


def _content(row: MessageRow) -> dict[str, Any]:
    """What a message says: its kind as the page knows it, and what belongs to that kind."""
    kind, body, state, why, words = row.kind, row.body, row.state, row.why, row.words
    if row.deleted:
        return {"kind": "deleted"}
    if kind in kinds.WRITTEN:
        try:
            text = kinds.words(kind, body)
        except HamrazError as reason:
            return {"kind": "unreadable", "why": reason.code}
        shown = {kinds.REPLY: "text", VOICE: FILE}.get(kind, kind)
        return {"kind": shown, "text": text if words is None else words}
    if kind == INVITATION and row.chat.peer is not None:
        return {"kind": "unreadable", "why": why or "bad_certificate"}  # one that holds is no line
    # this one is the agent's own words: a sender's message that calls itself so is of an unknown kind
    if kind == "system" and state == "system":
        return {"system": msgspec.structs.asdict(system(body))}
    if (told := of_timer(row)) is not None:
        return {"kind": "system", "system": msgspec.structs.asdict(told)}
    if kind == "unreadable" and why is not None:
        return {}
    known = kind in kinds.MARKS or (kind in (kinds.ASK, kinds.TIMER) and row.chat.peer is not None)
    return {"kind": "unreadable", "why": "bad_statement" if known else "unknown_kind"}


def _quote(session: UserSession, rows: Rows, answer: MessageRow) -> dict[str, Any] | None:
    """The message that a reply answers, as it is now; `missing` if it isn't in this conversation."""
    id, author = answer.target, answer.author
    if id is None or author is None:
        return None
    shown: dict[str, Any] = {"id": id.hex(), "from": author.hex(), "order": None, "kind": None, "text": ""}
    shown["blocked"] = answer.chat.gid is not None and session.blocked.has(author)
    if shown["blocked"]:
        return shown | {"missing": False}
    row = message_rows.named(rows, answer.chat, author, id)
    if row is None or row.line != SHOWN:
        return shown | {"missing": True}
    content = _content(row)
    text = beginning(content.get("text", ""), QUOTED)
    shown["id"] = ids.shown(rows, session.ctx.me.uid, row)
    return shown | {"order": row.ord, "kind": _kind(row, content), "text": text, "missing": False}


def _kind(row: MessageRow, content: dict[str, Any]) -> str:
    """What a message is in a few words: there, what somebody has spoken isn't just a file."""
    kind: str = content.get("kind", row.kind)
    return VOICE if row.kind == VOICE and kind == FILE else kind


def pinned(one: Pinned) -> dict[str, Any]:
    """What stands over a conversation, in short."""
    content = _content(one.row)
    text = beginning(content.get("text", ""), QUOTED)
    return {
        "order": one.row.ord, "from": one.row.sender.hex(), "kind": _kind(one.row, content), "text": text,
        "by": one.by.hex(),
    }  # fmt: skip


def _taken(session: UserSession, kept: bytes) -> dict[str, Any]:
    """Who took a message away, and why, if that may be shown."""
    found = retraction.taken(kept)
    hidden = session.blocked.has(bytes.fromhex(found.by))
    return {"by": found.by, "reason": "" if hidden else found.reason or ""}


COLOURED = "\ufe0f"


def _reactions(kept: bytes | None) -> list[dict[str, Any]]:
    if kept is None:
        return []
    shown: dict[str, dict[str, Any]] = {}
    for emoji, people in msgspec.json.decode(kept):
        # with or without the mark that asks for colours it is one sign, shown with it if somebody wrote it
        one = shown.setdefault(emoji.replace(COLOURED, ""), {"emoji": emoji, "from": []})
        one["from"] += people
        one["emoji"] = max(one["emoji"], emoji, key=len)
    return list(shown.values())
