"""A link by which people ask to come into a group: whom it lets in, at once or by hand, and whom never."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from authority_server.rules.rate_limits import Limit
from protocol.errors import Refused, Unreachable
from protocol.kinds import ASK, Ask, encode_body
from protocol.primitives import random_id
from protocol.roles import Role
from tests.agent.vaults import copy_of, put_back
from tests.groups.group_world import GroupWorld
from tests.world import Person
from transport.token_buckets import TokenBuckets
from web_client.account.chat_ids import ChatId
from web_client.account.events import GroupChanged
from web_client.agent.views import chats as chat_views
from web_client.agent.views import groups as group_views
from web_client.groups import join_links, letting_in
from web_client.groups import membership as group_membership
from web_client.groups.admissions import Admissions
from web_client.groups.rows import INVITED, JOINED, REMOVED


@pytest.fixture
def group_world() -> GroupWorld:
    """`arash` and `sara` are in the group, `omid` and `mina` are not."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=1)
    group_world.everybody_joins()
    return group_world


def link(group_world: GroupWorld, by: Person, on: bool = True, admits: Any = "asked", anew: bool = False) -> bytes:
    """Turn somebody's link on or off; its secret."""
    letting_in.set_link(by.node.groups, group_world.gid, on, admits, anew)
    found = by.vault.read(lambda rows: join_links.of(rows, group_world.gid))
    assert found is not None
    return found.secret


def ask(group_world: GroupWorld, by: Person, maker: Person, secret: bytes) -> None:
    """Somebody presses a link, and everything that follows by itself does."""
    letting_in.ask(by.vault, by.node.messages, group_world.gid, maker.uid, secret)
    group_world.world.settle()
    letting_in.come_in(by.vault, by.node.groups)
    group_world.world.settle()


def shown(group_world: GroupWorld, person: Person) -> dict[str, Any]:
    return group_views.group(person.node, group_world.room(person))


def waiting(group_world: GroupWorld, person: Person) -> list[str]:
    """Whom somebody's page asks about."""
    return [one["uid"] for one in shown(group_world, person)["asks"]]


def is_in(group_world: GroupWorld, person: Person) -> bool:
    return group_world.kept.group.is_in(person.uid)


def test_who_asks_waits_and_comes_in_once_they_are_let_in(group_world: GroupWorld) -> None:
    arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara)
    ask(group_world, omid, sara, secret)
    sara.changes.clear()
    group_world.world.now += 1
    ask(group_world, omid, sara, secret)  # twice is once
    assert GroupChanged(group_world.gid) not in sara.changes
    assert waiting(group_world, sara) == [omid.uid.hex()] and not is_in(group_world, omid)
    assert waiting(group_world, arash) == []  # it is the maker's to answer
    assert omid.shown(sara) == sara.shown(omid) == []  # no line of their talk, on either side
    assert chat_views.conversation(sara.node, ChatId.private(omid.uid))["unread"] == 0  # type: ignore[index]
    letting_in.answer(sara.node.groups, group_world.gid, omid.uid, True)
    group_world.world.settle()
    letting_in.come_in(omid.vault, omid.node.groups)  # they have said yes by asking
    group_world.world.settle()
    assert is_in(group_world, omid) and group_world.room(omid).state == JOINED and waiting(group_world, sara) == []
    group_world.say(omid, "here I am")
    assert group_world.texts(arash)[-1] == "here I am"
    group_world.check()


def test_whom_a_link_lets_in_at_once(group_world: GroupWorld) -> None:
    arash, _sara, omid, mina = group_world.people
    secret = link(group_world, arash, admits="all")
    epoch = group_world.kept.group.epoch
    for person in (omid, mina):
        letting_in.ask(person.vault, person.node.messages, group_world.gid, arash.uid, secret)
        person.deliver()
    group_world.world.settle()
    assert group_world.kept.group.epoch == epoch + 1  # both by one commit
    for person in (omid, mina):
        letting_in.come_in(person.vault, person.node.groups)
    group_world.world.settle()
    assert is_in(group_world, omid) and is_in(group_world, mina) and waiting(group_world, arash) == []
    group_world.check()


