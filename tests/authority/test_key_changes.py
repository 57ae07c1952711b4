"""Key changes over the wire: a new key of one's own, an account's end, the recovery key; each with every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from authority_server.core.authority import Authority
from authority_server.store import mail as mail_store
from protocol.errors import HamrazError
from protocol.log import Log
from protocol.log_entries import ADMIN, OWN, RECOVERY, KeyChange
from protocol.messages import (
    Appended,
    ChangeKey,
    Deposit,
    Done,
    Failed,
    FetchMail,
    FetchPrekeys,
    Find,
    Found,
    LastResorts,
    Mail,
    MailItem,
    Recover,
)
from protocol.primitives import OpenKey, SigningKey, random_id, random_nonce
from protocol.roles import Role
from protocol.statements import NO_DEVICE, FoundUser, Prekey, Signed, decode_strict, issue
from tests.authority.peer import Clock, Peer, Person, agent, member, owner
from tests.authority.test_log import change as change_role


def prekey_of(person: Person, key: SigningKey, sequence: int = 2, uid: bytes | None = None) -> Signed:
    body = Prekey(uid or person.uid, NO_DEVICE, random_id(), sequence, OpenKey.generate().public.raw)
    return issue(body, key, person.authority_id)


def own(person: Person, new: SigningKey, prev: int, **changes: Any) -> ChangeKey:
    fields = {"uid": person.uid, "new_key": new.public.raw, "why": OWN, "by": person.uid, "prev": prev}
    body = KeyChange(**{**fields, **changes})
    sig = issue(body, new, person.authority_id).sig
    return ChangeKey(0, issue(body, person.key, person.authority_id), sig, prekey_of(person, new))


def end(by: Person, target: Person, prev: int) -> ChangeKey:
    body = KeyChange(target.uid, None, ADMIN, by.uid, prev)
    return ChangeKey(0, issue(body, by.key, by.authority_id), None, None)


def recovery(person: Person, new: SigningKey, prev: int, **changes: Any) -> Recover:
    fields = {"uid": person.uid, "new_key": new.public.raw, "why": RECOVERY, "by": person.uid, "prev": prev}
    body = KeyChange(**{**fields, **changes})
    voucher, id = person.recovery, person.authority_id
    return Recover(0, issue(body, voucher, id), voucher.public.raw, issue(body, new, id).sig, prekey_of(person, new))


def refused(peer: Peer, message: ChangeKey | Recover) -> tuple[str, dict[str, Any]]:
    size = peer.authority.state.log.size
    with pytest.raises(HamrazError) as refusal:
        peer.ask(message, Appended)
    assert peer.authority.state.log.size == size
    return refusal.value.code, refusal.value.values


class Rekeyed(Person):
    """Somebody whose uid is older than the key."""

    first: bytes

    @property
    def uid(self) -> bytes:
        return self.first


def with_key(person: Person, key: SigningKey) -> Rekeyed:
    made = Rekeyed(person.authority_id, person.name, key, person.recovery, person.sequence + 1)
    made.first = person.uid
    return made


def find(peer: Peer, name: str) -> FoundUser:
    return decode_strict(peer.ask(Find(0, name, random_nonce()), Found).found.body, FoundUser)


def test_a_new_key_of_ones_own(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    watching, peer, new = agent(authority, sara), agent(authority, ali), SigningKey.generate()
    request = own(ali, new, 2)
    assert peer.ask(request, Appended).index == 3
    assert peer.ask(request, Appended).index == 3  # a resend
    found = find(watching, "ali")
    assert (found.uid, found.identity_key, found.entry) == (ali.uid, new.public.raw, 3)
    assert found.presence is None  # the old key has signed it
    (prekey,) = watching.ask(FetchPrekeys(0, [ali.uid]), LastResorts).prekeys
    assert prekey == request.prekey
    assert not peer.closed
    peer.hang_up()
    with pytest.raises(HamrazError) as refusal:
        agent(authority, ali)
    assert refusal.value.code == "moved"
    agent(authority, with_key(ali, new))


def test_every_refusal_of_a_new_key(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    peer, new = agent(authority, ali), SigningKey.generate()
    good = own(ali, new, 2)

    def but(**changes: Any) -> ChangeKey:
        return ChangeKey(**{"rid": 0, "entry": good.entry, "new_sig": good.new_sig, "prekey": good.prekey, **changes})

    for message, code in [
        (own(ali, new, 1), "stale"),
        (own(sara, new, 1), "bad_signature"),
        (own(ali, new, 2, by=sara.uid), "bad_signature"),
        (own(ali, new, 2, uid=sara.uid), "bad_statement"),
        (own(ali, new, 2, uid=bytes(32)), "bad_statement"),
        (own(ali, new, 2, why=ADMIN), "bad_statement"),
        (own(ali, new, 2, why=RECOVERY), "bad_statement"),
        (own(ali, new, 2, new_key=None), "bad_statement"),
        (own(ali, sara.key, 2), "bad_statement"),  # somebody's key already
        (own(ali, ali.key, 2), "bad_statement"),
        (but(entry=Signed(good.entry.body, bytes(64))), "bad_signature"),
        (but(entry=Signed(b"?", bytes(64))), "bad_statement"),
        (but(new_sig=bytes(64)), "bad_signature"),
        (but(new_sig=None), "bad_statement"),
        (but(prekey=None), "bad_statement"),
        (but(prekey=prekey_of(ali, ali.key)), "bad_signature"),
        (but(prekey=prekey_of(ali, new, sequence=0)), "prekey_invalid"),
        (but(prekey=prekey_of(ali, new, uid=sara.uid)), "prekey_invalid"),
    ]:
        assert refused(peer, message)[0] == code, message
    assert peer.ask(good, Appended).index == 3


def test_who_may_end_whose_account(authority: Authority) -> None:
    boss = owner(authority, "boss")
    first, second, third = (member(authority, name) for name in ("first", "second", "third"))
    peer = agent(authority, boss)
    change_role(peer, boss.role_change(first.uid, Role.ADMIN, 2))
    change_role(peer, boss.role_change(second.uid, Role.ADMIN, 3))
    peers = {who.name: agent(authority, who) for who in (first, third)} | {"boss": peer}
    for by, target, prev, code in [
        (third, first, 5, "role_not_allowed"),
        (first, second, 6, "role_not_allowed"),  # no higher
        (first, boss, 1, "role_not_allowed"),
        (first, first, 5, "bad_statement"),
        (first, third, 3, "stale"),
    ]:
        assert refused(peers[by.name], end(by, target, prev))[0] == code
    body = KeyChange(third.uid, SigningKey.generate().public.raw, ADMIN, first.uid, 4)  # an admin gives no key
    given = ChangeKey(0, issue(body, first.key, authority.id), bytes(64), prekey_of(third, third.key))
    assert refused(peers["first"], given)[0] == "bad_statement"
    assert peers["first"].ask(end(first, third, 4), Appended).index == 7
    assert peers["first"].ask(end(first, third, 4), Appended).index == 7
    assert refused(peers["first"], end(first, third, 7))[0] == "revoked"
    assert peers["boss"].ask(end(boss, first, 5), Appended).index == 8
    assert peers["first"].closed


def test_what_an_ended_account_leaves(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    peer, his = agent(authority, boss), agent(authority, ali)
    item = MailItem(ali.uid, NO_DEVICE, random_id(), "message", random_id(), b"sealed")
    peer.ask(Deposit(0, item), Done)
    his.inbox.clear()
    peer.ask(end(boss, ali, 2), Appended)
    (last,) = [message for message in his.inbox if isinstance(message, Failed)]
    assert (last.re, last.code, his.closed) == (0, "revoked", True)
    his.hang_up()
    for _ in range(2):
        with pytest.raises(HamrazError) as refusal:
            agent(authority, ali)
        assert refusal.value.code == "revoked"
        with authority.store.reading() as rows:
            assert mail_store.items(rows, ali.uid, 1 << 20) == ([], False, [])
        assert peer.ask(FetchPrekeys(0, [ali.uid]), LastResorts).prekeys == [None]
        with pytest.raises(HamrazError) as refusal:
            find(peer, "ali")
        assert refusal.value.code == "unknown_user"
        # and the same from the database
        authority = Authority(authority.store, authority.key, authority.clock)
        peer = agent(authority, boss)
    again = member(authority, "ali")  # under the same name and e-mail
    assert again.uid != ali.uid
    assert authority.state.log.users[again.uid].role is Role.BEGINNER
    assert find(peer, "ali").uid == again.uid


def test_by_the_recovery_key(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    peer, his, new = agent(authority, boss), agent(authority, ali), SigningKey.generate()
    peer.ask(Deposit(0, MailItem(ali.uid, NO_DEVICE, random_id(), "message", random_id(), b"sealed")), Done)
    stranger = Peer(authority).hello()
    assert refused(stranger, recovery(ali, new, 1)) == ("entry_stale", {"n": 2})
    good = recovery(ali, new, 2)
    assert stranger.ask(good, Appended).index == 3
    assert stranger.ask(good, Appended).index == 3
    assert his.closed
    his.hang_up()
    his = agent(authority, with_key(ali, new))
    assert his.ask(FetchMail(0), Mail).items == []
    assert his.ask(FetchPrekeys(0, [ali.uid]), LastResorts).prekeys == [good.prekey]
    assert [key.raw for key in authority.state.log.users[ali.uid].counting] == [new.public.raw]


def test_every_refusal_of_a_recovery(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    new, other = SigningKey.generate(), Person(authority.id, "ali", ali.key)
    good = recovery(ali, new, 2)

    def but(**changes: Any) -> Recover:
        fields = {name: getattr(good, name) for name in ("rid", "entry", "recovery_key", "new_sig", "prekey")}
        return Recover(**{**fields, **changes})

    for message, code in [
        (recovery(other, new, 2), "bad_proof"),  # another recovery key
        (recovery(ali, new, 2, uid=bytes(32)), "bad_proof"),
        (recovery(ali, new, 2, uid=boss.uid), "bad_proof"),
        (but(entry=Signed(good.entry.body, bytes(64))), "bad_proof"),
        (but(recovery_key=bytes(32)), "bad_proof"),
        (recovery(ali, new, 2, why=OWN), "bad_statement"),
        (recovery(ali, new, 2, by=boss.uid), "bad_statement"),
        (recovery(ali, new, 2, new_key=None), "bad_statement"),
        (but(new_sig=bytes(64)), "bad_signature"),
        (but(prekey=prekey_of(ali, ali.key)), "bad_signature"),
        (recovery(ali, ali.key, 2), "bad_statement"),
    ]:
        assert refused(Peer(authority).hello(), message)[0] == code, message
    agent(authority, boss).ask(end(boss, ali, 2), Appended)
    assert refused(Peer(authority).hello(), recovery(ali, new, 3))[0] == "revoked"


def test_guesses_at_recovery_keys_are_limited(authority: Authority, clock: Clock) -> None:
    ali = owner(authority, "ali")
    guess = recovery(Person(authority.id, "ali", ali.key), SigningKey.generate(), 1)
    codes = [refused(Peer(authority).hello(), guess)[0] for _ in range(30)]
    assert codes[:20] == ["bad_proof"] * 20 and codes[-1] == "slow_down"


def test_every_agent_replays_it(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    new = SigningKey.generate()
    peer = agent(authority, ali)
    peer.ask(own(ali, new, 2), Appended)
    agent(authority, boss).ask(end(boss, ali, 3), Appended)
    log = Log(authority.id)
    for raw in authority.state.entries:
        log.append(raw)
    assert log.users == authority.state.log.users
    assert log.users[ali.uid].counting == []
    assert log.users[ali.uid].gone == [ali.key.public, new.public]
