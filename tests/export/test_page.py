"""messages.html: whatever people have said or called themselves, it is words; and it says them all."""

from __future__ import annotations

import base64
import datetime
import hashlib
import html
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.files import FileBody, encode_file
from protocol.primitives import random_id
from tests.export.conftest import Talk
from tests.export.exports import export_of
from tests.groups.group_world import GroupWorld
from tests.protocol.effort import examples
from tests.world import World
from web_client.account.chat_ids import ChatId
from web_client.export import page as pages
from web_client.export import words
from web_client.export.words import Language

TAGS = {
    "html", "meta", "title", "style", "header", "h1", "p", "code", "nav", "ol", "li", "a", "section", "h2", "bdi",
    "details", "summary",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "charset", "http-equiv", "content", "name", "class", "id", "href", "aria-label", "aria-labelledby",
}  # fmt: skip
SCRIPT = "<script>alert(1)</script>"
HOSTILE = SCRIPT + "\"'><img src=x onerror=alert(1)>&lt;&#0;\x00\x1b\u202e\u2028</p></main><!-- ]]> {name} %s"


class Reader(HTMLParser):
    """Every tag, every attribute and all words of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.said: list[str] = []
        self.styles = 0
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attributes}
        self.values += [value or "" for _name, value in attributes]

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def text(self) -> str:
        return "".join(self.said)


def read(page: bytes) -> Reader:
    """A page, of which everything that could do something is known."""
    found = Reader(page)
    assert found.tags <= TAGS, found.tags - TAGS
    assert found.attributes <= ATTRIBUTES, found.attributes - ATTRIBUTES
    assert b"<script" not in page and b"javascript:" not in page and b"url(" not in page
    links = [value for value in found.values if value.startswith(("#", "http", "//", "data:"))]
    assert all(re.fullmatch(r"#c[0-9]+", link) for link in links)
    return found


@pytest.mark.parametrize("language", ["en", "fa"])
def test_everything_that_was_said_stands_there(talk: Talk, language: Language) -> None:
    found = read(export_of(talk.arash, talk.mine, language=language)["messages.html"]).text
    for said in (
        "the lab opens at ten",
        "the lab opens at nine",
        "سلام، دیر می‌رسم",
        "then I come at ten",
        "👍",
        "see you",
    ):
        assert said in found
    assert "forget" not in found
    told = words.WORDS[language]
    assert found.count(told["deleted"]) == 2
    for key in ("edited", "before", "unsent"):
        assert found.count(told[key]) == 1, key
    assert told["answers"].format(name="arash") in found
    assert words.numbers("2026", language) in found if language == "en" else "۱۴۰۵" in found


def test_a_group_with_what_it_tells_by_itself(past: GroupWorld) -> None:
    arash, sara = past.people[:2]
    chat = ChatId.group(past.gid)
    found = read(export_of(sara, chat)["messages.html"]).text
    for line in ("arash made this group.", "arash removed omid: “enough”", "arash added reza.", "mina left."):
        assert line in found
    assert "arash took this message away: “rude”" in found and "rude words" not in found
    assert "mina too" in found
    assert "mina too" not in read(export_of(arash, chat)["messages.html"]).text  # who has blocked her


def test_hostile_words_names_and_files_are_words(world: World) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    sara.say(arash, HOSTILE)
    body = FileBody(random_id(), HOSTILE[:250], "text/html", 2**40, bytes(32), bytes(32), 262_144, b"", 0, 0, HOSTILE)
    sara.node.messages.compose(arash.uid, "file", encode_file(body), random_id())
    sara.node.messages.compose(arash.uid, "x<b>", HOSTILE.encode(), random_id())
    sara.deliver()
    world.settle()
    arash.vault.write(lambda rows: rows.execute("UPDATE messages SET time = ?", (2**62,)))
    files = export_of(arash)
    found = read(files["messages.html"]).text
    assert "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;" in found
    assert not {"\x00", "\x1b", "\u202e", "\u2028"} & set(found)
    assert "no date" in found and "of a kind that this version doesn" in html.unescape(found)


def test_hostile_names_of_groups_and_reasons() -> None:
    group = GroupWorld("beginner user")  # type: ignore[arg-type]
    group.everybody_joins()
    arash, sara = group.people
    group.say(sara, "mine")
    order = group.shown(arash)[-1]["order"]
    arash.agent().retract_message(ChatId.group(group.gid), order, "</p><script>1</script>")
    arash.node.groups.command(group.gid, sara.uid, False, "<img src=x>")
    group.world.settle()
    for person in group.people:
        person.vault.write(lambda rows: rows.execute("UPDATE groups SET name = ?", (SCRIPT,)))
        found = read(export_of(person)["messages.html"]).text
        assert SCRIPT in found and "<script>1</script>" in found
        assert "<img src=x>" in found  # also who is out hears why


@examples(100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_itself_but_for_what_can_not_be_seen(said: str) -> None:
    assert "".join(Reader(pages.text(said).encode()).said) == said.translate(pages._CLEAN)


def test_a_vote_for_several_answers_says_which() -> None:
    tagged = "".join(map(chr, (0xE0031, 0xE003A)))
    assert [pages.readable(emoji) for emoji in (f"📊{tagged}", "📊", f"👍{tagged}")] == [
        "📊 1, 10",
        "📊",
        f"👍{tagged}",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ("after 7 days.", "after a day.")), ("fa", ("پس از ۷ روز پاک شوند.", "پس از یک روز پاک شوند."))],
)
def test_what_goes_away_is_there_without_its_sign(talk: Talk, language: Language, said: tuple[str, str]) -> None:
    chat = ChatId.private(talk.sara.uid)
    talk.arash.agent().set_lifetime(chat, 7 * 86_400)
    talk.arash.agent().send_message(chat, "goes away")
    talk.arash.agent().set_lifetime(chat, 86_400)
    talk.arash.agent().set_lifetime(chat, 0)
    page = "".join(Reader(export_of(talk.arash, language=language)["messages.html"]).said)
    assert all(one in page for one in said) and "goes away" in page and "\u23f3" not in page


def test_its_policy_allows_its_own_style_and_nothing_else(talk: Talk) -> None:
    page = export_of(talk.arash)["messages.html"].decode()
    style = re.search("<style>(.*?)</style>", page, re.S)
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert style and policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'"


def test_both_languages_say_the_same_things() -> None:
    english, persian = words.WORDS["en"], words.WORDS["fa"]
    assert english.keys() == persian.keys()
    for key, said in english.items():
        assert set(re.findall(r"\{(\w+)\}", said)) == set(re.findall(r"\{(\w+)\}", persian[key])), key


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ((2025, 3, 21), (1404, 1, 1)), ((2024, 3, 20), (1403, 1, 1)), ((2021, 3, 20), (1399, 12, 30)),
        ((2000, 1, 1), (1378, 10, 11)), ((2026, 9, 21), (1405, 6, 30)), ((2026, 9, 23), (1405, 7, 1)),
    ],
)  # fmt: skip
def test_days_of_the_persian_calendar(date: tuple[int, int, int], expected: tuple[int, int, int]) -> None:
    assert words.jalali(datetime.date(*date)) == expected


def test_the_persian_calendar_misses_no_day() -> None:
    day, before = datetime.date(1971, 3, 21), (1349, 12, 29)
    while day.year < 2100:
        year, month, number = words.jalali(day)
        expected = {(before[0], before[1], before[2] + 1), (before[0], before[1] + 1, 1), (before[0] + 1, 1, 1)}
        assert (year, month, number) in expected and number <= 31
        day, before = day + datetime.timedelta(days=1), (year, month, number)


@pytest.mark.parametrize(
    ("place", "said"),
    [("Europe/Berlin", "UTC+01:00 / UTC+02:00"), ("Asia/Tehran", "UTC+03:30"), ("Etc/UTC", "UTC")],
)
def test_where_summer_has_another_time_both_are_said(monkeypatch: pytest.MonkeyPatch, place: str, said: str) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", place)
        time.tzset()
        assert words.zone("en") == said
    time.tzset()
