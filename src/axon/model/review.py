"""What the questions of orientation and review return: plain data, as in `model.answers`.

What flows in: values that questions made. What flows out: the same, frozen. It does not know how anything is rendered.
A token is four bytes of UTF-8.
"""

from dataclasses import dataclass

from axon.model.answers import IndexState, SymbolRef


@dataclass(frozen=True, slots=True)
class MapSymbol:
    """One line of a map: `text` is the symbol's signature on one line, `indent` how many owners above are shown."""

    symbol: SymbolRef
    text: str
    indent: int
    rank: float


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file of a map with its symbols in source order; `rank` is the sum of those of all its symbols."""

    path: str
    rank: float
    symbols: tuple[MapSymbol, ...]


@dataclass(frozen=True, slots=True)
class MapAnswer:
    """The symbols that matter most, as many as fit into `budget` tokens; `tokens` is what their lines take.

    `focus` is what was asked for, `seeds` the symbols that this means; `total` counts the symbols that could be shown.
    """

    focus: tuple[str, ...]
    seeds: tuple[SymbolRef, ...]
    budget: int
    tokens: int
    shown: int
    total: int
    files: tuple[MapFile, ...]
    index: IndexState
