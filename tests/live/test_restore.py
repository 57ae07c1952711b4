"""Real processes: a backup, life after it, the backup restored with --recover, and agents that give back the rest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from protocol import links
from tests.authority.test_operating import Guest, command
from tests.live.people import LivePerson
from tests.live.test_bad_days import refusal, status
from tests.processes import Network, Service, until


@pytest.mark.timeout(300)  # s; commands are processes of their own, and a busy machine takes seconds for each
def test_an_old_backup_comes_back_to_what_it_was(tmp_path: Path) -> None:
    with Network(tmp_path) as network:
        authority, data = network.authority, network.authority.folder
        arash, sara = (LivePerson(network.account(name)) for name in ("arash", "sara"))
        made = arash.api.call("public_chat_method", user_to_add=["sara"], name="workshop", history="all")
        gid, chat = made["group_id"], made["chat"]
        sara.api.wait_for(lambda name, value: name == "conversation" and value["chat"] == chat, 30)
        sara.api.call("answer_invitation", group_id=gid, join=True)
        backup = tmp_path / "backup"
        assert command("--backup", backup, "--data", data)[0] == 0

        mani = LivePerson(network.account("mani"))
        arash.api.call("add_permissions", username="mani", role_value="admin")
        sara.api.call("send_public_message", message="after the backup", group_id=gid)

        def texts(who: LivePerson) -> list[str]:
            return [one["text"] for one in who.api.call("history", chat=chat)["messages"] if one["kind"] == "text"]

        until(lambda: texts(arash) == ["after the backup"], 30)
        size = status(authority)["log"]
        authority.kill()
        data.rename(tmp_path / "broken")
        shutil.copytree(backup, data)
        authority.arguments.append("--recover")
        authority.start()
        for person in (mani, arash, sara):
            person.api.call("try_now")
        until(lambda: (status(authority)["recovery"] or {}).get("seen") == 3, 60, "everybody has been here")
        said = status(authority)
        assert said["log"] == size and said["recovery"]["before"] < size and said["accounts"] == 3
        code, out, _err = command("--status", "--data", data)
        assert code == 0 and "RECOVERING      3 of 3 accounts have been here" in out
        assert refusal(Guest(authority.join_link), "early") == "recovering"
        sara.api.call("send_public_message", message="waits", group_id=gid)
        authority.arguments.remove("--recover")
        authority.stop()
        authority.start()  # it is remembered
        code, out, _err = command("--end-recovery", "--data", data)
        assert (code, out) == (0, f"Recovery has ended: the log has {size} entries, {size} when it began.\n")
        for person in (mani, arash, sara):
            person.api.call("try_now")
        until(lambda: all(person.link["up"] for person in (arash, sara, mani)), 60)
        until(lambda: texts(arash) == ["after the backup", "waits"], 60)
        mani.api.call("add_permissions", username="sara", role_value="advanced user")
        Guest(authority.join_link).sign_up("late")
        assert all(person.api.call("snapshot")["alarm"] is None for person in (arash, sara, mani))

        # and nobody is let in any more, over a restart too
        code, out, _err = command("--revoke-invitation", "--data", data)
        assert code == 0 and out == (data / "links").read_text()
        assert status(authority)["invitation"] is False
        old = authority.join_link
        authority.kill()
        Service.start(authority)  # which prints no join link
        authority.line("Nobody can join")
        assert refusal(Guest(old), "nobody") == "no_invitation"
        code, out, _err = command("--renew-invitation", "--data", data)
        new = out.splitlines()[0].removeprefix("join: ")
        assert code == 0 and links.decode(new).invitation != links.decode(old).invitation
        Guest(new).sign_up("somebody")
