"""Somebody's message is taken away: by whom it may be, for all, out of every vault; and nothing more than that."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authority_server.handlers import group_chain as chain_at_authority
from authority_server.state.groups import GroupState
from authority_server.store import groups as group_store
from protocol import evidence
from protocol.errors import HamrazError
from protocol.group_entries import (
    MessageEntry,
    Retract,
    RetractEntry,
    StubEntry,
    chain_hash,
    decode_entry,
    encode_entry,
    link_hash,
    stub_of,
)
from protocol.groups import Change, Group
from protocol.messages import Post, Posted, Reloaded
from protocol.roles import Role
from protocol.statements import decode_strict, issue
from tests import sharing
from tests.agent.test_recovery import copy_of, restore
from tests.groups.group_world import GroupWorld
from tests.groups.test_marks import places_of
from tests.protocol.effort import examples
from tests.world import Person
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.agent.views import search as search_views
from web_client.groups import incoming as group_incoming
from web_client.groups import retraction
from web_client.groups import rows as group_rows
from web_client.search import index
from web_client.search.index import Wanted
from web_client.verify import messages as message_proof

SECRET = "the word that must not stay"


@pytest.fixture
def group_world() -> GroupWorld:
    """arash is the super admin, sara an advanced user, omid and mina are beginners; mina isn't in yet."""
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=2)
    group_world.everybody_joins()
    return group_world


def place(group_world: GroupWorld, person: Person, text: str) -> int:
    """Where somebody's message stands in the chain."""
    return next(shown["proof"]["n"] for shown in group_world.shown(person) if shown["text"] == text)


def take_away(group_world: GroupWorld, by: Person, n: int, reason: str = "") -> None:
    retraction.take_away(group_world.room(by), n, reason)
    group_world.world.settle()


def gone(group_world: GroupWorld, person: Person) -> list[tuple[str, str]]:
    """Of each message that was taken away: by whom, and why."""
    names = {one.uid.hex(): one.name for one in group_world.people}
    shown = [one for one in group_world.shown(person) if one.get("retracted")]
    assert all((one["kind"], one["text"], one["reactions"]) == ("deleted", "", []) for one in shown)
    return [(names[one["retracted"]["by"]], one["retracted"]["reason"]) for one in shown]


def verified(person: Person, order: int) -> bool:
    """Whether everything that is shown of a message of the only group holds when it is verified again."""
    (chat,) = [ChatId.group(gid) for gid in person.node.groups.rooms]
    return bool(
        person.vault.read(
            lambda rows: message_proof.details(person.node.ctx, person.node.groups.replayed, rows, chat, order)
        )["verified"]
    )


def entries(group_world: GroupWorld) -> list[bytes]:
    with group_world.world.authority.store.reading() as rows:
        return group_store.entries(rows, group_world.gid, 0, 10_000, 1 << 30)


def test_the_words_are_gone_everywhere_and_it_is_said_who_and_why(group_world: GroupWorld) -> None:
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    chat = ChatId.group(group_world.gid)
    order = next(one["order"] for one in group_world.shown(omid) if one["text"] == SECRET)
    omid.agent().edit_message(chat, order, "edited: " + SECRET, None)
    group_world.world.settle()
    owner.agent().react(chat, order_of(group_world, owner, "edited: " + SECRET), "👍", None)
    group_world.say(owner, "and on")
    n = place(group_world, owner, "edited: " + SECRET)
    take_away(group_world, sara, n, "not here, please")
    for person in group_world.people[:3]:
        assert gone(group_world, person) == [("sara", "not here, please")]
        assert places_of(person, SECRET) == set()
        assert search_views.search(person.node, Wanted(index.terms("must")), 10, None)["hits"] == []
        assert group_world.texts(person) == ["and on"]
        line = next(one for one in group_world.shown(person) if one.get("retracted"))
        assert verified(person, line["order"])
    # the authority has no ciphertext of it any more
    stub = decode_entry(entries(group_world)[n - 1])
    assert isinstance(stub, StubEntry)
    group_world.check()


