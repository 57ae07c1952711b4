"""One person's window on the page, as a test looks at it and types into it: what is found by which hook stands here."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.processes import PASSWORD, Agent, until

# Two cores and several Chromium pages: what usually takes a tenth of a second may take some.
PATIENCE = 15_000  # ms
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


class Window:
    """A page of this agent. Nothing is found by its words where a hook (docs/page-hooks.md names them) will do."""

    def __init__(self, page: Page, agent: Agent) -> None:
        self.page = page
        self.agent = agent

    @property
    def address(self) -> str:
        return f"http://localhost:{self.agent.port}/"

    def go(self, address: str | None = None) -> Window:
        """Open the page without any token: it shows the door, or what a launch link leads to."""
        self.page.goto(address or self.address)
        return self

    def come_in(self) -> Window:
        """Open the page with a session, as if it had been logged in before; the vault is open."""
        token = json.dumps(self.agent.api_token)
        self.page.add_init_script(f"if (window === top) sessionStorage.setItem('hamraz.token', {token})")
        self.go()
        self.is_on("list")
        return self

    def is_on(self, screen: str) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-screen", screen)

    def speak(self, language: str) -> None:
        """Choose the page's language in the settings, and come back to the chats."""
        self.section("settings")
        self.page.locator(f"input[name=language][value={language}]").check(force=True)  # it lies under its word
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        self.section("chats")

    def speak_at_door(self, language: str) -> None:
        """Choose the page's language before there is a session."""
        self.page.locator(f"[data-language={language}]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def section(self, name: str) -> None:
        self.page.locator(f"[data-section={name}]").click()

    # --- forms ---

    def fill(self, **values: str) -> None:
        """Type into fields by their ids, a `_` for each `-`."""
        for name, value in values.items():
            self.page.locator(f"#{name.replace('_', '-')}").fill(value)

    def submit(self) -> None:
        self.page.locator("form [type=submit]").click()

    def log_in(self, name: str, password: str = PASSWORD) -> None:
        """With this user name; where the page knows one, and it is the same, only the password is typed."""
        known = self.page.locator("[data-known-name]")
        expect(self.page.locator("#password")).to_be_visible()  # the form is there, and with it what it knows
        if known.count() and known.get_attribute("data-known-name") == name:
            self.fill(password=password)
        else:
            if known.count():
                self.page.locator("[data-another-name]").click()
            self.fill(username=name, password=password)
        self.submit()

    def sign_up(self, name: str, email: str = "") -> None:
        """Make an account with the form that is there; the recovery kit is left for later."""
        email = email or f"{name.encode().hex()}@example.org"
        self.fill(email=email, username=name, password=PASSWORD, password_confirm=PASSWORD)
        self.submit()
        self.kit_later()

    def kit_later(self) -> None:
        """Put off the recovery kit, which is offered once an account is made."""
        self.is_on("list")
        expect(self.page.locator("[data-dialog=kit] [data-sheet]")).to_be_visible()
        self.page.locator("[data-kit-act=later]").click()
        expect(self.page.locator("[data-dialog]")).to_have_count(0)

    def refused(self, field: str, code: str) -> Locator:
        """The error, which must stand right beneath the field with this id and belong to it for a screen reader too."""
        error = self.page.locator(f"[data-error={code}]")
        expect(error).to_be_visible()
        control = self.page.locator(f"#{field}")
        expect(control).to_have_attribute("aria-invalid", "true")
        expect(control).to_be_focused()
        assert error.get_attribute("id") in (control.get_attribute("aria-describedby") or "").split()
        above, below = control.bounding_box(), error.bounding_box()
        assert above is not None and below is not None
        assert 0 <= below["y"] - (above["y"] + above["height"]) < 16, "not beside its field"
        assert self.page.locator("[data-error]").count() == 1
        return error

    def refused_whole(self, code: str) -> Locator:
        """The error, which must belong to no field, and be read aloud."""
        error = self.page.get_by_role("alert").locator(f"[data-error={code}]")
        expect(error).to_be_visible()
        assert self.page.locator("[aria-invalid=true]").count() == 0
        assert self.page.locator("[data-error]").count() == 1
        return error

    # --- conversations ---

    def row(self, name: str) -> Locator:
        """This person's or group's row in the list."""
        return self.page.locator(f".row[data-name={json.dumps(name, ensure_ascii=False)}]")

    def names(self) -> list[str]:
        """The conversations as the list has them, the uppermost first."""
        rows: list[str] = self.page.locator(".row[data-chat]").evaluate_all("rows => rows.map(row => row.dataset.name)")
        return rows

    def begin(self, name: str) -> None:
        """Open the private chat with this person, known or not, by the user name."""
        self.page.locator("#new").click()
        self.page.locator("[data-item=private]").click()
        self.page.locator("#new-name").fill(name)
        self.page.locator("#new-name").press("Enter")
        expect(self.page.locator("[data-dialog]")).to_have_count(0)
        expect(self.page.locator("section.pane h2")).to_have_text(name)

    def leave(self) -> None:
        """Look at no conversation."""
        self.section("chats")
        if self.page.locator("section.pane[data-chat]").count():
            self.page.keyboard.press("Escape")
        self.is_on("list")

    @property
    def composer(self) -> Locator:
        return self.page.locator("#write")

    def write(self, text: str) -> None:
        """Type a message and send it with Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    @property
    def messages(self) -> Locator:
        """All messages in the open conversation, the oldest first."""
        return self.page.locator("section.pane [data-message]")

    def lines(self) -> int:
        """How many lines the open conversation has, of which only those near the window are in the page."""
        rows = self.page.locator("section.pane .messages > li")
        return int(rows.last.get_attribute("aria-posinset") or 0) if rows.count() else 0

    def last(self) -> str | None:
        """Which message stands last in the open conversation."""
        return self.messages.last.get_attribute("data-message") if self.messages.count() else None

    def message(self, text: str) -> Locator:
        """The one message in the open conversation with this text in it."""
        return self.messages.filter(has_text=text)

    def texts(self) -> list[str]:
        """What the open conversation's messages say."""
        return texts_of(self.messages)

    def ends_in(self, *texts: str) -> None:
        """Wait until the open conversation's last messages say exactly this."""
        until(lambda: self.texts()[-len(texts) :] == list(texts), 15, f"a talk that ends in {texts}")


def texts_of(messages: Locator) -> list[str]:
    """What these messages say, line by line, without the times and states that end them."""
    found: list[str] = messages.evaluate_all(TEXTS)
    return found


TEXTS = """messages => messages.map((message) => [...message.querySelectorAll(".text > p, .text pre")].map((line) => {
    const bare = line.cloneNode(true);
    bare.querySelector(".meta")?.remove();
    return bare.textContent;
}).join("\\n"))"""


Pair = tuple[Window, Window]


def copied(element: Locator) -> str:
    """What a talk's `copy` gives of an element."""
    text: str = element.evaluate("""(element) => {
        getSelection().selectAllChildren(element);
        const data = new DataTransfer();
        element.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
        getSelection().removeAllRanges();
        return data.getData("text/plain");
    }""")
    return text
