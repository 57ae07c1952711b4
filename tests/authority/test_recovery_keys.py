"""Another recovery key over the wire (section 7.6): by the one before, by an admin, by the super admin alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from authority_server.core.authority import Authority
from protocol.errors import HamrazError
from protocol.log import Log, recovery_hash
from protocol.log_entries import ADMIN, OWN, SOLE, RecoveryChange
from protocol.messages import Appended, ChangeRecovery, ChangeRole, FetchLog, LogPart
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import issue
from tests.authority.peer import Clock, Peer, Person, agent, member, owner
from tests.authority.test_key_changes import recovery, with_key


def change(
    person: Person, new: SigningKey, prev: int, why: str, second: SigningKey | None, **more: Any
) -> ChangeRecovery:
    """The request, signed by the account's key and by `second`; `more` replaces fields of the statement."""
    id = person.authority_id
    right = RecoveryChange(person.uid, recovery_hash(id, new.public), why, person.uid, prev)
    body = msgspec.structs.replace(right, **more)
    key = person.recovery.public.raw if why == OWN else None
    return ChangeRecovery(0, issue(body, person.key, id), key, issue(body, second, id).sig if second else None)


def code(peer: Peer, message: ChangeRecovery) -> str:
    size = peer.authority.state.log.size
    with pytest.raises(HamrazError) as refusal:
        peer.ask(message, Appended)
    assert peer.authority.state.log.size == size
    return refusal.value.code


@pytest.fixture
def first(authority: Authority) -> Person:
    """The super admin."""
    return owner(authority)


@pytest.fixture
def sara(authority: Authority, first: Person) -> Person:
    return member(authority, "sara")


def latest(authority: Authority, who: Person) -> int:
    return authority.state.log.users[who.uid].latest


def test_by_the_one_before(authority: Authority, sara: Person) -> None:
    peer, new = agent(authority, sara), SigningKey.generate()
    wanted = change(sara, new, latest(authority, sara), OWN, sara.recovery)
    n = peer.ask(wanted, Appended).index
    assert peer.ask(wanted, Appended).index == n == authority.state.log.size - 1  # a resend
    assert authority.state.log.users[sara.uid].recovery_hash == recovery_hash(authority.id, new.public)
    assert not peer.closed  # nothing else has changed
    # the one before vouches for nothing any more, the new one does
    stranger, key = Peer(authority).hello(), SigningKey.generate()
    with pytest.raises(HamrazError) as refusal:
        stranger.ask(recovery(sara, key, n), Appended)
    assert refusal.value.code == "bad_proof"
    sara.recovery = new
    assert stranger.ask(recovery(sara, key, n), Appended).index == n + 1
    agent(authority, with_key(sara, key))


def test_every_agent_replays_it(authority: Authority, sara: Person) -> None:
    peer = agent(authority, sara)
    peer.ask(change(sara, SigningKey.generate(), latest(authority, sara), OWN, sara.recovery), Appended)
    log = Log(authority.id)
    for raw in peer.ask(FetchLog(0, 0), LogPart).entries:
        log.append(raw)
    assert log.head == authority.state.log.head and log.users == authority.state.log.users


def test_by_an_admin_who_stands_above(authority: Authority, first: Person, sara: Person) -> None:
    boss, nima = member(authority, "boss"), member(authority, "nima")
    role = first.role_change(boss.uid, Role.ADMIN, latest(authority, boss))
    agent(authority, first).ask(ChangeRole(0, role), Appended)
    mine, admins, new = agent(authority, sara), agent(authority, boss), SigningKey.generate()
    prev = latest(authority, sara)
    wanted = change(sara, new, prev, ADMIN, boss.key, by=boss.uid)
    assert code(agent(authority, nima), wanted) == "role_not_allowed"  # it is nobody else's affair
    assert code(mine, change(sara, new, prev, ADMIN, nima.key, by=nima.uid)) == "role_not_allowed"
    assert code(mine, change(sara, new, prev, ADMIN, nima.key, by=boss.uid)) == "bad_signature"
    assert code(admins, change(boss, new, latest(authority, boss), ADMIN, boss.key)) == "role_not_allowed"
    assert admins.ask(wanted, Appended).index == prev + 4
    # or she brings it herself
    again = change(sara, SigningKey.generate(), latest(authority, sara), ADMIN, boss.key, by=boss.uid)
    assert mine.ask(again, Appended).index == prev + 5


def test_the_accounts_key_alone_is_never_enough(authority: Authority, sara: Person) -> None:
    """A thief with the open vault's identity key doesn't lock its owner out."""
    peer, new, prev = agent(authority, sara), SigningKey.generate(), latest(authority, sara)
    assert code(peer, change(sara, new, prev, SOLE, None)) == "role_not_allowed"
    assert code(peer, change(sara, new, prev, OWN, sara.key)) == "bad_signature"
    assert code(peer, change(sara, new, prev, OWN, None)) == "bad_statement"
    assert code(peer, change(sara, new, prev, "lost", sara.key)) == "bad_statement"
    assert code(peer, change(sara, new, prev + 1, OWN, sara.recovery)) == "stale"
    assert code(peer, change(sara, sara.recovery, prev, OWN, sara.recovery)) == "bad_statement"  # used before


def test_the_super_admin_alone(authority: Authority, first: Person) -> None:
    new = SigningKey.generate()
    peer = agent(authority, first)
    peer.ask(change(first, new, latest(authority, first), SOLE, None), Appended)
    assert (
        authority.state.log.by_recovery_hash(recovery_hash(authority.id, new.public))
        == authority.state.log.users[first.uid]
    )
    assert authority.state.log.by_recovery_hash(recovery_hash(authority.id, first.recovery.public)) is None


def test_too_many_are_refused_and_what_was_refused_costs_nothing(
    authority: Authority, sara: Person, clock: Clock
) -> None:
    peer = agent(authority, sara)
    for _try in range(20):
        assert code(peer, change(sara, SigningKey.generate(), 0, OWN, sara.recovery)) == "stale"
    for _turn in range(8):
        new = SigningKey.generate()
        peer.ask(change(sara, new, latest(authority, sara), OWN, sara.recovery), Appended)
        sara.recovery = new
    wanted = change(sara, SigningKey.generate(), latest(authority, sara), OWN, sara.recovery)
    assert code(peer, wanted) == "slow_down"
    clock.advance(8 * 3600)
    peer.ask(wanted, Appended)