def test_who_asks_while_others_are_let_in_comes_in_at_once_too(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    arash, _sara, omid, mina = group_world.people
    secret = link(group_world, arash, admits="all")
    change = group_membership.change_members

    def slow(*given: Any, **named: Any) -> None:
        monkeypatch.undo()
        letting_in.ask(mina.vault, mina.node.messages, group_world.gid, arash.uid, secret)
        mina.deliver()
        change(*given, **named)

    monkeypatch.setattr(group_membership, "change_members", slow)
    ask(group_world, omid, arash, secret)
    assert is_in(group_world, omid) and waiting(group_world, arash) == []
    assert group_world.room(mina).state == INVITED


def test_who_makes_one_account_after_the_other_leaves_the_maker_commits(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To take them out again; who comes later comes in with others."""
    monkeypatch.setattr(group_world.world.authority.limits, "commits", Limit(3, 60_000))
    arash, _sara, omid, mina = group_world.people
    group_world.room(arash).context.admissions.of_one = TokenBuckets(2, 120.0)
    secret = link(group_world, arash, admits="all")
    others = [group_world.world.sign_up(name) for name in ("nima", "tara")]
    for person in (omid, mina, *others):
        ask(group_world, person, arash, secret)
    assert [is_in(group_world, person) for person in (omid, mina, *others)] == [True, True, False, False]
    assert waiting(group_world, arash) == []  # nobody has to press for them
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    epoch = group_world.kept.group.epoch
    group_world.world.now += 120_000
    group_world.world.settle()
    assert all(uid.uid in group_world.kept.group.members for uid in others)
    assert group_world.kept.group.epoch == epoch + 1


def test_links_to_many_groups_leave_their_maker_commits_too() -> None:
    """Of all groups together an account may make 300, and one in 72 s."""
    admissions, made = Admissions(), 0
    for now in (0, 3600):
        for group in range(60):
            while not admissions.wait(bytes([group]), now):
                admissions.spend(bytes([group]), now)
                made += 1
        assert made == (100 if now == 0 else 100 + 3600 // 150)


def test_who_comes_in_by_a_link_is_no_contact_for_that(group_world: GroupWorld) -> None:
    """Nor is its maker one for a press on it: how much each takes of the other stays limited."""
    arash, _sara, omid, _mina = group_world.people
    ask(group_world, omid, arash, link(group_world, arash, admits="all"))
    assert is_in(group_world, omid)
    for one, other in ((arash, omid), (omid, arash)):
        assert not one.node.strangers.is_contact(other.uid) and one.node.strangers.has_receipts(other.uid)
    arash.say(omid, "welcome")
    assert arash.node.strangers.is_contact(omid.uid)


def test_by_the_mailbox_of_who_is_away(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara)
    sara.stop()
    letting_in.ask(omid.vault, omid.node.messages, group_world.gid, sara.uid, secret)
    omid.deliver()
    sara.start()
    sara.reconnect()
    group_world.world.settle()
    assert waiting(group_world, sara) == [omid.uid.hex()]


def test_who_was_taken_out_does_not_come_back_by_it(group_world: GroupWorld) -> None:
    arash, _sara, omid, _mina = group_world.people
    secret = link(group_world, arash, admits="all")
    ask(group_world, omid, arash, secret)
    assert is_in(group_world, omid)
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.come_to_rest()
    assert group_world.room(omid).state == REMOVED
    ask(group_world, omid, arash, secret)
    assert not is_in(group_world, omid) and waiting(group_world, arash) == [omid.uid.hex()]
    letting_in.answer(arash.node.groups, group_world.gid, omid.uid, True)
    group_world.world.settle()
    letting_in.come_in(omid.vault, omid.node.groups)
    group_world.world.settle()
    assert is_in(group_world, omid)
    group_world.check()


def test_an_older_copy_of_a_vault_asks_first(group_world: GroupWorld) -> None:
    """A link that was ended since then is in it as it was."""
    arash, _sara, omid, _mina = group_world.people
    old = link(group_world, arash, admits="all")
    copy = copy_of(arash)
    arash.restart()
    link(group_world, arash, admits="all", anew=True)
    arash.stop()
    put_back(arash, copy)
    arash.changes.clear()
    arash.node.authority.connect()
    assert GroupChanged(group_world.gid) in arash.changes  # who looks at the link sees that
    ask(group_world, omid, arash, old)
    assert not is_in(group_world, omid) and waiting(group_world, arash) == [omid.uid.hex()]


def test_who_was_taken_out_unheard_of_waits(group_world: GroupWorld) -> None:
    """The maker hears of it only while they add them."""
    arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara, admits="all")
    sara.stop()
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    arash.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.world.settle()
    letting_in.ask(omid.vault, omid.node.messages, group_world.gid, sara.uid, secret)
    omid.deliver()
    sara.start()
    sara.reconnect()
    sara.node.mailbox.step()
    letting_in.admit(group_world.room(sara))
    group_world.come_to_rest()
    assert omid.uid not in group_world.kept.group.members and waiting(group_world, sara) == [omid.uid.hex()]


def test_an_invitation_that_nobody_has_asked_for_waits_for_an_answer(group_world: GroupWorld) -> None:
    """So does one by somebody else than whom one has asked."""
    arash, sara, omid, _mina = group_world.people
    ask(group_world, omid, sara, bytes(16))
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    letting_in.come_in(omid.vault, omid.node.groups)
    assert group_world.room(omid).state == INVITED


def test_who_came_in_otherwise_waits_no_more_and_has_asked_nobody_once_they_are_out(group_world: GroupWorld) -> None:
    arash, sara, omid, _mina = group_world.people
    ask(group_world, omid, sara, link(group_world, sara))
    assert waiting(group_world, sara) == [omid.uid.hex()]
    arash.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    omid.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    assert is_in(group_world, omid) and waiting(group_world, sara) == []
    group_membership.leave(group_world.room(omid))
    group_world.come_to_rest()
    sara.node.groups.command(group_world.gid, omid.uid, True, "")
    group_world.world.settle()
    letting_in.come_in(omid.vault, omid.node.groups)
    assert group_world.room(omid).state == INVITED


@pytest.mark.parametrize("how", ["off", "anew", "wrong", "blocked", "declined", "out", "another's"])
def test_who_gets_nothing(group_world: GroupWorld, how: str) -> None:
    arash, sara, omid, mina = group_world.people
    secret = link(group_world, sara, admits="asked" if how == "declined" else "all")
    if how == "off":
        link(group_world, sara, on=False)
    elif how == "anew":
        assert link(group_world, sara, admits="all", anew=True) != secret
    elif how == "wrong":
        secret = random_id()
    elif how == "blocked":
        sara.node.blocked.block(omid.uid)
    elif how == "declined":
        ask(group_world, omid, sara, secret)
        letting_in.answer(sara.node.groups, group_world.gid, omid.uid, False)
    elif how == "out":
        arash.node.groups.command(group_world.gid, sara.uid, False, "")
        group_world.come_to_rest()
    sara.changes.clear()
    ask(group_world, omid, mina if how == "another's" else sara, secret)
    assert GroupChanged(group_world.gid) not in sara.changes  # nothing is drawn, and nobody woken
    assert not is_in(group_world, omid)
    assert not sara.vault.read(lambda rows: join_links.asking(rows, group_world.gid))
    assert omid.shown(sara) == []  # and nobody tells them so


def test_five_wrong_ones_are_all_that_is_looked_at(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara)
    for _try in range(join_links.WRONG_TRIES):
        ask(group_world, omid, sara, random_id())
    ask(group_world, omid, sara, secret)
    assert waiting(group_world, sara) == []
    ask(group_world, omid, sara, link(group_world, sara, anew=True))
    assert waiting(group_world, sara) == [omid.uid.hex()]


def test_no_more_wait_than_a_list_may_hold(group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join_links, "MOST_WAITING", 1)
    _arash, sara, omid, mina = group_world.people
    secret = link(group_world, sara)
    for person in (omid, mina):
        ask(group_world, person, sara, secret)
    assert waiting(group_world, sara) == [omid.uid.hex()]
    sara.node.blocked.block(omid.uid)  # shown nowhere now, and in nobody's way
    ask(group_world, mina, sara, secret)
    assert waiting(group_world, sara) == [mina.uid.hex()]


def test_what_stands_in_the_way_of_letting_in_at_once_is_for_its_maker(group_world: GroupWorld) -> None:
    """Who may not add people any more lets nobody in, and nobody is shown to them."""
    arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara, admits="all")
    group_world.give_role(arash, sara, Role.BEGINNER)
    group_world.world.settle()
    ask(group_world, omid, sara, secret)
    assert not is_in(group_world, omid)
    assert (shown(group_world, sara)["link"], shown(group_world, sara)["asks"]) == (None, [])
    with pytest.raises(Refused) as refusal:
        letting_in.set_link(sara.node.groups, group_world.gid, True, "all", False)
    assert refusal.value.code == "role_not_allowed"
    group_world.give_role(arash, sara, Role.ADVANCED)
    group_world.world.settle()
    assert waiting(group_world, sara) == [omid.uid.hex()]


def test_while_the_authority_holds_back_some_of_its_log_the_group_goes_on(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    _arash, sara, omid, _mina = group_world.people
    secret = link(group_world, sara, admits="all")
    with monkeypatch.context() as patch:
        patch.setattr(sara.node.authority.log, "require_whole_log", Mock(side_effect=Unreachable("log_behind")))
        ask(group_world, omid, sara, secret)
        assert group_world.room(sara).step() is not None  # it isn't held up, and this is tried again
    assert not is_in(group_world, omid)
    group_world.come_to_rest()
    assert group_world.kept.group.members.keys() >= {omid.uid}


def test_who_does_not_wait_is_not_answered(group_world: GroupWorld) -> None:
    _arash, sara, omid, _mina = group_world.people
    link(group_world, sara)
    with pytest.raises(Refused) as refusal:
        letting_in.answer(sara.node.groups, group_world.gid, omid.uid, True)
    assert refusal.value.code == "stale"


@pytest.mark.parametrize("body", [b"", b"\x92\xc4\x01a\xc4\x01b", encode_body(Ask(bytes(16), bytes(16)))])
def test_asking_that_means_nothing_is_a_row_and_no_more(group_world: GroupWorld, body: bytes) -> None:
    _arash, sara, omid, _mina = group_world.people
    link(group_world, sara, admits="all")
    omid.node.messages.compose(sara.uid, ASK, body, random_id())
    group_world.world.settle()
    lines = [(line["kind"], line["why"]) for line in sara.shown(omid)]
    assert lines == ([] if len(body) > 30 else [("unreadable", "bad_statement")])
    assert waiting(group_world, sara) == [] and not is_in(group_world, omid)


def test_the_link_names_its_group_and_its_maker(group_world: GroupWorld) -> None:
    _arash, sara, _omid, _mina = group_world.people
    secret = link(group_world, sara)
    url = f"web+hamraz:/join/{group_world.gid.hex()}/{sara.uid.hex()}/{secret.hex()}/workshop"
    assert shown(group_world, sara)["link"] == {"url": url, "on": True, "admits": "asked"}
