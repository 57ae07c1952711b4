"""`line` of a message's row: whether it is one that is shown. Beside these: 0, a mark that counts, and
amendments.SUPERSEDED, one that doesn't any more.

Everything that reads what is shown, counted, found or quoted asks for SHOWN, and nothing for those below.
"""

from __future__ import annotations

from typing import Final

SHOWN: Final = 1
HIDDEN, HIDDEN_MARK = 3, 4  # in a group, while its sender is blocked
# an invitation, or who asks for one: it is shown as its group, or beside it, and not in the talk by which it went
ASIDE: Final = 6
# what its user has deleted for themselves: its place in the chain and its receipt, and nothing of what it said; before
# that, what is to be so, and waits to be sent or for its turn
CLEARED, CLEARING = 7, 8
DROPPED: Final = 5  # in a private chat, for good: its place in the chain and its receipt, and nothing of what it said
