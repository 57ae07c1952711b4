"""A vault of an older format opens in today's code with what it holds, whole or not at all, once; one of version 1 of
the protocol is refused, before a password is asked for, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol import kinds
from protocol.errors import HamrazError
from tests.agent.vaults import here
from tests.protocol.fixed_people import AUTHORITY_ID, story
from web_client.account import checkpoint
from web_client.account.chat_ids import ChatId
from web_client.account.verified_log import VerifiedLog
from web_client.agent.api import Agent
from web_client.messages import amendments, chats, later, outbox_rows
from web_client.messages import rows as message_rows
from web_client.messages.outbox_rows import Waiting
from web_client.vault import database as vault_database
from web_client.vault import key_file, schema
from web_client.vault.database import KEY_FILE, Rows, Vault, save_setting, setting
from web_client.vault.schema import APPLICATION_ID, FORMAT

STORY = story()
PASSWORD = "a long enough passphrase 1404"
pytestmark = pytest.mark.usefixtures("cheap_argon2")
COLOURS = "ALTER TABLE chats ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue';CREATE TABLE colours (name TEXT)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A vault of today's format, with a conversation that was read to 7."""

    def fill(rows: Any) -> None:
        rows.execute("INSERT INTO chats (chat, read_to) VALUES ('p:00', 7)")

    Vault.create(tmp_path, PASSWORD, fill, here).close()
    return tmp_path


def version(opened: Vault) -> tuple[int, int]:
    return opened.read(
        lambda rows: tuple(rows.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    )


def columns(opened: Vault) -> list[str]:
    return opened.read(lambda rows: [row[1] for row in rows.execute("PRAGMA table_info(chats)")])


def test_there_is_a_step_from_each_format() -> None:
    assert set(schema.UPGRADES) == set(range(1, FORMAT))


def test_steps_are_taken_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_database, "UPGRADES", {**schema.UPGRADES, FORMAT: COLOURS})
    monkeypatch.setattr(vault_database, "FORMAT", FORMAT + 1)
    for _start in range(2):
        opened = Vault.open(folder, PASSWORD, here)
        assert version(opened) == (APPLICATION_ID, FORMAT + 1)
        found = opened.read(lambda rows: rows.execute("SELECT chat, read_to, colour FROM chats").fetchall())
        assert found == [("p:00", 7, "blue")]
        opened.close()


def test_an_upgrade_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(
            vault_database, "UPGRADES", {**schema.UPGRADES, FORMAT: COLOURS + ";ALTER TABLE nowhere ADD COLUMN x"}
        )
        then.setattr(vault_database, "FORMAT", FORMAT + 1)
        with pytest.raises(HamrazError, match="could not carry out"):
            Vault.open(folder, PASSWORD, here)
    opened = Vault.open(folder, PASSWORD, here)
    assert version(opened) == (APPLICATION_ID, FORMAT)
    assert "colour" not in columns(opened)
    opened.close()


def test_a_vault_of_version_1_is_refused_and_left_as_it_is(folder: Path) -> None:
    path = folder / KEY_FILE
    path.write_bytes(b"hamraz vault key 1\n" + path.read_bytes()[len(key_file.MAGIC) :])
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for start in (lambda: Agent.open(folder, here, 5001), lambda: Vault.open(folder, PASSWORD, here)):
        with pytest.raises(HamrazError) as reason:
            start()
        assert reason.value.code == "old_version" and str(folder) in str(reason.value)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def upgraded(folder: Path, make: Callable[[Any], object]) -> Vault:
    """A vault that `make` has made one of an older format, opened again."""
    opened = Vault.open(folder, PASSWORD, here)
    opened.write(make)
    opened.close()
    opened = Vault.open(folder, PASSWORD, here)
    assert version(opened) == (APPLICATION_ID, FORMAT)
    return opened


def to_16(rows: Any) -> None:
    """A vault of today as one of format 16, whose whole log was verified at each opening."""
    to_17(rows)
    rows.execute("DROP TABLE log_checkpoint")
    rows.execute("PRAGMA user_version = 16")


