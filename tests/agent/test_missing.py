"""What one side of a conversation has lost, the other gives back: its own words again, and one's own as they came."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import envelope
from protocol.errors import HamrazError
from protocol.messages import Coming, Lost, Missing, Yours
from protocol.primitives import SigningKey
from protocol.statements import Signed
from tests.protocol.effort import examples
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.messages import missing


def key(person: Person) -> bytes:
    return person.node.ctx.me.key.public.raw


def ask(asker: Person, of: Person, request: Any, kind: Any) -> Any:
    """The answer of the other's agent, over a connection of its own."""
    return asker.node.links.get(of.uid).channel.request(request, kind)


def forget(person: Person, other: Person, after: int) -> None:
    """As if restored from a backup: nothing of the conversation beyond this place of either row is here."""
    people = (person.uid, other.uid)
    person.vault.write(
        lambda rows: rows.execute(
            "DELETE FROM messages WHERE sequence > ? AND sender IN (?, ?) AND recipient IN (?, ?)",
            (after, *people, *people),
        )
    )


def talk(arash: Person, sara: Person, count: int) -> None:
    for n in range(count):
        arash.say(sara, f"from arash {n}")
        sara.say(arash, f"from sara {n}")


def bodies(envelopes: list[Signed], own: SigningKey, me: Person, peer: Person) -> list[bytes]:
    found = [envelope.open_returned(one, own.public, me.uid, peer.uid, me.node.ctx.authority_id) for one in envelopes]
    return [one.message.body for one in found]


def test_the_others_words_come_again(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 6)
    world.settle()
    before = [text for text in sara.texts(arash) if "arash" in text]
    states = arash.states(sara)
    forget(sara, arash, 2)
    assert ask(sara, arash, Missing(0, key(arash), 2, 2**62 - 1), Coming).count == 4
    world.settle()
    assert [text for text in sara.texts(arash) if "arash" in text] == before
    assert arash.states(sara) == states  # what had arrived has arrived
    arash.say(sara, "and on")
    assert sara.texts(arash)[-1] == "and on" and sara.node.ctx.trust.alarm is None


def test_only_what_was_asked_for_comes(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 6)
    for after, up_to, count in ((0, 3, 3), (3, 4, 1), (4, 4, 0), (5, 3, 0), (6, 100, 0), (2**62 - 1, 0, 0)):
        assert ask(sara, arash, Missing(0, key(arash), after, up_to), Coming).count == count
    for nobodys in (key(sara), bytes(32)):
        assert ask(sara, arash, Missing(0, nobodys, 0, 100), Coming).count == 0


def test_to_whom_has_it_still_it_changes_nothing(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 3)
    world.settle()
    before = sara.shown(arash)
    assert ask(sara, arash, Missing(0, key(arash), 0, 3), Coming).count == 3
    world.settle()
    assert sara.shown(arash) == before


def test_by_the_mailbox_too(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 3)
    forget(sara, arash, 0)
    assert ask(sara, arash, Missing(0, key(arash), 0, 3), Coming).count == 3
    sara.stop()
    arash.deliver()
    sara.restart()
    world.settle()
    assert [text for text in sara.texts(arash) if "arash" in text] == [f"from arash {n}" for n in range(3)]


def test_what_has_no_words_any_more_is_gone_and_said_so(world: World, arash: Person, sara: Person) -> None:
    orders = [arash.say(sara, f"{n}") for n in range(4)]
    world.settle()
    arash.agent().delete_message(ChatId.private(sara.uid), orders[1], None)
    world.settle()
    forget(sara, arash, 0)
    # the three that stay and the deletion itself
    assert ask(sara, arash, Missing(0, key(arash), 0, 100), Coming).count == 4
    world.settle()
    assert sara.texts(arash) == ["0", "2", "3"]


def test_ones_own_words_come_back_as_they_were_signed(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 5)
    own = sara.node.ctx.me.key
    answer = ask(sara, arash, Lost(0, key(sara), 2, 100), Yours)
    assert bodies(answer.envelopes, own, sara, arash) == [b"from sara 2", b"from sara 3", b"from sara 4"]
    assert not answer.more
    assert ask(sara, arash, Lost(0, key(arash), 0, 100), Yours).envelopes == []  # the other's aren't one's own
    assert ask(sara, arash, Lost(0, bytes(32), 0, 100), Yours).envelopes == []


