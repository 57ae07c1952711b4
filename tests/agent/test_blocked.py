"""Blocking somebody in private chat: what they send is taken and receipted as ever, and nothing of it is anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol import kinds, messages
from protocol.envelope import DELIVERED, INVITATION, READ, TEXT
from protocol.errors import HamrazError
from protocol.files import FILE, VOICE
from protocol.messages import Deliver, Delivered, Lost, Missing, Receipts, Yours
from protocol.primitives import random_id
from tests.agent.wire import decoded, frames_of
from tests.agent.words import places_of
from tests.looking import Page, kept_of
from tests.sharing import again, chunks_crossed, content, fetch, hand_over, newest, private, send
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.events import MessageChanged
from web_client.messages import blocked_rows, profile_rows
from web_client.vault import schema
from web_client.vault.database import Vault

WORD = "quagmire"  # in nothing but what a blocked person sends


@pytest.fixture
def world() -> World:
    """Arash and Sara have talked; she has read what he wrote, and Mani is there besides."""
    world = World()
    for name in ("arash", "sara", "mani"):
        world.sign_up(name)
    world.settle()
    arash, sara = world.people["arash"], world.people["sara"]
    arash.say(sara, "before")
    sara.say(arash, "an answer")
    sara.read(arash)
    world.settle()
    return world


def block(person: Person, other: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.agent().block(other.uid.hex())["person"]
    return found


def unblock(person: Person, other: Person) -> None:
    person.agent().unblock(other.uid.hex())


def code(run: Callable[[], Any]) -> str:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code


def order_of(person: Person, other: Person, text: str) -> int:
    return next(int(shown["order"]) for shown in person.shown(other) if shown["text"] == text)


def line_of(person: Person, other: Person, text: str) -> tuple[bytes, bytes]:
    """(id, author) of a message, for a mark of it."""
    shown = next(shown for shown in person.shown(other) if shown["text"] == text)
    return bytes.fromhex(shown["id"]), bytes.fromhex(shown["from"])


# --- every kind ---


def send_text(arash: Person, sara: Person) -> None:
    arash.write(sara, WORD)


def send_reply(arash: Person, sara: Person) -> None:
    arash.agent().send_message(private(sara), WORD, order_of(arash, sara, "an answer"), None)


def send_edit(arash: Person, sara: Person) -> None:
    arash.agent().edit_message(private(sara), order_of(arash, sara, "before"), WORD, None)


def send_delete(arash: Person, sara: Person) -> None:
    arash.agent().delete_message(private(sara), order_of(arash, sara, "before"), None)


def send_reaction(arash: Person, sara: Person) -> None:
    arash.agent().react(private(sara), order_of(arash, sara, "an answer"), "👍", None)


def send_pin(arash: Person, sara: Person) -> None:
    arash.agent().pin_message(private(sara), order_of(arash, sara, "an answer"), on=True)


def send_file(arash: Person, sara: Person) -> None:
    send(arash, private(sara), content(10), name=f"{WORD}.txt", caption=WORD)


def send_voice(arash: Person, sara: Person) -> None:
    id = hand_over(arash, private(sara), content(10), name=f"{WORD}.webm")
    arash.agent().send_voice(id, 1500)


def send_invitation(arash: Person, sara: Person) -> None:
    arash.node.groups.create(WORD, [sara.uid], "all")


def send_timer(sender: Person, to: Person) -> None:
    sender.agent().set_lifetime(ChatId.private(to.uid), 86_400)


def send_ask(arash: Person, sara: Person) -> None:
    arash.agent().ask_to_join("0f" * 16, sara.uid.hex(), "0f" * 16)


def send_unknown(arash: Person, sara: Person) -> None:
    arash.node.messages.compose(sara.uid, "poll", WORD.encode(), random_id())


def send_system(arash: Person, sara: Person) -> None:
    arash.node.messages.compose(sara.uid, "system", b"{}", random_id())


SENDING: dict[str, Callable[[Person, Person], None]] = {
    TEXT: send_text,
    kinds.REPLY: send_reply,
    kinds.EDIT: send_edit,
    kinds.DELETE: send_delete,
    kinds.REACTION: send_reaction,
    kinds.PIN: send_pin,
    FILE: send_file,
    VOICE: send_voice,
    INVITATION: send_invitation,
    kinds.ASK: send_ask,
    kinds.TIMER: send_timer,
    "poll": send_unknown,
    "system": send_system,
}


def test_every_kind_of_the_protocol_is_tried() -> None:
    assert set(SENDING) >= {*kinds.MARKS, *kinds.WRITTEN, *kinds.BODIES, INVITATION}


@pytest.mark.parametrize("way", ["straight", "mail"])
@pytest.mark.parametrize("kind", SENDING)
def test_nothing_that_a_blocked_person_sends_changes_anything_on_a_page(
    world: World, arash: Person, sara: Person, kind: str, way: str
) -> None:
    block(sara, arash)
    world.settle()
    page = Page(sara)
    if way == "mail":
        before = page.everything(WORD)
        sara.stop()
        SENDING[kind](arash, sara)
        arash.settle()
        sara.restart()
        page = Page(sara)
        world.settle()
        # the link comes up, and of people it is known again whether they are here
        assert {event for event, _value in page.events} <= {"link", "me", "person"}
    else:
        before = page.everything(WORD)
        SENDING[kind](arash, sara)
        world.settle()
        if kind == INVITATION:  # the log has grown by a group, whoever made it
            before["snapshot"]["log_size"] += 1
        assert page.events == []
    after = page.everything(WORD)
    if way == "mail":
        for one in (before, after):
            _without_presence(one)
        if kind == INVITATION:
            before["snapshot"]["log_size"] += 1
    assert after == before
    assert places_of(sara, WORD) == set()
    # and the sender sees what they see of everybody
    states = [shown["state"] for shown in arash.shown(sara) if shown["mine"]]
    assert set(states) <= {DELIVERED, READ} and "delivered" in [*states, "delivered"]
    assert arash.node.outbox.waiting() == []
    assert [row[1:] for row in kept_of(sara, arash.uid)] == [(b"", b"", None)]


def _without_presence(shown: dict[str, Any]) -> None:
    for people in (shown["snapshot"]["people"], shown["people"]["people"]):
        for person in people:
            person["online"] = person["since"] = None


def test_what_stands_beside_messages_is_not_shown_either(world: World, arash: Person, sara: Person) -> None:
    """Typing, a receipt for what was read, a profile, coming and going."""
    sara.say(arash, "not read yet")
    world.settle()
    block(sara, arash)
    world.settle()
    page = Page(sara)
    before = page.everything()
    arash.node.typing.say_to(sara.uid, True)
    arash.read(sara)
    arash.node.profiles.make(WORD, "a line", b"")
    arash.node.profiles.step()
    arash.write(sara, "with a profile")
    world.settle()
    arash.stop()
    world.settle()
    arash.restart()
    world.settle()
    assert page.events == [] and page.everything() == before
    assert sara.states(arash)[-1] == DELIVERED
    assert sara.vault.read(lambda rows: profile_rows.profile_of(rows, arash.uid)) is None


def test_typing_stops_being_shown_at_once(arash: Person, sara: Person) -> None:
    page = Page(sara)
    arash.say(sara, "a link is there")
    arash.node.typing.say_to(sara.uid, True)
    assert page.events[-1][0] == "typing" and page.events[-1][1]["on"]
    page.agent.block(arash.uid.hex())
    assert [value["on"] for event, value in page.events if event == "typing"] == [True, False]


# --- what the sender sees ---


def test_the_sender_gets_the_same_bytes_as_from_everybody(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    """Held against Mani, who has blocked nobody: the same answers in the same order."""
    arash.say(mani, "before")
    mani.say(arash, "an answer")
    mani.read(arash)
    world.settle()
    block(sara, arash)
    world.crossed.clear()
    for reader in (sara, mani):
        arash.say(reader, "one")
        arash.say(reader, "two")
        world.settle()

    def heard(reader: Person) -> list[tuple[str, int]]:
        found = [body for source, target, body in world.crossed if (source, target) == (reader.name, "arash")]
        return [(messages.decode(body, messages.FromPeer).__class__.__name__, len(body)) for body in found]

    assert heard(sara) == heard(mani) and [name for name, _size in heard(sara)] == ["Delivered", "Delivered"]
    assert arash.states(sara)[-2:] == arash.states(mani)[-2:] == [DELIVERED, DELIVERED]


def test_the_receipt_leaves_before_anything_is_shown(world: World, arash: Person, sara: Person) -> None:
    """So that how long an answer takes says nothing of what becomes of a message."""
    order: list[str] = []
    sara.node.ctx.events.subscribe(MessageChanged, lambda event: order.append("message"))

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if (source, target) == ("sara", "arash") and decoded(body, Delivered):
            order.append("receipt")
        return [body]

    world.carry = carry
    arash.say(sara, "hello")
    assert order.index("receipt") < order.index("message")


def test_the_same_message_again_gets_the_same_receipt(world: World, arash: Person, sara: Person) -> None:
    block(sara, arash)
    lost = True

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        nonlocal lost
        if lost and (source, target) == ("sara", "arash") and decoded(body, Delivered):
            lost = False
            return []
        return [body]

    world.carry = carry
    arash.say(sara, WORD)
    world.settle()
    world.carry = lambda source, target, body: [body]
    arash.node.links.drop(sara.uid)
    arash.deliver()
    assert arash.states(sara)[-1] == DELIVERED
    assert len(kept_of(sara, arash.uid)) == 1
    assert len(frames_of(world, Deliver, "arash", "sara")) >= 2


def test_what_is_read_meanwhile_is_not_told(world: World, arash: Person, sara: Person) -> None:
    arash.say(sara, "not read when blocked")
    block(sara, arash)
    sara.read(arash)
    world.settle()
    assert arash.states(sara)[-1] == DELIVERED
    unblock(sara, arash)
    arash.say(sara, "after")
    sara.read(arash)
    world.settle()
    mine = [shown["state"] for shown in arash.shown(sara) if shown["mine"]]
    assert mine == [READ, DELIVERED, READ]


def test_what_waited_for_them_goes_out(world: World, arash: Person, sara: Person) -> None:
    """It was written before, and its way ends as ever."""
    arash.stop()
    sara.write(arash, "written before")
    block(sara, arash)
    arash.restart()
    world.settle()
    assert arash.texts(sara)[-1] == "written before"
    assert sara.states(arash)[-1] == DELIVERED


def test_missing_and_yours_are_answered(world: World, arash: Person, sara: Person) -> None:
    """Our words come again to who has lost them; theirs are given back, but for what isn't here."""
    block(sara, arash)
    arash.say(sara, WORD)
    link = arash.node.links.get(sara.uid)
    key = arash.node.ctx.me.key.public.raw
    given = link.channel.request(Lost(0, key, 0, 100), Yours)
    assert len(given.envelopes) == 1 and not given.more  # "before"
    sara_key = sara.node.ctx.me.key.public.raw
    arash.vault.write(lambda rows: rows.execute("DELETE FROM messages WHERE sender = ?", (sara.uid,)))
    coming = link.channel.request(Missing(0, sara_key, 0, 100), messages.Coming)
    assert coming.count == 1
    world.settle()
    assert "an answer" in arash.texts(sara)