def test_a_log_that_had_no_checkpoint_gets_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LEAST", 3)

    def older(rows: Any) -> None:
        to_16(rows)
        rows.executemany("INSERT INTO log (n, entry) VALUES (?, ?)", enumerate(STORY))

    opened = upgraded(folder, older)
    trust = VerifiedLog(opened, AUTHORITY_ID, lambda alarm: None, lambda: 0)
    assert trust.log.size == len(STORY) and not trust.unverified
    trust.keep_checkpoint()
    again = VerifiedLog(opened, AUTHORITY_ID, lambda alarm: None, lambda: 0)
    assert again.unverified and again.log == trust.log
    opened.close()


def to_22(rows: Any) -> None:
    """A vault of today as one of format 22, where what was to be sent later answered nothing."""
    for column in ("target", "author"):
        rows.execute(f"ALTER TABLE later DROP COLUMN {column}")
    rows.execute("PRAGMA user_version = 22")


def test_what_waited_for_its_time_answers_nothing(folder: Path) -> None:
    def old(rows: Any) -> None:
        to_22(rows)
        rows.execute("INSERT INTO later VALUES (x'01', 'p:00', 'hello', 5, NULL)")

    opened = upgraded(folder, old)
    assert opened.read(lambda rows: later.of(rows, ChatId.parse("p:00"))) == [
        {"id": "01", "text": "hello", "at": 5, "why": None, "answers": False}
    ]
    opened.close()


def to_21(rows: Any) -> None:
    """A vault of today as one of format 21, whose messages stayed."""
    to_22(rows)
    for index in ("to_begin", "to_go", "timers_by_chat"):
        rows.execute(f"DROP INDEX {index}")
    for column in ("lifetime", "began", "due"):
        rows.execute(f"ALTER TABLE messages DROP COLUMN {column}")
    rows.execute("PRAGMA user_version = 21")


def test_what_came_before_it_could_go_away_stays(folder: Path) -> None:
    body = kinds.lasting("text", b"hello", 86_400)

    def old(rows: Any) -> None:
        to_21(rows)
        rows.execute(
            "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
            "state) VALUES ('p:', x'01', x'02', x'03', x'04', 1, x'', x'', 1, 'text', ?, x'', 'read')",
            (body,),
        )

    opened = upgraded(folder, old)
    query = "SELECT lifetime, began, due, body FROM messages"
    assert opened.read(lambda rows: rows.execute(query).fetchall()) == [(None, None, None, body)]
    opened.close()


def to_20(rows: Any) -> None:
    """A vault of today as one of format 20, whose prekeys lay in indexes, and each receipt in two places."""
    to_21(rows)
    for table in ("own_prekeys", "handed_prekeys", "peer_prekeys", "opened"):
        rows.execute(f"DROP TABLE {table}")
    for table, secret in (("own_prekeys", "key BLOB NOT NULL, "), ("peer_prekeys", "")):
        rows.execute(
            f"CREATE TABLE {table} (id BLOB PRIMARY KEY, peer BLOB, {secret}signed BLOB NOT NULL) WITHOUT ROWID"
        )
        rows.execute(f"CREATE INDEX {table}_by_peer ON {table} (peer)")
    columns = "prekey_id BLOB PRIMARY KEY, envelope_hash BLOB NOT NULL, receipt BLOB NOT NULL"
    rows.execute(f"CREATE TABLE opened ({columns}) WITHOUT ROWID")
    rows.execute("DROP INDEX messages_by_id")
    rows.execute("CREATE UNIQUE INDEX messages_by_id ON messages (id, sender, chat)")
    rows.execute("PRAGMA user_version = 20")


