"""The Flask application: the page, its files, and the guard before both. Knows no agent."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from flask import Flask, Response, abort, render_template, send_from_directory
from flask_socketio import SocketIO

from storage.tree_state import tree_state
from web_client.page.green_websocket import bounded
from web_client.page.guard import Guard, origins
from web_client.page.packets import LARGEST, CallPacket, quiet

_ROOT = Path(__file__).resolve().parents[2]
_STATIC = _ROOT / "static"
ICON = _STATIC / "icon.svg"
_SOURCES = (_STATIC / "js", _STATIC / "css", _STATIC / "vendor")
_MADE_FROM = _STATIC / "bundle" / "made-from"  # the state of the sources when launch/page_files.py put them together
_VERSION = re.compile(r"v-[0-9a-f]{16}")
_FOREVER = "max-age=31536000, immutable"
# Named here, because mimetypes asks the machine, and some Windows machines say that .js is plain text.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def make_app(port: int, async_mode: str, sources: bool = False) -> tuple[Flask, SocketIO]:
    """The application and its Socket.IO server, for a page on 127.0.0.1:`port`; both stand behind the guard.

    With `sources` the page loads its source files one by one, and not the bundle of them.
    """
    app = Flask("web_client", root_path=str(_ROOT), static_folder=None, template_folder="templates")
    files = _Files(sources)
    app.add_url_rule("/", view_func=files.page)
    app.add_url_rule("/static/<path:name>", view_func=files.static)
    app.add_url_rule("/worker.js", view_func=files.worker)
    app.add_url_rule("/manifest.webmanifest", view_func=files.manifest)
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
    engine = socketio.server.eio
    if async_mode == "threading":
        from web_client.page.websocket import PageSocket  # green threads need nothing of what this one loads

        engine._async = {**engine._async, "websocket": PageSocket}
    else:
        engine._async = {**engine._async, "websocket": bounded(engine._async["websocket"])}
    app.wsgi_app = Guard(app.wsgi_app, port)  # type: ignore[method-assign]
    return app, socketio


class _Files:
    """The page and what it loads, under a name that changes with the files: a browser that has them asks for none."""

    def __init__(self, sources: bool) -> None:
        self._sources = sources and _SOURCES[0].exists()
        self._version = ""  # of the page that was served last

    def page(self) -> Response:
        """The one page; it holds no data. A bundle of older sources than those that lie there is not served."""
        self._version = f"v-{tree_state(_STATIC)}"
        bundled = not self._sources and _up_to_date()
        content = render_template("index.html", static=f"/static/{self._version}", bundled=bundled)
        response = Response(content, mimetype="text/html")
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Hamraz-Page"] = self._version
        return response

    def worker(self) -> Response:
        """What an installed page keeps of itself, of this version: its files, and which they are."""
        version = f"v-{tree_state(_STATIC)}"
        files = ["/", *(f"/static/{version}/{name}" for name in ("icon.svg", "bundle/page.css", "bundle/main.js"))]
        first = f"const version = {json.dumps(version)};\nconst files = {json.dumps(files)};\n"
        response = Response(first + (_STATIC / "worker.js").read_text(encoding="utf-8"), mimetype="text/javascript")
        response.headers["Cache-Control"] = "no-store"
        return response

    def manifest(self) -> Response:
        """How it is installed: its name, its sign, and a window of its own."""
        icon = {"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml"}
        told = {
            "name": "Hamraz همراز",
            "short_name": "Hamraz",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#f1ece4",
            "theme_color": "#0b6470",
            "icons": [icon],
            "protocol_handlers": [{"protocol": "web+hamraz", "url": "/#/open/%s"}],
            "launch_handler": {"client_mode": ["navigate-existing", "auto"]},
        }
        return Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")

    def static(self, name: str) -> Response:
        """A file below static/ of a known type, also as VERSION/NAME; another version's page gets it as it is now."""
        version, _, rest = name.partition("/")
        if _VERSION.fullmatch(version):
            name = rest
        mimetype = _TYPES.get(os.path.splitext(name)[1]) or abort(404)
        response = send_from_directory(_STATIC, name, mimetype=mimetype, conditional=True)
        response.headers["Cache-Control"] = _FOREVER if version == self._version else "no-cache"
        return response


def _up_to_date() -> bool:
    """Whether the bundle is what the sources would make; where Hamraz is installed, it is all there is of them."""
    return not _SOURCES[0].exists() or _made_from() == tree_state(*_SOURCES)


def _made_from() -> str:
    try:
        return _MADE_FROM.read_text(encoding="utf-8")
    except OSError:
        return ""
