"""A call answers the message's id, and what it looks like comes by a push: in whichever order the two come."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from protocol.errors import error
from tests.browser.fake_agent import FakeAgent, open_chat, serving
from tests.processes import until


class Late(FakeAgent):
    """While `held` is a list, what would be pushed of messages is kept in it; `lost`: answers that never come."""

    held: list[Any] | None = None
    lost = 0

    def tell(self, event: str, value: Any) -> None:
        if self.held is None or event != "message":
            super().tell(event, value)
        else:
            self.held.append(value)

    def tell_together(self, *told: tuple[str, Any]) -> None:
        for event, value in told:
            self.tell(event, value)

    def release(self) -> None:
        held, self.held = self.held or [], None
        for message in held:
            self.tell("message", message)

    def send_message(self, chat: str, text: str, reply_to: int | None = None, id: str | None = None) -> dict[str, Any]:
        known = next((one for one in self.messages.get(chat, []) if one["id"] == id), None)
        if known is None:
            super().send_message(chat, text, reply_to, id)
        else:
            self._note("send_message", chat=chat, text=text, reply_to=reply_to)
            self.tell("message", known)
        if self.lost:
            self.lost -= 1
            raise error("locked")  # one that the page takes for nobody being there
        return {"id": id}


def write(page: Page, text: str) -> None:
    page.locator("#write").fill(text)
    page.locator("#write").press("Enter")


def test_the_answer_comes_before_the_push(page: Page) -> None:
    fake_agent = Late()
    chat = fake_agent.private("sara")
    with serving(fake_agent) as served:
        open_chat(served.enter(page), chat)
        fake_agent.held = []
        for text in ("one", "two"):
            write(page, text)
        until(lambda: len(fake_agent.held or []) == 2, what="both messages")
        expect(page.locator(".log [data-message][data-state=waiting]")).to_have_count(2)
        assert [call["text"] for call in fake_agent.calls("send_message")] == [
            "one",
            "two",
        ]  # each once, in their order
        fake_agent.release()
        expect(page.locator(".log [data-message][data-state=delivered]")).to_have_count(2)
        expect(page.locator(".log [data-message]")).to_have_count(2)


def test_the_push_comes_and_the_answer_is_lost(page: Page) -> None:
    fake_agent = Late()
    chat = fake_agent.private("sara")
    with serving(fake_agent) as served:
        open_chat(served.enter(page), chat)
        fake_agent.lost = 1
        write(page, "one")
        shown = page.locator(".log [data-message]")
        expect(shown).to_have_count(1)
        expect(shown).to_have_attribute("data-state", "delivered")
        write(page, "two")
        expect(page.locator(".log [data-message][data-state=delivered]")).to_have_count(2)
        assert [call["text"] for call in fake_agent.calls("send_message")] == ["one", "two"]


def test_neither_comes_and_the_page_asks_again(page: Page) -> None:
    fake_agent = Late()
    chat = fake_agent.private("sara")
    with serving(fake_agent) as served:
        open_chat(served.enter(page), chat)
        fake_agent.held, fake_agent.lost = [], 1
        write(page, "one")
        expect(page.locator(".log [data-error=locked]")).to_be_visible()
        fake_agent.held = None
        page.locator(".log .trouble .link").first.click()
        expect(page.locator(".log [data-message][data-state=delivered]")).to_have_count(1)
        expect(page.locator(".log [data-message]")).to_have_count(1)
        assert len(fake_agent.messages[chat]) == 1


def test_the_page_is_loaded_anew_in_between(page: Page) -> None:
    fake_agent = Late()
    chat = fake_agent.private("sara")
    with serving(fake_agent) as served:
        open_chat(served.enter(page), chat)
        fake_agent.held = []
        write(page, "one")
        until(lambda: bool(fake_agent.held), what="the message")
        served.enter(page)
        open_chat(page, chat)
        fake_agent.release()
        expect(page.locator(".log [data-message][data-state=delivered]")).to_have_count(1)
        expect(page.locator(".log [data-message]")).to_have_count(1)


def test_a_message_that_is_placed_behind_others_stays_the_same_line(page: Page) -> None:
    """One's own, shown while it waited: it moves, and nothing of it is drawn as if it had just come."""
    fake_agent = FakeAgent()
    chat = fake_agent.private("sara")
    with serving(fake_agent) as served:
        open_chat(served.enter(page), chat)
        mine = fake_agent.say(chat, fake_agent.me, "mine", state="waiting")
        theirs = fake_agent.say(chat, "sara", "theirs")
        shown = page.locator(".log [data-message] .text")
        expect(shown).to_contain_text(["mine", "theirs"])
        line = page.locator(f'[data-message="{mine["id"]}"]')
        line.evaluate("line => { line.isTheSame = true; line.removeAttribute('data-fresh'); }")
        fake_agent.change(mine, state="authority", position=theirs["position"] + 1)
        expect(shown).to_contain_text(["theirs", "mine"])
        expect(line).to_have_attribute("data-order", str(mine["order"]))
        expect(line).to_have_attribute("data-position", str(mine["position"]))
        assert line.evaluate("line => line.isTheSame && !line.hasAttribute('data-fresh')")
