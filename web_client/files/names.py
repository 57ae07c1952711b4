"""What a file is called here: nothing in it that leads elsewhere, turns the writing or can't be seen."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255  # characters, as the protocol has it
_LONGEST_BYTES = 240  # what every file system takes, with room for a browser's " (1)"
_END = " .\u200c\u200d"  # no name ends so: systems take it away, or what is seen of it isn't all
_KEPT = "\u200c\u200d"  # the half-space, which Persian needs, and the joiner of emoji
# What is dropped: controls, what only formats, half pairs. What Python's Unicode doesn't know yet is a new sign.
_UNSEEN = ("Cc", "Cf", "Cs")
_REGION = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f")  # a flag, by tags
_RESERVED = re.compile(r"(?i)((con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])( *\..*)?)|conin\$|conout\$")  # Windows: devices
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")


def clean_name(name: str) -> str:
    """The last part of a path, without what can't be seen or typed; never empty."""
    name = re.sub(r"\s+", " ", unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]))
    flags = {at for found in _REGION.finditer(name) for at in range(*found.span())}
    seen = (
        one for at, one in enumerate(name) if at in flags or one in _KEPT or unicodedata.category(one) not in _UNSEEN
    )
    name = re.sub(r'[<>:"|?*\u2028\u2029]', "_", "".join(seen))
    name = re.sub(r"\s+", " ", name).lstrip(" \u200c\u200d").rstrip(_END)
    if not name:
        return "file"
    return "_" + name if _RESERVED.fullmatch(name) else _shortened(name)


def clean_type(media_type: str) -> str:
    """A media type in its plain form, or the one that says nothing."""
    found = _MEDIA_TYPE.fullmatch(media_type.partition(";")[0].strip().lower())
    return found[0] if found else "application/octet-stream"


def _shortened(name: str) -> str:
    """The ending stays: it says what the file is."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = _LONGEST_BYTES - len(f"{dot}{ending}".encode())
    kept = stem.encode()[:room].decode(errors="ignore")
    return kept + dot + ending if dot else kept.rstrip(_END)
