"""What the demo remembers from one start to the next: passwords and the chat's message ids, in a 0600 file."""

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

# No letters or digits that look alike: people type these.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Book:
    """Made anew if there is no file; `new` tells."""

    def __init__(self, path: Path, names: Iterable[str], messages: int) -> None:
        self.path = path
        self.new = not path.exists()
        self.passwords = {name: _password() for name in names}
        self.message_ids = [secrets.token_hex(16) for _ in range(messages)]
        self.written = False
        if self.new:
            self.save()
        else:
            content = json.loads(path.read_text(encoding="utf-8"))
            self.passwords, self.message_ids = content["passwords"], content["message_ids"]
            self.written = content["written"]

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {"passwords": self.passwords, "message_ids": self.message_ids, "written": self.written}
        part = self.path.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
        part.replace(self.path)


def _password() -> str:
    """Four groups of four: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
