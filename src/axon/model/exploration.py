"""What the questions of orientation return beside the map: plain data, as in `model.answers`."""

from dataclasses import dataclass

from axon.model.answers import EdgeAnswer, IndexState, Site, SymbolRef


@dataclass(frozen=True, slots=True)
class SourceText:
    """Lines of an indexed file; `first` is the number of the first, 1-based; `cut` counts those left out at the end."""

    path: str
    first: int
    lines: tuple[str, ...]
    cut: int = 0


@dataclass(frozen=True, slots=True)
class ExploreRow:
    """One line of a section: a symbol, what is said of it, where, and its source where that is part of the answer."""

    symbol: SymbolRef
    said: str = ""
    site: Site | None = None
    source: SourceText | None = None


@dataclass(frozen=True, slots=True)
class ExploreSection:
    """Rows under one heading, the most telling first; `total` counts those that there are."""

    heading: str
    total: int
    rows: tuple[ExploreRow, ...]


@dataclass(frozen=True, slots=True)
class ExploreAnswer:
    """One question, what it was taken for, the symbols that it means, and all that answers it, the answer itself first.

    `others` are symbols that one of its names fits as well.
    """

    question: str
    kind: str
    focus: tuple[SymbolRef, ...]
    others: tuple[SymbolRef, ...]
    sections: tuple[ExploreSection, ...]
    index: IndexState


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """The surest of the shortest paths from one symbol to another, edge by edge as seen from its source.

    `steps` is empty where there is none. `is_reverse` says that the path leads from `target` to `source` instead.
    """

    source: SymbolRef
    target: SymbolRef
    steps: tuple[EdgeAnswer, ...]
    is_reverse: bool
    index: IndexState


@dataclass(frozen=True, slots=True)
class HubRow:
    """A symbol that much depends on: how many others call or use it, and how many lines it has."""

    symbol: SymbolRef
    fan_in: int
    lines: int


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """Where code hurts: files that import each other in circles, symbols that all depends on, the longest ones.

    `contracts` are the violations of the contracts in axon.toml, as sentences, of `n_contracts` that there are.
    """

    cycles: tuple[tuple[str, ...], ...]
    hubs: tuple[HubRow, ...]
    longest: tuple[HubRow, ...]
    resolved: float
    n_contracts: int
    contracts: tuple[str, ...]
    index: IndexState
