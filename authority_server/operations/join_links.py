"""The join link and the owner link: printed at the start, and kept in a 0600 file for the same person's agent."""

from __future__ import annotations

import sys
from pathlib import Path

import segno

from authority_server.core.authority import Authority
from authority_server.state.state import INVITATION_LENGTH, new_code
from protocol import links
from protocol.errors import Refused
from protocol.links import Link
from storage.standard_output import printed
from storage.whole_files import write_whole

REVOKED = "Nobody can join: the invitation is revoked. --renew-invitation makes a new one."


class Invitation:
    """What lets people in; made before the server listens."""

    def __init__(self, authority: Authority, path: Path, renew: bool) -> None:
        """`renew` voids the join link before. The owner code is known by its hash only, so it comes from `path`."""
        self._authority = authority
        self._path = path
        if renew:
            authority.renew_invitation(new_code(INVITATION_LENGTH))
        self._owner_code = (
            None
            if authority.has_owner or authority.recovery.on or self._is_at_another_node()
            else self._saved_owner_code() or authority.issue_owner_code()
        )
        self._written = False  # what the file should say now
        self._saved: str | None = None  # the invitation that it has
        self._hosts: tuple[str, ...] = ()
        self._port = 0

    def show(self, hosts: list[str], port: int, qr: bool | None = None) -> None:
        """Print the links and what is read out, and write the links to the file.

        As QR codes too with `qr`; None means where it is a person who looks.
        """
        self._hosts, self._port = tuple(hosts), port
        text = self._save()
        revoked = self._authority.state.invitation is None
        with printed():
            if not revoked and (sys.stdout.isatty() if qr is None else qr):
                for line in text.splitlines():
                    name, _, link = line.partition(": ")
                    print(f"{name}:", flush=True)
                    _draw(link)
            print(text + self._spoken(), end="", flush=True)

    def move(self, hosts: list[str]) -> None:
        """This machine has other addresses now: the file's links have them too; what is printed is printed."""
        self._hosts = tuple(hosts)
        self._written = False
        self._save()

    def refresh(self) -> None:
        """Take the owner link out of the file once it is used; what a full disk prevented is tried again."""
        if self._owner_code is not None and self._authority.has_owner:
            self._owner_code = None
            self._written = False
        if not self._written or self._saved != self._authority.state.invitation:  # another node may have renewed it
            self._save()

    def renew(self) -> str:
        """Let nobody in any more by the join link before: the new lines, which the file has too. Never under a lock."""
        self._written = False
        self._authority.renew_invitation(new_code(INVITATION_LENGTH))
        return self._save() + self._spoken()

    def _spoken(self) -> str:
        """What somebody compares and types who has found this authority on the network: it is for reading out."""
        invitation = self._authority.state.invitation
        digits = f"digits: {' '.join(links.digits(self._authority.id))}\n"
        return digits if invitation is None else f"{digits}invitation: {links.in_groups(invitation)}\n"

    def revoke(self) -> str:
        """Let nobody in any more, until the next `renew`. Never under a lock."""
        self._written = False
        self._authority.renew_invitation(new_code(2 * INVITATION_LENGTH))  # known to nobody, and too long for a link
        self._save()
        return REVOKED

    def _save(self) -> str:
        self._saved = self._authority.state.invitation
        revoked = self._saved is None
        lines = [f"{REVOKED}\n" if revoked else f"join: {self._link(None).encode()}\n"]
        if self._owner_code is not None and not revoked:
            lines.append(f"owner: {self._link(self._owner_code).encode()}\n")
        write_whole(self._path, "".join(lines).encode())
        self._written = True
        return "".join(lines)

    def _link(self, owner_code: str | None) -> Link:
        invitation = self._authority.state.invitation
        assert invitation is not None
        return Link(self._hosts, self._port, invitation, self._authority.id, owner_code)

    def _is_at_another_node(self) -> bool:
        """Whether one that runs has given an owner link away, which another would make void."""
        state = self._authority.state
        return len(state.nodes) > 1 and "owner_code" in state.settings and self._saved_owner_code() is None

    def _saved_owner_code(self) -> str | None:
        """The code that an earlier start wrote down, if it still holds."""
        if not self._path.exists():
            return None
        for line in self._path.read_text(errors="replace").splitlines():
            try:
                code = links.decode(line.removeprefix("owner: ")).owner_code
            except Refused:
                continue
            if code is not None and self._authority.state.is_owner_code(code):
                return code
        return None


def _draw(text: str) -> None:
    """A QR code on the terminal, in half blocks where its letters have them."""
    try:
        "▀▄█".encode(sys.stdout.encoding or "utf-8")
        compact = True
    except UnicodeEncodeError:
        compact = False
    segno.make(text, error="l", micro=False).terminal(compact=compact)
