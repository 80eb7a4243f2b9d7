"""What each question returns: plain data, the same for a person, a browser and an agent.

What flows in: values that questions made. What flows out: the same, frozen. It does not know how anything is rendered.
Every Answer says in `index` which index it came from and what that index lacks.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from axon.model.artifacts import ArtifactAnswer

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class TreeChange:
    """How the work tree differs from what was indexed, in files; `added` is None where nobody listed the tree."""

    changed: int
    removed: int
    added: int | None = None

    @property
    def moved_on(self) -> bool:
        """Whether any file differs."""
        return bool(self.changed or self.removed or self.added)


@dataclass(frozen=True, slots=True)
class EmbeddingProgress:
    """How far the embeddings are: `done` of `total` symbols have a vector of `model`."""

    model: str
    done: int
    total: int
    finished: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which index an Answer came from.

    `created` is ISO 8601. `tree` is None where nobody looked at the tree, `embeddings` None where none were begun.
    `watcher` is the number of the process that keeps the index up to date now, None where none does. `warnings` are
    whole sentences.
    """

    root: str
    generation: int
    created: str
    tree: TreeChange | None = None
    embeddings: EmbeddingProgress | None = None
    watcher: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SymbolRef:
    """A node by what a reader needs to find it; `line` is 1-based, 0 for what has no place in a file."""

    id: str
    kind: str
    name: str
    qualified_name: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a file; `line` is 1-based, `column` 0-based in bytes; zeros where the edge is not written anywhere."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class EdgeAnswer:
    """One edge as seen from one end: `symbol` is the other end, `rule` and `confidence` say why it is believed."""

    symbol: SymbolRef
    kind: str
    rule: str
    confidence: float
    site: Site


@dataclass(frozen=True, slots=True)
class UnresolvedAnswer:
    """A call site whose callee is not known."""

    caller: SymbolRef
    name: str
    receiver: str
    reason: str
    site: Site


