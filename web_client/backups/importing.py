"""The records of a backup as rows of a new vault (section 15 of docs/protocol.md). No sockets, no files.

Nothing of it is used before `settle`: the vault is nobody's until then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from protocol.backup_records import (
    SETTINGS,
    Block,
    Chat,
    Contact,
    End,
    Gone,
    Group,
    GroupEntry,
    GroupKey,
    LogEntry,
    Message,
    PrekeySeen,
    Profile,
    Record,
    Setting,
    Told,
    Unchecked,
)
from protocol.backups import BackupAbout
from protocol.errors import Forged
from protocol.kit import Kit
from protocol.links import Link
from protocol.log import Log, User
from protocol.primitives import SigningKey
from protocol.statements import Signed, check_head, encode_strict
from web_client.account import key_ages, kits, restored
from web_client.account.chat_ids import ChatId
from web_client.account.restored import Restored
from web_client.groups import finding, join_links
from web_client.groups import settings as group_settings
from web_client.groups.rows import INVITED, LEFT, REMOVED
from web_client.messages import backup_rows, chats, fading, heard
from web_client.search import index
from web_client.vault.database import Rows, Vault, save_setting, value
from web_client.vault.lines import ASIDE


@dataclass(frozen=True, slots=True)
class Account:
    """Whose kit it is, as the log has it; its entries, which replay to what this head covers."""

    user: User
    entries: list[bytes]
    head: Signed


def begin(rows: Rows, uid: bytes, name: str, link: Link, kit: Kit) -> None:
    """What the vault begins with. Its identity key is nobody's: the kit vouches for the first one that counts."""
    save_setting(rows, "uid", uid)
    save_setting(rows, "name", name.encode())
    save_setting(rows, "identity_key", SigningKey.generate().save())
    save_setting(rows, "link", link.encode().encode())
    save_setting(rows, kits.SEED, kit.recovery.save())


def put(rows: Rows, records: list[Record], me: bytes) -> None:
    """Some records, in the order of the stream. `backup_broken`."""
    for record in records:
        if isinstance(record, LogEntry):
            rows.execute("INSERT INTO log (n, entry) SELECT coalesce(max(n) + 1, 0), ? FROM log", (record.entry,))
        elif isinstance(record, Message):
            backup_rows.put(rows, record, me)
        elif isinstance(record, Gone):
            backup_rows.take_out(rows, record.order)
        elif isinstance(record, Chat):
            _chat(rows, record)
        elif isinstance(record, Group):
            _group(rows, record)
        elif isinstance(record, Setting):
            _setting(rows, record)
        elif not isinstance(record, End):
            query, values = _ROWS[type(record)](record)
            rows.execute(query, values)


def settle(vault: Vault, about: BackupAbout, authority_id: bytes, now: int) -> None:
    """All of it is here, and it is the whole: the log leads to the head that its maker had, or it is `backup_broken`.

    So the vault is a witness, too: what the authority shows is held against that head, as ever.
    """
    log = Log(authority_id)
    entries = vault.read(lambda rows: rows.execute("SELECT entry FROM log ORDER BY n").fetchall())
    try:
        for (entry,) in entries:
            log.append(bytes(entry))
        key = log.authority_key
        if key is None or check_head(about.head, key, authority_id) != log.head:
            raise Forged("backup_broken")
    except Forged:
        raise Forged("backup_broken") from None

    def change(rows: Rows) -> None:
        heard.settle(rows)
        fading.settle(rows, about.uid)
        last = backup_rows.settle(rows, about.uid)
        save_setting(rows, "head", encode_strict(about.head))
        restored.keep(rows, Restored(about.when, now, last))
        finding.begin(rows, log.size)

    vault.write(key_ages.catch_up)
    while vault.write(index.catch_up):
        continue
    vault.write(change)


