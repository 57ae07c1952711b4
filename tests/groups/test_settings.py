"""A group's settings and who may write there: changed by who may, carried by everybody else, and never by a lie."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority_server.handlers import group_chain as chain_at_authority
from authority_server.store import groups as group_store
from protocol.errors import Damaged, HamrazError
from protocol.group_entries import RANKED
from protocol.group_settings import Settings, encode_settings
from protocol.messages import FetchGroup, GroupIs, Post, Posted
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.village import Village
from tests.protocol.effort import examples
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.agent.views import chats as chat_views
from web_client.groups import commits as group_commits
from web_client.groups import membership as group_membership
from web_client.groups import mending
from web_client.groups import outgoing as group_outgoing
from web_client.groups import settings as group_settings

PICTURE = b"\xff\xd8\xff" + bytes(30_000)


def named(name: str, **more: Any) -> group_settings.Change:
    return lambda now: msgspec.structs.replace(now, name=name, **more)


def kept(village: Village, person: Person) -> Settings | None:
    """What holds at somebody's agent."""
    return person.vault.read(lambda rows: group_settings.kept(rows, village.gid)).settings


def names(village: Village) -> list[str]:
    """The group's name, as each page shows it."""
    return [person.node.groups.room(village.gid).row("name") for person in village.people]


def change(village: Village, by: Person, to: group_settings.Change | None, policy: Any = None) -> None:
    group_membership.change_settings(village.room(by), to, policy)
    village.world.settle()


def rounds(village: Village) -> None:
    """Enough for everything to arrive, though one of them goes on asking for a share that doesn't open."""
    for person in village.people * 4:
        person.settle()


def told(village: Village, person: Person) -> list[tuple[str, str, str]]:
    """What the lines about settings and policy say: what, by whom, how."""
    people = {one.uid.hex(): one.name for one in village.people}
    found = [shown["system"] for shown in village.shown(person) if shown["kind"] == "system"]
    wanted = ("settings", "settings_refused", "policy")
    return [(line["what"], people[line["by"]], line["reason"]) for line in found if line["what"] in wanted]


def leave_and_mend(village: Village, leaver: Person, mender: Person) -> None:
    """Somebody leaves, and a member without rank makes the commit that takes them out."""
    group_membership.leave(village.room(leaver))
    mender.node.groups.write(village.gid, "text", b"after you", random_id())
    mender.settle()


def test_a_newcomer_has_them_with_its_epoch_where_history_begins_with_joining() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, history="joining", members=1)
    village.everybody_joins()
    owner, _first, newcomer = village.people
    change(village, owner, named("chess", line="on Sundays", picture=PICTURE))
    owner.node.groups.command(village.gid, newcomer.uid, True, "")
    village.world.settle()
    assert newcomer.node.groups.room(village.gid).row("name") == "chess"  # the invitation says it
    newcomer.node.groups.answer(village.gid, True)
    village.world.settle()
    assert kept(village, newcomer) == Settings("chess", "on Sundays", PICTURE, 2)
    assert told(village, newcomer) == []  # it has changed before nobody's eyes
    village.check()


def test_a_change_is_taken_by_all_and_told_once() -> None:
    village = Village(Role.ADVANCED, Role.BEGINNER)
    village.everybody_joins()
    _owner, sara, omid = village.people
    change(village, sara, named("chess"))
    change(village, sara, lambda now: msgspec.structs.replace(now, line="on Sundays"))
    assert names(village) == ["chess"] * 3
    for person in village.people:
        assert told(village, person) == [("settings", "sara", "chess"), ("settings", "sara", "")]
        assert kept(village, person) == Settings("chess", "on Sundays", b"", 3)
    omid.restart()
    village.world.settle()
    assert kept(village, omid) == Settings("chess", "on Sundays", b"", 3)
    village.check()