@dataclass(frozen=True, slots=True)
class UnresolvedList:
    """The first `sites` of `total` unresolved call sites, in the order of the index."""

    total: int
    sites: tuple[UnresolvedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a symbol's own text says; lines are inclusive, bytes half-open, `flags` lower-case words."""

    symbol: SymbolRef
    language: str
    end_line: int
    start_byte: int
    end_byte: int
    signature: str
    summary: str
    exported: bool
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContextAnswer:
    """Everything around one symbol.

    `uncertain_callers` and `uncertain_callees` are edges that are no more than possible, the best evidence first;
    `passes` are functions that it hands over as values, `passed_by` who hands it over. `imports` are those of its file.
    `unresolved` are call sites inside it, `possible_callers` unresolved call sites of its name anywhere.
    `written` is what language models wrote about it, `features` what they think it is a part of.
    """

    definition: Definition
    callers: tuple[EdgeAnswer, ...]
    uncertain_callers: tuple[EdgeAnswer, ...]
    passed_by: tuple[EdgeAnswer, ...]
    callees: tuple[EdgeAnswer, ...]
    uncertain_callees: tuple[EdgeAnswer, ...]
    passes: tuple[EdgeAnswer, ...]
    imports: tuple[EdgeAnswer, ...]
    types: tuple[EdgeAnswer, ...]
    used_by: tuple[EdgeAnswer, ...]
    bases: tuple[EdgeAnswer, ...]
    subclasses: tuple[EdgeAnswer, ...]
    overrides: tuple[EdgeAnswer, ...]
    overridden_by: tuple[EdgeAnswer, ...]
    members: tuple[SymbolRef, ...]
    decorated_by: tuple[EdgeAnswer, ...]
    decorates: tuple[EdgeAnswer, ...]
    unresolved: UnresolvedList
    possible_callers: UnresolvedList
    index: IndexState
    written: tuple[ArtifactAnswer, ...] = ()
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallersAnswer:
    """Who calls a symbol; of a class, who calls it or its own initializer.

    `uncertain` are edges that are no more than possible calls, the best evidence first; `passed_by` hand it over as a
    value, so that somebody else may call it; `possible` are unresolved calls of its name. `is_complete` says that
    nothing but `callers` can call it by its name: the other three are empty, and nothing that it overrides has callers
    that may mean it.
    """

    symbol: SymbolRef
    callers: tuple[EdgeAnswer, ...]
    uncertain: tuple[EdgeAnswer, ...]
    passed_by: tuple[EdgeAnswer, ...]
    possible: UnresolvedList
    is_complete: bool
    index: IndexState


@dataclass(frozen=True, slots=True)
class CalleesAnswer:
    """What a symbol calls, and the call sites in it whose callee is not known; the rest as in `ContextAnswer`."""

    symbol: SymbolRef
    callees: tuple[EdgeAnswer, ...]
    uncertain: tuple[EdgeAnswer, ...]
    passes: tuple[EdgeAnswer, ...]
    unresolved: UnresolvedList
    index: IndexState


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of an indexed source; `line` is 1-based."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One symbol that a search found; `match` says how, `references` counts its uses in the tree.

    `lines` are those of its source that the query is about. `score` is 0 for names and paths that are just as typed;
    `factors` say what it was made of, where that was asked for.
    """

    symbol: SymbolRef
    match: str
    signature: str
    summary: str
    references: int
    end_line: int = 0
    lines: tuple[SourceLine, ...] = ()
    score: float = 0.0
    factors: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The best hits first; `total` counts all that matched, or that were looked at when there are very many.

    `corrected` gives, for words that nothing has, the terms they were taken for. `terms` are the words that were looked
    for and what each counts, where that was asked for. `note` says in a sentence why there is no hit, or no better one.
    """

    query: str
    hits: tuple[SearchHit, ...]
    total: int
    index: IndexState
    corrected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    terms: dict[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class SimilarHit:
    """A symbol and the cosine of its vector with that of another, -1 to 1."""

    symbol: SymbolRef
    cosine: float


@dataclass(frozen=True, slots=True)
class SimilarAnswer:
    """The symbols that are most like one, the nearest first, by the vectors of `model`."""

    symbol: SymbolRef
    model: str
    hits: tuple[SimilarHit, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """One odd thing in the input; `line` is 1-based, 0 for the whole file."""

    path: str
    line: int
    what: str
    kept: str


@dataclass(frozen=True, slots=True)
class LanguageCalls:
    """The call sites that are written in files of one language.

    `resolved` lead somewhere, into the tree or out of it; `uncertain` lead to possible callees only. `ratio` is the
    share that is resolved, 0 to 1.
    """

    language: str
    resolved: int
    uncertain: int
    unresolved: int
    ratio: float


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """What an index holds, per kind; `queryable` says whether the graph database of this generation is in place.

    `labels` are nodes and edges that analyses add, which Cypher and `axon verify` count besides those of the code.
    """

    axon_version: str
    schema_version: int
    files: int
    nodes: dict[str, int]
    edges: dict[str, int]
    unresolved: dict[str, int]
    calls: tuple[LanguageCalls, ...]
    left_out: dict[str, int]
    rejected_rows: int
    queryable: bool
    bytes_on_disk: int
    problems: tuple[ProblemAnswer, ...]
    labels: dict[str, int]
    index: IndexState


@dataclass(frozen=True, slots=True)
class RepositoryAnswer:
    """One registered repository; the counts are zero and `trouble` says why where its index cannot be opened."""

    root: str
    generation: int
    created: str
    files: int
    nodes: int
    edges: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """All registered repositories, by path."""

    repositories: tuple[RepositoryAnswer, ...]


@dataclass(frozen=True, slots=True)
class CypherAnswer:
    """Rows as the engine gave them, each as long as `columns`; `truncated` when the row limit cut them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool
    index: IndexState


@dataclass(frozen=True, slots=True)
class EntryPointAnswer:
    """A symbol that a framework runs: the rule pack that says so, the kind of entry point, and where it is written."""

    symbol: SymbolRef
    pack: str
    kind: str
    site: Site
    confidence: float


@dataclass(frozen=True, slots=True)
class EntryPointsAnswer:
    """By pack and kind, then by place; one symbol may be there under several."""

    entry_points: tuple[EntryPointAnswer, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class RouteAnswer:
    """A request that the tree answers.

    `method` is an HTTP method, WEBSOCKET, or ANY where the code does not say; `path` has its parameters in braces,
    `written` as the code has them. `site` is where it is registered.
    """

    method: str
    path: str
    written: str
    pack: str
    handlers: tuple[EdgeAnswer, ...]
    site: SymbolRef


@dataclass(frozen=True, slots=True)
class RoutesAnswer:
    """By URL path, then by method."""

    routes: tuple[RouteAnswer, ...]
    index: IndexState
