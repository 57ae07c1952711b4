"""The log over the wire: fetching it in parts, being told of its head, and role changes with every refusal."""

import pytest

from authority_server.core.authority import Authority
from authority_server.handlers import log as log_handlers
from protocol.errors import HamrazError
from protocol.log import Log
from protocol.log_entries import RegisterEntry, RoleChange, encode_entry
from protocol.messages import Appended, ChangeRole, FetchLog, LogPart, NewHead
from protocol.primitives import SigningKey
from protocol.roles import Role
from protocol.statements import Head, Signed, check, issue
from tests.authority.peer import Clock, Peer, Person, agent, member, new_authority, owner, person


def replay(peer: Peer) -> Log:
    """Fetch the whole log and replay it, as every agent does."""
    log = Log(peer.authority.id)
    while True:
        part = peer.ask(FetchLog(0, log.size), LogPart)
        head = check(part.head, Head, peer.authority.key.public, peer.authority.id)
        for raw in part.entries:
            log.append(raw)
        if log.size >= head.size:
            assert log.head == head
            return log
        assert part.entries


def test_every_agent_replays_the_log_that_the_authority_has(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    log = replay(agent(authority, sara))
    assert log.size == 3
    assert log.users == authority.state.log.users
    assert [log.users[who.uid].role for who in (sara, ali)] == [Role.SUPER_ADMIN, Role.BEGINNER]


def test_a_long_log_comes_in_parts(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    who = owner(authority)
    for number in range(9):
        member(authority, f"user{number}")
    monkeypatch.setattr(log_handlers, "PART_SIZE", 1000)
    peer = agent(authority, who)
    part = peer.ask(FetchLog(0, 0), LogPart)
    assert 1 < len(part.entries) < 6
    assert sum(map(len, part.entries)) <= 1000
    assert replay(peer).size == 11


def test_behind_the_end_there_is_nothing(authority: Authority) -> None:
    peer = agent(authority, owner(authority))
    for start in (2, 3, 2**63 - 1):
        assert peer.ask(FetchLog(0, start), LogPart).entries == []


def test_what_is_not_durable_is_not_shown(authority: Authority) -> None:
    peer = agent(authority, owner(authority))
    late = person(authority, "late")
    with authority.store.transaction() as rows:
        # a batch that is still open, in the writer's thread
        authority.state.append(rows, encode_entry(RegisterEntry(late.register())))
        assert peer.ask(FetchLog(0, 0), LogPart).head == authority.published.head
        assert len(peer.ask(FetchLog(0, 0), LogPart).entries) == 2


def test_a_new_head_is_pushed_once_until_it_is_fetched(authority: Authority) -> None:
    sara, ali = owner(authority, "sara"), member(authority, "ali")
    first, second = agent(authority, sara), agent(authority, ali)
    member(authority, "reza")
    member(authority, "mina")
    for peer in (first, second):
        (news,) = peer.inbox
        assert isinstance(news, NewHead)
        assert check(news.head, Head, authority.key.public, authority.id).size == 4
        peer.inbox.clear()
    replay(first)
    member(authority, "late")
    (news,) = first.inbox
    assert isinstance(news, NewHead) and news.head == authority.published.head
    assert second.inbox == []  # has not fetched since it was told


def change(peer: Peer, entry: Signed) -> int:
    return peer.ask(ChangeRole(0, entry), Appended).index


ROLES = [Role.SUPER_ADMIN, Role.ADMIN, Role.ADVANCED, Role.BEGINNER]
MAKES = {Role.SUPER_ADMIN: (Role.ADMIN, Role.ADVANCED, Role.BEGINNER), Role.ADMIN: (Role.ADVANCED, Role.BEGINNER)}


def expected(commander: Role, target: Role, new: Role) -> str | None:
    """The specification's section 8, written a second time."""
    if target is Role.SUPER_ADMIN or new is Role.SUPER_ADMIN:
        return "role_fixed"
    if commander not in MAKES:
        return "role_not_allowed"
    if commander is Role.ADMIN and Role.ADMIN in (target, new):
        return "role_only_super"
    return None


@pytest.fixture(scope="module")
def court() -> tuple[Authority, dict[Role, Person], dict[Role, Person]]:
    """For each role one person who commands and one who is commanded."""
    authority = new_authority(Clock())
    boss = owner(authority, "boss")
    peer = agent(authority, boss)
    commanders, targets = {Role.SUPER_ADMIN: boss}, {Role.SUPER_ADMIN: boss}
    for role in ROLES[1:]:
        for group, name in ((commanders, "commander"), (targets, "target")):
            group[role] = member(authority, f"{name}{role[:3]}".replace(" ", ""))
            change(peer, boss.role_change(group[role].uid, role, latest(authority, group[role])))
    peer.hang_up()
    return authority, commanders, targets


def latest(authority: Authority, who: Person) -> int:
    return authority.state.log.users[who.uid].latest


@pytest.mark.parametrize("new", ROLES)
@pytest.mark.parametrize("target", ROLES)
@pytest.mark.parametrize("commander", ROLES)
def test_the_commanders_role_decides(
    court: tuple[Authority, dict[Role, Person], dict[Role, Person]], commander: Role, target: Role, new: Role
) -> None:
    authority, commanders, targets = court
    who, whom = commanders[commander], targets[target]
    peer = agent(authority, who)
    size = authority.state.log.size
    refused = expected(commander, target, new)
    try:
        change(peer, who.role_change(whom.uid, new, latest(authority, whom)))
    except HamrazError as refusal:
        assert refusal.code == refused
        assert authority.state.log.size == size
    else:
        assert refused is None
        assert authority.state.log.users[whom.uid].role is new
        # and back
        boss = commanders[Role.SUPER_ADMIN]
        peer.hang_up()
        peer = agent(authority, boss)
        change(peer, boss.role_change(whom.uid, target, latest(authority, whom)))
    peer.hang_up()


def test_an_old_promotion_cannot_be_replayed(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    peer = agent(authority, boss)
    promotion = boss.role_change(ali.uid, Role.ADMIN, 2)
    at = change(peer, promotion)
    assert at == 3
    assert change(peer, promotion) == at  # the same again at once is a resend, and gets the same answer
    change(peer, boss.role_change(ali.uid, Role.BEGINNER, 3))
    for old in (promotion, boss.role_change(ali.uid, Role.ADVANCED, 2)):
        with pytest.raises(HamrazError) as refusal:
            change(peer, old)
        assert refusal.value.code == "stale"
    assert authority.state.log.users[ali.uid].role is Role.BEGINNER
    assert authority.state.log.size == 5


def test_a_role_change_is_signed_by_who_sends_it(authority: Authority) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    peer = agent(authority, ali)
    own = boss.role_change(ali.uid, Role.ADMIN, 2)
    for entry, code in [
        (own, "bad_signature"),  # the boss's own, sent by somebody else
        (Signed(own.body, bytes(64)), "bad_signature"),
        (Person(authority.id, "boss", SigningKey.generate()).role_change(ali.uid, Role.ADMIN, 2), "bad_signature"),
        (issue(RoleChange(ali.uid, Role.ADMIN, boss.uid, 2), ali.key, authority.id), "bad_signature"),
        (ali.role_change(b"?" * 32, Role.ADMIN, 2), "unknown_user"),
        (ali.role_change(ali.uid, Role.ADMIN, 2), "role_not_allowed"),
        (ali.role_change(ali.uid, Role.ADMIN, 1), "stale"),
    ]:
        with pytest.raises(HamrazError) as refusal:
            change(peer, entry)
        assert refusal.value.code == code
    assert authority.state.log.size == 3
    assert not peer.closed


def test_changes_are_limited(authority: Authority, clock: Clock) -> None:
    boss, ali = owner(authority, "boss"), member(authority, "ali")
    peer = agent(authority, boss)
    authority.limits.roles.burst = 2
    change(peer, boss.role_change(ali.uid, Role.ADVANCED, 2))
    change(peer, boss.role_change(ali.uid, Role.BEGINNER, 3))
    with pytest.raises(HamrazError) as refusal:
        change(peer, boss.role_change(ali.uid, Role.ADMIN, 4))
    assert refusal.value.code == "slow_down"
    clock.advance(30)
    change(peer, boss.role_change(ali.uid, Role.ADMIN, 4))