# --- before, while, after ---


def test_restarting_keeps_it(world: World, arash: Person, sara: Person) -> None:
    block(sara, arash)
    sara.restart()
    arash.say(sara, WORD)
    world.settle()
    assert sara.texts(arash) == ["before", "an answer"]
    assert [shown["uid"] for shown in sara.agent().blocked(None, 50)["people"]] == [arash.uid.hex()]
    unblock(sara, arash)
    sara.restart()
    arash.say(sara, "after")
    assert sara.texts(arash) == ["before", "an answer", "after"]


def test_mail_that_waits_when_somebody_is_blocked_is_dropped(world: World, arash: Person, sara: Person) -> None:
    sara.stop()
    arash.say(sara, WORD)
    arash.say(sara, WORD)
    assert arash.states(sara)[-1] == "authority"
    sara.restart(connect=False)  # she blocks him before her agent has reached the authority
    block(sara, arash)
    sara.node.authority.connect()
    world.settle()
    assert sara.texts(arash) == ["before", "an answer"]
    assert arash.states(sara)[-2:] == [DELIVERED, DELIVERED]
    assert places_of(sara, WORD) == set()


def test_rubbish_in_the_mailbox_has_no_line(world: World, arash: Person, sara: Person) -> None:
    from protocol.messages import Deposit, Done, MailItem
    from protocol.statements import NO_DEVICE

    block(sara, arash)
    page = Page(sara)
    before = page.everything()
    item = MailItem(sara.uid, NO_DEVICE, random_id(), "message", random_id(), bytes(900))
    arash.node.authority.request(Deposit(0, item), Done)
    world.settle()
    assert page.everything() == before


