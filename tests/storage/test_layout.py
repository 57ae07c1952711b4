"""What stands in the way in a data folder: a folder, a pipe or a link to nowhere where a file belongs, and the like. It
is named before anything is opened, at agent and authority, at a start and while they run; nothing is touched.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from authority_server.operations import control_files
from authority_server.operations.join_links import Invitation
from authority_server.store import data_folder
from authority_server.store.blobs import ChunkFiles
from authority_server.store.signed_sizes import LOG, SignedSizes
from protocol.errors import HamrazError
from storage.held_folder import hold
from storage.layout import Layout, named
from tests.agent.vaults import here
from tests.authority.peer import owner
from tests.authority.test_store import started
from tests.passwords import cheapen
from tests.world import World
from web_client.agent.api import Agent
from web_client.vault.chunk_store import FileStore
from web_client.vault.data_folder import LAYOUT, Folder
from web_client.vault.database import Vault

PASSWORD = "a long enough passphrase 1404"


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "somebody's").write_bytes(b"kept")


FORMS: dict[str, Callable[[Path], object]] = {
    "a folder": a_folder,
    "a file": lambda path: path.write_bytes(b"somebody's"),
    "a link to nowhere": lambda path: path.symlink_to("/nowhere/at/all"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a pipe": lambda path: os.mkfifo(path),
}
NO_FILES = [form for form in FORMS if form != "a file"]
NO_FOLDERS = [form for form in FORMS if form != "a folder"]


def names(layout: Layout) -> list[tuple[str, str]]:
    """Every name of a folder with every form that doesn't belong there."""
    wrong_files = [(name, form) for name in layout._files for form in NO_FILES]
    return wrong_files + [(name, form) for name in layout._folders for form in NO_FOLDERS]


def refusal(attempt: Callable[[], object]) -> HamrazError:
    with pytest.raises(HamrazError) as reason:
        attempt()
    return reason.value


def code_of(name: str) -> str:
    return "not_a_folder" if name in {*LAYOUT._folders, *data_folder.LAYOUT._folders} else "not_a_file"


def held(path: Path) -> None:
    with data_folder.held(path):
        raise AssertionError("it began")


@pytest.mark.parametrize(("name", "form"), names(data_folder.LAYOUT))
def test_an_authority_names_it_at_the_start(tmp_path: Path, name: str, form: str) -> None:
    FORMS[form](tmp_path / name)
    reason = refusal(lambda: held(tmp_path))
    assert reason.code == code_of(name) and str(tmp_path / name) in str(reason)
    assert {path.name for path in tmp_path.iterdir()} <= {name, "lock"}


@pytest.mark.parametrize(("name", "form"), names(LAYOUT))
def test_an_agent_names_it_at_the_start_and_at_the_log_in(tmp_path: Path, name: str, form: str) -> None:
    FORMS[form](tmp_path / name)
    reason = refusal(lambda: Folder(tmp_path))
    assert reason.code == code_of(name) and str(tmp_path / name) in str(reason)
    if form != "a pipe":  # the start doesn't come so far
        assert refusal(lambda: Agent(tmp_path, here, 0, "").login("sara", PASSWORD)).code == code_of(name)
    assert {path.name for path in tmp_path.iterdir()} <= {name, "lock"}
    if name != "lock":  # and the folder is free for whoever has moved it away
        (tmp_path / name).rename(tmp_path / "elsewhere")
        Folder(tmp_path).release()


