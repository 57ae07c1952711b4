"""A lost laptop, as its owner lives it: what Settings said of the backup, and the way back in by the kit alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.fake_agent import Served, open_chat, serving
from tests.browser.window import OpenPage, Window
from tests.chromium import Watch
from tests.live.people import LivePerson
from tests.live.test_lost_laptop import backup, kit_of, saved
from tests.processes import Agent, Network, until

ANEW = "green stairs under 7 roofs"


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


def test_the_way_back_by_keyboard(tmp_path: Path, open_page: OpenPage) -> None:
    with Network(tmp_path / "network") as network:
        owner, sara = LivePerson(network.account("arash")), LivePerson(network.account("sara"))
        window = Window(open_page(), sara.agent).come_in()
        window.section("settings")
        expect(window.page.locator("[data-backup=none]")).to_be_visible()  # no kit, no backup: it says so
        kit = kit_of(sara)
        sara.say(owner, "before the laptop was lost")
        until(lambda: backup(sara)["when"] is not None, what="the first backup, by itself")
        made = window.page.locator("#make-backup")
        expect(made).to_be_enabled()
        made.click()
        until(lambda: backup(sara)["checked"] is not None)
        switch = window.page.locator("#set-backups")
        switch.click(force=True)
        expect(made).to_have_count(0)
        switch.click(force=True)
        expect(switch).to_be_checked()
        until(lambda: backup(sara)["when"] is not None, what="another backup")
        sara.say(owner, "and after the backup")
        window.page.close()
        sara.die()

        new = Agent(tmp_path / "elsewhere" / "agent")
        network.agents.append(new)
        new.start()
        there = Window(open_page(), new).go()
        there.is_on("join")
        there.fill(join_link=network.authority.join_link)
        there.page.keyboard.press("Enter")
        there.is_on("sign_up")
        there.page.locator("[data-have-account]").focus()
        there.page.keyboard.press("Enter")
        there.is_on("restore")
        there.page.keyboard.type(kit[:-1] + ("a" if kit[-1] != "a" else "b"))
        there.page.keyboard.press("Enter")
        expect(there.page.locator("#restore-kit-error")).to_have_attribute("data-error", "bad_kit")
        there.fill(restore_kit=kit.upper())
        there.page.keyboard.press("Enter")
        expect(there.page.locator("[data-restore-when]")).to_be_visible()
        expect(there.page.locator("h1")).to_contain_text("sara")
        there.page.keyboard.type(ANEW)
        there.page.keyboard.press("Tab")
        there.page.keyboard.press("Tab")
        there.page.keyboard.type(ANEW)
        there.page.keyboard.press("Enter")
        expect(there.page.locator("html")).to_have_attribute("data-screen", "list", timeout=60_000)
        banner = there.page.locator("[data-banner=from_backup]")
        expect(banner).to_be_visible()
        there.page.locator("[data-chat^='p:']").first.click()
        for text in ("before the laptop was lost", "and after the backup"):
            expect(there.page.locator("[data-message]").filter(has_text=text)).to_be_visible(timeout=60_000)
        banner.locator("button").click()
        expect(banner).to_have_count(0)
        there.page.close()


def drop(page: Page, content: bytes) -> None:
    """Drop a file on the form."""
    page.locator("form").evaluate(
        """(form, bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "taken along"));
            for (const type of ["dragenter", "drop"])
                form.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        list(content),
    )


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_by_the_kit_alone_by_keyboard(tmp_path: Path, open_page: OpenPage, language: str, watch: Watch) -> None:
    """There is no backup but an old file: the page says what that means before anything is done, and goes on."""
    watch.allow("400")  # the letter, below, is refused
    with Network(tmp_path / "network") as network:
        owner, sara = LivePerson(network.account("arash")), LivePerson(network.account("sara"))
        sara.api.call("set_setting", name="backups", value=False)
        kit = kit_of(sara)
        path = saved(sara, tmp_path / "taken along")
        sara.say(owner, "what the other still has")
        sara.die()

        new = Agent(tmp_path / "elsewhere" / "agent", "eventlet", "--join", network.authority.join_link)
        network.agents.append(new)
        new.start()
        there = Window(open_page(), new).go()
        there.is_on("sign_up")
        if language != "en":
            there.speak_at_door(language)
        there.page.locator("[data-have-account]").focus()
        there.page.keyboard.press("Enter")
        there.is_on("restore")
        brought, chosen = there.page.locator("[data-backup-file]"), there.page.locator("#backup-file")
        chosen.set_input_files({"name": "a letter", "mimeType": "text/plain", "buffer": b"no backup"})
        expect(there.page.locator("#backup-file-error")).to_have_attribute("data-error", "not_a_backup")
        chosen.set_input_files(path)
        expect(brought).to_have_attribute("data-backup-file", "used")
        assert violations(there.page) == []
        there.page.locator("[data-drop-backup]").focus()
        there.page.keyboard.press("Enter")
        expect(brought).to_have_attribute("data-backup-file", "none")
        drop(there.page, path.read_bytes())
        expect(brought).to_have_attribute("data-backup-file", "used")
        there.page.reload()
        there.is_on("restore")  # with a file, that is what one is here for
        there.page.locator("[data-drop-backup]").click()
        there.is_on("sign_up")
        drawn = "async (button) => { button.click(); await null; return document.activeElement.id; }"
        assert there.page.locator("[data-have-account]").evaluate(drawn) == "restore-kit"  # no letter is lost
        there.page.keyboard.type(kit)
        there.page.keyboard.press("Enter")
        expect(there.page.locator("[data-restore-without=no_backup]")).to_be_visible()
        expect(there.page.locator("h1")).to_contain_text("sara")
        for _field in range(2):
            there.page.keyboard.type(ANEW)
            there.page.keyboard.press("Tab")
            there.page.keyboard.press("Tab")
        there.page.keyboard.press("Enter")
        expect(there.page.locator("html")).to_have_attribute("data-screen", "list", timeout=60_000)
        expect(there.page.locator("[data-banner=from_backup]")).to_be_visible()
        there.page.locator("[data-chat^='p:']").first.click()
        expect(there.page.locator("[data-message]").filter(has_text="what the other still has")).to_be_visible()
        there.page.close()


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "fa"])
def test_a_change_that_is_not_certain_is_sent_again_or_left(served: Served, open_page: OpenPage, language: str) -> None:
    page = open_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    served.enter(page, language)
    fake = served.fake_agent
    chat = fake.private("sara")
    changed = fake.say(chat, "arash", "other words", unsure=True)
    theirs = fake.say(chat, "sara", "answered with a sign", unsure=True)
    fake.say(chat, "arash", "waited, too", state="failed", why="not_certain", unsure=True)
    open_chat(page, chat)
    unsure = page.locator("[data-unsure]")
    expect(unsure).to_have_count(2)  # the third says so of itself
    assert violations(page) == []
    page.locator("[data-say-again]").first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-let-be]").last.focus()
    page.keyboard.press("Enter")
    expect(unsure).to_have_count(0)
    assert fake.calls("say_again") == [{"chat": chat, "order": changed["order"]}]
    assert fake.calls("let_be") == [{"chat": chat, "order": theirs["order"]}]
