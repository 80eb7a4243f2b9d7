"""What the question `why` returns: edges with the chain that shows each, and what was rejected.

What flows in: values that the question made. What flows out: the same, frozen. It does not know how chains are found.
"""

from dataclasses import dataclass

from axon.model.answers import EdgeAnswer, IndexState, Site, SymbolRef


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of a chain: a sentence, the place that shows it, and the source line there; '' where it is not at hand.

    `site.line` is 0 where the step is written nowhere.
    """

    said: str
    site: Site
    text: str


@dataclass(frozen=True, slots=True)
class RejectedSymbol:
    """Another definition of the name that was written, and why it is not what is meant."""

    symbol: SymbolRef
    why: str


@dataclass(frozen=True, slots=True)
class WhyEdge:
    """One edge from the source to the target.

    `steps` lead from the place where it is written to the target. `rejected` are the first of `rejected_total` other
    definitions of the same name.
    """

    kind: str
    rule: str
    confidence: float
    site: Site
    text: str
    steps: tuple[ChainStep, ...]
    rejected: tuple[RejectedSymbol, ...]
    rejected_total: int


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A call in the source that writes the target's name: `leads_to` or, where that is empty, why nobody knows."""

    written: str
    site: Site
    text: str
    leads_to: tuple[EdgeAnswer, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class WhyAnswer:
    """Why there are edges from one symbol to another, or why there is none.

    `said` is the whole in one sentence. `named_sites` are given where there is no edge; `could_be` of them are
    unresolved and may lead to the target.
    """

    source: SymbolRef
    target: SymbolRef
    said: str
    edges: tuple[WhyEdge, ...]
    named_sites: tuple[NamedSite, ...]
    could_be: int
    index: IndexState
