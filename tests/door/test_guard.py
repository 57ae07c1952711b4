"""Host, Origin, methods and headers, on every path (section 10 of docs/protocol.md; flaw 27: the page on localhost)."""

from __future__ import annotations

import http.client
import mimetypes
import os
import re
import socket
from pathlib import Path

import pytest
import websocket

from launch.packages import ROOT
from storage.tree_state import tree_state
from tests.door.client import LOOPBACK, PAGE
from tests.door.conftest import Served
from web_client.page import app
from web_client.page.guard import SECURITY_HEADERS

WEBSOCKET = "/socket.io/?EIO=4&transport=websocket"
PATHS = ["/", "/static/icon.svg", "/nothing", "/socket.io/", WEBSOCKET]
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def ask(
    port: int, path: str, method: str = "GET", host: str | None = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in small letters) and body. `host`: "" for the right one, None for no header."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host is not None:
            connection.putheader("Host", host or f"localhost:{port}")
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "evil.example", "localhost", "127.0.0.1:1", "localhost:{port}.", None]
)
def test_foreign_host_is_refused_on_every_path(shared: Served, path: str, host: str | None) -> None:
    name = host if host is None else host.format(port=shared.port)
    assert ask(shared.port, path, host=name)[0] == 421


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost:1", "https://localhost:{port}", "null", "", "http://localhost:{port}/"],
)
def test_foreign_origin_is_refused_on_every_path(shared: Served, path: str, origin: str) -> None:
    assert ask(shared.port, path, Origin=origin.format(port=shared.port))[0] == 403


def test_a_rebound_name_is_refused_although_host_and_origin_agree(shared: Served) -> None:
    evil = f"evil.example:{shared.port}"
    for path in PATHS:
        assert ask(shared.port, path, host=evil, Origin=f"http://{evil}")[0] == 421
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        shared.client(origin=f"http://{evil}", host=evil)
    assert refused.value.status_code == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
def test_a_foreign_page_opens_no_websocket(shared: Served, origin: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        shared.client(origin=origin)
    assert refused.value.status_code == 403


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_the_own_names_are_let_in(shared: Served, name: str) -> None:
    host = f"{name}:{shared.port}"
    assert ask(shared.port, "/", host=host)[0] == 200
    assert "sid" in shared.client(origin=f"http://{host}", host=host).enter()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
@pytest.mark.parametrize("path", PATHS)
def test_only_get_and_head(shared: Served, method: str, path: str) -> None:
    status, headers, _ = ask(shared.port, path, method=method)
    assert status == 405
    assert headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "query", ["EIO=4&transport=polling", "EIO=4&transport=polling&j=0", "transport=websocket", "EIO=4", ""]
)
def test_no_long_polling_whose_origin_a_browser_does_not_name(shared: Served, query: str) -> None:
    assert ask(shared.port, f"/socket.io/?{query}")[0] == 400
    assert ask(shared.port, f"/socket.io/?{query}", **HANDSHAKE)[0] == 400


@pytest.mark.parametrize(
    "change",
    [
        {"Connection": "close"},
        {"Upgrade": "h2c"},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": ""},
    ],
)
def test_half_a_websocket_is_refused(shared: Served, change: dict[str, str]) -> None:
    assert ask(shared.port, WEBSOCKET, **HANDSHAKE)[0] == 101
    assert ask(shared.port, WEBSOCKET, **HANDSHAKE | change)[0] == 400


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"host": "evil.example"}])
def test_security_headers_stand_on_every_response_and_no_cookie(
    shared: Served, path: str, headers: dict[str, str]
) -> None:
    _, given, _ = ask(shared.port, path, **headers)
    assert {name.lower(): value for name, value in SECURITY_HEADERS}.items() <= given.items()
    assert "set-cookie" not in given
    assert "access-control-allow-origin" not in given
    policy = given["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "media-src 'self' blob:" in policy
    assert {"camera=(self)", "microphone=(self)"} <= set(given["permissions-policy"].split(", "))


def test_the_websocket_is_not_compressed(shared: Served) -> None:
    status, headers, _ = ask(shared.port, WEBSOCKET, **HANDSHAKE, Sec_WebSocket_Extensions="permessage-deflate")
    assert (status, headers["upgrade"].lower()) == (101, "websocket")
    assert "sec-websocket-extensions" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [
        ("icon.svg", "image/svg+xml; charset=utf-8"),
        ("css/base.css", "text/css; charset=utf-8"),
        ("js/main.js", "text/javascript; charset=utf-8"),
        ("vendor/vazirmatn-arabic.woff2", "font/woff2"),
    ],
)
def test_static_files_have_their_type_and_are_asked_for_again(shared: Served, name: str, mimetype: str) -> None:
    status, headers, body = ask(shared.port, f"/static/{name}")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, mimetype, "no-cache")
    assert body
    again, _, nothing = ask(shared.port, f"/static/{name}", If_None_Match=headers["etag"])
    assert (again, nothing) == (304, b"")


