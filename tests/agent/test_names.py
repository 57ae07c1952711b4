"""What people are called on a page: what they say of themselves, what our user calls them, and who looks like whom."""

from __future__ import annotations

import base64
import itertools
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.errors import HamrazError
from protocol.profiles import NAME_LIMIT, Profile
from tests.agent.test_key_changes import lose_identity_key, recover
from tests.agent.test_profiles import publish
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.account.graphemes import graphemes
from web_client.agent.api import Agent
from web_client.messages import display, profile_rows

PICTURE = bytes.fromhex("89504e470d0a1a0a 0000000d 49484452 00000100 00000100 0802") + bytes(20_000)
FAMILY = "👩‍👩‍👧"


@pytest.fixture
def world() -> World:
    """Arash, Sara and Mani, who have talked with each other and read it."""
    world = World()
    people = [world.sign_up(name) for name in ("arash", "sara", "mani")]
    world.settle()
    for one, other in itertools.permutations(people, 2):
        one.say(other, "hello")
        other.read(one)
    world.settle()
    return world


def show(person: Person, name: str, line: str = "", picture: bytes | None = None) -> dict[str, Any]:
    """Somebody has this profile from now on, and everybody hears of it."""
    text = None if picture is None else base64.b64encode(picture).decode()
    made: dict[str, Any] = person.agent().set_profile(name, line, text)["person"]
    world = person.world
    world.settle()
    for other in world.people.values():
        if other is not person and not person.node.blocked.has(other.uid):
            person.say(other, "x")
    world.settle()
    return made


def seen(by: Person, of: Person) -> dict[str, Any]:
    """How somebody looks on this page."""
    found = by.agent().snapshot()
    shown = next(one for one in [found["me"], *found["people"]] if one["uid"] == of.uid.hex())
    return {key: shown[key] for key in ("name", "display_name", "alike", "nickname", "line", "picture")}


def called(by: Person, of: Person) -> str:
    shown = seen(by, of)
    return str(shown["nickname"] or shown["display_name"] or shown["name"])


def code(run: Any) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code, reason.value.field


def people(world: World) -> tuple[Person, Person, Person]:
    return world.people["arash"], world.people["sara"], world.people["mani"]


def test_what_somebody_says_of_themselves_is_on_the_other_page_and_survives_a_restart(world: World) -> None:
    arash, sara, _mani = people(world)
    agent = sara.agent()
    told: list[tuple[str, Any]] = []
    agent.subscribe(lambda event, value: told.append((event, value)))
    mine = show(arash, " Arash\n Rād ", "at the  workshop", PICTURE)
    assert (mine["display_name"], mine["line"], mine["me"]) == ("Arash Rād", "at the workshop", True)
    shown = seen(sara, arash)
    assert (shown["name"], shown["display_name"], shown["line"]) == ("arash", "Arash Rād", "at the workshop")
    assert shown["picture"] == mine["picture"] and mine["picture"]
    assert agent.picture(arash.uid.hex()) == {"picture": base64.b64encode(PICTURE).decode()}
    pushed = [value["display_name"] for event, value in told if event == "person" and value["uid"] == arash.uid.hex()]
    assert pushed[-1] == "Arash Rād"
    sara.restart()
    assert seen(sara, arash) == shown
    arash.restart()
    assert seen(arash, arash) == shown
    show(arash, "Arash", "", b"")
    assert seen(sara, arash) == {**shown, "display_name": "Arash", "line": "", "picture": None}
    assert sara.agent().picture(arash.uid.hex()) == {"picture": None}


def test_a_picture_stays_when_only_words_change(world: World) -> None:
    arash, sara, _mani = people(world)
    show(arash, "A", "", PICTURE)
    before = seen(sara, arash)["picture"]
    show(arash, "B", "another line")
    assert before and seen(sara, arash)["picture"] == before


