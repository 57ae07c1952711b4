"""Marks as decisions over the vault's rows (section 8.10): what a message that is here now changes about others.

Every function runs inside one transaction of the vault; if it raises, nothing has changed. How a message looks is kept
beside it, so that a page of them is read without its marks.
"""

from __future__ import annotations

from typing import Any

import msgspec

from protocol import kinds, marks
from protocol.envelope import INVITATION
from protocol.errors import HamrazError
from protocol.group_entries import MessageEntry, decode_entry, encode_entry, stub_of
from protocol.marks import Effect, Mark
from web_client.account import key_ages
from web_client.account.chat_ids import ChatId
from web_client.messages import answers, outbox_rows, timers
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.search import index
from web_client.vault.database import Rows, value
from web_client.vault.lines import ASIDE, CLEARED, CLEARING, SHOWN

DELETED = "deleted"  # the kind of a chain's entry whose words are gone
SUPERSEDED = 2  # `line` of a mark that later ones of its sender have made idle
# marks of a message by one person: earlier words that can be looked at, and what takes back what somebody may have said
KEPT = {kinds.EDIT: 8, kinds.REACTION: 1, kinds.PIN: kinds.PINS_TAKEN}
ANSWERS_TOLD = 16  # newest answers that a page hears of when what they quote has changed
UNREADABLE, WORDS_GONE = "unreadable", "words_gone"  # of a message that came without its words, and why
UNPLACED = 1 << 62  # after everything that has a place

Looks = tuple[str | None, int | None, int, bytes | None]  # the columns words, edited, deleted, reactions

_encode_json = msgspec.json.Encoder().encode


def about_private(kind: str, body: bytes, sender: bytes) -> dict[str, Any]:
    """`about` of a private message, where an invitation is one, and who asks for one."""
    aside = kind == INVITATION or kinds.asked(kind, body) is not None
    return {"line": ASIDE} if aside else about(kind, body, sender)


def about(kind: str, body: bytes, sender: bytes) -> dict[str, Any]:
    """The columns `line`, `target`, `author` of a message; what has not the form of its kind is a line that says so."""
    try:
        found = kinds.reference(kind, body, sender)
    except HamrazError:
        return {"line": 1}
    columns = {"line": 0 if kind in kinds.MARKS else 1}
    return columns | {"target": found.id, "author": found.author} if found else columns


def settle(rows: Rows, order: int) -> list[int]:
    """Do what a message that has just come, or just opened, means for what is here: the orders of lines that look
    different now, its own among them if it is one.
    """
    row = message_rows.at(rows, order)
    assert row is not None
    if not row.line and _is_of_cleared(rows, row):
        forget_whole(rows, order)
        return []
    if not row.line:
        assert row.author is not None and row.target is not None
        _thin(rows, row, row.author, row.target)
        if row.kind == kinds.PIN:  # nothing of the message but where it stands
            target = message_rows.named(rows, row.chat, row.author, row.target)
            return [target.ord] if target is not None and target.line == SHOWN else []
        return settle_one(rows, row.chat, row.author, row.target)
    settle_one(rows, row.chat, row.sender, row.id)
    return [order, *quoting(rows, row.chat, row.sender, row.id), *answers.answered(rows, row)]


def settle_new(rows: Rows, order: int, row: MessageRow) -> list[int]:
    """The same of a row that has just been put in: mostly nothing has been said of it yet, and one question says so."""
    if row.line and not message_rows.names_spoken_of(rows, row.chat, [(row.sender, row.id)]):
        return [order, *answers.answered(rows, row)]
    return settle(rows, order)


def _is_of_cleared(rows: Rows, mark: MessageRow) -> bool:
    """Whether a mark is of a message that our user has deleted here: it would say again what that was about."""
    target = message_rows.named(rows, mark.chat, mark.author or b"", mark.target or b"")
    return target is not None and target.line in (CLEARED, CLEARING)


def forget_whole(rows: Rows, order: int) -> None:
    """Of a message that our user has deleted for themselves only its place stays; what it takes to send it stays till
    then.
    """
    row = message_rows.at(rows, order)
    assert row is not None
    if outbox_rows.get(rows, order) is not None:
        message_rows.change(rows, order, line=CLEARING)
        return
    words: dict[str, Any] = dict.fromkeys(("envelope", "words", "edited", "retracted", "reactions"))
    if row.chat.peer is not None and timers.read(row) is not None:  # it says nothing but what still counts
        message_rows.change(rows, order, line=CLEARED)
        return
    message_rows.change(rows, order, line=CLEARED, body=b"", raw=b"", lifetime=None, due=None, **words)
    index.forget(rows, order)
    if row.n is not None and row.state != "system":
        cut_entry(rows, row.recipient, row.n)


