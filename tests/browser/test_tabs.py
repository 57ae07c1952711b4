"""A page that is used again is as good as new: nothing is left of what a test before did in it."""

from __future__ import annotations

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser.fake_agent import Served
from tests.tabs import Profiles, resting_place

LEAVE = """() => {
    sessionStorage.setItem("left", "1");
    localStorage.setItem("left", "2");
    document.cookie = "left=3";
    history.pushState({}, "", "#/people");
    window.name = "left";
    addEventListener("pagehide", () => sessionStorage.setItem("left late", "4"));
    addEventListener("beforeunload", (event) => event.preventDefault());
}"""
FOUND = """() => [
    window.left, window.name, document.cookie, document.referrer, history.length, opener, document.hasFocus(),
    Object.keys(sessionStorage), Object.keys(localStorage), document.visibilityState, innerWidth, innerHeight,
    document.querySelectorAll(":hover").length, matchMedia("(prefers-reduced-motion: reduce)").matches,
]"""


def found(page: Page, served: Served) -> list[object]:
    page.goto(f"http://localhost:{served.port}/")
    page.wait_for_function("document.documentElement.dataset.screen")
    seen: list[object] = page.evaluate(FOUND)
    return seen


def test_a_page_is_used_again_and_nothing_is_left_in_it(browser: Browser, served: Served) -> None:
    profiles = Profiles(browser)
    page, new, heard = profiles.open(), profiles.open(), list[ConsoleMessage]()
    wanted = found(new, served)
    page.on("console", lambda message: heard.append(message))
    page.add_init_script("window.left = 0")
    served.enter(page, "fa")
    page.set_viewport_size({"width": 390, "height": 700})
    page.locator("#search").click()
    page.mouse.move(20, 20)
    page.evaluate(LEAVE)
    with page.expect_popup():
        page.evaluate("void open(location.href)")
    profiles.close(page)

    again = profiles.open()
    assert again is page
    again.evaluate("fetch('data:,')")  # no policy holds here
    assert found(again, served) == wanted
    again.evaluate("console.log('heard by nobody')")
    assert heard == []
    assert again.context.pages == [again]
    again.go_back()
    assert again.url == resting_place()
    for one in (again, new):
        profiles.close(one)


def test_what_stays_ends_with_its_page(browser: Browser, served: Served) -> None:
    profiles = Profiles(browser)
    for stays in (
        lambda page: page.route("**/*", lambda route: route.abort()),
        lambda page: page.emulate_media(color_scheme="dark"),
        lambda page: page.context.set_offline(True),
        lambda page: page.close(),
    ):
        page = served.enter(profiles.open())
        stays(page)  # type: ignore[no-untyped-call]
        profiles.close(page)
        another = served.enter(profiles.open())
        assert another is not page
        profiles.close(another)
        assert profiles.open() is another
        profiles.close(another)
        profiles = Profiles(browser)
