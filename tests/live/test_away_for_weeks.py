"""Away for weeks, with real processes and clocks that agree or don't: whoever comes back within 60 days of the
authority's running time reads what was written, and after that its sender knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from authority_server.state.state import RUNNING
from authority_server.store import sqlite
from tests.live.disks import small_disk
from tests.live.test_bad_days import NetworkOnDisks
from tests.processes import until

pytestmark = pytest.mark.timeout(1800)
DAY = 24 * 3600  # s


@pytest.fixture(scope="module")
def on_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetworkOnDisks]:
    work = tmp_path_factory.mktemp("away")
    with small_disk(work / "a", 64) as a, small_disk(work / "b", 64) as b, small_disk(work / "c", 64) as c:
        made = NetworkOnDisks(work, {"authority": a, "arash": b, "sara": c})
        yield made
        made.close()


def age(folder: Path, days: float) -> None:
    """The authority has run for so long: its database says so. (Nobody can wait for it.)"""
    store = sqlite.open_file(folder / "authority.db")
    with store.transaction() as rows:
        ran = int.from_bytes(rows.settings()[RUNNING]) + int(days * DAY * 1000)
        rows.save_setting(RUNNING, ran.to_bytes(8))
    store.close()


def pass_by(on_disks: NetworkOnDisks, days: float, clocks: tuple[float, float, float]) -> None:
    """Nobody is here but the authority, which runs for so long; then the clocks show as many days from now."""
    assert on_disks.authority.stop() == 0
    age(on_disks.authority.folder, days)
    for name, shift in zip(("authority", "arash", "sara"), clocks, strict=True):
        on_disks.failing[name].set_clock(int(shift * DAY))
    on_disks.start("authority")


def come(on_disks: NetworkOnDisks, name: str) -> None:
    on_disks.start(name)
    (on_disks.arash if name == "arash" else on_disks.sara).log_in()


ROUNDS = [
    (days, clocks)
    for days in (6.5, 30.5, 40, 59, 61, 120)
    for clocks in ((days, days, days), (0, 0, 0), (-days, days, 0), (3650, -3650, days))
]
SHORT = [(59, (59, 59, 59)), (61, (-61, 3650, 0))]


def test_who_comes_back_reads_it_or_its_sender_knows(on_disks: NetworkOnDisks, long: bool) -> None:
    arash, sara = on_disks.arash, on_disks.sara
    for number, (days, clocks) in enumerate(ROUNDS if long else SHORT):
        mail = f"{number} after {days}"
        sara.leave()
        if days > 30:
            arash.api.call("renew_key")  # under a new key of the group, which is sealed for her too
        id = arash.write(sara, mail)
        on_disks.post(arash, f"posted {mail}")
        arash.await_state(sara, id, "authority", seconds=60)
        until(lambda: on_disks.posts(arash)[-1]["state"] != "waiting", 60, "the post in the chain")
        arash.leave()
        pass_by(on_disks, days, clocks)
        come(on_disks, "sara")
        until(lambda mail=mail: any(one["text"] == f"posted {mail}" for one in on_disks.posts(sara)), 60, "the post")
        if days < 60:
            sara.await_state(arash, id, "received", seconds=60)
            come(on_disks, "arash")
        else:
            assert mail not in sara.texts(arash)
            sara.leave()
            come(on_disks, "arash")
            arash.await_state(sara, id, "failed", seconds=60)
            assert arash.messages(sara)[-1]["why"] == "mail_gone"
            chat = arash.messages(sara)[-1]["chat"]
            if number % 2:
                assert arash.api.call("leave_again", chat=chat)["messages"] == 1
                arash.await_state(sara, id, "authority", seconds=60)
            come(on_disks, "sara")
        arash.await_state(sara, id, "delivered", seconds=60)  # straight, now that both are here
        assert sara.texts(arash).count(mail) == 1
        for who in (arash, sara):
            shown = who.api.call("snapshot")
            assert shown["alarm"] is None and shown["states"] == []
            assert not [one for one in [*on_disks.posts(who)] if one["kind"] == "unreadable"]
        texts = [one["text"] for one in on_disks.posts(sara)]
        assert len(texts) == len(set(texts)) and texts == [one["text"] for one in on_disks.posts(arash)]
    for service in (on_disks.authority, *on_disks.agents.values()):
        assert not [line for line in service.output if "Traceback" in line]
