"""What was written about nodes, as an index holds it: by whom, what people said of it, whether it still stands.

What flows in: what `enrich` kept. What flows out: frozen values, the same for every layer above. It does not know how
anything is asked, checked or stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from axon.model.kinds import NodeKind

EXTRACTIVE: Final = "extractive"
"""In place of a model's name: the text was taken from what the authors wrote themselves."""

FEATURE_PREFIX: Final = "feature:"
"""What the node of an artifact about a feature begins with."""


class State(StrEnum):
    """What became of the evidence of a claim, or of all that an artifact follows from, at the last look."""

    VALID = "valid"
    MOVED = "moved"  # the quote is elsewhere in the text now
    STALE = "stale"  # it is there no more, or the text is another one than was read


class Review(StrEnum):
    """What a person thinks of an artifact."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of a contract and the quote that shows it.

    Lines count from 1 within the text of the node: `line` is where the quote was, `found` where it is now.
    """

    sort: str
    text: str
    quote: str
    line: int
    found: int
    state: State = State.VALID


@dataclass(frozen=True, slots=True)
class Written:
    """One artifact about `node`, an id of the graph or, for a feature, FEATURE_PREFIX and its name.

    `basis` is a digest of the text that it was written about, '' where that was not kept. `broader` is the name of the
    feature above a feature, '' for the uppermost, `members` are ids of its symbols.
    """

    task: str
    node: str
    kind: NodeKind
    text: str
    model: str
    review: Review = Review.PROPOSED
    state: State = State.VALID
    basis: str = ""
    claims: tuple[Claim, ...] = ()
    broader: str = ""
    members: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of a feature; else the id of the node."""
        return self.node.removeprefix(FEATURE_PREFIX)


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """One claim about a function: what sort, the quote that shows it, and its line now, unless `stale`."""

    sort: str
    text: str
    quote: str
    path: str
    line: int
    state: str


@dataclass(frozen=True, slots=True)
class ArtifactAnswer:
    """What a task wrote about `node`.

    `model` is who wrote it, 'extractive' where it was taken from docstrings, signatures and names. `state` is 'valid',
    'moved' or 'stale', by its evidence in this index; `review` says what people think of it.
    """

    node: str
    task: str
    text: str
    model: str
    review: str
    state: str
    claims: tuple[ClaimAnswer, ...] = ()

    @property
    def origin(self) -> str:
        """Who wrote it, and whether it stands, in a few words."""
        who = "extractive, no model" if self.model == EXTRACTIVE else f"model {self.model or 'unknown'}"
        review = "" if self.review == Review.PROPOSED.value else f", {self.review}"
        return f"{who}{review}, {self.state}"


@dataclass(frozen=True, slots=True)
class FeatureAnswer:
    """A feature that a model has found, with the way down to it, and how many symbols it has."""

    name: str
    text: str
    members: int
    model: str
    state: str


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """What was written about a tree: an overview, folders the uppermost first, the largest of `n_features` features.

    `counts` are of everything, by task and state.
    """

    overview: ArtifactAnswer | None
    folders: tuple[ArtifactAnswer, ...]
    features: tuple[FeatureAnswer, ...]
    n_features: int
    counts: dict[str, int]


def worst(states: Iterable[State]) -> State:
    """The worst of the states; VALID where there is none."""
    found = set(states)
    return next((state for state in (State.STALE, State.MOVED) if state in found), State.VALID)


def ways_up(features: Sequence[Written]) -> Mapping[str, tuple[str, ...]]:
    """The names of the features above each feature, the uppermost first, and its own; a circle is cut."""
    above = {feature.name: feature.broader for feature in features}
    ways: dict[str, tuple[str, ...]] = {}
    for name in above:
        way = [name]
        while (over := above.get(way[-1], "")) and over not in way:
            way.append(over)
        ways[name] = tuple(reversed(way))
    return ways
