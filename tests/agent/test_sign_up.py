"""From the join link to an open vault: refusals, answers that are lost, power cuts, and what a log-in then mends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from protocol import messages
from protocol.errors import CATALOGUE, LOCAL, HamrazError
from protocol.messages import (
    CheckSignUp,
    Done,
    Failed,
    Hello,
    LoggedIn,
    LogPart,
    PublishPrekey,
    SignedUp,
    SignUp,
    SignUpChecked,
    Watching,
    Welcomed,
)
from protocol.primitives import SigningKey
from protocol.statements import Welcome, decode_strict, issue
from tests.agent.cuts import StepCounter
from tests.agent.memory_agent import PASSWORD, MemoryAgent, Opened
from tests.agent.wire import decoded
from tests.world import Killed, MemoryNetwork, Person, World
from web_client.account import identity
from web_client.agent.api import Agent
from web_client.authority import fallback_prekey
from web_client.vault import database as vault_database
from web_client.vault.database import Vault

EMAIL = "Arash@Example.org"

pytestmark = pytest.mark.usefixtures("cheap_argon2")


def sign_up(agent: Agent, name: str = "newcomer", email: str = EMAIL, **changes: str) -> dict[str, Any]:
    values = {"email": email, "username": name, "password": PASSWORD, "password_confirm": PASSWORD}
    return agent.sign_up(**{**values, **changes})


def refused(run: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code, reason.value.field


def files(agent: Agent) -> set[str]:
    return {path.name for path in agent._folder.iterdir()}


def accounts(world: World, name: str = "newcomer") -> int:
    return sum(user.name == name for user in world.authority.state.log.users.values())


# --- who becomes what ---


def test_the_owner_becomes_the_super_admin_and_the_next_a_beginner(world: World, opened: Opened) -> None:
    owner = opened(owner=True)
    assert owner.status()["stage"] == "sign_up" and owner.status()["owner"] is True
    assert owner.create_super_admin(EMAIL, "newcomer", PASSWORD, PASSWORD) == {"username": "newcomer"}
    assert owner.stage == "ready"
    assert owner.snapshot()["me"]["role"] == "super admin"
    sara = Person(world, "sara")
    sara.sign_up(world.link, None, "sara@example.org")
    user = sara.node.ctx.trust.user(sara.uid)
    assert user is not None and user.role.value == "beginner user"


def test_the_first_account_needs_the_owner_link(world: World, opened: Opened) -> None:
    agent = opened()
    assert refused(lambda: sign_up(agent)) == ("owner_first", None)
    assert refused(lambda: agent.create_super_admin(EMAIL, "newcomer", PASSWORD, PASSWORD)) == (
        "owner_link_needed",
        None,
    )
    assert files(agent) == {"authority.link"}


def test_an_owner_link_that_is_used_up_makes_a_beginner(world: World, arash: Person, opened: Opened) -> None:
    agent = opened(owner=True)
    sign_up(agent)
    assert agent.snapshot()["me"]["role"] == "beginner user"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"username": "arash"}, ("name_taken", "username")),
        ({"username": "ARASH"}, ("name_lookalike", "username")),
        ({"username": "\u0430rash"}, ("name_scripts", "username")),
        ({"username": "x"}, ("name_form", "username")),
        ({"username": ""}, ("name_form", "username")),
        ({"username": "x" * 65}, ("name_form", "username")),
        ({"email": "arash@x.example"}, ("email_taken", "email")),
        ({"email": " ARASH@X.example "}, ("email_taken", "email")),
        ({"email": "nowhere"}, ("email_form", "email")),
        ({"email": ""}, ("email_form", "email")),
        ({"email": "x@" + "y" * 260}, ("email_form", "email")),
        ({"password_confirm": PASSWORD + "!"}, ("password_mismatch", "password_confirm")),
        ({"password": "short", "password_confirm": "short"}, ("password_weak", "password")),
    ],
)
def test_each_refusal_names_its_field_and_leaves_nothing(
    world: World, arash: Person, opened: Opened, changes: dict[str, str], expected: tuple[str, str]
) -> None:
    agent = opened()
    values = {"email": EMAIL, "username": "newcomer", "password": PASSWORD, "password_confirm": PASSWORD}
    assert refused(lambda: agent.sign_up(**{**values, **changes})) == expected
    assert files(agent) == {"authority.link"}
    assert agent.stage == "sign_up"
    assert world.authority.state.log.size == 2
    sign_up(agent)  # and the right values are taken after that


def test_a_link_whose_invitation_was_renewed(world: World, arash: Person, opened: Opened) -> None:
    agent = opened()
    world.authority.renew_invitation("a" * 16)
    assert refused(lambda: sign_up(agent)) == ("no_invitation", None)
    assert files(agent) == {"authority.link"}


def test_one_folder_has_one_account(world: World, arash: Person, opened: Opened) -> None:
    agent = opened()
    sign_up(agent)
    assert refused(lambda: sign_up(agent, "another", "another@example.org")) == ("has_account", None)
    agent = opened()
    assert refused(lambda: sign_up(agent, "another", "another@example.org")) == ("has_account", None)


def test_without_the_authority(world: World, arash: Person, opened: Opened) -> None:
    agent = opened()
    world.authority_up = False
    assert refused(lambda: sign_up(agent)) == ("authority_down", None)
    assert files(agent) == {"authority.link"}


def test_an_agent_that_has_joined_nothing(world: World, tmp_path: Path) -> None:
    agent = MemoryAgent.open(tmp_path, lambda f, *a: f(*a), 5001)
    assert agent.stage == "join"
    assert refused(lambda: sign_up(agent)) == ("not_joined", None)
    assert refused(lambda: agent.join("nonsense")) == ("bad_link", "link")


# --- what is lost on the way ---


def log_in(agent: Agent, name: str = "newcomer", password: str = PASSWORD) -> dict[str, Any]:
    return agent.login(name, password)


@pytest.mark.parametrize("lost", [SignUp, SignedUp], ids=["the request", "the answer"])
def test_a_log_in_completes_what_was_interrupted(world: World, arash: Person, opened: Opened, lost: Any) -> None:
    agent = opened()
    world.carry = lambda source, target, body: [] if decoded(body, lost) else [body]
    assert refused(lambda: sign_up(agent))[0] == "timed_out"
    assert accounts(world) == (1 if lost is SignedUp else 0)
    assert agent.stage == "log_in"
    assert agent.events[-1] == ("stage", {"stage": "log_in"})  # type: ignore[attr-defined]
    world.carry = lambda source, target, body: [body]
    assert refused(lambda: log_in(agent, password="three or four words 1405")) == ("password", "password")
    assert log_in(agent) == {"username": "newcomer"}
    assert accounts(world) == 1
    agent = opened()
    log_in(agent)
    assert accounts(world) == 1
    assert agent.snapshot()["me"]["name"] == "newcomer"


def test_a_lost_sign_up_whose_name_another_has_taken_meanwhile(world: World, arash: Person, opened: Opened) -> None:
    """There is no account behind this vault and there never will be: another one can be made."""
    agent = opened()
    world.carry = lambda source, target, body: [] if decoded(body, SignUp) else [body]
    assert refused(lambda: sign_up(agent))[0] == "timed_out"
    world.carry = lambda source, target, body: [body]
    world.sign_up("newcomer")
    assert refused(lambda: log_in(agent)) == ("name_taken", "username")
    assert agent.stage == "sign_up"
    assert files(agent) == {"authority.link"}
    sign_up(agent, "another")
    assert agent.stage == "ready"


@pytest.mark.parametrize("code", ["name_taken", "email_taken", "no_invitation", "slow_down"])
def test_a_refusal_between_the_check_and_the_sign_up_leaves_no_vault(
    world: World, arash: Person, opened: Opened, code: str
) -> None:
    """Somebody else was faster; the account doesn't exist, and another try is possible at once."""
    agent = opened()
    world.carry = answering(SignUp, code)
    assert refused(lambda: sign_up(agent))[0] == code
    assert agent.stage == "sign_up"
    assert files(agent) == {"authority.link"}
    world.carry = lambda source, target, body: [body]
    sign_up(agent)
    assert accounts(world) == 1


