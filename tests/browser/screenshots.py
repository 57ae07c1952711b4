"""Makes the README's pictures from the real thing: an authority, agents, and pages in Chromium.

.venv/bin/python -m tests.browser.screenshots [FOLDER]
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from launch import chromium
from tests.browser.conftest import FLAGS
from tests.processes import Agent, Network, until

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 800}

TALK = [
    (0, "The authority listens on 5050; our group negotiated its own port."),
    (1, "Worked here on the first try. Can it read what we write?"),
    (0, "No. It orders and stores, and every agent checks it."),
    (1, "پس اگر اینترنت هم قطع شود کار می‌کند؟"),
    (0, "بله، همه‌چیز روی همین شبکه است: http://192.168.1.20:5001"),
]
GROUP = [
    (0, "Good morning. The lab opens at half past nine; bring your own laptop."),
    (2, "سوییچ روشن شد. هر لپ‌تاپ خودش آدرس می‌گیرد."),
    (1, "If the page doesn't open, tell me your port."),
    (0, "Thanks. I'll come ten minutes early."),
]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with Network(Path(tempfile.mkdtemp())) as network, sync_playwright() as playwright:
        agents = [network.account(name) for name in ("arash", "sara", "نیلوفر")]
        gid = _write(agents)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        english = _open(browser, agents[0], "en-GB", "light", WIDE)
        _show(english, '[data-name="sara"]', folder / "chat-en-light.png")
        english.locator(f'[data-chat="g:{gid}"]').first.click()
        english.locator("section.pane [data-details]").click()
        english.locator("[data-details-pane]").wait_for()
        _shoot(english, folder / "group-en-light.png")
        persian = _open(browser, agents[1], "fa-IR", "dark", WIDE)
        _show(persian, '[data-name="arash"]', folder / "chat-fa-dark.png")
        phone = _open(browser, agents[2], "fa-IR", "light", NARROW)
        _show(phone, f'[data-chat="g:{gid}"]', folder / "group-fa-light-390.png")
        browser.close()


def _write(agents: list[Agent]) -> str:
    """Put a chat and a group into the agents; the group's id."""
    bots = [agent.program() for agent in agents]
    names = [agent.name for agent in agents]
    made = bots[0].call("public_chat_method", user_to_add=names[1:], name="Workshop", history="all")
    for bot in bots[1:]:
        bot.wait_for(lambda name, value: name == "conversation" and value["chat"] == made["chat"])
        bot.call("answer_invitation", group_id=made["group_id"], join=True)
    for who, text in GROUP:
        bots[who].call("send_public_message", message=text, group_id=made["group_id"])
        for bot in bots:
            until(lambda bot=bot, text=text: _last(bot) == text, 30)
    for who, text in TALK:
        bots[who].call("private_chat", username=names[who], client_b_username=names[1 - who], message=text)
        until(lambda who=who, text=text: _last(bots[1 - who]) == text, 30)
    for bot in bots:
        for one in bot.call("snapshot")["conversations"]:  # as after reading: the pictures show the ends
            bot.call("mark_read", chat=one["chat"], order=one["order"])
        bot.close()
    gid: str = made["group_id"]
    return gid


def _last(bot: object) -> str:
    conversations = bot.call("snapshot")["conversations"]  # type: ignore[attr-defined]
    return conversations[0]["last"]["text"] if conversations and conversations[0]["last"] else ""


def _open(browser: Browser, agent: Agent, locale: str, theme: str, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, locale=locale, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(agent.page)
    page.locator("[data-chat]").first.wait_for()
    return page


def _show(page: Page, which: str, path: Path) -> None:
    page.locator(f".row{which}").click()
    page.locator("[data-message]").last.wait_for()
    _shoot(page, path)


def _shoot(page: Page, path: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    page.screenshot(path=str(path), animations="disabled")
    print(path)


if __name__ == "__main__":
    main()
