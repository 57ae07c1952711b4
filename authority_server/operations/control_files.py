"""Where whoever runs the authority asks the running process: an empty file that names what, and a file in answer.

Both lie in the data folder, so nobody can ask who couldn't read the key anyway; nothing of it is on the network.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from protocol.errors import HamrazError
from storage.held_folder import in_use
from storage.layout import named

STATUS, RENEW, REVOKE, END_RECOVERY = "status", "renew-invitation", "revoke-invitation", "end-recovery"
ANSWER_SECONDS = 15.0  # a busy machine's patience; the process looks twice a second
POLL_SECONDS = 0.05
ROOM, ROOM_BYTES = "room", 64 * 1024  # kept for an answer on a disk that is full

_REQUEST = re.compile(r"request-([0-9a-f]{16})-([a-z-]+)")

log = logging.getLogger("hamraz.authority")


class ControlFiles:
    """The process's side: call `serve` again and again."""

    def __init__(self, data: Path) -> None:
        """Made when the folder is ours: a request that an earlier process left is nobody's any more."""
        self._data = data
        self._troubled = False
        for leftover in [*data.glob("request-*"), *data.glob("answer-*")]:
            if leftover.is_file():  # what else has such a name is none of ours
                leftover.unlink()

    def serve(self, refresh: Callable[[], None], answers: Mapping[str, Callable[[], dict[str, Any]]]) -> None:
        """Refresh the folder and answer what has been asked; a full disk is logged once, and waited out."""
        try:
            refresh()
            for path in sorted(self._data.iterdir()):
                request = _REQUEST.fullmatch(path.name)
                if request and request[2] in answers and path.is_file():
                    path.unlink()  # first: what changes something is done once
                    self._write(f"answer-{request[1]}", _answer(answers[request[2]]))
            self._keep_room()
            self._troubled = False
        except OSError as reason:
            if not self._troubled:
                log.error("the data folder fails: %(reason)s", {"reason": named(reason, self._data)})
            self._troubled = True

    def _write(self, name: str, answer: bytes) -> None:
        """Without an fsync, as it is read at once: whoever asks how a failing disk is, is answered."""
        (self._data / ROOM).unlink(missing_ok=True)  # on a full disk, this is the room
        unfinished = self._data / f"{name}.new"
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(answer)
        unfinished.replace(self._data / name)

    def _keep_room(self) -> None:
        room = self._data / ROOM
        if not room.exists():
            with contextlib.suppress(OSError):  # there is none now
                room.write_bytes(bytes(ROOM_BYTES))
                room.chmod(0o600)


def _answer(make: Callable[[], dict[str, Any]]) -> bytes:
    try:
        return json.dumps(make()).encode()
    except HamrazError as reason:
        return json.dumps({"error": str(reason)}).encode()


def ask(data: Path, what: str) -> dict[str, Any] | None:
    """What the running process answers, an `error` among it if it can't; None if there is none. Raises TimeoutError.

    Who holds the folder's lock is asked, and no file is believed that is older than the question.
    """
    if not in_use(data):
        return None
    name = secrets.token_hex(8)
    request, answer = data / f"request-{name}-{what}", data / f"answer-{name}"
    request.touch(mode=0o600, exist_ok=False)
    try:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if answer.exists():
                found: dict[str, Any] = json.loads(answer.read_bytes())
                return found
            time.sleep(POLL_SECONDS)
        if in_use(data):
            raise TimeoutError
        return None
    finally:
        request.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)
