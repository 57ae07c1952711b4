"""What an export holds, and what verify.py says of it: every signature, every gap, and no more than was to be shown."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from protocol import links
from protocol.group_entries import MessageEntry, decode_entry
from protocol.primitives import EpochKey
from protocol.statements import Signed, decode_strict
from tests import long_talk
from tests.agent.test_key_changes import renew
from tests.agent.test_missing import forget
from tests.export.conftest import Talk
from tests.export.exports import checked, export_of, lines_of, put, run_alone
from tests.groups.group_world import GroupWorld
from tests.world import Person, World
from web_client.account.chat_ids import ChatId
from web_client.export import verify


def printed(person: Person, *chats: ChatId) -> str:
    """What verify.py says of somebody's export, all of which holds."""
    files = export_of(person, *chats)
    code, said = checked(files["proof.json"], person.node.ctx.authority_id, True, page=files["messages.html"])
    assert code == 0, said
    return said


def test_a_private_conversation_of_either_side(talk: Talk) -> None:
    mine, theirs = printed(talk.arash), printed(talk.sara)
    for said in (mine, theirs):
        assert "RESULT: all that it claims holds." in said
        assert "sara: answers " in said and ": then I come at ten" in said
        assert "arash: changes " in said and "to: the lab opens at ten" in said
        assert "سلام، دیر می‌رسم" in said
        assert "forget" not in said  # neither the words, nor that there was a word for it
        assert "2 more were here, and their words are gone" in said
    assert "1 by arash: only who exported this says so" in mine
    assert "? " in next(line for line in mine.splitlines() if line.endswith("nobody has got this"))
    assert "each with the other's signed receipt" in mine and "each signed with their key" in mine


def test_a_python_that_has_nothing_says_the_same(talk: Talk, tmp_path: Path) -> None:
    folder = put(tmp_path, export_of(talk.arash))
    id = talk.authority_id.hex()
    code, said = run_alone(folder, "--authority", id, "--print")
    assert (code, said) == (0, printed(talk.arash))
    code, said = run_alone(folder)
    assert code == 3 and "Whose server that was isn't known" in said
    assert " ".join(links.digits(talk.authority_id)) in said
    assert run_alone(folder, "--authority", "00" * 32)[0] == 1
    assert run_alone(folder, "--authority", "short")[0] == 2
    (folder / "messages.html").write_bytes(b"another page")
    assert run_alone(folder, "--authority", id)[0] == 1
    (folder / "messages.html").unlink()
    assert run_alone(folder, "--authority", id)[0] == 0
    (folder / "proof.json").unlink()
    assert run_alone(folder, "--authority", id)[0] == 2


def test_a_group_with_a_past(past: GroupWorld) -> None:
    chat = ChatId.group(past.gid)
    said = {who.name: printed(who, chat) for who in past.people}
    for name in ("arash", "sara"):
        assert ": in the first epoch" in said[name] and ": reza came later" in said[name]
        assert ": without mina" in said[name] and "omid: changes " in said[name]
        assert "rude words" not in said[name] and "taken back" not in said[name]
    assert "mina too" in said["sara"]
    assert "mina too" not in said["arash"]  # who has blocked her
    assert ": reza came later" not in said["omid"]  # who was out by then
    assert "in the first epoch" in said["reza"]  # whose group shares what was before
    assert verify.LATE not in "".join(said.values())


def test_whoever_comes_later_shows_nothing_of_before() -> None:
    group = GroupWorld("beginner user", history="joining", members=0)  # type: ignore[arg-type]
    arash, sara = group.people
    group.say(arash, "before her")
    arash.node.groups.command(group.gid, sara.uid, True, "")
    group.world.settle()
    group.everybody_joins()
    group.say(sara, "here I am")
    said = printed(sara, ChatId.group(group.gid))
    assert "here I am" in said and "before her" not in said
    assert "1 more were here, without their words" in said
    assert "before her" in printed(arash, ChatId.group(group.gid))


def test_no_epoch_key_is_told_nor_what_opens_another_message(past: GroupWorld) -> None:
    for who in past.people:
        files = export_of(who)
        keys = who.vault.read(lambda rows: [bytes(key) for (key,) in rows.execute("SELECT key FROM group_keys")])
        assert keys
        for key in keys:
            derived = EpochKey(key)
            for secret in (
                key,
                *(derived._derive(name) for name in (b"id", b"message", b"history", b"settings", b"note")),
            ):
                told = secret.hex().encode()
                assert told not in files["proof.json"] or secret == derived.key_id()  # which the commit tells
        entries = [line for line in lines_of(files["proof.json"]) if line["is"] == "entry" and line["key"]]
        for one in entries:
            for other in entries:
                entry = decode_entry(bytes.fromhex(other["entry"]))
                assert isinstance(entry, MessageEntry)
                if one is other:
                    verify.open_sealed(bytes.fromhex(one["key"]), entry.header, entry.ciphertext)
                else:
                    with pytest.raises(verify.Wrong):
                        verify.open_sealed(bytes.fromhex(one["key"]), entry.header, entry.ciphertext)


