"""The page's and the bots' calls over Socket.IO: who may call, what they are answered, and what is pushed to whom.

The one place of the agent's door that catches broadly: whatever fails behind a call is answered as `internal`.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
from typing import Any

from engineio.exceptions import EngineIOError  # type: ignore[import-untyped]
from socketio.exceptions import ConnectionRefusedError as Refuse

from protocol.errors import Forged, HamrazError, Refused, error
from web_client.account import bounds
from web_client.net.local_user import user_of
from web_client.page.routes import CALLS, decode_arguments
from web_client.page.tokens import Door

# Who gets through these has shown the vault's password, and gets a token.
_ENTERING = ("login", "open_with_kit", "recover_key", "restore", "restore_again", "sign_up", "create_super_admin")
_AT_ONCE = 100  # pushed events that stand in one, so that no other waits for long
_BEFORE = ("discovered", "computers", "move", "restoring")  # pushed to a page that has not logged in, too

_log = logging.getLogger(__name__)


class PageEvents:
    """Answers the calls of one agent's clients. `server` is the Socket.IO server, whose client ids are `sid`s."""

    def __init__(self, server: Any, agent: Any, door: Door) -> None:
        self._server = server
        self._agent = agent
        self._door = door
        self._tokens: dict[str, str | None] = {}
        self._ends: dict[str, tuple[Any, ...]] = {}  # of each connection: the other's address and port, and ours
        self._together: set[str] = set()  # who has the events of one change in one
        self._locks = 0  # how often the vault has been closed
        server.on("connect", self.connect)
        server.on("disconnect", self.disconnect)
        server.on("call", self.call)
        agent.subscribe(self.push, self.push_together)

    def connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        """Let a client in, or refuse it by name; the guard has checked Host and Origin, if there is one, already."""
        token = auth.get("token") if isinstance(auth, dict) else auth
        if token is None:
            # Only a page may come without: its Origin is the browser's word that the page is ours.
            if "HTTP_ORIGIN" not in environ:
                raise _refusal(error("token_needed"))
        elif not isinstance(token, str) or not self._door.holds(token):
            raise _refusal(error("bad_token", field="token"))
        self._tokens[sid] = token
        if isinstance(auth, dict) and auth.get("together") is True:
            self._together.add(sid)
        self._ends[sid] = tuple(environ.get(name) for name in ("REMOTE_ADDR", "REMOTE_PORT", "SERVER_PORT"))

    def disconnect(self, sid: str, reason: str) -> None:
        self._tokens.pop(sid, None)
        self._together.discard(sid)
        self._ends.pop(sid, None)

    def call(self, sid: str, name: Any = None, *arguments: Any) -> dict[str, Any]:
        """The acknowledgement of one call."""
        locks = self._locks
        try:
            return {"ok": True, **self._answer(sid, name, arguments)}
        except (Refused, Forged) as failure:
            return {"ok": False, "error": describe(failure)}
        except Exception as failure:
            if self._locks != locks or self._locked_under(name):
                # under the call's feet: whatever it then stumbled over, a line that was cut or a row that was gone
                return {"ok": False, "error": describe(error("locked"))}
            if isinstance(failure, HamrazError):
                return {"ok": False, "error": describe(failure)}
            # Without the exception's text: it may quote what was given.
            trace = "".join(traceback.format_tb(failure.__traceback__))
            _log.error("The call %s failed with %s:\n%s", name, type(failure).__name__, trace.rstrip())
            return {"ok": False, "error": describe(error("internal"))}

    def is_watched(self) -> bool:
        """Whether a page is open that is logged in; programs are none."""
        return any(token is not None and self._door.is_session(token) for token in list(self._tokens.values()))

    def push(self, event: str, value: dict[str, Any] | None) -> None:
        """Send what the agent tells to the clients that are logged in; when the vault closes, they hear that last."""
        for sid, token in list(self._tokens.items()):
            if event in _BEFORE or (token is not None and self._door.holds(token)):
                self._emit(sid, event, value)
        if event == "stage" and value is not None and value["stage"] != "ready":
            self._locks += 1
            self._door.end_sessions()

    def push_together(self, told: list[tuple[str, dict[str, Any] | None]]) -> None:
        """The same of the events of one change: in one for whoever has asked for that, as a page draws it once then."""
        for sid, token in list(self._tokens.items()):
            if token is None or not self._door.holds(token):
                continue
            if sid in self._together:
                for start in range(0, len(told), _AT_ONCE):
                    self._emit(sid, "together", told[start : start + _AT_ONCE])
            else:
                for event, value in told:
                    self._emit(sid, event, value)

    def _emit(self, sid: str, event: str, value: Any) -> None:
        # one that has gone meanwhile hinders no other; its disconnect is on the way
        with contextlib.suppress(EngineIOError):
            self._server.emit(event, (value,), to=sid)

    def _locked_under(self, name: Any) -> bool:
        """True for a call that needs an open vault while there is none: it was closed a moment ago."""
        call = CALLS.get(name) if isinstance(name, str) else None
        return call is not None and not call.before and self._agent.stage == "log_in"

    def _answer(self, sid: str, name: Any, given: tuple[Any, ...]) -> dict[str, Any]:
        call = CALLS.get(name) if isinstance(name, str) else None
        if call is None:
            raise error("bad_request")
        if not call.before:
            self._check_session(sid)
        arguments = decode_arguments(call, given)
        if name == "launch":
            return self._launch(sid, **arguments)
        with self._door.patience(name, self._user(name, sid)):
            answer = self._agent.run(name, arguments)
        return {**answer, "token": self._issue(sid)} if name in _ENTERING else answer

    def _user(self, name: str, sid: str) -> int | None:
        """Which user of this computer is there, where it matters and is known."""
        ends = self._ends.get(sid)
        if ends is None or not self._door.counts(name):
            return None
        try:
            return user_of(str(ends[0]), int(ends[1]), int(ends[2]))
        except (TypeError, ValueError):
            return None

    def _check_session(self, sid: str) -> None:
        token = self._tokens.get(sid)
        if token is None:
            raise error("token_needed")
        if not self._door.holds(token):
            raise error("bad_token")
        self._check_open()

    def _check_open(self) -> None:
        stage = self._agent.stage
        if stage != "ready":
            raise error("locked" if stage == "log_in" else "no_account")

    def _launch(self, sid: str, token: str) -> dict[str, Any]:
        # A launch token that can't be used yet, as the vault is locked, stays good.
        self._door.check_launch(token)
        self._check_open()
        self._door.use_launch(token)
        return {"username": self._agent.status()["username"], "token": self._issue(sid)}

    def _issue(self, sid: str) -> str:
        """A session token, which also counts for this connection at once."""
        token = self._door.issue()
        if self._agent.stage != "ready":
            # Somebody locked the vault meanwhile: either that ended this token too, or it is ended here.
            self._door.end_sessions()
            raise error("locked")
        if sid in self._tokens:
            self._tokens[sid] = token
        return token


def describe(failure: HamrazError) -> dict[str, Any]:
    """An error as docs/agent-api.md shapes it."""
    return {
        "code": failure.code,
        "text": failure.text,
        "hint": failure.hint,
        "field": failure.field,
        # what another machine's error mentions is its choice
        "values": {
            name: bounds.whole(value) if isinstance(value, int) else value for name, value in failure.values.items()
        },
    }


def _refusal(failure: HamrazError) -> Refuse:
    return Refuse(failure.code, describe(failure))
