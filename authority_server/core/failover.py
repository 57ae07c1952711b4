"""Another database server has taken over, or this one was put back: whether it is known to have all that was
acknowledged. Writes nothing.
"""

from __future__ import annotations

from authority_server.state.state import BY_ITSELF, LINEAGE, RECOVERING, State
from authority_server.store.signed_sizes import BATCHES, Lineage, SignedSizes


def settings(
    lineage: Lineage | None, state: State, sizes: SignedSizes, lacks: bool, alone: bool = True
) -> dict[str, bytes]:
    """What is to be written down of it: nothing as long as the server is the one that it was. With RECOVERING, nobody
    knows whether something is missing. `lacks`: something is, and it is known what. Where this node isn't `alone`,
    another may have acknowledged more than it has heard of.
    """
    found = None if lineage is None else b"%d %d" % lineage
    known = state.settings.get(LINEAGE)
    if found is None or found == known:
        return {}
    sure = known is None or (alone and (lacks or _tell_all(sizes, state)))
    return {LINEAGE: found} if sure else {LINEAGE: found, RECOVERING: BY_ITSELF}


def _tell_all(sizes: SignedSizes, state: State) -> bool:
    """Whether the file of signed sizes is no older than this database, and so tells all that was acknowledged: one
    transaction at most may have been committed and not noted.
    """
    noted = sizes.highest.get(BATCHES)
    return noted is not None and noted <= state.batch <= noted + 1
