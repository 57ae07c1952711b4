"""The directory (section 8 of docs/protocol.md): who is where.

Answers are signed over the asker's nonce; presence records are the users' own.
"""

from __future__ import annotations

import ipaddress
import unicodedata

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.state.state import State
from authority_server.store.database import Account, Rows
from protocol.errors import Forged, Refused
from protocol.messages import ChangePresence, Done, Find, Found, ShowPresence, Watch, Watching
from protocol.primitives import VerifyKey
from protocol.statements import FoundUser, Presence, Signed, check, decode_strict, issue


def find(authority: Authority, client: Client, message: Find) -> Found:
    """Sign who has this name: key and its log entry, and where the agent listens; `unknown_user`."""
    state, size = authority.state, authority.published.size
    user = state.log.by_name(unicodedata.normalize("NFC", message.name))
    # what the open batch has appended is not durable yet, and not shown
    entry, key = next(((n, key) for n, key, _, _ in reversed(user.keys) if n < size), (0, None)) if user else (0, None)
    if user is None or key is None:
        raise Refused("unknown_user", field="name", name=message.name)
    online = authority.online.has(user.uid)
    # a record by a key that isn't durable yet, and not shown, would belong to nobody
    presence = state.accounts[user.uid].presence if key == user.key else None
    seen = _seen(authority, client, user.uid, presence)
    found = FoundUser(message.nonce, user.name, user.uid, key.raw, entry, online, presence, seen)
    return Found(message.rid, issue(found, authority.key, authority.id))


def _seen(authority: Authority, asker: Client, uid: bytes, presence: Signed | None) -> str | None:
    """Where that agent's connection comes from, to who may dial it only because it is seen there: the record names it
    too, or the asker comes from there as well. Nobody else learns from where somebody is connected.
    """
    remote = authority.online.remote(uid)
    if remote is None or presence is None:
        return None
    there = bare(remote)
    named = [bare(host) for host in decode_strict(presence.body, Presence).hosts]
    return there if there in named or there == bare(asker.remote) else None


def bare(host: str) -> str:
    """An address as it is written everywhere: without a zone, and IPv4 as IPv4. Anything else is left as it is."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def watch(authority: Authority, client: Client, message: Watch) -> Watching:
    """Push PRESENT about these from now on; the answer says who of them is online."""
    authority.online.watch(client, frozenset(message.uids))
    return Watching(message.rid, [uid for uid in message.uids if uid in client.watched and authority.online.shows(uid)])


def show_presence(authority: Authority, client: Client, message: ShowPresence) -> Done:
    """Tell others that the client is here from now on, or not; who isn't shown doesn't see either (section 8.12)."""
    authority.online.show(client, message.shown)
    return Done(message.rid)


def change_presence(authority: Authority, client: Client, message: ChangePresence) -> Write[None]:
    """Replace the client's presence record by a newer one."""
    assert client.uid is not None
    key = authority.state.log.users[client.uid].key
    if key is None:
        raise Refused("revoked")
    presence = check_presence(authority, client.uid, key, message.presence)

    def job(state: State, rows: Rows) -> None:
        if state.log.users[presence.uid].key != key:
            raise Forged("bad_signature")  # changed meanwhile
        save_presence(state, rows, message.presence, presence)

    return Write(job, lambda _: Done(message.rid), weight=1)  # a row


def check_presence(authority: Authority, uid: bytes, key: VerifyKey, signed: Signed) -> Presence:
    """That user's newest record, or `bad_signature`, `bad_statement`, `wrong_recipient`, `stale_presence`."""
    presence = check(signed, Presence, key, authority.id)
    if presence.uid != uid:
        raise Forged("wrong_recipient")
    check_newer(authority.state.accounts[uid], signed, presence.sequence)
    return presence


def save_presence(state: State, rows: Rows, signed: Signed, presence: Presence) -> None:
    """Write a checked record, unless a newer one came first (`stale_presence`)."""
    account = state.accounts[presence.uid]
    check_newer(account, signed, presence.sequence)
    state.save_presence(rows, presence.uid, signed, presence.sequence)


def check_newer(account: Account, signed: Signed, sequence: int) -> None:
    """`stale_presence` if a newer one came before."""
    if account.presence is not None and sequence <= account.sequence and signed != account.presence:
        raise Refused("stale_presence", n=account.sequence)
