"""docs/protocol.md says what the code does: every message, statement, entry, limit and error code, and no other."""

from __future__ import annotations

import re
import types
import typing
from typing import Annotated, Any, get_args, get_origin

import msgspec
import pytest

from authority_server.store import groups as group_store
from protocol import (
    authority_messages,
    backup_messages,
    backup_records,
    backups,
    envelope,
    files,
    frames,
    group_entries,
    group_seals,
    group_settings,
    kinds,
    log_entries,
    messages,
    move_messages,
)
from protocol.about import About
from protocol.envelope import PrivateMessage
from protocol.errors import CATALOGUE
from protocol.group_entries import Listed
from protocol.group_ephemeral import SeenItem
from protocol.messages import TAGS, GoneItem, Granted, KeptBackup, MailItem, MovedFile, Share
from protocol.roles import Role
from protocol.statements import Signed, Statement
from protocol.wire import ONCE
from tests.protocol import document
from tests.protocol.samples import PLACES
from tests.protocol.test_statements import KINDS
from web_client.account.states import WITH_EVIDENCE

# --- one form for the code's types and for the document's ---

Form = tuple[Any, ...]
WRITTEN: dict[str, Form] = {
    "u32": (int, 0, 2**32 - 1),
    "u63": (int, 0, 2**63 - 1),
    "u62": (int, 0, 2**62 - 1),
    "port": (int, 1, 65535),
    "rid": (int, 1, 2**32 - 1),
    "i64": (int, -(2**63), 2**63 - 1),
    "bool": (bool,),
    "bytes": (bytes, 0, None),
    "text": (str, 0, None),
    "name": (str, 1, 64),
    "host": (str, 1, 64),
    "email": (str, 1, 254),
    "code": (str, 1, 64),
    "kind": (str, 1, 32),
    "emoji": (str, 0, 48),
    "role": (Role,),
    "file name": (str, 1, 255),
    "media type": (str, 0, 127),
    "history": (group_entries.History,),
    "policy": (group_entries.Policy,),
    "line": (str, 0, 560),
    "display name": (str, 0, 192),
    "about": (About,),
    "listed": (Listed,),
    "mail item": (MailItem,),
    "gone item": (GoneItem,),
    "seen item": (SeenItem,),
    "kept backup": (KeptBackup,),
    "moved file": (MovedFile,),
    "named item": (tuple, (bytes, 32, 32), (bytes, 16, 16)),
    "granted": (Granted,),
    "share": (Share,),
    "device": (bytes, 16, 16),
    "signed": (Signed,),
    "values": (dict, str, str | int),
}


def form_of_words(kind: str) -> Form:
    """What a type in the document means."""
    if kind.endswith("?"):
        return ("or nil", form_of_words(kind[:-1]))
    if kind.startswith("{"):
        return ("once", form_of_words(f"[{kind[1:-1]}]"))
    if kind.startswith("["):
        inner, _, bounds = kind[1:-1].partition("; ")
        low, _, high = bounds.partition("..")
        return (list, form_of_words(inner), int(low or 0), int(high) if high else None)
    if kind not in WRITTEN and (size := re.fullmatch(r"bytes(\d+)", kind)):
        return (bytes, int(size[1]), int(size[1]))
    if kind.startswith("bytes.."):
        return (bytes, 0, int(kind.removeprefix("bytes..")))
    return WRITTEN[kind]


def form_of_code(kind: Any) -> Form:
    """What an annotation in the code means."""
    if ONCE in getattr(kind, "__metadata__", ()):
        return (ONCE, form_of_code(Annotated[get_args(kind)[0], *(at for at in kind.__metadata__ if at != ONCE)]))
    metas = [meta for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, msgspec.Meta)]
    low = high = None
    for meta in metas:
        low = next((bound for bound in (meta.ge, meta.min_length) if bound is not None), low)
        high = next((bound for bound in (meta.le, meta.max_length) if bound is not None), high)
    bare = get_args(kind)[0] if metas else kind
    if get_origin(bare) in (types.UnionType, typing.Union):
        (inner,) = [arg for arg in get_args(bare) if arg is not type(None)]
        return ("or nil", form_of_code(inner))
    if get_origin(bare) is list:
        return (list, form_of_code(get_args(bare)[0]), low or 0, high)
    if get_origin(bare) is tuple:
        return (tuple, *map(form_of_code, get_args(bare)))
    if get_origin(bare) is dict:
        return (dict, *get_args(bare))
    return (bare, low or 0, high) if bare in (bytes, str) else (bare, low, high) if bare is int else (bare,)


