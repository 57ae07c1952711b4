"""Edits, deletions and reactions between two people: what each side shows, in whatever order and whoever sends what."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol import kinds
from protocol.envelope import TEXT_LIMIT
from protocol.errors import HamrazError
from protocol.messages import Deliver
from protocol.primitives import random_id
from tests.agent.wire import decoded
from tests.agent.words import places_of
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged, MessageRemoved
from web_client.messages import outgoing

SECRET = "the word that nobody must keep"


def chat(other: Person) -> ChatId:
    return ChatId.private(other.uid)


def id_of(person: Person, order: int) -> bytes:
    return person.vault.read(
        lambda rows: bytes(rows.execute("SELECT id FROM messages WHERE ord = ?", (order,)).fetchone()[0])
    )


def mark(person: Person, to: Person, body: kinds.Body) -> int:
    return person.node.messages.compose(to.uid, body.KIND, kinds.encode_body(body), random_id())


def looks(person: Person, other: Person) -> list[tuple[Any, ...]]:
    """What both sides must show alike of every line."""
    return [
        (
            shown["id"],
            shown["from"],
            shown["kind"],
            shown["text"],
            shown["edited"],
            shown["deleted"],
            [(each["emoji"], each["from"]) for each in shown["reactions"]],
        )
        for shown in sorted(person.shown(other), key=lambda shown: str(shown["id"]))
    ]


def code_of(action: Any) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as caught:
        action()
    return caught.value.code, caught.value.field


def line(person: Person, other: Person, order: int) -> dict[str, Any]:
    """What the page is shown of one message."""
    return next(one for one in person.shown(other) if one["order"] == order)


def send(person: Person, other: Person, text: str, reply_to: int | None) -> int:
    """Write as the page does; the message's order."""
    id = person.agent().send_message(chat(other), text, reply_to, None)["id"]
    return next(int(one["order"]) for one in person.shown(other) if one["id"] == id)


def test_an_edit_changes_the_words_on_both_sides(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "half past ten")
    world.now += 60_000
    arash.agent().edit_message(chat(sara), order, "half past eleven", None)
    shown = line(arash, sara, order)
    assert (shown["text"], shown["edited"], shown["kind"]) == ("half past eleven", world.now, "text")
    arash.deliver()
    assert looks(arash, sara) == looks(sara, arash)
    assert sara.texts(arash) == ["half past eleven"]
    arash.agent().edit_message(chat(sara), order, "noon", None)
    arash.deliver()
    assert sara.texts(arash) == arash.texts(sara) == ["noon"]


def test_a_reply_quotes_what_is_here_and_follows_it(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "x" * 300)
    (asked,) = sara.shown(arash)
    sara.agent().send_message(chat(arash), "why?", asked["order"], None)
    sara.deliver()
    quote = arash.shown(sara)[1]["reply"]
    assert quote == {
        "id": asked["id"],
        "from": arash.uid.hex(),
        "order": order,
        "kind": "text",
        "text": "x" * 200,
        "missing": False,
        "blocked": False,
    }
    arash.agent().edit_message(chat(sara), order, f"it was ||{'x' * 300}||", None)
    arash.deliver()
    assert arash.shown(sara)[1]["reply"]["text"] == f"it was ||{'x' * 191}||"  # what was hidden stays so
    sara.changes.clear()
    arash.agent().edit_message(chat(sara), order, "shorter", None)
    arash.deliver()
    assert sara.shown(arash)[1]["reply"]["text"] == "shorter"
    # the page is told of both: the words that changed, and the answer that shows them
    assert [event.order for event in sara.changes if isinstance(event, MessageChanged)] == [
        one["order"] for one in sara.shown(arash)
    ]
    arash.agent().delete_message(chat(sara), order, None)
    arash.deliver()
    quote = sara.shown(arash)[1]["reply"]
    assert (quote["kind"], quote["text"], quote["missing"]) == ("deleted", "", False)