def test_nothing_of_the_vault_goes_out_that_is_secret(talk: Talk) -> None:
    files = export_of(talk.arash)
    for secret in (talk.arash.node.ctx.me.key.save(),):
        assert secret.hex().encode() not in files["proof.json"]
    prekeys = talk.arash.vault.read(
        lambda rows: rows.execute("SELECT key FROM own_prekeys UNION SELECT key FROM last_resorts").fetchall()
    )
    assert prekeys and not any(bytes(key).hex().encode() in files["proof.json"] for (key,) in prekeys)


def test_a_gap_is_told_and_is_no_mistake(fresh_talk: Talk) -> None:
    arash, sara = fresh_talk.arash, fresh_talk.sara
    before = lines_of(export_of(arash)["proof.json"])
    arash.vault.write(lambda rows: rows.execute("DELETE FROM messages WHERE sender = ? AND sequence = 2", (sara.uid,)))
    said = printed(arash)
    assert "1 more stand between these, and are not in this file" in said
    assert len(lines_of(export_of(arash)["proof.json"])) == len(before) - 1


def test_the_last_deleted_message_of_the_others_nobody_vouches_for(world: World) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    sara.say(arash, "the last")
    arash.vault.write(
        lambda rows: rows.execute("UPDATE messages SET raw = x'', envelope = NULL, body = x'', deleted = 1")
    )
    assert "1 more were here, as only who exported this says" in printed(arash)


def test_keys_that_came_and_went(world: World) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    arash.say(sara, "by my first key")
    sara.say(arash, "by her first key")
    world.settle()
    renew(sara)
    renew(arash)
    world.settle()
    arash.say(sara, "by my second key")
    sara.say(arash, "by her second key")
    world.settle()
    assert verify.OLD_KEY not in printed(arash) and verify.OLD_KEY not in printed(sara)


def test_somebody_whose_account_has_ended_is_marked(world: World) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    sara.say(arash, "while I am here")
    world.settle()
    arash.agent().revoke_person("sara")
    world.settle()
    said = printed(arash)
    assert "1 by sara: " + verify.OLD_KEY in said
    assert "? " in next(line for line in said.splitlines() if line.endswith("while I am here"))


def test_lost_rows_of_ones_own_are_a_gap_as_well(world: World) -> None:
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    for n in range(4):
        arash.say(sara, f"number {n}")
    world.settle()
    forget(arash, sara, 2)
    assert "2 by arash: each with the other's signed receipt" in printed(arash)


def test_an_account_that_has_said_nothing(world: World) -> None:
    arash = world.sign_up("arash")
    world.settle()
    said = printed(arash)
    assert "exported by   arash" in said


def test_every_line_is_what_was_signed_and_no_other_form_of_it(talk: Talk) -> None:
    found = lines_of(export_of(talk.arash)["proof.json"])
    kinds = [line["is"] for line in found]
    assert kinds[0] == "export" and kinds[-1] == "end"
    assert kinds.index("head") == kinds.count("log") + 1
    envelopes = talk.arash.vault.read(
        lambda rows: [bytes(raw) for (raw,) in rows.execute("SELECT envelope FROM messages WHERE envelope NOT NULL")]
    )
    bodies = {decode_strict(raw, Signed).body.hex() for raw in envelopes}
    assert {line["body"] for line in found if line["is"] == "said"} == bodies


def test_who_writes_meanwhile_never_waits_for_long(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a conversation is, each reading of the vault is about a few rows of it."""
    arash, sara = world.sign_up("arash"), world.sign_up("sara")
    world.settle()
    me, id = arash.node.ctx.me, arash.node.ctx.authority_id
    count, chance = 1500, random.Random(3)
    arash.vault.write(lambda rows: long_talk._write(rows, me, sara.node.ctx.me, id, count, world.now, 0, chance))
    sizes = []
    read = arash.vault.read

    def looked(question: Callable[[Any], Any]) -> Any:
        found = read(question)
        sizes.append(len(found) if isinstance(found, list) else 0)
        return found

    monkeypatch.setattr(arash.vault, "read", looked)
    files = export_of(arash)
    assert sum(sizes) >= 2 * count and max(sizes) <= 200
    assert files["messages.html"].count(b'<li class="m') == count
    code, said = checked(files["proof.json"], id)
    assert code == 0 and "each signed with their key" in said
