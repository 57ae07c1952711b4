"""axe finds nothing on any screen: in Persian and dark, and what English brings; in the long form in every look."""

from __future__ import annotations

import pytest

from tests.browser.axe import violations
from tests.browser.tour import Tour
from tests.browser.window import Window
from tests.tabs import Profiles

pytestmark = pytest.mark.timeout(900)  # s; twenty and some screens, each looked at by some thousand rules

LOOKS = [("fa-IR", "dark")]
OTHERS = [("en-GB", "light"), ("en-GB", "dark"), ("fa-IR", "light")]
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 800}


def looks(long: bool) -> list[tuple[str, str]]:
    return LOOKS + OTHERS if long else LOOKS


def options(locale: str, theme: str) -> dict[str, str]:
    return {"locale": locale, "color_scheme": theme}


def every(tour: Tour, window: Window) -> dict[str, list[str]]:
    return {name: found for name in tour.chats(window) if (found := violations(window.page))}


def test_the_screens_of_a_wide_window(tour: Tour, profiles: Profiles, long: bool) -> None:
    for locale, theme in looks(long):
        window = tour.window(profiles, viewport=WIDE, **options(locale, theme))
        assert every(tour, window) == {}, (locale, theme)
        profiles.close(window.page)


def test_the_same_words_in_english(tour: Tour, profiles: Profiles) -> None:
    window = tour.window(profiles, viewport=WIDE, **options("en-GB", "light"))
    for name in tour.chats(window, ("chat", "search", "settings", "trust")):
        assert violations(window.page) == [], name
    profiles.close(window.page)


def test_what_is_different_on_a_narrow_one(tour: Tour, profiles: Profiles, long: bool) -> None:
    window = tour.window(profiles, viewport=NARROW, **options("fa-IR", "light"))
    window.row("sara").click()
    assert violations(window.page) == []
    profiles.close(window.page)


def test_the_door_and_loading(tour: Tour, profiles: Profiles, long: bool) -> None:
    for locale, theme in [*OTHERS[:1], *(LOOKS + OTHERS[1:] if long else [])]:
        for name, page in tour.door(profiles, viewport=WIDE, **options(locale, theme)):
            assert violations(page) == [], (name, locale, theme)
        page = tour.loading(profiles, viewport=WIDE, **options(locale, theme))
        assert violations(page) == [], ("loading", locale, theme)
        profiles.close(page)


def test_nobody_there_yet(tour: Tour, profiles: Profiles) -> None:
    window = tour.window(profiles, "omid", viewport=WIDE)
    assert violations(window.page) == []
    profiles.close(window.page)


def test_the_authority_away(tour: Tour, profiles: Profiles) -> None:
    window = tour.window(profiles, viewport=WIDE, **options("fa-IR", "light"))
    for name in tour.away(window):
        assert violations(window.page) == [], name
    profiles.close(window.page)


def test_axe_would_find_something(tour: Tour, profiles: Profiles) -> None:
    window = tour.window(profiles, "omid", viewport=WIDE)
    window.page.evaluate("document.querySelector('#new').removeAttribute('aria-label')")
    window.page.evaluate("document.querySelector('#new').removeAttribute('title')")
    assert any(one.startswith("button-name") for one in violations(window.page))
    profiles.close(window.page)
