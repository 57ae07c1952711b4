"""Groups at the authority, by raw clients: who may create, add and remove, and what a commit must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from authority_server.core.authority import Authority
from protocol.errors import HamrazError
from protocol.group_entries import Certificate, ChainHead, JoinEntry, Retract, RetractEntry, commit_hash, encode_entry
from protocol.group_settings import settings_hash
from protocol.messages import (
    ChatStarted,
    Committed,
    Done,
    FetchGrant,
    FetchGroup,
    FetchPrekeys,
    Grant,
    Granted,
    GrantKeys,
    GroupIs,
    LastResorts,
    MakeCommit,
    Posted,
    PublishPrekey,
    StartGroup,
)
from protocol.primitives import OpenKey, random_id
from protocol.roles import Role
from protocol.statements import NO_DEVICE, Prekey, Signed, check, issue
from tests.authority.group_peer import Batch, Circle, known, line, make_commit, people, reloaded
from tests.authority.peer import Peer, Person

ROLES = list(Role)
COMMANDERS = (Role.SUPER_ADMIN, Role.ADMIN, Role.ADVANCED)


def code_of(action: Callable[[], Any]) -> str:
    with pytest.raises(HamrazError) as caught:
        action()
    return caught.value.code


def cast(authority: Authority, commander: Role, target: Role) -> tuple[Person, Person, dict[str, Person]]:
    """A commander and a target of these roles; there is one super admin, so who commands themselves is both."""
    who = people(
        authority,
        maker=Role.ADVANCED,
        extra=Role.BEGINNER,
        **{name: role for name, role in (("commander", commander), ("target", target)) if role is not Role.SUPER_ADMIN},
    )
    one, other = who.get("commander", who["owner"]), who.get("target", who["owner"])
    return one, who["extra"] if one is other else other, who


# --- all 4 x 4 roles ---


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("commander", ROLES)
def test_who_may_create(authority: Authority, commander: Role, target: Role) -> None:
    by, other, _who = cast(authority, commander, target)
    circle, peer = Circle(authority), line(authority, by)
    if commander in COMMANDERS:
        circle.start(peer)
        circle.change(peer, by, [by, other])
        assert authority.published_groups[circle.gid].creator == by.uid
        return
    assert code_of(lambda: circle.start(peer)) == "role_not_allowed"
    # nor by way of somebody else's port, or none
    circle.start(line(authority, _who["maker"]))
    assert code_of(lambda: circle.send_commit(peer, circle.commit(by, [by, other]), [by, other])) == "group_not_started"
    assert known(authority) == {} and authority.state.log.groups == {}


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("commander", ROLES)
def test_who_may_add(authority: Authority, commander: Role, target: Role) -> None:
    by, other, who = cast(authority, commander, target)
    maker = who["maker"]
    circle = Circle(authority).create(maker, [maker, by])
    peer, everybody = line(authority, by), [maker, by, other]
    signed = circle.commit(by, everybody)
    if commander in COMMANDERS:
        circle.send_commit(peer, signed, everybody)
        assert other.uid in authority.published_groups[circle.gid].listed
    else:
        before = known(authority)
        assert code_of(lambda: circle.send_commit(peer, signed, everybody)) == "role_not_allowed"
        assert known(authority) == before


@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("commander", ROLES)
def test_who_may_remove(authority: Authority, commander: Role, target: Role) -> None:
    by, other, who = cast(authority, commander, target)
    maker = who["maker"]
    circle = Circle(authority).create(maker, [maker, by, other])
    peer, rest = line(authority, by), [maker, by]
    signed = circle.commit(by, rest)
    if commander in COMMANDERS:
        circle.send_commit(peer, signed, rest)
        assert other.uid not in authority.published_groups[circle.gid].listed
    else:
        before = known(authority)
        assert code_of(lambda: circle.send_commit(peer, signed, rest)) == "role_not_allowed"
        assert known(authority) == before


@pytest.mark.parametrize("role", COMMANDERS)
def test_rank_alone_commands_nothing(authority: Authority, role: Role) -> None:
    """Neither an outsider nor an invited one changes who is in, whatever their role."""
    by, _other, who = cast(authority, role, Role.BEGINNER)
    maker, extra = who["maker"], who["extra"]
    circle = Circle(authority).create(maker, [maker])
    signed = circle.commit(by, [maker, by])
    assert code_of(lambda: circle.send_commit(line(authority, by), signed, [maker, by])) == "not_member"
    circle.change(line(authority, maker), maker, [maker, by, extra])  # invited now, and not in
    signed = circle.commit(by, [maker, by])
    assert code_of(lambda: circle.send_commit(line(authority, by), signed, [maker, by])) == "not_member"


# --- what a commit must be ---


@pytest.fixture
def who(authority: Authority) -> dict[str, Person]:
    return people(authority, ada=Role.ADVANCED, bob=Role.BEGINNER, eve=Role.BEGINNER, zoe=Role.ADVANCED)


@pytest.fixture
def circle(authority: Authority, who: dict[str, Person]) -> Circle:
    """Ada's group with Bob and Zoe, who have joined."""
    return Circle(authority).create(who["ada"], [who["ada"], who["bob"], who["zoe"]])


