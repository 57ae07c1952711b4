"""The original, running, with four people; and the 28 attacks that work there."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

from tests.drill import original
from tests.drill.drill import Outcome
from tests.drill.original import (
    HERE,
    OAEP,
    SEPARATOR,
    Client,
    Server,
    ask,
    deliver,
    pem,
    public,
    verifies,
)
from tests.processes import free_port

WORD = "meet me at seven"


class OriginalNetwork:
    """A server, and alice (the super admin), bob, carol and mallory with their clients."""

    def __init__(self) -> None:
        self.server = Server()
        self.clients: dict[str, Client] = {}

    def client(self, name: str, through: int | None = None) -> Client:
        made = self.clients[name] = Client(name, self.server, through)
        return made

    def people(self) -> list[Client]:
        """All four, signed up."""
        made = [self.client(name) for name in ("alice", "bob", "carol", "mallory")]
        for one in made:
            one.sign_up(password="open sesame")
        return made

    def group(self) -> tuple[str, int]:
        """A group of alice, bob and carol, with a word in it."""
        alice = self.clients["alice"]
        _, _, gid, port, _ = alice.start_group(["bob", "carol"], free_port())
        alice.post(int(port), gid, WORD)
        return gid, int(port)

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.server.close()


@contextlib.contextmanager
def original_network() -> Iterator[OriginalNetwork]:
    made = OriginalNetwork()
    try:
        yield made
    finally:
        made.close()


def passwords(here: OriginalNetwork) -> Outcome:
    with original.tap(here.server.port) as (port, crossed):
        here.client("alice", through=port).sign_up(password="open sesame")
    read = b"open sesame" in b"".join(crossed)
    return Outcome("listened at the wire", "the password, in the clear", read, wire=(("alice", crossed[0]),))


def first_come(here: OriginalNetwork) -> Outcome:
    first = here.client("mallory").sign_up()
    second = here.client("carol").sign_up(role="super admin")
    return Outcome("signed up first; then with a role", f"{first}; {second}", first == second == "super admin")


def foreign_key(here: OriginalNetwork) -> Outcome:
    alice, bob, _, mallory = here.people()
    signed_for_mallory = ask(here.server.port, SEPARATOR.join(("key", "x", "mallory")))
    with original.tap(here.server.port, lambda data: signed_for_mallory) as (port, _):
        alice.port_of_server = port
        alice.write("bob", WORD)
    got = mallory.inbox == [("alice", WORD)] and not bob.inbox
    return Outcome("mallory's signed key in answer to “bob”", "alice's message for bob", got)


def redirected(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    told = f"{SEPARATOR}{bob.listener.port}{SEPARATOR}".encode()

    def change(data: bytes) -> bytes:
        return data.replace(told, f"{SEPARATOR}{trap.port}{SEPARATOR}".encode())

    called: list[bytes] = []
    trap = original.Listener(lambda connection: called.append(connection.recv(100)))
    with original.tap(here.server.port, change) as (port, _):
        alice.port_of_server = port
        with contextlib.suppress(OSError):
            alice.write("bob", WORD)
    trap.close()
    return Outcome("another port in the answer", "alice's call", bool(called))


def anonymous(here: OriginalNetwork) -> Outcome:
    here.people()
    found = [name for name in ("alice", "bob", "zoe") if ask(here.server.port, SEPARATOR.join(("key", "nobody", name)))]
    return Outcome("asked for names, as nobody", f"keys and ports of {', '.join(found)}", found == ["alice", "bob"])


def impostor(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    port = bob.listener.port
    bob.listener.close()
    heard: list[bytes] = []

    def pose(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(b"go on")
        heard.append(connection.recv(1000))
        connection.sendall(b"ack")
        connection.recv(1000)
        connection.sendall(b"taken")

    trap = original.Listener(pose, port)
    alice.write("bob", WORD)
    trap.close()
    bob.listener = original.Listener(lambda connection: None)
    return Outcome(
        "listened at bob's port while bob was away", "alice's message, and she thinks bob has it", bool(heard)
    )


def guesses(here: OriginalNetwork) -> Outcome:
    alice, *_ = here.people()
    _, signature = alice.write("bob", "yes")
    guessed = [word for word in ("no", "yes") if verifies(alice.key.public_key(), signature, word.encode())]
    return Outcome("tried words against the signature beside the message", f"it says {guessed[0]}", guessed == ["yes"])


def passed_on(here: OriginalNetwork) -> Outcome:
    alice, bob, carol, _ = here.people()
    _, signature = alice.write("bob", WORD)
    sealed = public(bob.look_up("carol")[0]).encrypt(WORD.encode(), OAEP)
    deliver(carol.listener.port, "alice", sealed, signature)
    return Outcome(
        "alice's message, sealed anew for carol by bob", f"carol reads {carol.inbox}", carol.inbox == [("alice", WORD)]
    )


def replayed(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    sealed, signature = alice.write("bob", WORD)
    deliver(bob.listener.port, "alice", sealed, signature)
    return Outcome("the same bytes once more", f"bob has it {len(bob.inbox)} times", len(bob.inbox) == 2)


def rsa(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    recorded, _ = alice.write("bob", WORD)
    try:
        alice.write("bob", "x" * 191)
        long = "was sent"
    except ValueError:
        long = "can't be sent"
    past = bob.key.decrypt(recorded, OAEP).decode()  # with the key that leaked today
    return Outcome(
        "191 letters; a recorded message, with the key of today", f"{long}; “{past}”", past == WORD and "can't" in long
    )


def segments(here: OriginalNetwork) -> Outcome:
    here.people()
    with socket.create_connection((HERE, here.server.port), timeout=5) as connection:
        connection.sendall(b"log")
        answered = connection.recv(100)
    return Outcome("a log-in in two segments", f"{answered!r}, and the rest is never read", answered == b"")


def delimiters(here: OriginalNetwork) -> Outcome:
    here.people()
    gid, port = here.group()
    _, _, other, *_ = here.clients["alice"].start_group(["carol"], free_port())
    here.clients["bob"].post(port, gid, f"hello{SEPARATOR}{other}")
    there = here.server.groups[other].history
    return Outcome(f"“hello{SEPARATOR}{other}”", f"it stands in the other group: {there}", there == ["bob: hello"])


def forged_invitation(here: OriginalNetwork) -> Outcome:
    _, bob, _, mallory = here.people()
    mallory.write("bob", f"g99,{free_port()},not signed by anybody", is_cert=True)
    return Outcome(
        "an invitation of mallory's own making", f"bob is shown {len(bob.invitations)}", len(bob.invitations) == 1
    )


def old_certificate(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    _, _, gid, port, certificate = alice.start_group(["bob"], free_port())
    here.server.groups[gid].members.remove("bob")
    text = f"{gid},{port}"
    holds = verifies(here.server.key.public_key(), bytes.fromhex(certificate), text.encode())
    alice.write("bob", text, is_cert=True)
    return Outcome(
        "the certificate from before bob was removed",
        "it still holds, and bob is invited",
        holds and bool(bob.invitations),
    )


def port_race(here: OriginalNetwork) -> Outcome:
    alice, *_ = here.people()
    port = free_port()
    taken: list[socket.socket] = []
    here.server.between_check_and_bind = lambda: taken.append(socket.create_server((HERE, port)))
    with contextlib.suppress(OSError):
        answer = alice.start_group(["bob"], port)
    taken[0].close()
    lost = here.server.groups["g1"].listener is None
    return Outcome("took the port between look and use", f"{answer}: a group that nobody can reach", lost)


def beginner_creates(here: OriginalNetwork) -> Outcome:
    *_, mallory = here.people()
    refused = mallory.start_group(["bob"], free_port())
    raw = ask(here.server.port, SEPARATOR.join(("start", "mallory", "bob", str(free_port())))).decode()
    return Outcome(
        "“start” by a client of one's own", raw[:12], refused == ["not allowed"] and raw.startswith("chat started")
    )


def as_another(here: OriginalNetwork) -> Outcome:
    *_, mallory = here.people()
    gid, port = here.group()
    mallory.to_group(port, "alice", "you are all dismissed", gid)
    said = here.server.groups[gid].history[-1]
    return Outcome("a message with alice's name before it", said, said == "alice: you are all dismissed")


def server_reads(here: OriginalNetwork) -> Outcome:
    _, bob, *_ = here.people()
    gid, port = here.group()
    found = here.server.groups[gid].history[0]
    here.server.groups[gid].history[0] = "alice: don't come"
    read, _ = bob.reload(port, gid)
    return Outcome(
        "looked into the server's memory, and wrote there",
        f"“{found}”; bob reads “{read}”",
        WORD in found and "don't" in read,
    )


def proof_again(here: OriginalNetwork) -> Outcome:
    _, bob, *_ = here.people()
    gid, port = here.group()
    _, proof = bob.reload(port, gid)
    got = original.reload(here.server, port, gid, "bob", proof)
    return Outcome("bob's proof, from another connection", got, WORD in got)


def targets_role(here: OriginalNetwork) -> Outcome:
    *_, mallory = here.people()
    gid, port = here.group()
    answer = mallory.to_group(port, "command", gid, "alice", "remove", "mallory")
    return Outcome(
        "remove alice, by a beginner", answer, answer == "done" and "alice" not in here.server.groups[gid].members
    )


def roles(here: OriginalNetwork) -> Outcome:
    here.people()
    answer = ask(here.server.port, SEPARATOR.join(("role", "mallory", "admin"))).decode()
    now = here.server.users["mallory"].role
    ask(here.server.port, SEPARATOR.join(("role", "alice", "beginner user")))
    alice = here.server.users["alice"].role
    both = (now, alice) == ("admin", "beginner user")
    came = f"{answer}, and mallory is {now}, alice {alice}"
    return Outcome("make me an admin; make alice a beginner", came, both)


def removed_reads(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    gid, port = here.group()
    _, proof = bob.reload(port, gid)  # carol has heard it on the wire
    here.server.groups[gid].members.remove("carol")
    alice.post(port, gid, "now that carol is out")
    got = original.reload(here.server, port, gid, "bob", proof)
    return Outcome("a reload with what was heard before", got.splitlines()[-1], "now that carol is out" in got)


def key_replaced(here: OriginalNetwork) -> Outcome:
    alice, *_, mallory = here.people()
    alice.write("bob", WORD)
    here.server.users["bob"].pem, here.server.users["bob"].port = pem(mallory.key), mallory.listener.port
    alice.write("bob", "the second word")
    got = mallory.inbox == [("alice", "the second word")]
    return Outcome("another key and port for bob", "alice goes on, to mallory", got)


def killed(here: OriginalNetwork) -> Outcome:
    here.people()
    gid, _ = here.group()
    again = Server()
    lost = gid not in again.groups and not again.users
    again.close()
    return Outcome("ended the server and started it again", "no account, no group, no word", lost)


def lost_segment(here: OriginalNetwork) -> Outcome:
    alice, bob, *_ = here.people()
    found, port = alice.look_up("bob")
    sealed = public(found).encrypt(WORD.encode(), OAEP)
    with socket.create_connection((HERE, port), timeout=5) as connection:
        connection.sendall(f"alice{SEPARATOR}text".encode())
        connection.recv(100)
        connection.sendall(sealed)
        acknowledged = connection.recv(100)
    return Outcome(
        "cut the line after the “ack”",
        f"{acknowledged.decode()}, and bob has {bob.inbox}",
        acknowledged == b"ack" and not bob.inbox,
    )


def two_histories(here: OriginalNetwork) -> Outcome:
    _, bob, carol, _ = here.people()
    gid, port = here.group()
    to_bob, _ = bob.reload(port, gid)
    here.server.groups[gid].history = ["alice: meet me at nine"]
    to_carol, _ = carol.reload(port, gid)
    return Outcome("another history to each", f"bob: {to_bob}; carol: {to_carol}", to_bob != to_carol)


def foreign_page(here: OriginalNetwork) -> Outcome:
    with original.page() as port, socket.create_connection((HERE, port), timeout=5) as connection:
        origin = b"Host: evil.example\r\nOrigin: http://evil.example\r\n"
        connection.sendall(b"POST /send HTTP/1.1\r\n" + origin + b"Content-Length: 5\r\n\r\nhello")
        answer = connection.recv(1000)
    return Outcome("a POST from http://evil.example", answer.split(b"\r\n")[0].decode(), b" 200 " in answer)


def look_alike(here: OriginalNetwork) -> Outcome:
    here.people()
    role = here.client("аlice").sign_up()  # its first letter is Cyrillic
    return Outcome("signed up as “аlice”, with a Cyrillic а", role, role == "beginner user")


ATTACKS: list[Callable[[OriginalNetwork], Outcome]] = [
    passwords, first_come, foreign_key, redirected, anonymous, impostor, guesses, passed_on, replayed, rsa, segments,
    delimiters, forged_invitation, old_certificate, port_race, beginner_creates, as_another, server_reads, proof_again,
    targets_role, roles, removed_reads, key_replaced, killed, lost_segment, two_histories, foreign_page, look_alike,
]  # fmt: skip
