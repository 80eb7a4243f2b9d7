"""What the questions over the whole graph return: plain data, as in `model.answers`.

What flows in: values that questions made. What flows out: the same, frozen. It does not know how anything is rendered.
A number called `total` counts all rows of which an Answer may hold the first.
"""

from dataclasses import dataclass

from axon.model.answers import EdgeAnswer, IndexState, StatusAnswer, SymbolRef, UnresolvedList
from axon.model.artifacts import WrittenAnswer


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

    `tests` are those of the rows that are tests: who would notice. `changes_with` are files that git saw change
    together with the symbol's, when the whole tree was indexed. `possible` are unresolved call sites that may mean
    what changes, so that the list is not complete where there are any; `is_complete` says that there are none, and that
    nothing it overrides has callers that may mean it.
    """

    symbol: SymbolRef
    depth: int
    total: int
    groups: tuple[ImpactGroup, ...]
    tests: ImpactList
    changes_with: "tuple[CoupledFiles, ...]"
    possible: UnresolvedList
    is_complete: bool
    index: IndexState


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """Symbols that belong together; `name` is that of the most central of them.

    `size` counts members, `cohesion` is the share of its ties that stay inside, 0 to 1. `hubs` are the symbols that
    most ties inside meet, `bridges` those with most ties to other communities, `paths` the files that most members lie
    in. `parent` is the id of the coarse community of a fine one, else ''.
    """

    id: str
    name: str
    level: int
    parent: str
    size: int
    cohesion: float
    hubs: tuple[SymbolRef, ...]
    bridges: tuple[SymbolRef, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommunitiesAnswer:
    """The first `communities` of `total`, the largest first; `members` only where a symbol's community is asked for."""

    total: int
    communities: tuple[CommunityRow, ...]
    members: tuple[SymbolRef, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class FlowRow:
    """What runs from `entry`: how many steps, how deep, and the names of the coarse communities it crosses."""

    id: str
    entry: SymbolRef
    steps: int
    depth: int
    communities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowsAnswer:
    """The first `flows` of `total`, those of the most steps first."""

    total: int
    flows: tuple[FlowRow, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step of a flow, at `position` from 1, `depth` calls away from the entry; `calls` are positions of others."""

    position: int
    depth: int
    symbol: SymbolRef
    community: str
    calls: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlowAnswer:
    """One flow with all its steps; `mermaid` and `dot` are pictures of it."""

    flow: FlowRow
    steps: tuple[FlowStep, ...]
    mermaid: str
    dot: str
    index: IndexState


@dataclass(frozen=True, slots=True)
class DeadRow:
    """Something that nobody uses: a symbol (its kind), an import, a parameter or an export.

    `symbol` is the unused one, or for an import its file and for a parameter its function; `name` is what is not used.
    """

    kind: str
    name: str
    symbol: SymbolRef
    line: int
    confidence: float
    proof: str
    covered: bool | None = None  # did a line of it run, by the coverage data that was given; None: not known


@dataclass(frozen=True, slots=True)
class DeadCodeAnswer:
    """The first `rows` of `total` that are `least` sure at least, the surest first, then by place.

    `counts` has all of them by kind, `less_sure` how many more there are below `least`. `missing` are indexed files
    whose source is kept no more, so that a name that only they use is reported wrongly.
    """

    total: int
    least: float
    less_sure: int
    counts: dict[str, int]
    rows: tuple[DeadRow, ...]
    missing: tuple[str, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class TestsAnswer:
    """The tests to run for a change of `changed`: `own` are tests that changed themselves, `tests` reach what changed.

    `untested` is the risk that is left: what changed and no test is known to reach. `possible` are unresolved calls
    that may reach what changed, from tests or from what tests reach.
    """

    changed: tuple[SymbolRef, ...]
    own: tuple[SymbolRef, ...]
    tests: ImpactList
    untested: tuple[SymbolRef, ...]
    possible: UnresolvedList
    index: IndexState


@dataclass(frozen=True, slots=True)
class CoupledFiles:
    """Two files that change together: in `support` commits, `strength` of those of the one that changes more often."""

    path: str
    other: str
    support: int
    strength: float


@dataclass(frozen=True, slots=True)
class FileHistory:
    """How a file came to be: `churn` counts lines added and removed, `owners` authors with their share of it.

    `bus_factor` is the number of authors who wrote more than half, `code_owners` what CODEOWNERS says, `hot` is churn
    times complexity, 0 to 1 of the hottest file; `complexity` is 0 where the source is kept no more.
    """

    path: str
    commits: int
    churn: int
    owners: tuple[tuple[str, float], ...]
    bus_factor: int
    code_owners: tuple[str, ...]
    complexity: int
    hot: float


@dataclass(frozen=True, slots=True)
class CouplingAnswer:
    """What the history says, of `commits` since `since`; `note` says what it lacks.

    Couplings by strength and support, files by how hot they are; of one file, where it was asked for.
    """

    commits: int
    since: str
    note: str
    couplings: tuple[CoupledFiles, ...]
    files: tuple[FileHistory, ...]
    blame: tuple[tuple[str, int], ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class SymbolMetrics:
    """Numbers of one function: decisions, how hard it is to follow, who calls it and whom it calls, its rank."""

    symbol: SymbolRef
    cyclomatic: int
    cognitive: int
    lines: int
    fan_in: int
    fan_out: int
    rank: float


@dataclass(frozen=True, slots=True)
class ImportCycle:
    """Files that import each other in a circle; without the import `cut` of `uses` uses there is one circle less."""

    files: tuple[str, ...]
    cut: tuple[str, str]
    uses: int


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Functions of the same make; `similarity` is the least Jaccard index to the first, 0 to 1."""

    symbols: tuple[SymbolRef, ...]
    similarity: float
    lines: int


@dataclass(frozen=True, slots=True)
class MetricsAnswer:
    """Functions by complexity, import cycles by size, duplicates by lines; totals count all there are."""

    total: int
    symbols: tuple[SymbolMetrics, ...]
    n_cycles: int
    cycles: tuple[ImportCycle, ...]
    n_duplicates: int
    duplicates: tuple[DuplicateGroup, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What a page about a tree shows: the first rows of each part; `written` is None where no model wrote anything."""

    name: str
    status: StatusAnswer
    communities: CommunitiesAnswer
    flows: FlowsAnswer
    metrics: MetricsAnswer
    dead_code: DeadCodeAnswer
    coupling: CouplingAnswer
    index: IndexState
    written: WrittenAnswer | None = None
