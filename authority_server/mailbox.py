"""Mailboxes (section 8): what is sealed to somebody who is away waits here, and only they take it out."""

from __future__ import annotations

import contextlib

from sqlalchemy import ColumnElement

from authority_server import mail_store
from authority_server.authority import Authority, Write
from authority_server.caller import Caller
from authority_server.fair_queue import OURS
from authority_server.state import State
from authority_server.store import Rows
from protocol.errors import HamrazError, Refused
from protocol.messages import Deposit, Done, DropMail, FetchMail, Mail, NewMail, encode

KEPT_MS = 30 * 24 * 3600 * 1000  # as long as the last-resort prekeys that it is sealed to are kept
ANSWER_BYTES = 512 * 1024


def deposit(authority: Authority, caller: Caller, message: Deposit) -> Write[None]:
    """Keep an item; the same one again is answered the same. `unknown_user`, `mailbox_full`."""
    sender, item = caller.known, message.item
    user = authority.user(item.peer)
    if user is None or user.key is None:
        raise Refused("unknown_user", name="")
    authority.require_room()
    now, name, space = authority.clock(), user.name, authority.mail_space

    def job(state: State, rows: Rows) -> None:
        if mail_store.size_of(rows, item.peer, sender, item.id) is not None:
            return
        forget(state, rows, mail_store.older(now - KEPT_MS))
        if not state.mail.fits(item.peer, sender, len(item.sealed), space):
            raise Refused("mailbox_full", name=name)
        mail_store.add(rows, item.peer, sender, item, now)
        state.mail.add(item.peer, sender, len(item.sealed))

    def answer(_: None) -> Done:
        owner = authority.online.occupant(item.peer)
        if owner is not None and owner.ready:
            owner.push(encode(NewMail()))
        return Done(message.rid)

    return Write(job, answer)


def fetch_mail(authority: Authority, caller: Caller, message: FetchMail) -> Mail:
    with authority.store.reading() as rows:
        found, more, broken = mail_store.items(rows, caller.known, ANSWER_BYTES)
    if broken:
        with contextlib.suppress(HamrazError):  # a full queue: they are left out the next time, too
            authority.run_write(
                lambda state, rows: forget(state, rows, mail_store.at(broken)), lambda outcome: None, OURS, 1
            )
    return Mail(message.rid, found, more)


def _drop_broken(places: list[int], state: State, rows: Rows) -> None:
    forget(state, rows, mail_store.at(places))


def drop_mail(authority: Authority, caller: Caller, message: DropMail) -> Write[None]:
    """Forget what the caller has stored; what isn't there (any more) is forgotten already."""
    owner = caller.known

    def job(state: State, rows: Rows) -> None:
        there = []
        for sender, id in dict.fromkeys(message.items):
            size = mail_store.size_of(rows, owner, sender, id)
            if size is not None:
                there.append((sender, id))
                state.mail.remove(owner, sender, 1, size)
        if there:
            mail_store.drop(rows, owner, there)

    return Write(job, lambda _: Done(message.rid))


def forget(state: State, rows: Rows, which: ColumnElement[bool]) -> None:
    """Some of what waits goes."""
    found = mail_store.waiting(rows, which)
    for recipient, sender, count, size in found:
        state.mail.remove(recipient, sender, count, size)
    if found:
        mail_store.drop_all(rows, which)