def test_also_those_of_a_key_that_counts_no_more(world: World, arash: Person, sara: Person) -> None:
    talk(arash, sara, 2)
    old = sara.node.ctx.me.key
    sara.node.keys.renew()
    world.settle()
    sara.say(arash, "under the new one")
    world.settle()
    answer = ask(sara, arash, Lost(0, old.public.raw, 0, 100), Yours)
    assert bodies(answer.envelopes, old, sara, arash) == [b"from sara 0", b"from sara 1"]
    # and the other's row under a key of before that is kept and counts
    mine = arash.node.ctx.me.key
    arash.node.keys.renew()
    world.settle()
    forget(sara, arash, 0)
    assert ask(sara, arash, Missing(0, mine.public.raw, 0, 100), Coming).count == 2
    world.settle()
    assert [text for text in sara.texts(arash) if "arash" in text] == ["from arash 0", "from arash 1"]
    arash.vault.write(lambda rows: rows.execute("DELETE FROM old_keys"))
    assert ask(sara, arash, Missing(0, mine.public.raw, 0, 100), Coming).count == 0  # nobody could sign it


def test_an_answer_has_a_size(world: World, arash: Person, sara: Person) -> None:
    long = "long " * 12_000
    for _turn in range(12):
        sara.say(arash, long)
    sizes, after = [], 0
    while True:
        answer = ask(sara, arash, Lost(0, key(sara), after, 2**62 - 1), Yours)
        sizes.append(len(answer.envelopes))
        after += len(answer.envelopes)
        if not answer.more:
            break
    assert sum(sizes) == 12 and len(sizes) > 1 and max(sizes) * 60_000 < 2**19


def test_nobody_gets_a_thirds_words(world: World, arash: Person, sara: Person) -> None:
    omid = world.sign_up("omid")
    world.settle()
    talk(arash, sara, 3)
    assert ask(omid, arash, Missing(0, key(arash), 0, 100), Coming).count == 0
    assert ask(omid, arash, Lost(0, key(sara), 0, 100), Yours).envelopes == []


def test_so_many_a_day(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setattr(missing, "A_DAY", 4)
    world, arash, sara = (request.getfixturevalue(name) for name in ("world", "arash", "sara"))
    talk(arash, sara, 6)
    world.settle()
    assert ask(sara, arash, Missing(0, key(arash), 0, 100), Coming).count == 4
    world.settle()
    assert len(ask(sara, arash, Lost(0, key(sara), 0, 100), Yours).envelopes) == 4
    for request, kind in ((Missing(0, key(arash), 0, 1), Coming), (Lost(0, key(sara), 0, 1), Yours)):
        with pytest.raises(HamrazError) as refusal:
            ask(sara, arash, request, kind)
        assert refusal.value.code == "slow_down" and refusal.value.values["n"] <= 87
    omid = world.sign_up("omid")
    world.settle()
    arash.say(omid, "hello")
    assert ask(omid, arash, Missing(0, key(arash), 0, 100), Coming).count == 1  # each has their own
    world.now += 87_000
    assert ask(sara, arash, Missing(0, key(arash), 0, 100), Coming).count == 1


def test_what_comes_again_and_is_refused_has_not_failed(world: World, arash: Person, sara: Person) -> None:
    """A peer can't make what it has receipted look as if it had never arrived."""
    talk(arash, sara, 2)
    world.settle()
    sara.vault.write(
        lambda rows: rows.execute("UPDATE messages SET hash = x'00' WHERE sender = ? AND sequence = 1", (arash.uid,))
    )
    assert ask(sara, arash, Missing(0, key(arash), 0, 1), Coming).count == 1
    world.settle()
    assert set(arash.states(sara)) == {"delivered", "received"}


@examples(6)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)), max_size=5))
def test_whatever_is_asked_for_both_sides_end_with_the_same(asked: list[tuple[bool, int, int]]) -> None:
    world = World()
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    talk(arash, sara, 5)
    world.settle()
    before = sorted(sara.texts(arash))
    for lose, after, up_to in asked:
        if lose:
            sara.vault.write(
                lambda rows, after=after: rows.execute(  # type: ignore[misc]
                    "DELETE FROM messages WHERE sender = ? AND sequence > ?", (arash.uid, after)
                )
            )
        count = ask(sara, arash, Missing(0, key(arash), after, up_to), Coming).count
        assert count == max(0, min(up_to, 5) - min(after, 5))
        world.settle()
    ask(sara, arash, Missing(0, key(arash), 0, 5), Coming)
    world.settle()
    assert sorted(sara.texts(arash)) == before
    assert arash.states(sara).count("waiting") == 0


def test_what_had_arrived_is_never_taken_back_as_if_it_had_not(world: World, arash: Person, sara: Person) -> None:
    """It waits again for who has lost it, and after a restart nothing else is known of it; but what follows is chained
    to it at the other's.
    """
    talk(arash, sara, 3)
    world.settle()
    arash.restart()
    assert ask(sara, arash, Missing(0, key(arash), 0, 1), Coming).count == 1
    order = next(shown["order"] for shown in arash.shown(sara) if shown["mine"])
    assert arash.node.messages.take_back(ChatId.private(sara.uid), order, bytes(16)) is False
    arash.say(sara, "and on")
    world.settle()
    assert sara.texts(arash)[-1] == "and on" and set(arash.states(sara)) == {"delivered", "received"}
