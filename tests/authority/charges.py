"""The charges of all that may come, as the command tables have them. `python -m tests.authority.charges` prints the
table of section 11.1.
"""

from __future__ import annotations

from authority_server.handlers import routes
from protocol.charge import Charge
from protocol.messages import Message
from tests.protocol.samples import PLACES
from web_client.moving import charges as move_charges
from web_client.peers import charges as peer_charges

Row = tuple[str, str, str]  # units, "yes" if it waits for the disk, allowance


def by_place() -> dict[str, dict[type[Message], Charge]]:
    """What may come in each place, with its charge."""
    main = {kind: command.charge for kind, command in routes.MAIN.items()}
    group = {kind: command.charge for kind, command in routes.GROUP.items()}
    return {
        "to authority, first": routes.OTHERS,
        "to authority, before log-in": {**main, **routes.OTHERS},
        "to authority, after log-in": {**main, **routes.OTHERS},
        "to group, before enter": {**group, **routes.OTHERS},
        "to group, after enter": {**group, **routes.OTHERS},
        "to peer, first": peer_charges.CHARGES,
        "to peer, before knock": peer_charges.CHARGES,
        "to peer, after knock": peer_charges.CHARGES,
        "to old, first": move_charges.CHARGES,
        "to old, before confirmation": move_charges.CHARGES,
        "to old, after confirmation": move_charges.CHARGES,
    }


def row(charge: Charge) -> Row:
    return str(charge), "yes" if charge.written else "", charge.allowance


def rows() -> dict[str, Row]:
    """By tag; one that may come in two places costs the same in both."""
    found: dict[str, Row] = {}
    for place, charges in by_place().items():
        for kind in PLACES[place].__args__ if hasattr(PLACES[place], "__args__") else (PLACES[place],):
            tag = str(kind.__struct_config__.tag)
            assert found.setdefault(tag, row(charges[kind])) == row(charges[kind]), tag
    return found


if __name__ == "__main__":
    for tag, (units, written, allowance) in rows().items():
        print(f"| `{tag}` | {units} | {written} | {allowance} |")