def test_a_line_that_could_not_be_opened_stays_what_it_is(world: World, arash: Person, sara: Person) -> None:
    """What was meant comes some other way, and is dropped."""
    from web_client.messages import incoming

    id = random_id()
    sara.vault.write(lambda rows: incoming.keep_unreadable(rows, sara.node.ctx.me, arash.uid, id, "no_key", world.now))
    block(sara, arash)
    page = Page(sara)
    before = page.everything(WORD)
    arash.write(sara, WORD, id)
    world.settle()
    after = page.everything(WORD)
    assert after["histories"] == before["histories"] and after["found"] == before["found"]
    assert page.events == [] and arash.states(sara)[-1] == DELIVERED


def test_unblocked_the_conversation_goes_on_without_a_gap(world: World, arash: Person, sara: Person) -> None:
    block(sara, arash)
    arash.say(sara, WORD)
    unblock(sara, arash)
    arash.say(sara, "after")
    sara.say(arash, "good")
    world.settle()
    assert sara.texts(arash) == ["before", "an answer", "after", "good"]
    assert not any(shown["gap"] for shown in sara.shown(arash))
    assert places_of(sara, WORD) == set()  # what came meanwhile stays dropped
    details = sara.agent().message_details(private(arash), order_of(sara, arash, "after"))["details"]
    assert details["verified"]


