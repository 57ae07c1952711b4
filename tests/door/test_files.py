"""Files by HTTP at a real agent, in both modes: what goes in comes out, and everything wrong gets its own answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from launch.agent_api import AgentApi, Refused
from protocol.files import CHUNK
from protocol.primitives import random_id
from tests.door.http_files import put, request, save, send
from tests.processes import Agent, Network, until
from tests.sharing import content
from web_client.files.staging import PART


@dataclass
class Sender:
    """An agent whose account has somebody to write to."""

    agent: Agent
    api: AgentApi
    token: str
    chat: str
    other: Agent

    @property
    def port(self) -> int:
        return self.agent.port

    def begin(self, size: int) -> str:
        id = random_id().hex()
        self.api.call("file_begin", chat=self.chat, id=id, name="a", size=size)
        return id

    def post(self, path: str, body: bytes = b"x", **headers: str) -> tuple[int, str]:
        """Status and code of what must be refused."""
        headers.setdefault("Authorization", f"Bearer {self.token}")
        status, _headers, answer = request(self.port, "POST", path, body, **headers)
        return status, json.loads(answer)["error"]["code"] if answer.startswith(b"{") else ""


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def sender(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    with Network(tmp_path_factory.mktemp("sender"), request.param) as network:
        first, second = network.account("arash"), network.account("sara")
        with first.program() as api:

            def person() -> Any:
                return next((one for one in api.call("snapshot")["people"] if one["name"] == "sara"), None)

            uid = until(person)["uid"]
            yield Sender(first, api, first.api_token, f"p:{uid}", second)


def test_what_goes_in_comes_out(sender: Sender) -> None:
    data = content(PART + CHUNK + 9)
    parts = iter([data[:PART], data[PART:]])
    message = send(sender.api, sender.port, sender.token, sender.chat, parts, len(data), "سند.pdf")
    assert message["file"]["state"] in ("here", "sending") and message["file"]["name"] == "سند.pdf"
    assert b"".join(save(sender.api, sender.port, sender.chat, message["order"])) == data
    empty = send(sender.api, sender.port, sender.token, sender.chat, iter([]), 0)
    assert b"".join(save(sender.api, sender.port, sender.chat, empty["order"])) == b""


def test_a_saved_file_does_nothing_in_a_browser(sender: Sender) -> None:
    data = b"<script>alert(1)</script>"
    message = send(sender.api, sender.port, sender.token, sender.chat, iter([data]), len(data), 'x"\r\n.html')
    ticket = sender.api.call("file_ticket", chat=sender.chat, order=message["order"])["ticket"]
    assert request(sender.port, "HEAD", f"/files/{ticket}")[0] == 400  # and the ticket is still good
    status, headers, body = request(sender.port, "GET", f"/files/{ticket}")
    assert (status, body) == (200, data)
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''x_%20.html"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-length"] == str(len(data))
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    status, _headers, body = request(sender.port, "GET", f"/files/{ticket}")
    assert (status, json.loads(body)["error"]["code"]) == (401, "bad_token")


@pytest.mark.parametrize("ticket", ["x", "../../api-token", "%00", "a" * 3000, "upload"])
def test_no_ticket_no_file(sender: Sender, ticket: str) -> None:
    assert request(sender.port, "GET", f"/files/{ticket}")[0] in (401, 404, 405)


def test_strangers_are_kept_out(sender: Sender) -> None:
    path = f"/files/upload/{sender.begin(1)}/0"
    evil = "http://evil.example"
    assert sender.post(path, Origin=evil)[0] == sender.post(path, Origin="null")[0] == 403
    assert sender.post(path, host=f"evil.example:{sender.port}")[0] == 421
    assert sender.post(path, Authorization="") == sender.post(path, Authorization="Basic x") == (401, "token_needed")
    assert sender.post(path, Authorization="Bearer x") == (401, "bad_token")
    assert request(sender.port, "GET", "/files/x", Origin=evil)[0] == 403
    assert request(sender.port, "GET", "/files/x", host="evil.example")[0] == 421
    for method, place in (("OPTIONS", path), ("PUT", path), ("GET", path), ("POST", "/files/x"), ("POST", "/")):
        assert request(sender.port, method, place, Authorization=f"Bearer {sender.token}")[0] == 405, (method, place)
    own = f"http://localhost:{sender.port}"
    assert request(sender.port, "POST", path, b"x", Origin=own, Authorization=f"Bearer {sender.token}")[0] == 200


def test_garbage_gets_an_answer_of_its_own(sender: Sender) -> None:
    id = sender.begin(PART + 1)
    bad = (400, "bad_request")
    for place in ("x/0", f"{id}/x", f"{id}/-1", f"{id}/1e3", f"{id.upper()}/0", f"{id}/" + "9" * 30, f"{id}/٣"):
        assert sender.post(f"/files/upload/{quote(place)}") == bad, place
    assert sender.post(f"/files/upload/{id}/0", b"") == bad
    assert sender.post(f"/files/upload/{id}/0", b"", Content_Length=str(PART + 1)) == bad  # nothing of it is waited for
    assert sender.post(f"/files/upload/{id}/0", bytes(5)) == bad
    assert sender.post(f"/files/upload/{id}/{PART}", b"x") == (409, "chunk_order")
    assert sender.post(f"/files/upload/{random_id().hex()}/0") == (404, "file_gone")
    assert put(sender.port, sender.token, id, 0, bytes(PART))["done"] == PART


@pytest.mark.parametrize("length", ["99999999999", "-1", "x", None])
def test_a_length_that_is_none_holds_nobody_up(sender: Sender, length: str | None) -> None:
    """No length, one that is a lie, and a body that never comes: an answer or an end, and others go on meanwhile."""
    head = f"POST /files/upload/{sender.begin(9)}/0 HTTP/1.1\r\nHost: localhost:{sender.port}\r\n"
    head += f"Authorization: Bearer {sender.token}\r\n"
    head += "Transfer-Encoding: chunked\r\n" if length is None else f"Content-Length: {length}\r\n"
    with socket.create_connection(("127.0.0.1", sender.port), timeout=20) as line:
        line.sendall(head.encode() + b"\r\n" + (b"0\r\n\r\n" if length is None else b""))
        answer = line.recv(100)
        assert b" 400 " in answer or answer == b""
    assert sender.api.call("status")["stage"] == "ready"


def test_a_body_that_breaks_off_is_nothing(sender: Sender) -> None:
    id = sender.begin(CHUNK)
    head = f"POST /files/upload/{id}/0 HTTP/1.1\r\nHost: localhost:{sender.port}\r\nContent-Length: {CHUNK}\r\n"
    with socket.create_connection(("127.0.0.1", sender.port), timeout=20) as line:
        line.sendall(f"{head}Authorization: Bearer {sender.token}\r\n\r\n".encode() + bytes(1000))
    assert sender.api.call("file_begin", chat=sender.chat, id=id, name="a", size=CHUNK)["done"] == 0
    assert put(sender.port, sender.token, id, 0, bytes(CHUNK))["done"] == CHUNK


def test_calls_with_wrong_arguments(sender: Sender) -> None:
    for name, arguments in (
        ("file_begin", {"chat": sender.chat, "id": "x", "name": "a", "size": 1}),
        ("file_begin", {"chat": sender.chat, "id": random_id().hex(), "name": "", "size": 1}),
        ("file_begin", {"chat": sender.chat, "id": random_id().hex(), "name": "a", "size": -1}),
        ("send_file", {"id": random_id().hex(), "preview": "A" * 40_000}),
        ("file_fetch", {"chat": sender.chat, "order": "1"}),
    ):
        with pytest.raises(Refused) as refusal:
            sender.api.call(name, **arguments)
        assert refusal.value.code == "bad_request"


def test_a_locked_vault_gives_and_takes_nothing(sender: Sender) -> None:
    data = content(3 * CHUNK)
    message = send(sender.api, sender.port, sender.token, sender.chat, iter([data]), len(data))
    id = sender.begin(5)
    ticket = sender.api.call("file_ticket", chat=sender.chat, order=message["order"])["ticket"]
    half = save(sender.api, sender.port, sender.chat, message["order"])
    next(half)
    sender.api.call("lock")
    assert request(sender.port, "GET", f"/files/{ticket}")[0] == 423
    assert sender.post(f"/files/upload/{id}/0", b"12345") == (423, "locked")
    half.close()
    sender.agent.login()
    assert request(sender.port, "GET", f"/files/{ticket}")[0] == 401
    assert put(sender.port, sender.token, id, 0, b"12345")["done"] == 5


HEAD = b"RIFF\x24\x20\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\x20\0\0"
WAV = HEAD + content(2 * CHUNK)


def test_what_may_be_played_comes_in_stretches(sender: Sender) -> None:
    message = send(sender.api, sender.port, sender.token, sender.chat, iter([WAV]), len(WAV), "note.wav")
    found = sender.api.call("file_play", chat=sender.chat, order=message["order"])
    path, size = f"/files/play/{found['ticket']}", len(WAV)
    assert found["media"] == "audio"
    status, headers, body = request(sender.port, "GET", path)
    assert (status, body, headers["content-type"], headers["accept-ranges"]) == (200, WAV, "audio/wav", "bytes")
    assert headers["content-security-policy"] == "sandbox; default-src 'none'" and "content-disposition" not in headers
    for asked, (begin, end) in {
        "bytes=0-": (0, size),
        "bytes=0-1": (0, 2),
        f"bytes={CHUNK - 3}-{CHUNK + 2}": (CHUNK - 3, CHUNK + 3),
        f"bytes={2 * CHUNK}-": (2 * CHUNK, size),
        f"bytes=9-{size + 99}": (9, size),
    }.items():
        status, headers, body = request(sender.port, "GET", path, Range=asked)
        assert (status, body) == (206, WAV[begin:end]), asked
        assert headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
        assert headers["content-length"] == str(end - begin)
    for asked in (f"bytes={size}-", "bytes=9-3", "bytes=-5", "bytes=0-1,5-6", "bytes=x", "lines=0-"):
        status, headers, body = request(sender.port, "GET", path, Range=asked)
        assert (status, body, headers["content-range"]) == (416, b"", f"bytes */{size}"), asked
    # nothing but what plays in a page gets it, and no other ticket opens it
    assert request(sender.port, "GET", path, Sec_Fetch_Dest="document")[0] == 400
    assert request(sender.port, "GET", path, Sec_Fetch_Dest="audio")[0] == 200
    assert request(sender.port, "HEAD", path)[0] == 400
    assert request(sender.port, "GET", f"/files/{found['ticket']}")[0] == 401
    assert request(sender.port, "GET", "/files/play/x")[0] == 401
    assert request(sender.port, "GET", path, host="evil.example")[0] == 421


def test_what_only_says_that_it_can_be_played_is_saved(sender: Sender) -> None:
    for data in ([b"#EXTM3U\nhttp://evil.example/x.ts"], []):
        message = send(sender.api, sender.port, sender.token, sender.chat, iter(data), len(b"".join(data)), "x.mp4")
        found = sender.api.call("file_play", chat=sender.chat, order=message["order"])
        assert (found["media"], found["ticket"]) == (None, None)
