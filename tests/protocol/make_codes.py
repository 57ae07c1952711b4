"""Writes the tables of docs/protocol.md section 12 from the catalogue: `python -m tests.protocol.make_codes`."""

from __future__ import annotations

import inspect
import re

from protocol import errors
from tests.protocol import document


def tables() -> str:
    """One table for each block of the catalogue, under the block's comment."""
    found, code = [], r'^    # (.+)$|^    "([a-z_]+)": \('
    catalogue = inspect.getsource(errors).partition("CATALOGUE: dict")[2]
    for title, name in re.findall(code, catalogue, flags=re.MULTILINE):
        if title:
            found.append(f"\n{title[0].upper()}{title[1:]}:\n\n| code | class | meaning |\n| --- | --- | --- |\n")
        else:
            category, text, _hint = errors.CATALOGUE[name]
            found.append(f"| `{name}` | {category} | {text} |\n")
    return "".join(found)


def renewed(page: str) -> str:
    """The page with its section 12 as it should be."""
    start = page.index("\nThe wire:\n")
    return page[:start] + tables() + "\n" + page[page.index("## 13.") :]


if __name__ == "__main__":
    document.PATH.write_text(renewed(document.PATH.read_text(encoding="utf-8")), encoding="utf-8")
