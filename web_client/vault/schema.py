"""The vault's tables, and how older vaults get there. A released FORMAT never changes: what differs is a new one."""

from __future__ import annotations

FORMAT = 23  # 1 began anew with version 2 of the protocol
APPLICATION_ID = 0x484D5232  # "HMR2", so that a foreign database is told apart

SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE log (n INTEGER PRIMARY KEY, entry BLOB NOT NULL, noticed INTEGER);
CREATE TABLE log_checkpoint (
    one INTEGER PRIMARY KEY CHECK (one = 0), size INTEGER NOT NULL, head BLOB NOT NULL, seal BLOB NOT NULL,
    state BLOB NOT NULL);
CREATE TABLE key_ages (key BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE heads (uid BLOB PRIMARY KEY, size INTEGER NOT NULL, head BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE states (
    code TEXT NOT NULL, about BLOB NOT NULL, since INTEGER NOT NULL, said BLOB NOT NULL, evidence BLOB,
    PRIMARY KEY (code, about)) WITHOUT ROWID;
CREATE TABLE contacts (
    uid BLOB PRIMARY KEY, verified_key BLOB, noticed INTEGER NOT NULL DEFAULT 0,
    presence BLOB, presence_sequence INTEGER NOT NULL DEFAULT 0, seen TEXT) WITHOUT ROWID;
CREATE TABLE own_prekeys (
    peer BLOB NOT NULL, id BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (peer, id)) WITHOUT ROWID;
CREATE TABLE handed_prekeys (peer BLOB NOT NULL, id BLOB NOT NULL, signed BLOB NOT NULL);
CREATE INDEX handed_prekeys_by_peer ON handed_prekeys (peer);
CREATE TABLE peer_prekeys (peer BLOB NOT NULL, id BLOB NOT NULL, signed BLOB, UNIQUE (peer, id));
CREATE TABLE prekeys_seen (uid BLOB PRIMARY KEY, key BLOB NOT NULL, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE opened (prekey_id BLOB PRIMARY KEY, envelope_hash BLOB NOT NULL, ord INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE messages (
    ord INTEGER PRIMARY KEY AUTOINCREMENT,
    chat TEXT NOT NULL, id BLOB NOT NULL, sender BLOB NOT NULL, recipient BLOB NOT NULL,
    key BLOB NOT NULL, sequence INTEGER NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL,
    time INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL,
    raw BLOB NOT NULL, envelope BLOB, state TEXT NOT NULL, why TEXT, receipt BLOB,
    n INTEGER, epoch INTEGER, line INTEGER NOT NULL DEFAULT 1, target BLOB, author BLOB, words TEXT, edited INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0, retracted BLOB, reactions BLOB, came INTEGER, delivered INTEGER, seen INTEGER,
    sealed TEXT, moved INTEGER, position INTEGER GENERATED ALWAYS AS (coalesce(moved, ord)) VIRTUAL, listened INTEGER,
    lifetime INTEGER, began INTEGER, due INTEGER);
CREATE INDEX messages_by_id ON messages (id);
CREATE UNIQUE INDEX messages_by_place ON messages (sender, recipient, key, sequence);
CREATE INDEX lines_by_chat ON messages (chat, position) WHERE line = 1;
CREATE INDEX lines_by_time ON messages (chat, time) WHERE line = 1;
CREATE INDEX invitations_by_chat ON messages (chat) WHERE line = 6;
CREATE INDEX to_clear ON messages (ord) WHERE line = 8;
CREATE INDEX unread_by_chat ON messages (chat, position) WHERE line = 1 AND deleted = 0 AND state = 'received';
CREATE INDEX pins_by_chat ON messages (chat, sender, ord) WHERE kind = 'pin' AND line = 0;
CREATE INDEX to_begin ON messages (chat, position) WHERE lifetime IS NOT NULL AND due IS NULL AND line = 1;
CREATE INDEX to_go ON messages (due) WHERE due IS NOT NULL;
CREATE INDEX timers_by_chat ON messages (chat, sender, ord) WHERE kind = 'timer';
CREATE INDEX messages_by_target ON messages (author, target, chat, line) WHERE target IS NOT NULL;
CREATE VIRTUAL TABLE search USING fts5(
    words, about, columnsize=0, prefix='1 2 3', tokenize='unicode61 remove_diacritics 0');
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
CREATE TABLE search_terms (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE outbox (
    ord INTEGER PRIMARY KEY, chat TEXT NOT NULL, position INTEGER NOT NULL, prekey_id BLOB, sealed BLOB, mail BLOB,
    mailed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX outbox_by_chat ON outbox (chat, position);
CREATE TABLE later (
    id BLOB PRIMARY KEY, chat TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, why TEXT, target BLOB,
    author BLOB) WITHOUT ROWID;
CREATE TABLE unchecked (ord INTEGER PRIMARY KEY);
CREATE TABLE old_keys (key BLOB PRIMARY KEY, secret BLOB NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE receipts (ord INTEGER PRIMARY KEY, peer BLOB NOT NULL, signed BLOB NOT NULL);
CREATE TABLE chats (
    chat TEXT PRIMARY KEY, read_to INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0,
    muted INTEGER NOT NULL DEFAULT 0, draft TEXT NOT NULL DEFAULT '', answering INTEGER NOT NULL DEFAULT 0,
    editing INTEGER NOT NULL DEFAULT 0, edit TEXT NOT NULL DEFAULT '', archived INTEGER NOT NULL DEFAULT 0,
    removed INTEGER NOT NULL DEFAULT 0, kept INTEGER NOT NULL DEFAULT 0,
    marked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX messages_by_n ON messages (recipient, n) WHERE n IS NOT NULL;
CREATE TABLE last_resorts (
    sequence INTEGER PRIMARY KEY, id BLOB NOT NULL, key BLOB NOT NULL, signed BLOB NOT NULL,
    created INTEGER NOT NULL, published INTEGER NOT NULL DEFAULT 0);
CREATE TABLE groups (
    gid BLOB PRIMARY KEY, name TEXT NOT NULL, port INTEGER NOT NULL, state TEXT NOT NULL, invited_by BLOB,
    invitation BLOB, certificate BLOB, chain BLOB, n INTEGER NOT NULL DEFAULT 0, hash BLOB NOT NULL,
    since INTEGER NOT NULL DEFAULT 0, checked INTEGER, trouble TEXT,
    settings_epoch INTEGER NOT NULL DEFAULT 0, invited INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE group_settings (gid BLOB PRIMARY KEY, plaintext BLOB NOT NULL);
CREATE TABLE group_entries (
    gid BLOB NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL, entry BLOB NOT NULL, hash BLOB NOT NULL,
    PRIMARY KEY (gid, n)) WITHOUT ROWID;
CREATE INDEX group_commits ON group_entries (gid, n) WHERE kind = 'commit';
CREATE TABLE group_keys (
    gid BLOB NOT NULL, epoch INTEGER NOT NULL, key BLOB NOT NULL, acked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (gid, epoch)) WITHOUT ROWID;
CREATE TABLE group_refused (
    gid BLOB NOT NULL, epoch INTEGER NOT NULL, prekeys BLOB NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (gid, epoch)) WITHOUT ROWID;
CREATE TABLE group_given (
    gid BLOB NOT NULL, uid BLOB NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (gid, uid, epoch)) WITHOUT ROWID;
CREATE TABLE group_acks (
    gid BLOB NOT NULL, uid BLOB NOT NULL, epoch INTEGER NOT NULL, PRIMARY KEY (gid, uid)) WITHOUT ROWID;
CREATE TABLE group_seen (
    gid BLOB NOT NULL, uid BLOB NOT NULL, n INTEGER NOT NULL, read INTEGER NOT NULL, n_time INTEGER NOT NULL,
    read_time INTEGER NOT NULL, PRIMARY KEY (gid, uid)) WITHOUT ROWID;
CREATE TABLE group_invites (gid BLOB NOT NULL, uid BLOB NOT NULL, PRIMARY KEY (gid, uid)) WITHOUT ROWID;
CREATE TABLE group_links (
    gid BLOB PRIMARY KEY, secret BLOB NOT NULL, is_on INTEGER NOT NULL, admits TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE group_asks (
    gid BLOB NOT NULL, uid BLOB NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, came INTEGER NOT NULL,
    PRIMARY KEY (gid, uid)) WITHOUT ROWID;
CREATE TABLE group_asked (gid BLOB PRIMARY KEY, uid BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE profile_told (
    uid BLOB NOT NULL, key BLOB NOT NULL, version INTEGER NOT NULL, secret BLOB NOT NULL, chat TEXT NOT NULL,
    tried INTEGER NOT NULL DEFAULT 0, aside INTEGER NOT NULL, PRIMARY KEY (uid, key)) WITHOUT ROWID;
CREATE TABLE profiles (
    uid BLOB PRIMARY KEY, key BLOB NOT NULL, version INTEGER NOT NULL, signed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE profile_shown (reader BLOB PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE blocked (uid BLOB PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE veils (uid BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE files (
    owner BLOB NOT NULL, message BLOB NOT NULL, id BLOB NOT NULL, chat TEXT NOT NULL, name TEXT NOT NULL,
    media_type TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, key BLOB NOT NULL, hash BLOB,
    state TEXT NOT NULL, have INTEGER NOT NULL DEFAULT 0, part BLOB, stored INTEGER NOT NULL DEFAULT 0, why TEXT,
    PRIMARY KEY (owner, message, chat)) WITHOUT ROWID;
CREATE INDEX files_by_id ON files (owner, id);
"""

# UPGRADES[n] makes tables of format n into those of n + 1, in SQL that stands there for good: SCHEMA goes on to change.
UPGRADES: dict[int, str] = {
    1: (
        "CREATE TABLE blocked (uid BLOB PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE veils (uid BLOB PRIMARY KEY) WITHOUT ROWID"
    ),
    2: "CREATE TABLE prekeys_seen (uid BLOB PRIMARY KEY, key BLOB NOT NULL, sequence INTEGER NOT NULL) WITHOUT ROWID",
    3: (
        "CREATE TABLE key_ages (key BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;"
        "CREATE INDEX group_commits ON group_entries (gid, n) WHERE kind = 'commit'"
    ),
    4: (
        "ALTER TABLE outbox RENAME TO private_outbox;"
        "CREATE TABLE outbox ("
        "ord INTEGER PRIMARY KEY, chat TEXT NOT NULL, prekey_id BLOB, sealed BLOB, mail BLOB, mailed INTEGER NOT NULL "
        "DEFAULT 0);"
        "CREATE INDEX outbox_by_chat ON outbox (chat, ord);"
        "INSERT INTO outbox SELECT ord, 'p:' || lower(hex(peer)), prekey_id, sealed, mail, mailed FROM private_outbox;"
        "INSERT INTO outbox (ord, chat, sealed) SELECT ord, 'g:' || lower(hex(gid)), entry FROM group_outbox;"
        "DROP TABLE private_outbox;"
        "DROP TABLE group_outbox;"
        "UPDATE messages SET key = CAST(key AS BLOB) WHERE typeof(key) = 'text'"
    ),
    # what had moved has its last place as its number; the counter hadn't heard of it
    5: (
        "ALTER TABLE messages ADD COLUMN moved INTEGER;"
        "ALTER TABLE messages ADD COLUMN position INTEGER GENERATED ALWAYS AS (coalesce(moved, ord)) VIRTUAL;"
        "DROP INDEX lines_by_chat;"
        "CREATE INDEX lines_by_chat ON messages (chat, position) WHERE line = 1;"
        "DROP INDEX unread_by_chat;"
        "CREATE INDEX unread_by_chat ON messages (chat, position) "
        "WHERE line = 1 AND deleted = 0 AND state = 'received';"
        "UPDATE sqlite_sequence SET seq = max(seq, (SELECT max(ord) FROM messages)) "
        "WHERE name = 'messages' AND EXISTS (SELECT 1 FROM messages);"
        "ALTER TABLE outbox RENAME TO outbox_before;"
        "DROP INDEX outbox_by_chat;"
        "CREATE TABLE outbox ("
        "ord INTEGER PRIMARY KEY, chat TEXT NOT NULL, position INTEGER NOT NULL, prekey_id BLOB, sealed BLOB, "
        "mail BLOB, mailed INTEGER NOT NULL DEFAULT 0);"
        "CREATE INDEX outbox_by_chat ON outbox (chat, position);"
        "INSERT INTO outbox SELECT ord, chat, ord, prekey_id, sealed, mail, mailed FROM outbox_before;"
        "DROP TABLE outbox_before;"
        "ALTER TABLE chats RENAME COLUMN read_ord TO read_to"
    ),
    6: (
        "ALTER TABLE chats ADD COLUMN answering INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE chats ADD COLUMN editing INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE chats ADD COLUMN edit TEXT NOT NULL DEFAULT ''"
    ),
    # an invitation is no line of the talk any more by which it came, and its group knows which one it is
    7: (
        "UPDATE messages SET line = 6 WHERE kind = 'invitation' AND line = 1 AND chat LIKE 'p:%' AND why IS NULL;"
        "CREATE INDEX invitations_by_chat ON messages (chat) WHERE line = 6;"
        "ALTER TABLE groups ADD COLUMN invited INTEGER NOT NULL DEFAULT 0;"
        "UPDATE groups SET invited = coalesce((SELECT max(ord) FROM messages WHERE line = 6 AND "
        "chat = 'p:' || lower(hex(groups.invited_by)) AND body = groups.invitation), 0) WHERE state = 'invited'"
    ),
    8: (
        "ALTER TABLE chats ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE chats ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;"
        "ALTER TABLE chats ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;"
        "CREATE INDEX to_clear ON messages (ord) WHERE line = 8"
    ),
    # names of files, signs and what is written without spaces are found too: the index is made anew, in batches
    9: "DELETE FROM search; DELETE FROM settings WHERE name = 'search_upto'",
    # by whom, of what kind, and inside words
    10: (
        "DROP TABLE search;"
        "CREATE VIRTUAL TABLE search USING fts5(words, about, columnsize=0, prefix='1 2 3', "
        "tokenize='unicode61 remove_diacritics 0');"
        "INSERT INTO search (search, rank) VALUES ('secure-delete', 1);"
        "CREATE TABLE search_terms (term TEXT PRIMARY KEY) WITHOUT ROWID;"
        "DELETE FROM settings WHERE name = 'search_upto'"
    ),
    # `pin` was a kind that nobody knew, and a line that said so
    11: (
        "UPDATE messages SET line = 2 WHERE kind = 'pin' AND line = 1;"
        "CREATE INDEX pins_by_chat ON messages (chat, sender, ord) WHERE kind = 'pin' AND line = 0"
    ),
    # a picture in a group's row was read and written with each message
    12: (
        "CREATE TABLE group_settings (gid BLOB PRIMARY KEY, plaintext BLOB NOT NULL);"
        "INSERT INTO group_settings SELECT gid, settings FROM groups WHERE settings IS NOT NULL;"
        "ALTER TABLE groups DROP COLUMN settings"
    ),
    13: (
        "CREATE TABLE later (id BLOB PRIMARY KEY, chat TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL, "
        "why TEXT) WITHOUT ROWID"
    ),
    # of what others had spoken nobody knew who has heard it: it doesn't count as new
    14: (
        "ALTER TABLE messages ADD COLUMN listened INTEGER;"
        "UPDATE messages SET listened = 0 WHERE kind = 'voice' AND state = 'received'"
    ),
    15: "ALTER TABLE log ADD COLUMN noticed INTEGER",
    # what the log has come to: the next one that is due is kept
    16: (
        "CREATE TABLE log_checkpoint (one INTEGER PRIMARY KEY CHECK (one = 0), size INTEGER NOT NULL, "
        "head BLOB NOT NULL, seal BLOB NOT NULL, state BLOB NOT NULL)"
    ),
    # what one has marked as unread
    17: "ALTER TABLE chats ADD COLUMN marked INTEGER NOT NULL DEFAULT 0",
    # more letters are alike: the index is made anew, in batches
    18: "DELETE FROM search; DELETE FROM search_terms; DELETE FROM settings WHERE name = 'search_upto'",
    19: (
        "CREATE TABLE group_links (gid BLOB PRIMARY KEY, secret BLOB NOT NULL, is_on INTEGER NOT NULL, "
        "admits TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE TABLE group_asks (gid BLOB NOT NULL, uid BLOB NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL, "
        "came INTEGER NOT NULL, PRIMARY KEY (gid, uid)) WITHOUT ROWID;"
        "CREATE TABLE group_asked (gid BLOB PRIMARY KEY, uid BLOB NOT NULL) WITHOUT ROWID"
    ),
    # fewer pages are written for a message. A prekey is longer than a page of an index takes, so that each one that was
    # used gave two pages back; a used one of somebody else's has no `signed`. A receipt stands in its message's row.
    20: (
        "ALTER TABLE own_prekeys RENAME TO own_before;"
        "DROP INDEX own_prekeys_by_peer;"
        "CREATE TABLE own_prekeys (peer BLOB NOT NULL, id BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (peer, id)) "
        "WITHOUT ROWID;"
        "CREATE TABLE handed_prekeys (peer BLOB NOT NULL, id BLOB NOT NULL, signed BLOB NOT NULL);"
        "INSERT INTO own_prekeys SELECT peer, id, key FROM own_before WHERE peer IS NOT NULL;"
        "INSERT INTO handed_prekeys SELECT peer, id, signed FROM own_before WHERE peer IS NOT NULL;"
        "CREATE INDEX handed_prekeys_by_peer ON handed_prekeys (peer);"
        "DROP TABLE own_before;"
        "ALTER TABLE peer_prekeys RENAME TO peer_before;"
        "DROP INDEX peer_prekeys_by_peer;"
        "CREATE TABLE peer_prekeys (peer BLOB NOT NULL, id BLOB NOT NULL, signed BLOB, UNIQUE (peer, id));"
        "INSERT INTO peer_prekeys SELECT peer, id, signed FROM peer_before;"
        "DROP TABLE peer_before;"
        "ALTER TABLE opened RENAME TO opened_before;"
        "CREATE TABLE opened (prekey_id BLOB PRIMARY KEY, envelope_hash BLOB NOT NULL, ord INTEGER NOT NULL) "
        "WITHOUT ROWID;"
        "INSERT INTO opened SELECT prekey_id, envelope_hash, max(ord) FROM opened_before JOIN messages USING (receipt) "
        "GROUP BY prekey_id;"
        "DROP TABLE opened_before;"
        "DROP INDEX messages_by_id;"
        "CREATE INDEX messages_by_id ON messages (id)"
    ),
    # how long a message stays, and when it goes; what came before says nothing of it
    21: (
        "ALTER TABLE messages ADD COLUMN lifetime INTEGER;"
        "ALTER TABLE messages ADD COLUMN began INTEGER;"
        "ALTER TABLE messages ADD COLUMN due INTEGER;"
        "CREATE INDEX to_begin ON messages (chat, position) WHERE lifetime IS NOT NULL AND due IS NULL AND line = 1;"
        "CREATE INDEX to_go ON messages (due) WHERE due IS NOT NULL;"
        "CREATE INDEX timers_by_chat ON messages (chat, sender, ord) WHERE kind = 'timer'"
    ),
    # what is to be sent later may answer something
    22: "ALTER TABLE later ADD COLUMN target BLOB; ALTER TABLE later ADD COLUMN author BLOB",
}
