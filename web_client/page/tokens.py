"""Who may come in: the launch token, the session tokens, the api-token, and how often a password may be tried.

Knows no sockets, no files and no vault. A token is 256 random bits.
"""

from __future__ import annotations

import hmac
import math
import random
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from protocol.errors import error
from transport.token_buckets import TokenBuckets

# A guesser gets 30 tries a minute; a person who mistypes doesn't notice.
_LOGIN_TRIES, _LOGIN_SECONDS = 5, 2.0
# A sign-up guesses no secret, but each one costs the authority a look and this machine an Argon2id.
_SIGN_UP_TRIES, _SIGN_UP_SECONDS = 20, 2.0
# Who comes when the tries are used up waits for the next one, in no order that anybody chooses: a right password is let
# in beside somebody who guesses, and guesses become no more by it.
_WAITERS, _WAIT_SECONDS, _LOOK_SECONDS = 16, 20.0, 0.1
_LIMITS = {"sign_up": (_SIGN_UP_TRIES, _SIGN_UP_SECONDS), "password": (_LOGIN_TRIES, _LOGIN_SECONDS)}
_LIMITED = dict.fromkeys(("sign_up", "create_super_admin"), "sign_up") | dict.fromkeys(
    ("login", "open_with_kit", "recover_key", "begin_anew", "change_password", "begin_move", "kit", "new_kit"),
    "password",
)
_USERS = 64  # of this computer, each with tries of their own; more than that share one
# Each log-in and launch adds a session; the oldest gives way.
_SESSIONS = 64
Whose = tuple[str, int | None]  # what is tried, and by which user of this computer


class Door:
    """The tokens of one running agent, and its patience with those who have none."""

    def __init__(self, now: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep) -> None:
        self.launch_token = _new_token()
        self.api_token = _new_token()
        self._launched = False
        self._sessions: deque[str] = deque(maxlen=_SESSIONS)
        self._lock = threading.RLock()
        self._now = now
        self._pause = pause
        self._tries = {kind: TokenBuckets(*limit) for kind, limit in _LIMITS.items()}
        self._users = set[Whose]()
        self._waiting = Counter[Whose]()  # how many wait for a try

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

    def is_session(self, token: str) -> bool:
        """Whether this is the token of a session that has not ended."""
        with self._lock:
            return any(_same(token, known) for known in self._sessions)

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
    def patience(self, call: str, user: int | None = None) -> Iterator[None]:
        """Around a call of some user of this computer: after too many tries it waits for its turn, or is refused with
        `slow_down`; one that succeeds does not count. Nobody's tries are used up by another user's.
        """
        whose = self._whose(call, user)
        if whose is not None:
            self._take(*whose)
        yield
        if whose is not None:
            self._tries[whose[0]].spend(whose, self._now(), -1)

    def counts(self, call: str) -> bool:
        """Whether tries of this call are counted."""
        return call in _LIMITED

    def _whose(self, call: str, user: int | None) -> Whose | None:
        kind = _LIMITED.get(call)
        if kind is None:
            return None
        with self._lock:
            if len(self._users) >= _USERS and (kind, user) not in self._users:
                user = None
            self._users.add((kind, user))
        return kind, user

    def _take(self, kind: str, user: int | None) -> None:
        tries, whose = self._tries[kind], (kind, user)
        wait = tries.take_or_wait(whose, self._now())
        if not wait:
            return
        if self._waiting[whose] >= _WAITERS:
            raise error("slow_down", n=math.ceil(wait))
        self._waiting[whose] += 1
        try:
            for _look in range(int(_WAIT_SECONDS / _LOOK_SECONDS)):
                self._pause(_LOOK_SECONDS * random.uniform(0.5, 1.5))
                wait = tries.take_or_wait(whose, self._now())
                if not wait:
                    return
        finally:
            self._waiting[whose] -= 1
        raise error("slow_down", n=math.ceil(wait))


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _same(given: str, known: str) -> bool:
    # Pages may send any text, lone surrogates too; compare_digest takes only ASCII text.
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), known.encode())
