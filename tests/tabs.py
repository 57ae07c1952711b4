"""Pages for tests, used by one after the other, each of which finds its own as good as new."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Frame, Page, ViewportSize

HERE = ("127.0.0.1", "127.0.0.2", "localhost", "::1")  # all of this machine
NOWHERE = "about:blank"
# What a test does to a page or to its profile that only their end undoes: they are closed after it.
LASTING = {
    Page: (
        "add_locator_handler",
        "emulate_media",
        "expose_binding",
        "expose_function",
        "route",
        "route_web_socket",
        "set_default_navigation_timeout",
        "set_default_timeout",
        "set_extra_http_headers",
    ),
    BrowserContext: (
        "add_init_script",
        "expose_binding",
        "expose_function",
        "grant_permissions",
        "new_cdp_session",
        "on",
        "route",
        "route_web_socket",
        "set_extra_http_headers",
        "set_geolocation",
        "set_offline",
    ),
}
# Each use of a page has its own sessionStorage, as each tab has: what an earlier one kept in it is thrown away before
# the first script of a page could read it.
FRESH = """if (window === top) try {
    if (sessionStorage.getItem("use of the tab") !== "USE") {
        name = "";
        sessionStorage.clear();
        sessionStorage.setItem("use of the tab", "USE");
    }
} catch { /* about:blank has none */ }"""


class _Nothing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><link rel=icon href=data:,>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@cache
def resting_place() -> str:
    """Where pages wait for their next use: a page of the same site, as about:blank would be another process, or keep
    the policy of the page before.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Nothing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_port}/"


class Tab:
    """A profile with one page, used by one test after the other, each of which finds it as good as new.

    What is opened in a new one costs twice as much: it is a process that knows nothing.
    """

    def __init__(self, browser: Browser, options: dict[str, Any]) -> None:
        self._context = browser.new_context(**options)
        self.page = self._context.new_page()
        self._session = self._context.new_cdp_session(self.page)
        self._undo: list[Callable[[], object]] = []
        self._origins: set[str] = set()
        self._uses = 0
        self._lasting = False
        for thing in (self.page, self._context):
            for name in LASTING[type(thing)]:
                self._follow(thing, name, self._note_lasting)
        self._follow(self.page, "add_init_script", self._note_script)
        self._follow(self.page, "on", self._note_listener)

    def _follow(self, thing: object, name: str, told: Callable[..., None]) -> None:
        """Be told of what each call of this method was given and gave."""
        method = getattr(thing, name)

        def followed(*arguments: Any, **named: Any) -> Any:
            given = method(*arguments, **named)
            told(given, *arguments)
            return given

        setattr(thing, name, followed)

    def _note_lasting(self, *_: Any) -> None:
        self._lasting = True

    def _note_script(self, script: Any, *_: Any) -> None:
        self._undo.append(script.close)

    def _note_listener(self, _: Any, event: Any, listener: Any) -> None:
        self._undo.append(lambda: self.page.remove_listener(event, listener))

    def begin(self, viewport: ViewportSize) -> Page:
        """One more use, in a window of this size."""
        self._uses += 1
        if self.page.viewport_size != viewport:
            self.page.set_viewport_size(viewport)
        self.page.add_init_script(FRESH.replace("USE", str(self._uses)))
        self.page.on("framenavigated", self._note_origin)
        # or what is focused in it may count as in a window behind others
        self._session.send("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.page.bring_to_front()
        return self.page

    def _note_origin(self, frame: Frame) -> None:
        url = urlsplit(frame.url)
        if url.netloc:
            self._origins.add(f"{url.scheme}://{url.netloc}")

    def end(self) -> bool:
        """What was kept in this use is forgotten. Whether there can be another; if not, all of it is closed."""
        page = self.page
        if self._lasting or page.is_closed() or not (page.url == NOWHERE or urlsplit(page.url).hostname in HERE):
            self._context.close()
            return False
        self._undo_all()
        page.on("dialog", lambda dialog: dialog.accept())  # "Leave this page?"
        try:
            page.goto(resting_place())
            page.mouse.move(-1, -1)
            self._session.send("Page.resetNavigationHistory")
        except Error:  # it was busy with something else
            self._context.close()
            return False
        self._undo_all()
        for opened in self._context.pages:
            if opened != page:
                opened.close()
        for origin in self._origins:
            kept = {"origin": origin, "storageTypes": "cookies,local_storage"}
            self._session.send("Storage.clearDataForOrigin", kept)
        self._origins.clear()
        return True

    def _undo_all(self) -> None:
        for undo in self._undo:
            with suppress(KeyError):  # a listener that the test has removed
                undo()
        self._undo.clear()


class Profiles:
    """Profiles of one Chromium, each as good as new, which know the page's files from earlier tests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Tab]] = {}
        self._used: dict[Page, tuple[str, Tab]] = {}

    def open(self, viewport: ViewportSize | None = None, **options: Any) -> Page:
        """A page in a profile of its own, with these options of a context; nothing moves unless one asks for it."""
        options.setdefault("reduced_motion", "reduce")
        kind = repr(sorted(options.items()))
        free = self._free.setdefault(kind, [])
        tab = free.pop() if free else Tab(self._browser, options)
        page = tab.begin(viewport or {"width": 1280, "height": 720})  # Playwright's own
        self._used[page] = kind, tab
        return page

    def close(self, page: Page) -> None:
        """Close it and all that it has opened; what it kept is forgotten. Once, or more often."""
        kind, tab = self._used.pop(page, ("", None))
        if tab is not None and tab.end():
            self._free[kind].append(tab)
