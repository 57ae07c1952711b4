"""Who may come in: the launch token, the session tokens, the api-token, and how often a password may be tried.

Knows no sockets, no files and no vault. A token is 256 random bits.
"""

from __future__ import annotations

import hmac
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from protocol.errors import error
from web_client.limits import Bucket

# A guesser gets 10 tries a minute; a person who mistypes doesn't notice.
_LOGIN_TRIES, _LOGIN_SECONDS = 5, 6.0
# A sign-up guesses no secret, but each one costs the authority a look and this machine an Argon2id.
_SIGN_UP_TRIES, _SIGN_UP_SECONDS = 20, 2.0
# Each log-in and launch adds a session; the oldest gives way.
_SESSIONS = 64


class Door:
    """The tokens of one running agent, and its patience with those who have none."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.launch_token = _new_token()
        self.api_token = _new_token()
        self._launched = False
        self._sessions: deque[str] = deque(maxlen=_SESSIONS)
        self._lock = threading.RLock()
        self._now = now
        sign_ups = Bucket(_SIGN_UP_TRIES, _SIGN_UP_SECONDS)
        logins = Bucket(_LOGIN_TRIES, _LOGIN_SECONDS)
        self._buckets = {"sign_up": sign_ups, "create_super_admin": sign_ups}
        asks = ("login", "recover_key", "begin_anew", "change_password")  # each of them is asked with the password
        self._buckets |= dict.fromkeys(asks, logins)

    def issue(self) -> str:
        """A new session token."""
        token = _new_token()
        with self._lock:
            self._sessions.append(token)
        return token

    def holds(self, token: str) -> bool:
        """Whether this is the api-token or the token of a session that has not ended."""
        with self._lock:
            return any(_same(token, known) for known in (self.api_token, *self._sessions))

    def end_sessions(self) -> None:
        """Every session token is void; the api-token stays."""
        with self._lock:
            self._sessions.clear()

    def check_launch(self, token: str) -> None:
        """`bad_token` unless this is the launch token and it is unused."""
        with self._lock:
            if self._launched or not _same(token, self.launch_token):
                raise error("bad_token", field="token")

    def use_launch(self, token: str) -> None:
        """Use the launch token up; the second of two who come at once gets `bad_token`."""
        with self._lock:
            self.check_launch(token)
            self._launched = True

    @contextmanager
    def patience(self, call: str) -> Iterator[None]:
        """Around a call: `slow_down` when it came too often; one that succeeds does not count."""
        bucket = self._buckets.get(call)
        wait = bucket.take(self._now()) if bucket else 0.0
        if wait:
            raise error("slow_down", n=math.ceil(wait))
        yield
        if bucket:
            bucket.give_back()


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _same(given: str, known: str) -> bool:
    # Pages may send any text, lone surrogates too; compare_digest takes only ASCII text.
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
