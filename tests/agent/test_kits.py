"""The recovery kit: on paper, and from then on nowhere else; what it opens, and how another one takes its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.kit import Kit, read_kit, read_request, request_code
from protocol.log import recovery_hash
from protocol.log_entries import ADMIN, OWN, SOLE, RecoveryChange
from protocol.messages import Appended, ChangeRecovery
from protocol.primitives import SigningKey
from protocol.statements import decode_strict, issue
from tests.agent.memory_agent import PASSWORD, MemoryAgent, Opened, open_agent
from tests.agent.vault_pages import decrypted
from tests.agent.wire import decoded
from tests.live.search import files, leaks
from tests.world import Killed, Person, World
from web_client.account import kits
from web_client.agent.views import log as log_views
from web_client.vault import database as vault_database
from web_client.vault.database import KIT_FILE

pytestmark = pytest.mark.usefixtures("cheap_argon2")

OTHER_PASSWORD = "quite another phrase 1405"


@pytest.fixture
def agent(world: World, arash: Person, opened: Opened) -> MemoryAgent:
    """A beginner who has just signed up; arash is the owner."""
    made = opened()
    made.sign_up("newcomer@x.example", "newcomer", PASSWORD, PASSWORD)
    return made


def code_of(run: Callable[[], Any]) -> tuple[str, str | None]:
    with pytest.raises(HamrazError) as reason:
        run()
    return reason.value.code, reason.value.field


def kit_of(agent: MemoryAgent) -> Kit:
    """Whose key is in the vault."""
    node = agent._session
    assert node is not None
    found = node.ctx.vault.read(lambda rows: kits.here(rows, node.ctx.authority_id))
    assert found is not None
    return found


def printed(shown: dict[str, Any]) -> str:
    return " ".join(shown["groups"])


def confirm(agent: MemoryAgent, shown: dict[str, Any]) -> dict[str, Any]:
    first, second = (shown["groups"][number - 1] for number in shown["ask"])
    state: dict[str, Any] = agent.confirm_kit(first, second)["kit"]
    return state


def changes(world: World, name: str = "newcomer") -> list[str]:
    """Why each of somebody's recovery keys came, by the log of the owner."""
    arash = world.people["arash"]
    arash.settle()
    uid = next(user.uid for user in arash.node.ctx.trust.log.users.values() if user.name == name)
    page = log_views.log_page(arash.node, None, 100, "keys")["entries"]
    return [entry["why"] for entry in page[::-1] if (entry["kind"], entry["who"]) == ("recovery", uid.hex())]


# --- on paper ---


def test_it_is_offered_printed_and_confirmed(world: World, agent: MemoryAgent) -> None:
    assert agent.snapshot()["kit"] == {"where": "here", "when": None, "asked": None, "request": None}
    shown, kit = agent.kit(PASSWORD), kit_of(agent)
    assert shown["groups"] == kit.groups() and shown["username"] == "newcomer"
    assert shown["link"] == f"hamraz://authority:5050/#{world.link.authority_id.hex()}"  # which lets nobody in
    assert read_kit(printed(shown), world.link.authority_id).recovery.save() == kit.recovery.save()
    assert len(set(map(len, shown["rows"]))) == 1 and set("".join(shown["rows"])) == {"0", "1"}
    first, second = shown["ask"]
    assert 1 <= first < second <= 14
    right = [shown["groups"][number - 1] for number in shown["ask"]]
    for typed, field, number in (
        (("aaaa", right[1]), "first", first),
        ((right[0], ""), "second", second),
        ((right[1], right[0]), "first", first),
    ):
        with pytest.raises(HamrazError) as reason:
            agent.confirm_kit(*typed)
        assert (reason.value.code, reason.value.field, reason.value.values) == ("kit_differs", field, {"n": number})
    assert agent.snapshot()["kit"]["where"] == "here"
    state = agent.confirm_kit(f" {right[0].upper()} ", right[1])["kit"]
    assert state["where"] == "paper" and state["when"] > 1_700_000_000_000
    assert ("kit", state) in agent.events and agent.snapshot()["kit"] == state
    assert code_of(lambda: agent.kit(PASSWORD)) == ("kit_needed", None)
    assert code_of(lambda: agent.confirm_kit(*right)) == ("stale", None)


