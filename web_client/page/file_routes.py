"""Files in and out of the page by HTTP, on the agent's own port (docs/agent-api.md, "Files").

Parts come in with a session token, those of a backup that is brought along by their name alone. A whole file goes out
for a one-time ticket, as something to be saved; what is played, in stretches, for another kind of ticket. Host, Origin
and the general headers are the guard's. Never more than a part, or a chunk, is in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, jsonify, request

from protocol.errors import HamrazError, error
from web_client.files.staging import PART
from web_client.page.socketio import describe
from web_client.page.tokens import Door

STATUS = {
    "token_needed": 401,
    "bad_token": 401,
    "file_gone": 404,
    "chunk_order": 409,
    "file_changed": 409,
    "locked": 423,
    "disk_full": 507,
    "disk_failing": 507,
}
# A browser that is told all of this saves the file and does nothing else with it.
SAVED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Connection": "close",  # a file that breaks off is seen to
}
# What is played or moves does nothing else, should it be opened by itself.
PLAYED = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
    "Connection": "close",
    "Accept-Ranges": "bytes",
}
PLAYERS = ("audio", "video", "image")  # what in a page may ask for it; browsers say what does
_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


class FileRoutes:
    """Adds the three addresses to the application."""

    def __init__(self, app: Flask, agent: Any, door: Door) -> None:
        self._agent = agent
        self._door = door
        app.add_url_rule(
            "/files/upload/<id>/<offset>", view_func=self.take, methods=["POST"], provide_automatic_options=False
        )
        app.add_url_rule("/files/play/<ticket>", view_func=self.play, methods=["GET"], provide_automatic_options=False)
        app.add_url_rule("/files/<ticket>", view_func=self.give, methods=["GET"], provide_automatic_options=False)

    def take(self, id: str, offset: str) -> tuple[Response, int]:
        """One part of a file; the answer says how far it is now."""
        try:
            brings = self._agent.is_bringing(id)  # a backup, before there is anything to log in to
            if not brings:
                self._check_token()
            length = request.content_length
            if length is None or not 0 < length <= PART:
                raise error("bad_request", field="length")
            if not (_is_id(id) and offset.isascii() and offset.isdecimal() and len(offset) < 16):
                raise error("bad_request", field="offset")
            part = request.stream.read(length)
            if len(part) != length:
                raise error("bad_request", field="length")  # the page has gone in the middle
            done = (self._agent.bring_part if brings else self._agent.take_part)(id, int(offset), part)
            return jsonify(ok=True, done=done), 200
        except HamrazError as failure:
            return _refused(failure)

    def give(self, ticket: str) -> Response | tuple[Response, int]:
        """The file that a ticket opens, as an attachment."""
        if request.method != "GET":  # Flask lets HEAD in as well: it would use the ticket up
            return _refused(error("bad_request"))
        try:
            name, size, chunks = self._agent.open_file(ticket)
        except HamrazError as failure:
            return _refused(failure)
        pieces = _as_far_as_it_goes(chunks) if size is not None else _whole_or_cut(chunks)
        response = Response(pieces, mimetype="application/octet-stream")
        response.headers.update(SAVED)
        if size is not None:
            response.headers["Content-Length"] = str(size)
        # RFC 8187: of the name nothing but letters, digits and %XX is left
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return response

    def play(self, ticket: str) -> Response | tuple[Response, int]:
        """A stretch of what a ticket plays, or all of it: players ask from where they go on."""
        if request.method != "GET" or request.headers.get("Sec-Fetch-Dest", PLAYERS[0]) not in PLAYERS:
            return _refused(error("bad_request"))
        try:
            type, size, stretch = self._agent.open_play(ticket)
        except HamrazError as failure:
            return _refused(failure)
        asked = request.headers.get("Range")
        begin, end = (0, size) if asked is None else _stretch(asked, size)
        headers = PLAYED | {"Content-Length": str(end - begin)}
        if begin >= end and asked is not None:
            return Response(status=416, headers=PLAYED | {"Content-Range": f"bytes */{size}"})
        if asked is not None:
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
        pieces = _as_far_as_it_goes(stretch(begin, end))
        return Response(pieces, status=200 if asked is None else 206, mimetype=type, headers=headers)

    def _check_token(self) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not token:
            raise error("token_needed")
        if not self._door.holds(token):
            raise error("bad_token")


def _as_far_as_it_goes(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """A disk that fails, or a vault that is locked meanwhile, ends it before the length that was told."""
    try:
        yield from chunks
    except HamrazError:
        return


def _whole_or_cut(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same of what has no length: the connection is cut, so that the browser doesn't take a part for the whole."""
    try:
        yield from chunks
    except HamrazError:
        raise ConnectionAbortedError from None


def _stretch(asked: str, size: int) -> tuple[int, int]:
    """Where it begins and ends; (0, 0) for what isn't one stretch of the file, as players ask for it."""
    found = _RANGE.fullmatch(asked)
    if found is None:
        return 0, 0
    begin, last = int(found[1]), int(found[2] or size)
    return (begin, min(size, last + 1)) if begin <= last else (0, 0)


def _is_id(text: str) -> bool:
    return len(text) == 32 and all(one in "0123456789abcdef" for one in text)


def _refused(failure: HamrazError) -> tuple[Response, int]:
    response = jsonify(ok=False, error=describe(failure))
    response.headers["Connection"] = "close"  # what may still come of the body is not read
    return response, STATUS.get(failure.code, 400)
