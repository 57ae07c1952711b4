"""A laptop with its folder is gone: the same account on another one, as real processes, with nothing but the kit."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.door.http_files import put, request
from tests.live.people import LivePerson
from tests.processes import PASSWORD, Agent, Network, until


def kit_of(person: LivePerson) -> str:
    """The kit, as its owner has it on paper from now on."""
    sheet = person.api.call("kit", password=PASSWORD)
    groups = sheet["groups"]
    first, second = (groups[number - 1] for number in sheet["ask"])
    person.api.call("confirm_kit", first=first, second=second)
    return " ".join(groups)


def backup(person: LivePerson) -> dict[str, Any]:
    return dict(person.api.call("snapshot")["backup"])


def saved(person: LivePerson, path: Path) -> Path:
    """A backup as a file, as the browser saves it."""
    ticket = person.api.call("backup_file")["ticket"]
    status, _headers, content = request(person.agent.port, "GET", f"/files/{ticket}")
    assert status == 200
    path.write_bytes(content)
    return path


def test_a_file_that_is_named_at_the_start(network: Network, tmp_path: Path) -> None:
    """`run.py agent --restore FILE`, and the same handed over by a page: the authority's copy isn't asked for."""
    owner, sara = LivePerson(network.account("arash")), LivePerson(network.account("sara"))
    sara.api.call("set_setting", name="backups", value=False)
    kit = kit_of(sara)
    sara.say(owner, "in the file")
    path = saved(sara, tmp_path / "taken along")
    sara.die()
    link = network.authority.join_link
    new = Agent(tmp_path / "elsewhere" / "agent", "eventlet", "--join", link, "--restore", str(path))
    network.agents.append(new)
    new.start()
    sara.agent, sara.api = new, new.program()
    assert sara.api.call("status")["backup_file"] is True
    sara.api.call("drop_backup_file")
    assert sara.api.call("find_backup", kit=kit)["without"] == {"username": "sara", "why": "no_backup"}
    content = path.read_bytes()
    id = sara.api.call("bring_backup", size=len(content))["id"]
    assert put(new.port, "", id, 0, content) == {"ok": True, "done": len(content)}
    [found] = sara.api.call("find_backup", kit=kit)["backups"]
    assert found["username"] == "sara"
    sara.api.call("restore", kit=kit, password=PASSWORD, password_confirm=PASSWORD)
    assert [text for text in sara.texts(owner) if text] == ["in the file"]
    assert path.exists() and not (new.folder / "brought.backup").exists()


def test_by_the_authority_and_by_a_file(network: Network, tmp_path: Path) -> None:
    owner, sara = LivePerson(network.account("arash")), LivePerson(network.account("sara"))
    kit = kit_of(sara)
    sara.say(owner, "one")
    owner.say(sara, "two")
    until(lambda: backup(sara)["when"] is not None, what="the first backup, by itself")
    sara.api.call("make_backup")
    gid = owner.api.call("public_chat_method", user_to_add=["sara"], name="class")["group_id"]
    until(lambda: any(one["kind"] == "group" for one in sara.api.call("snapshot")["conversations"]))
    sara.api.call("answer_invitation", group_id=gid, join=True)

    def joined() -> bool:
        found = sara.api.call("snapshot")["conversations"]
        return any(one["chat"] == f"g:{gid}" and one["group"]["state"] == "joined" for one in found)

    def in_group() -> list[str]:
        return [one["text"] for one in sara.api.call("reload_one_chat", group_id=gid)["messages"] if one["text"]]

    owner.api.call("send_public_message", message="to all", group_id=gid)
    until(lambda: in_group() == ["to all"])  # after the backup: neither the group nor its key is in it
    sara.say(owner, "after the backup")
    assert backup(sara)["checked"] is not None
    old = sara.agent
    sara.die()
    owner.write(sara, "while she was gone")

    new = network.agent()
    sara.agent, sara.api = new, new.program()
    assert sara.api.call("status")["restoring"] is False
    found = sara.api.call("find_backup", kit=kit)["backups"][0]
    assert found["username"] == "sara"
    answer = sara.api.call("restore", kit=kit, password=PASSWORD, password_confirm=PASSWORD, id=found["id"])
    assert answer["username"] == "sara"
    sara.say(owner, "back again")  # both ways, at once
    owner.say(sara, "welcome")
    expected = {"one", "two", "after the backup", "while she was gone", "back again", "welcome"}
    until(lambda: {text for text in sara.texts(owner) if text} == expected, 90, "what the other still had")
    assert {text for text in owner.texts(sara) if text} == expected
    assert len([text for text in sara.texts(owner) if text]) == len(expected)

    # a few seconds: before, she waited 30 s to make a commit of her own, and was given the key after that
    until(lambda: joined() and in_group() == ["to all"], 25, "the group, and its key from who has it")
    sara.api.call("send_public_message", message="I am back", group_id=gid)
    until(lambda: in_group() == ["to all", "I am back"])
    assert sara.api.call("snapshot")["alarm"] is None and owner.api.call("snapshot")["alarm"] is None

    # the laptop turns up again: it is told why it is of no use any more
    old.start()
    thief = old.program()
    thief.call("login", username="sara", password=PASSWORD)
    until(lambda: thief.call("snapshot")["link"]["why"] == "moved", 60, "the old machine's being shut out")
    old.kill()
    shutil.rmtree(old.folder)
