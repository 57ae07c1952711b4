"""The table of what may be asked: which function carries a request out, who may ask, and what it is charged.

Whatever comes in any of the authority's places has its charge here; section 11.1 of docs/protocol.md says the same,
and a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from authority_server.core.authority import Authority, Write
from authority_server.core.client import Client
from authority_server.core.jobs import Steps
from authority_server.handlers import (
    accounts,
    backups,
    directory,
    files,
    gone,
    group_chain,
    group_ephemeral,
    groups,
    login,
    mailbox,
    prekeys,
    profiles,
    regrants,
    restore,
)
from authority_server.handlers import keys as key_changes
from authority_server.handlers import log as log_handlers
from protocol import messages
from protocol.charge import Charge
from protocol.messages import Answer, Message, Request

# Returns the answer, or the write that comes before it, or its steps; None if the answer comes by another way.
Run = Callable[[Authority, Client, Any], Answer | Write[Any] | Steps | None]


@dataclass(frozen=True, slots=True)
class Command:
    """`known`: only after log-in; otherwise only before it. `within`: only in a group that the connection has
    entered. `kit`: before log-in, too, for whoever has shown the recovery key.
    """

    run: Run
    charge: Charge
    known: bool = True
    within: bool = False
    kit: bool = False


def _log_out(authority: Authority, client: Client, message: messages.LogOut) -> None:
    client.send(messages.Done(message.rid))
    client.close()


# The same on the main port and on a group's, where they are about a group that was entered.
_MAKE_COMMIT = Command(groups.make_commit, Charge(25, size=1024, written=True, allowance="commits"))
_ABOUT_GROUPS: dict[type[Request], Command] = {
    messages.GrantKeys: Command(groups.grant_keys, Charge(2, "grants", 20)),
    messages.Hold: Command(groups.hold, Charge(4)),
    messages.FetchGroup: Command(groups.fetch_group, Charge(4)),
    messages.FetchGrant: Command(groups.fetch_grant, Charge(4)),
}

_ENTER = Charge(5, allowance="failures")
_IN_GROUPS: dict[type[Request], Command] = {
    messages.Post: Command(group_chain.post, Charge(8, passed_on=10, written=True, allowance="chains"), within=True),
    messages.Reload: Command(group_chain.reload, Charge(5, answered=10), within=True),
    messages.Acknowledge: Command(group_chain.acknowledge, Charge(10, passed_on=10, written=True), within=True),
    messages.FetchAcks: Command(group_chain.fetch_acks, Charge(5, answered=20), within=True),
    messages.Regrant: Command(regrants.regrant, Charge(10, written=True, allowance="chains"), within=True),
    messages.FetchRegrants: Command(regrants.fetch_regrants, Charge(4), within=True),
    messages.TellSeen: Command(
        group_ephemeral.tell_seen, Charge(8, passed_on=10, written=True, allowance="seen"), within=True
    ),
    messages.FetchSeen: Command(group_ephemeral.fetch_seen, Charge(5, answered=20), within=True),
}

MAIN: dict[type[Request], Command] = {
    messages.CheckSignUp: Command(accounts.check_sign_up, Charge(4), known=False),
    messages.SignUp: Command(accounts.sign_up, Charge(15, written=True, allowance="sign-ups"), known=False),
    messages.LogIn: Command(login.log_in, Charge(12, passed_on=10, written=True, allowance="failures"), known=False),
    messages.Recover: Command(
        key_changes.recover, Charge(15, written=True, allowance="failures, recoveries"), known=False
    ),
    messages.GiveBack: Command(restore.give_back, Charge(8, "entries", more=4, written=True), known=False),
    messages.GiveBackChain: Command(restore.give_back_chain, Charge(10, "entries", more=4, written=True)),
    messages.GivenAll: Command(restore.given_all, Charge(2)),
    messages.FetchLog: Command(log_handlers.fetch_log, Charge(3, answered=100), kit=True),
    messages.Find: Command(directory.find, Charge(4)),
    messages.ChangePresence: Command(directory.change_presence, Charge(8, written=True)),
    messages.Watch: Command(directory.watch, Charge(2, "uids", 50)),
    messages.ShowPresence: Command(directory.show_presence, Charge(2, passed_on=10)),
    messages.ChangeRole: Command(log_handlers.change_role, Charge(12, written=True, allowance="roles")),
    messages.ChangeKey: Command(key_changes.change_key, Charge(15, written=True, allowance="keys")),
    messages.ChangeRecovery: Command(key_changes.change_recovery, Charge(15, written=True, allowance="keys")),
    messages.LogOut: Command(_log_out, Charge(2, passed_on=10)),
    messages.PublishPrekey: Command(prekeys.publish, Charge(10, written=True)),
    messages.FetchPrekeys: Command(prekeys.fetch, Charge(4, "uids", 10)),
    messages.StartGroup: Command(groups.start_group, Charge(8, allowance="ports")),
    **_ABOUT_GROUPS,
    messages.MakeCommit: _MAKE_COMMIT,
    messages.Deposit: Command(mailbox.deposit, Charge(10, written=True, allowance="mail")),
    messages.FetchMail: Command(mailbox.fetch_mail, Charge(8, answered=20)),
    messages.DropMail: Command(mailbox.drop_mail, Charge(6, "items", 10, written=True)),
    messages.FetchGone: Command(gone.fetch_gone, Charge(4, answered=20)),
    messages.DropGone: Command(gone.drop_gone, Charge(6, written=True)),
    messages.PublishProfile: Command(profiles.publish_profile, Charge(10, written=True, allowance="profiles")),
    messages.FetchProfile: Command(profiles.fetch_profile, Charge(4)),
    messages.OfferFile: Command(files.offer_file, Charge(10, written=True, allowance="files")),
    messages.PutChunk: Command(files.put_chunk, Charge(12, written=True, allowance="files")),
    messages.GetChunk: Command(files.get_chunk, Charge(6), kit=True),
    messages.OfferBackup: Command(backups.offer_backup, Charge(10, written=True, allowance="backups")),
    messages.KeepBackup: Command(backups.keep_backup, Charge(10, written=True)),
    messages.DropBackups: Command(backups.drop_backups, Charge(10, written=True)),
    messages.FindBackup: Command(backups.find_backup, Charge(8, allowance="failures"), known=False),
    messages.DropFile: Command(files.drop_file, Charge(10, written=True)),
    messages.Enter: Command(group_chain.enter, _ENTER),
    **_IN_GROUPS,
}

GROUP: dict[type[Request], Command] = {
    messages.Enter: Command(group_chain.enter, _ENTER, known=False),
    **_IN_GROUPS,
    messages.MakeCommit: _MAKE_COMMIT,
    **{kind: replace(command, within=True) for kind, command in _ABOUT_GROUPS.items()},
}

UNKNOWN = Charge(1)  # what only a later version knows

# What is no message, or comes out of its place: the connection ends.
REFUSED = Charge(3)
# What is no request, in any place.
OTHERS: dict[type[Message], Charge] = {
    messages.Hello: Charge(3),
    messages.Ping: Charge(1),
    messages.Pong: Charge(1),
    messages.Signal: Charge(2, passed_on=10, allowance="typing"),
}
