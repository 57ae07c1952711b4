"""Serves the page on 127.0.0.1 and ::1 in threads of its own, in either mode. Knows no agent and no tokens."""

from __future__ import annotations

import contextlib
import errno
import http.client
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from protocol.errors import HamrazError, error
from transport import threads
from transport.threads import Troubles

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "127.0.0.1"
# Whoever has a connection and asks for nothing: eventlet answers 1,024 at once, and behind so many of any program on
# this computer the page would wait for ever. (A page's own WebSocket has asked.)
IDLE_SECONDS = 30
# `localhost` means both, and a browser asks the second first: one that isn't ours is somebody else's to take.
LOOPBACKS = ((socket.AF_INET, ADDRESS), (socket.AF_INET6, "::1"))
# What a machine says that has no IPv6: nobody else has it there either.
_NO_FAMILY = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT}


class Claim:
    """The page's port, on every loopback address of this machine: `port_taken` unless all of them are free.

    eventlet's own listen shares the port with another agent that listens there already (SO_REUSEPORT) and says
    nothing; so this goes first in both modes.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.sockets: list[socket.socket] = []
        for family, address in LOOPBACKS:
            try:
                self.sockets.append(_listen(family, address, port))
            except OSError as reason:
                if family is not socket.AF_INET and reason.errno in _NO_FAMILY:
                    continue
                self.close()
                raise error("port_taken", port=port) from None

    @property
    def url(self) -> str:
        """The page's address: by its name only where every address that it means is ours."""
        name = "localhost" if len(self.sockets) == len(LOOPBACKS) else ADDRESS
        return f"http://{name}:{self.port}/"

    def close(self) -> None:
        for claimed in self.sockets:
            claimed.close()

    def __enter__(self) -> Claim:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    claimed = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there, without this, others may listen at the same address beside us
            claimed.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # elsewhere this means: although connections of an earlier run still linger
            claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claimed.bind((address, port))
        claimed.listen(128)
    except OSError:
        claimed.close()
        raise
    return claimed


class PageServer:
    """Answers between `start` and `close`."""

    def __init__(self, app: Flask, socketio: SocketIO, claim: Claim, troubles: Troubles | None = None) -> None:
        app.wsgi_app = _at_once(app.wsgi_app)  # type: ignore[method-assign, assignment]
        self._app = app
        self._socketio = socketio
        self._troubles = troubles or Troubles()
        self._claim = claim
        self._addresses = [str(claimed.getsockname()[0]) for claimed in claim.sockets]
        self._werkzeug: list[BaseWSGIServer] = []
        self._failure: HamrazError | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Return once the page answers, at each of its addresses."""
        for address, claimed in zip(self._addresses, self._claim.sockets, strict=True):
            turn = partial(self._turn, address, [self._serving(address, claimed)])
            threads.keep("page server", turn, self._troubles, self._ended.wait, self._ended.is_set)
        for address in self._addresses:
            while not self._answers(address) and not self._ended.wait(0.02):
                continue

    def wait(self) -> None:
        """Return, or raise what went wrong, when serving ends; a signal raises KeyboardInterrupt here."""
        # With a limit, because on Windows a wait without one hears no Ctrl-C.
        while not self._ended.wait(0.5):
            continue
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Take no more requests. Connections that are open end with the process."""
        for server in self._werkzeug:
            server.shutdown()
            server.server_close()

    def _serving(self, address: str, claimed: socket.socket) -> Callable[[], None]:
        """What serves until the end, once it is called; the port is ours from here to there."""
        if self._socketio.async_mode != "threading":
            claimed.close()  # the library listens by itself, in `run`
            return partial(self._serve_green, address)
        # It logs each request, and with a traceback each browser that goes away in the middle.
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        number = claimed.fileno()
        server = make_server(address, self._claim.port, self._app, threaded=True, request_handler=_Handler, fd=number)
        claimed.close()  # the server has a copy
        server.get_request = partial(_caller, server.get_request)  # type: ignore[method-assign]
        self._werkzeug.append(server)
        return server.serve_forever

    def _serve_green(self, address: str) -> None:
        quiet = {"debug": False, "use_reloader": False, "log_output": False}
        self._socketio.run(self._app, address, self._claim.port, keepalive=IDLE_SECONDS, **quiet)

    def _turn(self, address: str, claimed: list[Callable[[], None]]) -> None:
        """Serve to the end; after a mistake, which has closed the port, listen anew."""
        try:
            if not claimed:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                claimed.append(self._serving(address, _listen(family, address, self._claim.port)))
            self._troubles.over("page server")
            claimed.pop()()
        except OSError:  # somebody was quicker, in the moment in which the port was not ours
            self._failure = error("port_taken", port=self._claim.port)
        self._ended.set()

    def _answers(self, address: str) -> bool:
        host = f"[{address}]" if ":" in address else address
        connection = http.client.HTTPConnection(address, self._claim.port, timeout=5)
        try:
            connection.request("HEAD", "/", headers={"Host": f"{host}:{self._claim.port}"})
            connection.getresponse()
            return True
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _caller(get_request: Callable[[], Any]) -> Any:
    """The next one; out of descriptors, the library would ask again at once, and take all of a processor."""
    try:
        return get_request()
    except OSError:
        time.sleep(0.05)
        raise


def _at_once(application: WSGIApplication) -> WSGIApplication:
    """Without Nagle's algorithm: news that follows an answer would wait 40 ms for the page to acknowledge the
    answer.
    """

    def run(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        line: socket.socket = environ.get("werkzeug.socket") or environ["eventlet.input"].get_socket()
        with contextlib.suppress(OSError):  # the page has gone meanwhile
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return application(environ, start_response)

    return run


class _Handler(WSGIRequestHandler):
    """Answers without telling which versions of what it runs on, and says `100 Continue` once, where it is known."""

    def parse_request(self) -> bool:
        if not super().parse_request():  # which says it to whom it is meant for
            return False
        del self.headers["Expect"]  # werkzeug would say it to everybody, and again
        try:
            urlsplit(self.path)  # as werkzeug does, which stumbles, and again when it logs it
        except ValueError:
            self.path = ""
            self.send_error(400)
            return False
        return True

    def version_string(self) -> str:
        return "Hamraz"
