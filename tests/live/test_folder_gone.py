"""The folder of a running agent is moved away, deleted, or replaced by an empty one, while others write to it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch.agent_api import Refused
from tests.live.people import LivePerson
from tests.processes import PASSWORD, Network, until

pytestmark = pytest.mark.timeout(240)  # s; a busy machine takes seconds for each start of a process


def gone(value: object) -> bool:
    return isinstance(value, dict) and value["code"] == "folder_gone"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("folders")) as running:
        yield running


@pytest.fixture(scope="module")
def arash(network: Network) -> LivePerson:
    return LivePerson(network.account("arash"))


@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_it_stops_at_once_says_so_and_loses_nothing_that_it_acknowledged(
    network: Network, arash: LivePerson, tmp_path: Path, how: str
) -> None:
    sara = LivePerson(network.account(f"sara-{how}"))
    arash.say(sara, "before")
    folder, elsewhere = sara.agent.folder, tmp_path / "elsewhere"
    over, written = threading.Event(), []

    def write() -> None:
        while not over.wait(0.01):
            written.append(arash.write(sara, f"number {len(written)}"))

    writer = threading.Thread(target=write)
    writer.start()
    until(lambda: len(sara.texts(arash)) > 10, 60, "writing under way")
    if how == "deleted":
        shutil.rmtree(folder)
    else:
        folder.rename(elsewhere)
        if how == "replaced":
            folder.mkdir()
    sara.api.wait_for(lambda name, value: name == "disk" and gone(value), 20)
    acknowledged = {one["id"] for one in arash.messages(sara) if one["state"] in ("delivered", "read")}
    over.set()
    writer.join()
    with pytest.raises(Refused) as reason:
        sara.write(arash, "not taken")
    assert reason.value.code == "folder_gone"
    assert gone(sara.api.call("snapshot")["disk"])
    # all that is written from now on is left with the authority, and stays there: nobody takes it out
    last = arash.write(sara, "the last")
    arash.await_state(sara, last, "authority")
    later = {one["id"] for one in arash.messages(sara) if one["state"] in ("delivered", "read")} - acknowledged
    # what was on its way when the folder went, had been kept before
    assert not later - set(written[: len(acknowledged) + 20]) and last not in later
    assert not folder.exists() if how != "replaced" else list(folder.iterdir()) == []

    if how == "moved":
        elsewhere.rename(folder)
        sara.api.wait_for(lambda name, value: name == "disk" and value is None, 30)
        until(lambda: last in {one["id"] for one in sara.messages(arash)}, 60)
        sara.say(arash, "goes on")
        return
    sara.api.call("lock")
    with sara.agent.door() as door:
        assert door.call("status")["stage"] == "log_in", "no other account begins here"
        for call, more in (("login", {}), ("sign_up", {"email": "s@example.org", "password_confirm": PASSWORD})):
            with pytest.raises(Refused) as reason:
                door.call(call, username=sara.name, password=PASSWORD, **more)
            assert reason.value.code == "folder_gone"
    assert sara.agent.stop() == 0
    assert not any("Traceback" in line for line in sara.agent.output)
    if how == "replaced":
        folder.rmdir()
        elsewhere.rename(folder)
        sara.come_back()
        until(lambda: last in {one["id"] for one in sara.messages(arash)}, 60)
        here = [one["id"] for one in sara.messages(arash)]
        assert acknowledged | later <= set(here) and len(set(here)) == len(here)