def order_of(group_world: GroupWorld, person: Person, text: str) -> int:
    return int(next(one["order"] for one in group_world.shown(person) if one["text"] == text))


def test_all_goes_on_after_it_over_restarts_and_for_newcomers(group_world: GroupWorld) -> None:
    owner, sara, omid, mina = group_world.people
    group_world.say(omid, "one")
    group_world.say(omid, SECRET)
    omid.agent().edit_message(
        ChatId.group(group_world.gid), order_of(group_world, omid, SECRET), "still " + SECRET, None
    )
    group_world.world.settle()
    group_world.say(omid, "three")
    take_away(group_world, owner, place(group_world, owner, "still " + SECRET), "why not")
    sara.restart()
    group_world.world.restart_authority()
    group_world.come_to_rest()
    owner.node.groups.command(group_world.gid, mina.uid, True, "")
    group_world.world.settle()
    group_world.everybody_joins()
    group_world.say(mina, "four")
    group_world.say(omid, "five")
    for person in group_world.people:
        assert group_world.texts(person) == ["one", "three", "four", "five"]
        assert gone(group_world, person) == [("arash", "why not")]
        assert places_of(person, SECRET) == set()
    group_world.check()


@pytest.mark.parametrize("who", ["a beginner", "a beginner, his own", "who has lost the rank"])
def test_who_may_not_is_refused(group_world: GroupWorld, who: str) -> None:
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid if who == "a beginner, his own" else owner, "stays")
    by = sara if who == "who has lost the rank" else omid
    n = place(group_world, by, "stays")
    if by is sara:
        group_world.give_role(owner, sara, Role.BEGINNER)
        group_world.world.settle()
    with pytest.raises(HamrazError) as caught:
        take_away(group_world, by, n)
    assert caught.value.code == "role_not_allowed"
    sealed = retraction._sign(group_world.room(by), n, "I can, I can")
    with pytest.raises(HamrazError) as caught:  # whatever the agent thinks
        group_world.room(by).channel().request(Post(0, group_world.gid, sealed), Posted)
    assert caught.value.code == "role_not_allowed"
    assert group_world.texts(owner) == ["stays"]