@pytest.mark.parametrize("code", ["slow_down", "busy", "internal"])
def test_a_vault_stays_where_the_account_may_be_made_after_all(
    world: World, arash: Person, opened: Opened, code: str
) -> None:
    agent = opened()
    world.carry = lambda source, target, body: [] if decoded(body, SignedUp) else [body]
    assert refused(lambda: sign_up(agent))[0] == "timed_out"
    world.carry = answering(SignUp, code)
    assert refused(lambda: log_in(agent))[0] == code
    world.carry = lambda source, target, body: [body]
    assert log_in(agent) == {"username": "newcomer"}
    assert accounts(world) == 1


def answering(kind: Any, code: str) -> Callable[[str, str, bytes], list[bytes]]:
    """A request of this kind is answered with this error instead of being carried out."""
    asked: list[Any] = []

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        request = decoded(body, kind)
        if request is not None:
            asked.append(request)
            return [messages.encode(messages.Ping(1))]
        if asked and source == "authority":
            return [
                messages.encode(messages.Failed(asked.pop().rid, code, None, {"n": 1} if code == "slow_down" else {}))
            ]
        return [body]

    return carry


def test_a_cut_at_every_step_of_sign_up(
    world: World, arash: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards signing up or logging in, whatever the agent then offers, ends in exactly one account."""
    counter = StepCounter()
    counter.watch(monkeypatch, vault_database, "_transaction", "a commit")
    counter.watch(monkeypatch, vault_database, "_write_durably", "the key file")
    counter.watch(monkeypatch, vault_database, "_finished", "the renaming")

    def attempt(number: int) -> None:
        """One life of the agent: it does what its stage asks for."""
        folder = tmp_path / str(number)
        folder.mkdir(exist_ok=True)
        agent = MemoryAgent.open(folder, lambda f, *a: f(*a), 5001, world.link.encode())
        agent.world, agent.networks = world, []
        try:
            if agent.stage == "sign_up":
                sign_up(agent, f"user{number}", f"user{number}@example.org")
            else:
                log_in(agent, f"user{number}")
            assert agent.snapshot()["me"]["name"] == f"user{number}"
        finally:
            for network in agent.networks:
                network.close()
            if agent._session is not None:
                agent._session.ctx.vault.close()

    world.carry = counter.carry
    attempt(0)
    whole = list(counter.steps)
    assert len(whole) > 30
    for kill_at in range(1, len(whole) + 1):
        counter.begin(kill_at)
        with pytest.raises(Killed):
            attempt(kill_at)
        assert counter.steps[:kill_at] == whole[:kill_at]
        counter.disarm()
        attempt(kill_at)
        assert accounts(world, f"user{kill_at}") == 1, whole[kill_at - 1]
        attempt(kill_at)  # and a log-in after that
        assert accounts(world, f"user{kill_at}") == 1


# --- an authority that is another ---


def hello_only(world: World) -> bool:
    """Nothing but HELLO has gone to the authority."""
    return all(decoded(body, Hello) for source, _target, body in world.crossed if source == "newcomer")


def welcoming(world: World, key: SigningKey | None = None, **changes: Any) -> Callable[[str, str, bytes], list[bytes]]:
    """The authority's WELCOME says something else, signed by its key or another."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        welcomed = decoded(body, Welcomed)
        if welcomed is None or target != "newcomer":
            return [body]
        welcome = decode_strict(welcomed.welcome.body, Welcome)
        fields = {name: changes.get(name, getattr(welcome, name)) for name in welcome.__struct_fields__}
        return [
            messages.encode(Welcomed(issue(Welcome(**fields), key or world.authority_key, world.link.authority_id)))
        ]

    return carry


MALLORY = SigningKey.generate()


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        (lambda world: welcoming(world, MALLORY, authority_key=MALLORY.public.raw), "wrong_authority"),
        (lambda world: welcoming(world, MALLORY), "bad_signature"),
        (lambda world: welcoming(world, fingerprint=bytes(32)), "wrong_certificate"),
        (lambda world: welcoming(world, client_nonce=bytes(32)), "wrong_answer"),
    ],
    ids=["another key", "another's signature", "another certificate", "an old welcome"],
)
@pytest.mark.parametrize("call", ["sign_up", "join", "log_in"])
def test_nothing_follows_hello_when_the_welcome_is_wrong(
    world: World, arash: Person, opened: Opened, lie: Any, code: str, call: str
) -> None:
    agent = opened()
    if call == "log_in":
        sign_up(agent)
        agent = opened()
    world.crossed.clear()
    world.carry = lie(world)
    if call == "log_in":
        assert opens(agent) == ("internal" if code in LOCAL else code)
    else:
        assert refused(lambda: sign_up(agent) if call == "sign_up" else agent.join(world.link.encode())) == (code, None)
        assert agent.stage == "sign_up"
    assert world.crossed and hello_only(world)