def test_ones_own_has_its_bounds(world: World) -> None:
    agent = world.people["arash"].agent()
    sara = world.people["sara"].uid.hex()
    assert agent.set_profile(FAMILY * 38, "ی" * 140)["person"]["line"] == "ی" * 140
    assert code(lambda: agent.set_profile("x" * 49, "")) == ("too_long", "display_name")
    longer = FAMILY * 48  # than the wire takes, though not than people count
    assert code(lambda: agent.set_profile(longer, "")) == ("too_long", "display_name")
    assert code(lambda: agent.set_profile("x", "x" * 141)) == ("too_long", "line")
    assert code(lambda: agent.set_nickname(sara, "x" * 49)) == ("too_long", "nickname")
    big = base64.b64encode(b"\xff\xd8\xff" + bytes(48 * 1024)).decode()
    assert code(lambda: agent.set_profile("x", "", big)) == ("bad_picture", "picture")
    drawing = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
    assert code(lambda: agent.set_profile("x", "", drawing)) == ("bad_picture", "picture")
    assert code(lambda: agent.set_profile("x", "", "no base64")) == ("bad_request", "picture")
    assert code(lambda: agent.set_nickname("0" * 64, "x")) == ("unknown_user", "uid")


def test_who_calls_themselves_like_somebody_else_here_is_shown_by_user_name(world: World) -> None:
    arash, sara, mani = people(world)
    show(sara, "Mina")
    for name in ("Sara", "s a r a", "Sаrа", "SARA ✓", "S\u200bara", "Mina"):
        show(mani, name)
        shown = seen(arash, mani)
        assert (called(arash, mani), shown["alike"], shown["display_name"]) == ("mani", True, "")
        assert seen(mani, mani)["alike"]  # who does so is told
        # whoever was first has no right to it: nobody here knows who they are
        assert called(arash, sara) == ("sara" if name == "Mina" else "Mina")
    show(mani, "Mani M.")
    assert (called(arash, mani), called(arash, sara)) == ("Mani M.", "Mina")


def test_nobody_is_called_like_our_user_or_as_our_user_calls_somebody(world: World) -> None:
    arash, sara, mani = people(world)
    show(arash, "Captain")
    show(mani, "Captain")
    assert called(arash, mani) == "mani"
    arash.agent().set_nickname(sara.uid.hex(), "Boss")
    show(mani, "boss.")
    assert (called(arash, mani), called(arash, sara), called(sara, mani)) == ("mani", "Boss", "boss.")


def test_a_new_account_of_that_name_takes_it_and_an_ended_one_gives_it_back(world: World) -> None:
    arash, sara, _mani = people(world)
    agent = arash.agent()
    told: dict[str, bool] = {}
    agent.subscribe(lambda event, value: told.update({value["name"]: value["alike"]}) if event == "person" else None)
    show(sara, "Omid")
    assert called(arash, sara) == "Omid"
    world.sign_up("omid")
    world.settle()
    assert called(arash, sara) == "sara" and told["sara"] is True
    arash.agent().revoke_person("omid")
    world.settle()
    assert called(arash, sara) == "Omid" and told["sara"] is False


def test_of_a_blocked_person_there_is_the_user_name_and_their_name_is_free(world: World) -> None:
    arash, sara, mani = people(world)
    show(sara, "Mina", "a line", PICTURE)
    show(mani, "Mina", "a line", PICTURE)
    assert called(arash, sara) == "sara"
    arash.agent().block(mani.uid.hex())
    shown = seen(arash, mani)
    assert shown == {"name": "mani", "display_name": "", "alike": False, "nickname": "", "line": "", "picture": None}
    assert arash.agent().picture(mani.uid.hex()) == {"picture": None}
    assert called(arash, sara) == "Mina"
    arash.agent().unblock(mani.uid.hex())
    assert called(arash, sara) == "sara"


def test_a_block_is_a_new_key_that_the_blocked_never_hear_of(world: World) -> None:
    arash, sara, mani = people(world)
    show(arash, "before")
    assert (called(sara, arash), called(mani, arash)) == ("before", "before")
    arash.agent().block(mani.uid.hex())
    show(arash, "after")
    assert (called(sara, arash), called(mani, arash)) == ("after", "before")


def test_a_nickname_wins_stays_here_and_can_be_taken_back(world: World) -> None:
    arash, sara, _mani = people(world)
    show(sara, "Sara K.")
    before = len(world.crossed)
    assert arash.agent().set_nickname(sara.uid.hex(), " my  sister ")["person"]["nickname"] == "my sister"
    world.settle()
    assert not any(b"my sister" in body for _, _, body in world.crossed[before:])
    assert called(arash, sara) == "my sister"
    arash.restart()
    assert called(arash, sara) == "my sister"
    arash.agent().set_nickname(sara.uid.hex(), "")
    assert called(arash, sara) == "Sara K."


