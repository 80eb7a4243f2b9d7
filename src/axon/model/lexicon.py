"""How names stand in the text of one language, for whoever reads text and knows no language.

What flows in: nothing. What flows out: `Lexicon`, which `languages` fills in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class BoundImport(NamedTuple):
    """A name that an import binds; `is_kept` where the statement itself says that others may want it."""

    name: str
    module: str
    is_kept: bool


class Passing(NamedTuple):
    """What an import offers to others in turn: something, and all that its module offers."""

    something: bool = False
    everything: bool = False


def _passes_nothing(statement: str) -> Passing:
    return Passing()


def _no_imports(statement: str) -> Sequence[BoundImport]:
    return ()


@dataclass(frozen=True)
class Lexicon:
    """`has_hash_comments`: a comment begins with `#`, else with `//` or `/*`. `imports` reads an import statement.

    `decisions` are words after which the program goes one of two ways, `continuations` those that go on with a decision
    at its own level, `logical` operators that decide. `markup_names` are what compilers may write in place of markup.
    """

    has_hash_comments: bool = False
    exports_are_explicit: bool = False  # does a file offer what its export statements name and nothing else
    receiver_is_parameter: bool = False  # is the receiver the first parameter of a method
    decisions: frozenset[bytes] = frozenset()
    continuations: frozenset[bytes] = frozenset()
    logical: frozenset[bytes] = frozenset()
    markup_names: frozenset[str] = frozenset()
    imports: Callable[[str], Sequence[BoundImport]] = _no_imports
    passing: Callable[[str], Passing] = _passes_nothing
