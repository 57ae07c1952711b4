"""The Flask application: the page, its files, and the guard before both. Knows no agent."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, abort, render_template, send_from_directory
from flask_socketio import SocketIO

from web_client.guard import Guard, origins
from web_client.packets import LARGEST, CallPacket, quiet
from web_client.page_socket import use_page_sockets

_ROOT = Path(__file__).resolve().parent.parent
# Named here, because mimetypes asks the machine, and some Windows machines say that .js is plain text.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def make_app(port: int, async_mode: str) -> tuple[Flask, SocketIO]:
    """The application and its Socket.IO server, for a page on 127.0.0.1:`port`; both stand behind the guard."""
    app = Flask("web_client", root_path=str(_ROOT), static_folder=None, template_folder="templates")
    app.add_url_rule("/", view_func=page)
    app.add_url_rule("/static/<path:name>", view_func=static)
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        transports=["websocket"],
        cors_allowed_origins=sorted(origins(port)),
        cors_credentials=False,
        cookie=None,
        manage_session=False,
        max_http_buffer_size=LARGEST,
        serializer=CallPacket,
        logger=quiet(),
        engineio_logger=quiet(),
    )
    use_page_sockets(socketio.server.eio)
    app.wsgi_app = Guard(app.wsgi_app, port)  # type: ignore[method-assign]
    return app, socketio


def page() -> Response:
    """The one page; it holds no data."""
    response = Response(render_template("index.html"), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def static(name: str) -> Response:
    """A file below static/ of a known type; the browser asks each time whether it is still the same (ETag)."""
    mimetype = _TYPES.get(os.path.splitext(name)[1]) or abort(404)
    response = send_from_directory(_ROOT / "static", name, mimetype=mimetype, conditional=True)
    response.headers["Cache-Control"] = "no-cache"
    return response
