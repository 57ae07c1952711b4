"""An agent's folder that goes beneath it: nothing is kept in a file that has lost its name, so nothing is acknowledged
or sent; it is told without a write; what goes in the moment of a commit is believed after the vault is opened anew.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from protocol.errors import Damaged, HamrazError
from storage.in_place import InPlace
from tests.agent.vaults import here
from tests.world import Person, World
from web_client.account.events import StorageChanged
from web_client.vault.data_folder import Folder
from web_client.vault.database import DATABASE_FILE, KEY_FILE, Vault, save_setting, setting

PASSWORD = "a long enough passphrase 1404"
pytestmark = pytest.mark.usefixtures("cheap_argon2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "agent"
    folder.mkdir()
    Vault.create(folder, PASSWORD, lambda rows: save_setting(rows, "what", b"first"), here).close()
    return folder


def keep(vault: Vault, what: bytes) -> str:
    try:
        vault.write(lambda rows: save_setting(rows, "what", what))
    except HamrazError as reason:
        return reason.code
    return "kept"


def kept(vault: Vault) -> bytes | None:
    return vault.read(lambda rows: setting(rows, "what"))


def test_a_folder_that_moves_keeps_nothing_until_it_is_back(folder: Path) -> None:
    vault, told = Vault.open(folder, PASSWORD, here), []
    vault.on_trouble = told.append
    assert keep(vault, b"second") == "kept"
    folder.rename(folder.with_name("elsewhere"))
    assert keep(vault, b"third") == "folder_gone" and kept(vault) == b"second"
    folder.with_name("elsewhere").rename(folder)
    vault.probe()
    assert keep(vault, b"fourth") == "kept"
    assert [reason and reason.code for reason in told] == ["folder_gone", None]
    vault.close()
    again = Vault.open(folder, PASSWORD, here)
    assert kept(again) == b"fourth"
    again.close()


@pytest.mark.parametrize("name", [DATABASE_FILE, DATABASE_FILE + "-wal", KEY_FILE])
def test_each_file_of_the_vault_is_looked_for(folder: Path, name: str) -> None:
    vault = Vault.open(folder, PASSWORD, here)
    assert keep(vault, b"second") == "kept"
    (folder / name).unlink()
    vault.look()
    assert vault.trouble is not None and vault.trouble.code == "folder_gone" and name in str(vault.trouble)
    assert keep(vault, b"third") == "folder_gone"
    vault.close()


@pytest.mark.parametrize("put", ["nothing", "an empty folder", "a copy", "a file"])
def test_what_stands_in_its_place_is_not_it(folder: Path, put: str) -> None:
    vault = Vault.open(folder, PASSWORD, here)
    assert keep(vault, b"second") == "kept"
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)
    if put == "a copy":
        shutil.copytree(elsewhere, folder)
    elif put == "a file":
        folder.write_bytes(b"somebody's")
    elif put == "an empty folder":
        folder.mkdir()
    before = sorted(folder.rglob("*"))
    for attempt in (
        lambda: vault.write(lambda rows: save_setting(rows, "what", b"third")),
        vault.probe,
        vault.require_place,
        lambda: vault.change_password(folder, PASSWORD, PASSWORD + "!"),
        lambda: vault.check_password(folder, PASSWORD),
    ):
        with pytest.raises(Damaged) as reason:
            attempt()
        assert reason.value.code == "folder_gone"
    assert sorted(folder.rglob("*")) == before
    vault.close()


def test_what_went_in_the_moment_of_the_commit_is_believed_after_the_vault_is_opened_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, looks = Vault.open(folder, PASSWORD, here), []
    before = InPlace.missing

    def moved_after_the_look(self: InPlace) -> Path | None:
        looks.append(before(self))
        if len(looks) == 1:  # the one in the transaction
            folder.rename(folder.with_name("elsewhere"))
        return looks[-1]

    with monkeypatch.context() as patched:
        patched.setattr(InPlace, "missing", moved_after_the_look)
        assert keep(vault, b"second") == "folder_gone"
    assert [look is None for look in looks] == [True, False]
    folder.with_name("elsewhere").rename(folder)
    assert keep(vault, b"third") == "folder_gone", "what is in memory may be behind what is on the disk"
    vault.look()
    assert vault.trouble is not None
    vault.close()
    again = Vault.open(folder, PASSWORD, here)
    assert kept(again) == b"second" and keep(again, b"third") == "kept"
    again.close()


def test_a_new_password_is_no_other_vault(folder: Path) -> None:
    vault = Vault.open(folder, PASSWORD, here)
    vault.change_password(folder, PASSWORD, PASSWORD + "!")
    assert keep(vault, b"second") == "kept"
    (folder / KEY_FILE).unlink()
    assert keep(vault, b"third") == "folder_gone"
    vault.close()


def test_nothing_is_sent_or_acknowledged_meanwhile(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In memory: what of the agent asks whether the vault has its place."""
    arash.say(sara, "before")
    arash.write(sara, "waits")
    monkeypatch.setattr(InPlace, "missing", lambda self: Path("vault.db") if self is arash.vault._files else None)
    sara.write(arash, "nobody has it")
    sara.settle()
    arash.deliver()
    with pytest.raises(HamrazError) as reason:
        arash.node.mailbox.step()
    assert reason.value.code == "folder_gone", "it stays where it was left"
    assert sara.texts(arash) == ["before", "nobody has it"]
    assert sara.states(arash)[-1] != "delivered", "no receipt"
    with pytest.raises(HamrazError) as reason:
        arash.write(sara, "not taken")
    assert reason.value.code == "folder_gone"
    assert [event.code for event in arash.changes if isinstance(event, StorageChanged)] == ["folder_gone"]
    monkeypatch.undo()
    arash.node.look_after_disk()
    world.settle()
    assert [event.code for event in arash.changes if isinstance(event, StorageChanged)] == ["folder_gone", None]
    assert sara.texts(arash) == ["before", "nobody has it", "waits"]
    assert sara.states(arash)[1] == "delivered"


def test_the_files_of_a_run_are_taken_away_from_no_other_s_folder(tmp_path: Path) -> None:
    path = tmp_path / "agent"
    folder = Folder(path)
    folder.save("api-token", "ours\n")
    path.rename(tmp_path / "elsewhere")
    other = Folder(path)
    other.save("api-token", "another's\n")
    folder.remove("api-token")
    folder.release()
    assert (path / "api-token").read_text() == "another's\n"
    other.remove("api-token")
    other.release()
    assert not (path / "api-token").exists()