def test_prekeys_and_receipts_are_what_they_were(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    line = "INSERT INTO messages (ord, chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, "
    line += "raw, state, receipt) VALUES (?, 'p:00', ?, x'02', x'01', x'03', ?, x'', x'', 1, 'text', x'', x'', ?, ?)"

    def fill(rows: Any) -> None:
        to_20(rows)
        rows.execute("INSERT INTO own_prekeys VALUES (x'a1', x'02', x'51', x'61'), (x'a2', x'04', x'52', x'62')")
        rows.execute("INSERT INTO peer_prekeys VALUES (x'b1', x'02', x'71')")
        for order, receipt in ((1, b"one"), (2, b"two"), (3, None)):
            rows.execute(line, (order, bytes([order]), order, "received", receipt))
        # of the second message, sealed twice; of the last one no message is left
        for id, receipt in ((b"c1", b"one"), (b"c2", b"two"), (b"c3", b"two"), (b"c4", b"gone")):
            rows.execute("INSERT INTO opened VALUES (?, x'dd', ?)", (id, receipt))

    def all_of(table: str) -> list[Any]:
        found: list[Any] = opened.read(lambda rows: rows.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall())
        return found

    opened = upgraded(folder, fill)
    assert all_of("own_prekeys") == [(b"\x02", b"\xa1", b"\x51"), (b"\x04", b"\xa2", b"\x52")]
    assert all_of("handed_prekeys") == [(b"\x02", b"\xa1", b"\x61"), (b"\x04", b"\xa2", b"\x62")]
    assert all_of("peer_prekeys") == [(b"\x02", b"\xb1", b"\x71")]
    assert all_of("opened") == [(b"c1", b"\xdd", 1), (b"c2", b"\xdd", 2), (b"c3", b"\xdd", 2)]
    Vault.create(fresh := tmp_path_factory.mktemp("fresh"), PASSWORD, lambda rows: None, here).close()
    new = Vault.open(fresh, PASSWORD, here)
    assert tables(opened) == tables(new)
    opened.close()
    new.close()


def to_19(rows: Any) -> None:
    """A vault of today as one of format 19, where nobody could ask to be let into a group."""
    to_20(rows)
    for table in ("group_links", "group_asks", "group_asked"):
        rows.execute(f"DROP TABLE {table}")
    rows.execute("PRAGMA user_version = 19")


def test_no_group_has_a_link_yet(folder: Path) -> None:
    opened = upgraded(folder, to_19)
    for table in ("group_links", "group_asks", "group_asked"):
        assert opened.value(f"SELECT count(*) FROM {table}") == 0
    opened.close()


def to_17(rows: Any) -> None:
    """A vault of today as one of format 17, where nothing was marked as unread."""
    to_19(rows)
    rows.execute("ALTER TABLE chats DROP COLUMN marked")
    rows.execute("PRAGMA user_version = 17")


def test_nothing_is_marked_as_unread_of_what_was_there(folder: Path) -> None:
    opened = upgraded(folder, to_17)
    found = opened.read(lambda rows: rows.execute("SELECT chat, read_to, marked FROM chats").fetchall())
    assert found == [("p:00", 7, 0)]
    opened.close()


def test_an_index_in_which_fewer_letters_were_alike_is_made_anew(folder: Path) -> None:
    def to_18(rows: Any) -> None:
        to_19(rows)
        rows.execute("INSERT INTO search (rowid, words, about) VALUES (1, 'ışık', 'p')")
        rows.execute("INSERT INTO search_terms VALUES ('ışık')")
        save_setting(rows, "search_upto", (1).to_bytes(8))
        rows.execute("PRAGMA user_version = 18")

    opened = upgraded(folder, to_18)
    for table in ("search", "search_terms"):
        assert opened.value(f"SELECT count(*) FROM {table}") == 0
    assert opened.read(lambda rows: setting(rows, "search_upto")) is None
    opened.close()


def to_15(rows: Any) -> None:
    """A vault of today as one of format 15, which didn't know since when it had what stands in the log."""
    to_16(rows)
    rows.execute("ALTER TABLE log DROP COLUMN noticed")
    rows.execute("PRAGMA user_version = 15")


def test_when_an_entry_was_noticed_is_not_known_of_earlier_ones(folder: Path) -> None:
    def old(rows: Any) -> None:
        to_15(rows)
        rows.execute("INSERT INTO log VALUES (0, x'90')")

    opened = upgraded(folder, old)
    assert opened.read(lambda rows: rows.execute("SELECT n, entry, noticed FROM log").fetchall()) == [
        (0, b"\x90", None)
    ]
    opened.close()


def to_14(rows: Any) -> None:
    """A vault of today as one of format 14, where nobody knew who has heard what was spoken."""
    to_15(rows)
    rows.execute("ALTER TABLE messages DROP COLUMN listened")
    rows.execute("PRAGMA user_version = 14")


def test_what_was_spoken_before_is_nothing_new(folder: Path) -> None:
    def old(rows: Any) -> None:
        to_14(rows)
        for n, (kind, state) in enumerate((("voice", "received"), ("voice", "read"), ("text", "received"))):
            rows.execute(
                "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, "
                "raw, state) VALUES ('p:', ?, x'02', x'03', x'04', ?, x'', x'', 1, ?, x'', x'', ?)",
                (bytes([n]), n, kind, state),
            )

    opened = upgraded(folder, old)
    found = opened.read(lambda rows: rows.execute("SELECT listened FROM messages ORDER BY ord").fetchall())
    assert found == [(0,), (None,), (None,)]
    opened.close()


def to_13(rows: Any) -> None:
    """A vault of today as one of format 13, where nothing waited for a time."""
    to_14(rows)
    rows.execute("DROP TABLE later")
    rows.execute("PRAGMA user_version = 13")


def to_12(rows: Any) -> None:
    """A vault of today as one of format 12, where a group's picture lay in its row."""
    to_13(rows)
    rows.execute("ALTER TABLE groups ADD COLUMN settings BLOB")
    rows.execute("DROP TABLE group_settings")
    for gid, settings in ((b"a", b"x" * 50_000), (b"b", None)):
        rows.execute(
            "INSERT INTO groups (gid, name, port, state, hash, settings_epoch, settings) "
            "VALUES (?, 'class', 4000, 'joined', ?, 7, ?)",
            (gid, bytes(32), settings),
        )
    rows.execute("PRAGMA user_version = 12")


def test_settings_of_groups_move_out_of_their_rows(folder: Path) -> None:
    opened = upgraded(folder, to_12)
    found = opened.read(lambda rows: rows.execute("SELECT gid, plaintext FROM group_settings").fetchall())
    assert found == [(b"a", b"x" * 50_000)]
    query = "SELECT gid, name, settings_epoch, invited FROM groups ORDER BY gid"
    assert opened.read(lambda rows: rows.execute(query).fetchall()) == [(b"a", "class", 7, 0), (b"b", "class", 7, 0)]
    opened.close()


def to_11(rows: Any) -> None:
    """A vault of today as one of format 11, where nothing stood over a conversation."""
    to_12(rows)
    rows.execute("DROP INDEX pins_by_chat")
    rows.execute("PRAGMA user_version = 11")


def to_10(rows: Any) -> None:
    """A vault of today as one of format 10, which found neither inside words nor by what a message is."""
    to_11(rows)
    rows.execute("DROP TABLE search")
    rows.execute("DROP TABLE search_terms")
    rows.execute(
        "CREATE VIRTUAL TABLE search USING fts5(words, chat, columnsize=0, prefix='1 2 3', "
        "tokenize='unicode61 remove_diacritics 0')"
    )
    rows.execute("INSERT INTO search (rowid, words, chat) VALUES (1, 'hello', 'p')")
    save_setting(rows, "search_upto", (1).to_bytes(8))
    rows.execute("PRAGMA user_version = 10")


def test_a_kind_that_nobody_knew_is_no_line_any_more(folder: Path) -> None:
    def older(rows: Any) -> None:
        to_11(rows)
        rows.execute(
            "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
            "state) VALUES ('p:02', x'01', x'02', x'03', x'04', 1, x'', x'', 1, 'pin', x'', x'', 'received')"
        )

    opened = upgraded(folder, older)
    assert opened.value("SELECT line FROM messages WHERE kind = 'pin'") == amendments.SUPERSEDED
    opened.close()


@pytest.mark.parametrize("number", [9, 10])
def test_an_index_that_knew_less_is_made_anew(folder: Path, number: int) -> None:
    def older(rows: Any) -> None:
        to_10(rows)
        rows.execute(f"PRAGMA user_version = {number}")

    opened = upgraded(folder, older)
    assert opened.read(lambda rows: rows.execute("SELECT count(*) FROM search").fetchone()) == (0,)
    assert opened.read(lambda rows: rows.execute("SELECT words, about FROM search").fetchall()) == []
    assert opened.read(lambda rows: rows.execute("SELECT count(*) FROM search_terms").fetchone()) == (0,)
    assert opened.read(lambda rows: setting(rows, "search_upto")) is None
    opened.close()


def to_8(rows: Any) -> None:
    """A vault of today as one of format 8, where a conversation stayed in sight for good."""
    to_10(rows)
    rows.execute("DROP INDEX to_clear")
    for column in ("archived", "removed", "kept"):
        rows.execute(f"ALTER TABLE chats DROP COLUMN {column}")
    rows.execute("PRAGMA user_version = 8")


def to_7(rows: Any) -> None:
    """A vault of today as one of format 7, where an invitation was a line of the talk by which it came."""
    to_8(rows)
    rows.execute("UPDATE messages SET line = 1 WHERE line = 6")
    rows.execute("DROP INDEX invitations_by_chat")
    rows.execute("ALTER TABLE groups DROP COLUMN invited")
    rows.execute("PRAGMA user_version = 7")


def to_6(rows: Any) -> None:
    """A vault of today as one of format 6, which kept a draft, and nothing of an answer or an edit that was begun."""
    to_7(rows)
    for column in ("answering", "editing", "edit"):
        rows.execute(f"ALTER TABLE chats DROP COLUMN {column}")
    rows.execute("PRAGMA user_version = 6")


def to_5(rows: Any) -> None:
    """A vault of today as one of format 5: a message that moved took another number, and the counter didn't know."""
    to_6(rows)
    for index in ("lines_by_chat", "unread_by_chat"):
        rows.execute(f"DROP INDEX {index}")
    rows.execute("ALTER TABLE messages DROP COLUMN position")
    rows.execute("ALTER TABLE messages DROP COLUMN moved")
    rows.execute("CREATE INDEX lines_by_chat ON messages (chat, ord) WHERE line = 1")
    unread = "WHERE line = 1 AND deleted = 0 AND state = 'received'"
    rows.execute(f"CREATE INDEX unread_by_chat ON messages (chat, ord) {unread}")
    rows.execute("DROP TABLE outbox")
    rows.execute(
        "CREATE TABLE outbox (ord INTEGER PRIMARY KEY, chat TEXT NOT NULL, prekey_id BLOB, sealed BLOB, mail BLOB, "
        "mailed INTEGER NOT NULL DEFAULT 0)"
    )
    rows.execute("CREATE INDEX outbox_by_chat ON outbox (chat, ord)")
    rows.execute("ALTER TABLE chats RENAME COLUMN read_to TO read_ord")
    rows.execute("PRAGMA user_version = 5")


def tables(opened: Vault) -> Any:
    """Every column of every table, and every index with what it is over."""

    def ask(rows: Rows) -> Any:
        found = rows.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
        indexes = {name: sql for kind, name, _table, sql in found if kind == "index"}
        names = [name for kind, name, _table, _sql in found if kind == "table"]
        info = {name: [row[1:] for row in rows.execute(f"PRAGMA table_xinfo({name})")] for name in names}
        return indexes, {name: sorted(columns) for name, columns in info.items()}

    return opened.read(ask)


def test_what_had_moved_keeps_its_place_and_its_number(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Format 5 had one number for a message's name and its place."""
    peer, chat = bytes(range(32)), ChatId.private(bytes(range(32)))

    def fill(rows: Rows) -> None:
        to_5(rows)
        line = (
            "INSERT INTO messages (ord, chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, "
        )
        line += "raw, state) VALUES (?, ?, ?, x'02', ?, x'03', ?, x'', x'', 1, 'text', ?, x'', ?)"
        for order, state in ((1, "received"), (2, "waiting"), (3, "received"), (4, "waiting")):
            rows.execute(line, (order, chat, bytes([order]), peer, order, b"said %d" % order, state))
        rows.execute("UPDATE messages SET ord = 9 WHERE ord = 2")  # as it was done then
        rows.execute(
            "INSERT INTO outbox VALUES (4, ?, x'aa', x'bb', NULL, 0), (9, ?, NULL, NULL, x'cc', 1)", (chat, chat)
        )
        rows.execute("INSERT INTO chats (chat, read_ord) VALUES (?, 1)", (chat,))

    opened = Vault.open(folder, PASSWORD, here)
    opened.write(fill)
    opened.close()
    opened = Vault.open(folder, PASSWORD, here)
    assert version(opened) == (APPLICATION_ID, FORMAT)
    lines = opened.read(lambda rows: chats.beyond(rows, chat, 0, 9, up=True))
    assert [(row.ord, row.position, row.body) for row in lines] == [
        (1, 1, b"said 1"), (3, 3, b"said 3"), (4, 4, b"said 4"), (9, 9, b"said 2"),
    ]  # fmt: skip
    assert opened.read(lambda rows: [outbox_rows.get(rows, order) for order in outbox_rows.orders(rows, chat)]) == [
        Waiting(4, chat, 4, b"\xaa", b"\xbb", None, 0),
        Waiting(9, chat, 9, None, None, b"\xcc", 1),
    ]
    assert opened.read(lambda rows: chats.unread(rows, chat, chats.read_to(rows, chat), 9)) == (1, 3)
    opened.write(lambda rows: message_rows.move(rows, 4))
    assert opened.read(lambda rows: message_rows.at(rows, 4)).position == 10
    Vault.create(fresh := tmp_path_factory.mktemp("fresh"), PASSWORD, lambda rows: None, here).close()
    new = Vault.open(fresh, PASSWORD, here)
    assert tables(opened) == tables(new)
    opened.close()
    new.close()


def test_a_draft_goes_on_where_an_answer_can_be_kept_beside_it(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    opened.write(to_6)
    opened.execute("UPDATE chats SET draft = 'half a thought'")
    opened.close()
    opened = Vault.open(folder, PASSWORD, here)
    assert version(opened) == (APPLICATION_ID, FORMAT)
    kept = opened.read(lambda rows: rows.execute("SELECT draft, answering, editing, edit FROM chats").fetchall())
    assert kept == [("half a thought", 0, 0, "")]
    opened.close()


def test_what_waited_in_two_tables_waits_in_one(folder: Path) -> None:
    """Format 4 had a table for people and one for groups, and named a line that a chain tells in text."""
    peer, gid = bytes(range(32)), bytes(range(16))
    line = "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
    line += "state, n, epoch) "
    line += "VALUES ('g:', x'01', x'02', ?, 'removed', -3, x'', x'', 1, 'system', x'', x'', 'system', 3, 1)"

    def to_4(rows: Any) -> None:
        to_5(rows)
        rows.execute("DROP TABLE outbox")
        rows.execute(
            "CREATE TABLE outbox (ord INTEGER PRIMARY KEY, peer BLOB NOT NULL, prekey_id BLOB, sealed BLOB, mail BLOB, "
            "mailed INTEGER NOT NULL DEFAULT 0)"
        )
        rows.execute("CREATE INDEX outbox_by_peer ON outbox (peer, ord)")
        rows.execute("CREATE TABLE group_outbox (ord INTEGER PRIMARY KEY, gid BLOB NOT NULL, entry BLOB)")
        rows.execute("CREATE INDEX group_outbox_by_gid ON group_outbox (gid, ord)")
        rows.execute("INSERT INTO outbox VALUES (2, ?, x'aa', x'bb', x'cc', 1)", (peer,))
        rows.execute("INSERT INTO group_outbox VALUES (1, ?, x'dd'), (3, ?, NULL)", (gid, gid))
        rows.execute(line, (gid,))
        rows.execute("PRAGMA user_version = 4")

    opened = upgraded(folder, to_4)
    assert opened.read(lambda rows: [outbox_rows.get(rows, order) for order in (1, 2, 3)]) == [
        Waiting(1, ChatId.group(gid), 1, None, b"\xdd", None, 0),
        Waiting(2, ChatId.private(peer), 2, b"\xaa", b"\xbb", b"\xcc", 1),
        Waiting(3, ChatId.group(gid), 3, None, None, None, 0),
    ]
    told = opened.read(lambda rows: message_rows.told(rows, gid, 1, "removed"))
    assert told is not None and told.key == b"removed"
    opened.close()
