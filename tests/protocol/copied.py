"""A text that one screen shows and another reads: as a QR code, or as it was copied, by a chat or by hand."""

from __future__ import annotations


def copies(text: str) -> list[str]:
    """What may become of it on its way; it stays within a QR code of 57 by 57 modules."""
    assert len(text) < 396
    lines = "\n".join(text[at : at + 60] for at in range(0, len(text), 60))
    isolated = f"\u2066{text}\u2069"  # as chats write what has a direction of its own
    return [text, text.lower(), f"  {text}\n", isolated, f"\ufeff{text}", text.replace("2", "۲"), lines]
