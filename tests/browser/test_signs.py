"""Signs of others, from page to page: who is writing, who is here, who has what one wrote; and each switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desktops import Desktop, Desktops
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(240)  # s; one agent after the other may have to be waited for on a busy machine


@pytest.fixture(scope="module")
def started_desktops(profiles: Profiles, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktops]:
    names = {"arash": "en-GB", "sara": "en-GB", "ندا": "fa-IR"}
    with Desktops(tmp_path_factory.mktemp("desktops"), profiles, names) as desktops:
        yield desktops


@pytest.fixture(scope="module")
def chat(started_desktops: Desktops) -> str:
    return started_desktops.make_group("arash", ["sara", "ندا"], "Lab")


def private(desktop: Desktop, other: Desktop) -> str:
    """A conversation that both have, with a connection between their agents."""
    chat = f"p:{other.uid}"
    desktop.bot.call("private_chat", username=desktop.name, client_b_username=other.name, message="hello")
    other.wait_until(
        lambda one: any(known["chat"] == f"p:{desktop.uid}" for known in one.bot.call("snapshot")["conversations"]),
        "hello",
    )
    return chat


def write_until(seen: Locator, *writers: Desktop) -> None:
    """These go on writing, a letter a second, until somebody else's page shows it: it lapses when one stops."""
    for _second in range(30):
        for writer in writers:
            writer.at("#write").press("a")
        try:
            expect(seen).to_be_visible(timeout=1_000)
        except AssertionError:
            continue
        return
    raise AssertionError("nobody sees that they are writing")


def writes(name: str) -> re.Pattern[str]:
    """The words, with the isolates around the name."""
    return re.compile(f"{name}\u2069 is writing")


def test_writing_is_seen_and_ends_with_the_message(desktops: Desktops) -> None:
    arash, sara = desktops["arash"], desktops["sara"]
    there, here = private(arash, sara), f"p:{arash.uid}"
    pane = sara.open(here)
    arash.open(there)
    write_until(pane.locator(".typing").filter(has_text=writes("arash")), arash)
    write_until(sara.row(here).locator(".typing-line", has_text="is writing"), arash)
    arash.write("I am")
    expect(pane.locator(".typing")).to_have_attribute("data-typing", "0")
    expect(sara.message("I am")).to_be_visible()
    # and the other way, over the one connection; who deletes what they wrote has stopped
    write_until(arash.at(".typing").filter(has_text=writes("sara")), sara)
    sara.at("#write").fill("")
    expect(arash.at(".typing")).to_have_attribute("data-typing", "0")


def test_in_a_group_several_write_and_persian_reads_persian(desktops: Desktops, chat: str) -> None:
    arash, sara, neda = (desktops[name] for name in ("arash", "sara", "ندا"))
    panes = [desktop.open(chat) for desktop in (arash, sara, neda)]
    both = re.compile("(arash\u2069 و \u2068sara|sara\u2069 و \u2068arash)\u2069 می\u200cنویسند")
    write_until(panes[2].locator(".typing").filter(has_text=both), arash, sara)
    write_until(neda.row(chat).locator(".typing-line").filter(has_text=both), arash, sara)
    write_until(panes[0].locator(".typing").filter(has_text=writes("sara")), sara)
    for desktop in (arash, sara):
        desktop.at("#write").fill("")
    expect(panes[2].locator(".typing")).to_have_attribute("data-typing", "0")


def test_typing_switched_off_is_neither_sent_nor_shown(desktops: Desktops) -> None:
    arash, sara = desktops["arash"], desktops["sara"]
    there, here = private(arash, sara), f"p:{arash.uid}"
    pane, other = sara.open(here), arash.open(there)
    sara.bot.call("set_setting", name="typing", value=False)
    try:
        sara.at("#write").press_sequentially("x")
        arash.at("#write").press_sequentially("y")
        # what comes after it on the same connection has come, and so would it have
        arash.bot.call("private_chat", username="arash", client_b_username="sara", message="after it")
        expect(sara.message("after it")).to_be_visible()
        sara.bot.call("private_chat", username="sara", client_b_username="arash", message="after that")
        expect(arash.message("after that")).to_be_visible()
        expect(pane.locator(".typing")).to_have_attribute("data-typing", "0")
        expect(other.locator(".typing")).to_have_attribute("data-typing", "0")
    finally:
        sara.bot.call("set_setting", name="typing", value=True)
        for desktop in (arash, sara):
            desktop.at("#write").fill("")


def test_presence_switched_off_hides_both_ways(desktops: Desktops) -> None:
    arash, sara = desktops["arash"], desktops["sara"]
    there, here = private(arash, sara), f"p:{arash.uid}"
    arash.open(there)
    sara.open(here)
    expect(arash.row(there).locator(".presence.is-online")).to_be_visible()
    sara.bot.call("set_setting", name="presence", value=False)
    try:
        expect(arash.row(there).locator(".presence.is-away")).to_be_visible()
        expect(sara.row(here).locator(".presence")).to_have_count(0)
        arash.write("straight all the same")
        expect(sara.message("straight all the same")).to_be_visible()
    finally:
        sara.bot.call("set_setting", name="presence", value=True)
    expect(arash.row(there).locator(".presence.is-online")).to_be_visible()
    expect(sara.row(here).locator(".presence.is-online")).to_be_visible()


def test_a_groups_message_is_delivered_and_read_by_all(desktops: Desktops, chat: str) -> None:
    arash, sara, neda = (desktops[name] for name in ("arash", "sara", "ندا"))
    for desktop in (sara, neda):
        desktop.section("people")  # nobody looks at the group
    arash.open(chat)
    arash.write("Who has this?")
    mine = arash.message("Who has this?")
    expect(mine).to_have_attribute("data-state", "delivered")
    sara.open(chat)
    expect(sara.message("Who has this?")).to_be_visible()
    arash.wait_until(
        lambda desktop: (
            desktop.bot.call("history", chat=chat)["messages"][-1]["seen"] == {"delivered": 2, "read": 1, "all": 2}
        ),
        "sara has read it",
    )
    expect(mine).to_have_attribute("data-state", "delivered")
    neda.open(chat)
    expect(mine).to_have_attribute("data-state", "read")
    expect(arash.row(chat).locator(".state.is-read")).to_be_visible()
