"""What the questions of orientation and review return: plain data, as in `model.answers`.

What flows in: values that questions made. What flows out: the same, frozen. It does not know how anything is rendered.
A token is four bytes of UTF-8.
"""

from dataclasses import dataclass

from axon.model.answers import IndexState, SymbolRef
from axon.model.artifacts import ArtifactAnswer


@dataclass(frozen=True, slots=True)
class MapSymbol:
    """One line of a map: `text` is the symbol's signature on one line, `indent` how many owners above are shown."""

    symbol: SymbolRef
    text: str
    indent: int
    rank: float


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file of a map with its symbols in source order; `rank` is the sum of those of all its symbols.

    `about` is its summary, where one was written and had room.
    """

    path: str
    rank: float
    symbols: tuple[MapSymbol, ...]
    about: ArtifactAnswer | None = None


@dataclass(frozen=True, slots=True)
class MapAnswer:
    """The symbols that matter most, as many as fit into `budget` tokens; `tokens` is what their lines take.

    `focus` is what was asked for, `seeds` the symbols that this means; `total` counts the symbols that could be shown.
    `about` is the summary of the repository, where one was written.
    """

    focus: tuple[str, ...]
    seeds: tuple[SymbolRef, ...]
    budget: int
    tokens: int
    shown: int
    total: int
    files: tuple[MapFile, ...]
    index: IndexState
    about: ArtifactAnswer | None = None


@dataclass(frozen=True, slots=True)
class ChangedSymbol:
    """One symbol of a diff: as it is now, or for a removed one as it was.

    `before` is the same symbol as it was, where it moved; `was` and `now` are signatures. `breaks` says in a few words
    why code that uses it may break, '' where nothing shows that it would. `is_test` is code of tests.
    """

    symbol: SymbolRef
    before: SymbolRef | None = None
    was: str = ""
    now: str = ""
    breaks: str = ""
    exported: bool = False
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class ChangedEdge:
    """An edge that is there on one side only, as that side has it; `line` is 1-based, 0 where it is written nowhere."""

    kind: str
    source: SymbolRef
    target: SymbolRef
    confidence: float
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class EdgeList:
    """The first `edges` of `total`, between symbols of both sides first; `kinds` counts all of them."""

    total: int
    kinds: dict[str, int]
    edges: tuple[ChangedEdge, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """A symbol that depends on what changed, `depth` steps away; `via` is the next symbol towards the change."""

    symbol: SymbolRef
    depth: int
    confidence: float
    via: str
    is_test: bool


@dataclass(frozen=True, slots=True)
class AffectedList:
    """The first `symbols` of `total`, the nearest first; `tests` counts those that are tests."""

    total: int
    tests: int
    symbols: tuple[Affected, ...]


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Paths that one side has and the other lacks, or that both have with other content; sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DiffAnswer:
    """What differs between two graphs of one project; symbols by path and line.

    `moved` lie in another file under the same name, `resigned` have another signature, `changed` another body: one that
    moved or was re-signatured may be in several lists. `blast` is what depends on any of them or on what was removed.
    `flows` and `communities` are those that have a changed, new or moved symbol, by the entry of each and its centre.
    """

    base: str
    head: str
    files: FileChanges
    added: tuple[ChangedSymbol, ...]
    removed: tuple[ChangedSymbol, ...]
    moved: tuple[ChangedSymbol, ...]
    resigned: tuple[ChangedSymbol, ...]
    changed: tuple[ChangedSymbol, ...]
    gained: EdgeList
    lost: EdgeList
    blast: AffectedList
    flows: tuple[SymbolRef, ...]
    communities: tuple[SymbolRef, ...]
    notes: tuple[str, ...]

    @property
    def breaks(self) -> tuple[ChangedSymbol, ...]:
        """What may break code that uses it, each symbol once."""
        found = {c.symbol.id: c for c in (*self.removed, *self.moved, *self.resigned) if c.breaks}
        return tuple(found.values())
