"""Serves the page on 127.0.0.1 in a thread of its own, in either concurrency mode. Knows no agent and no tokens."""

from __future__ import annotations

import contextlib
import http.client
import logging
import os
import socket
import threading

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from protocol.errors import error

ADDRESS = "127.0.0.1"


class PageServer:
    """Listens and answers between `start` and `close`."""

    def __init__(self, app: Flask, socketio: SocketIO, port: int) -> None:
        self._app = app
        self._socketio = socketio
        self._port = port
        self._werkzeug: BaseWSGIServer | None = None
        self._failure: BaseException | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Return once the page answers; `port_taken` if somebody else listens there."""
        with contextlib.closing(_claim(self._port)) as claimed:
            if self._socketio.async_mode == "threading":
                self._werkzeug = make_server(
                    ADDRESS, self._port, self._app, threaded=True, request_handler=_Handler, fd=claimed.fileno()
                )
                # It reports, with a traceback, each browser that goes away in the middle.
                logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        threading.Thread(target=self._serve, name="page", daemon=True).start()
        while not self._answers():
            if self._ended.wait(0.02):
                self.wait()

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

    def _serve(self) -> None:
        try:
            if self._werkzeug is not None:
                self._werkzeug.serve_forever()
            else:
                self._socketio.run(self._app, ADDRESS, self._port, debug=False, use_reloader=False, log_output=False)
        except OSError as failure:
            self._failure = failure
        finally:
            self._ended.set()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(ADDRESS, self._port, timeout=5)
        try:
            connection.request("HEAD", "/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _claim(port: int) -> socket.socket:
    """Listen on the port, or `port_taken`.

    eventlet's own listen would share the port with whoever listens there already (SO_REUSEPORT) and say nothing, so
    this looks first in both modes.
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


class _Handler(WSGIRequestHandler):
    """Answers without telling its version, and keeps no log: who reads what is the user's own business."""

    server_version = "Hamraz"
    sys_version = ""

    def log(self, type: str, message: str, *args: object) -> None:
        return
