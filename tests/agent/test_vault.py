"""The vault on disk: the wrong password told from damage, a foreign file from a missing one; a full disk; no secret."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import HamrazError
from tests.agent.vaults import here
from tests.world import Killed, Person, World
from web_client.account.events import StorageChanged
from web_client.vault import database as vault_database
from web_client.vault import key_file
from web_client.vault.database import DATABASE_FILE, KEY_FILE, UNFINISHED_FILE, Rows, Vault, save_setting, setting
from web_client.vault.schema import FORMAT

PASSWORD = "a long enough passphrase 1404"
pytestmark = pytest.mark.usefixtures("cheap_argon2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a closed vault that holds something."""
    made = Vault.create(tmp_path, PASSWORD, lambda rows: save_setting(rows, "what", b"kept"), here)
    made.close()
    return tmp_path


def refusal(folder: Path, password: str = PASSWORD) -> str:
    """Why it can't be opened. Nothing in the folder has changed by the try."""
    before = hashes(folder)
    with pytest.raises(HamrazError) as reason:
        Vault.open(folder, password, here)
    assert hashes(folder) == before
    return reason.value.code


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_what_was_put_in_is_there_again(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    assert opened.read(lambda rows: setting(rows, "what")) == b"kept"
    opened.close()
    assert sorted(path.name for path in folder.iterdir()) == [DATABASE_FILE, KEY_FILE]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_password_is_only_that(folder: Path) -> None:
    for wrong in ("", "a long enough passphrase 1405", PASSWORD + " ", PASSWORD.upper()):
        assert refusal(folder, wrong) == "password"
    Vault.open(folder, PASSWORD, here).close()


def test_the_same_letters_composed_differently_are_the_same_password(tmp_path: Path) -> None:
    Vault.create(tmp_path, "pa\u00dfwo\u0308rter genug", lambda rows: None, here).close()
    Vault.open(tmp_path, "pa\u00dfw\u00f6rter genug", here).close()


def test_any_damage_of_the_key_file_is_named_damage_and_never_a_wrong_password(folder: Path) -> None:
    path = folder / KEY_FILE
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        expected = "vault_foreign" if at in range(len(key_file.FAMILY), len(key_file.MAGIC)) else "vault_damaged"
        assert refusal(folder) == refusal(folder, "wrong") == expected
    for cut in (0, 1, 40, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert refusal(folder) == "vault_damaged"
    path.write_bytes(whole + b"\0")
    assert refusal(folder) == "vault_damaged"
    path.write_bytes(whole)
    Vault.open(folder, PASSWORD, here).close()


def test_any_damage_of_the_database_is_named(folder: Path) -> None:
    path = folder / DATABASE_FILE
    whole = path.read_bytes()
    assert len(whole) > 20 * 4096
    for at in range(0, len(whole), 4096 * 3 + 1001):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert refusal(folder) == "vault_damaged", at
    for cut in (0, 1, 15, 4096, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:cut])
        assert refusal(folder) == "vault_damaged", cut
    path.write_bytes(os.urandom(len(whole)))
    assert refusal(folder) == "vault_damaged"
    path.write_bytes(whole)
    Vault.open(folder, PASSWORD, here).close()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[Rows]:
    """Every file is too large to be read through at the opening; by which connections one was."""
    connections: list[Rows] = []
    whole = vault_database._is_whole

    def counting(rows: Rows) -> bool:
        connections.append(rows)
        return whole(rows)

    monkeypatch.setattr(vault_database, "CHECKED_AT_ONCE", 0)
    monkeypatch.setattr(vault_database, "_is_whole", counting)
    return connections


def test_a_large_file_is_read_through_after_the_opening(folder: Path, large: list[Rows]) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    assert not large and not opened.is_checked
    opened.execute("INSERT INTO veils VALUES (x'01')")
    opened.check()
    assert opened.is_checked and opened.trouble is None
    assert len(large) == 1 and large[0] is not opened._database, "who reads and writes waits for nothing"
    opened.check()
    assert len(large) == 1
    opened.execute("INSERT INTO veils VALUES (x'02')")
    opened.close()
    opened = Vault.open(folder, PASSWORD, here)
    opened.close()
    opened.check()
    assert len(large) == 1, "it was closed"


def test_any_damage_of_a_large_file_is_named(folder: Path, large: list[Rows]) -> None:
    """At the opening, if that reads there; else afterwards, and nothing is written any more."""
    path = folder / DATABASE_FILE
    whole, found = path.read_bytes(), []
    for at in range(0, len(whole), 4096 * 3 + 1001):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        before = path.read_bytes()
        try:
            opened = Vault.open(folder, PASSWORD, here)
        except HamrazError as reason:
            assert reason.code == "vault_damaged"
            continue
        told: list[str | None] = []
        opened.on_trouble = lambda trouble, told=told: told.append(trouble and trouble.code)  # type: ignore[misc]
        opened.check()
        assert told == ["vault_damaged"] and opened.is_checked
        with pytest.raises(HamrazError, match="damaged"):
            opened.execute("INSERT INTO veils VALUES (x'01')")
        opened.close()
        assert path.read_bytes() == before
        found.append(at)
    assert len(found) > 3


def test_a_page_that_was_half_written_while_it_was_read_is_no_damage(
    folder: Path, large: list[Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = vault_database._is_whole
    monkeypatch.setattr(vault_database, "_is_whole", lambda rows: again(rows) and len(large) > 1)
    opened = Vault.open(folder, PASSWORD, here)
    opened.check()
    assert opened.trouble is None and [rows is opened._database for rows in large] == [False, True]
    opened.close()


@pytest.mark.parametrize("name", [KEY_FILE, DATABASE_FILE])
def test_half_a_vault_is_damaged_and_is_not_written_over(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert Vault.exists(folder)
    assert refusal(folder) == "vault_damaged"


def test_no_vault(tmp_path: Path) -> None:
    assert not Vault.exists(tmp_path)
    assert refusal(tmp_path) == "vault_damaged"


def test_another_program_s_database_is_foreign(folder: Path) -> None:
    (folder / DATABASE_FILE).unlink()
    with sqlite3.connect(folder / DATABASE_FILE) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    assert refusal(folder) == "vault_foreign"


def test_another_vault_s_database_does_not_open(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    Vault.create(other, PASSWORD, lambda rows: None, here).close()
    shutil.copy(other / DATABASE_FILE, folder / DATABASE_FILE)
    assert refusal(folder) == "vault_damaged"


@pytest.mark.parametrize("pragma", [f"user_version = {FORMAT + 1}", "user_version = 0", "application_id = 1"])
def test_a_vault_of_a_later_version_is_foreign(folder: Path, pragma: str) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    opened._database.execute(f"PRAGMA {pragma}")
    opened.close()
    assert refusal(folder) == "vault_foreign"


def test_a_transaction_is_all_or_nothing(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    for failure in (HamrazError("busy"), KeyError("a mistake"), Killed()):

        def change(rows: Any, failure: BaseException = failure) -> None:
            save_setting(rows, "what", b"half")
            raise failure

        with pytest.raises(type(failure)):
            opened.write(change)
        assert opened.read(lambda rows: setting(rows, "what")) == b"kept"
    opened.write(lambda rows: save_setting(rows, "what", b"new"))
    shutil.copytree(folder, folder / "as it is on disk now")
    copy = Vault.open(folder / "as it is on disk now", PASSWORD, here)
    assert copy.read(lambda rows: setting(rows, "what")) == b"new"
    copy.close()
    opened.close()


def test_a_closed_vault_says_that_it_is_locked(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    opened.close()
    for ask in (opened.read, opened.write):
        with pytest.raises(HamrazError) as reason:
            ask(lambda rows: setting(rows, "what"))
        assert reason.value.code == "locked"


STEPS = ["before the key", "database half made", "database whole", "key in place", "renamed"]


@pytest.mark.parametrize("step", STEPS)
def test_a_power_cut_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Either there is none, and another can be made, or there is a whole one."""

    def killed(*_: Any) -> Any:
        raise Killed

    def fill(rows: Any) -> None:
        save_setting(rows, "what", b"kept")
        if step == "database half made":
            raise Killed

    replace, times = os.replace, []

    def replace_or_not(source: Any, target: Any) -> None:
        times.append(target)
        if step == "database whole" or (step == "key in place" and len(times) == 2):
            raise Killed
        replace(source, target)
        if step == "renamed" and len(times) == 2:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace_or_not)
        if step == "before the key":
            patched.setattr(key_file, "wrap", killed)
        with pytest.raises(Killed):
            Vault.create(tmp_path, PASSWORD, fill, here)
    assert Vault.exists(tmp_path) == (step in ("key in place", "renamed"))
    if Vault.exists(tmp_path):
        opened = Vault.open(tmp_path, PASSWORD, here)
    else:
        opened = Vault.create(tmp_path, "another " + PASSWORD, lambda rows: save_setting(rows, "what", b"kept"), here)
    assert opened.read(lambda rows: setting(rows, "what")) == b"kept"
    opened.close()
    assert not list(tmp_path.glob(UNFINISHED_FILE + "*"))


# --- a disk that is full ---


def fill_disk(person: Person) -> None:
    pages = person.vault._database.execute("PRAGMA page_count").fetchone()[0]
    free = person.vault._database.execute("PRAGMA freelist_count").fetchone()[0]
    person.vault._database.execute(f"PRAGMA max_page_count = {pages - free}")


def make_room(person: Person) -> None:
    person.vault._database.execute("PRAGMA max_page_count = 1000000")


def test_a_full_disk_of_the_sender_is_named_and_nothing_is_half_written(
    world: World, arash: Person, sara: Person
) -> None:
    arash.say(sara, "before")
    fill_disk(arash)
    with pytest.raises(HamrazError) as reason:
        arash.write(sara, "x" * 60_000)
    assert reason.value.code == "disk_full"
    assert arash.texts(sara) == ["before"]
    make_room(arash)
    arash.say(sara, "after")
    assert arash.texts(sara) == sara.texts(arash) == ["before", "after"]


def test_a_full_disk_of_the_receiver_acknowledges_nothing(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "before")
    fill_disk(sara)
    arash.say(sara, "x" * 60_000)
    assert arash.states(sara)[-1] == "authority", "it waits where there is room"
    assert sara.texts(arash) == ["before"] and sara.node.ctx.vault.trouble is not None
    with pytest.raises(HamrazError) as reason:
        sara.node.mailbox.step()
    assert reason.value.code == "disk_full"
    make_room(sara)
    sara.node.look_after_disk()
    world.settle()
    assert [event.code for event in sara.changes if isinstance(event, StorageChanged)] == ["disk_full", None]
    assert sara.texts(arash) == ["before", "x" * 60_000]
    assert arash.states(sara)[-1] == "delivered"


def test_a_disk_that_fills_up_while_a_receipt_is_stored_loses_nothing(
    world: World, arash: Person, sara: Person
) -> None:
    arash.write(sara, "x" * 3000)

    def full_now(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "arash":
            fill_disk(arash)
        return [body]

    world.carry = full_now
    arash.deliver()  # not even that it waits can be noted
    world.carry = lambda source, target, body: [body]
    make_room(arash)
    world.settle()
    assert arash.texts(sara) == sara.texts(arash) == ["x" * 3000]
    assert arash.states(sara) == ["delivered"]


# --- nothing secret shows ---


def test_no_secret_in_what_a_vault_or_a_node_shows_of_itself(
    folder: Path, world: World, arash: Person, sara: Person
) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    arash.say(sara, "hello")
    node = arash.node
    node.links.get(sara.uid)
    secrets = {node.ctx.me.key.save(), *prekeys(sara), *prekeys(arash), PASSWORD.encode()}
    assert len(secrets) > 16
    shown = " ".join(
        repr(thing)
        for thing in (
            *(
                opened,
                node,
                node.ctx.me,
                node.ctx.me.key,
                node.ctx.link,
                node.ctx.vault,
                node.ctx.trust,
                node.outbox,
                node.links,
            ),
            *(node.authority, arash.agent(), vars(node), vars(node.ctx.trust), vars(node.outbox), vars(opened)),
        )
    )
    assert arash.name in shown, "the search finds what is there"
    for secret in secrets:
        for form in (secret.hex(), repr(secret)[2:-1], str(list(secret))):
            assert form not in shown
    assert world.link.invitation not in shown
    opened.close()


def prekeys(person: Person) -> set[bytes]:
    return person.vault.read(lambda rows: {bytes(row[0]) for row in rows.execute("SELECT key FROM own_prekeys")})


def test_no_secret_in_an_error(folder: Path) -> None:
    wrong = "my other long passphrase"
    with pytest.raises(HamrazError) as reason:
        Vault.open(folder, wrong, here)
    assert wrong not in repr(reason.value) + str(reason.value) + repr(vars(reason.value))


# --- another password ---

OTHER = "quite another phrase 1405"


def opens(folder: Path, password: str) -> bool:
    try:
        Vault.open(folder, password, here).close()
    except HamrazError as reason:
        assert reason.code == "password"
        return False
    return True


def test_another_password_opens_the_same_vault_and_the_old_one_does_not(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    opened.change_password(folder, PASSWORD, OTHER)
    assert opened.read(lambda rows: setting(rows, "what")) == b"kept"
    opened.close()
    assert (opens(folder, PASSWORD), opens(folder, OTHER)) == (False, True)
    again = Vault.open(folder, OTHER, here)
    assert again.read(lambda rows: setting(rows, "what")) == b"kept"
    again.close()
    assert sorted(path.name for path in folder.iterdir()) == [DATABASE_FILE, KEY_FILE]


def test_the_wrong_old_password_changes_nothing(folder: Path) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    before = (folder / KEY_FILE).read_bytes()
    with pytest.raises(HamrazError) as caught:
        opened.change_password(folder, "not the password 1404", OTHER)
    opened.close()
    assert (caught.value.code, caught.value.field) == ("password", "password")
    assert (folder / KEY_FILE).read_bytes() == before


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
@pytest.mark.parametrize("after", [False, True])
def test_a_cut_while_the_password_changes_leaves_exactly_one_of_both(
    folder: Path, step: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Vault.open(folder, PASSWORD, here)
    real = getattr(os, step)

    def cut(*arguments: Any) -> Any:
        result = real(*arguments) if after else None
        raise Killed(f"{step}: {result}")

    with monkeypatch.context() as then:
        then.setattr(os, step, cut)
        with pytest.raises(Killed):
            opened.change_password(folder, PASSWORD, OTHER)
    opened.close()
    assert opens(folder, PASSWORD) is not opens(folder, OTHER)
    opened = Vault.open(folder, OTHER if opens(folder, OTHER) else PASSWORD, here)
    opened.change_password(folder, OTHER if opens(folder, OTHER) else PASSWORD, "and a third one 1406")  # goes on
    opened.close()
    assert opens(folder, "and a third one 1406")