def test_the_password_shows_it_and_nothing_else_does(agent: MemoryAgent) -> None:
    assert code_of(lambda: agent.kit("wrong")) == ("password", "password")
    assert code_of(lambda: agent.new_kit("wrong")) == ("password", "password")
    assert code_of(lambda: agent.confirm_kit("aaaa", "aaaa")) == ("stale", None)
    assert not (agent._folder / KIT_FILE).exists()


def test_which_groups_are_asked_for_changes_with_the_password_only(agent: MemoryAgent) -> None:
    """Or an open page without the password could try them all, group by group."""
    asked = {tuple(agent.kit(PASSWORD)["ask"]) for _ in range(12)}
    assert len(asked) > 1
    last = agent._session.kits.shown  # type: ignore[union-attr]
    for typed in ("aaaa", "bbbb"):
        code_of(lambda typed=typed: agent.confirm_kit(typed, typed))  # type: ignore[misc]
    assert agent._session.kits.shown == last  # type: ignore[union-attr]


def test_once_confirmed_its_key_is_nowhere(world: World, agent: MemoryAgent) -> None:
    """In the vault's folder, decrypted to its last free page; in what crossed a socket; at the authority."""
    shown, kit = agent.kit(PASSWORD), kit_of(agent)
    secrets: dict[str, bytes | str] = {
        "seed": kit.recovery.save(),
        "text": "".join(kit.groups()),
        "capitals": "".join(kit.groups()).upper(),
        "groups": printed(shown),
        "seal": kit.open_key().save()[:64],
        "vault key": kit.vault_key(),
    }
    assert leaks(decrypted(agent._folder, PASSWORD), secrets) == ["seed"]
    confirm(agent, shown)
    inside = decrypted(agent._folder, PASSWORD)
    assert leaks(inside, secrets) == []
    assert leaks(inside, {"what is public of it": kit.open_key().public.raw[:64]}) == ["what is public of it"]
    agent.lock()
    assert leaks(decrypted(agent._folder, PASSWORD), secrets) == []
    agent.open_with_kit(printed(shown), OTHER_PASSWORD, OTHER_PASSWORD)
    agent.new_kit(OTHER_PASSWORD, printed(shown))
    crossed = b"\n".join(body for _source, _target, body in world.crossed)
    rows = world.store.read(lambda rows: repr([*rows.accounts(), *rows.entries(), *rows.settings().items()]))
    for found in (crossed, rows.encode(), files(agent._folder)):
        assert leaks(found, secrets) == []
    assert leaks(crossed, {"public": kit.recovery.public.raw}) == ["public"]


# --- a forgotten password ---


def test_a_forgotten_password_is_set_anew(agent: MemoryAgent, opened: Opened) -> None:
    shown = agent.kit(PASSWORD)
    confirm(agent, shown)
    agent.lock()
    assert agent.status()["kit"] is True
    with_kit = agent.open_with_kit
    assert code_of(lambda: with_kit(printed(shown), "short", "short")) == ("password_weak", "new_password")
    assert code_of(lambda: with_kit(printed(shown), "newcomer12345", "newcomer12345"))[0] == "password_weak"
    assert code_of(lambda: with_kit(printed(shown), OTHER_PASSWORD, PASSWORD)) == (
        "password_mismatch",
        "new_password_confirm",
    )
    assert agent.stage == "log_in"
    assert with_kit(printed(shown), OTHER_PASSWORD, OTHER_PASSWORD) == {"username": "newcomer"}
    assert agent.stage == "ready"
    agent.lock()
    assert code_of(lambda: agent.login("newcomer", PASSWORD)) == ("password", "password")
    agent = opened()
    agent.login("newcomer", OTHER_PASSWORD)
    assert agent.snapshot()["kit"]["where"] == "paper"
    for password in (PASSWORD, OTHER_PASSWORD):  # it is good for the next time, and with the vault open as well
        assert agent.open_with_kit(printed(shown), password, password) == {"username": "newcomer"}
        assert agent.login("newcomer", password)


