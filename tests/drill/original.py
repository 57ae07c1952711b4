"""A small, honest replica of the original (the specification as it was first written), so that an attack can be seen to
work there: what it does wrong is what the original does wrong, and nothing else.

Only the drill uses it. It listens on loopback, and every request is one connection, one segment each way, as there.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

HERE = "127.0.0.1"
SEGMENT = 65536
OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
PKCS1 = padding.PKCS1v15()
SEPARATOR = ",="
MAY_COMMAND = {"super admin", "admin", "advanced user"}


@cache
def key_of(name: str) -> RSAPrivateKey:
    """One for each name, made once: making them takes longest of all here."""
    return generate_private_key(65537, 2048)


def sign(key: RSAPrivateKey, data: bytes) -> bytes:
    return key.sign(data, PKCS1, hashes.SHA256())


def verifies(key: RSAPublicKey, signature: bytes, data: bytes) -> bool:
    try:
        key.verify(signature, data, PKCS1, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def public(text: str) -> RSAPublicKey:
    key = load_pem_public_key(text.encode())
    assert isinstance(key, RSAPublicKey)
    return key


def ask(port: int, request: str | bytes) -> bytes:
    """One request, one answer, each in whatever segments it comes."""
    with socket.create_connection((HERE, port), timeout=5) as connection:
        connection.sendall(request.encode() if isinstance(request, str) else request)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(SEGMENT)


class Listener:
    """Accepts until it is closed; each connection is handed to `handle`, one after the other."""

    def __init__(self, handle: Callable[[socket.socket], None], port: int = 0) -> None:
        self._server = socket.create_server((HERE, port))
        self.port: int = self._server.getsockname()[1]
        self._handle = handle
        self._thread = threading.Thread(target=self._run, name=f"original {self.port}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection, contextlib.suppress(Exception):  # a bad request ends its connection, as there
                connection.settimeout(5)
                self._handle(connection)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join()


@dataclass
class User:
    password: str
    role: str
    pem: str
    port: int


@dataclass
class Group:
    port: int
    members: list[str]
    history: list[str] = field(default_factory=list)
    listener: Listener | None = None


class Server:
    """The original's authority: everything in memory."""

    def __init__(self) -> None:
        self.key = key_of("the server")
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.between_check_and_bind: Callable[[], None] = lambda: None
        self._main = Listener(lambda connection: connection.sendall(self.answer(connection.recv(SEGMENT))))
        self.port = self._main.port

    def answer(self, segment: bytes) -> bytes:
        """What it says to one segment; it takes each for one whole request."""
        verb, *rest = segment.decode().split(SEPARATOR)
        found: str = getattr(self, f"_on_{verb}")(*rest)
        return found.encode()

    def _on_sign_up(self, text: str) -> str:
        asked = json.loads(text)
        role = asked.get("role") or ("beginner user" if self.users else "super admin")
        self.users[asked["username"]] = User(asked["password"], role, asked["pem"], asked["port"])
        return role

    def _on_login(self, name: str, password: str) -> str:
        user = self.users.get(name)
        return "welcome" if user is not None and user.password == password else "wrong"

    def _on_key(self, _asker: str, wanted: str) -> str:
        user = self.users[wanted]
        return SEPARATOR.join((user.pem, str(user.port), sign(self.key, user.pem.encode()).hex()))

    def _on_start(self, creator: str, members: str, proposed: str) -> str:
        port = int(proposed)
        with socket.socket() as probe:
            if probe.connect_ex((HERE, port)) == 0:
                return "taken"
        self.between_check_and_bind()
        gid = f"g{len(self.groups) + 1}"
        group = self.groups[gid] = Group(port, [creator, *members.split(",")])
        group.listener = Listener(lambda connection: connection.sendall(self._on_group(connection)), port)
        certificate = sign(self.key, f"{gid},{port}".encode()).hex()
        return SEPARATOR.join(("chat started", creator, gid, str(port), certificate))

    def _on_role(self, target: str, role: str) -> str:
        may = self.users[target].role in MAY_COMMAND
        self.users[target].role = role  # applied before, and whatever, it answers
        return "done" if may else "not allowed"

    def _on_group(self, connection: socket.socket) -> bytes:
        asked = self.key.decrypt(connection.recv(SEGMENT), OAEP).decode().split(SEPARATOR)
        if asked[0] == "reload":
            _, gid, user = asked
            connection.sendall(b"go on")
            signed = connection.recv(SEGMENT)
            known = public(self.users[user].pem)
            if user in self.groups[gid].members and verifies(known, signed, user.encode()):
                return "\n".join(self.groups[gid].history).encode()
            return b"no access"
        if asked[0] == "command":
            _, gid, target, action, _by = asked
            if self.users[target].role not in MAY_COMMAND:
                return b"not allowed"
            members = self.groups[gid].members
            members.append(target) if action == "add" else members.remove(target)
            return b"done"
        user, text, gid = asked[:3]
        self.groups[gid].history.append(f"{user}: {text}")
        return b"stored"

    def close(self) -> None:
        self._main.close()
        for group in self.groups.values():
            if group.listener is not None:
                group.listener.close()