def test_every_name_that_they_give_a_file_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the layouts lack would be found out by SQLite or the system, in other words."""
    cheapen(monkeypatch)
    with started(tmp_path / "authority") as authority:
        owner(authority)
        Invitation(authority, tmp_path / "authority" / "links", renew=False).show(["192.0.2.7"], 5050, False)
        control_files.ControlFiles(tmp_path / "authority").serve(lambda: None, {})
        names = {path.name for path in (tmp_path / "authority").iterdir()}
    assert {"authority.db", "authority.db-wal", "links", "room"} <= names <= set(data_folder.LAYOUT._files)
    ours = Folder(tmp_path / "agent")
    ours.save("api-token", "token\n")
    vault = Vault.create(ours.path, PASSWORD, lambda rows: None, here)
    names = {path.name for path in ours.path.iterdir()}
    assert {"vault.db", "vault.db-wal", "vault.key", "lock"} <= names <= set(LAYOUT._files)
    vault.close()
    ours.release()


# --- while they run ---


def outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except HamrazError as reason:
        return reason.code
    return "done"


@pytest.mark.parametrize("form", NO_FOLDERS)
def test_the_folder_of_files_turns_into_something_else_beneath_them(tmp_path: Path, form: str) -> None:
    place = tmp_path / "files"
    chunks, store = ChunkFiles(place), FileStore(place, here)
    FORMS[form](place)
    for attempt in (
        lambda: chunks.write(b"o" * 32, b"i" * 16, 0, b"sealed"),
        lambda: chunks.read(b"o" * 32, b"i" * 16, 0, 6),
        lambda: store.write("a", 0, b"sealed"),
        lambda: store.sync("a"),
        lambda: store.read("a", 0, 6),
        lambda: store.names(),
    ):
        assert outcome(attempt) == "not_a_folder"
    assert outcome(lambda: chunks.write(b"o" * 32, b"i" * 16, 0, b"sealed")) == "not_a_folder"
    chunks.remove([(b"o" * 32, b"i" * 16)])
    store.remove("a")
    assert chunks.free() > 0 and store.room() > 0


def test_a_file_of_somebody_turns_into_a_folder(tmp_path: Path) -> None:
    chunks, store = ChunkFiles(tmp_path / "files"), FileStore(tmp_path / "files", here)
    chunks.write(b"o" * 32, b"i" * 16, 0, b"sealed")
    chunks.flush()
    (path,) = (tmp_path / "files").iterdir()
    path.unlink()
    path.mkdir()
    assert outcome(lambda: chunks.write(b"o" * 32, b"i" * 16, 0, b"sealed")) == "not_a_file"
    assert outcome(lambda: chunks.read(b"o" * 32, b"i" * 16, 0, 6)) == "not_a_file"
    assert outcome(lambda: store.read(path.name, 0, 6)) == "not_a_file"


def test_files_that_can_t_be_reached_now_are_not_given_up(tmp_path: Path) -> None:
    """What stands in the way may be moved away again, and the chunks come back with their folder."""
    node, place = World().sign_up("arash").node, tmp_path / "files"
    node.files.store = FileStore(place, here)
    place.write_bytes(b"in the way")
    lost: list[Any] = []
    node.files._lose = lost.append  # type: ignore[method-assign]

    class Row:
        path, count, of = "a", 1, (b"", b"")

        @staticmethod
        def sealed_length(index: int) -> int:
            return 6

    assert not node.files.is_here(Row) and not lost  # type: ignore[arg-type]
    place.unlink()
    assert not node.files.is_here(Row) and lost == [Row]  # type: ignore[arg-type]


def test_a_wish_that_is_no_file_stops_no_other(tmp_path: Path) -> None:
    for name in (f"request-{'0' * 16}-status", f"answer-{'0' * 16}"):
        (tmp_path / name).mkdir()
    control = control_files.ControlFiles(tmp_path)
    (tmp_path / f"request-{'1' * 16}-status").touch()
    control.serve(lambda: None, {control_files.STATUS: lambda: {"accounts": 1}})
    assert (tmp_path / f"answer-{'1' * 16}").is_file()


def test_what_the_authority_can_t_write_is_told_by_its_path(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sizes = SignedSizes(tmp_path / "authority.sizes", b"i" * 32)
    (tmp_path / "authority.sizes.new").mkdir()
    with caplog.at_level(logging.WARNING):
        sizes.note({LOG: 5})
    assert "authority.sizes.new is in the way" in caplog.text and sizes.highest == {LOG: 5}


# --- the vault ---


@pytest.mark.parametrize("form", NO_FILES)
def test_a_new_password_that_finds_something_in_its_way(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheapen(monkeypatch)
    vault = Vault.create(tmp_path, PASSWORD, lambda rows: None, here)
    FORMS[form](tmp_path / "vault.part")
    reason = refusal(lambda: vault.change_password(tmp_path, PASSWORD, PASSWORD + "!"))
    assert reason.code == "not_a_file" and "vault.part" in str(reason)
    vault.check_password(tmp_path, PASSWORD)
    vault.close()


@pytest.mark.parametrize(
    ("number", "code"),
    [(28, "disk_full"), (122, "disk_full"), (13, "folder_unusable"), (30, "folder_unusable"), (5, "disk_failing")],
)
def test_what_the_system_says_has_one_name(tmp_path: Path, number: int, code: str) -> None:
    assert named(OSError(number, "", str(tmp_path / "x")), tmp_path).code == code


def test_a_folder_whose_path_is_too_long_is_said_to_be(tmp_path: Path) -> None:
    long = tmp_path.joinpath(*["x" * 100] * 5)
    with pytest.raises(HamrazError) as reason:
        hold(long, LAYOUT)
    assert reason.value.code == "path_too_long" and not (tmp_path / ("x" * 100)).exists()
