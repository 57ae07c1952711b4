"""What another agent's messages cost this one (section 11.1): each that may come at its listener, in its table."""

from __future__ import annotations

from protocol import messages
from protocol.charge import Charge
from protocol.messages import Message

CHARGES: dict[type[Message], Charge] = {
    messages.PeerHello: Charge(3),
    messages.Knock: Charge(30, written=True),  # sixteen keys are made for it
    messages.CompareChains: Charge(10, "chains", 4),
    messages.MorePrekeys: Charge(20, written=True),
    messages.Deliver: Charge(20, written=True, allowance="strangers"),
    messages.Receipts: Charge(10, "receipts", 4, written=True),
    messages.FetchChunk: Charge(6),
    messages.Missing: Charge(20, written=True, allowance="returns"),
    messages.Lost: Charge(10, answered=4, allowance="returns"),
    messages.Typing: Charge(1),
    messages.Doing: Charge(1),
    messages.Ping: Charge(1),
    messages.Pong: Charge(1),
}
