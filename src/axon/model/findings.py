"""What the questions over the whole graph return: plain data, as in `model.answers`.

What flows in: values that questions made. What flows out: the same, frozen. It does not know how anything is rendered.
A number called `total` counts all rows of which an Answer may hold the first.
"""

from dataclasses import dataclass

from axon.model.answers import EdgeAnswer, IndexState, SymbolRef, UnresolvedList


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """A symbol that depends on what changes, over the surest of the shortest paths.

    `path` leads from it to what changes: each edge as seen from its target, the first is its own. `confidence` is the
    product over the path, `weakest` its least sure edge; `why` says in words what its own edge is.
    """

    symbol: SymbolRef
    confidence: float
    weakest: EdgeAnswer
    path: tuple[EdgeAnswer, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ImpactGroup:
    """The symbols that are `depth` steps away, the surest first; `kinds` counts all of them by the kind of the edge."""

    depth: int
    total: int
    kinds: dict[str, int]
    rows: tuple[ImpactRow, ...]


@dataclass(frozen=True, slots=True)
class ImpactList:
    """The first `rows` of `total`, the nearest and surest first."""

    total: int
    rows: tuple[ImpactRow, ...]


@dataclass(frozen=True, slots=True)
class ImpactAnswer:
    """Who may break when `symbol`, with all that it defines, changes, up to `depth` steps away.

    `tests` are those of the rows that are tests: who would notice. `possible` are unresolved call sites that may mean
    what changes, so that the list is not complete where there are any; `is_complete` says that there are none, and that
    nothing it overrides has callers that may mean it.
    """

    symbol: SymbolRef
    depth: int
    total: int
    groups: tuple[ImpactGroup, ...]
    tests: ImpactList
    possible: UnresolvedList
    is_complete: bool
    index: IndexState