def test_who_has_no_rank_carries_them_byte_for_byte() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    owner, mender, leaver, newcomer = village.people
    change(village, owner, named("chess", picture=PICTURE))
    leave_and_mend(village, leaver, mender)
    village.world.settle()
    commit = village.kept.group.commit
    assert commit.by == mender.uid and commit.epoch == 3
    owner.node.groups.command(village.gid, newcomer.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    for person in (owner, mender, newcomer):
        assert kept(village, person) == Settings("chess", "", PICTURE, 2)
    assert told(village, owner) == [("settings", "arash", "chess")]


@pytest.mark.parametrize("how", ["other words", "an earlier epoch's name on them", "older ones"])
def test_what_a_mender_changes_is_named_and_not_taken(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    owner, mender, leaver, newcomer = village.people
    older = owner.vault.read(lambda rows: group_settings.kept(rows, village.gid)).plaintext
    change(village, owner, named("chess"))
    false = {
        "other words": encode_settings(Settings("mine", "", b"", 3)),
        "an earlier epoch's name on them": encode_settings(Settings("mine", "", b"", 2)),
        "older ones": older,
    }[how]
    with monkeypatch.context() as patched:
        patched.setattr(group_settings, "to_carry", lambda *_: false)
        leave_and_mend(village, leaver, mender)
    village.world.settle()
    assert village.kept.group.epoch == 3
    assert ("settings_refused", "sara", "bad_commit") in told(village, owner)
    assert kept(village, owner) == Settings("chess", "", b"", 2)
    owner.node.groups.command(village.gid, newcomer.uid, True, "")  # carries what holds
    village.world.settle()
    village.everybody_joins()
    assert [kept(village, one) for one in (owner, newcomer)] == [Settings("chess", "", b"", 2)] * 2
    village.say(newcomer, "it goes on")
    village.check()


def test_settings_that_open_for_nobody_cost_the_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mender names the right ones and seals something else; who comes in right then has the invitation's name."""
    village = Village(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    owner, mender, leaver, newcomer = village.people
    change(village, owner, named("chess"))
    owner.node.groups.command(village.gid, newcomer.uid, True, "")
    owner.settle()
    mender.settle()
    with monkeypatch.context() as patched:
        patched.setattr(group_commits, "seal_settings", lambda *_: bytes(1024))
        leave_and_mend(village, leaver, mender)
    village.world.settle()
    village.everybody_joins()
    assert kept(village, owner) == Settings("chess", "", b"", 2)
    assert kept(village, newcomer) is None and names(village)[3] == "chess"
    assert told(village, newcomer) == [("settings_refused", "sara", "cannot_open")]
    village.say(newcomer, "I can write all the same")
    change(village, owner, named("chess club"))
    assert kept(village, newcomer) == Settings("chess club", "", b"", 5)
    village.check()


@pytest.mark.parametrize("junk", [bytes(1024), b"\1" * 16_384, b"x"])
def test_junk_that_the_authority_serves_says_nothing_of_the_commander(
    junk: bytes,
) -> None:
    """The server, which holds its own key, gives one member something else than what Arash has sealed and signed."""
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, sara, omid = village.people
    village.world.carry = lambda source, target, body: [_with_settings(target, "sara", body, junk)]
    change(village, owner, named("chess"))
    assert told(village, sara) == [] and kept(village, sara) == Settings("workshop", "", b"", 1)
    assert [one.code for one in sara.node.ctx.troubles.now() if one.where == "group"] == ["wrong_answer"]
    village.say(sara, "I write all the same")
    assert village.texts(owner) == ["I write all the same"]
    village.world.carry = lambda source, target, body: [body]
    assert kept(village, omid) == Settings("chess", "", b"", 2)
    sara.restart()
    village.world.settle()  # asked for again over the next connection
    assert kept(village, sara) == Settings("chess", "", b"", 2)
    assert told(village, sara) == [("settings", "arash", "chess")]
    village.check()


def _with_settings(target: str, victim: str, body: bytes, junk: bytes) -> bytes:
    """What crosses, with others in a `group_is` for the victim."""
    if target != victim or b"\xa8group_is" not in body[:12]:
        return body
    return msgspec.msgpack.encode(msgspec.structs.replace(msgspec.msgpack.decode(body, type=GroupIs), settings=junk))


def test_a_disk_that_is_full_in_this_moment_keeps_them_only_until_it_isnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """One's own, that the authority has taken already. Over the same connection: nothing else would ask for them again
    before the next one, and who doesn't know what holds can change nothing.
    """
    village = Village(Role.BEGINNER)
    village.everybody_joins()
    owner, _sara = village.people
    keep = group_settings._keep

    def full(*arguments: Any) -> None:
        raise Damaged("disk_full")

    monkeypatch.setattr(group_settings, "_keep", full)
    with pytest.raises(Damaged):
        group_membership.change_settings(village.room(owner), named("chess"), None)
    monkeypatch.setattr(group_settings, "_keep", keep)
    channel = village.room(owner).channel()
    village.world.settle()
    assert names(village) == ["chess", "chess"]
    change(village, owner, named("go"))
    assert village.room(owner).channel() is channel
    assert names(village) == ["go", "go"]


def test_who_lacks_the_key_keeps_the_former_ones_and_carries_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Omid's share doesn't open: he has what held before, says nothing about it in a commit, and nobody loses it."""
    village = Village(Role.ADVANCED, Role.ADVANCED)
    village.everybody_joins()
    owner, sara, omid = village.people
    right = group_commits.seal_grant

    def seal(key: Any, signed: Any, uid: bytes, *more: Any) -> bytes:
        return bytes(1400) if uid == omid.uid else right(key, signed, uid, *more)

    with monkeypatch.context() as patched:
        patched.setattr(group_commits, "seal_grant", seal)
        group_membership.change_settings(village.room(sara), named("chess"), None)
        for person in village.people:  # before anybody gives him the key again
            village.room(person).pump()
    assert [kept(village, one) for one in village.people] == [
        Settings("chess", "", b"", 2),
        Settings("chess", "", b"", 2),
        Settings("workshop", "", b"", 1),
    ]
    with pytest.raises(HamrazError) as caught:
        group_membership.change_settings(village.room(omid), named("mine"), None)
    assert caught.value.code == "no_key"
    group_membership.commit_once(village.room(omid), sorted(village.room(omid).group.members), "")
    rounds(village)
    assert not village.kept.group.commit.settings_hash.strip(b"\0")
    assert kept(village, owner) == Settings("chess", "", b"", 2)
    group_membership.change_settings(village.room(owner), lambda now: msgspec.structs.replace(now, line="again"), None)
    rounds(village)
    assert {kept(village, one) for one in village.people} == {Settings("chess", "again", b"", 4)}


def test_settings_that_the_authority_has_lost_come_with_the_next_commit() -> None:
    village = Village(Role.BEGINNER, members=1)
    village.everybody_joins()
    owner, sara = village.people
    sara.stop()
    change(village, owner, named("chess"))
    village.world.authority.write_now(lambda _, rows: group_store.save_settings(rows, village.gid, b"", b""))
    sara.restart()
    village.world.settle()
    before = len(village.world.crossed)
    village.world.settle()
    asked = [body for _, _, body in village.world.crossed[before:] if b"fetch_group" in body]
    assert kept(village, sara) == Settings("workshop", "", b"", 1) and asked == []  # not asked for again and again
    change(village, owner, lambda now: msgspec.structs.replace(now, line="on Sundays"))
    assert kept(village, sara) == Settings("chess", "on Sundays", b"", 3)


def test_the_authority_serves_the_newest_to_those_in_the_commit() -> None:
    village = Village(Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    owner, sara, omid = village.people
    change(village, owner, named("chess"))
    owner.node.groups.command(village.gid, omid.uid, False, "")
    village.world.settle()
    assert len(sara.node.authority.request(FetchGroup(0, village.gid), GroupIs).settings) == 1024
    assert omid.node.authority.request(FetchGroup(0, village.gid), GroupIs).settings == b""
    with village.world.store.reading() as rows:
        assert group_store.settings(rows, village.gid, village.kept.group.commit_hash)
        held = rows.ask_text("SELECT count(*) FROM group_settings", ())
    assert held == (1,)


# --- who may write ---


def restricted(*roles: Role) -> Village:
    village = Village(*roles)
    village.everybody_joins()
    change(village, village.people[0], None, RANKED)
    return village


def test_who_may_not_write_is_told_so_and_nobody_reads_it() -> None:
    village = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, omid = village.people
    assert told(village, sara) == [("policy", "arash", "ranked")]
    shown = chat_views.conversation(sara.node, ChatId.group(village.gid))
    assert shown is not None and (shown["can_send"], shown["why_not"]) == (False, "ranked_only")
    village.say(sara, "may I?")
    village.say(omid, "I may")
    assert village.texts(owner) == ["I may"]
    mine = [(one["text"], one["state"], one["why"]) for one in village.shown(sara) if one["kind"] == "text"]
    assert mine == [("may I?", "failed", "ranked_only"), ("I may", "received", None)]
    change(village, omid, None, "all")
    village.say(sara, "and now?")
    assert village.texts(owner) == ["I may", "and now?"]
    village.check()


def test_it_is_carried_by_who_has_no_rank() -> None:
    village = restricted(Role.BEGINNER, Role.ADVANCED)
    _owner, sara, omid = village.people
    group_membership.leave(village.room(omid))
    village.room(sara).reload()
    mending.mend(village.room(sara))
    village.world.settle()
    assert (village.kept.group.commit.by, village.kept.group.commit.policy) == (sara.uid, RANKED)


def test_a_mender_who_opens_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    village = restricted(Role.BEGINNER, Role.ADVANCED)
    _owner, sara, omid = village.people
    group_membership.leave(village.room(omid))
    village.room(sara).reload()
    staying = sorted(village.room(sara).group.members.keys() - {omid.uid})
    with pytest.raises(HamrazError) as caught:
        group_membership.commit_once(village.room(sara), staying, "", "all")
    assert caught.value.code == "role_not_allowed"


def test_a_rank_that_came_since_counts_after_a_commit_and_one_that_went_at_once() -> None:
    village = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, omid = village.people
    village.give_role(owner, sara, Role.ADVANCED)
    village.give_role(owner, omid, Role.BEGINNER)
    village.world.settle()
    sealed = group_outgoing._seal(village.room(omid), random_id(), _content("still I"))
    with pytest.raises(HamrazError) as caught:  # by the authority, whatever his agent thinks
        village.room(omid).channel().request(Post(0, village.gid, sealed), Posted)
    assert caught.value.code == "ranked_only"
    village.say(sara, "now I may")
    assert village.kept.group.commit.by == sara.uid
    assert village.texts(owner) == ["now I may"]
    assert (sara.uid in village.kept.group.ranked, omid.uid in village.kept.group.ranked) == (True, False)
    village.check()


def _content(text: str) -> Any:
    from protocol.group_entries import Content

    return Content("text", 0, text.encode(), None)


def test_an_authority_that_lets_one_through_breaks_its_own_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sara's modified agent and the authority agree: every reader's replay names the rule, and shows nothing of it."""
    village = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, _omid = village.people
    sealed = group_outgoing._seal(village.room(sara), random_id(), _content("I write all the same"))
    with monkeypatch.context() as patched:
        patched.setattr(type(village.kept.group), "may_write", lambda *_: True)
        patched.setattr(chain_at_authority, "_check_rank", lambda *_: None)
        with patched.context() as readers_blind:  # nobody reads while the rule is off
            readers_blind.setattr(
                village.world, "carry", lambda source, target, body: [] if b"\xa7entries" in body else [body]
            )
            village.room(sara).channel().request(Post(0, village.gid, sealed), Posted)
    with pytest.raises(HamrazError) as caught:
        village.room(owner).reload()
    assert (caught.value.code, caught.value.values["why"]) == ("group_broken", "ranked_only")
    assert village.texts(owner) == []


# --- whatever happens ---

OPS = st.lists(
    st.tuples(st.sampled_from(["change", "restrict", "open", "mend", "write", "restart"]), st.integers(0, 3)),
    max_size=6,
)


@examples(12)
@given(OPS)
def test_everybody_has_what_was_said_last(ops: list[tuple[str, int]]) -> None:
    """Changes by who may, commits by everybody: at rest all members have the same, and it is the last change."""
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER)
    village.everybody_joins()
    last, policy = Settings("workshop", "", b"", 1), "all"
    for what, who in ops:
        person = village.people[who]
        ranked = who < 2
        match what:
            case "change" if ranked:
                change(village, person, named(f"by {who}"))
                last = Settings(f"by {who}", "", b"", village.kept.group.epoch)
            case "restrict" | "open" if ranked:
                policy = "ranked" if what == "restrict" else "all"
                change(village, person, None, policy)
            case "mend" if ranked:
                group_membership.commit_once(village.room(person), sorted(village.room(person).group.members), "")
            case "write":
                village.say(person, f"hello {who}")
            case "restart":
                person.restart()
        village.world.settle()
        assert village.kept.group.commit.policy == policy
        assert [kept(village, one) for one in village.people] == [last] * 4
    village.check()