def test_a_reply_to_something_elsewhere_shows_nothing_of_it(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    secret = id_of(arash, arash.say(mani, SECRET))
    body = kinds.Reply(secret, arash.uid, "did you see?")
    arash.node.messages.compose(sara.uid, kinds.REPLY, kinds.encode_body(body), random_id())
    (shown,) = arash.shown(sara)
    assert shown["reply"]["missing"] and shown["reply"]["text"] == "" and shown["text"] == "did you see?"


@pytest.mark.parametrize("edited", [False, True])
def test_deleted_words_are_nowhere_any_more(world: World, arash: Person, sara: Person, edited: bool) -> None:
    order = arash.say(sara, "first: " + SECRET)
    if edited:
        arash.agent().edit_message(chat(sara), order, "then: " + SECRET, None)
        arash.deliver()
    sara.read(arash)
    sara.agent().react(chat(arash), sara.shown(arash)[0]["order"], "👍", None)
    for person in (arash, sara):
        assert places_of(person, SECRET)
        person.deliver()
    arash.agent().delete_message(chat(sara), order, None)
    shown = line(arash, sara, order)
    assert (shown["kind"], shown["text"], shown["deleted"], shown["reactions"]) == ("deleted", "", True, [])
    arash.deliver()
    assert places_of(arash, SECRET) == places_of(sara, SECRET) == set()
    assert looks(arash, sara) == looks(sara, arash)
    assert arash.states(sara) == ["read"]  # its place, its hash and its receipt stay
    arash.say(sara, "next")
    assert not any(shown["gap"] for shown in sara.shown(arash))


def test_a_message_deleted_on_its_way_arrives_without_its_words(world: World, arash: Person, sara: Person) -> None:
    order = arash.write(sara, SECRET)
    world.carry = lambda source, target, body: [] if decoded(body, Deliver) else [body]
    arash.deliver()  # as far as this side knows it may have arrived
    arash.agent().delete_message(chat(sara), order, None)
    assert arash.shown(sara)[0]["kind"] == "deleted"
    assert places_of(arash, SECRET) == {"messages.raw"}  # that is what a resend repeats
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    assert places_of(arash, SECRET) == places_of(sara, SECRET) == set()
    assert looks(arash, sara) == looks(sara, arash)


def test_what_a_peer_refuses_and_was_deleted_leaves_no_words(world: World, arash: Person, sara: Person) -> None:
    order = arash.write(sara, SECRET)
    world.carry = lambda source, target, body: [] if decoded(body, Deliver) else [body]
    arash.deliver()
    arash.agent().delete_message(chat(sara), order, None)
    arash.vault.write(lambda rows: outgoing.fail(rows, order, "chain_broken"))
    assert places_of(arash, SECRET) == set()


def test_marks_are_no_lines(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    sara.read(arash)
    agent = sara.agent()
    before = agent.snapshot()["conversations"]
    arash.agent().edit_message(chat(sara), order, "two", None)
    arash.agent().react(chat(sara), order, "👍", None)
    arash.deliver()
    (now,) = agent.snapshot()["conversations"]
    assert (now["unread"], now["position"]) == (0, before[0]["position"])
    assert now["last"]["text"] == "two" and len(sara.shown(arash)) == 1
    sara.read(arash)
    sara.deliver()
    assert arash.states(sara) == ["read"]


def test_a_deleted_message_is_not_unread(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    assert sara.agent().snapshot()["conversations"][0]["unread"] == 1
    arash.agent().delete_message(chat(sara), order, None)
    arash.deliver()
    assert sara.agent().snapshot()["conversations"][0]["unread"] == 0


def test_reactions_one_for_each_person(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "we won")
    theirs = sara.shown(arash)[0]["order"]
    for person, place, emoji in ((arash, order, "🎉"), (sara, theirs, "👍"), (sara, theirs, "🎉")):
        world.now += 1
        person.agent().react(chat(sara if person is arash else arash), place, emoji, None)
        person.deliver()
    both = [{"emoji": "🎉", "from": [arash.uid.hex(), sara.uid.hex()]}]
    assert arash.shown(sara)[0]["reactions"] == sara.shown(arash)[0]["reactions"] == both
    sara.agent().react(chat(arash), theirs, "", None)
    sara.deliver()
    assert arash.shown(sara)[0]["reactions"] == [{"emoji": "🎉", "from": [arash.uid.hex()]}]


def test_a_sign_with_or_without_its_colour_is_one_reaction(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "we won")
    theirs = sara.shown(arash)[0]["order"]
    for person, place, emoji in ((arash, order, "❤"), (sara, theirs, "❤\ufe0f")):
        person.agent().react(chat(sara if person is arash else arash), place, emoji, None)
        person.deliver()
    for person, other in ((arash, sara), (sara, arash)):
        (shown,) = person.shown(other)[0]["reactions"]
        assert shown["emoji"] == "❤\ufe0f" and set(shown["from"]) == {arash.uid.hex(), sara.uid.hex()}


def test_who_may_change_what(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "mine")
    theirs = sara.shown(arash)[0]["order"]
    agent = sara.agent()
    assert code_of(lambda: agent.edit_message(chat(arash), theirs, "yours", None)) == ("not_author", "order")
    assert code_of(lambda: agent.delete_message(chat(arash), theirs, None)) == ("not_author", "order")
    assert code_of(lambda: agent.react(chat(arash), theirs, "well said", None)) == ("not_emoji", "emoji")
    assert code_of(lambda: agent.react(chat(arash), 99, "👍", None)) == ("no_such_message", "order")
    assert code_of(lambda: agent.react(chat(sara), theirs, "👍", None)) == ("no_such_message", "order")
    assert code_of(lambda: agent.send_message(chat(arash), "x", 99, None)) == ("no_such_message", "reply_to")
    assert code_of(lambda: agent.send_message(ChatId.private(bytes(32)), "x", None, None)) == ("no_such_chat", "chat")
    assert code_of(lambda: agent.send_message(ChatId.group(bytes(16)), "x", None, None)) == ("no_such_chat", "chat")
    assert code_of(lambda: ChatId.parse("nonsense")) == ("no_such_chat", "chat")
    mine = arash.agent()
    assert code_of(lambda: mine.edit_message(chat(sara), order, " ", None)) == ("message_empty", "text")
    mine.delete_message(chat(sara), order, None)
    assert code_of(lambda: mine.edit_message(chat(sara), order, "x", None)) == ("message_fixed", "order")
    assert code_of(lambda: mine.react(chat(sara), order, "👍", None)) == ("message_fixed", "order")


def test_marks_by_the_wrong_person_and_of_the_wrong_message_change_nothing(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    mine, elsewhere = id_of(arash, arash.say(sara, "mine")), id_of(sara, sara.say(mani, "elsewhere"))
    before = looks(arash, sara)
    for body in (
        kinds.Edit(mine, "yours"),  # of what somebody else has written
        kinds.Delete(mine),
        kinds.Edit(elsewhere, "here"),  # of what stands in another conversation
        kinds.Delete(elsewhere),
        kinds.Reaction(mine, sara.uid, "👍"),  # by an author who has not written it
        kinds.Reaction(random_id(), arash.uid, "👍"),  # of what there isn't
        kinds.Reaction(mine, arash.uid, "👍 and more"),
    ):
        mark(sara, arash, body)
    sara.deliver()
    assert looks(arash, sara) == looks(sara, arash) == before
    assert [shown["text"] for shown in sara.shown(mani)] == ["elsewhere"]
    sara.say(arash, "and on")
    assert arash.texts(sara) == ["mine", "and on"] and not arash.shown(sara)[1]["gap"]


def test_a_mark_of_a_mark_and_of_an_unknown_kind_changes_nothing(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    first = mark(arash, sara, kinds.Edit(id_of(arash, order), "two"))
    mark(arash, sara, kinds.Edit(id_of(arash, first), "three"))
    mark(arash, sara, kinds.Delete(id_of(arash, first)))
    poll = arash.node.messages.compose(sara.uid, "poll", b"{}", random_id())
    mark(arash, sara, kinds.Delete(id_of(arash, poll)))
    arash.deliver()
    assert looks(arash, sara) == looks(sara, arash)
    assert [(shown["kind"], shown["text"]) for shown in sara.shown(arash)] == [("text", "two"), ("unreadable", "")]


@pytest.mark.parametrize("kind", sorted(kinds.BODIES))
@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x91\xa1x"])
def test_a_body_of_the_wrong_form_is_shown_as_such(
    world: World, arash: Person, sara: Person, kind: str, body: bytes
) -> None:
    arash.node.messages.compose(sara.uid, kind, body, random_id())
    arash.deliver()
    (shown,) = sara.shown(arash)
    assert (shown["kind"], shown["why"], shown["text"], shown["reply"]) == ("unreadable", "bad_statement", "", None)
    assert arash.states(sara) == ["delivered"]


@pytest.mark.parametrize(
    "form", [lambda id, text: kinds.Edit(id, text), lambda id, text: kinds.Reply(id, id * 2, text)]
)
def test_longer_words_of_a_hostile_sender_are_refused(world: World, arash: Person, sara: Person, form: Any) -> None:
    order = arash.say(sara, "one")
    mark(arash, sara, form(id_of(arash, order), "x" * (TEXT_LIMIT + 1)))
    arash.deliver()
    assert looks(sara, arash)[0][3] == "one" and len(sara.shown(arash)) == 1


def test_a_resend_of_what_was_deleted_brings_no_words_back(world: World, arash: Person, sara: Person) -> None:
    order = arash.write(sara, SECRET)
    held: list[bytes] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "sara" and decoded(body, Deliver):
            held.append(body)
        return [body]

    world.carry = carry
    arash.deliver()
    arash.agent().delete_message(chat(sara), order, None)
    arash.deliver()
    again = decoded(held[0], Deliver)
    assert again is not None
    arash.node.links.get(sara.uid).deliver(again.prekey_id, again.sealed)
    assert places_of(sara, SECRET) == set() and sara.shown(arash)[0]["kind"] == "deleted"


def test_everything_survives_a_restart(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "one")
    arash.agent().edit_message(chat(sara), order, "two", None)
    arash.agent().react(chat(sara), order, "👍", None)
    arash.restart()
    sara.restart()
    arash.deliver()
    assert looks(arash, sara) == looks(sara, arash)
    assert sara.texts(arash) == ["two"] and sara.shown(arash)[0]["reactions"][0]["emoji"] == "👍"


# --- any order ---


class Row:
    """What one has written to another, sealed and held back, to be handed over in any order."""

    def __init__(self) -> None:
        self.world = World()
        self.arash = self.world.sign_up("arash")
        self.sara = self.world.sign_up("sara")
        self.world.settle()
        self.arash.say(self.sara, "before")
        self.sara.say(self.arash, "too")

    def held(self, sender: Person, to: Person) -> list[tuple[bytes, bytes]]:
        """All that waits, each sealed, and taken for delivered here."""
        found = []
        while True:
            out = sender.vault.write(
                lambda rows: outgoing.next_outgoing(rows, sender.node.ctx.me, to.uid, sender.node.ctx.authority_id)
            )
            if out is None:
                return found
            sender.vault.write(lambda rows, order=out.ord: rows.execute("DELETE FROM outbox WHERE ord = ?", (order,)))
            found.append((out.prekey_id, out.sealed))


STEPS = st.lists(st.sampled_from(["say", "edit", "delete", "like", "love", "unlike", "reply"]), min_size=2, max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS, st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_alike(steps: list[str], chance: Any) -> None:
    row = Row()
    arash, sara = row.arash, row.sara
    orders = [arash.shown(sara)[0]["order"]]
    for number, step in enumerate(steps):
        row.world.now += 1
        act(arash, sara, orders, step, number, chance)
    envelopes = row.held(arash, sara)
    chance.shuffle(envelopes)
    link = arash.node.links.get(sara.uid)
    for prekey_id, sealed in envelopes:
        link.deliver(prekey_id, sealed)
    assert looks(arash, sara) == looks(sara, arash)
    assert not any(shown["gap"] for shown in sara.shown(arash))
    for person, other in ((arash, sara), (sara, arash)):
        gone = [shown["id"] for shown in person.shown(other) if shown["deleted"]]
        kept = person.vault.read(
            lambda rows: [
                bytes(row[0]).hex()
                for row in rows.execute("SELECT id FROM messages WHERE body != x'' OR words IS NOT NULL")
            ]
        )
        assert not set(gone) & set(kept)


def act(person: Person, other: Person, orders: list[int], step: str, number: int, chance: Any) -> None:
    """One step about one of the messages that are known; of those that are written here, the new order is added."""
    agent, where, target = person.agent(), chat(other), chance.choice(orders)
    try:
        match step:
            case "say":
                orders.append(send(person, other, f"line {number}", None))
            case "reply":
                orders.append(send(person, other, f"line {number}", target))
            case "edit":
                agent.edit_message(where, target, f"edit {number}", None)
            case "delete":  # below the call, which would take back what has not left
                mark(person, other, kinds.Delete(id_of(person, target)))
            case "take back":
                agent.delete_message(where, target, None)
            case _:
                agent.react(where, target, {"like": "👍", "love": "❤️", "unlike": ""}[step], None)
    except HamrazError as reason:
        assert reason.code in ("message_fixed", "no_such_message")  # it was deleted before, or taken back


# --- before it has left ---


def test_what_has_not_left_is_taken_back_and_nobody_hears_of_it(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "before")
    order = arash.write(sara, SECRET)
    agent = arash.agent()
    agent.edit_message(chat(sara), order, SECRET + " 2", None)
    agent.react(chat(sara), order, "👍", None)
    after = arash.write(sara, "after")
    agent.send_message(chat(sara), "about it", order, None)
    gone = id_of(arash, order)
    arash.changes.clear()
    assert agent.delete_message(chat(sara), order, None) == {"id": None}
    assert MessageRemoved(chat(sara), gone.hex()) in arash.changes and places_of(arash, SECRET) == set()
    assert arash.texts(sara) == ["before", "after", "about it"] and arash.shown(sara)[2]["reply"]["missing"]
    sent = len(world.crossed)
    arash.deliver()
    assert not any(SECRET.encode() in body for _source, _target, body in world.crossed[sent:])
    assert looks(arash, sara) == looks(sara, arash)
    # what was written after it is chained as if it had never been there
    assert not any(shown["gap"] for shown in sara.shown(arash)) and arash.states(sara)[1:] == ["delivered"] * 2
    details = sara.agent().message_details(chat(arash), sara.shown(arash)[1]["order"])["details"]
    assert details["sequence"] == 2 and details["verified"]
    assert agent.message_details(chat(sara), after)["details"]["verified"]


def test_what_may_have_left_is_deleted_by_a_mark(world: World, arash: Person, sara: Person) -> None:
    """Handed over without an answer; left at the authority; or by an agent that was restarted since."""
    world.carry = lambda source, target, body: [] if decoded(body, Deliver) else [body]
    first = arash.write(sara, "one")
    arash.deliver()
    assert arash.agent().delete_message(chat(sara), first, None)["id"]
    assert line(arash, sara, first)["deleted"]
    world.carry = lambda source, target, body: [body]
    arash.deliver()
    world.authority_up = False
    world.cut("authority")
    sara.stop()
    second = arash.write(sara, "two")
    arash.deliver()  # nobody can be reached: it has not left
    arash.restart(connect=False)
    assert arash.agent().delete_message(chat(sara), second, None)["id"]
    assert line(arash, sara, second)["deleted"]  # that isn't known any more
    third = arash.write(sara, "three")
    arash.deliver()
    assert arash.agent().delete_message(chat(sara), third, None) == {"id": None}
    world.authority_up = True
    sara.restart()
    arash.reconnect()
    world.settle()
    assert looks(arash, sara) == looks(sara, arash)
    assert [shown["kind"] for shown in sara.shown(arash)] == ["deleted", "deleted"]


MIXED = st.lists(st.sampled_from(["say", "edit", "take back", "like", "reply", "deliver"]), min_size=2, max_size=9)


@settings(deadline=None, max_examples=15)
@given(MIXED, st.randoms(use_true_random=False))
def test_taking_back_among_all_else_leaves_both_alike(steps: list[str], chance: Any) -> None:
    row = Row()
    arash, sara = row.arash, row.sara
    orders = [arash.shown(sara)[0]["order"]]
    for number, step in enumerate(steps):
        row.world.now += 1
        if step == "deliver":
            arash.deliver()
        else:
            act(arash, sara, orders, step, number, chance)
    arash.deliver()
    assert looks(arash, sara) == looks(sara, arash)
    assert not any(shown["gap"] for shown in sara.shown(arash))
    assert set(arash.states(sara)) <= {"delivered", "received"}


def test_every_order_of_a_message_its_edits_and_its_deletion(world: World, arash: Person, sara: Person) -> None:
    """All 24, one after the other in one conversation."""
    arash.say(sara, "before")
    for order in itertools.permutations(range(4)):
        place = arash.write(sara, SECRET)
        for text in (SECRET + " 2", SECRET + " 3"):
            arash.agent().edit_message(chat(sara), place, text, None)
        mark(arash, sara, kinds.Delete(id_of(arash, place)))
        envelopes = Row.held(None, arash, sara)  # type: ignore[arg-type]
        link = arash.node.links.get(sara.uid)
        for number in order:
            link.deliver(*envelopes[number])
        link.more_prekeys()
    assert places_of(sara, SECRET) == set()
    assert looks(arash, sara) == looks(sara, arash)
    assert [shown["kind"] for shown in sara.shown(arash)][1:] == ["deleted"] * 24
