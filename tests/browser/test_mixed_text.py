"""Persian, English, numbers, addresses, code and emoji in one line: every letter stands where a reader expects it.

fixtures/mixed.json: `text` as it is typed, `dir` of its paragraph, `visual`: what stands there from left to right in
pieces, each piece as it is typed; a piece runs in the direction of its letters unless it says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.fake_agent import Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage

FIXTURES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "fixtures" / "mixed.json").read_text(encoding="utf-8")
)
WIDE = {"width": 1440, "height": 900}

# What is seen from left to right, letter by letter, without white space and without the time at the end.
SEEN = """(line) => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const signs = [];
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.parentElement.closest(".meta, .sr")) continue;
        for (const { segment, index } of segmenter.segment(node.data)) {
            const range = new Range();
            range.setStart(node, index);
            range.setEnd(node, index + segment.length);
            const box = range.getClientRects()[0];
            if (segment.trim() && box?.width) signs.push({ segment, left: box.left, top: Math.round(box.top / 12) });
        }
    }
    return signs.sort((a, b) => a.left - b.left).map(({ segment }) => segment).join("");
}"""
# The same from the pieces of a fixture.
WANTED = r"""(pieces) => {
    const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
    return pieces.map((piece) => {
        const text = typeof piece === "string" ? piece : Object.values(piece)[0];
        const turned = typeof piece === "string" ? /^[^\d۰-۹]*(?![۰-۹])\p{Script=Arabic}/u.test(text) : "rtl" in piece;
        const signs = [...segmenter.segment(text)].map(({ segment }) => segment).filter((sign) => sign.trim());
        return (turned ? signs.reverse() : signs).join("");
    }).join("");
}"""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serving() as running:
        fake_agent = running.fake_agent
        fake_agent.private("sara")
        yield running


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_letter_of_a_message_stands_where_it_is_read(served: Served, open_page: OpenPage, language: str) -> None:
    page = served.enter(open_page(viewport=WIDE), language)
    fake_agent = served.fake_agent
    chat = fake_agent.private("sara")
    fake_agent.say(chat, "sara", "begin")
    open_chat(page, chat)
    wrong = []
    for at, fixture in enumerate(FIXTURES):
        message = fake_agent.say(chat, ("sara", "arash")[at % 2], fixture["text"])
        if difference := differs(page, page.locator(f'[data-message="{message["id"]}"] .text > p'), fixture):
            wrong.append(difference)
    assert wrong == []


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_it_stands_so_in_quotes_previews_and_the_group_s_own_lines(
    served: Served, open_page: OpenPage, language: str
) -> None:
    page = served.enter(open_page(viewport=WIDE), language)
    fake_agent = served.fake_agent
    chat, group = fake_agent.private("omid"), fake_agent.group("گروه team", ("sara", "نیلوفر"))
    short = [one for one in FIXTURES if "shown" not in one and "http" not in one["text"]][::3]
    fake_agent.say(chat, "omid", "begin")
    open_chat(page, chat)
    wrong = []
    for fixture in short:
        answered = fake_agent.say(chat, "omid", fixture["text"])
        reply = {key: answered[key] for key in ("id", "from", "order", "kind", "text")} | {"missing": False}
        message = fake_agent.say(chat, "omid", "answer", reply=reply)
        line = page.locator(f'[data-message="{message["id"]}"]')
        wrong += [differs(page, line.locator(".quote-text"), fixture)]
        fake_agent.say(group, "arash", fixture["text"])
        preview = page.locator(f'.row[data-chat="{group}"] .words')
        expect(preview).to_have_text(fixture["text"])
        wrong += [differs(page, preview, fixture)]
    assert [one for one in wrong if one] == []
    # Names and a reason in a sentence of the page's language: each stands whole in its own direction.
    system = {"what": "removed", "by": uid_of("sara"), "who": [uid_of("نیلوفر")], "reason": "to کلاس ۲"}
    message = fake_agent.say(group, "sara", kind="system", system=system, state="system")
    open_chat(page, group)
    line = page.locator(f'[data-message="{message["id"]}"] p span')
    seen = line.evaluate(SEEN)
    for pieces in (["sara"], ["یلوفر"], ["to"]):  # Chromium measures the first letter with the isolate before it
        assert page.evaluate(WANTED, pieces) in seen, seen
    assert line.evaluate("(line) => getComputedStyle(line).direction") == ("rtl" if language == "fa" else "ltr")


def differs(page: Page, line: Locator, fixture: dict[str, Any]) -> tuple[str, str, str] | None:
    """What is seen instead of what is wanted; None where they are the same."""
    seen, direction = line.evaluate(f"(line) => [({SEEN})(line), getComputedStyle(line).direction]")
    wanted = page.evaluate(WANTED, fixture["visual"])
    return None if (seen, direction) == (wanted, fixture["dir"]) else (seen, wanted, direction)


@pytest.mark.parametrize(
    ("language", "name", "visual"), [("en", "نیلوفر", "رفولینjoined."), ("fa", "sara", ".تسویپsara")]
)
def test_the_page_s_own_sentences_keep_its_direction_whoever_they_begin_with(
    served: Served, open_page: OpenPage, language: str, name: str, visual: str
) -> None:
    page = served.enter(open_page(viewport=WIDE), language)
    fake_agent = served.fake_agent
    chat = fake_agent.group(f"Workshop {language}", (name,))
    joined = {"what": "joined", "by": uid_of(name), "who": [uid_of(name)], "reason": ""}
    message = fake_agent.say(chat, name, kind="system", system=joined)
    assert page.locator(f'.row[data-chat="{chat}"] .words').evaluate(SEEN) == visual
    open_chat(page, chat)
    assert page.locator(f'[data-message="{message["id"]}"] p > span').evaluate(SEEN) == visual