def _thin(rows: Rows, mark: MessageRow, author: bytes, id: bytes) -> None:
    """Of one person's marks of a message only the last ones are kept and looked at again: what has no effect any more
    costs the next one nothing, however many there were. What has yet to be sent keeps its words.
    """
    if mark.kind == kinds.DELETE:
        forget_edits(rows, mark.chat, author, id, SUPERSEDED)
        return
    every = marks_of(rows, mark.chat, author, id)
    found = [row for row in every if row.kind == mark.kind and row.sender == mark.sender]
    if len(found) <= KEPT[mark.kind]:
        return
    placed = sorted(zip(_places(rows, found), found, strict=True), key=lambda pair: pair[0])
    telling = [row.ord for _place, row in placed if row.kind != kinds.REACTION or _says(row)]
    kept = {*telling[-KEPT[mark.kind] :]}
    if mark.kind == kinds.PIN:
        kept |= _holding([row for _place, row in placed][::-1], every, kept)
    for row in [row for row in found if row.ord not in kept]:
        if outbox_rows.get(rows, row.ord) is None:
            message_rows.change(rows, row.ord, line=SUPERSEDED, body=b"", raw=b"", envelope=None)


def _holding(own: list[MessageRow], every: list[MessageRow], kept: set[int]) -> set[int]:
    """Of one person's older pins, the last one first, those that take back what somebody else has said: without them it
    would stand again. Never more than there are of the others'.
    """
    others = {(row.sender, row.id) for row in every if row.kind == kinds.PIN and row.sender != own[0].sender}
    found: set[int] = set()
    for row in own:
        body = kinds.decode_body(row.kind, row.body) if row.body else None
        taken = others.intersection(body.off) if isinstance(body, kinds.Pin) else set()
        if taken or row.ord in kept:
            found.add(row.ord)
        others -= taken
    return found


def _says(row: MessageRow) -> bool:
    """Whether a reaction has an effect at all: one that was taken away says that there is none."""
    if row.retracted is not None:
        return True
    try:
        decoded = kinds.decode_body(row.kind, row.body)
    except HamrazError:
        return False
    return isinstance(decoded, kinds.Reaction) and (not decoded.emoji or kinds.is_emoji(decoded.emoji))


def marks_of(rows: Rows, chat: ChatId, author: bytes, id: bytes, line: int = 0) -> list[MessageRow]:
    """The marks of a message that count, or those that are idle."""
    where = "author = ? AND target = ? AND chat = ? AND line = ? ORDER BY ord"
    return message_rows.select(rows, where, author, id, chat, line)


def effect_of(rows: Rows, chat: ChatId, author: bytes, id: bytes) -> Effect:
    """What the marks that are here make of a message."""
    return marks.effect(author, _read(rows, marks_of(rows, chat, author, id)))


def looks(row: MessageRow) -> Looks:
    """How a message is shown, by its row."""
    return row.words, row.edited, row.deleted, row.reactions


def looks_of(effect: Effect | None) -> Looks:
    """How a message with this effect is to be shown."""
    if effect is None:
        return None, None, 0, None
    return effect.words, effect.edited, int(effect.deleted), _reactions(effect)


def settle_one(rows: Rows, chat: ChatId, author: bytes, id: bytes, emptied: bool = False) -> list[int]:
    """Bring one message to what all its marks here say: its order and those of what quotes it, if it has changed.

    `emptied`: a mark of it has ceased to count, and may have been the last one.
    """
    found = marks_of(rows, chat, author, id)
    if not found and not emptied:
        return []
    effect = marks.effect(author, _read(rows, found))
    target = message_rows.named(rows, chat, author, id)
    retracted = target is not None and target.retracted is not None
    if effect.deleted or retracted:
        forget_edits(rows, chat, author, id, 0)
    if target is None or not target.line or retracted or target.line in (CLEARED, CLEARING):
        return []  # what was taken away stays so, whatever comes after
    # of a message whose words had gone before it came, it can still be said that its author took them back
    gone = target.kind == UNREADABLE and target.why == WORDS_GONE and effect.deleted
    if target.kind not in kinds.WRITTEN and not gone:
        return []
    order, now = target.ord, looks_of(effect)
    if now == looks(target):
        return []
    words, edited, deleted, reactions = now
    message_rows.change(rows, order, words=words, edited=edited, deleted=deleted, reactions=reactions)
    if effect.deleted:
        forget_words(rows, order)
    spoken = words != target.words or deleted != target.deleted
    if spoken:
        index.renew(rows, order)
    told = answers.answered(rows, target) if deleted != target.deleted else []
    return [order, *(quoting(rows, chat, author, id) if spoken else []), *told]


