"""Agents' backups (section 8.14): of each account the newest two that are whole, and one on its way. They are sealed:
nobody here reads them, and who finds them again proves it by the recovery key alone.
"""

from __future__ import annotations

import logging

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.handlers import files
from authority_server.handlers.files import MIB, SPARE
from authority_server.handlers.log import live
from authority_server.state.state import State
from authority_server.store import files as file_store
from authority_server.store.chunk_place import Name
from authority_server.store.database import Rows
from authority_server.store.files import KeptFile
from protocol.backup_messages import BACKUP_LIMIT
from protocol.errors import HamrazError, Refused, Unreachable
from protocol.files import count_of
from protocol.log import recovery_hash
from protocol.messages import (
    BackupIs,
    Done,
    DropBackups,
    FindBackup,
    KeepBackup,
    KeptBackup,
    OfferBackup,
)
from protocol.primitives import VerifyKey
from protocol.statements import PROOF_BACKUP

KEPT = 2  # whole ones: the newest may turn out to be of no use

log = logging.getLogger("hamraz.authority")


def offer_backup(authority: Authority, client: Client, message: OfferBackup) -> Write[tuple[int, list[Name]]]:
    """Begin a backup, or say how far it is. `file_too_big`, `quota_full`, `stale` for another one under this id.

    Another one on its way is given up, and the older of two whole ones if there would be no room else.
    """
    owner, now = client.known, authority.clock()
    if message.size > BACKUP_LIMIT:
        raise Refused("file_too_big", limit=BACKUP_LIMIT // MIB)
    room = authority.chunks.room() - SPARE

    def job(state: State, rows: Rows) -> tuple[int, list[Name]]:
        live(state, owner)
        known = file_store.one(rows, owner, message.id, 0)
        if known is not None:
            if (known.size, known.head) != (message.size, message.head):
                raise Refused("stale")
            return known.have, []
        here = file_store.backups(rows, owner)
        gone = files.forget(state, rows, [one for one in here if not one.kept])
        whole, cost = [one for one in here if one.kept], file_store.cost(count_of(message.size))
        if len(whole) == KEPT and not _fits(authority, state, owner, cost):
            gone += files.forget(state, rows, whole[1:])
        if cost > room or not _fits(authority, state, owner, cost):
            raise Refused("quota_full")
        file_store.add(rows, KeptFile(owner, message.id, message.size, None, None, 0, message.head), now)
        state.backups.change(owner, file_store.cost(0))
        return 0, gone

    return Write(job, lambda outcome: files.answer_offer(authority, message.rid, outcome))


def keep_backup(authority: Authority, client: Client, message: KeepBackup) -> Write[list[Name]]:
    """All of its chunks are here: it counts from now on. `file_gone`, `file_not_yet`."""
    owner = client.known

    def job(state: State, rows: Rows) -> list[Name]:
        here = file_store.backups(rows, owner)
        file = next((one for one in here if one.id == message.id), None)
        if file is None:
            raise Refused("file_gone")
        if file.have < count_of(file.size):
            raise Unreachable("file_not_yet")
        if file.kept:
            return []  # the answer was lost on its way
        file_store.keep(rows, file, here[0].kept + 1)
        return files.forget(state, rows, [one for one in here if one.kept][KEPT - 1 :])

    return Write(job, lambda gone: _dropped(authority, message.rid, gone))


def drop_backups(authority: Authority, client: Client, message: DropBackups) -> Write[list[Name]]:
    """Forget all of the client's."""
    owner = client.known
    return Write(lambda state, rows: forget(state, rows, owner), lambda gone: _dropped(authority, message.rid, gone))


def _dropped(authority: Authority, rid: int, gone: list[Name]) -> Done:
    authority.drop_chunks(gone)
    return Done(rid)


def forget(state: State, rows: Rows, owner: bytes) -> list[Name]:
    """Nobody can open this account's any more, or nobody may: their names."""
    return files.forget(state, rows, file_store.backups(rows, owner))


def find_backup(authority: Authority, client: Client, message: FindBackup) -> BackupIs:
    """What is here of the account whose recovery key this is. Who doesn't have it learns nothing: `bad_proof`."""
    key = VerifyKey(message.recovery_key)
    hash = recovery_hash(authority.id, key)
    try:
        client.check_proof(message.proof, PROOF_BACKUP, authority.id, hash, key, authority.id)
        user = authority.state.log.by_recovery_hash(hash)
        if user is None or authority.user(user.uid) is None:
            raise Refused("bad_proof")
    except HamrazError:
        if authority.limits.failed(client.remote, hash, authority.clock()):
            log.info("a search for a backup from %(address)s was refused", {"address": client.remote})
        raise Refused("bad_proof") from None
    if user.key is None:
        raise Refused("revoked")
    with authority.store.reading() as rows:
        here = [one for one in file_store.backups(rows, user.uid) if one.kept]
    client.kit, client.since = user.uid, authority.clock()
    return BackupIs(message.rid, user.uid, [KeptBackup(one.id, one.size, one.head or b"") for one in here])


def _fits(authority: Authority, state: State, owner: bytes, cost: int) -> bool:
    return state.backups.fits(owner, cost, authority.backup_space, files.BACKUPS_EACH)
