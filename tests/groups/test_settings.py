"""A group's settings and who may write there: changed by who may, carried by everybody else, and never by a lie."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from authority_server.handlers import group_chain as chain_at_authority
from authority_server.store import groups as group_store
from protocol.errors import Damaged, HamrazError
from protocol.group_entries import RANKED
from protocol.group_settings import Settings, encode_settings
from protocol.messages import FetchGroup, GroupIs, Post, Posted
from protocol.primitives import random_id
from protocol.roles import Role
from tests.groups.group_world import GroupWorld
from tests.protocol.effort import examples
from tests.world import Person
from web_client.account.chat_ids import ChatId
from web_client.agent.calls.profiles import picture_out
from web_client.agent.views import chats as chat_views
from web_client.agent.views import groups as group_views
from web_client.groups import commits as group_commits
from web_client.groups import membership as group_membership
from web_client.groups import mending
from web_client.groups import outgoing as group_outgoing
from web_client.groups import settings as group_settings

PICTURE = bytes.fromhex("89504e470d0a1a0a0000000d49484452000001000000010008020000") + bytes(30_000)


def named(name: str, **more: Any) -> group_settings.Change:
    return lambda now: msgspec.structs.replace(now, name=name, **more)


def kept(group_world: GroupWorld, person: Person) -> Settings | None:
    """What holds at somebody's agent."""
    return person.vault.read(lambda rows: group_settings.kept(rows, group_world.gid)).settings


def names(group_world: GroupWorld) -> list[str]:
    """The group's name, as each page shows it."""
    return [person.node.groups.room(group_world.gid).row("name") for person in group_world.people]


def change(group_world: GroupWorld, by: Person, to: group_settings.Change | None, policy: Any = None) -> None:
    group_membership.change_settings(group_world.room(by), to, policy)
    group_world.world.settle()


def rounds(group_world: GroupWorld) -> None:
    """Enough for everything to arrive, though one of them goes on asking for a share that doesn't open."""
    for person in group_world.people * 4:
        person.settle()


def told(group_world: GroupWorld, person: Person) -> list[tuple[str, str, str]]:
    """What the lines about settings and policy say: what, by whom, how."""
    people = {one.uid.hex(): one.name for one in group_world.people}
    found = [shown["system"] for shown in group_world.shown(person) if shown["kind"] == "system"]
    wanted = ("settings", "settings_refused", "policy")
    return [(line["what"], people[line["by"]], line["reason"]) for line in found if line["what"] in wanted]


def leave_and_mend(group_world: GroupWorld, leaver: Person, mender: Person) -> None:
    """Somebody leaves, and a member without rank makes the commit that takes them out."""
    group_membership.leave(group_world.room(leaver))
    mender.node.groups.write(group_world.gid, "text", b"after you", random_id())
    mender.settle()


def test_a_newcomer_has_them_with_its_epoch_where_history_begins_with_joining() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, history="joining", members=1)
    group_world.everybody_joins()
    owner, _first, newcomer = group_world.people
    change(group_world, owner, named("chess", line="on Sundays", picture=PICTURE))
    owner.node.groups.command(group_world.gid, newcomer.uid, True, "")
    group_world.world.settle()
    assert newcomer.node.groups.room(group_world.gid).row("name") == "chess"  # the invitation says it
    newcomer.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    assert kept(group_world, newcomer) == Settings("chess", "on Sundays", PICTURE, 2)
    assert told(group_world, newcomer) == []  # it has changed before nobody's eyes
    group_world.check()


def test_a_change_is_taken_by_all_and_told_once() -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    _owner, sara, omid = group_world.people
    change(group_world, sara, named("chess"))
    change(group_world, sara, lambda now: msgspec.structs.replace(now, line="on Sundays"))
    assert names(group_world) == ["chess"] * 3
    for person in group_world.people:
        assert told(group_world, person) == [("settings", "sara", "chess"), ("settings", "sara", "")]
        assert kept(group_world, person) == Settings("chess", "on Sundays", b"", 3)
    omid.restart()
    group_world.world.settle()
    assert kept(group_world, omid) == Settings("chess", "on Sundays", b"", 3)
    group_world.check()


