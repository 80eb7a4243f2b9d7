"""Which nodes matter most, seen from everywhere or from some of them.

What flows in: weighted edges and where the walk begins again. What flows out: a share for each node. It knows no kinds.

Source: Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking" (1999), section 6 for personalisation.
"""

from typing import Final

import numpy as np

from axon.graph.view import Floats, Rows

DAMPING: Final = 0.85
_ROUNDS: Final = 60
_PRECISION: Final = 1e-7


def pagerank(sources: Rows, targets: Rows, weights: Floats, restart: Floats, *, damping: float = DAMPING) -> Floats:
    """Shares of all n nodes, which sum up to 1; `restart` has shape (n,), no negative number and a positive sum.

    A walk follows an edge in proportion to its weight with probability `damping`, else it begins again as `restart`
    says; so it does where no edge leads on. Stops when the shares move by less than 1e-7 in sum, or after 60 rounds.
    """
    n_nodes = len(restart)
    restart = np.asarray(restart / restart.sum(), np.float64)
    total = np.bincount(sources, weights, n_nodes)
    leads_on = total > 0
    share = weights / total[sources]
    rank: Floats = restart.copy()
    for _ in range(_ROUNDS):
        lost = damping * rank[~leads_on].sum()
        following = damping * np.bincount(targets, rank[sources] * share, n_nodes)
        following += (1 - damping + lost) * restart
        moved = np.abs(following - rank).sum()
        rank = np.asarray(following, np.float64)
        if moved < _PRECISION:
            break
    return rank
