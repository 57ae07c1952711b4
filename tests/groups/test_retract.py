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
from tests.groups.test_marks import places_of
from tests.groups.village import Village
from tests.protocol.effort import examples
from tests.world import Person
from web_client.account import keys as own_keys
from web_client.account.chat_ids import ChatId
from web_client.agent.views import search as search_views
from web_client.groups import incoming as group_incoming
from web_client.groups import retraction
from web_client.groups import rows as group_rows
from web_client.verify import messages as message_proof

SECRET = "the word that must not stay"


@pytest.fixture
def village() -> Village:
    """arash is the super admin, sara an advanced user, omid and mina are beginners; mina isn't in yet."""
    village = Village(Role.ADVANCED, Role.BEGINNER, Role.BEGINNER, members=2)
    village.everybody_joins()
    return village


def place(village: Village, person: Person, text: str) -> int:
    """Where somebody's message stands in the chain."""
    return next(shown["proof"]["n"] for shown in village.shown(person) if shown["text"] == text)


def take_away(village: Village, by: Person, n: int, reason: str = "") -> None:
    retraction.take_away(village.room(by), n, reason)
    village.world.settle()


def gone(village: Village, person: Person) -> list[tuple[str, str]]:
    """Of each message that was taken away: by whom, and why."""
    names = {one.uid.hex(): one.name for one in village.people}
    shown = [one for one in village.shown(person) if one.get("retracted")]
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


def entries(village: Village) -> list[bytes]:
    with village.world.authority.store.reading() as rows:
        return group_store.entries(rows, village.gid, 0, 10_000, 1 << 30)


def test_the_words_are_gone_everywhere_and_it_is_said_who_and_why(village: Village) -> None:
    owner, sara, omid, _mina = village.people
    village.say(omid, SECRET)
    chat = ChatId.group(village.gid)
    order = next(one["order"] for one in village.shown(omid) if one["text"] == SECRET)
    omid.agent().edit_message(chat, order, "edited: " + SECRET, None)
    village.world.settle()
    owner.agent().react(chat, order_of(village, owner, "edited: " + SECRET), "👍", None)
    village.say(owner, "and on")
    n = place(village, owner, "edited: " + SECRET)
    take_away(village, sara, n, "not here, please")
    for person in village.people[:3]:
        assert gone(village, person) == [("sara", "not here, please")]
        assert places_of(person, SECRET) == set()
        assert search_views.search(person.node, "must", None, 10, None)["hits"] == []
        assert village.texts(person) == ["and on"]
        line = next(one for one in village.shown(person) if one.get("retracted"))
        assert verified(person, line["order"])
    # the authority has no ciphertext of it any more
    stub = decode_entry(entries(village)[n - 1])
    assert isinstance(stub, StubEntry)
    village.check()


def order_of(village: Village, person: Person, text: str) -> int:
    return int(next(one["order"] for one in village.shown(person) if one["text"] == text))


def test_all_goes_on_after_it_over_restarts_and_for_newcomers(village: Village) -> None:
    owner, sara, omid, mina = village.people
    village.say(omid, "one")
    village.say(omid, SECRET)
    omid.agent().edit_message(ChatId.group(village.gid), order_of(village, omid, SECRET), "still " + SECRET, None)
    village.world.settle()
    village.say(omid, "three")
    take_away(village, owner, place(village, owner, "still " + SECRET), "why not")
    sara.restart()
    village.world.restart_authority()
    village.come_to_rest()
    owner.node.groups.command(village.gid, mina.uid, True, "")
    village.world.settle()
    village.everybody_joins()
    village.say(mina, "four")
    village.say(omid, "five")
    for person in village.people:
        assert village.texts(person) == ["one", "three", "four", "five"]
        assert gone(village, person) == [("arash", "why not")]
        assert places_of(person, SECRET) == set()
    village.check()


