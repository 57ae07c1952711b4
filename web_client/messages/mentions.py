"""Who is named in what a group's members write (section 8.3): `@name` is one person, `@all` is everybody, if its writer
may add members now; and whether it has a word that our user wants to be told of. Reads only.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import Final

from protocol import kinds
from protocol.lookalikes import comparison_key
from protocol.roles import may_command_groups
from web_client.account.chat_ids import ChatId
from web_client.account.context import AccountContext
from web_client.messages import keywords
from web_client.messages import rows as message_rows
from web_client.messages.rows import MessageRow
from web_client.vault.database import Rows

ME, ALL = "me", "all"
EVERYBODY: Final = frozenset({"all", "همه"})
LOOKED_AT = 100  # names in one message; more are no way to be understood
NAMING = 200  # unread messages, the newest, that are looked at for names, or for words

_PASSED_ON = re.compile(r"↪ @[^\s@]{1,64}(?:\n|$)")
_CODE = re.compile(r"(?<!`)(`{3,})(?!`).*?(?<!`)\1(?!`)|`[^`\n]*`", re.DOTALL)
_NAME = re.compile(r"(?<![^\W_])(?<![@#$/\\.+-])@([^\s@]{1,64})")
_ELSEWHERE = re.compile(r"@[\w-]+\.\w")  # behind a name: @sara@example.org is somebody of another network


def names(text: str) -> set[str]:
    """Who is named in a text, by comparison keys; nobody in what is passed on, or in code."""
    if "@" not in text:
        return set()
    found = islice(_NAME.finditer(said := _said(text)), LOOKED_AT)
    named = {_name(one.group(1)) for one in found if not _ELSEWHERE.match(said, one.end())}
    return {comparison_key(name) for name in named} - {""}


def _said(text: str) -> str:
    """What its writer says in it to somebody: nothing of what is passed on, or in code."""
    return "" if _PASSED_ON.match(text) else _CODE.sub(" ", text)


def _name(rest: str) -> str:
    """What of it can be a user name."""
    end = next((at for at, letter in enumerate(rest) if not _belongs(letter)), len(rest))
    return rest[:end].rstrip("._-\u200c")


def _belongs(letter: str) -> bool:
    return letter in "._-\u200c" or unicodedata.category(letter)[0] in "LMN"


def of(ctx: AccountContext, row: MessageRow, text: str) -> str | None:
    """Whether this text of a row names our user, ME, or everybody, ALL."""
    if row.chat.gid is None or row.sender == ctx.me.uid:
        return None
    named = names(text)
    if comparison_key(ctx.me.name) in named:
        return ME
    writer = ctx.trust.user(row.sender) if named & EVERYBODY else None
    return ALL if writer is not None and may_command_groups(writer.role) else None


def keyword(ctx: AccountContext, row: MessageRow, text: str) -> str | None:
    """The word in this text of a row that our user wants to be told of, or None."""
    words = ctx.settings.keywords
    if not words or row.chat.gid is None or row.sender == ctx.me.uid:
        return None
    return keywords.first(words, _said(text))


def unread(ctx: AccountContext, rows: Rows, chat: ChatId, after: int, limit: int) -> list[int]:
    """The orders of the unread messages above a position that name our user or everybody, or have a word that our user
    wants to be told of; the oldest first.
    """
    if chat.gid is None:
        return []
    naming = message_rows.unread_with(rows, chat, after, limit, b"@", NAMING)
    found = {row.position: row.ord for row in naming if of(ctx, row, _words(row)) is not None}
    if ctx.settings.keywords:
        newest = message_rows.unread_with(rows, chat, after, limit, b"", NAMING)
        found |= {row.position: row.ord for row in newest if keyword(ctx, row, _words(row)) is not None}
    return [order for _position, order in sorted(found.items())]


def _words(row: MessageRow) -> str:
    return row.words if row.words is not None else kinds.shown_words(row.kind, row.body) or ""