def test_a_commit_is_made_by_its_own_signer(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob, zoe, eve = who["ada"], who["bob"], who["zoe"], who["eve"]
    stay, before = [ada, zoe], known(authority)
    for peer, signed, code in (
        (line(authority, bob), circle.commit(ada, stay), "not_member"),  # Ada's words, brought by Bob
        (line(authority, bob), circle.commit(bob, stay), "bad_commit"),
        (line(authority, ada), circle.commit(ada, stay, signer=bob.key), "bad_signature"),
        (line(authority, ada), circle.commit(ada, [*stay, eve], signer=eve.key), "bad_signature"),
        (line(authority, ada), circle.commit(ada, stay, previous=bytes(32)), "stale"),
        (line(authority, ada), circle.commit(ada, stay, history="joining"), "bad_commit"),
        (line(authority, ada), circle.commit(ada, [zoe]), "bad_commit"),
    ):
        assert code_of(lambda peer=peer, signed=signed: circle.send_commit(peer, signed, stay)) == code
    assert known(authority) == before


def test_keys_for_everybody_and_nobody_else(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, bob, eve = who["ada"], who["bob"], who["eve"]
    peer, signed, before = line(authority, ada), circle.commit(ada, [ada, bob]), known(authority)
    assert code_of(lambda: peer.ask(make_commit(signed), Committed)) == "bad_commit"
    assert code_of(lambda: circle.send_commit(peer, signed, [ada])) == "bad_commit"
    assert code_of(lambda: circle.send_commit(peer, signed, [ada, bob, eve])) == "bad_commit"
    # what another connection or another commit brought is none of this one's
    other = line(authority, who["zoe"])
    other.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada, bob])), Done)
    peer.ask(GrantKeys(0, circle.gid, 3, circle.grants([ada, bob])), Done)
    assert code_of(lambda: peer.ask(make_commit(signed), Committed)) == "bad_commit"
    assert known(authority) == before
    # in parts is as good
    peer.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada])), Done)
    peer.ask(GrantKeys(0, circle.gid, 2, circle.grants([bob])), Done)
    peer.ask(MakeCommit(0, signed, b""), Committed)


@pytest.mark.parametrize("size", [1, 1023, 1025, 16_384 - 16, 65_535])
def test_settings_have_one_of_their_lengths(
    authority: Authority, circle: Circle, who: dict[str, Person], size: int
) -> None:
    ada, bob = who["ada"], who["bob"]
    peer, before = line(authority, ada), known(authority)
    signed = circle.commit(ada, [ada, bob], settings_hash=settings_hash(bytes(size)))
    assert code_of(lambda: circle.send_commit(peer, signed, [ada, bob], settings=bytes(size))) == "bad_commit"
    assert known(authority) == before


