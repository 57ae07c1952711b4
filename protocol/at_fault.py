"""Which field of a message or a statement isn't of its form, for whoever writes a client: told with the refusal."""

from __future__ import annotations

import re
from typing import Any

_PLACE = re.compile(r" - at `\$\[(\d+)\]")
_MISSING = re.compile(r"of at least length \d+, got (\d+)")


def field_at_fault(reason: Exception, kind: Any, tagged: bool = False) -> str | None:
    """The field's name, of the outermost struct; None if it is the whole that is wrong. `tagged`: a tag comes first."""
    names = getattr(kind, "__struct_fields__", ())
    text = str(reason)
    found = _PLACE.search(text) or _MISSING.search(text)
    if found is None:
        return text if text in names else None  # of what a struct has found out by itself
    at = int(found[1]) - tagged
    return names[at] if 0 <= at < len(names) else None
