"""What a text hides, between two double bars, where only its beginning is shown (static/js/lib/hidden.js). Pure."""

from __future__ import annotations

import re

_BARS = re.compile(r"\|\|+")


def beginning(text: str, length: int) -> str:
    """No more than so many characters of it, and perhaps bars behind them: what is hidden stays hidden."""
    if len(text) <= length:
        return text
    some = text[:length].rstrip("| \t\r\n")
    return f"{some}||" if len(_BARS.findall(some)) % 2 else some