def test_settings_come_exactly_with_a_commit_that_names_them(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob = who["ada"], who["bob"]
    peer, none = line(authority, ada), bytes(32)
    names = circle.commit(ada, [ada, bob], settings_hash=settings_hash(b"s" * 1024))
    assert code_of(lambda: circle.send_commit(peer, names, [ada, bob])) == "bad_commit"
    assert code_of(lambda: circle.send_commit(peer, names, [ada, bob], settings=bytes(1024))) == "bad_commit"
    without = circle.commit(ada, [ada, bob], settings_hash=none)
    assert code_of(lambda: circle.send_commit(peer, without, [ada, bob], settings=bytes(1024))) == "bad_commit"
    circle.send_commit(peer, names, [ada, bob], settings=b"s" * 1024)
    circle.adopt(names)
    assert peer.ask(FetchGroup(0, circle.gid), GroupIs).settings == b"s" * 1024
    carries_none = circle.commit(ada, [ada, bob])
    circle.send_commit(peer, carries_none, [ada, bob])
    assert peer.ask(FetchGroup(0, circle.gid), GroupIs).settings == b""


def test_no_more_keys_than_a_commit_can_take(authority: Authority, who: dict[str, Person]) -> None:
    peer, gid = line(authority, who["ada"]), random_id()
    for _part in range(5):
        peer.ask(GrantKeys(0, gid, 1, [Granted(random_id() * 2, NO_DEVICE, b"x") for _ in range(400)]), Done)
    one_more = [Granted(random_id() * 2, NO_DEVICE, b"x")]
    assert code_of(lambda: peer.ask(GrantKeys(0, gid, 1, one_more), Done)) == "group_full"
    longest = [Granted(random_id() * 2, NO_DEVICE, b"x" * 500_000) for _part in range(9)]
    for share in longest[1:]:
        peer.ask(GrantKeys(0, gid, 2, [share]), Done)
    assert code_of(lambda: peer.ask(GrantKeys(0, gid, 2, longest[:1]), Done)) == "group_full"


def test_the_key_before_goes_along_only_where_history_is_shared(authority: Authority, who: dict[str, Person]) -> None:
    ada = who["ada"]
    peer, circle = line(authority, ada), Circle(authority)
    circle.start(peer)
    first = circle.commit(ada, [ada], wrapped=b"w" * 60)
    assert code_of(lambda: circle.send_commit(peer, first, [ada])) == "bad_commit"
    first = circle.commit(ada, [ada], history="joining")
    circle.send_commit(peer, first, [ada])
    circle.adopt(first)
    second = circle.commit(ada, [ada], history="joining", wrapped=b"w" * 60)
    assert code_of(lambda: circle.send_commit(peer, second, [ada])) == "bad_commit"
    third = circle.commit(ada, [ada], history="joining")
    circle.send_commit(peer, third, [ada])


def test_the_key_before_has_its_exact_length(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """One of another length is refused before anything is written: nobody else's writes are undone with it."""
    ada, stay, before = who["ada"], [who["ada"], who["zoe"]], known(authority)
    writer = line(authority, ada)
    for size, refusal in ((0, "bad_commit"), (1, "bad_commit"), (59, "bad_commit"), (61, "bad_statement")):
        signed = circle.commit(ada, stay, wrapped=b"w" * size)
        assert code_of(lambda signed=signed: circle.send_commit(writer, signed, stay)) == refusal  # type: ignore[misc]
    both = circle.commit(ada, stay, cut=True, wrapped=b"w" * 60)
    assert code_of(lambda: circle.send_commit(writer, both, stay)) == "bad_commit"
    cut = circle.commit(ada, stay, cut=True)
    assert known(authority) == before
    circle.send_commit(line(authority, ada), cut, stay)
    assert authority.published_groups[circle.gid].commit == cut


@pytest.mark.parametrize("port", ["main", "group"])
def test_without_rank_a_commit_needs_a_reason(
    authority: Authority, circle: Circle, who: dict[str, Person], port: str
) -> None:
    """And is exactly that: nothing of a flood of others is written anywhere."""
    bob, everybody, before = who["bob"], [who["ada"], who["bob"], who["zoe"]], known(authority)
    size = authority.published.size
    peer = line(authority, bob) if port == "main" else circle.enter(bob)
    for changes in ({}, {"note": bytes(17)}, {"cut": True}, {"settings_hash": b"s" * 32}, {"policy": "ranked"}):
        signed = circle.commit(bob, everybody, **changes)
        assert code_of(lambda signed=signed: circle.send_commit(peer, signed, everybody)) == "role_not_allowed"  # type: ignore[misc]
    assert known(authority) == before and authority.published.size == size
    circle.enter(who["zoe"]).ask(circle.post(circle.leave_entry(who["zoe"])), Posted)
    stay = [who["ada"], bob]
    for members, changes in (([bob], {}), (everybody, {}), (stay, {"note": bytes(17)}), (stay, {"policy": "ranked"})):
        signed = circle.commit(bob, members, **changes)
        code = code_of(lambda signed=signed, members=members: circle.send_commit(peer, signed, members))  # type: ignore[misc]
        assert code == "role_not_allowed"
    signed = circle.commit(bob, stay)
    circle.send_commit(peer, signed, stay)
    circle.adopt(signed)
    again = circle.commit(bob, stay)  # and once
    assert code_of(lambda: circle.send_commit(peer, again, stay)) == "role_not_allowed"


def test_a_beginner_writes_no_announcement_and_takes_nothing_away(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob = who["ada"], who["bob"]
    everybody = [ada, bob, who["zoe"]]
    signed = circle.commit(ada, everybody, policy="ranked")
    circle.send_commit(line(authority, ada), signed, everybody)
    circle.adopt(signed)
    written = circle.enter(ada).ask(circle.post(circle.message(ada)), Posted)
    peer = circle.enter(bob)
    before = known(authority)
    assert code_of(lambda: peer.ask(circle.post(circle.message(bob)), Posted)) == "ranked_only"
    chain = authority.state.groups.groups[circle.gid].group
    said = Retract(circle.gid, circle.epoch, bob.uid, written.n, chain.hash, b"")
    entry = encode_entry(RetractEntry(issue(said, bob.key, authority.id)))
    assert code_of(lambda: peer.ask(circle.post(entry), Posted)) == "role_not_allowed"
    for changes in ({"policy": "all"}, {"policy": "ranked", "settings_hash": b"s" * 32}):
        signed = circle.commit(bob, everybody, **changes)
        assert code_of(lambda signed=signed: circle.send_commit(peer, signed, everybody)) == "role_not_allowed"  # type: ignore[misc]
    assert known(authority) == before


def test_of_two_commits_one_is_stale(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """Be they one after the other or in one batch."""
    ada, bob, zoe = who["ada"], who["bob"], who["zoe"]
    peers = line(authority, ada), line(authority, zoe)
    one, two = circle.commit(ada, [ada, zoe]), circle.commit(zoe, [bob, zoe])
    for peer, members in zip(peers, ([ada, zoe], [bob, zoe]), strict=True):
        peer.ask(GrantKeys(0, circle.gid, 2, circle.grants(members)), Done)
    batch = Batch(authority)
    first, second = peers[0].begin(make_commit(one)), peers[1].begin(make_commit(two))
    batch.run()
    assert peers[0].answer(first, Committed).n == 4
    # Zoe's would have removed Ada; whether she looked before or after, it is not made on what is in force
    assert code_of(lambda: peers[1].answer(second, Committed)) == "stale"
    again = peers[1].begin(make_commit(two))
    batch.run()
    assert code_of(lambda: peers[1].answer(again, Committed)) == "stale"
    assert authority.published_groups[circle.gid].commit == one
    assert known(reloaded(authority)) == known(authority)


def test_a_commander_who_is_demoted_in_the_same_batch(authority: Authority, who: dict[str, Person]) -> None:
    """The role counts as it is in the log where the commit comes to stand."""
    from protocol.messages import Appended, ChangeRole

    ada, owner = who["ada"], who["owner"]
    circle = Circle(authority).create(ada, [ada, who["bob"]])
    boss, peer = line(authority, owner), line(authority, ada)
    peer.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada])), Done)
    batch = Batch(authority)
    change = owner.role_change(ada.uid, Role.BEGINNER, authority.state.log.users[ada.uid].latest)
    demoted = boss.begin(ChangeRole(0, change))
    committed = peer.begin(make_commit(circle.commit(ada, [ada])))
    batch.run()
    boss.answer(demoted, Appended)
    assert code_of(lambda: peer.answer(committed, Committed)) == "role_not_allowed"
    assert known(reloaded(authority)) == known(authority)


