"""What is being written is lost by nothing that happens to the page: a reload, a lock, an agent that starts anew."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fake_agent import FakeAgent, Served, open_chat, serving, uid_of
from tests.browser.window import OpenPage
from tests.chromium import Watch
from tests.door.stand_in import PASSWORD
from tests.processes import until
from web_client.page.socketio import PageEvents

SARA = f"p:{uid_of('sara')}"
OMID = f"p:{uid_of('omid')}"


@pytest.fixture
def served() -> Iterator[Served]:
    fake_agent = FakeAgent()
    fake_agent.private("sara")
    fake_agent.say(SARA, "sara", "what did you mean?")
    fake_agent.say(SARA, "arash", "that one")
    with serving(fake_agent) as running:
        yield running


@pytest.fixture
def fake_agent(served: Served) -> FakeAgent:
    return served.fake_agent


@pytest.fixture
def page(served: Served, open_page: OpenPage) -> Page:
    page = served.enter(open_page(viewport={"width": 1280, "height": 800}))
    open_chat(page, SARA)
    return page


def again(page: Page) -> None:
    """At once: not even the pause after which a draft is kept has passed."""
    page.reload()
    expect(page.locator("#write")).to_be_visible()


def test_an_edit_and_the_draft_under_it(fake_agent: FakeAgent, page: Page) -> None:
    field = page.locator("#write")
    field.fill("the draft that waits")
    page.locator(".msg.own").hover()
    page.locator("[data-tool=edit]").click()
    expect(field).to_have_value("that one")
    field.fill("that one, which")
    again(page)
    expect(page.locator("[data-bar=edit]")).to_be_visible()
    expect(field).to_have_value("that one, which")
    field.press("End")
    page.keyboard.type(" I saw")
    page.keyboard.press("Enter")
    until(lambda: fake_agent.calls("edit_message"), what="the edit")
    expect(page.locator("[data-bar]")).to_have_count(0)
    expect(field).to_have_value("the draft that waits")
    again(page)
    expect(field).to_have_value("the draft that waits")
    expect(page.locator("[data-bar]")).to_have_count(0)


def test_it_is_put_aside_by_nothing_that_comes_back(fake_agent: FakeAgent, page: Page) -> None:
    field = page.locator("#write")
    fake_agent.conversation(SARA, draft="from another window")
    expect(field).to_have_value("from another window")
    field.fill("written here")
    fake_agent.conversation(SARA, draft="from another window, too")
    until(lambda: fake_agent.chats[SARA]["draft"] == "written here", what="the draft")

    fake_agent.say(SARA, "arash", "given up", state="failed", why="disk_full")
    page.locator(".msg.own").first.hover()
    page.locator("[data-tool=edit]").click()
    field.fill("that one, changed")
    page.locator(".trouble").get_by_role("button", name="Try again").click()
    until(lambda: [call["text"] for call in fake_agent.calls("send_message")] == ["given up"], what="it, once more")
    expect(field).to_have_value("that one, changed")
    page.keyboard.press("Escape")
    expect(field).to_have_value("written here")

    fake_agent.refuse["send_message"] = "disk_full"
    field.press("Enter")
    expect(field).to_have_value("")
    field.fill("the next one")
    page.get_by_role("button", name="Change it").click()
    expect(field).to_have_value("the next one\nwritten here")


def test_an_answer(fake_agent: FakeAgent, page: Page) -> None:
    page.locator(".msg.other").hover()
    page.locator("[data-tool=reply]").click()
    page.locator("#write").fill("I mean")
    again(page)
    expect(page.locator("[data-bar=reply]")).to_contain_text("what did you mean?")
    expect(page.locator("#write")).to_have_value("I mean")
    page.locator("#write").press("Enter")
    until(lambda: fake_agent.calls("send_message"), what="the answer")
    assert fake_agent.calls("send_message")[-1]["reply_to"] == fake_agent.messages[SARA][0]["order"]
    until(lambda: fake_agent.chats[SARA]["answering"] is None, what="the answer's end")
    again(page)
    expect(page.locator("[data-bar]")).to_have_count(0)
    # One from another window, or from before a page that was loaded again too soon, comes with its words.
    fake_agent.conversation(SARA, draft="I meant", answering=fake_agent.messages[SARA][0])
    expect(page.locator("[data-bar=reply]")).to_contain_text("what did you mean?")
    expect(page.locator("#write")).to_have_value("I meant")


def test_a_first_letter(fake_agent: FakeAgent, page: Page) -> None:
    page.locator("#new").click()
    page.locator("[data-item=private]").click()
    page.locator("#new-name").fill("omid")
    page.locator("#new-name").press("Enter")
    page.locator("#write").fill("Dear omid, we have not met")
    again(page)
    expect(page.locator("#write")).to_have_value("Dear omid, we have not met")
    page.keyboard.press("Escape")
    first = page.locator(".row[data-chat]").first  # where one finds it again
    expect(first).to_have_attribute("data-chat", OMID)
    expect(first).to_contain_text("Dear omid")


def test_the_caption_of_a_file_that_was_not_sent(fake_agent: FakeAgent, page: Page) -> None:
    page.locator("#write").fill("look at")
    page.locator("#attach-files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
    caption = page.locator("#caption")
    expect(caption).to_have_value("look at")  # what was being written goes with it
    caption.fill("look at this list")
    again(page)
    expect(page.locator("[data-dialog]")).to_have_count(0)  # a browser gives a file only to who chooses it
    expect(page.locator("#write")).to_have_value("look at this list")
    page.locator("#attach-files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"abc"})
    expect(caption).to_have_value("look at this list")
    page.keyboard.press("Escape")
    expect(page.locator("#write")).to_have_value("look at this list")


def test_a_lock_by_its_key_right_after_a_letter(fake_agent: FakeAgent, page: Page) -> None:
    page.locator("#write").fill("not kept ye")
    page.locator("#write").press("End")
    page.keyboard.press("t")
    page.keyboard.press("Control+Alt+l")
    expect(page.locator("html")).to_have_attribute("data-screen", "log_in")
    assert fake_agent.chats[SARA]["draft"] == "not kept yet"


def test_what_an_agent_that_is_away_could_not_keep(
    served: Served, fake_agent: FakeAgent, page: Page, watch: Watch
) -> None:
    fake_agent.refuse["set_chat"] = "locked"  # nobody is there to keep it
    page.locator("#write").fill("while it was away")
    until(lambda: fake_agent.calls("set_chat"), what="the draft, in vain")
    del fake_agent.refuse["set_chat"]
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    fake_agent.tell("me", fake_agent.people["arash"] | {"role": "admin"})  # the page looks at everything anew
    until(lambda: fake_agent.chats[SARA]["draft"] == "while it was away", what="the draft")
    expect(page.locator("#write")).to_have_value("while it was away")


def test_what_was_sent_is_not_there_to_be_sent_again(fake_agent: FakeAgent, page: Page) -> None:
    """A page that is gone at once, as by a power cut, leaves nothing with the agent of what it has sent."""
    page.locator("#write").fill("half")
    until(lambda: fake_agent.chats[SARA]["draft"] == "half", what="the draft, kept")
    page.evaluate(
        """() => {
            const later = window.setTimeout;
            window.setTimeout = (run, after, ...more) => (after >= 300 ? 0 : later(run, after, ...more));
        }"""
    )
    page.locator("#write").fill("half and more")
    page.locator("#write").press("Enter")
    until(lambda: fake_agent.calls("send_message"), what="the message")
    until(lambda: fake_agent.chats[SARA]["draft"] == "", what="the draft's end")


def test_nor_is_what_was_sent_while_its_draft_was_on_its_way(fake_agent: FakeAgent, page: Page) -> None:
    on_its_way, go, keep = Event(), Event(), fake_agent.set_chat

    def slow(chat: str, draft: str | None = None, **more: Any) -> dict[str, Any]:
        if draft:
            on_its_way.set()
            go.wait(10)
        return keep(chat, draft=draft, **more)

    fake_agent.set_chat = slow  # type: ignore[method-assign]
    page.locator("#write").fill("one")
    until(on_its_way.is_set, what="the draft, on its way")
    page.locator("#write").press("Enter")
    until(lambda: fake_agent.calls("send_message"), what="the message")
    go.set()
    until(lambda: any(call["draft"] == "" for call in fake_agent.calls("set_chat")), what="that the draft is over")
    assert fake_agent.chats[SARA]["draft"] == ""


def test_what_is_spoken_or_on_its_way_is_no_other_accounts(fake_agent: FakeAgent, page: Page) -> None:
    def send(name: str) -> None:
        page.locator("#attach-files").set_input_files({"name": name, "mimeType": "text/plain", "buffer": b"abc"})
        page.locator("[data-dialog=send_files] [type=submit]").click()

    fake_agent.refuse["file_begin"] = "locked"
    send("of-arash.txt")
    until(lambda: fake_agent.calls("file_begin"), what="the file, in vain")
    about = {"id": "0" * 32, "name": "map.pdf", "media_type": "application/pdf", "size": 2, "width": 0, "height": 0}
    state = {"preview": False, "voice": None, "state": "here", "done": 2, "where": None, "why": None}
    fake_agent.say(SARA, "sara", kind="file", file=about | state)
    fake_agent.say(SARA, "sara", "behind the map")
    page.locator("[data-order='3'] .file-text").click(button="right")
    page.locator("[data-item=select]").click()
    page.locator("[data-order='4'] .bubble").click()
    page.locator("[data-all=forward]").click()
    page.locator(f'[data-place="{SARA}"]').click()
    page.locator("[data-dialog=forward] [type=submit]").click()
    page.locator("#write").fill("behind the file")
    page.locator("#write").press("Enter")
    page.locator("[data-mic]").click()
    expect(page.locator(".recorder-time")).to_have_text("0:01")
    page.locator("[data-stop]").click()
    expect(page.locator(".recorder audio")).to_be_visible()

    people = fake_agent.people
    fake_agent.people = {
        "omid": people["omid"] | {"me": True},
        "sara": people["sara"],
        "arash": people["arash"] | {"me": False},
    }
    fake_agent.me = "omid"
    fake_agent.lock()
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    open_chat(page, SARA)
    expect(page.locator("[data-recording]")).to_have_count(0)
    before = len(fake_agent.calls("file_begin"))
    del fake_agent.refuse["file_begin"]
    send("of-omid.txt")
    until(lambda: fake_agent.calls("file_begin")[-1]["name"] == "of-omid.txt", what="the other account's")
    assert [call["name"] for call in fake_agent.calls("file_begin")[before:]] == ["of-omid.txt"]
    page.locator("#write").fill("by omid")
    page.locator("#write").press("Enter")
    until(lambda: fake_agent.calls("send_message"), what="the other account's message")
    assert [call["text"] for call in fake_agent.calls("send_message")] == ["by omid"]


def test_a_log_in_while_the_line_is_made_anew(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page hangs up where a session ends, or is hung up on; who is quick comes before it is through again."""
    through, connect = Event(), PageEvents.connect

    def slow(self: PageEvents, sid: str, environ: dict[str, Any], auth: Any) -> None:
        if "token" not in auth:
            through.wait(10)
        connect(self, sid, environ, auth)

    monkeypatch.setattr(PageEvents, "connect", slow)
    with serving() as running:
        page = running.enter(open_page())

        def locked_unheard() -> None:
            running.fake_agent.stage = "log_in"
            page.reload()

        for end in (locked_unheard, running.fake_agent.lock, running.start_anew):
            through.clear()
            end()
            page.locator("#password").fill(PASSWORD)
            page.locator("#password").press("Enter")
            expect(page.locator("[type=submit][aria-busy=true]")).to_be_visible()
            through.set()
            expect(page.locator("html")).to_have_attribute("data-screen", "list")
