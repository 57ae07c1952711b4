"""What a page's frames may be before they are calls: bounded, without binary parts, never the library's own events."""

from __future__ import annotations

import logging
from typing import Any

from socketio import packet

# Bytes of one frame. A message holds 64 KiB; written in JSON it may grow six times.
LARGEST = 1 << 20


class CallPacket(packet.Packet):  # type: ignore[misc]
    """Every event of a client becomes the event `call` with its name and arguments.

    The library runs its own handlers for events that a client names `connect` or `disconnect`, and stumbles over names
    that are not text; this way no name of a client's choosing reaches it.
    """

    uses_binary_events = False
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Take one text frame apart; anything wrong in it raises, upon which the library drops the frame."""
        attachments = super().decode(encoded_packet)
        if attachments or self.packet_type in (packet.BINARY_EVENT, packet.BINARY_ACK):
            raise ValueError("binary")
        if self.packet_type == packet.EVENT:
            given = self.data if isinstance(self.data, list) and self.data else [None]
            self.data = ["call", *given]
        return 0


def quiet() -> logging.Logger:
    """A logger that says nothing: the library reports there, with tracebacks, whatever nonsense a client sends."""
    logger = logging.getLogger("web_client.packets")
    logger.setLevel(logging.CRITICAL + 1)
    return logger
