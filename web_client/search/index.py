"""The index of everything written, and what is found in it, as rows of the vault (SQLite's FTS5). No sockets, no page.

What is sent or comes is put in a little later, in batches, so that nobody waits for it; a search first catches up.
What is edited or deleted is changed there in the same transaction, and leaves nothing behind ('secure-delete').

Beside its words stands what else one may ask for: its conversation, its sender and its kinds, each as one word.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from protocol import kinds
from protocol.envelope import INVITATION
from protocol.errors import HamrazError
from protocol.files import FILE, VOICE, decode_announced, decode_file
from protocol.group_seals import Invitation
from protocol.statements import decode_strict
from web_client.search import normalize
from web_client.search.addresses import has_address
from web_client.search.normalize import Atom
from web_client.vault.database import Rows, save_setting, setting, value
from web_client.vault.lines import HIDDEN, SHOWN

KINDS = ("file", "picture", "video", "sound", "link")
# What is made of them: what is looked at, and every other file.
_MADE = {"media": "(ispicture OR isvideo)", "document": "isfile NOT (ispicture OR isvideo OR issound)"}
BATCH = 500  # messages in one transaction: 25 ms, so that a message being sent hardly waits for it
ROOM = 1 << 20  # bytes of them, whatever somebody sends: 0.4 s
WORTH = 128  # messages that may be missing from the index: a search puts them there in 10 ms
WORDS = 16  # of a question; more find nothing that fewer don't
INSIDE = 3  # characters of a question's word, to be looked for inside words: fewer are in every other one
TERMS = 1000  # of a message: of a longer one the rest is found by its beginning
MOST_INSIDE = 400  # words that have it inside: 400 take the index some 10 ms
_UPTO = "search_upto"
_MARKS = '"“”„«»'
_PIECE = re.compile(f"[{_MARKS}]([^{_MARKS}]*[^{_MARKS}\\s][^{_MARKS}]*)[{_MARKS}]|([^{_MARKS}\\s]+)")
_COLUMNS = "ord, chat, sender, kind, body, words, deleted, line, state"
_FAMILIES = {"image": ["picture"], "video": ["video"], "audio": ["sound"]}
_encode_json = msgspec.json.Encoder().encode


# --- the index ---


def pending(rows: Rows) -> int:
    """How many places of the vault's messages are not in the index yet."""
    return max(0, (value(rows, "SELECT max(ord) FROM messages") or 0) - _upto(rows))


def catch_up(rows: Rows) -> bool:
    """Put the next BATCH messages into the index; False if there are no more."""
    upto = _upto(rows)
    batch, room = [], ROOM
    for row in rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord > ? ORDER BY ord LIMIT ?", (upto, BATCH)):
        batch.append(row)
        room -= len(row[4])
        if room < 0:
            break
    if not batch:
        return False
    _insert(rows, batch)
    save_setting(rows, _UPTO, batch[-1][0].to_bytes(8))
    return True


def renew(rows: Rows, order: int) -> None:
    """A message has other words now, or none: what it can be found by is changed with it."""
    if order > _upto(rows):
        return  # its turn comes
    forget(rows, order)
    row = rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord = ?", (order,)).fetchone()
    if row is not None:
        _insert(rows, [row])


def forget(rows: Rows, order: int) -> None:
    """Nothing is at this place any more, and no word is known that only stood there."""
    found = value(rows, "SELECT words FROM search WHERE rowid = ?", order)
    rows.execute("DELETE FROM search WHERE rowid = ?", (order,))
    known = "SELECT term FROM json_each(?) CROSS JOIN search_terms ON term = value"
    for (term,) in rows.execute(known, (_encode_json(_terms(found or "")).decode(),)).fetchall():
        if value(rows, "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1", f'words : "{term}"') is None:
            rows.execute("DELETE FROM search_terms WHERE term = ?", (term,))


def _upto(rows: Rows) -> int:
    return int.from_bytes(setting(rows, _UPTO) or b"")


def _insert(rows: Rows, batch: Iterable[Any]) -> None:
    terms = dict[str, None]()
    for order, chat, sender, kind, body, words, deleted, line, state in batch:
        if deleted or state == "system" or line not in (SHOWN, HIDDEN):
            continue
        text = said(kind, bytes(body), words)
        found = normalize.indexed(text)
        about = " ".join([_token(chat), _from(sender), *(f"is{name}" for name in _kinds(kind, bytes(body), text))])
        rows.execute("INSERT INTO search (rowid, words, about) VALUES (?, ?, ?)", (order, found, about))
        terms |= dict.fromkeys(_terms(found)[:TERMS])
    rows.executemany("INSERT OR IGNORE INTO search_terms (term) VALUES (?)", [(term,) for term in terms])


def _terms(found: str) -> list[str]:
    """The words of the index inside which there may be others, each once: no sign is."""
    long = (term for term in found.split() if len(term) > INSIDE and not term.startswith(normalize.SIGN))
    return list(dict.fromkeys(long))


def _kinds(kind: str, body: bytes, text: str) -> list[str]:
    """Which of KINDS a message is of."""
    found = ["link"] if has_address(text) else []
    if kind in (FILE, VOICE):
        with contextlib.suppress(HamrazError):
            said = decode_announced(kind, body).media_type.partition("/")[0]
            family = "audio" if kind == VOICE else said
            found += ["file", *_FAMILIES.get(family, ())]
    return found