def test_a_link_of_another_authority_is_refused_once_there_is_an_account(
    world: World, arash: Person, opened: Opened
) -> None:
    other = World()
    agent = opened()
    sign_up(agent)
    assert refused(lambda: opened(link=other.link.encode())) == ("link_other", "link")
    agent = opened()
    agent.world = other
    assert refused(lambda: agent.join(other.link.encode())) == ("link_other", "link")


@pytest.mark.parametrize("at_start", [True, False])
def test_a_link_says_where_its_authority_is_by_now(world: World, arash: Person, opened: Opened, at_start: bool) -> None:
    """Whoever is told so may have an account already; but the same link at each start is no news."""
    sign_up(opened())
    there = replace(world.link, hosts=("192.0.2.7",), port=world.link.port + 1000)
    agent = opened(link=there.encode() if at_start else None)
    if not at_start:
        agent.join(there.encode())
    log_in(agent)
    assert agent._session is not None and agent._session.ctx.link == there
    ctx, found = agent._session.ctx, replace(there, port=7)  # it has moved again, and was found on this network
    ctx.vault.write(lambda rows: vault_database.save_setting(rows, "link", found.encode().encode()))
    agent = opened(link=there.encode())
    log_in(agent)
    assert agent._session is not None and agent._session.ctx.link == found
    agent.lock()
    agent.join(
        replace(there, invitation=None).encode()
    )  # somebody has found it there: that says nothing of who may come
    log_in(agent)
    assert agent._session is not None and agent._session.ctx.link == there