def _read(rows: Rows, found: list[MessageRow]) -> list[Mark]:
    """The marks in the rows. What was deleted with its target has no body any more, and no effect either; a reaction
    that was taken away is one without an emoji.
    """
    read = []
    for place, row in zip(_places(rows, found), found, strict=True):
        if row.kind == kinds.REACTION and row.retracted is not None:
            read.append(Mark(row.sender, place, row.time, kinds.Reaction(b"", b"", "")))
        elif row.body:
            decoded = kinds.decode_body(row.kind, row.body)
            assert isinstance(decoded, kinds.Body)
            read.append(Mark(row.sender, place, row.time, decoded))
    return read


def _places(rows: Rows, found: list[MessageRow]) -> list[tuple[int, int]]:
    """Where each of these marks stands among all that its sender has written there."""
    placed = {row.key for row in found if row.sequence and row.n is None}
    rank = key_ages.of(rows, placed) if len(placed) > 1 else dict.fromkeys(placed, 0)
    places = []
    for row in found:
        if row.n is not None:
            places.append((0, row.n))
        elif row.sequence:
            places.append((rank[row.key], row.sequence))
        else:
            places.append((UNPLACED, row.ord))  # of a group, and not posted yet
    return places


def _reactions(effect: Effect) -> bytes | None:
    if not effect.reactions:
        return None
    return _encode_json([[emoji, [uid.hex() for uid in people]] for emoji, people in effect.reactions])


def quoting(rows: Rows, chat: ChatId, author: bytes, id: bytes) -> list[int]:
    """The orders of the newest replies to a message."""
    query = (
        "SELECT ord FROM messages WHERE author = ? AND target = ? AND chat = ? AND line = 1 ORDER BY ord DESC LIMIT ?"
    )
    return [row[0] for row in rows.execute(query, (author, id, chat, ANSWERS_TOLD))][::-1]


def forget_words(rows: Rows, order: int) -> None:
    """Take a deleted message's words out of the vault, in every form; those that it takes to send it stay till then."""
    row, waits = message_rows.at(rows, order), outbox_rows.get(rows, order)
    assert row is not None
    # a group's message is encrypted anew from its body when the group changes before it is posted
    if waits is None or row.chat.gid is None:
        message_rows.change(rows, order, body=b"", words=None)
    # a private one is its exact bytes, which a resend repeats
    if waits is None or row.chat.peer is None:
        message_rows.change(rows, order, raw=b"", envelope=None)
    if row.n is not None:
        cut_entry(rows, row.recipient, row.n)


def cut_entry(rows: Rows, gid: bytes, n: int) -> None:
    """Replace an entry of a group's chain by what stays of it."""
    place = "WHERE gid = ? AND n = ? AND kind = 'message'"
    raw = value(rows, f"SELECT entry FROM group_entries {place}", gid, n)
    if raw is None:
        return
    entry = decode_entry(raw)
    assert isinstance(entry, MessageEntry)
    stub = encode_entry(stub_of(entry, raw))
    rows.execute(f"UPDATE group_entries SET kind = '{DELETED}', entry = ? {place}", (stub, gid, n))


def forget_edits(rows: Rows, chat: ChatId, author: bytes, id: bytes, line: int) -> None:
    """What a message's edits say leaves the vault as well: those that count, or those that are idle."""
    for mark in marks_of(rows, chat, author, id, line):
        if mark.kind == kinds.EDIT:
            forget_words(rows, mark.ord)


def forget_sent(rows: Rows, row: MessageRow) -> None:
    """This needs not be sent any more: if it was deleted meanwhile, or edits something that was, its words go."""
    if row.line == CLEARING:
        forget_whole(rows, row.ord)
        return
    about = marks_of(rows, row.chat, row.author or b"", row.target or b"") if row.kind == kinds.EDIT else []
    if row.deleted or any(mark.kind == kinds.DELETE for mark in about):
        forget_words(rows, row.ord)
