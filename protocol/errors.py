"""The one error tree. A code is stable from the wire to the page; its words stand here and, translated, in the page.

HamrazError
    WireError       what came is not the protocol; the connection is closed after the answer
    Refused         a request that was understood and is not granted; the connection goes on
    Forged          something signed, sealed or chained does not hold; nothing of it is used
    Damaged         what lies on this disk is not what was put there
    Unreachable     the other side can't be reached now; trying again may help
"""

from __future__ import annotations

import re
from typing import ClassVar

from protocol.local_errors import THIS_MACHINE


class HamrazError(Exception):
    """A named error: `code`, `field` (the argument at fault or None), `values` (what its text mentions)."""

    category: ClassVar[str] = "error"

    def __init__(self, code: str, /, *, field: str | None = None, **values: str | int) -> None:
        if code not in CATALOGUE:
            raise KeyError(code)
        self.code = code
        self.field = field
        self.values = values
        super().__init__(code)

    @property
    def text(self) -> str:
        """What happened, in English; values are filled in."""
        return _fill(CATALOGUE[self.code][1], self.values)

    @property
    def hint(self) -> str:
        """What to do about it, in English."""
        return _fill(CATALOGUE[self.code][2], self.values)

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()


class WireError(HamrazError):
    category = "wire"


class Refused(HamrazError):
    category = "refused"


class Forged(HamrazError):
    category = "forged"


class Damaged(HamrazError):
    category = "damaged"


class Unreachable(HamrazError):
    category = "unreachable"


# What an agent answers its page, and a program whoever runs it: never said over a socket, so never believed from one.
LOCAL = frozenset(
    (
        "bad_link", "link_other", "not_joined", "has_account", "no_account", "vault_elsewhere", "locked",
        "bad_request", "bad_token", "token_needed", "vault_damaged", "vault_foreign", "database_damaged",
        "database_foreign", "key_missing", "key_damaged", "database_missing", "bad_ports", "folder_in_use",
        "folder_unusable", "path_too_long", "no_locks", "address_unusable", "disk_full", "disk_failing", "old_version",
        "password", "vault_conflict", "vault_busy", "vault_failing", "folder_gone", "not_a_file", "not_a_folder",
        "authority_gone", "entry_damaged", "person_blocked", "own_block", "blocked_full", "too_long", "bad_picture",
        "nicknames_full", "stars_full", "later_full",
        "mail_gone", "file_old", "vault_beside", "bad_kit", "other_kit", "no_kit", "kit_needed", "kit_differs",
        "bad_kit_request", "kit_unknown", "account_ended", "no_backup", "backup_newer", "backup_broken", "backup_gone",
        "backup_lost", "not_a_backup", "no_restore", "not_certain",
        "bad_address", "being_moved", "move_unsure",
        "export_damaged", "export_foreign", "not_receipted",
        "bad_database", "database_unusable", "database_in_use", "database_unsafe", "database_moved",
        "database_moving", "bad_files", "files_unusable"
    )
)  # fmt: skip
MENTIONED = 200  # characters
_JOINERS = "\u200c\u200d"  # the half-space, which Persian needs, and the joiner of emoji


def error(code: str, /, *, field: str | None = None, **values: str | int) -> HamrazError:
    """Build the error of this code, in the class that the catalogue gives it."""
    return _CLASSES[CATALOGUE[code][0]](code, field=field, **values)


def from_wire(code: str, field: str | None, values: dict[str, str | int]) -> HamrazError:
    """The error that the other side sent; a code that this version doesn't know becomes `unknown_error`.

    What it mentions is the other side's choice: of it is kept what a sentence can hold. What only this machine can say
    of itself, such as that its vault is damaged, is nobody else's word.
    """
    if code not in CATALOGUE:
        return Refused("unknown_error", code=_mentioned(code))
    if code in LOCAL:
        return Refused("internal")
    names = _PLACE.findall(CATALOGUE[code][1] + CATALOGUE[code][2])
    found = {name: _mentioned(values[name]) for name in names if name in values}
    return error(code, field=None if field is None else str(_mentioned(field)), **found)


def _mentioned(value: str | int) -> str | int:
    """What a sentence can hold, and a terminal: no control character, and none that turns the direction of writing."""
    if not isinstance(value, str):
        return value
    return "".join(one if one.isprintable() or one in _JOINERS else "\ufffd" for one in value[:MENTIONED])


