"""Bad days of real processes: a disk that is full, fails or is read-only, and a clock that is days off.

Nothing is acknowledged that isn't on the disk, whoever can do something about it is told, and all goes on by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from authority_server.operations import control_files
from launch.agent_api import Refused
from protocol.errors import HamrazError
from tests.authority.peer import Person as Account
from tests.authority.test_operating import Guest
from tests.live.disks import FailingDisk, fill, make_room, run, small_disk
from tests.live.people import LivePerson
from tests.live.test_command_line import one_sentence
from tests.live.test_command_line import run as run_here
from tests.processes import LOOPBACK, Agent, Authority, until

pytestmark = pytest.mark.timeout(300)  # s; a busy machine takes seconds for each start of a process
DAYS = 3 * 24 * 3600
DATABASE = ("authority.db", "authority.db-wal", "authority.db-shm")
VAULT = ("vault.db", "vault.db-wal", "vault.db-shm")


def status(authority: Authority) -> dict[str, Any]:
    """What --status --json says, without a process of its own."""
    found = control_files.ask(authority.folder, control_files.STATUS)
    assert found is not None
    return found


def refusal(guest: Guest, name: str | Account) -> str:
    """What a sign-up is refused with."""
    with pytest.raises(HamrazError) as reason:
        guest.sign_up(name)
    return reason.value.code


class NetworkOnDisks:
    """An authority, arash and sara, each with a disk of its own that can be filled, and whose fsync can be made fail.

    They chat with each other and in a group.
    """

    def __init__(self, work: Path, disks: dict[str, Path]) -> None:
        self.disks = disks
        self.authority = Authority(disks["authority"] / "data")
        self.agents = {name: Agent(disks[name] / "data") for name in ("arash", "sara")}
        services = {"authority": self.authority, **self.agents}
        for service in services.values():
            service.folder.mkdir(mode=0o700)
        self.failing = {name: FailingDisk(work, name, service.folder) for name, service in services.items()}
        self.start("authority")
        for name, agent in self.agents.items():
            agent.arguments += ["--join", self.authority.join_link if name == "sara" else self.authority.owner_link]
            self.start(name)
            agent.sign_up(name)
        self.arash, self.sara = (LivePerson(agent) for agent in self.agents.values())
        made = self.arash.api.call("public_chat_method", user_to_add=["sara"], name="workshop", history="all")
        self.chat, self.gid = made["chat"], made["group_id"]
        self.sara.api.wait_for(lambda name, value: name == "conversation" and value["chat"] == self.chat, 30)
        self.sara.api.call("answer_invitation", group_id=self.gid, join=True)
        self.post(self.sara, "hello")
        self.await_post("hello")

    def start(self, name: str) -> None:
        self.failing[name].start(self.authority if name == "authority" else self.agents[name])

    def post(self, who: LivePerson, text: str) -> str:
        return str(who.api.call("send_public_message", message=text, group_id=self.gid)["id"])

    def posts(self, who: LivePerson) -> list[dict[str, Any]]:
        shown = who.api.call("history", chat=self.chat, limit=200)["messages"]
        return [one for one in shown if one["kind"] == "text"]

    def await_post(self, text: str) -> None:
        for who in (self.arash, self.sara):
            until(lambda who=who: any(one["text"] == text for one in self.posts(who)), 60, text)

    def try_now(self) -> None:
        for who in (self.arash, self.sara):
            who.api.call("try_now")

    def close(self) -> None:
        for service in (self.authority, *self.agents.values()):
            if service.child is not None:
                service.stop()
            print(f"-- {' '.join(service.arguments)}", *service.output, sep="\n")


@pytest.fixture(scope="module")
def on_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetworkOnDisks]:
    """For all tests below: each leaves everybody logged in and the disks as they were."""
    work = tmp_path_factory.mktemp("on_disks")
    with small_disk(work / "a") as a, small_disk(work / "b") as b, small_disk(work / "c") as c:
        made = NetworkOnDisks(work, {"authority": a, "arash": b, "sara": c})
        yield made
        made.close()


def test_the_authority_s_disk_fills_up_while_they_chat(on_disks: NetworkOnDisks) -> None:
    arash, sara, disk = on_disks.arash, on_disks.sara, on_disks.disks["authority"]
    fill(disk)
    refused = []
    for n in range(40):  # until what SQLite had left is used up
        id = on_disks.post(arash, f"full {n} " + "x" * 30_000)
        until(
            lambda id=id: (
                next(one for one in on_disks.posts(arash) if one["id"] == id)["state"] != "waiting"
                or next(one for one in on_disks.posts(arash) if one["id"] == id)["why"]
            ),
            30,
        )
        refused = [one for one in on_disks.posts(arash) if one["state"] == "waiting"]
        if refused:
            break
    assert refused and refused[-1]["why"] == "authority_failing"
    lines = on_disks.authority.output  # which come by a pipe
    until(lambda: any("The disk is full" in line and "Nothing is acknowledged" in line for line in lines), 20)
    said = status(on_disks.authority)
    assert said["trouble"]["code"] == "disk_full" and said["free_bytes"] < 128 * 1024
    assert refusal(Guest(on_disks.authority.join_link), "latecomer") == "authority_failing"
    arash.say(sara, "straight from agent to agent")
    acknowledged = {one["text"] for one in on_disks.posts(arash) if one["state"] != "waiting"}

    on_disks.authority.kill()  # right after what it has acknowledged
    make_room(disk)
    on_disks.start("authority")
    on_disks.try_now()
    for one in refused:
        on_disks.await_post(one["text"])
    shown = [one["text"] for one in on_disks.posts(sara)]
    assert acknowledged <= set(shown) and len(set(shown)) == len(shown)
    assert status(on_disks.authority)["trouble"] is None


def test_it_goes_on_by_itself_when_there_is_room_again(on_disks: NetworkOnDisks) -> None:
    disk, guest = on_disks.disks["authority"], None
    fill(disk)
    for n in range(200):
        try:
            guest = Guest(on_disks.authority.join_link)
            guest.sign_up(f"filler{n}")
        except HamrazError as reason:
            assert reason.code == "authority_failing"
            break
    else:
        raise AssertionError("the disk took everything")
    make_room(disk)
    until(lambda: any("takes writes again" in line for line in on_disks.authority.output), 20)
    Guest(on_disks.authority.join_link).sign_up("afterwards")


def test_an_agent_s_disk_fills_up_while_they_chat(on_disks: NetworkOnDisks) -> None:
    arash, sara, disk = on_disks.arash, on_disks.sara, on_disks.disks["sara"]
    fill(disk)
    code = ""
    for n in range(200):
        try:
            sara.write(arash, f"full {n} " + "x" * 30_000)
        except Refused as reason:
            code = reason.code
            break
    assert code == "disk_full"
    sara.api.wait_for(lambda name, value: name == "disk" and value and value["code"] == "disk_full", 20)
    assert sara.api.call("snapshot")["disk"]["code"] == "disk_full"
    arash.await_state(sara, arash.write(sara, "where there is room"), "authority")  # in her mailbox
    assert "where there is room" not in sara.texts(arash)
    acknowledged = {one["id"] for one in arash.messages(sara) if one["state"] == "delivered"}
    sara.die()
    make_room(disk)
    on_disks.start("sara")
    sara.log_in()
    assert acknowledged <= {one["id"] for one in sara.messages(arash)}
    until(lambda: "where there is room" in sara.texts(arash), 60)

    fill(disk)
    for n in range(200):
        try:
            sara.write(arash, f"again {n} " + "x" * 30_000)
        except Refused:
            break
    began = len(sara.api.pushed)
    make_room(disk)
    until(lambda: ("disk", None) in sara.api.pushed[began:], 20, "the end of it, told by itself")
    sara.say(arash, "goes on")


def test_files_that_turn_read_only(on_disks: NetworkOnDisks) -> None:
    arash, sara = on_disks.arash, on_disks.sara
    held = {
        "authority": [on_disks.authority.folder / name for name in DATABASE],
        "sara": [on_disks.agents["sara"].folder / name for name in VAULT],
    }
    for paths in held.values():
        run("chattr", "+i", *paths)
    try:
        with pytest.raises(Refused) as refused:
            sara.write(arash, "nowhere to put it")
        assert refused.value.code == "folder_unusable"
        assert refusal(Guest(on_disks.authority.join_link), "readonly") == "authority_failing"
        assert status(on_disks.authority)["trouble"]["code"] == "folder_unusable"
    finally:
        for paths in held.values():
            run("chattr", "-i", *paths)
    until(lambda: status(on_disks.authority)["trouble"] is None, 20)
    until(lambda: sara.api.call("snapshot")["disk"] is None, 20)
    sara.say(arash, "writable")
    on_disks.post(sara, "writable too")
    on_disks.await_post("writable too")


def test_a_disk_that_is_full_at_the_first_start(tmp_path: Path) -> None:
    """One sentence, exit code 1; with room it starts. The join link is the first that an agent has to keep."""
    link = tmp_path / "link"
    link.write_text("hamraz://127.0.0.1:5050/" + "a" * 16 + "#" + "ab" * 32)
    for command_name, more in (("authority", ["--listen", LOOPBACK]), ("agent", ["--no-open", "--join", str(link)])):
        with small_disk(tmp_path / command_name, 4) as disk:
            data = disk / "data"
            data.mkdir(mode=0o700)
            (data / "lock").touch(mode=0o600)
            fill(disk)
            one_sentence(*run_here(command_name, "--data", str(data), "--port", "5999", *more), "disk is full")
            make_room(disk)
            kind = Authority if command_name == "authority" else Agent
            service = kind(data, "eventlet", *(more[1:] if command_name == "agent" else []))
            service.start()
            assert service.stop() == 0


def test_a_folder_that_is_read_only_at_the_start(tmp_path: Path) -> None:
    """One sentence, exit code 1, and nothing is touched."""
    for command_name, more in (("authority", ["--listen", LOOPBACK]), ("agent", ["--no-open"])):
        folder, data = tmp_path / command_name, tmp_path / f"{command_name}-ro"
        folder.mkdir()
        data.mkdir()
        run("mount", "--bind", folder, data)
        try:
            run("mount", "-o", "remount,ro,bind", data)
            one_sentence(*run_here(command_name, "--data", str(data), "--port", "5999", *more), "can't be read and")
            assert list(folder.iterdir()) == []
        finally:
            run("umount", data)


def test_clocks_that_are_days_off_and_jump(on_disks: NetworkOnDisks) -> None:
    arash, sara = on_disks.arash, on_disks.sara
    for authority, here, there in ((DAYS, -DAYS, 0), (-DAYS, DAYS, -DAYS), (0, 0, 0)):
        for name, seconds in (("authority", authority), ("arash", here), ("sara", there)):
            on_disks.failing[name].set_clock(seconds)
        arash.say(sara, f"now {authority}")
        sara.say(arash, f"then {authority}")
        on_disks.post(arash, f"in the group {authority}")
        on_disks.await_post(f"in the group {authority}")
    on_disks.failing["sara"].set_clock(-DAYS)
    sara.die()  # and a start with a clock that is behind what was said before
    on_disks.start("sara")
    sara.log_in()
    until(lambda: sara.link["up"], 30)
    arash.say(sara, "found again")
    on_disks.failing["sara"].set_clock(0)
    assert sara.api.call("snapshot")["alarm"] is arash.api.call("snapshot")["alarm"] is None


def test_nobody_has_complained(on_disks: NetworkOnDisks) -> None:
    """After all that: no traceback in what the processes printed."""
    for service in (on_disks.authority, *on_disks.agents.values()):
        assert not [line for line in service.output if "Traceback" in line]


# --- what a failed fsync leaves, after a kill and a power cut ---


def test_the_authority_acknowledges_nothing_that_only_its_kernel_has(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "authority")
    try:
        authority.start()
        boss = Guest(authority.owner_link).sign_up("boss")
        authority.kill()
        disk = FailingDisk(tmp_path, "a", authority.folder, shadow=True)
        disk.start(authority)
        kept = [boss, *(Guest(authority.join_link).sign_up(f"early{n}") for n in range(3))]
        disk.fail("fsync")
        guest = Guest(authority.join_link)
        unlucky = Account(guest.link.authority_id, "unlucky")
        assert refusal(guest, unlucky) == "authority_failing"
        # the transaction lies whole in the journal, for all that a kill leaves of the process
        authority.kill()
        disk.fail()
        disk.start(authority)
        kept += [Guest(authority.join_link).sign_up(unlucky)]  # whoever is answered now is on the disk
        authority.kill()
        disk.cut_power(*DATABASE)
        authority.start()
        assert status(authority)["accounts"] == len(kept)
        for who in kept:
            Guest(authority.join_link).log_in(who)
    finally:
        if authority.child is not None:
            authority.kill()


def test_an_agent_receipts_nothing_that_only_its_kernel_has(on_disks: NetworkOnDisks, tmp_path: Path) -> None:
    """The receipt of a message whose first transaction failed is the one of a message that is on the disk."""
    arash, sara = on_disks.arash, on_disks.sara
    sara.leave()
    disk = FailingDisk(tmp_path, "sara", sara.agent.folder, shadow=True)
    disk.start(sara.agent)
    sara.log_in()
    arash.say(sara, "before")
    on_disks.authority.stop()  # no mailbox: straight, or not at all
    disk.fail("fsync")
    id = arash.write(sara, "nearly")
    until(lambda: arash.messages(sara)[-1]["why"] == "peer_failing", 30)
    sara.die()
    disk.fail()
    disk.start(sara.agent)
    on_disks.start("authority")
    sara.log_in()
    arash.api.call("try_now")
    arash.await_state(sara, id, "delivered")
    sara.die()
    disk.cut_power(*VAULT)
    on_disks.start("sara")
    sara.log_in()
    assert [one["text"] for one in sara.messages(arash)][-2:] == ["before", "nearly"]
