"""The page's files from outside do in a real browser what the page needs of them."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from launch.page_files import BUNDLE, VENDOR


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>assets</title>")
        else:
            super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(VENDOR))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_preact_renders_with_hooks_and_htm(page: Page, address: str) -> None:
    page.goto(address)
    text = page.evaluate(
        """async () => {
            const { html, render, useState } = await import("/preact.js");
            const Greeting = ({ name }) => { const [word] = useState("سلام"); return html`<p>${word} ${name}</p>`; };
            render(html`<${Greeting} name="<b>sara</b>" />`, document.body);
            return document.querySelector("p").textContent;
        }"""
    )
    assert text == "سلام <b>sara</b>"


def test_socket_io_imports_as_a_module(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("import('/socket.io.js').then((module) => typeof module.io)") == "function"


def test_the_font_draws_persian_in_several_weights(page: Page, address: str) -> None:
    page.goto(address)
    widths = page.evaluate(
        """async () => {
            const face = new FontFace("V", "url(/vazirmatn-arabic.woff2)", { weight: "100 900" });
            document.fonts.add(await face.load());
            const context = document.createElement("canvas").getContext("2d");
            return [400, 700].map((weight) => {
                context.font = `${weight} 40px V`;
                return context.measureText("گروه خانواده ۱۲۳").width;
            });
        }"""
    )
    assert 0 < widths[0] < widths[1]


def test_no_other_file_lies_there() -> None:
    assert {path.name for path in VENDOR.iterdir()} == {
        "made-from",
        "preact.d.ts",
        "preact.js",
        "socket.io.d.ts",
        "socket.io.js",
        "vazirmatn-arabic.woff2",
    }
    kinds = {path.suffix for path in BUNDLE.iterdir()} - {""}
    assert kinds == {".js", ".css", ".woff2"}