def said(kind: str, body: bytes, words: str | None) -> str:
    """What can be found of a message, as it was written; an invitation is found by its group's name, a file by its own
    and by what was written to it.
    """
    try:
        if kind == INVITATION:
            return decode_strict(body, Invitation).name
        found = words if words is not None else kinds.words(kind, body) or ""
        return " ".join(part for part in (found, decode_file(body).name) if part) if kind == FILE else found
    except HamrazError:
        return ""


def _token(chat: str) -> str:
    """A conversation as one word of the index."""
    return "".join(char for char in chat if char.isalnum())


def _from(sender: bytes) -> str:
    return f"by{sender.hex()}"


# --- questions ---


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question, or several one behind the other: its atoms, and whether only its beginning is given."""

    atoms: tuple[str, ...]
    begins: bool

    @property
    def joined(self) -> str:
        return "".join(self.atoms)

    def query(self, inside: Iterable[str] = ()) -> str:
        """In FTS5's language: as one word, with the half-space's parts one after the other, or inside one of these."""
        star = " *" if self.begins else ""
        ways = [f'"{self.joined}"{star}', *(f'"{term}"' for term in inside)]
        if len(self.atoms) > 1:
            ways.append(f'"{" ".join(self.atoms)}"{star}')
        return f"({' OR '.join(ways)})"

    @property
    def goes_inside(self) -> bool:
        return len(self.joined) >= INSIDE and not self.joined.startswith(normalize.SIGN)

    def fits(self, text: str, wanted: str) -> bool:
        if wanted == self.joined and self.goes_inside and not text.startswith(normalize.SIGN):
            return wanted in text
        return text.startswith(wanted) if self.begins else text == wanted

    def spans(self, atoms: list[Atom]) -> list[tuple[int, int]]:
        """Where a text with these atoms has this word: (start, end) in characters."""
        found: list[tuple[int, int]] = []
        for place, first in enumerate(atoms):
            together = ""
            for last in atoms[place : place + max(normalize.JOINED_ATOMS, len(self.atoms))]:
                if last.word != first.word:
                    break
                together += last.text
                if self.fits(together, self.joined):
                    found.append((first.start, last.end))
                    break
            run = atoms[place : place + len(self.atoms)]
            if len(self.atoms) > 1 and self._follow(run):
                found.append((first.start, run[-1].end))
        return found

    def _follow(self, run: list[Atom]) -> bool:
        texts = tuple(atom.text for atom in run)
        return len(texts) == len(self.atoms) and texts[:-1] == self.atoms[:-1] and self.fits(texts[-1], self.atoms[-1])


def terms(text: str) -> list[Term]:
    """A question's words; of the last one only the beginning need be given, unless a sign stands behind it (C++). What
    stands in quotation marks, or is written without spaces as Chinese is, is one.
    """
    found: list[tuple[str, ...]] = []
    quoted, goes_on = "", not normalize.ends_in_sign(text)
    for quoted, piece in _PIECE.findall(text):
        follows = False
        for atoms in normalize.words(quoted or piece):
            is_part = bool(quoted) or normalize.is_ideograph(atoms[0])
            if is_part and follows and len(found[-1]) < WORDS:
                found[-1] += tuple(atoms)
            else:
                found.append(tuple(atoms))
            follows = is_part
    last = min(len(found), WORDS) - 1
    return [Term(atoms, goes_on and not quoted and at == last) for at, atoms in enumerate(found[:WORDS])]


def says(text: str, asked: Sequence[Term]) -> bool:
    """Whether a text has all these words."""
    atoms = normalize.atoms(text) if asked else []
    return all(term.spans(atoms) for term in asked)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words, or a sender or kind; whatever else is said of it narrows that. Times are ms, the last
    one itself no more.
    """

    terms: Sequence[Term] = ()
    chat: str | None = None
    sender: bytes | None = None
    kind: str | None = None  # of KINDS or _MADE
    since: int | None = None
    until: int | None = None


def find(rows: Rows, wanted: Wanted, before: int | None, limit: int) -> list[int]:
    """The orders of the messages that are all this, the newest first."""
    about = [
        *([_token(wanted.chat)] if wanted.chat else []),
        *([_from(wanted.sender)] if wanted.sender else []),
        *([f"is{wanted.kind}"] if wanted.kind and wanted.kind not in _MADE else []),
    ]
    asked = [f"words : {term.query(_inside(rows, term))}" for term in wanted.terms]
    asked += [f'about : "{token}"' for token in about]
    asked += [f"about : ({_MADE[wanted.kind]})"] if wanted.kind in _MADE else []
    # what is hidden is in the index and isn't found; CROSS: the index is asked first
    where = f"search MATCH ? AND search.rowid < ? AND line = {SHOWN}"
    values: list[Any] = [" AND ".join(asked), before if before is not None else 1 << 53]
    # as a moment is shown: when it came, if somebody claims to have written it later
    for side, moment in ((">=", wanted.since), ("<", wanted.until)):
        if moment is not None:
            where += f" AND min(time, coalesce(came, time)) {side} ?"
            values.append(moment)
    found = rows.execute(
        "SELECT search.rowid FROM search CROSS JOIN messages ON ord = search.rowid "
        f"WHERE {where} ORDER BY search.rowid DESC LIMIT ?",
        (*values, limit),
    )
    return [row[0] for row in found]


def _inside(rows: Rows, term: Term) -> list[str]:
    """Words of the index that have this one inside, or begin with it."""
    if not term.goes_inside:
        return []
    found = rows.execute("SELECT term FROM search_terms WHERE instr(term, ?) LIMIT ?", (term.joined, MOST_INSIDE))
    return [row[0] for row in found]
