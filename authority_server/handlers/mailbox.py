"""Mailboxes (section 8): what is sealed to somebody who is away waits here, and only they take it out."""

from __future__ import annotations

import contextlib
from typing import Any, Literal

import msgspec

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.fair_queue import OURS
from authority_server.handlers import gone
from authority_server.state.state import State
from authority_server.store import mail as mail_store
from authority_server.store.database import Rows
from protocol.errors import Refused
from protocol.gone_messages import GoneItem, NewGone
from protocol.messages import Deposit, Done, DropMail, FetchMail, Mail, NewMail, encode

Why = Literal["old", "damaged"]

KEPT_MS = 60 * 24 * 3600 * 1000  # of running time; the last-resort prekeys that it is sealed to are kept for longer
ANSWER_BYTES = 512 * 1024


def deposit(authority: Authority, client: Client, message: Deposit) -> Write[None]:
    """Keep an item; the same one again is answered the same. `unknown_user`, `mailbox_full`."""
    sender, item = client.known, message.item
    user = authority.user(item.peer)
    if user is None or user.key is None:
        raise Refused("unknown_user", name="")
    authority.require_room()
    now, name, space = authority.running.total, user.name, authority.mail_space

    def job(state: State, rows: Rows) -> None:
        if mail_store.size_of(rows, item.peer, sender, item.id) is not None:
            return
        if not state.mail.fits(item.peer, sender, len(item.sealed), space):
            raise Refused("mailbox_full", name=name)
        mail_store.add(rows, item.peer, sender, item, now)
        state.mail.add(item.peer, sender, len(item.sealed))
        if item.kind == "message":
            gone.forget_item(state, rows, sender, "message", item.peer, item.id)
        state.tell(b"", [item.peer], NewMail())

    def answer(_: None) -> Done:
        authority.online.push([item.peer], encode(NewMail()))
        return Done(message.rid)

    return Write(job, answer)


def fetch_mail(authority: Authority, client: Client, message: FetchMail) -> Mail:
    with authority.store.reading() as rows:
        found, more, broken = mail_store.items(rows, client.known, ANSWER_BYTES)
    if broken:
        now = authority.running.total

        def done(outcome: Any) -> None:
            if not isinstance(outcome, Exception):
                authority.online.push(outcome, encode(NewGone()))

        authority.run_write(lambda state, rows: lose(state, rows, broken, "damaged", now), done, OURS, 1)
    return Mail(message.rid, found, more)


def drop_mail(authority: Authority, client: Client, message: DropMail) -> Write[None]:
    """Forget what the client has stored; what isn't there (any more) is forgotten already."""
    owner = client.known

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


def lose(state: State, rows: Rows, places: list[int], why: Why, now: int) -> set[bytes]:
    """What stands in these places goes unread; who is to be told."""
    told = set()
    for row, holds in mail_store.messages(rows, places):
        with contextlib.suppress(msgspec.ValidationError):  # a damaged row may say anything
            item = msgspec.convert(("message", row.recipient, row.id, why if holds else "damaged"), GoneItem)
            if gone.note(state, rows, row.sender, item, now):
                told.add(row.sender)
    forget(state, rows, mail_store.at(places))
    if told:
        state.tell(b"", told, NewGone())
    return told


def forget(state: State, rows: Rows, which: mail_store.Which) -> None:
    """Some of what waits goes."""
    found = mail_store.waiting(rows, which)
    for recipient, sender, count, size in found:
        state.mail.remove(recipient, sender, count, size)
    if found:
        mail_store.drop_all(rows, which)