def fields_of_code(kind: type[msgspec.Struct]) -> list[tuple[str, Form]]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return [(name, form_of_code(hints[name])) for name in kind.__struct_fields__]


def fields_of_words(pairs: list[tuple[str, str]]) -> list[tuple[str, Form]]:
    return [(name, form_of_words(kind)) for name, kind in pairs]


def tag_of(kind: type[msgspec.Struct]) -> str:
    return str(kind.__struct_config__.tag)


ENTRIES = {tag_of(kind): kind for kind in get_args(log_entries.Entry)}
GROUP_ENTRIES = {tag_of(kind): kind for kind in get_args(group_entries.Entry)}
STRUCTURES = {
    "listed": Listed,
    "settings": group_settings.Settings,
    "header": group_entries.Header,
    "content": group_entries.Content,
    "invitation": group_seals.Invitation,
}
CONTEXTS = {kind.CONTEXT.decode(): kind for kind in KINDS}


# --- the tables ---


def test_every_statement_stands_in_section_4_and_no_other() -> None:
    assert set(document.statements()) == set(CONTEXTS)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_statements_fields(context: str) -> None:
    kind: type[Statement] = CONTEXTS[context]
    assert fields_of_words(document.statements()[context]) == fields_of_code(kind)


def test_every_message_stands_in_section_5_and_no_other() -> None:
    assert set(document.messages()) == set(TAGS)


@pytest.mark.parametrize("tag", TAGS)
def test_a_messages_fields(tag: str) -> None:
    assert fields_of_words(document.messages()[tag]) == fields_of_code(TAGS[tag])


def test_the_tables_name_a_message_once() -> None:
    tags = [row[0] for table in document.tables("5.3") for row in table]
    assert len(tags) == len(set(tags))


@pytest.mark.parametrize("place", PLACES)
def test_a_places_messages(place: str) -> None:
    kinds = get_args(PLACES[place]) or (PLACES[place],)
    assert sorted(document.places()[place]) == sorted(tag_of(kind) for kind in kinds)


def test_there_are_no_other_places() -> None:
    assert set(document.places()) == set(PLACES)


def test_every_request_has_an_answer_in_the_table() -> None:
    answers = {row[0]: row[2] for table in document.tables("5.3") for row in table}
    for tag, kind in TAGS.items():
        if issubclass(kind, messages.Request):
            assert issubclass(TAGS[answers[tag]], messages.Answer), tag
        elif issubclass(kind, messages.Answer):
            assert answers[tag] == "–", tag


def test_every_entry_stands_in_section_6_and_no_other() -> None:
    assert set(document.entries()) == set(ENTRIES)


@pytest.mark.parametrize("tag", ENTRIES)
def test_an_entrys_fields(tag: str) -> None:
    assert fields_of_words(document.entries()[tag]) == fields_of_code(ENTRIES[tag])


def test_every_entry_of_a_chain_stands_in_section_9_and_no_other() -> None:
    assert set(document.group_entries()) == set(GROUP_ENTRIES)
    assert set(document.group_structures()) == set(STRUCTURES)


@pytest.mark.parametrize("tag", GROUP_ENTRIES)
def test_a_chain_entrys_fields(tag: str) -> None:
    assert fields_of_words(document.group_entries()[tag]) == fields_of_code(GROUP_ENTRIES[tag])


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_groups_structures(name: str) -> None:
    assert fields_of_words(document.group_structures()[name]) == fields_of_code(STRUCTURES[name])


def test_the_private_message() -> None:
    assert fields_of_words(document.private_message()) == fields_of_code(PrivateMessage)


def test_the_bodies_that_announce_a_file() -> None:
    for kind, body in {files.FILE: files.FileBody, files.VOICE: files.VoiceBody}.items():
        assert fields_of_words(document.file_bodies()[kind]) == fields_of_code(body)


def test_every_record_of_a_backup_stands_in_section_15_and_no_other() -> None:
    assert set(document.records()) == set(backup_records.by_tag())
    for tag, kind in backup_records.by_tag().items():
        assert fields_of_words(document.records()[tag]) == fields_of_code(kind), tag
    heads = {"backup head": backups._Head, "backup about": backups.BackupAbout}
    assert {name: fields_of_code(kind) for name, kind in heads.items()} == {
        name: fields_of_words(pairs) for name, pairs in document.backup_head().items()
    }


def test_every_kind_with_a_structure_stands_in_section_8_and_no_other() -> None:
    assert set(document.bodies()) == set(kinds.BODIES)
    for kind, body in kinds.BODIES.items():
        assert fields_of_words(document.bodies()[kind]) == fields_of_code(body)


