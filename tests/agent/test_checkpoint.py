"""Opening a vault verifies what is new in its log; what a checkpoint has spared is verified afterwards, and it is
nobody's word: damaged, or of other entries than these, it is as if there were none.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from protocol.errors import HamrazError
from protocol.log import Log
from protocol.primitives import VerifyKey
from protocol.roles import Role
from tests.protocol.effort import bits, flip
from tests.protocol.fixed_people import AUTHORITY_ID, story
from tests.world import Person, World
from transport import threads
from web_client.account import checkpoint, verified_log
from web_client.account.verified_log import VerifiedLog
from web_client.agent import session
from web_client.vault.database import Rows, Vault

STORY = story()


def replayed(size: int = len(STORY), authority_id: bytes = AUTHORITY_ID) -> Log:
    log = Log(authority_id)
    for entry in STORY[:size]:
        log.append(entry)
    return log


def vault_with(entries: list[bytes], kept: Log | None) -> Vault:
    """One that holds these entries, and such a checkpoint."""

    def fill(rows: Rows) -> None:
        rows.executemany("INSERT INTO log (n, entry) VALUES (?, ?)", enumerate(entries))
        if kept is not None:
            checkpoint.keep(rows, kept)

    return Vault.in_memory(fill)


def opened(vault: Vault) -> VerifiedLog:
    return VerifiedLog(vault, AUTHORITY_ID, lambda alarm: None, lambda: 0)


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The keys of all signatures that are verified."""
    found: list[bytes] = []
    holds = VerifyKey.holds

    def counting(key: VerifyKey, message: bytes, signature: bytes) -> bool:
        found.append(key.raw)
        return holds(key, message, signature)

    monkeypatch.setattr(VerifyKey, "holds", counting)
    return found


def signatures(verified: list[bytes], size: int = len(STORY)) -> int:
    """In so many entries."""
    verified.clear()
    replayed(size)
    return len(verified)


@pytest.mark.parametrize("size", range(len(STORY) + 1))
def test_what_is_taken_over_is_what_a_replay_comes_to(size: int, verified: list[bytes]) -> None:
    """Whatever an entry has done: names that were freed and taken again, keys, recovery keys, roles, groups."""
    whole, vault = replayed(), vault_with(STORY, replayed(size) if size else None)
    spared, all_of_them = signatures(verified, size), signatures(verified)
    verified.clear()
    trust = opened(vault)
    assert len(verified) == all_of_them - spared
    assert trust.log == whole
    for name in ("users", "freed", "groups"):
        assert list(getattr(trust.log, name)) == list(getattr(whole, name)), "in the same order"
    assert trust.unverified == (size > 0)
    verified.clear()
    trust.check_again()
    assert len(verified) == (all_of_them if size else 0)
    assert not trust.unverified and trust.doubt is None


def _kept(vault: Vault) -> dict[str, Any]:
    names = ("size", "head", "seal", "state")
    return dict(zip(names, vault.read(checkpoint.load), strict=True))


def test_a_damaged_one_is_as_if_there_were_none() -> None:
    vault = vault_with(STORY, replayed())
    kept = _kept(vault)
    for name in ("head", "seal", "state"):
        for bit in bits(kept[name], 60):
            changed = {**kept, name: flip(kept[name], bit)}
            assert checkpoint.take_over(tuple(changed.values()), AUTHORITY_ID, STORY).size == 0, (name, bit)
    for size in (0, len(STORY) - 1, len(STORY) + 1):
        changed = {**kept, "size": size}
        assert checkpoint.take_over(tuple(changed.values()), AUTHORITY_ID, STORY).size == 0
    assert checkpoint.take_over(tuple(kept.values()), AUTHORITY_ID, STORY).size == len(STORY)
    vault.execute("UPDATE log_checkpoint SET state = ?", kept["state"][:-1])
    trust = opened(vault)
    assert trust.log == replayed() and not trust.unverified


def test_one_of_other_entries_is_as_if_there_were_none() -> None:
    """Of a log that was longer, of one that took another way, of another authority."""
    kept = tuple(_kept(vault_with(STORY, replayed())).values())
    assert checkpoint.take_over(kept, AUTHORITY_ID, STORY[:-1]).size == 0
    assert checkpoint.take_over(kept, AUTHORITY_ID, [*STORY[:-2], STORY[-1], STORY[-2]]).size == 0
    assert checkpoint.take_over(kept, bytes(32), STORY).size == 0


def test_one_of_another_form_is_as_if_there_were_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as then:
        then.setattr(checkpoint, "FORM", b"hamraz log checkpoint 0")
        vault = vault_with(STORY, replayed())
    assert not opened(vault).unverified


