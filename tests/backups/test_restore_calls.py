"""What the page asks for on a new machine: the calls, on a folder of this disk; and a cut at each of their steps."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol import backups, messages
from protocol.errors import Damaged, HamrazError, error
from protocol.kit import Kit
from protocol.messages import BackupIs, Chunk, KeptBackup
from tests.agent.cuts import StepCounter
from tests.agent.memory_agent import PASSWORD, MemoryAgent, Opened, open_agent
from tests.agent.wire import decoded
from tests.backups.machines import found, heal, lose, on_paper
from tests.world import Killed, Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import messages as message_views
from web_client.backups import brought
from web_client.backups.brought import Brought
from web_client.vault import database as vault_database
from web_client.vault import unfinished

pytestmark = pytest.mark.usefixtures("cheap_argon2")


def backed_up(sara: Person, arash: Person, texts: int = 3) -> Kit:
    """Sara has written, made a backup, and lost her laptop."""
    kit = on_paper(sara)
    for n in range(texts):
        sara.say(arash, f"sara {n}")
        arash.say(sara, f"arash {n}")
    sara.world.settle()
    sara.node.backups.make()
    lose(sara)
    sara.world.people.pop("sara")
    return kit


def typed(kit: Kit) -> str:
    return " ".join(kit.groups()).upper()


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(HamrazError) as reason:
        action()
    return reason.value.code


def texts(agent: MemoryAgent, other: Person) -> list[str]:
    assert agent._session is not None
    page = message_views.history(agent._session, ChatId.private(other.uid), None, None, 1000)
    return [one["text"] for one in page["messages"]]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock", "authority.link", "files"}


def test_kit_date_password_and_one_goes_on(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = backed_up(sara, arash)
    agent = opened()
    assert agent.stage == "sign_up"
    [offered] = agent.find_backup(typed(kit))["backups"]
    assert offered["username"] == "sara" and offered["when"] == world.now
    assert not Path(agent._folder / "restore").exists()
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}
    assert ("restoring", {"done": 1, "of": 1}) in agent.events
    assert agent.stage == "ready"
    assert texts(agent, arash) == arash.texts(sara)
    assert files(agent._folder) == {"vault.db", "vault.key", "vault.kit", "vault.db-wal", "vault.db-shm"}
    agent.lock()
    assert agent.login("sara", PASSWORD) == {"username": "sara"}
    agent.lock()
    assert agent.open_with_kit(typed(kit), "another word or four 77", "another word or four 77") == {"username": "sara"}


@pytest.mark.parametrize("why", ["typing", "authority", "unknown", "ended"])
def test_each_kit_that_is_of_no_use_is_named(
    world: World, arash: Person, sara: Person, opened: Opened, why: str
) -> None:
    kit = on_paper(sara)
    sara.node.backups.make()
    text = typed(kit)
    match why:
        case "typing":
            text = text[:-1] + ("a" if text[-1] != "A" else "b")
        case "authority":
            text = typed(Kit(kit.recovery, bytes(32)))
        case "unknown":
            text = typed(Kit.generate(world.link.authority_id))
        case "ended":
            arash.agent().revoke_person("sara")
    lose(sara)
    agent = opened()
    expected = {
        "typing": "bad_kit",
        "authority": "bad_kit",
        "unknown": "kit_unknown",
        "ended": "account_ended",
    }[why]
    assert code_of(lambda: agent.find_backup(text)) == expected
    for without in (False, True):
        assert code_of(lambda: agent.restore(text, PASSWORD, PASSWORD, without=without)) == expected  # noqa: B023
    assert files(agent._folder) == set() and agent.stage == "sign_up"


def nothing_to_go_on_from(agent: MemoryAgent, kit: Kit) -> str:
    """Why; and that it is said whose kit it is all the same."""
    answer = agent.find_backup(typed(kit))
    assert answer["backups"] == [] and answer["without"]["username"] == "sara"
    assert not (agent._folder / "restore").exists()
    code: str = answer["without"]["why"]
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == code
    return code


def test_without_a_backup_one_goes_on_by_the_kit(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = on_paper(sara)
    sara.say(arash, "one")
    world.settle()
    lose(sara)
    world.people.pop("sara")
    agent = opened()
    assert nothing_to_go_on_from(agent, kit) == "no_backup"
    assert (
        code_of(lambda: agent.restore(typed(kit), "sara sara sara", "sara sara sara", without=True)) == "password_weak"
    )
    assert files(agent._folder) == set()
    assert agent.restore(typed(kit), PASSWORD, PASSWORD, without=True) == {"username": "sara"}
    assert agent.stage == "ready" and texts(agent, arash) == []
    assert agent._session is not None
    agent._session.healing.step()
    assert texts(agent, arash) == ["one"]
    agent.lock()
    assert agent.login("sara", PASSWORD) == {"username": "sara"}
    agent.lock()
    assert agent.open_with_kit(typed(kit), "another word or four 77", "another word or four 77") == {"username": "sara"}


def changed(world: World, change: Callable[[KeptBackup], KeptBackup]) -> None:
    """From now on the authority says something else of what it has."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        answer = decoded(body, BackupIs)
        if answer is None:
            return [body]
        return [messages.encode(BackupIs(answer.re, answer.uid, [change(one) for one in answer.backups]))]

    world.carry = carry


