"""What vouches for a message: signature, hash, place and receipts, verified again from the stored bytes (section 8).

Nothing that was found out when it came is believed: who changes a row of the vault is noticed here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from protocol import envelope, kinds
from protocol.envelope import DELIVERED, FIRST, LISTENED, READ
from protocol.errors import Forged, HamrazError, Refused
from protocol.groups import Group
from protocol.marks import Effect
from protocol.primitives import VerifyKey
from protocol.statements import Envelope, Receipt, Signed, check, decode_strict
from web_client.account import bounds
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.groups import read_positions
from web_client.messages import amendments
from web_client.messages import rows as message_rows
from web_client.messages.ids import LAST
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.verify import groups as group_proof
from web_client.verify.groups import ALTERED

Replayed = Callable[[bytes], Group | None]  # a group as our copy of its chain has it
WAITS = "waiting"  # of a group, and not in its chain yet
NO_WORDS = "deleted"  # the bytes that were signed are gone with the words


def details(ctx: AccountContext, replayed: Replayed, rows: Rows, chat: ChatId, order: int) -> dict[str, Any]:
    """Details of docs/agent-api.md; `no_such_message`."""
    row = message_rows.line(rows, chat, order)
    if row is None:
        raise Refused("no_such_message", field="order")
    marks = amendments.marks_of(rows, chat, row.sender, row.id)
    key, entry = _signer(ctx, rows, row)
    user = ctx.trust.user(row.sender)
    why = _verify(ctx, rows, row, marks)
    return {
        "signed_by": row.sender.hex(),
        "key": key.fingerprint().hex() if key else None,
        "key_entry": entry,
        "key_current": key is not None and user is not None and user.key == key,
        "time": bounds.moment(row.time),
        "received": row.came,
        "sequence": bounds.whole(row.sequence) if row.sequence > 0 else None,
        "place": {"n": row.n, "epoch": row.epoch} if row.n is not None else None,
        "previous": row.previous.hex(),
        "hash": row.hash.hex(),
        "sealed": "epoch" if row.chat.gid else row.sealed,
        "verified": why is None,
        "why": why,
        "receipts": _group_receipts(ctx, replayed, rows, row) if row.chat.gid else _receipts(ctx, row),
        "edits": _edits(row, marks),
    }


def _signer(ctx: AccountContext, rows: Rows, row: MessageRow) -> tuple[VerifyKey | None, int | None]:
    """The key that has signed this, as the log has it, and the log entry that made it count."""
    user = ctx.trust.user(row.sender)
    if user is None:
        return None, None
    if row.chat.gid and row.n is None:
        listed: VerifyKey | None = ctx.me.key.public
    else:
        listed = group_proof.signer(ctx, rows, row) if row.chat.gid else None
    wanted = listed.raw if listed is not None else row.key
    found = [(key, index) for index, key, _why, _by in user.keys if key is not None and key.raw == wanted]
    return found[0] if found else (None, None)


# --- does it hold? ---


def _verify(ctx: AccountContext, rows: Rows, row: MessageRow, marks: list[MessageRow]) -> str | None:
    """Why this message, as it is shown, doesn't hold; None if all of it does."""
    why = _verify_one(ctx, rows, row)
    if why is not None:
        return why
    for mark in marks:
        wrong = _verify_one(ctx, rows, mark)
        if wrong not in (None, WAITS) and not (row.deleted and wrong == NO_WORDS):
            return wrong
    effect = None
    if row.retracted is not None:
        effect = Effect(deleted=True)  # whatever its marks say
    elif row.kind in kinds.WRITTEN or row.deleted:
        effect = amendments.effect_of(rows, row.chat, row.sender, row.id)
    return None if amendments.looks_of(effect) == amendments.looks(row) else ALTERED


def _verify_one(ctx: AccountContext, rows: Rows, row: MessageRow) -> str | None:
    if row.chat.gid:
        return WAITS if row.n is None else group_proof.verify(ctx, rows, row)
    if row.chat.peer == ctx.me.uid:
        return WAITS  # a note to oneself, which nobody signs
    try:
        return _verify_private(ctx, rows, row)
    except HamrazError as reason:
        return reason.code