def test_a_profile_told_meanwhile_is_fetched_once_they_are_unblocked(world: World, arash: Person, sara: Person) -> None:
    block(sara, arash)
    arash.node.profiles.make("Arash R.", "a line", b"")
    arash.node.profiles.step()
    arash.say(sara, "with a profile")
    world.settle()
    unblock(sara, arash)
    world.settle()
    found = sara.vault.read(lambda rows: profile_rows.profile_of(rows, arash.uid))
    assert found is not None and found.name == "Arash R."


# --- files ---


def test_a_file_that_is_being_fetched_stops(world: World, arash: Person, sara: Person) -> None:
    from protocol.files import CHUNK

    data = content(6 * CHUNK)
    send(arash, private(sara), data)
    world.settle()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if target == "sara" and chunks_crossed(world, "arash", "sara") == 2:
            sara.node.blocked.block(arash.uid)
        return [body]

    world.carry = carry
    fetch(sara, private(arash))
    assert sara.node.blocked.has(arash.uid)
    world.carry = lambda source, target, body: [body]
    crossed = chunks_crossed(world, "arash", "sara")
    world.settle()
    assert chunks_crossed(world, "arash", "sara") == crossed < 6
    assert newest(sara, private(arash))["file"]["state"] == "offered"
    order = newest(sara, private(arash))["order"]
    assert code(lambda: sara.agent().file_fetch(private(arash), order)) == "person_blocked"
    unblock(sara, arash)
    fetch(sara, private(arash))
    assert again(sara, private(arash))["state"] == "here"


def test_they_go_on_having_what_was_sent_to_them(world: World, arash: Person, sara: Person) -> None:
    send(sara, private(arash), content(1000))
    world.settle()
    block(sara, arash)
    assert fetch(arash, private(sara))["state"] == "here"


# --- what one does oneself ---


def test_nothing_is_sent_to_a_blocked_person(world: World, arash: Person, sara: Person) -> None:
    block(sara, arash)
    agent, chat = sara.agent(), private(arash)
    world.crossed.clear()
    for run in (
        lambda: agent.send_message(chat, "hello", None, None),
        lambda: agent.private_chat("sara", "arash", "hello"),
        lambda: agent.react(chat, order_of(sara, arash, "before"), "👍", None),
        lambda: agent.edit_message(chat, order_of(sara, arash, "an answer"), "other words", None),
        lambda: agent.delete_message(chat, order_of(sara, arash, "an answer"), None),
        lambda: agent.file_begin(chat, random_id().hex(), "notes.txt", 3, "text/plain", 0),
        lambda: agent.typing(chat, True),
        lambda: sara.node.messages.compose(arash.uid, TEXT, b"hello", random_id()),
    ):
        assert code(run) == "person_blocked"
    world.settle()
    assert frames_of(world, Deliver, "sara", "arash") == [] and frames_of(world, Receipts, "sara", "arash") == []
    shown = next(one for one in agent.snapshot()["conversations"] if one["chat"] == chat)
    assert (shown["can_send"], shown["why_not"]) == (False, "person_blocked")