def test_a_newer_format_is_named(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = backed_up(sara, arash)
    changed(world, lambda one: KeptBackup(one.id, one.size, (2).to_bytes(4) + b"whatever"))
    assert nothing_to_go_on_from(opened(), kit) == "backup_newer"


def test_what_the_authority_changes_is_noticed(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = backed_up(sara, arash)
    [kept] = found(world, kit).backups
    for at in range(0, len(kept.head), 97):
        flipped = bytearray(kept.head)
        flipped[at] ^= 1
        changed(world, lambda one, head=bytes(flipped): KeptBackup(one.id, one.size, head))  # type: ignore[misc]
        assert nothing_to_go_on_from(opened(), kit) in ("backup_broken", "backup_newer")

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        chunk = decoded(body, Chunk)
        if chunk is None:
            return [body]
        return [messages.encode(Chunk(chunk.re, chunk.sealed[:-1] + bytes([chunk.sealed[-1] ^ 1])))]

    world.carry = carry
    agent = opened()
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == "backup_broken"
    assert files(agent._folder) == set() and agent.stage == "sign_up"
    world.carry = lambda source, target, body: [body]
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}


def test_the_authority_goes_away_half_way_and_it_goes_on(
    world: World, arash: Person, sara: Person, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = backed_up(sara, arash, 40)
    asked = 0

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal asked
        if decoded(body, messages.GetChunk) is not None:
            asked += 1
            if asked % 2:
                world.cut("authority")
                for network in agent.networks:
                    network.cut("authority")
                return []
        return [body]

    agent = opened()
    world.carry = carry
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}
    assert asked >= 2
    assert len(texts(agent, arash)) == 80


def test_the_authority_stays_away(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = backed_up(sara, arash)
    agent = opened()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if decoded(body, messages.GetChunk) is not None:
            for network in agent.networks:
                network.cut("authority")
            world.authority_up = False
        return [body]

    world.carry = carry
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == "authority_down"
    assert files(agent._folder) == set()
    world.carry = lambda source, target, body: [body]
    world.authority_up = True
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}


def test_a_full_disk_leaves_nothing_half(
    world: World, arash: Person, sara: Person, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = backed_up(sara, arash)
    agent = opened()
    transact = vault_database._transaction
    left = 3

    def full(*arguments: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Damaged("disk_full")
        return transact(*arguments)

    monkeypatch.setattr(vault_database, "_transaction", full)
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == "disk_full"
    assert files(agent._folder) == set() and agent.stage == "sign_up"
    monkeypatch.setattr(vault_database, "_transaction", transact)
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}


def test_of_two_the_older_can_be_taken(world: World, arash: Person, sara: Person, opened: Opened) -> None:
    kit = on_paper(sara)
    sara.say(arash, "first")
    sara.node.backups.make()
    world.now += 1000
    sara.say(arash, "second")
    sara.node.backups.make()
    lose(sara)
    agent = opened()
    newest, older = agent.find_backup(typed(kit))["backups"]
    assert newest["when"] == older["when"] + 1000
    agent.restore(typed(kit), PASSWORD, PASSWORD, older["id"])
    assert texts(agent, arash) == ["first"]
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == "has_account"


def test_a_file_does_it_too(world: World, arash: Person, sara: Person, opened: Opened, tmp_path: Path) -> None:
    kit = on_paper(sara)
    sara.say(arash, "in the file")
    world.settle()
    page = sara.agent()
    name, size, pieces = page.open_file(page.backup_file()["ticket"])
    path = tmp_path / "taken along"
    path.write_bytes(b"".join(pieces))
    assert path.stat().st_size == size and name.startswith("sara ") and name.endswith(".hamraz-backup")
    assert sara.store.names() == []
    lose(sara)
    agent = opened()
    agent.given_file = path
    other = Kit.generate(world.link.authority_id)
    assert code_of(lambda: agent.find_backup(typed(other))) == "backup_broken"
    assert agent.find_backup(typed(kit))["backups"][0]["username"] == "sara"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) in ("backup_broken", "not_a_backup")
    path.write_bytes(b"a letter, not a backup")
    assert code_of(lambda: agent.restore(typed(kit), PASSWORD, PASSWORD)) == "not_a_backup"
    path.write_bytes(whole)
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}
    assert texts(agent, arash) == ["in the file"]
    assert backups.MAGIC in whole