def _verify_private(ctx: AccountContext, rows: Rows, row: MessageRow) -> str | None:
    if row.why is not None and not row.hash:
        return str(row.why)  # it could not be read when it came: there is nothing that could be verified
    key, _entry = _signer(ctx, rows, row)
    if key is None:
        return "bad_signature"
    _check_neighbours(rows, row)
    if row.sender == ctx.me.uid:
        _check_receipt(ctx, row)
    if not row.raw:
        return NO_WORDS
    if row.sender != ctx.me.uid:
        signed = check(decode_strict(row.envelope or b"", Signed), Envelope, key, ctx.authority_id)
        if signed.message != row.raw:
            return ALTERED
    if envelope.message_hash(row.raw) != row.hash:
        raise Forged("chain_broken")
    said = envelope.decode_message(row.raw)
    told = (said.sender, said.recipient, said.sequence, said.previous, said.id, said.time, said.kind, said.body)
    kept = (row.sender, row.recipient, row.sequence, row.previous, row.id, row.time, row.kind, row.body)
    return None if told == kept or (row.deleted and told[:-1] == kept[:-1]) else ALTERED


def _check_neighbours(rows: Rows, row: MessageRow) -> None:
    """The messages before and after it in its sender's row, where they are here, say the same."""

    before, _there, after = message_rows.around(rows, row.sender, row.recipient, row.key, row.sequence)
    if (
        (row.sequence == 1 and row.previous != FIRST)
        or (before is not None and before.hash != row.previous)
        or (after is not None and after.previous != row.hash)
    ):
        raise Forged("chain_broken")


def _check_receipt(ctx: AccountContext, row: MessageRow) -> None:
    """What the other has signed of one's own message is what is shown of it."""
    if row.receipt is None:
        if row.state in (DELIVERED, READ):
            raise Forged("bad_receipt")
        return
    reader = ctx.trust.user(row.recipient)
    signed = decode_strict(row.receipt, Signed)
    for _index, key, _why, _by in reader.keys if reader else ():
        try:
            told = check(signed, Receipt, key, ctx.authority_id) if key is not None else None
        except Forged:
            continue
        wanted = (row.recipient, row.sender, row.id, row.hash, row.state)
        if told and (told.sender, told.recipient, told.message_id, told.message_hash, told.what) == wanted:
            return
    raise Forged("bad_receipt")


# --- what else there is to tell ---


def _receipts(ctx: AccountContext, row: MessageRow) -> list[dict[str, Any]]:
    """What the other has signed about one's own message, or oneself about theirs, and when."""
    if row.sender != ctx.me.uid:
        return [{"uid": ctx.me.uid.hex(), "what": DELIVERED, "time": row.came}] if row.receipt else []
    read, heard = (row.seen, row.listened) if ctx.settings.read_receipts else (None, None)
    times = ((DELIVERED, row.delivered), (READ, read), (LISTENED, heard))
    return [{"uid": row.recipient.hex(), "what": what, "time": time} for what, time in times if time is not None]


def _group_receipts(ctx: AccountContext, replayed: Replayed, rows: Rows, row: MessageRow) -> list[dict[str, Any]]:
    """What the members have said of having one's own message."""
    group = replayed(row.recipient)
    if row.n is None or row.sender != ctx.me.uid or group is None:
        return []
    told = read_positions.receipts(rows, group, ctx.me.uid, row.n)
    if ctx.settings.read_receipts:
        return told
    return [one | {"what": DELIVERED} for one in told]


def _edits(row: MessageRow, marks: list[MessageRow]) -> list[dict[str, Any]]:
    """Every form that the words have had, if they were changed and are still here; the first one first."""
    edits = [mark for mark in marks if mark.kind == kinds.EDIT and mark.body]
    if row.deleted or not edits:
        return []
    placed = sorted(edits, key=lambda mark: (mark.n if mark.n is not None else LAST, mark.sequence, mark.ord))
    said = [(one.time, kinds.shown_words(one.kind, one.body)) for one in (row, *placed)]
    return [{"time": bounds.moment(time), "text": text} for time, text in said if text is not None]
