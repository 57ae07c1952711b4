"""Mailboxes (section 8): what is sealed to somebody who is away waits here, and only they take it out."""

from __future__ import annotations

from authority_server import mail_store
from authority_server.authority import Authority, Write
from authority_server.caller import Caller
from authority_server.state import State
from authority_server.store import Rows
from protocol.errors import Refused
from protocol.messages import Deposit, Done, DropMail, FetchMail, Mail, NewMail, encode

# of one sender in one mailbox: nobody can fill it for the others
ITEMS_EACH, BYTES_EACH = 200, 8 * 1024 * 1024
KEPT_MS = 30 * 24 * 3600 * 1000  # as long as the last-resort prekeys that it is sealed to are kept
ANSWER_BYTES = 512 * 1024


def deposit(authority: Authority, caller: Caller, message: Deposit) -> Write[None]:
    """Keep an item; the same one again is answered the same. `unknown_user`, `mailbox_full`."""
    sender, item = caller.known, message.item
    user = authority.user(item.peer)
    if user is None or user.key is None:
        raise Refused("unknown_user", name="")
    now, name = authority.clock(), user.name

    def job(state: State, rows: Rows) -> None:
        if mail_store.has(rows, item.peer, sender, item.id):
            return
        count, size = mail_store.held(rows, item.peer, sender, now - KEPT_MS)
        if count >= ITEMS_EACH or size + len(item.sealed) > BYTES_EACH:
            raise Refused("mailbox_full", name=name)
        mail_store.drop_older(rows, now - KEPT_MS)
        mail_store.add(rows, item.peer, sender, item, now)

    def answer(_: None) -> Done:
        owner = authority.online.occupant(item.peer)
        if owner is not None and owner.ready:
            owner.push(encode(NewMail()))
        return Done(message.rid)

    return Write(job, answer)


def fetch_mail(authority: Authority, caller: Caller, message: FetchMail) -> Mail:
    with authority.store.reading() as rows:
        found, more = mail_store.items(rows, caller.known, ANSWER_BYTES)
    return Mail(message.rid, found, more)


def drop_mail(authority: Authority, caller: Caller, message: DropMail) -> Write[None]:
    """Forget what the caller has stored; what isn't there (any more) is forgotten already."""
    owner = caller.known

    def job(state: State, rows: Rows) -> None:
        mail_store.drop(rows, owner, message.items)

    return Write(job, lambda _: Done(message.rid))