def test_what_is_no_kit_of_this_vault_is_named(world: World, agent: MemoryAgent, tmp_path: Path) -> None:
    text = printed(agent.kit(PASSWORD))
    other = open_agent(world, tmp_path / "other", world.link.encode())
    other.sign_up("second@x.example", "second", PASSWORD, PASSWORD)
    others = printed(other.kit(PASSWORD))
    other.close()
    agent.lock()
    foreign = " ".join(Kit(SigningKey.generate(), bytes(32)).groups())
    typo = text.replace(text[0], "a" if text[0] != "a" else "b", 1)
    for typed, code in ((others, "other_kit"), (foreign, "bad_kit"), (typo, "bad_kit"), ("", "bad_kit")):
        answer = code_of(lambda typed=typed: agent.open_with_kit(typed, OTHER_PASSWORD, OTHER_PASSWORD))  # type: ignore[misc]
        assert answer == (code, "kit")
    agent.login("newcomer", PASSWORD)  # nothing has changed


def test_without_a_kit_only_the_password_opens_it(agent: MemoryAgent) -> None:
    text = " ".join(kit_of(agent).groups())
    agent.lock()
    assert agent.status()["kit"] is False
    assert code_of(lambda: agent.open_with_kit(text, OTHER_PASSWORD, OTHER_PASSWORD)) == ("no_kit", "kit")


def test_a_kit_that_was_printed_and_not_confirmed_opens_it(agent: MemoryAgent) -> None:
    text = printed(agent.kit(PASSWORD))
    agent.lock()
    agent.open_with_kit(text, OTHER_PASSWORD, OTHER_PASSWORD)
    assert agent.snapshot()["kit"]["where"] == "here"


def test_a_damaged_slot_is_no_wrong_kit(agent: MemoryAgent) -> None:
    text = printed(agent.kit(PASSWORD))
    agent.lock()
    path = agent._folder / KIT_FILE
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert code_of(lambda: agent.open_with_kit(text, OTHER_PASSWORD, OTHER_PASSWORD))[0] == "vault_damaged"
    path.write_bytes(whole[:-1])
    assert code_of(lambda: agent.open_with_kit(text, OTHER_PASSWORD, OTHER_PASSWORD))[0] == "vault_damaged"
    agent.login("newcomer", PASSWORD)  # which it has nothing to do with


