"""Serves the page on 127.0.0.1 in a thread of its own, in either concurrency mode. Knows no agent and no tokens."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from protocol.errors import HamrazError, error

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "127.0.0.1"


class PageServer:
    """Answers between `start` and `close`."""

    def __init__(self, app: Flask, socketio: SocketIO, claimed: socket.socket) -> None:
        """`claimed` is what `claim` returned."""
        app.wsgi_app = _at_once(app.wsgi_app)  # type: ignore[method-assign, assignment]
        self._app = app
        self._socketio = socketio
        self._claimed = claimed
        self._port: int = claimed.getsockname()[1]
        self._werkzeug: BaseWSGIServer | None = None
        self._failure: HamrazError | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Return once the page answers."""
        serve = self._listen()
        threading.Thread(target=self._run, args=(serve,), name="page", daemon=True).start()
        while not self._answers() and not self._ended.wait(0.02):
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
        if self._werkzeug is not None:
            self._werkzeug.shutdown()
            self._werkzeug.server_close()

    def _listen(self) -> Callable[[], None]:
        """What serves until the end, once it is called; the port is ours from here to there."""
        if self._socketio.async_mode != "threading":
            self._claimed.close()  # the library listens by itself, in `run`
            return self._serve_green
        # It logs each request, and with a traceback each browser that goes away in the middle.
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        number = self._claimed.fileno()
        server = make_server(ADDRESS, self._port, self._app, threaded=True, request_handler=_Handler, fd=number)
        self._claimed.close()  # the server has a copy
        self._werkzeug = server
        return server.serve_forever

    def _serve_green(self) -> None:
        self._socketio.run(self._app, ADDRESS, self._port, debug=False, use_reloader=False, log_output=False)

    def _run(self, serve: Callable[[], None]) -> None:
        try:
            serve()
        except OSError:  # somebody was quicker, in the moment in which the port was not ours
            self._failure = error("port_taken", port=self._port)
        finally:
            self._ended.set()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(ADDRESS, self._port, timeout=5)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
            return True
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def claim(port: int) -> socket.socket:
    """Listen on the port of the page, or `port_taken`.

    eventlet's own listen shares the port with another agent that listens there already (SO_REUSEPORT) and says
    nothing; so this goes first in both modes.
    """
    claimed = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # elsewhere it means: although connections of an earlier run still linger
            claimed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claimed.bind((ADDRESS, port))
        claimed.listen(128)
    except OSError:
        claimed.close()
        raise error("port_taken", port=port) from None
    return claimed


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
    """Answers without telling which versions of what it runs on."""

    def version_string(self) -> str:
        return "Hamraz"