def settle_without(vault: Vault, account: Account, now: int) -> None:
    """The same where there is no backup: the vault has nothing but the log, as its authority has signed it."""

    def change(rows: Rows) -> None:
        rows.executemany("INSERT INTO log (n, entry) VALUES (?, ?)", enumerate(account.entries))
        last = backup_rows.settle(rows, account.user.uid)
        save_setting(rows, "head", encode_strict(account.head))
        restored.keep(rows, Restored(restored.NEVER, now, last))
        finding.begin(rows, account.user.keys[0][0])

    vault.write(change)
    vault.write(key_ages.catch_up)


def _setting(rows: Rows, record: Setting) -> None:
    if record.name == chats.SHELVES:
        for chat, (archived, removed) in chats.shelves(record.value).items():
            chats.shelve(rows, chat, archived=archived, removed=removed)
    elif record.name == chats.QUIET:
        for chat, how in chats.quiet(record.value).items():
            chats.change(rows, chat, {"muted": how})
    elif record.name == chats.UNREAD:
        for chat in chats.marked(record.value):
            chats.change(rows, chat, {"marked": 1})
    elif record.name == join_links.LINKS:
        join_links.restore(rows, record.value)
    elif record.name in SETTINGS:
        save_setting(rows, record.name, record.value)


def _chat(rows: Rows, record: Chat) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO chats (chat, read_to, pinned, muted, draft) VALUES (?, ?, ?, ?, ?)",
        (record.chat, record.read, int(record.pinned), int(record.muted), record.draft),
    )
    gid = ChatId.parse(record.chat).gid
    known = restored.replays(rows, gid) if gid is not None else None
    if gid is not None and known is not None:
        rows.execute("UPDATE chats SET read_to = 0 WHERE chat = ?", (record.chat,))
        restored.replay(rows, gid, record.read_n, known.last)


def _group(rows: Rows, record: Group) -> None:
    rows.execute(
        "INSERT OR REPLACE INTO groups (gid, name, port, state, invited_by, invitation, certificate, since, n, hash, "
        "chain, settings_epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            record.gid, record.name, record.port, record.state, record.invited_by, record.invitation,
            record.certificate, record.since, record.n, record.hash, record.chain, record.settings_epoch,
        ),
    )  # fmt: skip
    group_settings.put(rows, record.gid, record.settings)
    if record.state == INVITED and record.invited_by is not None:  # its message stands before it
        chat = ChatId.private(record.invited_by)
        asked = "SELECT max(ord) FROM messages WHERE line = ? AND chat = ? AND body = ?"
        found = value(rows, asked, ASIDE, chat, record.invitation)
        rows.execute("UPDATE groups SET invited = ? WHERE gid = ?", (found or 0, record.gid))
    if record.state not in (LEFT, REMOVED):
        restored.replay(rows, record.gid, 0, record.last)


_ROWS: dict[type, Callable[[Any], tuple[str, tuple[Any, ...]]]] = {
    Unchecked: lambda it: ("INSERT OR IGNORE INTO unchecked VALUES (?)", (it.order,)),
    Contact: lambda it: (
        "INSERT OR REPLACE INTO contacts (uid, verified_key, noticed) VALUES (?, ?, ?)",
        (it.uid, it.verified_key, it.noticed),
    ),
    Block: lambda it: ("INSERT OR REPLACE INTO blocked VALUES (?, ?)", (it.uid, it.since)),
    Told: lambda it: (
        "INSERT OR REPLACE INTO profile_told (uid, key, version, secret, chat, aside) VALUES (?, ?, ?, ?, ?, ?)",
        (it.uid, it.key, it.version, it.secret, it.chat, int(it.aside)),
    ),
    Profile: lambda it: (
        "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?)",
        (it.uid, it.key, it.version, it.signed),
    ),
    PrekeySeen: lambda it: ("INSERT OR REPLACE INTO prekeys_seen VALUES (?, ?, ?)", (it.uid, it.key, it.sequence)),
    GroupKey: lambda it: (
        "INSERT OR REPLACE INTO group_keys (gid, epoch, key) VALUES (?, ?, ?)",
        (it.gid, it.epoch, it.key),
    ),
    GroupEntry: lambda it: (
        "INSERT OR REPLACE INTO group_entries VALUES (?, ?, ?, ?, ?)",
        (it.gid, it.n, it.kind, it.entry, it.hash),
    ),
}