def test_under_the_name_of_their_state_they_are_kept_for_good(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def named() -> str:
        found = re.search(rb'src="/static/(v-[0-9a-f]{16})/bundle/main.js"', ask(shared.port, "/")[2])
        assert found
        return found[1].decode()

    def kept(version: str) -> str:
        status, headers, body = ask(shared.port, f"/static/{version}/bundle/main.js")
        assert (status, body) == (200, (ROOT / "static/bundle/main.js").read_bytes())
        return headers["cache-control"]

    before = named()
    assert before == named() and kept(before) == "max-age=31536000, immutable"
    with monkeypatch.context() as patched:
        real = app.tree_state
        patched.setattr(app, "tree_state", lambda *places: real(*places) if len(places) > 1 else "0123456789abcdef")
        assert named() == "v-0123456789abcdef"
    assert kept("v-0123456789abcdef") == "max-age=31536000, immutable"
    assert kept(before) == "no-cache"  # an old page gets what there is, and asks again


def test_the_state_of_files_has_a_name_that_changes_with_them(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    one = tmp_path / "js" / "one.js"
    one.write_text("1")
    names = [tree_state(tmp_path)]
    one.write_text("12")
    names.append(tree_state(tmp_path))
    status = one.stat()
    os.utime(one, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    names.append(tree_state(tmp_path))
    one.rename(tmp_path / "js" / "two.js")
    names.append(tree_state(tmp_path))
    (tmp_path / "js" / "three.js").symlink_to("nowhere")
    names.append(tree_state(tmp_path))
    assert len(set(names)) == 5 and tree_state(tmp_path) == names[-1]
    assert tree_state(tmp_path / "js") != tree_state(tmp_path)


def test_a_bundle_of_older_sources_is_not_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def page(sources: bool = False) -> bytes:
        flask, _socketio = app.make_app(1, "threading", sources)
        return flask.test_client().get("/", base_url="http://127.0.0.1:1").data

    assert b'/bundle/main.js"' in page() and b'/js/main.js"' not in page()
    assert b"/bundle/" not in page(sources=True)
    for content in ("0123456789abcdef", ""):
        stale = tmp_path / "made-from"
        stale.write_text(content)
        monkeypatch.setattr(app, "_MADE_FROM", stale)
        assert b'/js/main.js"' in page() and b"/bundle/" not in page()
    monkeypatch.setattr(app, "_MADE_FROM", tmp_path / "nowhere")
    assert b'/js/main.js"' in page()


def test_types_are_ours_and_not_the_machines(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mimetypes, "guess_type", lambda *_, **__: ("text/plain", None))
    assert ask(shared.port, "/static/js/main.js")[1]["content-type"] == "text/javascript; charset=utf-8"
    monkeypatch.delitem(app._TYPES, ".svg")
    assert ask(shared.port, "/static/icon.svg")[0] == 404, "nothing of an unknown type is served"


def test_the_page_is_not_stored(shared: Served) -> None:
    status, headers, body = ask(shared.port, "/")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b"/bundle/main.js" in body
    status, headers, body = ask(shared.port, "/", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


@pytest.mark.parametrize(
    "path",
    [
        "/static/../run.py",
        "/static/../web_client/page/tokens.py",
        "/static/%2e%2e/run.py",
        "/static/..%2frun.py",
        "/static/js/..%2f..%2frun.py",
        "/static/..\\run.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/js/main.js%00.svg",
        "/static/",
        "/static/v-0123456789abcdef/../../run.py",
        "/static/v-0123456789abcdef//etc/passwd",
        "/static/v-0123456789abcdef/v-0123456789abcdef/icon.svg",
        "/static/v-0123456789abcdef",
        "/static/js",
        "/templates/index.html",
        "/run.py",
        "//etc/passwd",
    ],
)
def test_nothing_outside_static_is_served(shared: Served, path: str) -> None:
    with socket.create_connection((LOOPBACK, shared.port), timeout=10) as raw:  # as it stands: no client tidies it up
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{shared.port}\r\nConnection: close\r\n\r\n".encode())
        status = raw.makefile("rb").readline().split()[1]
    assert status in (b"404", b"308")


def test_a_bot_needs_no_origin(shared: Served) -> None:
    bot = shared.client(origin=None)
    assert "sid" in bot.enter({"token": shared.door.api_token})


def test_a_page_needs_no_token(shared: Served) -> None:
    assert "sid" in shared.client(origin=PAGE).enter()
