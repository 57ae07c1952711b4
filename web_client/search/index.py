"""The index of everything written, and what is found in it, as rows of the vault (SQLite's FTS5). No sockets, no page.

What is sent or comes is put in a little later, in batches, so that nobody waits for it; a search first catches up.
What is edited or deleted is changed there in the same transaction, and leaves nothing behind ('secure-delete').
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from protocol import kinds
from protocol.envelope import INVITATION
from protocol.errors import HamrazError
from protocol.files import FILE, decode_file
from protocol.group_seals import Invitation
from protocol.statements import decode_strict
from web_client.search import normalize
from web_client.search.normalize import Atom
from web_client.vault.database import Rows, save_setting, setting, value
from web_client.vault.lines import HIDDEN, SHOWN

BATCH = 500  # messages in one transaction: 25 ms, so that a message being sent hardly waits for it
WORTH = 128  # messages that may be missing from the index: a search puts them there in 10 ms
WORDS = 16  # of a question; more find nothing that fewer don't
_UPTO = "search_upto"
_COLUMNS = "ord, chat, kind, body, words, deleted, line"


# --- the index ---


def pending(rows: Rows) -> int:
    """How many places of the vault's messages are not in the index yet."""
    return max(0, (value(rows, "SELECT max(ord) FROM messages") or 0) - _upto(rows))


def catch_up(rows: Rows) -> bool:
    """Put the next BATCH messages into the index; False if there are no more."""
    upto = _upto(rows)
    found = rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord > ? ORDER BY ord LIMIT ?", (upto, BATCH))
    batch = found.fetchall()
    if not batch:
        return False
    for row in batch:
        _insert(rows, row)
    save_setting(rows, _UPTO, batch[-1][0].to_bytes(8))
    return True


def renew(rows: Rows, order: int) -> None:
    """A message has other words now, or none: what it can be found by is changed with it."""
    if order > _upto(rows):
        return  # its turn comes
    forget(rows, order)
    row = rows.execute(f"SELECT {_COLUMNS} FROM messages WHERE ord = ?", (order,)).fetchone()
    if row is not None:
        _insert(rows, row)


def forget(rows: Rows, order: int) -> None:
    """Nothing is at this place any more."""
    rows.execute("DELETE FROM search WHERE rowid = ?", (order,))


def _upto(rows: Rows) -> int:
    return int.from_bytes(setting(rows, _UPTO) or b"")


def _insert(rows: Rows, row: Any) -> None:
    order, chat, kind, body, words, deleted, line = row
    text = "" if deleted or line not in (SHOWN, HIDDEN) else said(kind, bytes(body), words)
    if found := normalize.indexed(text):
        rows.execute("INSERT INTO search (rowid, words, chat) VALUES (?, ?, ?)", (order, found, _token(chat)))


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


# --- questions ---


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a question: its atoms, and whether only its beginning is given."""

    atoms: tuple[str, ...]
    begins: bool

    @property
    def joined(self) -> str:
        return "".join(self.atoms)

    def query(self) -> str:
        """In FTS5's language: as one word, or with the half-space's parts one after the other."""
        star = " *" if self.begins else ""
        if len(self.atoms) == 1:
            return f'"{self.joined}"{star}'
        return f'("{self.joined}"{star} OR "{" ".join(self.atoms)}"{star})'

    def fits(self, text: str, wanted: str) -> bool:
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
    """A question's words; of the last one only the beginning need be given."""
    found = [tuple(atoms) for atoms in normalize.words(text)][:WORDS]
    return [Term(atoms, number == len(found) - 1) for number, atoms in enumerate(found)]


def find(rows: Rows, asked: list[Term], chat: str | None, before: int | None, limit: int) -> list[int]:
    """The orders of the messages that have all these words, the newest first."""
    query = "words : (" + " AND ".join(term.query() for term in asked) + ")"
    if chat is not None:
        query += f' AND chat : "{_token(chat)}"'
    found = rows.execute(
        # what is hidden is in the index and isn't found; CROSS: the index is asked first
        "SELECT search.rowid FROM search CROSS JOIN messages ON ord = search.rowid "
        f"WHERE search MATCH ? AND search.rowid < ? AND line = {SHOWN} ORDER BY search.rowid DESC LIMIT ?",
        (query, before if before is not None else 1 << 53, limit),
    )
    return [row[0] for row in found]
