"""Which symbols belong together.

What flows in: an index, and a symbol whose communities are asked for. What flows out: a `CommunitiesAnswer`. How they
are found, the analysis says.
"""

from collections import Counter
from typing import Final

import numpy as np

from axon.analyses.communities import strengths, ties
from axon.graph.labels import NO_COMMUNITY
from axon.graph.view import Floats, Rows
from axon.model.answers import SymbolRef
from axon.model.findings import CommunitiesAnswer, CommunityRow
from axon.model.ids import community_id
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import find_symbol

_LISTED: Final = 5


def communities(index: Index, text: str | None = None, *, limit: int | None = None) -> CommunitiesAnswer:
    """All communities; with `text` those of that symbol, the coarse one first, with the members of the finest.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    table = _Table(index)
    if text is None:
        rows = range(len(table.found))
        return CommunitiesAnswer(len(rows), tuple(table.row(c) for c in rows[:limit]), (), index.state())
    row = find_symbol(index.columns, text)
    own = [int(c) for c in table.found.members[:, row] if c != NO_COMMUNITY]
    members = table.members(own[-1])[:limit] if own else ()
    refs = tuple(symbol(index.columns, member) for member in members)
    notes = () if own else (f"`{index.columns.qualified_name_of(row)}` is tied to nothing, so it is in no community.",)
    return CommunitiesAnswer(len(own), tuple(table.row(c) for c in own), refs, index.state(*notes))


class _Table:
    """Communities of one index with the ties of their units."""

    def __init__(self, index: Index) -> None:
        self._index, self._view = index, index.view
        self.found = index.labels.communities
        tied = ties(self._view)
        self._strengths = [strengths(self._view, tied, members) for members in self.found.members]

    def members(self, number: int) -> list[int]:
        """The rows of a community, ascending."""
        return np.flatnonzero(self.found.members[self.found.level[number]] == number).tolist()

    def row(self, number: int) -> CommunityRow:
        """One community."""
        level, centre = int(self.found.level[number]), int(self.found.centre[number])
        rows = np.array(self.members(number), np.int64)
        inside, across = (values[rows] for values in self._strengths[level])
        total = float(inside.sum() + across.sum())
        paths = Counter(self._view.paths[row] for row in rows.tolist())
        return CommunityRow(
            self._id(number),
            self._index.columns.qualified_name_of(centre),
            level,
            self._id(int(self.found.parent[number])),
            len(rows),
            round(float(inside.sum()) / total, 4) if total else 0.0,
            self._strongest(rows, inside),
            self._strongest(rows, across),
            tuple(path for path, _ in sorted(paths.items(), key=lambda item: (-item[1], item[0]))[:_LISTED]),
        )

    def _id(self, number: int) -> str:
        if number == NO_COMMUNITY:
            return ""
        return community_id(int(self.found.level[number]), self._index.columns.id_of(int(self.found.centre[number])))

    def _strongest(self, rows: Rows, strength: Floats) -> tuple[SymbolRef, ...]:
        order = np.argsort(-strength, kind="stable")[:_LISTED]
        return tuple(symbol(self._index.columns, int(rows[at])) for at in order if strength[at] > 0)
