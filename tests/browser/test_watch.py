"""The browser tests' own watch must see what it is there for."""

from playwright.sync_api import Page

from tests.chromium import Watch
from tests.processes import until


def sees(page: Page, watch: Watch, script: str, expected: str) -> None:
    page.evaluate(script)
    until(lambda: page.title() == "" and any(expected in problem for problem in watch.problems), what=expected)
    watch.allow(expected)


def test_a_console_error_is_a_problem(page: Page, watch: Watch) -> None:
    sees(page, watch, "console.error('oh no')", "console error: oh no")


def test_a_console_warning_is_a_problem(page: Page, watch: Watch) -> None:
    sees(page, watch, "console.warn('hm')", "console warning: hm")


def test_an_uncaught_error_is_a_problem(page: Page, watch: Watch) -> None:
    sees(page, watch, "setTimeout(() => { throw new Error('lost') })", "uncaught: lost")


def test_a_request_to_elsewhere_is_a_problem(page: Page, watch: Watch) -> None:
    page.route("**/*", lambda route: route.abort())
    watch.allow("ERR_FAILED")
    sees(
        page,
        watch,
        "fetch('http://fonts.example/f.woff2').catch(() => {})",
        "request to elsewhere: http://fonts.example",
    )


def test_a_dialog_is_a_problem(page: Page, watch: Watch) -> None:
    sees(page, watch, "setTimeout(() => alert('boo'))", "dialog: boo")


def test_what_is_not_allowed_stays_unexpected(watch: Watch) -> None:
    watch.problems.append("console error: one")
    watch.problems.append("console error: two")
    watch.allow("one")
    assert watch.unexpected() == ["console error: two"]
    watch.allow("two")