def test_every_code_stands_in_section_12_with_its_class_and_words_and_no_other() -> None:
    """When it fails: `python -m tests.protocol.make_codes`."""
    assert document.codes() == {code: (category, text) for code, (category, text, _) in CATALOGUE.items()}


def test_every_code_that_the_text_names_is_one() -> None:
    """Words in the shape of a code are a code, a tag, a field, a type or a name that this list knows."""
    text = document.PATH.read_text(encoding="utf-8")
    known = {
        *CATALOGUE,
        *TAGS,
        *CONTEXTS,
        *ENTRIES,
        *GROUP_ENTRIES,
        *backup_records.by_tag(),
        *WRITTEN,
        *map(str, Role),
        "authority_id",
        *WITH_EVIDENCE,
    }
    for table in (
        document.statements,
        document.messages,
        document.entries,
        document.group_structures,
        document.group_entries,
        document.records,
    ):
        known |= {name for pairs in table().values() for name, _ in pairs}
    known |= {
        name
        for name, _ in [*document.private_message(), *(one for body in document.file_bodies().values() for one in body)]
    }
    known |= {row[0] for row in document.tables("6.2")[0]}
    for path in (document.PATH.parents[1] / "tests" / "protocol" / "vectors").iterdir():
        known |= set(re.findall(r'"([a-z_]+)": ', path.read_text(encoding="utf-8")))
    used = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text))
    assert used - known == set()


def test_the_limits_of_section_11() -> None:
    limits = {row[0]: row[1] for row in document.tables("11")[0]}

    def number(what: str) -> int:
        return int(re.sub(r"[^0-9].*", "", limits[what].replace(",", "")))

    assert number("frame before log-in") == frames.LIMIT_BEFORE_LOGIN
    assert number("frame after log-in") == frames.LIMIT_AFTER_LOGIN
    assert number("text message") == envelope.TEXT_LIMIT
    assert number("a file") == files.FILE_LIMIT
    assert number("a chunk of a file") == files.CHUNK == files.SEALED_CHUNK - 16
    assert number("a file's preview") == files.PREVIEW_LIMIT
    assert number("a backup at the authority") == backup_messages.BACKUP_LIMIT
    assert number("a backup's head") == backup_messages.HEAD_LIMIT
    assert number("a part of a moved file; what is compared at once") == move_messages.PART
    assert number("an emoji") == kinds.EMOJI_LIMIT
    assert number("members of a group") == group_entries.MAX_MEMBERS
    assert number("a group's settings, sealed") == group_settings.SEALED_LIMIT
    assert number("a picture in settings") == group_settings.PICTURE_LIMIT
    assert number("people watched") == dict(fields_of_code(messages.Watch))["uids"][1][3]
    assert number("items in one `mail`, and their bytes") == authority_messages.MAIL_TOGETHER
    assert number("entries in one `reloaded`, and their bytes") == group_store.ENTRIES_TOGETHER
    assert number("receipts in one message") == dict(fields_of_code(messages.Receipts))["receipts"][3]
    assert number("one-time prekeys of a pair, unused") == dict(fields_of_code(messages.Prekeys))["prekeys"][3]


def test_the_types_of_section_2_are_those_that_are_used() -> None:
    rows = {row[0] for row in document.tables("2.2")[0]}
    assert rows - {"bytes16", "bytes..60", "T?", "[T]", "{T; a..b}"} == set(WRITTEN)


# --- the other pages ---


def test_the_specifications_files_exist() -> None:
    top = document.PATH.parents[1]
    text = (top / "docs" / "specification.md").read_text(encoding="utf-8")
    for path in re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", text):
        assert (top / path).exists(), path


@pytest.mark.parametrize("name", ["protocol.md", "threat-model.md", "specification.md"])
def test_links_between_pages_lead_somewhere(name: str) -> None:
    folder = document.PATH.parent
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (folder / name).read_text(encoding="utf-8")):
        assert (folder / target).exists(), target


@pytest.mark.parametrize("name", ["protocol.md", "threat-model.md", "specification.md"])
def test_sections_that_are_referred_to_exist(name: str) -> None:
    text = (document.PATH.parent / name).read_text(encoding="utf-8")
    before = "" if name == "protocol.md" else r"protocol\.md\)?,?\s"
    pattern = before + r"[Ss]ections?\s([0-9]+(?:\.[0-9]+)*)"
    for number in re.findall(pattern, text):
        assert number in document.sections(), number
