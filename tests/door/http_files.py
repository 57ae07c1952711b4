"""A program's side of an agent's two addresses for files, with room to say them wrong."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

from launch.agent_api import AgentApi
from protocol.primitives import random_id

LOOPBACK = "127.0.0.1"


def request(
    port: int,
    method: str,
    path: str,
    body: bytes | Iterator[bytes] | None = None,
    host: str | None = None,
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in small letters) and body."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        named = {"Host": host or f"localhost:{port}", **{key.replace("_", "-"): text for key, text in headers.items()}}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return response.status, {name.lower(): text for name, text in response.getheaders()}, response.read()
    finally:
        connection.close()


def put(port: int, token: str, id: str, offset: int, part: bytes) -> dict[str, Any]:
    """Hand over one part; the answer, whatever it is."""
    path = f"/files/upload/{id}/{offset}"
    _status, _headers, body = request(port, "POST", path, part, Authorization=f"Bearer {token}")
    answer: dict[str, Any] = json.loads(body)
    return answer


def send(
    api: AgentApi, port: int, token: str, chat: str, pieces: Iterator[bytes], size: int, name: str = "a.bin"
) -> Any:
    """Send a file of which each piece is a part; its Message."""
    id = random_id().hex()
    begun = api.call("file_begin", chat=chat, id=id, name=name, size=size)
    offset = 0
    for piece in pieces:
        assert len(piece) == min(begun["part"], size - offset)
        answer = put(port, token, id, offset, piece)
        assert answer["ok"], answer
        offset += len(piece)
        assert answer["done"] == offset
    assert api.call("send_file", id=id)["id"] == id
    return next(one for one in api.call("history", chat=chat)["messages"] if one["id"] == id)


def save(api: AgentApi, port: int, chat: str, order: int) -> Iterator[bytes]:
    """What a browser would save, in pieces."""
    ticket = api.call("file_ticket", chat=chat, order=order)["ticket"]
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        connection.request("GET", f"/files/{ticket}", headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        while piece := response.read(1 << 18):
            yield piece
    finally:
        connection.close()
