"""Chromium for tests. A page fails its test if the browser's console had an error or a warning."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

from launch import chromium
from tests.tabs import HERE, Profiles

WITHOUT = (
    # What its address bar would show is a page of its own for each window, which costs more than the one looked at.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "PreloadTopChromeWebUI",
    "AimEnabled",
    "LensOverlay",
    "MediaRouter",
    # Nothing is asked of elsewhere, or of another address than was told.
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "PreconnectToSearch",
    # No process waits for a page that may come.
    "SpareRendererForSitePerProcess",
    # What Playwright's own list has for being driven; a second list stands in place of the first.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whoever speaks in a test has a microphone that hums, and is asked nothing.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # A page costs a third less without processes of their own for these.
    "--in-process-gpu",
    # And six in a hundred less where nothing is compiled for a long run, which no page of a test has.
    "--js-flags=--no-opt --no-maglev",
    "--enable-features=NetworkServiceInProcess2",
    "--disable-features=" + ",".join(WITHOUT),
]


class Watch:
    """What pages did that they must not do: console errors and warnings, errors, dialogs, requests to elsewhere.

    A test that provokes one says so beforehand: `watch.allow(r"WebSocket connection to .* failed")`.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Let problems pass in which this regular expression is found."""
        self._allowed.append(re.compile(pattern))

    def follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(pattern.search(text) for pattern in self._allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in HERE:
            self.problems.append(f"request to elsewhere: {request.url}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; without one they fail."""
    path = chromium.find()
    assert path is not None, "No Chromium found: `run.py test` says how to install it."
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    """Where pages are opened, one for each person in a test."""
    return Profiles(browser)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The watch over every page of this test, looked at when the test ends."""
    watching = Watch()
    yield watching
    assert not watching.unexpected(), "\n".join(watching.unexpected())


@pytest.fixture
def open_page(profiles: Profiles, watch: Watch) -> Iterator[Callable[..., Page]]:
    """open_page(**options of a context) gives a page in a fresh profile: one call for each person in a test."""
    pages = []

    def open_one(**options: Any) -> Page:
        page = profiles.open(**options)
        pages.append(page)
        watch.follow(page)
        return page

    yield open_one
    for page in pages:
        profiles.close(page)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in a fresh profile, 1280 by 800."""
    return open_page(viewport={"width": 1280, "height": 800})
