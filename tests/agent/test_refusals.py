"""What a refusal leaves behind (sections 8.2 and 8.7): the message waits, and its prekey is unused."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.errors import HamrazError, error
from protocol.messages import Deliver, Deposit
from tests.agent.wire import frames_of
from tests.world import Person, World


class Refusing:
    """A listener that refuses what comes, as long as it is told to."""

    def __init__(self, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reason: HamrazError | None = None
        accept = person.node.messages.accept

        def take(*arguments: Any, **more: Any) -> Any:
            if self.reason is not None and not more.get("by_mail"):
                raise self.reason
            return accept(*arguments, **more)

        monkeypatch.setattr(person.node.messages, "accept", take)


def test_a_refused_message_leaves_its_prekey_to_the_next(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty are refused, and a pair has sixteen prekeys: the next ones go straight all the same."""
    listener = Refusing(sara, monkeypatch)
    listener.reason = error("chain_broken")
    for number in range(20):
        arash.say(sara, f"refused {number}")
    assert arash.states(sara) == ["failed"] * 20
    assert len({frame.prekey_id for frame in frames_of(world, Deliver, "arash", "sara")}) <= 17
    # the row goes on where it was; what was refused for good is a gap in it
    listener.reason = None
    arash.say(sara, "taken")
    assert arash.states(sara)[-1] == "delivered" and sara.texts(arash) == ["taken"]
    assert not frames_of(world, Deposit, "arash", "authority")


@pytest.mark.parametrize("code", ["internal", "slow_down", "bad_signature", "not_logged_in"])
def test_what_passes_waits_here(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    listener = Refusing(sara, monkeypatch)
    listener.reason = error(code)
    arash.say(sara, "later")
    assert arash.states(sara) == ["waiting"] and not frames_of(world, Deposit, "arash", "authority")
    listener.reason = None
    arash.deliver()
    assert arash.states(sara) == ["delivered"] and sara.texts(arash) == ["later"]


@pytest.mark.parametrize("code", ["peer_failing", "busy", "timed_out"])
def test_who_can_not_be_reached_gets_it_at_the_authority(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    listener = Refusing(sara, monkeypatch)
    listener.reason = error(code)
    arash.say(sara, "later")
    assert arash.states(sara) == ["authority"]
    assert len(frames_of(world, Deposit, "arash", "authority")) == 1
    sara.node.mailbox.step()
    assert sara.texts(arash) == ["later"]


@pytest.mark.parametrize("code", ["bad_statement", "chain_broken", "unknown_error"])
def test_what_is_final_does_not(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    Refusing(sara, monkeypatch).reason = error(code)
    arash.say(sara, "never")
    assert arash.states(sara) == ["failed"] and not frames_of(world, Deposit, "arash", "authority")


def test_what_is_our_own_affair_does_not_leave(world: World, arash: Person, sara: Person) -> None:
    arash.write(sara, "not now")
    arash.node.ctx.trust.alarm = {"why": "test"}  # type: ignore[misc]
    arash.deliver()
    assert not frames_of(world, Deposit, "arash", "authority")


@pytest.mark.parametrize("away", [False, True])
def test_what_is_no_message_any_more_keeps_no_later_one_back(
    world: World, arash: Person, sara: Person, away: bool
) -> None:
    """A row of one's own that has been damaged where it waits: nothing could be made of it, however often."""
    arash.say(sara, "first")
    sara.stop()
    order = arash.write(sara, "damaged")
    arash.vault.write(lambda rows: rows.execute("UPDATE messages SET raw = ? WHERE ord = ?", (b"\x91\x01", order)))
    arash.vault.write(lambda rows: rows.execute("UPDATE outbox SET prekey_id = NULL, sealed = NULL"))
    if away:
        arash.vault.write(lambda rows: rows.execute("DELETE FROM peer_prekeys"))
    else:
        sara.restart()
    for _try in range(2):
        arash.deliver()
    (failed,) = [one for one in arash.shown(sara) if one["order"] == order]
    assert (failed["state"], failed["why"]) == ("failed", "bad_statement")
    arash.write(sara, "later")
    arash.deliver()
    assert arash.states(sara)[-1] in ("authority", "delivered", "failed")
    assert not arash.node.outbox.waiting() or arash.states(sara)[-1] == "authority"
