"""messages.html: conversations to be read, in one file that loads nothing and runs nothing.

Everything in it that somebody has said or chosen goes through `text`; there is no markup but this module's own.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from protocol import kinds, links
from protocol.envelope import INVITATION
from protocol.errors import HamrazError
from protocol.files import FILE, VOICE, decode_announced
from protocol.group_seals import Invitation
from protocol.statements import decode_strict
from web_client.account.chat_ids import ChatId
from web_client.export.source import Source
from web_client.export.words import DIRECTION, WORDS, Language, day, hour, local, numbers, zone
from web_client.files.names import clean_name
from web_client.groups import retraction
from web_client.groups.system_messages import LIFETIME, System, of_timer, system
from web_client.messages import amendments
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows
from web_client.vault.lines import SHOWN

DAY = 86_400  # seconds
QUOTED = 200  # characters of a message that stand above an answer to it
STYLE: Final = """
:root{color-scheme:light dark;--paper:#f1ede4;--panel:#fdfcf9;--bubble:#f2eee6;--own:#d8ebec;--ink:#1f2428;
--quiet:#5d6468}
@media(prefers-color-scheme:dark){:root{--paper:#15191b;--panel:#1c2124;--bubble:#272d30;--own:#1f4548;--ink:#e8e6e1;
--quiet:#a3abaf}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.6 system-ui,"Segoe UI",Roboto,"Noto Sans",
"Noto Sans Arabic",Tahoma,sans-serif;overflow-wrap:anywhere}
:lang(fa){line-height:1.8}
section,header,nav{max-width:46rem;margin:1rem auto;padding:1rem 1.25rem;background:var(--panel);border-radius:16px}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.15rem;margin:.2rem 0 .5rem}
p{margin:.3rem 0}code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em;unicode-bidi:isolate;
direction:ltr}
.quiet,.who,.day,.line{color:var(--quiet);font-size:.85rem}
ol{list-style:none;margin:0;padding:0}
.day,.line{text-align:center;margin:1rem 0 .5rem}
.m{max-width:34rem;width:fit-content;margin:.4rem 0;padding:.45rem .8rem;background:var(--bubble);border-radius:14px}
.m.own{margin-inline-start:auto;background:var(--own)}
.who{margin:0}
.words,.quote{white-space:pre-wrap;unicode-bidi:plaintext;text-align:start;margin:.1rem 0}
.quote{border-inline-start:3px solid var(--quiet);padding-inline-start:.6rem;color:var(--quiet);font-size:.85rem}
details{font-size:.85rem;color:var(--quiet)}
@media print{body,section,header,nav{background:#fff;color:#000}}
""".replace("\n", "")
POLICY: Final = (
    "default-src 'none'; style-src 'sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode() + "'"
)

# What can't be seen, or turns the writing of what follows: a mark stands in its place.
_HIDDEN = {*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0x202D, 0x202E, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFE, 0xFFFF}
_CLEAN = dict.fromkeys(_HIDDEN - {0x09, 0x0A}, "\ufffd")


def text(words: str) -> str:
    """Somebody's words, so that they are words and nothing else."""
    return html.escape(words.translate(_CLEAN), quote=True)


def name(words: str) -> str:
    """The same of what stands within a line: it keeps its own direction, and changes that of nothing beside it."""
    return f"<bdi>{text(words)}</bdi>"


def readable(emoji: str) -> str:
    """An emoji; of a vote for several answers of a poll (section 8.3) also their places, which are no glyphs."""
    answers = [str(ord(one) - 0xE0030) for one in emoji[1:] if 0xE0031 <= ord(one) <= 0xE003A]
    return f"📊 {', '.join(answers)}" if answers and emoji[0] == "📊" else emoji


@dataclass(slots=True)
class _Beside:
    """What is shown with the rows of a stretch: answered messages, and what edited ones said before."""

    quotes: dict[int, MessageRow | None] = field(default_factory=dict)
    before: dict[int, list[tuple[int, str]]] = field(default_factory=dict)


class Page:
    """Writes one: `begin`, `chat` for each conversation, `end`. Each gives pieces of the file, in their order."""

    def __init__(self, source: Source, language: Language) -> None:
        self._source = source
        self._language = language
        self._words = WORDS[language]
        self._hash = hashlib.sha256()
        self._chats = 0

    @property
    def hash(self) -> bytes:
        """SHA-256 of all pieces so far."""
        return self._hash.digest()

    def begin(self, chats: tuple[ChatId, ...]) -> bytes:
        """The head, and which conversations follow."""
        source, words = self._source, self._words
        title = source.title(chats[0]) if len(chats) == 1 else words["all"]
        me, id = name(source.me.name), source.trust.authority_id.hex()
        digits = f"<code>{' '.join(links.digits(source.trust.authority_id))}</code>"
        made = [
            f'<!doctype html>\n<html lang="{self._language}" dir="{DIRECTION[self._language]}">',
            f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">',
            f"<title>{text(words['title'].format(title=title))}</title><style>{STYLE}</style>",
            f"<header><h1>{words['title'].format(title=name(title))}</h1>",
            f"<p>{words['by'].format(name=me, when=self._moment(source.now()), digits=digits)}</p>",
            f'<p class="quiet">{words["check"]}</p><p><code>python3 verify.py proof.json --authority {id}</code></p>',
            f'<p class="quiet">{words["own_program"]}</p>',
            f'<p class="quiet">{words["not"].format(name=me, zone=zone(self._language))}</p>',
            f'<p class="quiet">{words["signs"]}</p></header>',
        ]
        if len(chats) > 1:
            entries = [f'<li><a href="#c{n}">{name(source.title(chat))}</a>' for n, chat in enumerate(chats, 1)]
            made.append(f'<nav aria-label="{words["chats"]}"><ol>{"".join(entries)}</ol></nav>')
        return self._take("".join(made))

    def chat(self, chat: ChatId) -> Iterator[bytes]:
        """One conversation."""
        self._chats += 1
        id = f"c{self._chats}"
        yield self._take(f'\n<section aria-labelledby="{id}"><h2 id="{id}">{name(self._source.title(chat))}</h2><ol>')
        last, is_empty = "", True
        for shown in self._source.lines(chat):
            beside = self._source.read(lambda rows, shown=shown: _beside(rows, shown))  # type: ignore[misc]
            made = []
            for row in shown:
                when = local(row.time)
                today = day(when, self._language) if when is not None else self._words["no_date"]
                if today != last:
                    made.append(f'\n<li class="day">{today}')
                last, is_empty = today, False
                made.append("\n" + self._line(row, beside))
            yield self._take("".join(made))
        empty = f'<li class="line">{self._words["empty"]}' if is_empty else ""
        yield self._take(f"{empty}</ol></section>")

    def end(self) -> bytes:
        return self._take("\n</html>\n")

    # --- one line ---

    def _line(self, row: MessageRow, beside: _Beside) -> str:
        if row.kind == "system" and row.state == "system":
            return f'<li class="line">{self._system(system(row.body))}'
        if (told := of_timer(row)) is not None:
            return f'<li class="line">{self._system(told)}'
        words, language = self._words, self._language
        when = local(row.time)
        own = row.sender == self._source.me.uid
        marks = [name(self._source.name(row.sender)), hour(when, language) if when is not None else words["no_date"]]
        marks += [words["edited"]] if row.words is not None and not row.deleted else []
        marks += [words["unsent"]] if own and row.state in ("waiting", "failed") else []
        marks.append("✓" if _is_signed(row, own) else "○")
        made = [f'<li class="m{" own" if own else ""}"><p class="who">{" · ".join(marks)}</p>']
        if row.ord in beside.quotes and not row.deleted:
            made.append(self._quote(row, beside.quotes[row.ord]))
        made.append(f'<p class="words">{self._said(row)}</p>')
        if row.ord in beside.before:
            earlier = [f'<p class="words">{text(said)}</p>' for _time, said in beside.before[row.ord]]
            made.append(f"<details><summary>{words['before']}</summary>{''.join(earlier)}</details>")
        made.append(self._reactions(row))
        return "".join(made)

    def _said(self, row: MessageRow) -> str:
        """What a message says."""
        words = self._words
        if row.retracted is not None:
            taken = retraction.taken(row.retracted)
            by = name(self._source.name(bytes.fromhex(taken.by)))
            return words["taken.why" if taken.reason else "taken"].format(by=by, why=name(taken.reason or ""))
        if row.deleted:
            return words["deleted"]
        try:
            said = kinds.words(row.kind, row.body) if row.kind in kinds.WRITTEN else None
            if said is not None:
                said = text(said if row.words is None else row.words)
            if row.kind in (FILE, VOICE):
                return "\n".join([self._file(row.kind, row.body)] + ([said] if said else []))
            if row.kind == INVITATION and row.chat.peer is not None:
                return words["invitation"].format(name=name(decode_strict(row.body, Invitation).name))
        except HamrazError:
            return words["unreadable"]
        if said is not None:
            return said
        return words["unreadable" if row.kind == amendments.UNREADABLE else "unknown"]

    def _file(self, kind: str, body: bytes) -> str:
        file = decode_announced(kind, body)
        size = numbers(str(file.size), self._language)
        return self._words["file"].format(name=name(clean_name(file.name)), size=size)

    def _quote(self, row: MessageRow, answered: MessageRow | None) -> str:
        """The message that is answered, as far as it is here."""
        words = self._words
        who = words["answers"].format(name=name(self._source.name(row.author or b"")))
        said = words["missing"]
        if answered is not None and answered.line == SHOWN:
            said = self._said(answered)
            if answered.kind in kinds.WRITTEN and not answered.deleted:
                shown = kinds.shown_words(answered.kind, answered.body)
                said = text(((shown if answered.words is None else answered.words) or "")[:QUOTED]) or said
        return f'<p class="quote">{who}\n{said}</p>'

    def _reactions(self, row: MessageRow) -> str:
        if row.reactions is None or row.deleted:
            return ""
        found = [
            f"{text(readable(emoji))} "
            + self._words["and"].join(name(self._source.name(bytes.fromhex(uid))) for uid in uids)
            for emoji, uids in msgspec.json.decode(row.reactions)
        ]
        return f'<p class="who">{" · ".join(found)}</p>'

    def _system(self, told: System) -> str:
        """What the chain of a group tells by itself."""
        words, key, why = self._words, told.what, told.reason
        if key == LIFETIME:
            days = -(-int(why) // DAY)
            key = "lifetime.off" if not days else "lifetime.one" if days == 1 else key
            why = numbers(str(days), self._language)
        elif key == "policy":
            key = f"policy.{told.reason}"
        elif f"{key}.why" in words and told.reason:
            key = f"{key}.why"
        who = words["and"].join(name(self._source.name(bytes.fromhex(uid))) for uid in told.who)
        by = name(self._source.name(bytes.fromhex(told.by)))
        return words.get(key, words["system"]).format(by=by, who=who, why=name(why))

    def _moment(self, ms: int) -> str:
        when = local(ms)
        return f"{day(when, self._language)} {hour(when, self._language)}" if when else self._words["no_date"]

    def _take(self, piece: str) -> bytes:
        raw = piece.encode()
        self._hash.update(raw)
        return raw


def _is_signed(row: MessageRow, own: bool) -> bool:
    """Whether it can be shown that this was written: by its writer's signature, or by its reader's receipt."""
    if row.chat.gid is not None:
        return row.n is not None
    return row.receipt is not None if own else bool(row.hash)


def _beside(rows: Rows, shown: list[MessageRow]) -> _Beside:
    found = _Beside()
    for row in shown:
        if row.deleted or row.kind not in kinds.WRITTEN:
            continue
        if row.kind == kinds.REPLY and row.target is not None and row.author is not None:
            found.quotes[row.ord] = message_rows.named(rows, row.chat, row.author, row.target)
        if row.words is not None:
            marks = amendments.marks_of(rows, row.chat, row.sender, row.id)
            edits = [mark for mark in marks if mark.kind == kinds.EDIT and mark.body]
            said = [(one.time, kinds.shown_words(one.kind, one.body)) for one in (row, *edits)]
            found.before[row.ord] = [(time, words) for time, words in said if words is not None and words != row.words]
    return found