# --- log-in ---


def test_log_in_by_name_and_password(world: World, arash: Person, opened: Opened) -> None:
    sign_up(opened())
    agent = opened()
    assert refused(lambda: log_in(agent, "arash")) == ("vault_elsewhere", "username")
    assert refused(lambda: log_in(agent, password="wrong")) == ("password", "password")
    assert refused(lambda: log_in(agent, "arash", "wrong")) == ("password", "password")
    assert agent.stage == "log_in"
    assert log_in(agent, " newcomer ") == {"username": "newcomer"}
    assert log_in(agent) == {"username": "newcomer"}  # a second page
    assert refused(lambda: log_in(agent, password="wrong")) == ("password", "password")
    assert refused(lambda: log_in(agent, "arash")) == ("vault_elsewhere", "username")


def test_log_in_where_there_is_no_vault(world: World, arash: Person, opened: Opened) -> None:
    assert refused(lambda: log_in(opened())) == ("vault_elsewhere", "username")


def test_without_the_authority_the_vault_still_opens(world: World, arash: Person, opened: Opened) -> None:
    sign_up(opened())
    agent = opened()
    world.authority_up = False
    assert log_in(agent) == {"username": "newcomer"}
    assert agent.snapshot()["link"]["up"] is False
    assert agent.snapshot()["link"]["why"] == "timed_out"


