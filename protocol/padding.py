"""Bytes made as long as a size class, so that what is sealed tells of its length only the class (section 2.7). Pure."""

from __future__ import annotations

from typing import Final

from protocol.errors import Forged

SIZES: Final = (1024, 16 * 1024, 64 * 1024)  # of what is sealed: words, a small picture, the largest one
_LENGTH: Final = 4


def pad(content: bytes, overhead: int) -> bytes:
    """u32(length) ‖ content ‖ zeros, `overhead` bytes shorter than the smallest of SIZES that holds it.

    Raises `bad_statement` for what is too long for the largest.
    """
    size = next((size for size in SIZES if _LENGTH + len(content) + overhead <= size), None)
    if size is None:
        raise Forged("bad_statement")
    return (len(content).to_bytes(_LENGTH) + content).ljust(size - overhead, b"\0")


def unpad(padded: bytes, overhead: int) -> bytes:
    """What was padded; `bad_statement` for anything else than exactly what `pad` makes of it."""
    content = padded[_LENGTH : _LENGTH + int.from_bytes(padded[:_LENGTH])]
    if padded != pad(content, overhead):
        raise Forged("bad_statement")
    return content