def test_a_rank_that_came_since_counts_after_a_commit(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    group_world.say(owner, SECRET)
    group_world.give_role(owner, omid, Role.ADVANCED)
    group_world.world.settle()
    take_away(group_world, omid, place(group_world, omid, SECRET), "now I may")
    assert group_world.kept.group.commit.by == omid.uid
    assert gone(group_world, owner) == [("omid", "now I may")]
    group_world.check()


def test_the_first_one_counts_and_nothing_brings_the_words_back(group_world: GroupWorld) -> None:
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    n = place(group_world, owner, SECRET)
    order = order_of(group_world, omid, SECRET)
    group_world.world.cut("sara")  # she doesn't hear of it before she does the same
    take_away(group_world, owner, n, "first")
    sara.reconnect()
    take_away(group_world, sara, n, "second")
    with pytest.raises(HamrazError):
        omid.agent().edit_message(ChatId.group(group_world.gid), order, "but I meant " + SECRET, None)
    for person in group_world.people[:3]:
        assert gone(group_world, person) == [("arash", "first")]
        assert places_of(person, SECRET) == set()


def test_marks_that_come_later_change_nothing(group_world: GroupWorld) -> None:
    """An edit, a reaction and a deletion that were under way when it was taken away."""
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    n, chat = place(group_world, owner, SECRET), ChatId.group(group_world.gid)
    order = order_of(group_world, omid, SECRET)
    group_world.world.authority_up = False
    group_world.world.cut("authority")
    omid.agent().edit_message(chat, order, "edited " + SECRET, None)
    omid.agent().react(chat, order, "👍", None)
    omid.agent().delete_message(chat, order, None)
    group_world.world.authority_up = True
    owner.reconnect()
    retraction.take_away(group_world.room(owner), n, "gone")
    group_world.come_to_rest()
    for person in (owner, sara, omid):
        assert gone(group_world, person) == [("arash", "gone")]
        assert places_of(person, SECRET) == set()
    group_world.check()


def test_what_is_no_message_is_left_alone(group_world: GroupWorld) -> None:
    owner, _sara, _omid, _mina = group_world.people
    for n in (1, 10_000):
        with pytest.raises(HamrazError) as caught:
            take_away(group_world, owner, n)
        assert caught.value.code == "no_such_message"
    group_world.check()


# --- a client of somebody else's making ---


def said_by(group_world: GroupWorld, person: Person, n: int, **changes: Any) -> bytes:
    """An entry that this person has signed, whatever their agent would say to it."""
    room = group_world.room(person)
    hash = person.vault.read(lambda rows: group_rows.hash_at(rows, group_world.gid, n)) or bytes(32)
    said = Retract(group_world.gid, room.group.epoch, person.uid, n, hash, b"")
    said = msgspec.structs.replace(said, **changes)
    listed = room.group.members[person.uid].key
    signer = person.vault.read(lambda rows: own_keys.signer_of(rows, person.node.ctx.me, listed))
    return encode_entry(RetractEntry(issue(said, signer, person.node.ctx.authority_id)))


def hostile(group_world: GroupWorld, what: str) -> tuple[Person, bytes]:
    """Who sends it, and the entry. Omid's message is there, and another of his that Sara has taken away."""
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid, "stays")
    group_world.say(omid, "gone")
    stays, gone = place(group_world, owner, "stays"), place(group_world, owner, "gone")
    if what == "from an old epoch":
        group_world.room(owner).refresh()
        owner.node.groups.command(group_world.gid, group_world.people[3].uid, True, "")
        group_world.world.settle()
    take_away(group_world, sara, gone, "first")
    end = group_world.room(owner).group.n
    match what:
        case "of an unknown entry":
            return owner, said_by(group_world, owner, stays, hash=bytes(32))
        case "of entry 0":
            return owner, said_by(group_world, owner, 0)
        case "of what comes after it":
            return owner, said_by(group_world, owner, end + 2)
        case "of itself":
            return owner, said_by(group_world, owner, end + 1)
        case "of the end of numbers":
            return owner, said_by(group_world, owner, (1 << 63) - 1)
        case "of a commit":
            return owner, said_by(group_world, owner, 1)
        case "of a retract":
            return owner, said_by(group_world, owner, end)
        case "twice":
            return owner, said_by(group_world, owner, gone)
        case "from an old epoch":
            return owner, said_by(group_world, owner, stays, epoch=1)
        case "in another's name":
            return omid, said_by(group_world, omid, stays, by=owner.uid)
        case "for another group":
            return owner, said_by(group_world, owner, stays, gid=bytes(16))
    return omid, said_by(group_world, omid, stays)


NO_EFFECT = {"of a commit": "no_such_message", "of a retract": "no_such_message", "twice": "message_fixed"}
BREAKS = {
    "by a beginner": "role_not_allowed",
    "from an old epoch": "stale",
    "of an unknown entry": "chain_split",
    "of entry 0": "chain_split",
    "of itself": "chain_split",
    "of the end of numbers": "chain_split",
    "of what comes after it": "chain_split",
}
FORGED = {"in another's name": "not_member", "for another group": "wrong_recipient"}


@pytest.mark.parametrize("what", [*NO_EFFECT, *BREAKS, *FORGED])
def test_the_authority_refuses_it_by_name(group_world: GroupWorld, what: str) -> None:
    sender, entry = hostile(group_world, what)
    before = entries(group_world)
    with pytest.raises(HamrazError) as caught:
        group_world.room(sender).channel().request(Post(0, group_world.gid, entry), Posted)
    assert caught.value.code == {**NO_EFFECT, **BREAKS, **FORGED}[what]
    assert entries(group_world) == before
    group_world.say(sender, "and on")
    group_world.check()


