"""Marks as decisions over the vault's rows (section 8.10): what a message that is here now changes about others.

Every function runs inside one transaction of the vault; if it raises, nothing has changed. How a message looks is kept
beside it, so that a page of them is read without its marks.
"""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import kinds, marks
from protocol.errors import HamrazError
from protocol.group_entries import MessageEntry, decode_entry, encode_entry, stub_of
from protocol.marks import Effect, Mark
from web_client.account import key_ages
from web_client.messages import ids
from web_client.search import index
from web_client.vault.database import Rows

DELETED = "deleted"  # the kind of a chain's entry whose words are gone
SUPERSEDED = 2  # `line` of a mark that later ones of its sender have made idle
KEPT = {kinds.EDIT: 8, kinds.REACTION: 1}  # marks of a message by one person: earlier words that can be looked at
ANSWERS_TOLD = 16  # newest answers that a page hears of when what they quote has changed
UNREADABLE, WORDS_GONE = "unreadable", "words_gone"  # of a message that came without its words, and why
UNPLACED = 1 << 62  # after everything that has a place

_encode_json = msgspec.json.Encoder().encode


def about(kind: str, body: bytes, sender: bytes) -> tuple[int, bytes | None, bytes | None]:
    """The columns (line, target, author) of a message; what has not the form of its kind is a line that says so."""
    try:
        found = kinds.reference(kind, body, sender)
    except HamrazError:
        return 1, None, None
    line = 0 if kind in kinds.MARKS else 1
    return (line, found.id, found.author) if found else (line, None, None)


def settle(rows: Rows, order: int) -> list[int]:
    """Do what a message that has just come, or just opened, means for what is here: the orders of lines that look
    different now, its own among them if it is one.
    """
    query = "SELECT line, chat, sender, id, target, author, kind FROM messages WHERE ord = ?"
    line, chat, sender, id, target, author, kind = rows.execute(query, (order,)).fetchone()
    if not line:
        _thin(rows, chat, bytes(author), bytes(target), bytes(sender), kind)
        return _settle(rows, chat, bytes(author), bytes(target))
    _settle(rows, chat, bytes(sender), bytes(id))
    return [order, *quoting(rows, chat, bytes(sender), bytes(id))]


def _thin(rows: Rows, chat: str, author: bytes, id: bytes, sender: bytes, kind: str) -> None:
    """Of one person's marks of a message only the last ones are kept and looked at again: what has no effect any more
    costs the next one nothing, however many there were. What has yet to be sent keeps its words.
    """
    if kind == kinds.DELETE:
        forget_edits(rows, chat, author, id, SUPERSEDED)
        return
    found = [row for row in _marks(rows, chat, author, id) if row[2] == kind and bytes(row[1]) == sender]
    if len(found) <= KEPT[kind]:
        return
    placed = sorted(zip(_places(rows, found), found, strict=True), key=lambda pair: pair[0])
    telling = [row for _place, row in placed if kind != kinds.REACTION or _says(row)]
    for row in [row for row in found if row not in telling[-KEPT[kind] :]]:
        waits = "SELECT (SELECT 1 FROM outbox WHERE ord = ?1) OR (SELECT 1 FROM group_outbox WHERE ord = ?1)"
        if not rows.execute(waits, (row[0],)).fetchone()[0]:
            change = "UPDATE messages SET line = ?, body = x'', raw = x'', envelope = NULL WHERE ord = ?"
            rows.execute(change, (SUPERSEDED, row[0]))


def _says(row: Any) -> bool:
    """Whether a reaction has an effect at all: one that was taken away says that there is none."""
    if row[8] is not None:
        return True
    try:
        decoded = kinds.decode_body(row[2], bytes(row[3]))
    except HamrazError:
        return False
    return isinstance(decoded, kinds.Reaction) and (not decoded.emoji or kinds.is_emoji(decoded.emoji))