def _fill(text: str, values: dict[str, str | int]) -> str:
    # in one pass: a value that looks like a place is not filled in again
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)


_PLACE = re.compile(r"\{([a-z]+)\}")


_CLASSES: dict[str, type[HamrazError]] = {
    kind.category: kind for kind in (WireError, Refused, Forged, Damaged, Unreachable)
}

# code: (category, what happened, what to do). docs/protocol.md section 12 lists the same codes; a test compares them.
CATALOGUE: dict[str, tuple[str, str, str]] = {
    # the wire
    "bad_frame": ("wire", "A frame was cut off or empty.", "The connection is closed; connect again."),
    "frame_too_long": ("wire", "A frame says that it is {length} bytes long; {limit} are allowed here.", "Send less."),
    "bad_message": ("wire", "A message does not have the form that the protocol gives it.", "Update the older side."),
    "unexpected_message": ("wire", "A message came where the protocol has no place for it.", "Update the older side."),
    "wrong_version": ("wire", "The other side speaks another version of the protocol.", "Update the older side."),
    "too_many_requests": (
        "wire",
        "Too many requests wait on this connection.",
        "Wait for answers before sending more.",
    ),
    "unknown_request": (
        "refused",
        "The other side doesn't know this request.",
        "It runs an older version; bring it up to date.",
    ),
    "unknown_error": (
        "refused",
        "The other side refused with a code that this version doesn't know: {code}.",
        "Update.",
    ),
    "internal": ("refused", "Something failed inside; it has been logged.", "Try again; tell whoever runs it."),
    # who is who
    "wrong_authority": (
        "forged",
        "This is not the authority of the join link.",
        "In another network that may be; else ask for a new join link.",
    ),
    "wrong_certificate": (
        "forged",
        "The connection's certificate is not the signed one.",
        "Somebody may stand between.",
    ),
    "bad_signature": ("forged", "A signature does not hold.", "Nothing of it was used."),
    "key_revoked": ("forged", "This was signed with a key that no longer counts.", "Ask for it again."),
    "bad_proof": ("refused", "The authority doesn't accept this log-in.", "It knows another key of this account."),
    "bad_statement": ("forged", "Something signed does not have the form that its purpose gives it.", ""),
    "wrong_recipient": ("forged", "This was meant for somebody else.", "Nothing of it was used."),
    "wrong_answer": ("forged", "The authority's answer belongs to another question.", "Nothing of it was used."),
    "not_logged_in": ("refused", "This needs a log-in first.", "Log in."),
    # accounts
    "no_invitation": ("refused", "This join link is no longer valid.", "Ask for a new one."),
    "bad_invitation": ("refused", "This is not the authority's invitation code.", "Check it, or ask for another."),
    "invitation_needed": ("refused", "An account here needs an invitation code.", "Ask whoever runs the authority."),
    "bad_safety_code": ("refused", "This is not a safety code.", "Copy all of it, from HAMRAZ-SAFETY on."),
    "no_join_link": ("refused", "This agent doesn't know the invitation.", "Ask whoever runs the authority."),
    "not_discovered": ("refused", "This authority is not announced here any more.", "Use its join link."),
    "owner_first": ("refused", "The owner has not signed up yet.", "Try again when they have."),
    "owner_code_used": ("refused", "The owner link has been used already.", "Sign up with the join link."),
    "owner_code_wrong": ("refused", "This owner link is not the authority's.", "Copy the whole line again."),
    "owner_link_needed": ("refused", "The first account is made with the owner link.", "Start the agent with it."),
    "name_taken": ("refused", "The user name {name} is taken.", "Choose another."),
    "name_lookalike": ("refused", "This looks too much like {name}, who is already here.", "Choose another name."),
    "name_scripts": ("refused", "A user name keeps to one script.", "Choose Persian letters or Latin ones."),
    "name_form": ("refused", "A user name has 2 to 32 letters, digits, dots, dashes or underscores.", "Change it."),
    "email_form": ("refused", "This is not an e-mail address.", "Write it as name@place."),
    "email_taken": ("refused", "This e-mail already has an account.", "Log in, or use another e-mail."),
    "password_mismatch": ("refused", "The two passwords differ.", "Type the second one again."),
    "password_weak": ("refused", "This password is too easy to guess.", "Make it longer: three or four words do."),
    "password": (
        "refused",
        "This password doesn't open the vault.",
        "Check the keyboard and Caps Lock, then try again.",
    ),
    "unknown_user": ("refused", "Nobody here has the name {name}.", "Check the spelling."),
    "other_agent": ("refused", "This account is open in another agent.", "Close it there first."),
    "replaced": ("refused", "Another agent has logged in to this account.", "Log in again here if that was you."),
    "moved": ("refused", "This account goes on in another copy of its folder.", "Open it there; close it here."),
    "stale_presence": (
        "refused",
        "A newer presence record is known already, number {n}.",
        "Another is made by itself; try again.",
    ),
    "revoked": ("refused", "This account's key is no longer valid.", "Make a new account."),
    "slow_down": ("refused", "Too many tries. The next one counts in {n} s.", "Wait."),
    "busy": ("unreachable", "There are too many connections now.", "Try again a little later."),
    "authority_failing": (
        "unreachable",
        "The authority can't write to its disk now.",
        "Whoever runs it is told; it is tried again by itself.",
    ),
    "recovering": (
        "unreachable",
        "The authority is being brought back from a backup.",
        "Nothing is lost here; it is tried again by itself.",
    ),
    # the log
    "log_invalid": (
        "forged",
        "Log entry {n} breaks a rule ({why}).",
        "The authority's log can't be believed; sending stops.",
    ),
    "log_behind": (
        "unreachable",
        "The authority has signed more of its log than it shows.",
        "New people and roles wait for the rest; it is asked for again and again.",
    ),
    "log_split": ("forged", "The authority has signed two different histories.", "Save the evidence and show it."),
    "stale": ("refused", "Something newer has been decided meanwhile.", "Look at it, and do it again."),
    "entry_stale": ("refused", "The account's latest log entry is {n}.", "Sign again, after that one."),
    "role_not_allowed": ("refused", "Your role does not allow this.", "Ask an admin."),
    "role_fixed": ("refused", "The super admin's role can't be changed.", ""),
    "role_only_super": ("refused", "Only the super admin makes admins, or changes them.", "Ask the super admin."),
    "role_unknown": ("refused", "There is no such role.", "Use admin, advanced user or beginner user."),
    # private chat
    "chain_broken": ("forged", "A message does not follow the one before it.", "It was not shown; ask for it again."),
    "prekey_unknown": ("refused", "This one-time key is not known or was used.", "It is sealed again with another."),
    "prekey_stale": (
        "refused",
        "A newer key is published for this account already, number {n}.",
        "Another is made by itself.",
    ),
    "prekey_invalid": ("forged", "A one-time key does not hold.", "Nothing is sealed to it."),
    "prekey_older": (
        "forged",
        "The authority shows an older key of {name} than before.",
        "Nothing is sealed to it; it goes out with the newer one.",
    ),
    "prekey_used": ("refused", "This one-time key has opened another message already.", "Seal it again with another."),
    "mail_gone": (
        "refused",
        "This was not delivered: it waited at the authority for 60 days and was not fetched.",
        "Send it again, or wait until both are here: then it goes by itself.",
    ),
    "file_old": (
        "refused",
        "This file waited at the authority for 30 days and was not fetched.",
        "It can be fetched while this agent runs.",
    ),
    "mailbox_full": (
        "refused",
        "{name}'s mailbox is full.",
        "The message waits here and goes out when {name} is back.",
    ),
    "cannot_open": ("forged", "What was sealed can't be opened with its key.", "Ask for it again."),
    "bad_receipt": ("forged", "A receipt does not belong to the message that was sent.", "It is sent again."),
    "message_empty": ("refused", "There is nothing in this message.", "Write something."),
    "message_too_long": ("refused", "A message holds at most {limit} bytes.", "Send it in parts."),
    "message_chars": ("refused", "This message has characters that can't be sent.", "Take them out."),
    "not_you": ("refused", "{name} is not logged in here.", "Log in as {name} first."),
    "to_yourself": ("refused", "You can't write to yourself.", "Choose somebody else."),
    "person_blocked": ("refused", "You have blocked {name}.", "Unblock them first."),
    "own_block": ("refused", "You can't block yourself.", "Choose somebody else."),
    "too_long": ("refused", "At most {limit} characters fit here.", "Make it shorter."),
    "bad_picture": ("refused", "This is no JPEG, PNG or WebP of at most {limit} KB.", "Choose another picture."),
    "nicknames_full": ("refused", "At most {limit} people can have a nickname.", "Take one away first."),
    "later_full": ("refused", "At most {limit} messages can wait for their time.", "Take one out first."),
    "stars_full": ("refused", "At most {limit} messages can have a star.", "Take one away first."),
    "blocked_full": ("refused", "At most {limit} people can be blocked.", "Unblock somebody first."),
    "no_such_chat": ("refused", "There is no such conversation here.", ""),
    "no_such_message": ("refused", "There is no such message in this conversation.", ""),
    "not_author": ("refused", "Only the person who wrote a message can change it.", ""),
    "message_fixed": ("refused", "A message of this kind can't be changed.", ""),
    "not_emoji": ("refused", "A reaction is one emoji.", ""),
    "sending_stopped": ("refused", "Sending is stopped: the authority has shown two histories.", "Save the evidence."),
    "away": ("unreachable", "{name} is away.", "The message waits and goes out by itself."),
    "peer_unreachable": (
        "unreachable",
        "{name}'s agent can't be reached.",
        "The message waits and goes out by itself.",
    ),
    "peer_failing": (
        "unreachable",
        "{name}'s agent can't store anything now.",
        "The message waits and goes out by itself.",
    ),
    "authority_down": ("unreachable", "The authority can't be reached.", "It is tried again by itself."),
    "timed_out": ("unreachable", "The other side did not answer in time.", "It is tried again by itself."),
    "profile_stale": ("refused", "A newer profile is here already: version {n}.", "It is made anew, after that one."),
    "profile_gone": ("refused", "This profile is not there (any more).", "It comes with that person's next message."),
    # groups
    "not_member": ("refused", "You have no access to this group.", "Ask a member to invite you."),
    "ranked_only": ("refused", "Only advanced users and admins write in this group.", "Ask one of them to write it."),
    "bad_commit": ("forged", "A group's commit breaks a rule.", "Nothing of it was taken."),
    "bad_certificate": ("forged", "A group's certificate does not hold.", "Nothing of it was used."),
    "certificate_older": (
        "forged",
        "What the authority shows of {name} is older than its log.",
        "Nothing of it was used; it is asked for again.",
    ),
    "bad_epoch_key": ("forged", "A group's key is not the one that its commit names.", "It is asked for again."),
    "chain_split": ("forged", "The authority has shown two different chains of a group.", "Save the evidence."),
    "group_broken": (
        "forged",
        "This group's chain does not hold ({why}).",
        "Nothing more is taken from it; tell its members.",
    ),
    "change_withheld": (
        "forged",
        "The authority keeps back a change of this group's members.",
        "Nothing is written here before it comes; tell the others.",
    ),
    "group_held": ("refused", "Somebody else is changing this group.", "Try again in {n} s."),
    "ask_again": ("refused", "The group changed too often meanwhile.", "Try again."),
    "no_key": ("refused", "The group's key has not come yet.", "It comes by itself; then try again."),
    "ports_full": ("refused", "No port is free for another group.", "Whoever runs the authority can widen the range."),
    "port_not_allowed": ("refused", "Groups use ports {first} to {last} here.", "Another one is tried."),
    "group_not_started": ("refused", "No port has been agreed on for this group.", "Propose one; then make it again."),
    "own_removal": ("refused", "Nobody takes themselves out of a group.", "To go, leave it."),
    "group_full": ("refused", "A group has at most {limit} members.", "Make another group."),
    "group_name": ("refused", "A group's name has 1 to 64 characters.", "Change it."),
    "note_too_long": ("refused", "A reason has at most {limit} bytes.", "Make it shorter."),
    "already_member": ("refused", "{name} is in this group already.", ""),
    "prekey_missing": (
        "refused",
        "{name}'s agent has not published a key yet.",
        "Try again when {name} has logged in.",
    ),
    # files
    "file_too_big": ("refused", "A file has at most {limit} MB.", "Send it in parts, or by another way."),
    "file_gone": ("refused", "This file is not there (any more).", "Ask its sender to send it again."),
    "file_not_yet": ("unreachable", "This file is still on its way.", "It comes by itself."),
    "file_broken": ("forged", "What came of a file is not what was sent.", "Nothing of it was kept; fetch it again."),
    "file_changed": ("refused", "This is not the file that was begun with.", "Send it anew."),
    "chunk_order": ("refused", "A part of a file came out of its turn.", "Ask how far it is, and go on from there."),
    "quota_full": ("refused", "There is no room for this file at the authority.", "It goes out while both are here."),
    # the agent and its page
    "bad_link": (
        "refused",
        "This is not a join link.",
        "It begins with hamraz:// and ends in # and 64 digits or letters.",
    ),
    "link_other": ("refused", "This agent belongs to another authority already.", "Start an agent on another folder."),
    "not_joined": ("refused", "This agent doesn't know an authority yet.", "Paste the join link first."),
    "has_account": ("refused", "This agent has an account already.", "Log in, or start another agent."),
    "no_account": ("refused", "There is no account in this agent.", "Make one first."),
    "vault_elsewhere": ("refused", "This account isn't on this computer.", "Look at the user name again."),
    "vault_beside": (
        "refused",
        "This agent hasn't got this account. Others on this computer: {names}.",
        "Look at the user name again, or log in at the other agent's page.",
    ),
    "locked": ("refused", "The vault is locked.", "Log in."),
    "no_evidence": ("refused", "There is nothing (any more) that this could be shown by.", "It is over, perhaps."),
    "bad_request": ("refused", "The call's arguments are not of its form.", "See docs/agent-api.md."),
    "bad_token": ("refused", "This token is not valid (any more).", "Log in again."),
    "token_needed": ("refused", "This call needs a token.", "Log in first."),
    # the recovery kit
    "bad_kit": (
        "refused",
        "This is no recovery kit of this authority, or not every letter is right.",
        "Compare it with the paper, group by group.",
    ),
    "other_kit": ("refused", "This recovery kit isn't this account's (any more).", "Take the newest one."),
    "no_kit": ("refused", "No recovery kit opens this vault.", "Only the password does."),
    "kit_needed": (
        "refused",
        "The recovery key isn't on this computer: it stands on the recovery kit.",
        "Type the kit, or ask an admin for a new one.",
    ),
    "kit_differs": ("refused", "Group {n} is not what stands on the kit.", "Look at the paper again."),
    "bad_kit_request": ("refused", "This asks for no recovery kit that you can sign for.", "Have it made anew."),
    # backups
    "kit_unknown": ("refused", "No account here goes with this recovery kit (any more).", "Take the newest kit."),
    "account_ended": ("refused", "The account of this recovery kit has ended.", "Make a new account."),
    "no_backup": ("refused", "This account has no backup at the authority.", "Restore from a file, if there is one."),
    "backup_newer": ("refused", "This backup was made by a newer version of Hamraz.", "Bring this one up to date."),
    "backup_broken": (
        "forged",
        "This backup doesn't open with this kit, or is not what was left.",
        "Take the other one, or a file.",
    ),
    "backup_gone": ("refused", "This backup is not there any more.", "Look again which ones there are."),
    "backup_lost": ("refused", "The authority has lost the backup that was left there.", "Another one is made."),
    "not_a_backup": ("refused", "This file is no backup of Hamraz.", "Choose another one."),
    "no_restore": ("refused", "Nothing is here that a restore could go on with.", "Begin anew, with the kit."),
    "not_certain": (
        "refused",
        "Nobody knows whether this was sent before the restore.",
        "Send it again if it isn't there.",
    ),
    # moving
    "bad_address": ("refused", "This is not an address with a port.", "Type what the old computer shows."),
    "bad_move": ("forged", "What the other computer sends is not an account.", "Nothing of it was used."),
    "move_forged": ("forged", "This is not the computer whose digits were compared.", "Nothing of it was used."),
    "move_over": ("refused", "This move is over.", "Begin again on the old computer."),
    "move_refused": ("refused", "On the old computer it was said that the digits differ.", "Begin again; compare."),
    "move_replaced": (
        "refused",
        "Another computer has called the old one meanwhile.",
        "Try again; compare the digits.",
    ),
    "move_newer": ("refused", "The old computer has a newer version of Hamraz.", "Bring this one up to date first."),
    "move_incomplete": ("refused", "Not everything has come to the new computer yet.", "It is fetched first."),
    "move_failing": ("unreachable", "The old computer's disk refuses now.", "It is tried again by itself."),
    "move_unsure": (
        "refused",
        "It isn't certain yet which computer has the account.",
        "Wait for the old one's answer.",
    ),
    "being_moved": (
        "refused",
        "This account is being moved to another computer.",
        "Wait until it is there, or end it.",
    ),
    "account_moved": ("refused", "This account lives on another computer now.", "Use it there."),
    **THIS_MACHINE,
}