@pytest.mark.parametrize("what", [*NO_EFFECT, *BREAKS])
def test_readers_hold_to_it_whatever_the_authority_does(
    group_world: GroupWorld, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The authority has put it into the chain: it changes nothing, or the chain is broken by name."""
    _owner, sara, _omid, _mina = group_world.people
    sender, entry = hostile(group_world, what)
    before = [line for line in group_world.shown(sara) if line["kind"] != "system"]
    lies = group_world.kept.group.ranked | {person.uid for person in group_world.people}

    def believe(group: Group, entry: RetractEntry) -> Change:
        said = decode_strict(entry.signed.body, Retract)
        return Change(entry, said.by, retract=said)

    with monkeypatch.context() as patched:
        patched.setattr(chain_at_authority, "_check_rank", lambda *_: None)
        patched.setattr(group_world.kept.group, "ranked", lies)
        patched.setattr(GroupState, "require_words", lambda *_: None)
        if what in BREAKS:
            patched.setattr(Group, "_retract", lambda group, entry, log: believe(group, entry))
        patched.setattr(
            group_world.world, "carry", lambda source, target, body: [] if b"\xa7entries" in body else [body]
        )
        group_world.room(sender).channel().request(Post(0, group_world.gid, entry), Posted)
    if what in BREAKS:
        with pytest.raises(HamrazError) as caught:
            group_world.room(sara).reload()
        assert (caught.value.code, caught.value.values["why"]) == ("group_broken", BREAKS[what])
    else:
        group_world.room(sara).reload()
        assert group_world.room(sara).row("trouble") is None and isinstance(
            decode_entry(entries(group_world)[-1]), RetractEntry
        )
    assert [line for line in group_world.shown(sara) if line["kind"] != "system"] == before


def test_a_reaction_can_be_taken_away_and_edits_and_deletions_can_not(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    chat = ChatId.group(group_world.gid)
    group_world.say(owner, "first words")
    owner.agent().edit_message(chat, order_of(group_world, owner, "first words"), "second words", None)
    group_world.world.settle()
    omid.agent().react(chat, order_of(group_world, omid, "second words"), "👎", None)
    group_world.say(owner, "taken back")
    owner.agent().delete_message(chat, order_of(group_world, owner, "taken back"), None)
    group_world.world.settle()
    marks = owner.vault.read(
        lambda rows: dict(rows.execute("SELECT kind, n FROM messages WHERE line = 0 AND n IS NOT NULL").fetchall())
    )
    for kind in ("edit", "delete", "reaction"):
        take_away(group_world, owner, marks[kind], "no")
    for person in (owner, omid):
        shown = [(one["text"], one["kind"], one["reactions"]) for one in group_world.shown(person)]
        assert [one for one in shown if one[1] != "system"] == [("second words", "text", []), ("", "deleted", [])]
        assert all(verified(person, one["order"]) for one in group_world.shown(person) if one["kind"] != "system")
    group_world.check()


def test_a_file_goes_with_its_message(group_world: GroupWorld) -> None:
    owner, sara, omid, _mina = group_world.people
    chat = ChatId.group(group_world.gid)
    sharing.send(omid, chat, sharing.content(300_000), "secret.pdf")
    group_world.world.settle()
    assert sharing.fetch(sara, chat)["state"] == "here"
    line = sharing.newest(owner, chat)
    take_away(group_world, owner, line["proof"]["n"], "not such files")
    for person in (owner, sara, omid):
        assert gone(group_world, person) == [("arash", "not such files")]
        assert places_of(person, "secret.pdf") == set()
    group_world.come_to_rest()
    assert group_world.world.authority.chunks.sizes() == {}


def test_a_reason_has_a_length(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    group_world.say(omid, "x")
    with pytest.raises(HamrazError) as caught:
        take_away(group_world, owner, place(group_world, owner, "x"), "ن" * 101)
    assert caught.value.code == "note_too_long"
    take_away(group_world, owner, place(group_world, owner, "x"), "ن" * 100)
    assert gone(group_world, omid) == [("arash", "ن" * 100)]


def test_the_reason_is_told_when_the_key_comes(group_world: GroupWorld) -> None:
    owner, sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    key = sara.vault.read(lambda rows: group_rows.key_of(rows, group_world.gid, 1))
    sara.vault.write(lambda rows: rows.execute("DELETE FROM group_keys"))
    take_away(group_world, owner, place(group_world, owner, SECRET), "told later")
    assert gone(group_world, sara)[0][0] == "arash"
    assert key is not None
    sara.vault.write(lambda rows: group_incoming.save_key(rows, group_world.gid, 1, key))
    assert gone(group_world, sara) == [("arash", "told later")]
    assert places_of(sara, SECRET) == set()


# --- stubs that nothing explains ---


def served(group_world: GroupWorld, reader: Person, n: int, **changes: Any) -> None:
    """The authority serves the reader a stub (with these changes) in the place of message `n`."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == reader.name and body[1:9] == b"\xa8reloade":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            served = [cut(raw, **changes) if at == n else raw for at, raw in enumerate(answer.entries, answer.start)]
            return [msgspec.msgpack.encode(msgspec.structs.replace(answer, entries=served))]
        return [body]

    group_world.world.carry = carry


def newcomer(group_world: GroupWorld) -> Person:
    owner, mina = group_world.people[0], group_world.people[3]
    owner.node.groups.command(group_world.gid, mina.uid, True, "")
    group_world.world.settle()
    return mina


def cut(raw: bytes, **changes: Any) -> bytes:
    entry = decode_entry(raw)
    assert isinstance(entry, MessageEntry)
    return encode_entry(msgspec.structs.replace(stub_of(entry, raw), **changes))


def test_words_that_an_authority_keeps_back_are_missed_and_nothing_else_is(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    group_world.say(omid, "one")
    group_world.say(omid, "kept back")
    mina, n = newcomer(group_world), place(group_world, owner, "kept back")
    served(group_world, mina, n)
    mina.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    assert group_world.texts(mina) == ["one"]
    shown = [(one["kind"], one["why"]) for one in group_world.shown(mina) if one["kind"] == "unreadable"]
    assert shown == [("unreadable", "words_gone")]
    line = next(one for one in group_world.shown(mina) if one["kind"] == "unreadable")
    assert line["from"] == omid.uid.hex()
    group_world.say(mina, "what did he say?")
    group_world.say(omid, "two")
    assert group_world.texts(mina)[-2:] == ["what did he say?", "two"]
    assert mina.node.ctx.trust.alarm is None and group_world.room(mina).row("trouble") is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"ciphertext_hash": bytes(32)}, "bad_signature"), ({"entry_hash": bytes(32)}, "chain_split")],
)
def test_a_false_stub_is_refused_by_its_name(group_world: GroupWorld, changes: dict[str, Any], code: str) -> None:
    owner, _sara, omid, _mina = group_world.people
    group_world.say(omid, "one")
    group_world.say(owner, "two")
    mina, n = newcomer(group_world), place(group_world, owner, "one")
    served(group_world, mina, n, **changes)
    with pytest.raises(HamrazError) as caught:
        mina.node.groups.answer(group_world.gid, True)
        group_world.room(mina).reload()
    found = caught.value.values.get("why", caught.value.code)
    assert found == code
    assert group_world.texts(mina) == []


