"""What the new computer's messages cost the old one (section 11.1)."""

from __future__ import annotations

from protocol import messages
from protocol.charge import Charge
from protocol.messages import Message

CHARGES: dict[type[Message], Charge] = {
    messages.MoveHello: Charge(3),
    messages.RevealNonce: Charge(2),
    messages.GoOn: Charge(2),
    messages.ListFiles: Charge(4, answered=20),
    messages.FetchPart: Charge(4),
    messages.ComparePart: Charge(10),
    messages.HaveAll: Charge(20, written=True),
    messages.MovedIn: Charge(10, written=True),
    messages.Ping: Charge(1),
    messages.Pong: Charge(1),
}
