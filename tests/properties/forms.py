"""Every form of the wire that there is, found by itself: whoever adds one has it tried, or a test fails."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

import protocol
from protocol import backup_records, backups, group_entries, kinds, log_entries, messages
from protocol.files import FILE, VOICE, FileBody, VoiceBody, decode_announced
from protocol.group_settings import Settings, decode_settings
from protocol.statements import Statement, decode_strict
from tests.protocol import document, reference
from tests.protocol.samples import PLACES

Struct = type[msgspec.Struct]


def every_struct() -> list[Struct]:
    """Every array of MessagePack that the protocol has a struct for, bases left out."""
    for module in pkgutil.iter_modules(protocol.__path__):
        importlib.import_module(f"protocol.{module.name}")
    found = {one for one in leaves(msgspec.Struct) if one.__module__.startswith("protocol.")}
    arrays = [one for one in found if _is_message(one) or (one.__struct_config__.array_like and one.__struct_fields__)]
    return sorted(arrays, key=lambda one: (one.__module__, one.__name__))


def _is_message(one: Struct) -> bool:
    return issubclass(one, messages.Message)


def leaves(base: Struct) -> list[Struct]:
    return [leaf for kind in base.__subclasses__() for leaf in (leaves(kind) or [kind])]


@dataclass(frozen=True)
class Form:
    """How a struct is read from bytes: by us and by the document's second reading; and what both may say against it."""

    kind: Struct
    ours: Callable[[bytes], Any]
    theirs: Callable[[bytes], Any]
    codes: frozenset[str]

    def __repr__(self) -> str:
        return self.kind.__name__


MESSAGE_CODES = frozenset({"bad_message", "unexpected_message", "wrong_version"})
STATEMENT_CODES = frozenset({"bad_statement"})
BACKUP_CODES = frozenset({"backup_broken"})


def _types(pairs: list[tuple[str, str]]) -> list[str]:
    return [kind for _, kind in pairs]


def _message(kind: type[messages.Message]) -> Form:
    place = next(place for place in PLACES if kind in (get_args(PLACES[place]) or (PLACES[place],)))
    known = {tag: _types(pairs) for tag, pairs in document.messages().items()}
    here = document.places()[place]
    return Form(
        kind,
        lambda body: messages.decode(body, PLACES[place]),
        lambda body: reference.read_message(body, here, known),
        MESSAGE_CODES,
    )


def _tagged(kind: Struct, ours: Callable[[bytes], Any], table: dict[str, list[tuple[str, str]]]) -> Form:
    """An entry of a log or of a chain: which one it is, is told by its tag."""

    def theirs(body: bytes) -> Any:
        found = reference.unpack(body)
        if not isinstance(found, list) or not found or not isinstance(found[0], str) or found[0] not in table:
            raise reference.Wrong("bad_statement")
        wanted = _types(table[found[0]])
        if len(found) != len(wanted) + 1 or not all(map(reference.fits, found[1:], wanted)):
            raise reference.Wrong("bad_statement")
        return found

    return Form(kind, ours, theirs, STATEMENT_CODES)


def _plain(kind: Struct, pairs: list[tuple[str, str]]) -> Form:
    return Form(
        kind,
        lambda body: decode_strict(body, kind),
        lambda body: reference.fields(body, _types(pairs)),
        STATEMENT_CODES,
    )


def _inner(kind: Struct, word: str) -> Form:
    """What stands in the fields of others only, and has a name in the document's types."""

    def theirs(body: bytes) -> Any:
        found = reference.unpack(body)
        if not reference.fits(found, word):
            raise reference.Wrong("bad_statement")
        return found

    return Form(kind, lambda body: decode_strict(body, kind), theirs, STATEMENT_CODES)


def _record(kind: Struct) -> Form:
    """A record of a backup: which one it is, is told by its tag."""
    known = {tag: _types(pairs) for tag, pairs in document.records().items()}
    return Form(kind, backup_records.decode_record, lambda body: reference.read_record(body, known), BACKUP_CODES)


def _backup_head(kind: Struct) -> Form:
    """What stands after the format's number, before a backup's chunks; and what is said in it."""
    heads = {name: _types(pairs) for name, pairs in document.backup_head().items()}
    if kind is backups.BackupAbout:
        return Form(
            kind,
            lambda body: backups.decode(body, backups.BackupAbout),
            lambda body: reference.read_backup_about(body, heads),
            BACKUP_CODES,
        )
    start = backups.FORMAT.to_bytes(4)
    return Form(
        kind,
        lambda body: backups._split(start + body),
        lambda body: reference.read_backup_head(start + body, heads),
        BACKUP_CODES,
    )


def _word(kind: Struct) -> str | None:
    """What the document's types call it: `MailItem` is `mail item`."""
    word = re.sub("(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    try:
        reference.fits(None, word)
    except ValueError:
        return None
    return word


def form_of(kind: Struct) -> Form | None:
    """None for a struct that this knows no reading of: it isn't of the wire, or it was forgotten."""
    if issubclass(kind, messages.Message):
        return _message(kind)
    if kind in get_args(log_entries.Entry):
        return _tagged(kind, log_entries.decode_entry, document.entries())
    if kind in get_args(group_entries.Entry):
        return _tagged(kind, group_entries.decode_entry, document.group_entries())
    if kind in get_args(backup_records.Record):
        return _record(kind)
    if kind in (backups._Head, backups.BackupAbout):
        return _backup_head(kind)
    if issubclass(kind, Statement):
        return _plain(kind, document.statements()[kind.CONTEXT.decode()])
    if issubclass(kind, kinds.Body):
        return _body(kind)
    if kind in (FileBody, VoiceBody):
        name = VOICE if kind is VoiceBody else FILE
        types = _types(document.file_bodies()[name])
        return Form(
            kind,
            lambda body: decode_announced(name, body),
            lambda body: reference.read_file(body, types),
            STATEMENT_CODES,
        )
    if kind is Settings:
        types = _types(document.group_structures()["settings"])
        return Form(
            kind,
            lambda body: decode_settings(reference.pad(body, 16)),
            lambda body: reference.read_settings(reference.pad(body, 16), types),
            STATEMENT_CODES,
        )
    if kind.__name__ == "PrivateMessage":
        return _plain(kind, document.private_message())
    if kind.__name__.lower() in document.group_structures():
        return _plain(kind, document.group_structures()[kind.__name__.lower()])
    word = _word(kind)
    return None if word is None else _inner(kind, word)


def _body(kind: type[kinds.Body]) -> Form:
    pairs = document.bodies()[kind.KIND]

    def theirs(body: bytes) -> Any:
        found = reference.fields(body, _types(pairs))
        reference.about(kind.KIND, body, bytes(32), document.bodies())
        return found

    return Form(kind, lambda body: kinds.decode_body(kind.KIND, body), theirs, STATEMENT_CODES)


# arrays that never cross the wire: what a file of evidence or a safety code is made of is read elsewhere
LOCAL = frozenset({"_Code", "Alarm", "Behind", "Evidence", "Shown", "Withheld"})
