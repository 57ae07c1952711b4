"""Lines that are dead in one direction, lose a third of what they carry, or get another address in the middle of a
file: everything arrives, once, and nobody is blamed.
"""

from __future__ import annotations

import time

import pytest

from tests.lan.hosts import HostAgent, Lan
from tests.live.file_pair import MB, Side, pieces, print_of
from tests.processes import until


@pytest.mark.timeout(900)
def test_a_file_and_words_over_bad_lines(lan: Lan, long: bool) -> None:
    server, here, there = (lan.host(name, f"10.80.0.{n}/24") for n, name in enumerate(("server", "here", "there"), 1))
    authority = lan.authority(server)
    arash = lan.account(here, "arash", authority.line("owner: "))
    sara = lan.account(there, "sara", authority.join_link)
    arash.say(sara, "all is well")
    size = (200 if long else 40) * MB
    with here.inside():
        mine = Side(arash)
        mine.uid, name = sara.api.call("snapshot")["me"]["uid"], "film.bin"
        mine.send(mine, size, name)
    with there.inside():
        hers = Side(sara)
        hers.uid = arash.api.call("snapshot")["me"]["uid"]
        hers.fetch(hers, name, wait=False)
        until(lambda: hers.newest(hers)["file"]["done"] > 0, 30, "the first chunks")
    written: list[tuple[HostAgent, HostAgent, str]] = []

    def write(word: str) -> None:
        for by, to in ((arash, sara), (sara, arash)):
            by.write(to, f"{word} by {by.name}")
            written.append((by, to, f"{word} by {by.name}"))

    seconds = 40 if long else 4
    for host in (there, here) if long else (there,):
        host.deafen()
        if host is there:
            assert hers.newest(hers)["file"]["state"] == "fetching", "it is in the middle of the file"
        write(f"{host.name} is deaf")
        time.sleep(seconds)
        host.undeafen()
    there.remove("10.80.0.3/24")
    there.add("10.80.0.33/24")
    write("moved")
    for host in (server, there) if long else (there,):
        with host.gusts(0.15, 0.5):
            write(f"gusts at {host.name}")
            time.sleep(seconds)
    for by in (arash, sara):
        by.api.call("try_now")
    until(lambda: arash.up and sara.up, 60, "both links")
    for by, to, text in written:
        until(lambda by=by, to=to, text=text: _state(by, to, text) in ("delivered", "read"), 90, text)
        assert [one["text"] for one in to.chat(by.name)].count(text) == 1
    with there.inside():
        until(lambda: hers.newest(hers)["file"]["state"] == "here", 300, "the file")
        assert hers.saved(hers) == print_of(pieces(size))
    for who in (arash, sara):
        shown = who.api.call("snapshot")
        assert shown["alarm"] is None and shown["states"] == []
        assert not any(one["gap"] for one in who.chat("sara" if who is arash else "arash"))


def _state(by: HostAgent, to: HostAgent, text: str) -> object:
    return next((one["state"] for one in by.chat(to.name) if one["text"] == text), None)
