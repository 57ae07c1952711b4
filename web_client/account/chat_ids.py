"""What a conversation is called: `p:` and the other's uid, or `g:` and the group's id, in lower-case hex
(docs/agent-api.md).
"""

from __future__ import annotations

from protocol.errors import Refused


class ChatId(str):
    """A private conversation or a group. As text it stands in the vault and on the page; it is made here only."""

    __slots__ = ()

    @classmethod
    def private(cls, uid: bytes) -> ChatId:
        return cls(f"p:{uid.hex()}")

    @classmethod
    def group(cls, gid: bytes) -> ChatId:
        return cls(f"g:{gid.hex()}")

    @classmethod
    def parse(cls, text: str) -> ChatId:
        """What somebody has called a conversation; `no_such_chat` for what is no such name."""
        kind, _, name = text.partition(":")
        try:
            is_name = kind in ("p", "g") and bytes.fromhex(name).hex() == name
        except ValueError:
            is_name = False
        if not is_name:
            raise Refused("no_such_chat", field="chat")
        return cls(text)

    @property
    def peer(self) -> bytes | None:
        """The other's uid, of a private conversation."""
        return bytes.fromhex(self[2:]) if self.startswith("p:") else None

    @property
    def gid(self) -> bytes | None:
        """The group's id, of a group."""
        return bytes.fromhex(self[2:]) if self.startswith("g:") else None
