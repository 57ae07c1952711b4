"""The Flask application: the page, its files, and the guard before both. Knows no agent."""

from __future__ import annotations

import os
import re
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, abort, render_template, send_from_directory
from flask_socketio import SocketIO

from web_client.guard import Guard, origins
from web_client.packets import LARGEST, CallPacket, quiet
from web_client.page_socket import use_page_sockets

_ROOT = Path(__file__).resolve().parent.parent
_VERSION = re.compile(r"v-[0-9a-f]{16}")
_FOREVER = "max-age=31536000, immutable"
# Named here, because mimetypes asks the machine, and some Windows machines say that .js is plain text.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def make_app(port: int, async_mode: str) -> tuple[Flask, SocketIO]:
    """The application and its Socket.IO server, for a page on 127.0.0.1:`port`; both stand behind the guard."""
    app = Flask("web_client", root_path=str(_ROOT), static_folder=None, template_folder="templates")
    files = _Files()
    app.add_url_rule("/", view_func=files.page)
    app.add_url_rule("/static/<path:name>", view_func=files.static)
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


class _Files:
    """The page and what it loads, under a name that changes with the files: a browser that has them asks for none."""

    def __init__(self) -> None:
        self._version = ""  # of the page that was served last

    def page(self) -> Response:
        """The one page; it holds no data."""
        self._version = _version(_ROOT / "static")
        content = render_template("index.html", static=f"/static/{self._version}")
        response = Response(content, mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
        return response

    def static(self, name: str) -> Response:
        """A file below static/ of a known type, also as VERSION/NAME; another version's page gets it as it is now."""
        version, _, rest = name.partition("/")
        if _VERSION.fullmatch(version):
            name = rest
        mimetype = _TYPES.get(os.path.splitext(name)[1]) or abort(404)
        response = send_from_directory(_ROOT / "static", name, mimetype=mimetype, conditional=True)
        response.headers["Cache-Control"] = _FOREVER if version == self._version else "no-cache"
        return response


def _version(folder: Path) -> str:
    """Names the state of all files below a folder, by their times and sizes: 3 ms, against 160 requests."""
    found = blake2b(digest_size=8)
    for path in sorted(folder.rglob("*")):
        status = path.lstat()  # an editor's own link may lead nowhere
        found.update(f"{path.relative_to(folder)}\0{status.st_mtime_ns}\0{status.st_size}\n".encode())
    return f"v-{found.hexdigest()}"
