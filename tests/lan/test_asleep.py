"""Connections that die without a word, and an agent that sleeps: noticed in the times that are promised."""

from __future__ import annotations

import signal
import time

from tests.lan.hosts import HostAgent, Lan
from tests.processes import until

AT_AGENT, AT_AUTHORITY = 25, 35  # seconds: docs/protocol.md section 3.6


def test_silence_and_sleep_are_noticed_and_nothing_is_lost_or_doubled(lan: Lan, long: bool) -> None:
    server, here, there, bed = (
        lan.host(name, f"10.79.0.{n}/24") for n, name in enumerate(("server", "here", "there", "bed"), 1)
    )
    authority = lan.authority(server)
    arash = lan.account(here, "arash", authority.line("owner: "))
    sara = lan.account(there, "sara", authority.join_link)
    mani = lan.account(bed, "mani", authority.join_link)
    for other in (sara, mani):
        arash.say(other, "all is well")
        other.say(arash, "here too")

    there.silence()  # sara's cable is dead, and says nothing
    assert mani.child is not None
    mani.child.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    # her agent thinks that it is connected, and writes; so does arash to both
    hers = sara.write(arash, "into the void")
    to_sara, to_mani = arash.write(sara, "can you hear me"), arash.write(mani, "wake up")

    until(lambda: not sara.up, AT_AGENT + 3, "that sara's agent notices the silence")
    for other, id in ((sara, to_sara), (mani, to_mani)):
        if long:  # else they come back before the authority has noticed: their old connections are in the way
            until(lambda other=other: not arash.sees_online(other), AT_AUTHORITY + 5, "that the authority does")
        arash.await_state(other.name, id, "authority")
    assert time.monotonic() - began < AT_AUTHORITY + 8

    there.unsilence()
    mani.child.send_signal(signal.SIGCONT)
    mani.api.close()
    mani.api = mani.program()  # his page's line has run out, as a browser's would
    for other in (sara, mani):
        until(lambda other=other: other.up, 20, f"{other.name}'s link")
        until(lambda other=other: arash.sees_online(other), 20, f"that arash sees {other.name}")
    sara.await_state("arash", hers, "delivered")
    once(sara, arash, "into the void")
    once(arash, sara, "can you hear me")
    once(arash, mani, "wake up")
    mani.say(arash, "good morning")
    arash.say(sara, "all is well again")


def once(one: HostAgent, other: HostAgent, text: str) -> None:
    """What `one` wrote is delivered, and stands once at both."""
    (mine,) = [message for message in one.chat(other.name) if message["text"] == text]
    one.await_state(other.name, str(mine["id"]), "delivered", "read")
    assert [message["text"] for message in other.chat(one.name)].count(text) == 1