def test_a_page_hands_over_a_file(world: World, arash: Person, sara: Person, opened: Opened, tmp_path: Path) -> None:
    kit = on_paper(sara)
    sara.say(arash, "in the file")
    world.settle()
    page = sara.agent()
    whole = b"".join(page.open_file(page.backup_file()["ticket"])[2])
    lose(sara)
    agent = opened()
    half = len(whole) // 2

    def bring(content: bytes) -> int:
        id = agent.bring_backup(len(content))["id"]
        assert agent.is_bringing(id) and not agent.is_bringing(id[::-1])
        return agent.bring_part(id, 0, content)

    assert code_of(lambda: agent.bring_part("0" * 32, 0, b"x")) == "chunk_order"
    assert code_of(lambda: agent.bring_backup(1 << 40)) == "file_too_big"
    assert code_of(lambda: bring(b"a letter, not a backup")) == "not_a_backup"
    assert files(agent._folder) == set() and agent.status()["backup_file"] is False
    id = agent.bring_backup(len(whole))["id"]
    assert agent.bring_part(id, 0, whole[:half]) == half
    for offset, part in ((0, b"x"), (half + 1, b"x"), (half, whole)):
        assert code_of(lambda: agent.bring_part(id, offset, part)) == "chunk_order"  # noqa: B023
    assert agent.status()["backup_file"] is False and agent.restore_file is None
    assert agent.bring_part(id, half, whole[half:]) == len(whole)
    assert agent.status()["backup_file"] is True and agent.events[-1] == ("stage", {"stage": "sign_up"})
    agent.drop_backup_file()
    assert files(agent._folder) == set() and agent.status()["backup_file"] is False
    bring(whole)
    again = open_agent(world, agent._folder, world.link.encode())  # whoever had brought it chooses it again
    assert files(agent._folder) == set() and again.status()["backup_file"] is False
    bring(whole)
    assert agent.find_backup(typed(kit))["backups"][0]["username"] == "sara"
    assert agent.restore(typed(kit), PASSWORD, PASSWORD) == {"username": "sara"}
    assert texts(agent, arash) == ["in the file"] and "brought.backup" not in files(agent._folder)
    assert agent.status()["backup_file"] is False
    assert code_of(lambda: agent.bring_backup(5)) == "has_account"


@pytest.mark.parametrize("without", [False, True], ids=["from a backup", "by the kit alone"])
def test_a_cut_at_every_step(
    world: World,
    arash: Person,
    sara: Person,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    long: bool,
    without: bool,
) -> None:
    """Afterwards the new machine is as before, or goes on where it was: never with a half of it, never with nothing."""
    kit = backed_up(sara, arash)
    expected = [] if without else arash.texts(sara)
    counter = StepCounter()
    counter.watch(monkeypatch, vault_database, "_transaction", "a commit")
    counter.watch(monkeypatch, vault_database, "_write_durably", "the key file")
    counter.watch(monkeypatch, os, "replace", "a renaming")
    counter.watch(monkeypatch, unfinished, "rmtree", "a tidying")
    counter.watch(monkeypatch, unfinished, "discard", "a discard")

    def life(number: int) -> None:
        """One life of the agent: it does what it finds to do."""
        agent = open_agent(world, tmp_path / str(number), world.link.encode())
        try:
            if agent.stage == "log_in":
                agent.login("sara", PASSWORD)
            elif agent.status()["restoring"]:
                try:
                    agent.restore_again(PASSWORD)
                except HamrazError as reason:
                    assert reason.code == "no_restore"
                    agent.drop_restore()
                    agent.restore(typed(kit), PASSWORD, PASSWORD, without=without)
            else:
                agent.restore(typed(kit), PASSWORD, PASSWORD, without=without)
            assert agent.snapshot()["me"]["name"] == "sara"
            assert texts(agent, arash) == expected
            assert not (agent._folder / "restore").exists()
        finally:
            for network in agent.networks:
                network.close()
            if agent._session is not None:
                agent._session.ctx.vault.close()

    world.carry = counter.carry
    life(0)
    whole = list(counter.steps)
    assert len(whole) > (30 if without else 40)
    # each kind of step at its first and at its last, or all of them: every life here makes the log longer
    ends = {whole.index(what) + 1 for what in whole} | {len(whole) - whole[::-1].index(what) for what in whole}
    for kill_at in range(1, len(whole) + 1) if long else sorted(ends):
        world.now += 24 * 3600 * 1000  # so many recoveries a day
        counter.begin(kill_at)
        with pytest.raises(Killed):
            life(kill_at)
        counter.disarm()
        life(kill_at)
        life(kill_at)
    heal(world, 1)


def test_what_was_no_backup_leaves_the_file_that_is_brought_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one is begun while the last part of the first is looked at: what lies there by then isn't the first's."""
    files, second = Brought(tmp_path), []

    def look(path: Path) -> None:
        second.append(files.begin(3))
        raise error("not_a_backup")

    monkeypatch.setattr(brought, "InFile", look)
    assert code_of(lambda: files.take(files.begin(5), 0, b"first")) == "not_a_backup"
    monkeypatch.setattr(brought, "InFile", lambda path: None)
    assert files.take(second[0], 0, b"new") == 3
    assert files.path is not None and files.path.read_bytes() == b"new"
