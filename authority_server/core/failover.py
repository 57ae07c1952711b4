"""Another database server has taken over, or this one was put back: whether it is known to have all that was
acknowledged. Writes nothing.
"""

from __future__ import annotations

from authority_server.state.state import BY_ITSELF, LINEAGE, RECOVERING, State
from authority_server.store.database import Rows, Store
from authority_server.store.signed_sizes import BATCHES, Lineage, SignedSizes

WAITS = b" waits"


def settings(
    lineage: Lineage | None, state: State, sizes: SignedSizes, lacks: bool, alone: bool = True
) -> dict[str, bytes]:
    """What is to be written down of it: nothing as long as the server is the one that it was. With RECOVERING, nobody
    knows whether something is missing. `lacks`: something is, and it is known what. Where this node isn't `alone`,
    another may have acknowledged more than it has heard of, but where all that was acknowledged was with a standby.
    """
    known = state.settings.get(LINEAGE)
    found = None if lineage is None else b"%d %d" % lineage
    if found is None or (known is not None and known.removesuffix(WAITS) == found):
        # put back without a word, or another node has looked first, who did not know of what is missing, and goes on
        missing = found is not None and not alone and state.batch < sizes.highest.get(BATCHES, 0)
        return {RECOVERING: BY_ITSELF} if missing and RECOVERING not in state.settings else {}
    if alone:
        sure = lacks or _tell_all(sizes, state)
    else:
        sure = known is not None and known.endswith(WAITS) and not lacks and BATCHES in sizes.highest
    return {LINEAGE: found} if sure or known is None else {LINEAGE: found, RECOVERING: BY_ITSELF}


def keep(store: Store, state: State, rows: Rows) -> None:
    """With each batch: whether its commit will wait for a standby, for whoever has to judge one that takes over."""
    known = state.settings.get(LINEAGE)
    if known is not None and known.endswith(WAITS) != store.waits:
        state.save_setting(rows, LINEAGE, known.removesuffix(WAITS) + (WAITS if store.waits else b""))


def _tell_all(sizes: SignedSizes, state: State) -> bool:
    """Whether the file of signed sizes is no older than this database, and so tells all that was acknowledged: one
    transaction at most may have been committed and not noted.
    """
    noted = sizes.highest.get(BATCHES)
    return noted is not None and noted <= state.batch <= noted + 1
