"""Who is there: an owner, honest people and hostile ones, all of them raw clients, and the groups that they are in."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from protocol import links, messages
from protocol.messages import (
    ChangeRole,
    ChatStarted,
    CheckSignUp,
    Committed,
    Done,
    Enter,
    Entered,
    FetchLog,
    GrantKeys,
    Hello,
    LoggedIn,
    LogIn,
    LogPart,
    MakeCommit,
    Post,
    Posted,
    PublishPrekey,
    SignedUp,
    SignUp,
    SignUpChecked,
    StartGroup,
)
from protocol.primitives import OpenKey, SigningKey, random_id, random_nonce
from protocol.roles import Role
from protocol.statements import (
    NO_DEVICE,
    PROOF_AUTHORITY,
    PROOF_GROUP,
    Generation,
    Prekey,
    Presence,
    Signed,
    Welcome,
    decode_strict,
    issue,
    prove,
)
from tests.authority.group_peer import Circle
from tests.authority.peer import Person
from tests.live.hostile import Raw

HONEST = 4


class Line(Raw):
    """One connection to an authority that has said who it is; requests are asked for one after the other."""

    def __init__(self, port: int, source: str = "") -> None:
        super().__init__(port, source)
        self.rid = 0
        self.send(Hello(messages.VERSION, random_nonce()))
        self.welcome = decode_strict(self.answer(messages.Welcomed).welcome.body, Welcome)

    def ask(self, request: Any, kind: Any) -> Any:
        """The answer; a refusal is an AssertionError."""
        self.rid += 1
        self.send(type(request)(self.rid, *[getattr(request, name) for name in request.__struct_fields__[1:]]))
        return self.answer(kind)

    def log_in(self, person: Person) -> Line:
        self.ask(log_in_request(self.welcome.server_nonce, self.fingerprint, person), LoggedIn)
        return self

    def enter(self, gid: bytes, person: Person) -> Line:
        proof = prove(
            PROOF_GROUP, gid, self.welcome.server_nonce, self.fingerprint, person.uid, person.key, person.authority_id
        )
        self.ask(Enter(0, gid, person.uid, proof), Entered)
        return self


def log_in_request(nonce: bytes, fingerprint: bytes, person: Person, rid: int = 0) -> LogIn:
    person.sequence += 1
    proof = prove(PROOF_AUTHORITY, person.authority_id, nonce, fingerprint, person.uid, person.key, person.authority_id)
    presence = issue(
        Presence(person.uid, NO_DEVICE, person.sequence, ["127.0.0.1"], 9, bytes(32)), person.key, person.authority_id
    )
    generation = issue(Generation(person.uid, 1, bytes(16)), person.key, person.authority_id)
    return LogIn(rid=rid, uid=person.uid, proof=proof, presence=presence, generation=generation, head=None, shown=True)


def sign_up(line: Line, person: Person, invitation: str, owner_code: str | None = None) -> None:
    checked = line.ask(CheckSignUp(0, person.name, person.email, invitation, owner_code), SignUpChecked)
    register = person.register(name_key=checked.name_key)
    line.ask(SignUp(0, register, person.email, invitation, owner_code), SignedUp)


def prekey(person: Person, sequence: int = 1) -> Signed:
    body = Prekey(person.uid, NO_DEVICE, random_id(), sequence, OpenKey.generate().public.raw)
    return issue(body, person.key, person.authority_id)


@dataclass
class Town:
    """A running authority's people. Group 0 has the honest ones only, the others everybody."""

    port: int
    invitation: str
    authority_id: bytes
    people: dict[str, Person] = field(default_factory=dict)
    groups: list[tuple[bytes, int, int, bytes]] = field(default_factory=list)  # (gid, port, epoch, commit hash)
    head: bytes = b""  # an encoded signed head, for headers

    def honest(self) -> list[Person]:
        return [self.people[f"honest{number}"] for number in range(HONEST)]

    def hostile(self, count: int) -> list[Person]:
        return [self.people[f"hostile{number}"] for number in range(count)]

    def circle(self, number: int) -> Circle:
        """A group, for making entries."""
        gid, port, epoch, hash = self.groups[number]
        head = decode_strict(self.head, Signed)
        authority: Any = SimpleNamespace(id=self.authority_id, published=SimpleNamespace(head=head))
        return Circle(authority, gid, port, epoch, hash)

    def save(self, path: Path) -> None:
        people = {name: (who.key.save().hex(), who.uid.hex(), who.sequence) for name, who in self.people.items()}
        groups = [(gid.hex(), port, epoch, hash.hex()) for gid, port, epoch, hash in self.groups]
        fixed = {"port": self.port, "invitation": self.invitation, "id": self.authority_id.hex()}
        path.write_text(json.dumps({**fixed, "people": people, "groups": groups, "head": self.head.hex()}))

    @classmethod
    def load(cls, path: Path) -> Town:
        found = json.loads(path.read_text())
        id = bytes.fromhex(found["id"])
        people = {}
        for name, (key, _uid, sequence) in found["people"].items():
            people[name] = Person(id, name, SigningKey(bytes.fromhex(key)), sequence=sequence)
        groups = [(bytes.fromhex(gid), port, epoch, bytes.fromhex(hash)) for gid, port, epoch, hash in found["groups"]]
        return cls(found["port"], found["invitation"], id, people, groups, bytes.fromhex(found["head"]))


def found(owner_link: str, hostile: int, groups: int) -> Town:
    """Make the accounts and the groups."""
    link = links.decode(owner_link)
    assert link.invitation is not None
    town = Town(link.port, link.invitation, link.authority_id)
    names = [
        "owner",
        *(f"honest{number}" for number in range(HONEST)),
        *(f"hostile{number}" for number in range(hostile)),
    ]
    for name in names:
        who = town.people[name] = Person(town.authority_id, name)
        with Line(town.port) as line:
            sign_up(line, who, link.invitation, link.owner_code if name == "owner" else None)
            line.log_in(who).ask(PublishPrekey(0, prekey(who)), Done)
    owner = town.people["owner"]
    with Line(town.port) as line:
        line.log_in(owner)
        part = line.ask(FetchLog(0, 0), LogPart)
        town.head = messages.encode(part.head)
        for who in town.hostile(hostile):  # what their rank allows is part of what they can do
            change = owner.role_change(who.uid, Role.ADVANCED, names.index(who.name) + 1)
            line.ask(ChangeRole(0, change), messages.Appended)
        for number in range(groups):
            members = [owner, *town.honest(), *(town.hostile(hostile) if number else [])]
            _make(town, line, owner, members)
    return town


def _make(town: Town, line: Line, owner: Person, members: list[Person]) -> None:
    gid = random_id()
    town.groups.append((gid, 0, 0, bytes(32)))
    circle = town.circle(-1)
    port = _agree(line, gid)
    signed = circle.commit(owner, members)
    line.ask(GrantKeys(0, gid, 1, circle.grants(members)), Done)
    line.ask(MakeCommit(0, signed, b""), Committed)
    circle.adopt(signed)
    town.groups[-1] = (gid, port, 1, circle.hash)
    for who in members[1:]:
        with Line(port) as room:
            room.enter(gid, who).ask(Post(0, gid, circle.join_entry(who)), Posted)


def _agree(line: Line, gid: bytes) -> int:
    """A port that the authority takes."""
    for port in range(28_000, 65_000, 7):
        with contextlib.suppress(AssertionError):
            started = line.ask(StartGroup(0, gid, port), ChatStarted)
            return int(started.port)
    raise AssertionError("no port")
