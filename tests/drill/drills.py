"""All drills, by number."""

from __future__ import annotations

from tests.drill import attacks, flaws, lies, masks, original_network
from tests.drill.drill import Drill

# What the original does wrong, in the order of the specification, and what an attacker makes of it.
FLAWS = (
    ("passwords in the clear", "read a password off the wire"),
    ("the first to come is super admin; the client says its role", "own the place"),
    ("the signature over a key covers only the key", "be taken for bob"),
    ("the port isn't signed", "have bob's calls come to another port"),
    ("anybody may look people up", "list the users, as nobody"),
    ("the listener proves nothing", "take bob's place while bob is away"),
    ("the signature lies beside the encryption", "test guesses against it"),
    ("the recipient isn't signed", "show carol what alice wrote to bob, as written to her"),
    ("nothing is fresh", "have a message count twice"),
    ("RSA on the message itself", "break long messages; open the past with today's key"),
    ("no frames", "break a request in two"),
    ("delimiters in the data", "move one's words into another group"),
    ("invitations without a signature", "invite to a group that isn't"),
    ("a certificate without members or epoch", "come back with an old one"),
    ("a port is looked at, then bound", "take it in between"),
    ("creating a group is checked by the client only", "create one as a beginner"),
    ("group messages prove nothing", "write as the admin"),
    ("the server reads and edits history", "know and change what is said"),
    ("the proof for reloading is a constant", "reload with somebody else's"),
    ("the target's role is checked", "remove the super admin, as a beginner"),
    ("role changes prove nothing, and a refused one is applied", "be an admin"),
    ("no new key on removal", "read on after the removal"),
    ("a changed key is not noticed", "replace bob's key"),
    ("all of it in memory", "end the server"),
    ("no ids and no receipts", "lose a message that counts as sent"),
    ("nobody compares", "show everybody another history"),
    ("the page on localhost takes anybody", "send from a page on the internet"),
    ("names that look alike", "be taken for alice"),
)

DRILLS = [
    Drill(str(n), name, wants, original, ours)
    for n, ((name, wants), original, ours) in enumerate(
        zip(FLAWS, original_network.ATTACKS, flaws.OURS, strict=True), 1
    )
]
DRILLS += [Drill(f"L{n}", name, wants, None, lie) for n, (name, wants, lie) in enumerate(lies.LIES, 1)]
DRILLS += [
    Drill(f"A{n}", name, wants, None, attack)
    for n, (name, wants, attack) in enumerate([*attacks.ATTACKS, *masks.ATTACKS], 1)
]