def test_the_message_of_an_error_names_the_person_and_what_to_do(arash: Person, sara: Person) -> None:
    block(sara, arash)
    with pytest.raises(HamrazError, match="blocked arash") as reason:
        sara.write(arash, "hello")
    assert reason.value.values == {"name": "arash"} and "Unblock" in reason.value.hint


def test_what_cannot_be_blocked(arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = sara.agent()
    assert code(lambda: agent.block(sara.uid.hex())) == "own_block"
    assert code(lambda: agent.block("00" * 32)) == "unknown_user"
    assert code(lambda: agent.unblock("00" * 32)) == "unknown_user"
    monkeypatch.setattr(blocked_rows, "MOST", 1)
    assert block(sara, arash)["blocked"]
    assert code(lambda: block(sara, sara.world.people["mani"])) == "blocked_full"
    assert block(sara, arash)["blocked"]  # again is no second one
    unblock(sara, arash)
    unblock(sara, arash)
    assert block(sara, sara.world.people["mani"])["blocked"]


def test_the_blocked_stand_in_pages(world: World, sara: Person) -> None:
    others = [world.sign_up(f"person{n}") for n in range(5)]
    world.settle()
    for n, other in enumerate(others):
        world.now += 1000
        block(sara, other)
        assert sara.node.blocked.since(other.uid) == world.now, n
    agent = sara.agent()
    names: list[str] = []
    after = None
    while True:
        page = agent.blocked(after, 2)
        names += [one["name"] for one in page["people"]]
        assert all(one["blocked"] and one["blocked_since"] for one in page["people"])
        if not page["more"]:
            break
        after = page["people"][-1]["uid"]
    assert names == [f"person{n}" for n in range(5)]


def test_blocking_tells_every_page(world: World, arash: Person, sara: Person) -> None:
    page = Page(sara)
    sara.node.blocked.block(arash.uid)
    told = dict(page.events)
    assert told["person"]["blocked"] and told["person"]["online"] is None
    assert told["conversation"]["why_not"] == "person_blocked"
    page.events.clear()
    sara.node.blocked.unblock(arash.uid)
    told = dict(page.events)
    assert not told["person"]["blocked"] and told["conversation"]["can_send"]


# --- one's own profile ---


def test_a_blocked_person_never_learns_the_newer_profile(
    world: World, arash: Person, sara: Person, mani: Person
) -> None:
    sara.node.profiles.make("Sara", "a line", b"")
    sara.node.profiles.step()
    for reader in (arash, mani):
        sara.say(reader, "hello")
        reader.read(sara)
    world.settle()
    first = sara.vault.read(profile_rows.own)
    block(sara, arash)
    world.settle()
    second = sara.vault.read(profile_rows.own)
    assert first is not None and second is not None and second.published
    assert second.about.version == first.about.version + 1 and second.about.key != first.about.key
    sara.node.profiles.make("Sara K.", "another line", b"")
    sara.node.profiles.step()
    sara.say(mani, "to the others it is told")
    world.settle()
    mani.read(sara)
    arash.read(sara)
    world.settle()
    seen = {
        reader.name: profile.name
        for reader in (arash, mani)
        if (profile := reader.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))) is not None
    }
    assert seen == {"arash": "Sara", "mani": "Sara K."}
    unblock(sara, arash)
    sara.say(arash, "again")
    arash.read(sara)
    world.settle()
    found = arash.vault.read(lambda rows: profile_rows.profile_of(rows, sara.uid))
    assert found is not None and found.name == "Sara K."


# --- the vault ---


def test_a_vault_of_format_1_gets_the_tables() -> None:
    from web_client.vault import database as vaults

    def fill(rows: Any) -> None:
        for table in ("blocked", "veils"):
            rows.execute(f"DROP TABLE {table}")

    made = Vault.in_memory(fill)
    made.write(lambda rows: vaults._run_all(rows, schema.UPGRADES[1]))
    today = Vault.in_memory(lambda rows: None)
    tables = "SELECT name, sql FROM sqlite_master WHERE name IN ('blocked', 'veils') ORDER BY name"
    ask = [vault.read(lambda rows: rows.execute(tables).fetchall()) for vault in (made, today)]
    assert ask[0] == ask[1] and len(ask[0]) == 2
