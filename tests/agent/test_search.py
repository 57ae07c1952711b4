"""Searching: letters, digits and the half-space of Persian, what is edited and deleted, conversations, pages, speed."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from launch.packages import ROOT
from protocol import kinds
from protocol.errors import HamrazError
from protocol.primitives import random_id
from tests import sharing
from tests.agent.words import places_of
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.agent.views import search as search_views
from web_client.search import index, normalize
from web_client.search.addresses import ALONE, WITH_PATH, has_address

HALF = "\u200c"


def found(person: Person, text: str, chat: str | None = None) -> list[str]:
    return [hit["message"]["text"] for hit in person.agent().search(text, chat, 100, None)["hits"]]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("عليك السلام", "علیک"),  # Arabic yeh and kaf
        ("علیک", "عليك"),
        ("مدرسة", "مدرسه"),
        ("أحمد و إيران و آب", "احمد ایران اب"),
        ("مُحَمَّدٌ", "محمد"),  # vowel signs
        ("ســلام", "سلام"),  # kashida
        ("خانهٔ ما", "خانه ما"),
        ("ساعت ۱۰:۳۰", "10 30"),
        ("ساعت 10:30", "۱۰ ٣٠"),
        ("٤٥٦", "۴۵۶"),
        (f"می{HALF}روم", f"می{HALF}روم"),  # as written
        (f"می{HALF}روم", "میروم"),  # written together
        (f"می{HALF}روم", "می روم"),  # apart
        (f"می{HALF}روم", "روم"),  # a part
        ("می روم", f"می{HALF}روم"),
        ("میروم", f"می{HALF}روم"),
        (f"کتاب{HALF}خانه{HALF}ها", "کتابخانه"),
        (f"کتاب{HALF}خانه{HALF}ها", f"کتابخانه{HALF}ها"),
        (f"کتاب{HALF}خانه{HALF}ها باز است", "کتابخانه باز"),
        ("Café CRÈME", "cafe creme"),
        ("STRASSE", "straße"),
        ("IŞIK", "ışık"),  # two letters i, of which not every keyboard has both
        ("Işık söndü", "isik sondu"),
        ("Łukasz i Søren", "lukasz soren"),
        ("Łukasz i Søren", "Łukasz Søren"),
        ("ΟΔΟΣ", "οδός"),
        ("گھر اور بچے", "گهر بچی"),  # Urdu
        ("صفحه ৩ و ३", "3 3"),  # digits of Bengali and Devanagari
        ("see https://example.org/a_b?c=1", "example"),
        ("foo_bar", "bar"),
        ("don't", "don't"),
        ("hello world", "wor"),  # the last word's beginning
        ("hello world", "world hel"),
        ("we won 🎉🎉!", "🎉"),
        ("good👍🏽 ❤️", "❤"),
        ("family 👨‍👩‍👧", "👩"),
        ("東京に行きます", "行"),
        ("東京に行きます", "京に"),
        ("我们明天见", "明天"),
        ("我们明天见", "明天 我们"),
        ("so hello, world! it is", '"hello world" it'),
        ("سلام دنیا", "«سلام دنیا»"),
        ("hello world", '"hello wor'),  # not ended yet
        ("سلام Sara، خوبی؟", "sara خو"),
        ("the robotics club", "obotics clu"),  # inside words
        ("the robotics club", "bot lub"),
        ("دانشکدهٔ مهندسی", "شکده هند"),
        (f"کتاب{HALF}خانه{HALF}ها", "ابخان"),
        ("who knows C++?", "c++ "),
        ("C# or F#", "F#"),
        ("می\u200cرود", "می\u200c"),
    ],
)
def test_what_is_found(world: World, arash: Person, sara: Person, said: str, asked: str) -> None:
    arash.write(sara, said)
    arash.write(sara, "something else")
    assert found(arash, asked) == [said]
    parts = arash.agent().search(asked, None, 30, None)["hits"][0]["parts"]
    assert "".join(text for text, _hit in parts) == said
    assert any(hit for _text, hit in parts)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("hello world", "he world"),  # only the last word may be unfinished, if it is as short as this
        ("می خواهم بروم", f"می{HALF}روم"),  # its parts are not one word there
        ("hello", "hello there"),
        ("world, hello", '"hello world"'),
        ("hello old world", "“hello world”"),
        ("hello worlds", '"hello world"'),
        ("京东在上海", "东京"),  # written without a space: one after the other
        ("hello", "chat"),
        ("hello", "words"),
        ("the cats, (c2) and Cfront", "C++"),  # behind a sign nothing of the word is to come
        ("hello", "lo"),  # two letters are inside every other word
        ("hello 🎉", "1f38"),
    ],
)
def test_what_is_not_found(world: World, arash: Person, sara: Person, said: str, asked: str) -> None:
    arash.write(sara, said)
    assert found(arash, asked) == []


@pytest.mark.parametrize(
    "asked", ["", "  ", "!?", HALF, '"', "*", "a" * 1000, "AND OR NOT", '") OR chat:"', "NEAR(a b)"]
)
def test_what_is_no_word_finds_nothing_and_breaks_nothing(
    world: World, arash: Person, sara: Person, asked: str
) -> None:
    arash.write(sara, "hello")
    assert arash.agent().search(asked, None, 30, None) == {"hits": [], "more": False}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_question_is_one_that_the_index_understands(text: str) -> None:
    for term in index.terms(text):
        assert all(atom and atom.isalnum() for atom in "".join(term.atoms)) or not term.joined.isascii()
    assert [atom.text for atom in normalize.atoms(text)] == [atom for atoms in normalize.words(text) for atom in atoms]


@settings(deadline=None)
@given(st.text("سلام یيكکآأـ\u064e\u200c ۱1٠aAé.!", min_size=1, max_size=40))
def test_every_text_is_found_by_itself(text: str) -> None:
    asked = index.terms(text)
    atoms = normalize.atoms(text)
    words = normalize.indexed(text).split()
    for term in asked:
        assert term.spans(atoms)
        if len(term.atoms) <= normalize.JOINED_ATOMS:
            assert term.joined in words
    assert "".join(part for part, _hit in search_views.parts(text, asked)) == text


def test_a_file_is_found_by_its_name_and_by_its_words(world: World, arash: Person, sara: Person) -> None:
    sharing.send(arash, sharing.private(sara), b"lake", name="Landscape of شیراز_2.jpg", caption="where we were")
    arash.deliver()
    for person in (arash, sara):
        for asked in ("landscape", "شیراز", "jpg", "where lands"):
            assert found(person, asked) == ["where we were"], asked
    assert found(sara, "portrait") == []


def matching(person: Person, **wanted: Any) -> list[str]:
    return [hit["message"]["text"] for hit in person.agent().search(wanted.pop("text", ""), **wanted)["hits"]]


def test_by_whom_where_of_what_kind_and_when(world: World, arash: Person, sara: Person, mani: Person) -> None:
    """Each alone, with words, and several together; the newest first."""
    with_sara, with_mani = ChatId.private(sara.uid), ChatId.private(mani.uid)
    arash.write(sara, "the first lesson, see https://example.org")
    world.now += 24 * 3600 * 1000
    next_day = world.now
    sharing.send(arash, sharing.private(sara), b"lake", name="lake.jpg", caption="picture of a lesson")
    sara.say(arash, "what a lesson")
    sharing.send(mani, sharing.private(arash), b"sound", name="song.ogg", caption="a song")
    mani.deliver()
    mine, hers, his = arash.uid.hex(), sara.uid.hex(), mani.uid.hex()
    assert matching(arash, by=hers) == ["what a lesson"]
    assert matching(arash, text="lesson", by=mine) == [
        "picture of a lesson",
        "the first lesson, see https://example.org",
    ]
    assert matching(arash, kind="file") == ["a song", "picture of a lesson"]
    assert matching(arash, kind="file", by=his) == ["a song"] == matching(arash, kind="file", chat=with_mani)
    assert matching(arash, kind="link") == ["the first lesson, see https://example.org"]
    assert matching(arash, kind="link", text="song") == [] == matching(arash, kind="file", text="what")
    assert matching(arash, text="lesson", chat=with_sara, by=hers, kind="file") == []
    assert matching(arash, by=mine, until=next_day) == ["the first lesson, see https://example.org"]
    assert matching(arash, kind="file", since=next_day, chat=with_sara) == ["picture of a lesson"]
    assert matching(arash, text="lesson", since=next_day, by=mine) == ["picture of a lesson"]
    assert matching(arash, text="!?", by=hers) == []  # what is no word finds nothing
    assert matching(arash) == [] == matching(arash, until=next_day, chat=with_sara)


def test_an_address_is_one_as_the_page_finds_it() -> None:
    for text in (
        "http://x",
        "see www.a",
        "Example.com.",
        "به example.irرا",
        "t.me/x",
        "これexample.com。",
        "a.co.ir:80/",
    ):
        assert has_address(text), text
    for text in (
        "node.js",
        "a@example.com",
        "nothing.to be",
        "foo.com.txt",
        "#a.com",
        "e.g. i.e.",
        "https://",
        "a.comm",
    ):
        assert not has_address(text), text
    hosts = (ROOT / "static" / "js" / "lib" / "hosts.js").read_text()
    assert [
        "".join(re.findall('"([^"]*)"', re.findall(rf"const {name} =([^;]*);", hosts)[0]))
        for name in ("alone", "withPath")
    ] == [ALONE, WITH_PATH]
    began = time.process_time()
    for part in ("a.", "a-", f"{'a' * 63}.", "x.co"):
        has_address(part * (65_536 // len(part)))
    assert time.process_time() - began < 1


def test_edits_and_deletions_keep_the_index_true(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "the first words")
    for person in (arash, sara):
        assert found(person, "first") == ["the first words"]
    arash.agent().edit_message(ChatId.private(sara.uid), order, "other ones", None)
    arash.deliver()
    for person in (arash, sara):
        assert found(person, "first") == []
        assert found(person, "other") == ["other ones"]
    assert places_of(sara, "first") and not [place for place in places_of(sara, "first") if place.startswith("search")]
    arash.agent().delete_message(ChatId.private(sara.uid), order, None)
    arash.deliver()
    for person in (arash, sara):
        assert found(person, "other") == [] == found(person, "first")
        assert places_of(person, "other") == places_of(person, "first") == set()


def test_words_that_come_and_go_before_anybody_searches(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "secret words")
    arash.agent().delete_message(ChatId.private(sara.uid), order, None)
    arash.deliver()
    assert found(sara, "secret") == found(arash, "secret") == []
    assert places_of(sara, "secret") == set()


def test_answers_are_found_and_marks_are_not(world: World, arash: Person, sara: Person) -> None:
    order = arash.say(sara, "question")
    arash.agent().send_message(ChatId.private(sara.uid), "an answer", order, None)
    arash.node.messages.compose(
        sara.uid, kinds.EDIT, kinds.encode_body(kinds.Edit(random_id(), "of nothing")), random_id()
    )
    arash.deliver()
    assert found(sara, "answer") == ["an answer"] and found(sara, "nothing") == []


def test_one_conversation_and_page_after_page(world: World, arash: Person, sara: Person, mani: Person) -> None:
    for number in range(25):
        arash.write(sara, f"word {number}")
        arash.write(mani, f"word for mani {number}")
    page = arash.agent().search("word", ChatId.private(sara.uid), 10, None)
    assert [hit["message"]["text"] for hit in page["hits"]] == [f"word {number}" for number in range(24, 14, -1)]
    assert page["more"]
    page = arash.agent().search("word", ChatId.private(sara.uid), 100, page["hits"][-1]["message"]["order"])
    assert len(page["hits"]) == 15 and not page["more"]
    with pytest.raises(HamrazError) as caught:
        arash.agent().search("word", ChatId("p:00"), 10, None)
    assert (caught.value.code, caught.value.field) == ("no_such_chat", "chat")


def test_a_long_message_is_shown_around_its_hit(world: World, arash: Person, sara: Person) -> None:
    arash.write(sara, "one two three " * 100 + "needle " + "four five six " * 100)
    (hit,) = arash.agent().search("needle", None, 30, None)["hits"]
    texts = [text for text, _hit in hit["parts"]]
    assert [text for text, is_hit in hit["parts"] if is_hit] == ["needle"]
    assert texts[0] == "…" and texts[-1].endswith("…") and len("".join(texts)) <= 203
    assert len(hit["message"]["text"]) > 2000


def test_nobody_waits_for_the_index(world: World, arash: Person, sara: Person) -> None:
    """It is filled when it is worth it, or when somebody searches; what is sent is only kept."""
    for number in range(index.WORTH - 1):
        arash.write(sara, f"word {number}")
    arash.node.index()
    assert count(arash) == 0
    arash.write(sara, "one more")
    arash.node.index()
    assert count(arash) == index.WORTH
    arash.write(sara, "the last")
    assert found(arash, "last") == ["the last"] and count(arash) == index.WORTH + 1


def count(person: Person) -> int:
    return int(person.vault.read(lambda rows: rows.execute("SELECT count(*) FROM search").fetchone()[0]))


MANY = 4_000
PERSIAN, LATIN = "سلام خانه کتاب ساعت کلاس قرار زنگ باران می\u200cروم", "hello school book meeting"
WORDS = PERSIAN.split() + LATIN.split()


def test_searching_and_opening_stay_fast(world: World, arash: Person, sara: Person) -> None:
    """With 4,000 messages, in processor time: an index that isn't used would take ten times that."""

    def fill(rows: Any) -> None:
        insert = (
            "INSERT INTO messages (chat, id, sender, recipient, key, sequence, previous, hash, time, kind, body, raw, "
            "state) VALUES (?, ?, ?, ?, x'', ?, x'', x'', ?, 'text', ?, x'', 'received')"
        )
        chat = ChatId.private(sara.uid)
        for number in range(MANY):
            text = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12))
            body = f"{text} {number}".encode()
            rows.execute(insert, (chat, random_id(), sara.uid, arash.uid, number + 1, number, body))

    arash.vault.write(fill)
    agent, chat = arash.agent(), ChatId.private(sara.uid)
    assert found(arash, "سلام 3900")  # fills the index
    began = time.process_time()
    for asked in ("سلام", "م", "hel", f"می{HALF}روم", "کلاس 12", "nothing"):
        agent.search(asked, None, 30, None)
        agent.search(asked, chat, 30, None)
    assert time.process_time() - began < 12 * 0.025
    began = time.process_time()
    agent.history(chat, None, None, 50)
    agent.history(chat, None, None, 50, agent.history(chat, None, 0, 50)["messages"][-1]["order"], None)
    agent.history(chat, None, None, 50, None, MANY // 2)
    agent.snapshot()
    assert time.process_time() - began < 0.1


def test_what_is_looked_at_and_every_other_file(world: World, arash: Person, sara: Person) -> None:
    """Made of the kinds: pictures and films are media, what is neither they nor sound is a document."""
    chat = ChatId.private(sara.uid)
    for name, family in (("lake", "image/jpeg"), ("film", "video/mp4"), ("song", "audio/ogg"), ("plan", "text/plain")):
        id = random_id().hex()
        arash.agent().file_begin(chat, id, name, 3, family, 0)
        arash.agent().take_part(id, 0, b"abc")
        arash.agent().send_file(id, name)
    spoken = sharing.hand_over(arash, chat, b"abc", "voice.webm")
    arash.agent().send_voice(spoken, 1000)
    assert matching(arash, kind="media") == ["film", "lake"]
    assert matching(arash, kind="media", text="lak", chat=chat) == ["lake"]
    assert matching(arash, kind="document") == ["plan"]
    assert matching(arash, kind="sound") == ["", "song"]  # what is spoken is, whatever its type


def test_of_a_long_message_some_words_are_looked_into_and_none_stays(
    world: World, arash: Person, sara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each word that one can look into costs something once its message changes: thousands would be a burden."""
    monkeypatch.setattr(index, "TERMS", 2)
    monkeypatch.setattr(index, "ROOM", 1)  # one at a time
    arash.say(sara, "alphabet betamax gammaray")
    agent, chat = sara.agent(), ChatId.private(arash.uid)

    def hits(text: str) -> int:
        return len(agent.search(text)["hits"])

    assert [hits(text) for text in ("phabe", "tama", "mmara", "gamma")] == [1, 1, 0, 1]
    arash.say(sara, "gammaray")
    assert hits("mmara") == 2
    first, second = (shown["order"] for shown in sara.shown(arash))
    agent.clear_message(chat, second)
    assert hits("mmara") == 1
    agent.clear_message(chat, first)
    assert sara.vault.value("SELECT count(*) FROM search_terms") == 0