def test_a_beginner_takes_out_exactly_who_has_left(
    authority: Authority, circle: Circle, who: dict[str, Person]
) -> None:
    ada, bob, zoe = who["ada"], who["bob"], who["zoe"]
    circle.enter(zoe).ask(circle.post(circle.leave_entry(zoe)), Posted)
    peer = line(authority, bob)
    both = circle.commit(bob, [bob])
    assert code_of(lambda: circle.send_commit(peer, both, [bob])) == "role_not_allowed"
    added = circle.commit(bob, [ada, bob, who["eve"]])
    assert code_of(lambda: circle.send_commit(peer, added, [ada, bob, who["eve"]])) == "role_not_allowed"
    circle.change(peer, bob, [ada, bob])
    assert authority.published_groups[circle.gid].listed == {ada.uid, bob.uid}


def test_a_commit_again_gets_the_first_answer(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada = who["ada"]
    peer = line(authority, ada)
    signed = circle.commit(ada, [ada])
    first = circle.send_commit(peer, signed, [ada])
    again = line(authority, ada).ask(make_commit(signed), Committed)  # its keys are not brought again
    assert (again.n, again.certificate, again.chain) == (first.n, first.certificate, first.chain)
    # also once others have come after it
    circle.adopt(signed)
    circle.change(line(authority, ada), ada, [ada, who["bob"]])
    assert line(authority, ada).ask(make_commit(signed), Committed).n == first.n
    assert authority.published_groups[circle.gid].n == first.n + 1


def test_a_commit_twice_in_one_batch_is_one(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    ada, size = who["ada"], authority.state.log.size
    peer, signed = line(authority, ada), circle.commit(ada, [ada])
    peer.ask(GrantKeys(0, circle.gid, 2, circle.grants([ada])), Done)
    batch = Batch(authority)
    one, two = peer.begin(make_commit(signed)), peer.begin(make_commit(signed))
    batch.run()
    assert peer.answer(one, Committed).n == peer.answer(two, Committed).n == 4
    assert authority.state.log.size == size + 1


def test_a_commit_is_not_posted(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    """By that way it would come without keys and without its log entry."""
    ada = who["ada"]
    peer, signed = circle.enter(ada), circle.commit(ada, [ada])
    assert code_of(lambda: peer.ask(circle.post(circle.commit_entry(signed)), Posted)) == "bad_statement"
    assert code_of(lambda: peer.ask(circle.post(encode_entry(JoinEntry(signed))), Posted)) == "bad_statement"


# --- what is answered ---


def test_what_proves_a_group(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    answer = line(authority, who["bob"]).ask(FetchGroup(0, circle.gid), GroupIs)
    certificate = check(answer.certificate, Certificate, authority.key.public, authority.id)
    chain = check(answer.chain, ChainHead, authority.key.public, authority.id)
    index, hash = authority.state.log.groups[circle.gid][0]
    assert (certificate.sequence, certificate.commit_hash) == (index, hash) == (index, commit_hash(answer.commit))
    assert (certificate.port, certificate.creator) == (circle.port, who["ada"].uid)
    kept = authority.state.groups.groups[circle.gid].group
    assert (chain.n, chain.hash, chain.epoch) == (3, kept.hash, 1)


def test_each_is_served_their_own_key_only(authority: Authority, circle: Circle, who: dict[str, Person]) -> None:
    for name in ("ada", "bob", "zoe"):
        sealed = line(authority, who[name]).ask(FetchGrant(0, circle.gid, 1), Grant).sealed
        assert sealed == b"sealed for " + who[name].uid
    assert code_of(lambda: line(authority, who["eve"]).ask(FetchGrant(0, circle.gid, 1), Grant)) == "not_member"
    assert code_of(lambda: line(authority, who["bob"]).ask(FetchGrant(0, circle.gid, 2), Grant)) == "no_key"


def test_nothing_is_shown_before_it_is_on_disk(authority: Authority, who: dict[str, Person]) -> None:
    """A group, and a membership, of a batch that has been decided and not written yet."""
    ada, bob = who["ada"], who["bob"]
    authority.nodes = None  # one of several would look again first, in the next batch
    circle, peer = Circle(authority), line(authority, ada)
    other = line(authority, bob)
    circle.start(peer)
    seen: list[str] = []

    def look(_state: Any, _rows: Any) -> None:
        seen.append(code_of(lambda: other.ask(FetchGroup(0, circle.gid), GroupIs)))
        seen.append(code_of(lambda: circle.enter(bob)))
        assert not other.closed

    peer.ask(GrantKeys(0, circle.gid, 1, circle.grants([ada, bob])), Done)
    batch = Batch(authority)
    committed = peer.begin(make_commit(circle.commit(ada, [ada, bob])))
    batch.add(look)
    batch.run()
    peer.answer(committed, Committed)
    assert seen == ["not_member", "not_member"]
    other.ask(FetchGroup(0, circle.gid), GroupIs)


# --- last-resort prekeys ---


def prekey(authority: Authority, who: Person, sequence: int, **changes: Any) -> Signed:
    right = {
        "uid": who.uid,
        "device": NO_DEVICE,
        "id": random_id(),
        "sequence": sequence,
        "key": OpenKey.generate().public.raw,
    }
    return issue(Prekey(**{**right, **changes}), who.key, authority.id)


def test_the_newest_prekey_counts(authority: Authority, who: dict[str, Person]) -> None:
    ada, bob = who["ada"], who["bob"]
    peer = line(authority, ada)
    first, second = prekey(authority, ada, 1), prekey(authority, ada, 2)
    for signed in (first, second, second):
        peer.ask(PublishPrekey(0, signed), Done)
    assert code_of(lambda: peer.ask(PublishPrekey(0, first), Done)) == "prekey_stale"
    assert code_of(lambda: peer.ask(PublishPrekey(0, prekey(authority, ada, 2)), Done)) == "prekey_stale"
    assert code_of(lambda: peer.ask(PublishPrekey(0, prekey(authority, ada, 0)), Done)) == "prekey_invalid"
    assert code_of(lambda: peer.ask(PublishPrekey(0, prekey(authority, ada, 3, uid=bob.uid)), Done)) == "prekey_invalid"
    assert code_of(lambda: peer.ask(PublishPrekey(0, prekey(authority, bob, 3)), Done)) == "bad_signature"
    found = peer.ask(FetchPrekeys(0, [bob.uid, ada.uid, bytes(32)]), LastResorts).prekeys
    assert found == [None, second, None]


def test_two_prekeys_in_one_batch(authority: Authority, who: dict[str, Person]) -> None:
    ada = who["ada"]
    peer, newer, older = line(authority, ada), prekey(authority, ada, 2), prekey(authority, ada, 1)
    batch = Batch(authority)
    one, two = peer.begin(PublishPrekey(0, newer)), peer.begin(PublishPrekey(0, older))
    assert peer.ask(FetchPrekeys(0, [ada.uid]), LastResorts).prekeys == [None]
    batch.run()
    peer.answer(one, Done)
    assert code_of(lambda: peer.answer(two, Done)) == "prekey_stale"
    assert peer.ask(FetchPrekeys(0, [ada.uid]), LastResorts).prekeys == [newer]


def test_a_port_is_answered_only_to_who_may(authority: Authority, who: dict[str, Person]) -> None:
    peer = Peer(authority).hello()
    assert code_of(lambda: peer.ask(StartGroup(0, random_id(), 4000), ChatStarted)) == "not_logged_in"
