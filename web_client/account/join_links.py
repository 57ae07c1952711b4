"""How an agent comes to know its authority: a link given, pasted, or left beside it by an authority on this machine."""

from __future__ import annotations

import codecs
import os
from pathlib import Path
from typing import IO

from protocol import links
from protocol.errors import HamrazError, Refused
from protocol.links import Link
from storage.layout import named
from web_client.vault import account_folders

LINK_FILE = "authority.link"
AUTHORITY_FOLDER, AUTHORITY_LINKS = "authority", "links"
SCHEME = "hamraz:"
LONGEST = 64 * 1024  # bytes of a file that is asked for a link
VARIABLE = "HAMRAZ_JOIN"


def load_link(folder: Path) -> Link | None:
    """The link that this agent has joined by, before and after it has an account."""
    try:
        return links.decode((folder / LINK_FILE).read_text())
    except (OSError, UnicodeDecodeError, HamrazError):
        return None


def save_link(folder: Path, link: Link) -> None:
    """Keep the link, readable by this person only: it carries the invitation code. `disk_full` and the like."""
    part = folder / (LINK_FILE + ".part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(link.encode() + "\n")
        os.replace(part, folder / LINK_FILE)
    except OSError as reason:
        raise named(reason, folder) from None


def link_in(text: str) -> Link:
    """The link of a file or an environment; the owner's, of both that an authority writes down. `bad_link`."""
    found: dict[str, Link] = {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines:
        name, colon, link = line.partition(": ")
        if colon and name in ("join", "owner"):
            found[name] = links.decode(link)
    if found:
        return found.get("owner") or found["join"]
    if len(lines) != 1:
        raise Refused("bad_link", field="link")
    return links.decode(lines[0])


def given(value: str, standard_input: IO[str]) -> Link:
    """What `--join` names: `-` is standard input, what begins like a link is one, and all else is a file, which is read
    and never looked up. `bad_link`, or OSError.
    """
    if value.strip()[: len(SCHEME)].lower() == SCHEME:
        return links.decode(value)
    if value == "-":
        return link_in(standard_input.readline(LONGEST) if standard_input.isatty() else standard_input.read(LONGEST))
    with Path(value).open("rb") as file:
        return link_in(_text(file.read(LONGEST)))


def _text(content: bytes) -> str:
    """As programs save it: in UTF-8, or as some of Windows' in UTF-16, with a mark at the beginning that says so."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", "replace")


def links_beside(folder: Path) -> tuple[Link | None, Link | None]:
    """(join, owner) links of an authority that the same person runs in the folder next to this one, as far as
    there are.
    """
    found: dict[str, Link] = {}
    try:
        text = (folder.resolve().parent / AUTHORITY_FOLDER / AUTHORITY_LINKS).read_text()
    except (OSError, UnicodeDecodeError):
        return None, None
    for line in text.splitlines():
        name, _, link = line.partition(": ")
        try:
            found[name] = links.decode(link)
        except HamrazError:
            continue
    return found.get("join"), found.get("owner")


def accounts_beside(folder: Path) -> list[str]:
    """What the accounts are called (as `--list` has it) whose folders beside this one hold a vault; whose they are only
    their passwords tell.
    """
    try:
        beside = sorted(folder.resolve().parent.iterdir())
    except OSError:
        return []
    mine = folder.resolve()
    return [account_folders.name_of(one.name) for one in beside if one != mine and (one / "vault.key").exists()]