def test_a_cut_at_any_step_leaves_a_way_in(
    world: World, arash: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Showing, confirming, setting a password: afterwards the kit opens the vault, and so does one of the passwords."""
    steps, kill_at = 0, 0

    def around(run: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any) -> Any:
            nonlocal steps
            for step in (lambda: None, lambda: run(*arguments)):
                result = step()
                steps += 1
                if steps == kill_at:
                    raise Killed
            return result

        return stepped

    monkeypatch.setattr(vault_database, "_transaction", around(vault_database._transaction))
    monkeypatch.setattr(vault_database, "_write_durably", around(vault_database._write_durably))

    def life(number: int) -> tuple[Path, str]:
        nonlocal steps, kill_at
        kill_at = 0
        folder = tmp_path / str(number)
        agent = open_agent(world, folder, world.link.encode())
        agent.sign_up(f"u{number}@x.example", f"user{number}", PASSWORD, PASSWORD)
        text, steps, kill_at = " ".join(kit_of(agent).groups()), 0, number
        try:
            confirm(agent, agent.kit(PASSWORD))
            agent.lock()
            agent.open_with_kit(text, OTHER_PASSWORD, OTHER_PASSWORD)
        finally:
            kill_at = 0
            for network in agent.networks:
                network.close()
            if agent._session is not None:
                agent._session.ctx.vault.close()
        return folder, text

    life(0)
    whole = steps
    assert whole > 10
    for number in range(1, whole + 1):
        with pytest.raises(Killed):
            life(number)
        agent = open_agent(world, tmp_path / str(number), world.link.encode())
        opened = 0
        for password in (PASSWORD, OTHER_PASSWORD):
            try:
                agent.login(f"user{number}", password)
                where = agent.snapshot()["kit"]["where"]
                if where == "here":  # and it can be shown again
                    confirm(agent, agent.kit(password))
                agent.lock()
                opened += 1
            except HamrazError as reason:
                assert reason.code == "password"
        assert opened == 1, number
        agent.close()


# --- another kit ---


def test_another_kit_with_the_one_before(world: World, agent: MemoryAgent, opened: Opened) -> None:
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    assert code_of(lambda: agent.new_kit(PASSWORD)) == ("kit_needed", "kit")
    wrong = " ".join(Kit(SigningKey.generate(), world.link.authority_id).groups())
    assert code_of(lambda: agent.new_kit(PASSWORD, wrong)) == ("other_kit", "kit")
    assert code_of(lambda: agent.new_kit(PASSWORD, "nonsense")) == ("bad_kit", "kit")
    assert changes(world) == [] and agent.snapshot()["kit"]["where"] == "paper"
    new = agent.new_kit(PASSWORD, printed(old))
    assert new["groups"] != old["groups"] and changes(world) == [OWN]
    assert agent.snapshot()["kit"]["where"] == "here"
    confirm(agent, new)
    agent.lock()
    with_kit = agent.open_with_kit
    assert code_of(lambda: with_kit(printed(old), OTHER_PASSWORD, OTHER_PASSWORD)) == ("other_kit", "kit")
    with_kit(printed(new), OTHER_PASSWORD, OTHER_PASSWORD)
    assert code_of(lambda: agent.new_kit(OTHER_PASSWORD, printed(old))) == ("other_kit", "kit")
    agent.new_kit(OTHER_PASSWORD, printed(new))
    assert changes(world) == [OWN, OWN]


def test_while_its_key_is_here_another_one_needs_no_paper(world: World, agent: MemoryAgent) -> None:
    agent.new_kit(PASSWORD)
    assert changes(world) == [OWN]
    agent.kit(PASSWORD)


def test_the_super_admin_needs_none(world: World, opened: Opened) -> None:
    owner = opened(owner=True)
    owner.create_super_admin("o@x.example", "owner", PASSWORD, PASSWORD)
    confirm(owner, owner.kit(PASSWORD))
    new = owner.new_kit(PASSWORD)
    arash = world.people["arash"] = Person(world, "arash")
    arash.sign_up(world.link, None, "arash@x.example")
    assert changes(world, "owner") == [SOLE]
    confirm(owner, new)


def test_an_identity_key_alone_replaces_no_kit(world: World, agent: MemoryAgent) -> None:
    """What a thief of the open vault could send, once the kit is on paper."""
    confirm(agent, agent.kit(PASSWORD))
    node, kit = agent._session, Kit(SigningKey.generate(), world.link.authority_id)
    assert node is not None
    user = node.ctx.trust.log.users[node.ctx.me.uid]
    for why, codes in ((OWN, "bad_statement"), (SOLE, "role_not_allowed"), (ADMIN, "bad_statement")):
        change = RecoveryChange(user.uid, kit.hash, why, user.uid, user.latest)
        entry = issue(change, node.ctx.me.key, node.ctx.authority_id)
        answer = code_of(lambda entry=entry: node.authority.request(ChangeRecovery(0, entry, None, None), Appended))  # type: ignore[misc]
        assert answer[0] == codes
    guessed = SigningKey.generate()
    change = RecoveryChange(user.uid, kit.hash, OWN, user.uid, user.latest)
    entry, second = (issue(change, key, node.ctx.authority_id) for key in (node.ctx.me.key, guessed))
    request = ChangeRecovery(0, entry, guessed.public.raw, second.sig)
    assert code_of(lambda: node.authority.request(request, Appended))[0] == "bad_statement"
    assert world.authority.state.log.users[user.uid].recovery_hash == user.recovery_hash


def test_who_has_lost_the_paper_goes_to_an_admin(world: World, arash: Person, agent: MemoryAgent) -> None:
    sara = world.sign_up("sara")
    world.settle()
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    agent._session.authority.log.refresh()  # type: ignore[union-attr]
    assert code_of(lambda: agent.ask_for_kit(sara.uid.hex())) == ("role_not_allowed", "admin")
    asked = agent.ask_for_kit(arash.uid.hex())
    request = asked["kit"]["request"]
    assert asked["kit"]["asked"] == arash.uid.hex() and asked["kit"]["where"] == "paper"
    assert decode_strict(read_request(request)[0].body, RecoveryChange).by == arash.uid
    assert agent.snapshot()["kit"] == asked["kit"]
    me = agent._session.ctx.me.uid  # type: ignore[union-attr]
    admin = arash.agent()
    for run, code in (
        (lambda: admin.sign_for_kit(sara.uid.hex(), request), "bad_kit_request"),
        (lambda: admin.sign_for_kit(me.hex(), "HAMRAZ-NEWKIT:AAAA"), "bad_kit_request"),
        (lambda: sara.agent().sign_for_kit(me.hex(), request), "bad_kit_request"),
    ):
        assert code_of(run) == (code, "request")
    assert changes(world) == []
    assert admin.sign_for_kit(me.hex(), request)["person"]["uid"] == me.hex()
    assert changes(world) == [ADMIN]
    agent._session.authority.log.refresh()  # type: ignore[union-attr]
    assert [value["where"] for name, value in agent.events if name == "kit"] == ["paper", "paper", "here"]
    assert agent.snapshot()["kit"] == {"where": "here", "when": None, "asked": None, "request": None}
    new = agent.kit(PASSWORD)
    assert new["groups"] != old["groups"]
    confirm(agent, new)
    assert code_of(lambda: admin.sign_for_kit(me.hex(), request)) == ("stale", "request")  # once
    agent.lock()
    agent.open_with_kit(printed(new), OTHER_PASSWORD, OTHER_PASSWORD)


def test_a_request_that_somebody_else_has_made_is_not_signed(world: World, arash: Person, agent: MemoryAgent) -> None:
    """Signed by another key than the account's: whoever passes it on could put in a hash of their own."""
    node = agent._session
    assert node is not None
    change, _said = read_request(agent.ask_for_kit(arash.uid.hex())["kit"]["request"])
    said = decode_strict(change.body, RecoveryChange)
    forged = request_code(issue(said, SigningKey.generate(), node.ctx.authority_id))
    arash.settle()
    assert code_of(lambda: arash.agent().sign_for_kit(said.uid.hex(), forged)) == ("bad_kit_request", "request")


def test_whichever_of_several_requests_comes_about_its_key_is_here(
    world: World, arash: Person, agent: MemoryAgent
) -> None:
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    node = agent._session
    assert node is not None
    first = agent.ask_for_kit(arash.uid.hex())["kit"]["request"]
    world.carry = lambda source, target, body: [] if decoded(body, ChangeRecovery) else [body]
    assert code_of(lambda: agent.new_kit(PASSWORD, printed(old)))[0] == "authority_down"  # and nobody knows whether
    world.carry = lambda source, target, body: [body]
    arash.settle()
    arash.agent().sign_for_kit(node.ctx.me.uid.hex(), first)
    if not node.authority.up:
        node.authority.attempt()
    node.authority.log.refresh()
    assert changes(world) == [ADMIN]
    assert kit_of(agent).hash == world.authority.state.log.users[node.ctx.me.uid].recovery_hash
    confirm(agent, agent.kit(PASSWORD))


@pytest.mark.parametrize("lost", [ChangeRecovery, Appended])
def test_a_change_whose_answer_is_lost_is_asked_for_again(
    world: World, arash: Person, agent: MemoryAgent, lost: Any
) -> None:
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    world.carry = lambda source, target, body: [] if decoded(body, lost) and "newcomer" in (source, target) else [body]
    assert code_of(lambda: agent.new_kit(PASSWORD, printed(old)))[0] == "authority_down"
    world.carry = lambda source, target, body: [body]
    agent.lock()
    agent.login("newcomer", PASSWORD)
    assert changes(world) == [OWN]
    node = agent._session
    assert node is not None
    assert kit_of(agent).hash == world.authority.state.log.users[node.ctx.me.uid].recovery_hash
    assert agent.snapshot()["kit"]["where"] == "here"
    assert agent.kit(PASSWORD)["groups"] != old["groups"]


def test_a_change_that_is_refused_is_not_made_behind_ones_back(world: World, agent: MemoryAgent) -> None:
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    node = agent._session
    assert node is not None
    for _ in range(8):
        world.authority.limits.recovery_keys.take(node.ctx.me.uid.hex(), world.now)
    assert code_of(lambda: agent.new_kit(PASSWORD, printed(old)))[0] == "slow_down"
    assert node.ctx.vault.read(kits.next_kit) is None
    world.now += 8 * 3_600_000
    agent.networks[-1].cut("authority")
    node.authority.connect()
    assert changes(world) == [] and agent.snapshot()["kit"]["where"] == "paper"


def test_another_key_of_ones_own_drops_what_was_asked_for(world: World, arash: Person, agent: MemoryAgent) -> None:
    confirm(agent, agent.kit(PASSWORD))
    request = agent.ask_for_kit(arash.uid.hex())["kit"]["request"]
    agent.renew_key()
    assert agent.snapshot()["kit"]["request"] is None and agent.snapshot()["kit"]["where"] == "paper"
    arash.settle()
    me = agent._session.ctx.me.uid  # type: ignore[union-attr]
    assert code_of(lambda: arash.agent().sign_for_kit(me.hex(), request)) == ("stale", "request")


def test_a_vault_of_before_does_not_know_the_kit_of_now(world: World, arash: Person, agent: MemoryAgent) -> None:
    """A copy that was put back: what it has of a kit would show the wrong one, and seal for nobody."""
    old = agent.kit(PASSWORD)
    confirm(agent, old)
    agent.lock()
    before = (agent._folder / "vault.db").read_bytes()
    agent.login("newcomer", PASSWORD)
    new = agent.new_kit(PASSWORD, printed(old))
    agent.lock()
    (agent._folder / "vault.db").write_bytes(before)
    agent.login("newcomer", PASSWORD)
    node = agent._session
    assert node is not None and node.authority.up
    me = node.ctx.trust.user(node.ctx.me.uid)
    assert me is not None and node.ctx.vault.read(lambda rows: kits.kept(rows, me)) is None
    assert agent.snapshot()["kit"]["where"] == "unknown"
    assert code_of(lambda: agent.kit(PASSWORD)) == ("kit_needed", None)
    assert me.recovery_hash == recovery_hash(
        world.link.authority_id, read_kit(printed(new), world.authority.id).recovery.public
    )
    confirm(agent, agent.new_kit(PASSWORD, printed(new)))


# --- a key that lets nobody in any more ---


def test_the_kit_vouches_for_a_new_key(world: World, arash: Person, agent: MemoryAgent) -> None:
    shown = agent.kit(PASSWORD)
    confirm(agent, shown)
    agent.lock()
    before = (agent._folder / "vault.db").read_bytes()
    agent.login("newcomer", PASSWORD)
    agent.renew_key()
    agent.lock()
    (agent._folder / "vault.db").write_bytes(before)
    agent.login("newcomer", PASSWORD)
    assert agent.snapshot()["link"]["why"] == "moved"
    recover = agent.recover_key
    assert code_of(lambda: recover("newcomer", PASSWORD)) == ("kit_needed", "kit")
    assert code_of(lambda: recover("newcomer", PASSWORD, "nonsense")) == ("bad_kit", "kit")
    wrong = " ".join(Kit(SigningKey.generate(), world.link.authority_id).groups())
    assert code_of(lambda: recover("newcomer", PASSWORD, wrong)) == ("other_kit", "kit")
    recover("newcomer", PASSWORD, printed(shown))
    node = agent._session
    assert node is not None
    node.authority.attempt()
    assert agent.snapshot()["link"]["up"] is True
    assert (
        leaks(
            decrypted(agent._folder, PASSWORD), {"seed": read_kit(printed(shown), world.authority.id).recovery.save()}
        )
        == []
    )