def test_a_stub_that_its_authors_deletion_explains_is_deleted(group_world: GroupWorld) -> None:
    """A chain that was given back by an agent which had the words no more."""
    owner, _sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    n = place(group_world, owner, SECRET)
    omid.agent().delete_message(ChatId.group(group_world.gid), order_of(group_world, omid, SECRET), None)
    group_world.world.settle()
    mina = newcomer(group_world)
    served(group_world, mina, n)
    mina.node.groups.answer(group_world.gid, True)
    group_world.world.settle()
    assert [one["kind"] for one in group_world.shown(mina) if one["kind"] != "system"] == ["deleted"]


def test_a_chain_with_deleted_messages_is_given_back_whole(group_world: GroupWorld) -> None:
    """After a restore: what was deleted and what was taken away come back as stubs, and all goes on."""
    owner, sara, omid, mina = group_world.people
    group_world.say(omid, "before the backup")
    backup = copy_of(group_world.world)
    group_world.say(omid, "deleted")
    group_world.say(omid, "taken away")
    group_world.say(omid, "stays")
    omid.agent().delete_message(ChatId.group(group_world.gid), order_of(group_world, omid, "deleted"), None)
    take_away(group_world, owner, place(group_world, owner, "taken away"), "why not")
    restore(group_world.world, backup)
    group_world.come_to_rest()
    group_world.world.authority.recovery.end()
    group_world.come_to_rest()
    assert group_world.kept.group.n == group_world.room(owner).group.n
    group_world.say(sara, "and on")
    newcomer(group_world)
    group_world.everybody_joins()
    for person in group_world.people:
        assert group_world.texts(person) == ["before the backup", "stays", "and on"]
        assert gone(group_world, person) == [("arash", "why not")]
    assert mina.node.ctx.trust.alarm is None
    group_world.check()


