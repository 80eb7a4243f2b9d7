"""What a verification found, as values.

What flows in: counts, differing rows and lines that `verify` gathered. What flows out: `Verification`, also as JSON.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from axon.storage.backend import Value


@dataclass(frozen=True, slots=True)
class MovedFiles:
    """Paths of files that are not any more as they were indexed: of other content, gone or left out, and new."""

    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed or self.added)


@dataclass(frozen=True, slots=True)
class RowCount:
    """Rows of one sort in the columns, the database (None: it was not compared, or holds none) and the rebuild.

    `what` is 'nodes', 'edges' or 'unresolved', `kind` a NodeKind, an EdgeKind or a Reason.
    """

    what: str
    kind: str
    in_columns: int
    in_database: int | None
    in_rebuild: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that a layer of the index ('columns' or 'database') and the rebuild have otherwise.

    `name` says which row: an id, `id -> id` for an edge, the caller of an unresolved site. None where one side has no
    such row; where both have, only the values that differ.
    """

    layer: str
    what: str
    kind: str
    name: str
    in_index: Mapping[str, Value] | None
    in_rebuild: Mapping[str, Value] | None


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether an index is what its files say.

    `damage` are lines about its own files; where one is not as it was written, no row was compared. `digest` is that of
    the rebuild's rows, whatever their order. `differences` are the first ones, `n_differences` counts the rows that one
    side lacks. `is_complete` is False where the database of this generation was not there yet.
    """

    root: Path
    generation: int
    is_quick: bool = False
    is_from_source: bool = False
    damage: tuple[str, ...] = ()
    digest: str = ""
    rows: tuple[RowCount, ...] = ()
    differences: tuple[Difference, ...] = ()
    n_differences: int = 0
    is_complete: bool = True
    moved: MovedFiles = field(default_factory=MovedFiles)
    notes: tuple[str, ...] = ()
    phase_timings: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether nothing that was compared differs."""
        return not self.damage and not self.n_differences

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data."""
        timings = {name: round(seconds, 6) for name, seconds in self.phase_timings.items()}
        return asdict(self) | {"root": str(self.root), "is_right": self.is_right, "phase_timings": timings}