def test_who_has_no_rank_carries_them_byte_for_byte() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    owner, mender, leaver, newcomer = group_world.people
    change(group_world, owner, named("chess", picture=PICTURE))
    leave_and_mend(group_world, leaver, mender)
    group_world.world.settle()
    commit = group_world.kept.group.commit
    assert commit.by == mender.uid and commit.epoch == 3
    owner.node.groups.command(group_world.gid, newcomer.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    for person in (owner, mender, newcomer):
        assert kept(group_world, person) == Settings("chess", "", PICTURE, 2)
    assert told(group_world, owner) == [("settings", "arash", "chess")]


@pytest.mark.parametrize("how", ["other words", "an earlier epoch's name on them", "older ones"])
def test_what_a_mender_changes_is_named_and_not_taken(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    owner, mender, leaver, newcomer = group_world.people
    older = owner.vault.read(lambda rows: group_settings.kept(rows, group_world.gid)).plaintext
    change(group_world, owner, named("chess"))
    false = {
        "other words": encode_settings(Settings("mine", "", b"", 3)),
        "an earlier epoch's name on them": encode_settings(Settings("mine", "", b"", 2)),
        "older ones": older,
    }[how]
    with monkeypatch.context() as patched:
        patched.setattr(group_settings, "to_carry", lambda *_: false)
        leave_and_mend(group_world, leaver, mender)
    group_world.world.settle()
    assert group_world.kept.group.epoch == 3
    assert ("settings_refused", "sara", "bad_commit") in told(group_world, owner)
    assert kept(group_world, owner) == Settings("chess", "", b"", 2)
    owner.node.groups.command(group_world.gid, newcomer.uid, True, "")  # carries what holds
    group_world.world.settle()
    group_world.everybody_joins()
    assert [kept(group_world, one) for one in (owner, newcomer)] == [Settings("chess", "", b"", 2)] * 2
    group_world.say(newcomer, "it goes on")
    group_world.check()


def test_settings_that_open_for_nobody_cost_the_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mender names the right ones and seals something else; who comes in right then has the invitation's name."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    owner, mender, leaver, newcomer = group_world.people
    change(group_world, owner, named("chess"))
    owner.node.groups.command(group_world.gid, newcomer.uid, True, "")
    owner.settle()
    mender.settle()
    with monkeypatch.context() as patched:
        patched.setattr(group_commits, "seal_settings", lambda *_: bytes(1024))
        leave_and_mend(group_world, leaver, mender)
    group_world.world.settle()
    group_world.everybody_joins()
    assert kept(group_world, owner) == Settings("chess", "", b"", 2)
    assert kept(group_world, newcomer) is None and names(group_world)[3] == "chess"
    assert told(group_world, newcomer) == [("settings_refused", "sara", "cannot_open")]
    group_world.say(newcomer, "I can write all the same")
    change(group_world, owner, named("chess club"))
    assert kept(group_world, newcomer) == Settings("chess club", "", b"", 5)
    group_world.check()


@pytest.mark.parametrize("junk", [bytes(1024), b"\1" * 16_384, b"x"])
def test_junk_that_the_authority_serves_says_nothing_of_the_commander(
    junk: bytes,
) -> None:
    """The server, which holds its own key, gives one member something else than what Arash has sealed and signed."""
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    group_world.world.carry = lambda source, target, body: [_with_settings(target, "sara", body, junk)]
    change(group_world, owner, named("chess"))
    assert told(group_world, sara) == [] and kept(group_world, sara) == Settings("workshop", "", b"", 1)
    assert [one.code for one in sara.node.ctx.troubles.now() if one.where == "group"] == ["wrong_answer"]
    group_world.say(sara, "I write all the same")
    assert group_world.texts(owner) == ["I write all the same"]
    group_world.world.carry = lambda source, target, body: [body]
    assert kept(group_world, omid) == Settings("chess", "", b"", 2)
    sara.restart()
    group_world.world.settle()  # asked for again over the next connection
    assert kept(group_world, sara) == Settings("chess", "", b"", 2)
    assert told(group_world, sara) == [("settings", "arash", "chess")]
    group_world.check()


def _with_settings(target: str, victim: str, body: bytes, junk: bytes) -> bytes:
    """What crosses, with others in a `group_is` for the victim."""
    if target != victim or b"\xa8group_is" not in body[:12]:
        return body
    return msgspec.msgpack.encode(msgspec.structs.replace(msgspec.msgpack.decode(body, type=GroupIs), settings=junk))


def test_a_disk_that_is_full_in_this_moment_keeps_them_only_until_it_isnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """One's own, that the authority has taken already. Over the same connection: nothing else would ask for them again
    before the next one, and who doesn't know what holds can change nothing.
    """
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, _sara = group_world.people
    keep = group_settings._keep

    def full(*arguments: Any) -> None:
        raise Damaged("disk_full")

    monkeypatch.setattr(group_settings, "_keep", full)
    with pytest.raises(Damaged):
        group_membership.change_settings(group_world.room(owner), named("chess"), None)
    monkeypatch.setattr(group_settings, "_keep", keep)
    channel = group_world.room(owner).channel()
    group_world.world.settle()
    assert names(group_world) == ["chess", "chess"]
    change(group_world, owner, named("go"))
    assert group_world.room(owner).channel() is channel
    assert names(group_world) == ["go", "go"]


def test_who_lacks_the_key_keeps_the_former_ones_and_carries_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Omid's share doesn't open: he has what held before, says nothing about it in a commit, and nobody loses it."""
    group_world = GroupWorld(Role.ADVANCED, Role.ADVANCED)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    right = group_commits.seal_grant

    def seal(key: Any, signed: Any, uid: bytes, *more: Any) -> bytes:
        return bytes(1400) if uid == omid.uid else right(key, signed, uid, *more)

    with monkeypatch.context() as patched:
        patched.setattr(group_commits, "seal_grant", seal)
        group_membership.change_settings(group_world.room(sara), named("chess"), None)
        for person in group_world.people:  # before anybody gives him the key again
            group_world.room(person).pump()
    assert [kept(group_world, one) for one in group_world.people] == [
        Settings("chess", "", b"", 2),
        Settings("chess", "", b"", 2),
        Settings("workshop", "", b"", 1),
    ]
    with pytest.raises(HamrazError) as caught:
        group_membership.change_settings(group_world.room(omid), named("mine"), None)
    assert caught.value.code == "no_key"
    group_membership.commit_once(group_world.room(omid), sorted(group_world.room(omid).group.members), "")
    rounds(group_world)
    assert not group_world.kept.group.commit.settings_hash.strip(b"\0")
    assert kept(group_world, owner) == Settings("chess", "", b"", 2)
    group_membership.change_settings(
        group_world.room(owner), lambda now: msgspec.structs.replace(now, line="again"), None
    )
    rounds(group_world)
    assert {kept(group_world, one) for one in group_world.people} == {Settings("chess", "again", b"", 4)}


def test_settings_that_the_authority_has_lost_come_with_the_next_commit() -> None:
    group_world = GroupWorld(Role.BEGINNER, members=1)
    group_world.everybody_joins()
    owner, sara = group_world.people
    sara.stop()
    change(group_world, owner, named("chess"))
    group_world.world.authority.write_now(lambda _, rows: group_store.save_settings(rows, group_world.gid, b"", b""))
    sara.restart()
    group_world.world.settle()
    before = len(group_world.world.crossed)
    group_world.world.settle()
    asked = [body for _, _, body in group_world.world.crossed[before:] if b"fetch_group" in body]
    assert kept(group_world, sara) == Settings("workshop", "", b"", 1) and asked == []  # not asked for again and again
    change(group_world, owner, lambda now: msgspec.structs.replace(now, line="on Sundays"))
    assert kept(group_world, sara) == Settings("chess", "on Sundays", b"", 3)


def test_the_authority_serves_the_newest_to_those_in_the_commit() -> None:
    group_world = GroupWorld(Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara, omid = group_world.people
    change(group_world, owner, named("chess"))
    owner.node.groups.command(group_world.gid, omid.uid, False, "")
    group_world.world.settle()
    assert len(sara.node.authority.request(FetchGroup(0, group_world.gid), GroupIs).settings) == 1024
    assert omid.node.authority.request(FetchGroup(0, group_world.gid), GroupIs).settings == b""
    with group_world.world.store.reading() as rows:
        assert group_store.settings(rows, group_world.gid, group_world.kept.group.commit_hash)
        assert len(rows.ask(select(group_store.SETTINGS)).all()) == 1


def test_what_is_as_it_was_makes_no_commit() -> None:
    group_world = GroupWorld(Role.ADVANCED)
    group_world.everybody_joins()
    owner, sara = group_world.people
    owner.node.groups.change(group_world.gid, named("chess", line="on Sundays"), RANKED)
    group_world.world.settle()
    epoch = group_world.kept.group.epoch
    for to, policy in ((named("chess"), None), (None, RANKED), (named("chess", line="on Sundays"), RANKED)):
        sara.node.groups.change(group_world.gid, to, policy)
    assert group_world.kept.group.epoch == epoch
    sara.node.groups.change(group_world.gid, None, "all")
    group_world.world.settle()
    assert told(group_world, owner) == [
        ("policy", "arash", "ranked"),
        ("settings", "arash", "chess"),
        ("policy", "sara", "all"),
    ]


def test_the_page_is_shown_them_and_what_is_no_picture_is_none() -> None:
    group_world = GroupWorld(Role.BEGINNER, history="joining")
    group_world.everybody_joins()
    owner, sara = group_world.people
    shown = group_views.group(sara.node, group_world.room(sara))
    assert (shown["line"], shown["picture"], shown["write"]) == ("", None, "all")
    change(group_world, owner, named("chess", line="on\u202e Sundays" + "s" * 200, picture=PICTURE), RANKED)
    shown = group_views.group(sara.node, group_world.room(sara))
    assert shown["line"] == ("on Sundays" + "s" * 200)[:140]
    assert (shown["picture"], shown["write"]) == (sha256(PICTURE).hexdigest()[:16], "ranked")
    assert picture_out(PICTURE) is not None and picture_out(b"<svg onload=...>") is None


def test_a_group_has_its_picture_from_its_making_on() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara = group_world.people
    picture = base64.b64encode(PICTURE).decode()
    with pytest.raises(HamrazError, match="picture"):
        owner.agent().public_chat_method(["sara"], "chess", picture="bm9uZQ==")
    gid = owner.agent().public_chat_method(["sara"], "chess", picture=picture)["group_id"]
    group_world.world.settle()
    assert owner.agent().group_picture(gid) == {"picture": picture}
    sara.agent().answer_invitation(gid, True)
    group_world.world.settle()
    assert sara.agent().group_picture(gid) == {"picture": picture}
    said = sara.agent().history(ChatId.group(bytes.fromhex(gid)))["messages"]
    assert "settings" not in [one.get("system", {}).get("what") for one in said]  # nothing was changed


def test_the_page_says_what_is_changed_and_the_rest_stays() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    owner, sara = group_world.people
    gid, agent = group_world.gid.hex(), owner.agent()
    picture = base64.b64encode(PICTURE).decode()
    agent.change_group(gid, name=" chess ", picture=picture)
    agent.change_group(gid, line="on Sundays", write=RANKED)
    group_world.world.settle()
    shown = group_views.group(sara.node, group_world.room(sara))
    assert (group_world.room(sara).row("name"), shown["line"], shown["write"]) == ("chess", "on Sundays", "ranked")
    assert sara.agent().group_picture(gid) == {"picture": picture} and shown["picture"]
    for name in ("بچه\u200cها", "family 👨\u200d👩\u200d👧"):
        agent.change_group(gid, name=f" {name}\u200b ")
        group_world.world.settle()
        assert group_world.room(sara).row("name") == name
    wrong: list[tuple[dict[str, str], str]] = [
        ({"name": "\u3164"}, "group_name"), ({"name": "\u2800\u200c"}, "group_name"),
        ({"name": " "}, "group_name"), ({"name": "n" * 65}, "group_name"), ({"line": "x" * 141}, "too_long"),
        ({"picture": base64.b64encode(b"<svg/>").decode()}, "bad_picture"), ({"picture": "no base64"}, "bad_request"),
        ({"picture": base64.b64encode(b"\xff\xd8\xff" + bytes(49_152)).decode()}, "bad_picture"),
    ]  # fmt: skip
    for arguments, code in wrong:
        with pytest.raises(HamrazError) as caught:
            agent.change_group(gid, **arguments)
        assert (caught.value.code, caught.value.field) == (code, next(iter(arguments)))
    agent.change_group(gid, picture="")
    group_world.world.settle()
    assert sara.agent().group_picture(gid) == {"picture": None}
    assert group_views.group(sara.node, group_world.room(sara))["line"] == "on Sundays"


def test_a_beginner_changes_nothing() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    group_world.everybody_joins()
    _owner, sara = group_world.people
    for to, policy in ((named("mine"), None), (None, RANKED)):
        with pytest.raises(HamrazError) as caught:
            sara.node.groups.change(group_world.gid, to, policy)
        assert caught.value.code == "role_not_allowed"


# --- who may write ---


def test_a_group_is_made_for_announcements() -> None:
    group_world = GroupWorld(Role.BEGINNER)
    owner, sara = group_world.people
    gid = owner.node.groups.create("news", [sara.uid], "all", RANKED).gid
    group_world.world.settle()
    sara.node.groups.answer(gid, True)
    group_world.world.settle()
    shown = chat_views.conversation(sara.node, ChatId.group(gid))
    assert shown is not None and (shown["why_not"], shown["group"]["write"]) == ("ranked_only", "ranked")
    assert group_world.world.authority.state.groups.groups[gid].group.commit.policy == RANKED


def restricted(*roles: Role) -> GroupWorld:
    group_world = GroupWorld(*roles)
    group_world.everybody_joins()
    change(group_world, group_world.people[0], None, RANKED)
    return group_world


def test_who_may_not_write_is_told_so_and_nobody_reads_it() -> None:
    group_world = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, omid = group_world.people
    assert told(group_world, sara) == [("policy", "arash", "ranked")]
    shown = chat_views.conversation(sara.node, ChatId.group(group_world.gid))
    assert shown is not None and (shown["can_send"], shown["why_not"]) == (False, "ranked_only")
    group_world.say(sara, "may I?")
    group_world.say(omid, "I may")
    assert group_world.texts(owner) == ["I may"]
    mine = [(one["text"], one["state"], one["why"]) for one in group_world.shown(sara) if one["kind"] == "text"]
    assert mine == [("may I?", "failed", "ranked_only"), ("I may", "received", None)]
    change(group_world, omid, None, "all")
    group_world.say(sara, "and now?")
    assert group_world.texts(owner) == ["I may", "and now?"]
    group_world.check()


def test_it_is_carried_by_who_has_no_rank() -> None:
    group_world = restricted(Role.BEGINNER, Role.ADVANCED)
    _owner, sara, omid = group_world.people
    group_membership.leave(group_world.room(omid))
    group_world.room(sara).reload()
    mending.mend(group_world.room(sara))
    group_world.world.settle()
    assert (group_world.kept.group.commit.by, group_world.kept.group.commit.policy) == (sara.uid, RANKED)


def test_a_mender_who_opens_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    group_world = restricted(Role.BEGINNER, Role.ADVANCED)
    _owner, sara, omid = group_world.people
    group_membership.leave(group_world.room(omid))
    group_world.room(sara).reload()
    staying = sorted(group_world.room(sara).group.members.keys() - {omid.uid})
    with pytest.raises(HamrazError) as caught:
        group_membership.commit_once(group_world.room(sara), staying, "", "all")
    assert caught.value.code == "role_not_allowed"


def test_a_rank_that_came_since_counts_after_a_commit_and_one_that_went_at_once() -> None:
    group_world = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, omid = group_world.people
    group_world.give_role(owner, sara, Role.ADVANCED)
    group_world.give_role(owner, omid, Role.BEGINNER)
    group_world.world.settle()
    sealed = group_outgoing._seal(group_world.room(omid), random_id(), _content("still I"))
    with pytest.raises(HamrazError) as caught:  # by the authority, whatever his agent thinks
        group_world.room(omid).channel().request(Post(0, group_world.gid, sealed), Posted)
    assert caught.value.code == "ranked_only"
    group_world.say(sara, "now I may")
    assert group_world.kept.group.commit.by == sara.uid
    assert group_world.texts(owner) == ["now I may"]
    assert (sara.uid in group_world.kept.group.ranked, omid.uid in group_world.kept.group.ranked) == (True, False)
    group_world.check()


def _content(text: str) -> Any:
    from protocol.group_entries import Content

    return Content("text", 0, text.encode(), None)


def test_an_authority_that_lets_one_through_breaks_its_own_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sara's modified agent and the authority agree: every reader's replay names the rule, and shows nothing of it."""
    group_world = restricted(Role.BEGINNER, Role.ADVANCED)
    owner, sara, _omid = group_world.people
    sealed = group_outgoing._seal(group_world.room(sara), random_id(), _content("I write all the same"))
    with monkeypatch.context() as patched:
        patched.setattr(type(group_world.kept.group), "may_write", lambda *_: True)
        patched.setattr(chain_at_authority, "_check_rank", lambda *_: None)
        with patched.context() as readers_blind:  # nobody reads while the rule is off
            readers_blind.setattr(
                group_world.world, "carry", lambda source, target, body: [] if b"\xa7entries" in body else [body]
            )
            group_world.room(sara).channel().request(Post(0, group_world.gid, sealed), Posted)
    with pytest.raises(HamrazError) as caught:
        group_world.room(owner).reload()
    assert (caught.value.code, caught.value.values["why"]) == ("group_broken", "ranked_only")
    assert group_world.texts(owner) == []


# --- whatever happens ---

OPS = st.lists(
    st.tuples(st.sampled_from(["change", "restrict", "open", "mend", "write", "restart"]), st.integers(0, 3)),
    max_size=6,
)


@examples(12)
@given(OPS)
def test_everybody_has_what_was_said_last(ops: list[tuple[str, int]]) -> None:
    """Changes by who may, commits by everybody: at rest all members have the same, and it is the last change."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER)
    group_world.everybody_joins()
    last, policy = Settings("workshop", "", b"", 1), "all"
    for n, (what, who) in enumerate(ops):
        person = group_world.people[who]
        ranked = who < 2
        match what:
            case "change" if ranked:
                change(group_world, person, named(f"{n} by {who}"))
                last = Settings(f"{n} by {who}", "", b"", group_world.kept.group.epoch)
            case "restrict" | "open" if ranked:
                policy = "ranked" if what == "restrict" else "all"
                change(group_world, person, None, policy)
            case "mend" if ranked:
                group_membership.commit_once(
                    group_world.room(person), sorted(group_world.room(person).group.members), ""
                )
            case "write":
                group_world.say(person, f"hello {who}")
            case "restart":
                person.restart()
        group_world.world.settle()
        assert group_world.kept.group.commit.policy == policy
        assert [kept(group_world, one) for one in group_world.people] == [last] * 4
    group_world.check()
