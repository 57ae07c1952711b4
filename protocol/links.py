"""Join and owner links: `hamraz://HOST[,HOST…]:PORT/[INVITATION[/OWNER]]#AUTHORITY_ID` (docs/protocol.md section 3)."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from protocol.errors import Refused
from protocol.primitives import label

_LINK = re.compile(
    r"hamraz://(?P<hosts>[^/#\s]{1,400}):(?P<port>[0-9]{1,5})"
    r"/(?:(?P<invitation>[a-z2-7]{16})(?:/(?P<owner>[a-z2-7]{26}))?)?#(?P<id>[0-9a-f]{64})"
)
_IN_TEXT = re.compile(rf"(?i:hamraz)(?={_LINK.pattern[6:]}(?![0-9a-f]))[^#]+#[0-9a-f]{{64}}")
_CODE = re.compile(r"[a-z2-7]{16}")
_MISREAD = str.maketrans("018", "olb")  # what the code's letters are taken for when they are read aloud or by hand
MOST_HOSTS = 8
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Link:
    """Where an authority is, whose key is right, and the codes: what lets one in, and the owner's for once; or None."""

    hosts: tuple[str, ...]
    port: int
    invitation: str | None = field(repr=False)  # the codes are secrets: they let one in
    authority_id: bytes
    owner_code: str | None = field(default=None, repr=False)

    def encode(self) -> str:
        """The link as one line; IPv6 addresses stand in brackets."""
        hosts = ",".join(f"[{host}]" if ":" in host else host for host in self.hosts)
        codes = "/".join(code for code in (self.invitation, self.owner_code) if code)
        return f"hamraz://{hosts}:{self.port}/{codes}#{self.authority_id.hex()}"


def decode(text: str) -> Link:
    """The link, or `bad_link`. Space around it and a scheme in capitals are forgiven: people paste."""
    text = text.strip()
    if text[:9].lower() == "hamraz://":
        text = "hamraz://" + text[9:]
    match = _LINK.fullmatch(text)
    if not match or not 1 <= int(match["port"]) <= 65535:
        raise Refused("bad_link", field="link")
    hosts = tuple(_host(host) for host in match["hosts"].split(","))
    if len(hosts) > MOST_HOSTS:
        raise Refused("bad_link", field="link")
    return Link(hosts, int(match["port"]), match["invitation"], bytes.fromhex(match["id"]), match["owner"])


def carried(hosts: Iterable[str]) -> list[str]:
    """Those hosts that one link can carry, in their order, without what would make a link of none."""
    found: list[str] = []
    for host in dict.fromkeys(hosts):
        try:
            decode(Link((*found, host), 65535, "a" * 16, bytes(32)).encode())
        except Refused:
            continue
        found.append(host)
    return found


def pasted(text: str) -> str:
    """The link in what somebody has pasted: with words or quotes around it, and with marks that chats put into it. The
    text itself if there isn't exactly one; with its end on another line, if mail has broken it.
    """
    bare = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").replace("%23", "#")
    # as it is; else, without the line ends that mail puts into what is long
    for one in (bare, "".join(bare.split())):
        found = {match[0] for match in _IN_TEXT.finditer(one)}
        if found:
            return found.pop() if len(found) == 1 else text
    return text


def _host(text: str) -> str:
    bracketed = text.startswith("[") and text.endswith("]")
    try:
        address = ipaddress.ip_address(text[1:-1] if bracketed else text)
    except ValueError:
        if bracketed or not _NAME.fullmatch(text):
            raise Refused("bad_link", field="link") from None
        return text
    # an address's zone (`%eth0`) means something on one machine only, and may hold any character
    if bracketed != (address.version == 6) or "%" in text:
        raise Refused("bad_link", field="link")
    return str(address)


def read_invitation(text: str) -> str:
    """The code as people type it: in groups, in capitals, with any digits and look-alikes; `bad_invitation`."""
    code = as_typed(text)
    if not _CODE.fullmatch(code):
        raise Refused("bad_invitation", field="invitation")
    return code


def as_typed(text: str) -> str:
    """A code of `a` to `z` and `2` to `7` from what people type: as `plain`, without dashes of any kind, and read
    leniently.
    """
    bare = "".join(one for one in plain(text) if unicodedata.category(one) != "Pd" and one != "\u2212")  # a minus
    return bare.lower().translate(_MISREAD)


def plain(text: str) -> str:
    """What can only be of ASCII, from what people type and paste: its own digits, without space and what isn't seen."""
    seen = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return "".join("".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen).split())


def in_groups(invitation: str) -> str:
    """The code as it is shown to be read out: four groups of four."""
    return "-".join(invitation[at : at + 4] for at in range(0, len(invitation), 4))


def digits(authority_id: bytes) -> tuple[str, ...]:
    """Four groups of five digits to compare by eye: 66 bits of the authority's id."""
    spread = hashlib.sha256(label(b"code", b"digits") + authority_id).digest()
    return tuple(f"{int.from_bytes(spread[i * 8 : i * 8 + 8]) % 100000:05}" for i in range(4))