class Client:
    """The original's client of one user."""

    def __init__(self, name: str, server: Server, through: int | None = None) -> None:
        self.name, self.key = name, key_of(name)
        self.server = server  # for its public key, which everybody has
        self.port_of_server = through or server.port
        self.inbox: list[tuple[str, str]] = []  # (from whom, text), each as it came
        self.invitations: list[str] = []
        self.away = False
        self.listener = Listener(self._take)

    def sign_up(self, password: str = "a secret word", **more: str) -> str:
        request = {"username": self.name, "email": f"{self.name}@example.org", "password": password}
        request |= {"pem": pem(self.key), **more}
        text = json.dumps(request | {"port": self.listener.port})
        return ask(self.port_of_server, f"sign_up{SEPARATOR}{text}").decode()

    def look_up(self, name: str) -> tuple[str, int]:
        """Somebody's key and port; ValueError if the server hasn't signed the key."""
        found, port, signature = (
            ask(self.port_of_server, SEPARATOR.join(("key", self.name, name))).decode().split(SEPARATOR)
        )
        if not verifies(self.server.key.public_key(), bytes.fromhex(signature), found.encode()):
            raise ValueError("not signed")
        return found, int(port)

    def write(self, name: str, text: str, is_cert: bool = False) -> list[bytes]:
        """Send one message straight to somebody's listener; returns what crossed the wire."""
        found, port = self.look_up(name)
        sealed = public(found).encrypt(text.encode(), OAEP)
        signature = sign(self.key, text.encode())
        deliver(port, self.name, sealed, signature, is_cert)
        return [sealed, signature]

    def _take(self, connection: socket.socket) -> None:
        sender, kind = connection.recv(SEGMENT).decode().split(SEPARATOR)
        connection.sendall(b"go on")
        sealed = connection.recv(SEGMENT)
        connection.sendall(b"ack")
        signature = connection.recv(SEGMENT)
        text = self.key.decrypt(sealed, OAEP).decode()
        found, _ = self.look_up(sender)
        if verifies(public(found), signature, text.encode()):
            if kind == "cert":
                self.invitations.append(text)
            else:
                self.inbox.append((sender, text))
            connection.sendall(b"taken")
        else:
            connection.sendall(b"refused")

    def start_group(self, members: list[str], port: int) -> list[str]:
        """Only the client looks at the role."""
        if self.server.users[self.name].role not in MAY_COMMAND:
            return ["not allowed"]
        return (
            ask(self.port_of_server, SEPARATOR.join(("start", self.name, ",".join(members), str(port))))
            .decode()
            .split(SEPARATOR)
        )

    def to_group(self, port: int, *parts: str) -> str:
        sealed = self.server.key.public_key().encrypt(SEPARATOR.join(parts).encode(), OAEP)
        return ask(port, sealed).decode()

    def post(self, port: int, gid: str, text: str) -> str:
        return self.to_group(port, self.name, text, gid)

    def reload(self, port: int, gid: str) -> tuple[str, bytes]:
        """The history, and the proof that crossed the wire: the same every time."""
        proof = sign(self.key, self.name.encode())
        return reload(self.server, port, gid, self.name, proof), proof

    def close(self) -> None:
        self.listener.close()


def deliver(port: int, sender: str, sealed: bytes, signature: bytes, is_cert: bool = False) -> bytes:
    """Say these bytes to a listener, as `sender`; its last word."""
    with socket.create_connection((HERE, port), timeout=5) as connection:
        connection.sendall(SEPARATOR.join((sender, "cert" if is_cert else "text")).encode())
        connection.recv(SEGMENT)
        connection.sendall(sealed)
        connection.recv(SEGMENT)
        connection.sendall(signature)
        return connection.recv(SEGMENT)


def reload(server: Server, port: int, gid: str, name: str, proof: bytes) -> str:
    """Ask for a group's history with a proof, whoever has made it."""
    with socket.create_connection((HERE, port), timeout=5) as connection:
        asked = SEPARATOR.join(("reload", gid, name))
        connection.sendall(server.key.public_key().encrypt(asked.encode(), OAEP))
        connection.recv(SEGMENT)
        connection.sendall(proof)
        return connection.recv(SEGMENT).decode()


class Page(BaseHTTPRequestHandler):
    """The original's page: whoever can reach the port may send in its user's name."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"sent")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def page() -> Iterator[int]:
    """Its port."""
    server = HTTPServer((HERE, 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def tap(port: int, change: Callable[[bytes], bytes] = lambda data: data) -> Iterator[tuple[int, list[bytes]]]:
    """Stand between: the port to dial, and all that has crossed; `change` is applied to what comes back."""
    crossed: list[bytes] = []

    def relay(connection: socket.socket) -> None:
        asked = connection.recv(SEGMENT)
        crossed.append(asked)
        answer = change(ask(port, asked))
        crossed.append(answer)
        connection.sendall(answer)

    listener = Listener(relay)
    try:
        yield listener.port, crossed
    finally:
        listener.close()
