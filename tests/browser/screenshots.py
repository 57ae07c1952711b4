"""Pictures of every screen, from the real thing: an authority, agents, and pages in Chromium.

.venv/bin/python -m tests.browser.screenshots FOLDER       # both languages, both themes, three widths
.venv/bin/python -m tests.browser.screenshots --readme     # those that the README shows, into docs/screenshots
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from launch import chromium
from tests.browser.scene import answer, furnish
from tests.browser.tour import SCREENS, Tour, open_row, settled
from tests.chromium import FLAGS
from tests.tabs import Profiles

README = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
HEIGHTS = {1440: 900, 1024: 768, 390: 800}
LANGUAGES = {"en": "en-GB", "fa": "fa-IR"}
THEMES = ("light", "dark")
# name of the file: (screen, language, theme, width, whose page)
SHOWN = {
    "chat-en-light": ("chat", "en", "light", 1280, "arash"),
    "group-en-light": ("group_details", "en", "light", 1280, "arash"),
    "chat-fa-dark": ("chat", "fa", "dark", 1280, "sara"),
    "group-fa-light-390": ("group", "fa", "light", 390, "نیلوفر"),
    "search-en-dark": ("search", "en", "dark", 1280, "arash"),
    "safety-fa-light": ("safety", "fa", "light", 1280, "arash"),
    "card-en-dark": ("member_card", "en", "dark", 1280, "arash"),
    "link-fa-dark": ("group_link", "fa", "dark", 1280, "arash"),
    "answers-en-light": ("answers", "en", "light", 1280, "arash"),
}


def main() -> None:
    with Tour(Path(tempfile.mkdtemp())) as tour, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        profiles = Profiles(browser)
        if sys.argv[1:] == ["--readme"]:
            furnish(tour, profiles)
            for name, (screen, language, theme, width, whose) in SHOWN.items():
                with _window(tour, profiles, language, theme, width, whose) as (page, go):
                    go(screen)
                    _shoot(page, README / f"{name}.png")
        else:
            for language in LANGUAGES:
                _everything(tour, profiles, language, Path(sys.argv[1]))
        browser.close()


def _everything(tour: Tour, profiles: Profiles, language: str, folder: Path) -> None:
    """Each screen once, in both themes and at three widths."""
    locale = LANGUAGES[language]
    window = tour.window(profiles, locale=locale, viewport={"width": 1440, "height": 900})
    for name in tour.chats(window):
        _all_looks(window.page, folder, f"{name}-{language}")
    for name in tour.away(window):
        _all_looks(window.page, folder, f"{name}-{language}")
    profiles.close(window.page)
    for name, page in tour.door(profiles, locale=locale, viewport={"width": 1440, "height": 900}):
        _all_looks(page, folder, f"{name}-{language}")
    page = tour.loading(profiles, locale=locale)
    _all_looks(page, folder, f"loading-{language}")
    profiles.close(page)
    empty = tour.window(profiles, "omid", locale=locale, viewport={"width": 1440, "height": 900})
    _all_looks(empty.page, folder, f"empty-{language}")
    profiles.close(empty.page)


def _all_looks(page: Page, folder: Path, name: str) -> None:
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for width, height in HEIGHTS.items():
            page.set_viewport_size({"width": width, "height": height})
            settled(page)
            _shoot(page, folder / f"{name}-{theme}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


@contextmanager
def _window(
    tour: Tour, profiles: Profiles, language: str, theme: str, width: int, whose: str
) -> Iterator[tuple[Page, Callable[[str], None]]]:
    """A person's page, and what leads it to a screen."""
    with tour.people[whose].program() as bot:
        for one in bot.call("snapshot")["conversations"]:  # as after reading: the pictures show the ends
            bot.call("mark_read", chat=one["chat"], position=one["position"])
    window = tour.window(
        profiles,
        whose,
        locale=LANGUAGES[language],
        color_scheme=theme,
        viewport={"width": width, "height": 800},
    )
    page = window.page
    page.locator("[data-ask-notices] button:not(.primary)").click()  # answered once, and gone

    def go(screen: str) -> None:
        if screen == "chat":
            window.row("arash" if whose == "sara" else "sara").click()
            page.locator("[data-message]").last.wait_for()
        elif screen == "member_card":
            open_row(window, "Workshop")
            page.locator(".msg .face").first.click()
            page.locator("[data-user-name]").wait_for()
        elif screen == "group_link":
            SCREENS["group_details"](window, tour)
            page.locator("#join-link-on").check(force=True)  # it lies under its word
            page.locator("[data-show-link]").click()
            page.locator("[data-dialog] .qr").wait_for()
        elif screen == "answers":
            answer(tour)
            open_row(window, "Workshop")
            page.locator("[data-answers]").first.click()
            page.locator("[data-thread] [data-map]").wait_for()
        else:
            SCREENS[screen](window, tour)
        settled(page)

    yield page, go
    profiles.close(page)


def _shoot(page: Page, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    page.mouse.move(0, 0)
    page.screenshot(path=str(path), animations="disabled")
    print(path)


if __name__ == "__main__":
    main()