def test_evidence_of_a_chain_counts_stubs_as_what_stood_there(group_world: GroupWorld) -> None:
    owner, _sara, omid, _mina = group_world.people
    group_world.say(omid, SECRET)
    take_away(group_world, owner, place(group_world, owner, SECRET))
    raws = owner.vault.read(
        lambda rows: [bytes(row[0]) for row in rows.execute("SELECT entry FROM group_entries ORDER BY n")]
    )
    hash = bytes(32)
    for n, raw in enumerate(raws, 1):
        assert chain_hash(hash, n, raw) == link_hash(hash, n, bytes.fromhex(evidence.entry_hash(raw)))
        hash = chain_hash(hash, n, raw)
    assert hash == group_world.room(owner).group.hash


# --- whatever happens ---


@examples(8)
@given(st.lists(st.tuples(st.sampled_from(["say", "edit", "delete", "react", "take"]), st.integers(0, 2)), max_size=12))
def test_everybody_shows_the_same(ops: list[tuple[str, int]]) -> None:
    group_world = GroupWorld(Role.ADVANCED, Role.BEGINNER)
    group_world.everybody_joins()
    chat = ChatId.group(group_world.gid)
    for turn, (what, who) in enumerate(ops):
        person = group_world.people[who]
        lines = [one for one in group_world.shown(person) if one["kind"] == "text"]
        mine = [one for one in lines if one["mine"]]
        match what:
            case "say":
                group_world.write(person, f"message {turn}")
            case "edit" if mine:
                person.agent().edit_message(chat, mine[-1]["order"], f"edited {turn}", None)
            case "delete" if mine:
                person.agent().delete_message(chat, mine[0]["order"], None)
            case "react" if lines:
                person.agent().react(chat, lines[-1]["order"], "👍", None)
            case "take" if lines and who < 2:
                retraction.take_away(group_world.room(person), lines[-1]["proof"]["n"], f"why {turn}")
        group_world.world.settle()
    looks = [
        [(one["kind"], one["text"], one["retracted"], one["reactions"]) for one in group_world.shown(person)]
        for person in group_world.people
    ]
    assert looks[0] == looks[1] == looks[2]
    group_world.check()