@pytest.mark.parametrize("who", ["a beginner", "a beginner, his own", "who has lost the rank"])
def test_who_may_not_is_refused(village: Village, who: str) -> None:
    owner, sara, omid, _mina = village.people
    village.say(omid if who == "a beginner, his own" else owner, "stays")
    by = sara if who == "who has lost the rank" else omid
    n = place(village, by, "stays")
    if by is sara:
        village.give_role(owner, sara, Role.BEGINNER)
        village.world.settle()
    with pytest.raises(HamrazError) as caught:
        take_away(village, by, n)
    assert caught.value.code == "role_not_allowed"
    sealed = retraction._sign(village.room(by), n, "I can, I can")
    with pytest.raises(HamrazError) as caught:  # whatever the agent thinks
        village.room(by).channel().request(Post(0, village.gid, sealed), Posted)
    assert caught.value.code == "role_not_allowed"
    assert village.texts(owner) == ["stays"]


def test_a_rank_that_came_since_counts_after_a_commit(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    village.say(owner, SECRET)
    village.give_role(owner, omid, Role.ADVANCED)
    village.world.settle()
    take_away(village, omid, place(village, omid, SECRET), "now I may")
    assert village.kept.group.commit.by == omid.uid
    assert gone(village, owner) == [("omid", "now I may")]
    village.check()


def test_the_first_one_counts_and_nothing_brings_the_words_back(village: Village) -> None:
    owner, sara, omid, _mina = village.people
    village.say(omid, SECRET)
    n = place(village, owner, SECRET)
    order = order_of(village, omid, SECRET)
    village.world.cut("sara")  # she doesn't hear of it before she does the same
    take_away(village, owner, n, "first")
    sara.reconnect()
    take_away(village, sara, n, "second")
    with pytest.raises(HamrazError):
        omid.agent().edit_message(ChatId.group(village.gid), order, "but I meant " + SECRET, None)
    for person in village.people[:3]:
        assert gone(village, person) == [("arash", "first")]
        assert places_of(person, SECRET) == set()


def test_marks_that_come_later_change_nothing(village: Village) -> None:
    """An edit, a reaction and a deletion that were under way when it was taken away."""
    owner, sara, omid, _mina = village.people
    village.say(omid, SECRET)
    n, chat = place(village, owner, SECRET), ChatId.group(village.gid)
    order = order_of(village, omid, SECRET)
    village.world.authority_up = False
    village.world.cut("authority")
    omid.agent().edit_message(chat, order, "edited " + SECRET, None)
    omid.agent().react(chat, order, "👍", None)
    omid.agent().delete_message(chat, order, None)
    village.world.authority_up = True
    owner.reconnect()
    retraction.take_away(village.room(owner), n, "gone")
    village.come_to_rest()
    for person in (owner, sara, omid):
        assert gone(village, person) == [("arash", "gone")]
        assert places_of(person, SECRET) == set()
    village.check()


def test_what_is_no_message_is_left_alone(village: Village) -> None:
    owner, _sara, _omid, _mina = village.people
    for n in (1, 10_000):
        with pytest.raises(HamrazError) as caught:
            take_away(village, owner, n)
        assert caught.value.code == "no_such_message"
    village.check()


# --- a client of somebody else's making ---


def said_by(village: Village, person: Person, n: int, **changes: Any) -> bytes:
    """An entry that this person has signed, whatever their agent would say to it."""
    room = village.room(person)
    hash = person.vault.read(lambda rows: group_rows.hash_at(rows, village.gid, n)) or bytes(32)
    said = Retract(village.gid, room.group.epoch, person.uid, n, hash, b"")
    said = msgspec.structs.replace(said, **changes)
    listed = room.group.members[person.uid].key
    signer = person.vault.read(lambda rows: own_keys.signer_of(rows, person.node.ctx.me, listed))
    return encode_entry(RetractEntry(issue(said, signer, person.node.ctx.authority_id)))


def hostile(village: Village, what: str) -> tuple[Person, bytes]:
    """Who sends it, and the entry. Omid's message is there, and another of his that Sara has taken away."""
    owner, sara, omid, _mina = village.people
    village.say(omid, "stays")
    village.say(omid, "gone")
    stays, gone = place(village, owner, "stays"), place(village, owner, "gone")
    if what == "from an old epoch":
        village.room(owner).refresh()
        owner.node.groups.command(village.gid, village.people[3].uid, True, "")
        village.world.settle()
    take_away(village, sara, gone, "first")
    end = village.room(owner).group.n
    match what:
        case "of an unknown entry":
            return owner, said_by(village, owner, stays, hash=bytes(32))
        case "of entry 0":
            return owner, said_by(village, owner, 0)
        case "of what comes after it":
            return owner, said_by(village, owner, end + 2)
        case "of itself":
            return owner, said_by(village, owner, end + 1)
        case "of the end of numbers":
            return owner, said_by(village, owner, (1 << 63) - 1)
        case "of a commit":
            return owner, said_by(village, owner, 1)
        case "of a retract":
            return owner, said_by(village, owner, end)
        case "twice":
            return owner, said_by(village, owner, gone)
        case "from an old epoch":
            return owner, said_by(village, owner, stays, epoch=1)
        case "in another's name":
            return omid, said_by(village, omid, stays, by=owner.uid)
        case "for another group":
            return owner, said_by(village, owner, stays, gid=bytes(16))
    return omid, said_by(village, omid, stays)


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
def test_the_authority_refuses_it_by_name(village: Village, what: str) -> None:
    sender, entry = hostile(village, what)
    before = entries(village)
    with pytest.raises(HamrazError) as caught:
        village.room(sender).channel().request(Post(0, village.gid, entry), Posted)
    assert caught.value.code == {**NO_EFFECT, **BREAKS, **FORGED}[what]
    assert entries(village) == before
    village.say(sender, "and on")
    village.check()


@pytest.mark.parametrize("what", [*NO_EFFECT, *BREAKS])
def test_readers_hold_to_it_whatever_the_authority_does(
    village: Village, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The authority has put it into the chain: it changes nothing, or the chain is broken by name."""
    _owner, sara, _omid, _mina = village.people
    sender, entry = hostile(village, what)
    before = [line for line in village.shown(sara) if line["kind"] != "system"]
    lies = village.kept.group.ranked | {person.uid for person in village.people}

    def believe(group: Group, entry: RetractEntry) -> Change:
        said = decode_strict(entry.signed.body, Retract)
        return Change(entry, said.by, retract=said)

    with monkeypatch.context() as patched:
        patched.setattr(chain_at_authority, "_check_rank", lambda *_: None)
        patched.setattr(village.kept.group, "ranked", lies)
        patched.setattr(GroupState, "require_words", lambda *_: None)
        if what in BREAKS:
            patched.setattr(Group, "_retract", lambda group, entry, log: believe(group, entry))
        patched.setattr(village.world, "carry", lambda source, target, body: [] if b"\xa7entries" in body else [body])
        village.room(sender).channel().request(Post(0, village.gid, entry), Posted)
    if what in BREAKS:
        with pytest.raises(HamrazError) as caught:
            village.room(sara).reload()
        assert (caught.value.code, caught.value.values["why"]) == ("group_broken", BREAKS[what])
    else:
        village.room(sara).reload()
        assert village.room(sara).row("trouble") is None and isinstance(
            decode_entry(entries(village)[-1]), RetractEntry
        )
    assert [line for line in village.shown(sara) if line["kind"] != "system"] == before


def test_a_reaction_can_be_taken_away_and_edits_and_deletions_can_not(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    chat = ChatId.group(village.gid)
    village.say(owner, "first words")
    owner.agent().edit_message(chat, order_of(village, owner, "first words"), "second words", None)
    village.world.settle()
    omid.agent().react(chat, order_of(village, omid, "second words"), "👎", None)
    village.say(owner, "taken back")
    owner.agent().delete_message(chat, order_of(village, owner, "taken back"), None)
    village.world.settle()
    marks = owner.vault.read(
        lambda rows: dict(rows.execute("SELECT kind, n FROM messages WHERE line = 0 AND n IS NOT NULL").fetchall())
    )
    for kind in ("edit", "delete", "reaction"):
        take_away(village, owner, marks[kind], "no")
    for person in (owner, omid):
        shown = [(one["text"], one["kind"], one["reactions"]) for one in village.shown(person)]
        assert [one for one in shown if one[1] != "system"] == [("second words", "text", []), ("", "deleted", [])]
        assert all(verified(person, one["order"]) for one in village.shown(person) if one["kind"] != "system")
    village.check()


def test_a_file_goes_with_its_message(village: Village) -> None:
    owner, sara, omid, _mina = village.people
    chat = ChatId.group(village.gid)
    sharing.send(omid, chat, sharing.content(300_000), "secret.pdf")
    village.world.settle()
    assert sharing.fetch(sara, chat)["state"] == "here"
    line = sharing.newest(owner, chat)
    take_away(village, owner, line["proof"]["n"], "not such files")
    for person in (owner, sara, omid):
        assert gone(village, person) == [("arash", "not such files")]
        assert places_of(person, "secret.pdf") == set()
    village.come_to_rest()
    assert village.world.authority.chunks.sizes() == {}


def test_a_reason_has_a_length(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    village.say(omid, "x")
    with pytest.raises(HamrazError) as caught:
        take_away(village, owner, place(village, owner, "x"), "ن" * 101)
    assert caught.value.code == "note_too_long"
    take_away(village, owner, place(village, owner, "x"), "ن" * 100)
    assert gone(village, omid) == [("arash", "ن" * 100)]


def test_the_reason_is_told_when_the_key_comes(village: Village) -> None:
    owner, sara, omid, _mina = village.people
    village.say(omid, SECRET)
    key = sara.vault.read(lambda rows: group_rows.key_of(rows, village.gid, 1))
    sara.vault.write(lambda rows: rows.execute("DELETE FROM group_keys"))
    take_away(village, owner, place(village, owner, SECRET), "told later")
    assert gone(village, sara)[0][0] == "arash"
    assert key is not None
    sara.vault.write(lambda rows: group_incoming.save_key(rows, village.gid, 1, key))
    assert gone(village, sara) == [("arash", "told later")]
    assert places_of(sara, SECRET) == set()


# --- stubs that nothing explains ---


def served(village: Village, reader: Person, n: int, **changes: Any) -> None:
    """The authority serves the reader a stub (with these changes) in the place of message `n`."""

    def carry(source: str, target: str, body: bytes) -> list[bytes]:
        if source == "authority" and target == reader.name and body[1:9] == b"\xa8reloade":
            answer = msgspec.msgpack.decode(body, type=Reloaded)
            served = [cut(raw, **changes) if at == n else raw for at, raw in enumerate(answer.entries, answer.start)]
            return [msgspec.msgpack.encode(msgspec.structs.replace(answer, entries=served))]
        return [body]

    village.world.carry = carry


def newcomer(village: Village) -> Person:
    owner, mina = village.people[0], village.people[3]
    owner.node.groups.command(village.gid, mina.uid, True, "")
    village.world.settle()
    return mina


def cut(raw: bytes, **changes: Any) -> bytes:
    entry = decode_entry(raw)
    assert isinstance(entry, MessageEntry)
    return encode_entry(msgspec.structs.replace(stub_of(entry, raw), **changes))


def test_words_that_an_authority_keeps_back_are_missed_and_nothing_else_is(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    village.say(omid, "one")
    village.say(omid, "kept back")
    mina, n = newcomer(village), place(village, owner, "kept back")
    served(village, mina, n)
    mina.node.groups.answer(village.gid, True)
    village.world.settle()
    assert village.texts(mina) == ["one"]
    shown = [(one["kind"], one["why"]) for one in village.shown(mina) if one["kind"] == "unreadable"]
    assert shown == [("unreadable", "words_gone")]
    line = next(one for one in village.shown(mina) if one["kind"] == "unreadable")
    assert line["from"] == omid.uid.hex()
    village.say(mina, "what did he say?")
    village.say(omid, "two")
    assert village.texts(mina)[-2:] == ["what did he say?", "two"]
    assert mina.node.ctx.trust.alarm is None and village.room(mina).row("trouble") is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"ciphertext_hash": bytes(32)}, "bad_signature"), ({"entry_hash": bytes(32)}, "chain_split")],
)
def test_a_false_stub_is_refused_by_its_name(village: Village, changes: dict[str, Any], code: str) -> None:
    owner, _sara, omid, _mina = village.people
    village.say(omid, "one")
    village.say(owner, "two")
    mina, n = newcomer(village), place(village, owner, "one")
    served(village, mina, n, **changes)
    with pytest.raises(HamrazError) as caught:
        mina.node.groups.answer(village.gid, True)
        village.room(mina).reload()
    found = caught.value.values.get("why", caught.value.code)
    assert found == code
    assert village.texts(mina) == []


def test_a_stub_that_its_authors_deletion_explains_is_deleted(village: Village) -> None:
    """A chain that was given back by an agent which had the words no more."""
    owner, _sara, omid, _mina = village.people
    village.say(omid, SECRET)
    n = place(village, owner, SECRET)
    omid.agent().delete_message(ChatId.group(village.gid), order_of(village, omid, SECRET), None)
    village.world.settle()
    mina = newcomer(village)
    served(village, mina, n)
    mina.node.groups.answer(village.gid, True)
    village.world.settle()
    assert [one["kind"] for one in village.shown(mina) if one["kind"] != "system"] == ["deleted"]


def test_a_chain_with_deleted_messages_is_given_back_whole(village: Village) -> None:
    """After a restore: what was deleted and what was taken away come back as stubs, and all goes on."""
    owner, sara, omid, mina = village.people
    village.say(omid, "before the backup")
    backup = copy_of(village.world)
    village.say(omid, "deleted")
    village.say(omid, "taken away")
    village.say(omid, "stays")
    omid.agent().delete_message(ChatId.group(village.gid), order_of(village, omid, "deleted"), None)
    take_away(village, owner, place(village, owner, "taken away"), "why not")
    restore(village.world, backup)
    village.come_to_rest()
    village.world.authority.recovery.end()
    village.come_to_rest()
    assert village.kept.group.n == village.room(owner).group.n
    village.say(sara, "and on")
    newcomer(village)
    village.everybody_joins()
    for person in village.people:
        assert village.texts(person) == ["before the backup", "stays", "and on"]
        assert gone(village, person) == [("arash", "why not")]
    assert mina.node.ctx.trust.alarm is None
    village.check()


def test_evidence_of_a_chain_counts_stubs_as_what_stood_there(village: Village) -> None:
    owner, _sara, omid, _mina = village.people
    village.say(omid, SECRET)
    take_away(village, owner, place(village, owner, SECRET))
    raws = owner.vault.read(
        lambda rows: [bytes(row[0]) for row in rows.execute("SELECT entry FROM group_entries ORDER BY n")]
    )
    hash = bytes(32)
    for n, raw in enumerate(raws, 1):
        assert chain_hash(hash, n, raw) == link_hash(hash, n, bytes.fromhex(evidence.entry_hash(raw)))
        hash = chain_hash(hash, n, raw)
    assert hash == village.room(owner).group.hash


# --- whatever happens ---


@examples(8)
@given(st.lists(st.tuples(st.sampled_from(["say", "edit", "delete", "react", "take"]), st.integers(0, 2)), max_size=12))
def test_everybody_shows_the_same(ops: list[tuple[str, int]]) -> None:
    village = Village(Role.ADVANCED, Role.BEGINNER)
    village.everybody_joins()
    chat = ChatId.group(village.gid)
    for turn, (what, who) in enumerate(ops):
        person = village.people[who]
        lines = [one for one in village.shown(person) if one["kind"] == "text"]
        mine = [one for one in lines if one["mine"]]
        match what:
            case "say":
                village.write(person, f"message {turn}")
            case "edit" if mine:
                person.agent().edit_message(chat, mine[-1]["order"], f"edited {turn}", None)
            case "delete" if mine:
                person.agent().delete_message(chat, mine[0]["order"], None)
            case "react" if lines:
                person.agent().react(chat, lines[-1]["order"], "👍", None)
            case "take" if lines and who < 2:
                retraction.take_away(village.room(person), lines[-1]["proof"]["n"], f"why {turn}")
        village.world.settle()
    looks = [
        [(one["kind"], one["text"], one["retracted"], one["reactions"]) for one in village.shown(person)]
        for person in village.people
    ]
    assert looks[0] == looks[1] == looks[2]
    village.check()
