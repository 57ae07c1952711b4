"""What stands before every request, `/socket.io/` included: exact Host and Origin, two methods, the security headers.

It knows addresses and headers, no tokens: those come later, inside the WebSocket (section 10 of docs/protocol.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SOCKET_PATH = "/socket.io/"
UPLOAD_PATH = "/files/upload/"

# 'self' in connect-src covers the WebSocket of the same host and port. No inline script, no eval, and no string that
# turns into markup: the one policy of Trusted Types makes the address of the worker, and nothing else.
_CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "trusted-types hamraz-worker",  # which makes one address of one script, static/js/core/install.js
    )
)
SECURITY_HEADERS = (
    ("Content-Security-Policy", _CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(self), microphone=(self), geolocation=(self), display-capture=(), payment=(), usb=()",
    ),
)
_WEBSOCKET_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


class Guard:
    """WSGI middleware around the whole application; see docs/agent-api.md, "The door"."""

    def __init__(self, application: WSGIApplication, port: int) -> None:
        self._application = application
        self.hosts = hosts(port)
        self.origins = origins(port)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        refusal = self._refusal(environ)
        if refusal:
            return _refuse(refusal, start_response)
        # Uncompressed, what a client sends can't grow in memory beyond what came.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)

        def start_with_headers(status, headers, exc_info=None):  # type: ignore[no-untyped-def]
            own = {name.lower() for name, _ in headers}  # a file that is saved has a stricter policy of its own
            general = [(name, value) for name, value in SECURITY_HEADERS if name.lower() not in own]
            return start_response(status, [*headers, *general], exc_info)

        return self._application(environ, start_with_headers)

    def _refusal(self, environ: WSGIEnvironment) -> str | None:
        # A page elsewhere whose name was rebound to 127.0.0.1 sends its own name as Host.
        if environ.get("HTTP_HOST") not in self.hosts:
            return "421 Misdirected Request"
        if "HTTP_ORIGIN" in environ and environ["HTTP_ORIGIN"] not in self.origins:
            return "403 Forbidden"
        if environ["REQUEST_METHOD"] not in _methods(environ.get("PATH_INFO", "")):
            return "405 Method Not Allowed"
        # A browser names the Origin of every WebSocket, but not of every request of long polling: so only WebSocket.
        if environ.get("PATH_INFO", "").startswith(SOCKET_PATH) and not _opens_websocket(environ):
            return "400 Bad Request"
        return None


def _methods(path: str) -> tuple[str, ...]:
    """What may be done there: files come in by POST, and nothing else does."""
    return ("POST",) if path.startswith(UPLOAD_PATH) else ("GET", "HEAD")


def hosts(port: int) -> frozenset[str]:
    """The values of `Host` that are ours."""
    return frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def origins(port: int) -> frozenset[str]:
    """The values of `Origin` that are ours."""
    return frozenset(f"http://{host}" for host in hosts(port))


def _opens_websocket(environ: WSGIEnvironment) -> bool:
    connection = {word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")}
    return (
        environ["REQUEST_METHOD"] == "GET"
        and "upgrade" in connection
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and _WEBSOCKET_KEY.fullmatch(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) is not None
    )


def _refuse(status: str, start_response: StartResponse) -> Iterable[bytes]:
    body = f"{status}\n".encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    if status.startswith("405"):
        headers.append(("Allow", "GET, HEAD"))
    start_response(status, [*headers, ("Cache-Control", "no-store"), ("Connection", "close"), *SECURITY_HEADERS])
    return [body]
