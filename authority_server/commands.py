"""The table of requests: which function carries one out, who may call it, and which limit it is charged to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authority_server import accounts, directory, files, give_back, groups, key_changes, ledger, log_in, mailbox
from authority_server.authority import Authority, Write
from authority_server.caller import Caller
from authority_server.limits import Limits, place_of
from protocol import messages
from protocol.messages import Answer, Request

# Returns the answer, or the write that comes before it; None if the answer comes by another way.
Run = Callable[[Authority, Caller, Any], Answer | Write[Any] | None]
Charge = Callable[[Limits, Caller, int], None]


@dataclass(frozen=True, slots=True)
class Command:
    """`known`: only after log-in; otherwise only before it."""

    run: Run
    known: bool
    charge: Charge | None = None


def _sign_up(limits: Limits, caller: Caller, now: int) -> None:
    limits.sign_up.take(place_of(caller.remote), now)


def _change(limits: Limits, caller: Caller, now: int) -> None:
    assert caller.uid is not None
    limits.change.take(caller.uid.hex(), now)


def _deposit(limits: Limits, caller: Caller, now: int) -> None:
    limits.deposit.take(caller.known.hex(), now)


def _log_out(authority: Authority, caller: Caller, message: messages.LogOut) -> None:
    caller.send(messages.Done(message.rid))
    caller.close()


COMMANDS: dict[type[Request], Command] = {
    messages.CheckSignUp: Command(accounts.check_sign_up, known=False, charge=_sign_up),
    messages.SignUp: Command(accounts.sign_up, known=False, charge=_sign_up),
    messages.LogIn: Command(log_in.log_in, known=False),  # it charges failures only
    messages.GiveBack: Command(give_back.give_back, known=False),
    messages.GiveBackChain: Command(give_back.give_back_chain, known=True),
    messages.Recover: Command(key_changes.recover, known=False),  # the same
    messages.FetchLog: Command(ledger.fetch_log, known=True),
    messages.Find: Command(directory.find, known=True),
    messages.ChangePresence: Command(directory.change_presence, known=True, charge=_change),
    messages.Watch: Command(directory.watch, known=True),
    messages.ShowPresence: Command(directory.show_presence, known=True, charge=_change),
    messages.ChangeRole: Command(ledger.change_role, known=True, charge=_change),
    messages.ChangeKey: Command(key_changes.change_key, known=True, charge=_change),
    messages.LogOut: Command(_log_out, known=True),
    messages.PublishPrekey: Command(groups.publish_prekey, known=True, charge=_change),
    messages.FetchPrekeys: Command(groups.fetch_prekeys, known=True),
    messages.StartGroup: Command(groups.start_group, known=True, charge=_change),
    messages.GrantKeys: Command(groups.grant_keys, known=True),
    messages.MakeCommit: Command(groups.make_commit, known=True, charge=_change),
    messages.FetchGroup: Command(groups.fetch_group, known=True),
    messages.FetchGrant: Command(groups.fetch_grant, known=True),
    messages.Deposit: Command(mailbox.deposit, known=True, charge=_deposit),
    messages.FetchMail: Command(mailbox.fetch_mail, known=True),
    messages.DropMail: Command(mailbox.drop_mail, known=True),
    messages.OfferFile: Command(files.offer_file, known=True, charge=_change),
    messages.PutChunk: Command(files.put_chunk, known=True),
    messages.GetChunk: Command(files.get_chunk, known=True),
    messages.DropFile: Command(files.drop_file, known=True),
}