def _marks(rows: Rows, chat: str, author: bytes, id: bytes) -> list[Any]:
    found = rows.execute(
        "SELECT ord, sender, kind, body, key, sequence, n, time, retracted FROM messages "
        "WHERE author = ? AND target = ? AND chat = ? AND line = 0 ORDER BY ord",
        (author, id, chat),
    )
    return list(found.fetchall())


def effect_of(rows: Rows, chat: str, author: bytes, id: bytes) -> Effect:
    """What the marks that are here make of a message."""
    return marks.effect(author, _read(rows, _marks(rows, chat, author, id)))


def looks_of(effect: Effect | None) -> tuple[str | None, int | None, int, bytes | None]:
    """The columns (words, edited, deleted, reactions) of a message with this effect."""
    if effect is None:
        return None, None, 0, None
    return effect.words, effect.edited, int(effect.deleted), _reactions(effect)


def settle_again(rows: Rows, chat: str, author: bytes, id: bytes) -> list[int]:
    """The same after a mark of this message has ceased to count: the orders of lines that look different now."""
    return _settle(rows, chat, author, id, emptied=True)


def _settle(rows: Rows, chat: str, author: bytes, id: bytes, emptied: bool = False) -> list[int]:
    """Bring one message to what all its marks here say: its order and those of what quotes it, if it has changed."""
    found = _marks(rows, chat, author, id)
    if not found and not emptied:
        return []
    effect = marks.effect(author, _read(rows, found))
    target = rows.execute(
        "SELECT ord, kind, line, words, edited, deleted, reactions, why, retracted FROM messages "
        "WHERE id = ? AND sender = ? AND chat = ?",
        (id, author, chat),
    ).fetchone()
    retracted = target is not None and target[8] is not None
    if effect.deleted or retracted:
        forget_edits(rows, chat, author, id, 0)
    if target is None or not target[2] or retracted:
        return []  # what was taken away stays so, whatever comes after
    # of a message whose words had gone before it came, it can still be said that its author took them back
    gone = target[1] == UNREADABLE and target[7] == WORDS_GONE and effect.deleted
    if target[1] not in kinds.WRITTEN and not gone:
        return []
    order, was, now = target[0], target[3:7], looks_of(effect)
    if now == (*was[:3], bytes(was[3]) if was[3] is not None else None):
        return []
    rows.execute("UPDATE messages SET words = ?, edited = ?, deleted = ?, reactions = ? WHERE ord = ?", (*now, order))
    if effect.deleted:
        forget_words(rows, order)
    spoken = now[0] != was[0] or now[2] != was[2]
    if spoken:
        index.renew(rows, order)
    return [order, *(quoting(rows, chat, author, id) if spoken else [])]


def _read(rows: Rows, found: list[Any]) -> list[Mark]:
    """The marks in the rows. What was deleted with its target has no body any more, and no effect either; a reaction
    that was taken away is one without an emoji.
    """
    read = []
    for place, row in zip(_places(rows, found), found, strict=True):
        _order, sender, kind, body, _key, _sequence, _n, time, retracted = row
        if kind == kinds.REACTION and retracted is not None:
            read.append(Mark(bytes(sender), place, time, kinds.Reaction(b"", b"", "")))
        elif body:
            decoded = kinds.decode_body(kind, bytes(body))
            assert isinstance(decoded, kinds.Body)
            read.append(Mark(bytes(sender), place, time, decoded))
    return read


def _places(rows: Rows, found: list[Any]) -> list[tuple[int, int]]:
    """Where each of these marks stands among all that its sender has written there."""
    placed = {bytes(row[4]) for row in found if row[5] and row[6] is None}
    rank = key_ages.of(rows, placed) if len(placed) > 1 else dict.fromkeys(placed, 0)
    places = []
    for order, _sender, _kind, _body, key, sequence, n, _time, _retracted in found:
        if n is not None:
            places.append((0, n))
        elif sequence:
            places.append((rank[bytes(key)], sequence))
        else:
            places.append((UNPLACED, order))  # of a group, and not posted yet
    return places


