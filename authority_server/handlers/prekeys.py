"""Last-resort prekeys (section 8.8): published by their owners, fetched by whoever seals something to them."""

from __future__ import annotations

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.state.state import State
from authority_server.store import prekeys
from authority_server.store.database import Rows
from protocol.errors import Forged, Refused
from protocol.messages import Done, FetchPrekeys, LastResorts, PublishPrekey
from protocol.statements import Prekey, check, decode_strict


def publish(authority: Authority, client: Client, message: PublishPrekey) -> Write[None]:
    """Replace the client's last-resort prekey by a newer one; `prekey_stale` for an older one."""
    uid = client.known
    key = authority.state.log.users[uid].key
    if key is None:
        raise Refused("revoked")
    prekey = check(message.prekey, Prekey, key, authority.id)
    if prekey.uid != uid or prekey.sequence == 0:
        raise Forged("prekey_invalid")

    def job(state: State, rows: Rows) -> None:
        before = prekeys.of(rows, [uid]).get(uid)
        if before == message.prekey:
            return
        known = decode_strict(before.body, Prekey).sequence if before is not None else 0
        if prekey.sequence <= known:
            raise Refused("prekey_stale", n=known)
        prekeys.save(rows, uid, message.prekey)

    return Write(job, lambda _: Done(message.rid))


def fetch(authority: Authority, client: Client, message: FetchPrekeys) -> LastResorts:
    with authority.store.reading() as rows:
        known = prekeys.of(rows, message.uids)
    return LastResorts(message.rid, [known.get(uid) for uid in message.uids])