def test_people_are_found_by_all_they_are_called(world: World) -> None:
    arash, sara, mani = people(world)
    show(sara, "کارگاه")
    arash.agent().set_nickname(mani.uid.hex(), "Uncle")

    def found(query: str) -> list[str]:
        return [one["name"] for one in Agent.people(arash.agent(), query)["people"]]

    assert found("كارگاه") == found("SARA") == ["sara"]
    assert found("uncle") == found("mani") == ["mani"]
    assert found("nobody") == []


def test_what_a_liar_publishes_is_made_fit_to_be_shown(world: World) -> None:
    arash, sara, _mani = people(world)
    name = "\u202eK\u0336\u0336\u0336\u0336\u0336." + "x" * (NAME_LIMIT - 8)
    about = publish(sara, Profile(sara.uid, 1, name, "a\n\n\u2066b" + "z" * 500, b"<svg/>"))
    sara.say(arash, "hello")
    signed_by, chat = sara.node.ctx.me.key.public.fingerprint(), ChatId.private(sara.uid)
    arash.vault.write(lambda rows: profile_rows.hear(rows, sara.uid, signed_by, chat, about))
    world.settle()
    shown = seen(arash, sara)
    assert shown["display_name"] == "K\u0336\u0336\u0336." + "x" * 46
    assert shown["line"] == "a b" + "z" * 137
    assert arash.agent().picture(sara.uid.hex()) == {"picture": None}


SIGNS = ["a", "e\u0301", FAMILY, "🇮🇷", "👍🏽", "می", "न\u093f", "각", "क्षि", "กำ", "ｶﾞ", "م\u200c"]


def test_a_sign_is_what_people_take_for_one() -> None:
    assert list(graphemes("".join(SIGNS).replace("می", "م"))) == [sign.replace("می", "م") for sign in SIGNS]
    assert list(graphemes("🇮🇷🇮🇷")) == ["🇮🇷", "🇮🇷"]
    assert display.shown("🇮🇷" * 50, 48) == "🇮🇷" * 48


@example("A\u202e\u0300")
@example("\u0958\u20e3\u064e\u09c7\u20e3\u09be")
@given(st.text(max_size=80) | st.text(alphabet="aé\u0301\u0336\u200c\u200d\u202e👩🇮🏽ی \n", max_size=80))
def test_whatever_somebody_says_of_themselves_there_is_a_short_line_of_it(text: str) -> None:
    assert "".join(graphemes(text)) == text
    found = display.shown(text, display.NAME_SIGNS)
    assert len(list(graphemes(found))) <= display.NAME_SIGNS
    assert display.shown(found, display.NAME_SIGNS) == found
    assert "\n" not in found and "\u202e" not in found and found == found.strip()


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u202e", "\u0301", "\u200c", "\u3164", "\u2800 \uffa0", "\ufdd0"])
def test_what_nobody_sees_is_no_name(text: str) -> None:
    assert display.tidy(text) == ""


def test_a_sign_that_is_newer_than_this_python_is_one() -> None:
    assert display.tidy("\U0001fae9 \U0001faff") == "\U0001fae9 \U0001faff"


def test_after_a_recovery_what_the_lost_key_said_is_gone_and_ones_own_is_shown_again(world: World) -> None:
    arash, sara, mani = people(world)
    show(sara, "Sara K.", "a line", PICTURE)
    show(mani, "Sara K.")
    assert (called(arash, sara), called(arash, mani)) == ("sara", "mani")
    lose_identity_key(sara)
    recover(sara)
    sara.restart()
    world.settle()
    shown = seen(arash, sara)
    assert (shown["display_name"], shown["line"], shown["picture"]) == ("", "", None)
    assert arash.agent().picture(sara.uid.hex()) == {"picture": None}
    assert called(arash, mani) == "Sara K."  # nobody else is called so any more
    show(mani, "Mani")
    sara.say(arash, "it is me")
    arash.read(sara)
    world.settle()
    assert seen(arash, sara)["line"] == "a line" and called(arash, sara) == "Sara K."