def opens(agent: MemoryAgent) -> str:
    """The vault opens by its password, and shows why it isn't connected."""
    assert log_in(agent) == {"username": "newcomer"}
    assert agent.stage == "ready"
    shown = agent.snapshot()
    assert shown["me"]["name"] == "newcomer" and [person["name"] for person in shown["people"]] == ["arash", "newcomer"]
    assert shown["link"]["up"] is False
    return str(shown["link"]["why"])


def instead(kind: Any, body: Callable[[Any], bytes]) -> Callable[[str, str, bytes], list[bytes]]:
    """The authority says something else in the place of this."""

    def carry(source: str, target: str, raw: bytes) -> list[bytes]:
        message = decoded(raw, kind)
        return [raw] if message is None or target != "newcomer" else [body(message)]

    return carry


@pytest.mark.parametrize("kind", [Welcomed, LoggedIn])
def test_no_refusal_keeps_a_vault_shut(world: World, arash: Person, opened: Opened, kind: Any) -> None:
    """Whatever the authority says, before it has proved who it is and after that."""
    agent = opened()
    sign_up(agent)
    for code in sorted(set(CATALOGUE) - {"unknown_error"}):
        agent.lock()
        world.carry = instead(
            kind,
            lambda said, code=code: messages.encode(Failed(getattr(said, "re", 0), code, None, {})),  # type: ignore[misc]
        )
        assert opens(agent) == ("internal" if code in LOCAL else code)


@pytest.mark.parametrize("kind", [Welcomed, LoggedIn, LogPart, Watching, Done])
def test_no_nonsense_keeps_a_vault_shut(world: World, arash: Person, opened: Opened, kind: Any) -> None:
    agent = opened()
    sign_up(agent)
    for body in (b"", b"\xc1 no message", b"\x93\xa5ping\x01"):
        agent.lock()
        world.carry = instead(kind, lambda said, body=body: body)  # type: ignore[misc]
        assert log_in(agent) == {"username": "newcomer"}
        assert agent.snapshot()["me"]["name"] == "newcomer"


def test_an_older_prekey_of_ones_own_keeps_no_vault_shut(world: World, arash: Person, opened: Opened) -> None:
    """As where a copy of the vault was put back that is older than the last weekly key (F3)."""
    sign_up(opened())
    agent = opened()
    world.now += 8 * fallback_prekey.DAY

    def carry(source: str, target: str, raw: bytes) -> list[bytes]:
        request = decoded(raw, PublishPrekey)
        if request is not None and source == "newcomer":
            agent.networks[-1].channels[-1].take(messages.encode(Failed(request.rid, "stale", None, {})))
            return []
        return [raw]

    world.carry = carry
    log_in(agent)
    assert agent.snapshot()["me"]["name"] == "newcomer"


def test_the_recovery_key_is_used_with_the_vault_open(world: World, arash: Person, opened: Opened) -> None:
    agent = opened()
    sign_up(agent)
    assert refused(lambda: agent.recover_key("newcomer", PASSWORD)) == ("has_account", None)  # nothing to recover
    agent.lock()
    before = (agent._folder / "vault.db").read_bytes()
    log_in(agent)
    agent.renew_key()
    agent.lock()
    (agent._folder / "vault.db").write_bytes(before)  # a copy from before is put back
    assert opens(agent) == "moved"
    assert refused(lambda: agent.recover_key("newcomer", "wrong")) == ("password", "password")
    assert refused(lambda: agent.recover_key("arash", PASSWORD)) == ("vault_elsewhere", "username")
    agent.recover_key("newcomer", PASSWORD)
    node = agent._session
    assert node is not None
    node.authority.attempt()
    assert agent.snapshot()["link"]["up"] is True


