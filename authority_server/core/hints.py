"""What nodes tell each other beside the journal: that there is something new in it, and what need not last. It is lost
when a line is; whoever hears nothing looks every second all the same.
"""

from __future__ import annotations

import contextlib
import threading
import time
from base64 import b85decode, b85encode
from collections.abc import Callable
from typing import Any

import msgspec

from authority_server.core.authority import Authority
from authority_server.core.nodes import Nodes, Said
from authority_server.store.lines import LIMIT, Lines
from protocol.errors import HamrazError
from transport import threads

GATHER_SECONDS = 0.005  # what is said meanwhile goes together
LOOK_SECONDS = 1.0
BEAT_SECONDS = 2.0
WAITING = 1_000  # things to say: of more, the oldest aren't said

_decode = msgspec.msgpack.Decoder(Said).decode


class Hints:
    """Two threads, each with a line of its own."""

    def __init__(
        self, authority: Authority, nodes: Nodes, lines: Callable[[], Lines], offload: Callable[..., Any]
    ) -> None:
        self._authority, self._nodes, self._offload = authority, nodes, offload
        self._hears, self._says = lines(), lines()
        self._changed = threading.Condition()
        self._waiting: list[str] = []
        self._commit = self._looking = self._asked = self._stopping = False
        self._beat = 0.0  # when, by the rising clock

    def start(self) -> None:
        self._nodes.hint, self._nodes.say = self._hint, self._say
        troubles = self._authority.troubles
        threads.keep("node hears", lambda: self._tried(self._hear), troubles, time.sleep, lambda: self._stopping)
        self._saying = threads.keep(
            "node says", lambda: self._tried(self._speak), troubles, time.sleep, lambda: self._stopping
        )

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._saying.join()
        self._says.close()

    def _tried(self, turn: Callable[[], None]) -> None:
        """A database that is away is the writer's to tell: here it is tried again every second, as it is there."""
        try:
            turn()
        except HamrazError:
            time.sleep(LOOK_SECONDS)
            self._look()

    def _hint(self) -> None:
        with self._changed:
            self._commit = True
            self._changed.notify()

    def _say(self, said: Said) -> None:
        words = b85encode(msgspec.msgpack.encode(said)).decode()
        if len(words) <= LIMIT:
            with self._changed:
                self._waiting = [*self._waiting[-WAITING:], words]
                self._changed.notify()

    def _speak(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._commit or self._stopping, BEAT_SECONDS)
        time.sleep(GATHER_SECONDS)
        with self._changed:
            words, self._waiting = self._waiting, []
            if self._commit:
                words.append(b85encode(msgspec.msgpack.encode(Said(self._nodes.id))).decode())
            self._commit = False
        if words:
            self._offload(self._says.say, words)
        now = time.monotonic()
        if now - self._beat >= BEAT_SECONDS:
            if self._offload(self._says.beat, self._nodes.id):
                self._nodes.bury()
            self._beat = now

    def _hear(self) -> None:
        if not self._hears.up:
            self._look()
            self._offload(self._hears.listen)
            self._look()  # what was said before that
        said = self._hears.heard(LOOK_SECONDS)
        look = not said
        for words in said:
            with contextlib.suppress(ValueError, msgspec.MsgspecError):  # anybody who may use the database may say it
                one = _decode(b85decode(words))
                if one.node == self._nodes.id:
                    continue
                if one.gid:
                    with self._authority.lock:
                        self._nodes.hear(one)
                else:
                    look = True
        if look:
            self._look()

    def _look(self) -> None:
        """Take in what is new; asked for once, however often it is said before that, and once more for what is said
        until that is told: it may have been written after the look.
        """
        self._asked = True
        if self._looking or self._stopping:
            return
        self._looking, self._asked = True, False

        def done(outcome: object) -> None:
            self._looking = False
            if self._asked:
                self._look()

        self._nodes.catch_up(done)