def _reactions(effect: Effect) -> bytes | None:
    if not effect.reactions:
        return None
    return _encode_json([[emoji, [uid.hex() for uid in people]] for emoji, people in effect.reactions])


def quoting(rows: Rows, chat: str, author: bytes, id: bytes) -> list[int]:
    """The orders of the newest replies to a message."""
    query = (
        "SELECT ord FROM messages WHERE author = ? AND target = ? AND chat = ? AND line = 1 ORDER BY ord DESC LIMIT ?"
    )
    return [row[0] for row in rows.execute(query, (author, id, chat, ANSWERS_TOLD))][::-1]


def forget_words(rows: Rows, order: int) -> None:
    """Take a deleted message's words out of the vault, in every form; those that it takes to send it stay till then."""
    gid, n, waits, posts = rows.execute(
        "SELECT recipient, n, (SELECT 1 FROM outbox o WHERE o.ord = m.ord), "
        "(SELECT 1 FROM group_outbox o WHERE o.ord = m.ord) FROM messages m WHERE ord = ?",
        (order,),
    ).fetchone()
    if not posts:  # a group's message is encrypted anew from its body when the group changes before it is posted
        rows.execute("UPDATE messages SET body = x'', words = NULL WHERE ord = ?", (order,))
    if not waits:  # a private one is its exact bytes, which a resend repeats
        rows.execute("UPDATE messages SET raw = x'', envelope = NULL WHERE ord = ?", (order,))
    if n is not None:
        cut_entry(rows, bytes(gid), n)


def cut_entry(rows: Rows, gid: bytes, n: int) -> None:
    """Replace an entry of a group's chain by what stays of it."""
    place = "WHERE gid = ? AND n = ? AND kind = 'message'"
    row = rows.execute(f"SELECT entry FROM group_entries {place}", (gid, n)).fetchone()
    if row is None:
        return
    entry = decode_entry(bytes(row[0]))
    assert isinstance(entry, MessageEntry)
    stub = encode_entry(stub_of(entry, bytes(row[0])))
    rows.execute(f"UPDATE group_entries SET kind = '{DELETED}', entry = ? {place}", (stub, gid, n))


def forget_edits(rows: Rows, chat: str, author: bytes, id: bytes, line: int) -> None:
    """What a message's edits say leaves the vault as well: those that count, or those that are idle."""
    edits = "SELECT ord FROM messages WHERE author = ? AND target = ? AND chat = ? AND line = ? AND kind = ?"
    for (order,) in rows.execute(edits, (author, id, chat, line, kinds.EDIT)).fetchall():
        forget_words(rows, order)


def forget_sent(rows: Rows, order: int) -> None:
    """This needs not be sent any more: if it was deleted meanwhile, or edits something that was, its words go."""
    (gone,) = rows.execute(
        "SELECT m.deleted OR (m.kind = 'edit' AND EXISTS (SELECT 1 FROM messages d WHERE d.author = m.author AND "
        "d.target = m.target AND d.chat = m.chat AND d.kind = 'delete' AND d.line = 0)) FROM messages m WHERE ord = ?",
        (order,),
    ).fetchone()
    if gone:
        forget_words(rows, order)


def lines(rows: Rows, me: bytes, orders: list[int]) -> dict[int, tuple[bool, str, str, bool]]:
    """(whether it is a line, chat, its name for clients, whether it was deleted) of each of these messages that is
    still here.
    """
    found = {}
    for order in orders:
        row = rows.execute("SELECT line, chat, sender, id, deleted FROM messages WHERE ord = ?", (order,)).fetchone()
        if row is not None:
            name = ids.shown(rows, me, row[1], bytes(row[2]), bytes(row[3]), order)
            found[order] = (row[0] == 1, row[1], name, bool(row[4]))
    return found