def test_another_live_agent_is_named(world: World, arash: Person, opened: Opened, tmp_path: Path) -> None:
    sign_up(opened())
    (copy := tmp_path / "copy").mkdir()
    for path in (tmp_path / "agent").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    second = MemoryAgent.open(copy, lambda f, *a: f(*a), 5002)
    second.world, second.networks = world, []
    assert opens(second) == "other_agent"
    second.close()


def test_lock_and_log_out(world: World, arash: Person, opened: Opened) -> None:
    agent = opened()
    sign_up(agent)
    for leave in (agent.lock, agent.log_out):
        assert leave() == {}
        assert agent.stage == "log_in"
        assert refused(agent.snapshot) == ("locked", None)
        assert not world.authority.online.has(newcomer_uid(world))
        log_in(agent)
    assert world.authority.online.has(newcomer_uid(world))


def newcomer_uid(world: World) -> bytes:
    return next(user.uid for user in world.authority.state.log.users.values() if user.name == "newcomer")


@pytest.mark.parametrize("when", [Welcomed, LoggedIn])
def test_a_lock_during_the_log_in_leaves_no_link_behind(world: World, arash: Person, opened: Opened, when: Any) -> None:
    """It would answer pings, and so keep this same account out for as long as the agent runs."""
    agent = opened()
    sign_up(agent)
    node = agent._session
    assert node is not None
    agent.networks[-1].cut("authority")

    def lock_now(source: str, target: str, body: bytes) -> list[bytes]:
        if decoded(body, when) is not None:
            agent.networks[-1].channels.clear()  # real sockets that are being dialled are nobody's yet
            agent.lock()
        return [body]

    world.carry = lock_now
    with pytest.raises(HamrazError) as reason:
        node.authority.connect()
    assert reason.value.code in ("locked", "authority_down")
    assert not node.authority.up
    assert not world.authority.online.has(newcomer_uid(world))
    world.carry = lambda source, target, body: [body]
    log_in(agent)


def test_checking_costs_the_authority_no_account(world: World, arash: Person, opened: Opened) -> None:
    channel = MemoryNetwork(world, "asking").dial_authority([], 0, lambda message: None, lambda: None)
    identity.greet(channel, world.link.authority_id)
    asked = CheckSignUp(0, "newcomer", EMAIL, world.link.invitation, None)
    for _ in range(2):
        assert channel.request(asked, SignUpChecked).first is False
    assert accounts(world) == 0
    assert not Vault.exists(Path("nowhere"))


def test_an_authority_that_says_busy_is_not_one_that_cannot_be_reached(
    world: World, arash: Person, opened: Opened
) -> None:
    agent = opened()

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        busy = source == "authority" and body[1:].startswith(b"\xa8welcomed")
        return [messages.encode(messages.Failed(0, "busy", None, {}))] if busy else [body]

    world.carry = carry
    assert refused(lambda: sign_up(agent))[0] == "busy"
    world.authority_up = False
    assert refused(lambda: sign_up(agent))[0] == "authority_down"


def test_what_the_wire_calls_the_name_is_the_pages_username(world: World, arash: Person, opened: Opened) -> None:
    assert refused(lambda: opened().sign_up("a@x.example", "arash", PASSWORD, PASSWORD)) == ("name_taken", "username")
    (failed,) = [found for _, _, body in world.crossed if (found := decoded(body, messages.Failed)) is not None]
    assert (failed.code, failed.field) == ("name_taken", "name")


@pytest.mark.parametrize(("number", "code"), [(28, "disk_full"), (13, "folder_unusable"), (5, "disk_failing")])
def test_a_link_that_cannot_be_kept_is_a_sentence(
    world: World, opened: Opened, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuses(source: Any, target: Any) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("web_client.account.join_links.os.replace", refuses)
    assert refused(opened) == (code, None)