def test_a_changed_entry_is_found_at_the_opening_as_ever() -> None:
    changed = [*STORY[:1], flip(STORY[1], 900), *STORY[2:]]
    with pytest.raises(HamrazError, match="log"):
        opened(vault_with(changed, replayed()))


def lying(log: Log) -> Log:
    """The same entries, and somebody is more than they make them."""
    uid, user = next((uid, user) for uid, user in log.users.items() if user.role is Role.BEGINNER)
    roles = (*user.roles[:-1], (user.roles[-1][0], Role.ADMIN))
    log.users[uid] = dataclasses.replace(user, role=Role.ADMIN, roles=roles)
    return log


def test_one_that_says_what_its_entries_do_not_is_found_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wrote that into a sealed vault had its key; nothing is sent any more, and the next opening is right."""
    monkeypatch.setattr(verified_log, "SLICE", 2)
    vault = vault_with(STORY, lying(replayed(9)))
    told: list[str | None] = []
    vault.on_trouble = lambda trouble: told.append(trouble and trouble.code)
    trust = opened(vault)
    trust.require_sending()
    trust.check_again()
    with pytest.raises(HamrazError) as reason:
        trust.require_sending()
    assert reason.value.code == "vault_damaged" == told[-1] and len(told) == 1
    assert vault.read(checkpoint.load) is None
    trust.keep_checkpoint()
    assert vault.read(checkpoint.load) is None
    assert opened(vault).log == replayed()


def test_a_forged_entry_beneath_one_is_found_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its signature is nobody's, and hash and checkpoint fit it all the same."""
    forged = [*STORY[:1], flip(STORY[1], 8 * len(STORY[1]) - 1), *STORY[2:]]
    with monkeypatch.context() as then:
        then.setattr(VerifyKey, "holds", lambda key, message, signature: True)
        log = Log(AUTHORITY_ID)
        for entry in forged:
            log.append(entry)
    trust = opened(vault_with(forged, log))
    assert trust.unverified and trust.log == log
    trust.check_again()
    assert trust.doubt is not None
    with pytest.raises(HamrazError, match="log"):
        opened(trust._vault)


def test_a_check_that_is_stopped_leaves_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verified_log, "SLICE", 4)
    trust = opened(vault_with(STORY, replayed()))
    asked = iter([False, False, True])
    trust.check_again(lambda: next(asked))
    assert trust.unverified and trust.doubt is None
    trust.keep_checkpoint()
    trust.check_again()
    assert not trust.unverified and trust.doubt is None


def test_a_running_agent_checks_and_keeps(world: World, arash: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread of its own the one, among what is looked after each second the other."""
    monkeypatch.setattr(checkpoint, "LEAST", 2)
    monkeypatch.setattr(session, "CALM_SECONDS", 0.0)
    arash.node.outbox.news.set()  # nothing is waited for
    arash.node._turn()
    arash.restart(connect=False)
    trust = arash.node.ctx.trust
    assert trust.unverified
    started: dict[str, Any] = {}
    monkeypatch.setattr(threads, "spawn", lambda name, *rest: started.update({name: rest}))
    monkeypatch.setattr(threads, "keep", lambda name, *rest: started.update({name: rest}))
    arash.node.start()
    turn, _troubles, _wait, ended = started["checks"]
    assert not ended()
    turn()
    assert ended() and not trust.unverified and trust.doubt is None


def test_an_agent_keeps_one_as_its_log_grows(
    world: World, arash: Person, monkeypatch: pytest.MonkeyPatch, verified: list[bytes]
) -> None:
    monkeypatch.setattr(checkpoint, "LEAST", 3)

    def opening() -> int:
        """Signatures that an opening verifies."""
        verified.clear()
        arash.restart(connect=False)
        return len(verified)

    assert opening() == arash.node.ctx.trust.log.size
    arash.node.ctx.trust.keep_checkpoint()
    assert arash.vault.read(checkpoint.load) is None, "two entries, genesis and register, are worth none"
    arash.node.authority.connect()
    for name in ("sara", "mani"):
        world.sign_up(name)
    arash.node.authority.log.sync()
    arash.node.ctx.trust.keep_checkpoint()
    assert opening() == 0
    world.sign_up("omid")
    arash.node.authority.connect()
    arash.node.ctx.trust.keep_checkpoint()
    assert opening() == 1, "what came after it"
    arash.node.ctx.trust.check_again()
    arash.node.authority.connect()
    for n in range(3):
        world.sign_up(f"guest{n}")
    arash.node.authority.log.sync()
    arash.node.ctx.trust.keep_checkpoint()
    assert opening() == 0
