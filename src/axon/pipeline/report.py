"""What one run did, as a value.

What flows in: counts and times that the phases gathered. What flows out: `PipelineResult` and its JSON form.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from axon.errors import Problem
from axon.files.listing import LeftOut
from axon.interpreter import largest_bytes

_MOST_LOST: Final = 0.25  # a vendored library among a few files of one's own is nothing to fail a build for
_LEAST_LOST: Final = 5
_UNREAD: Final = (LeftOut.UNREADABLE, LeftOut.BINARY, LeftOut.WIDE_TEXT)  # left out, and a Problem says so


class Mode(StrEnum):
    """How a run came to its index."""

    FULL = "full"  # every file was linked and the whole graph stored anew
    INCREMENTAL = "incremental"  # what changed was replaced in a copy of the last index
    UNCHANGED = "unchanged"  # the last index is still true


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """Counts, times and problems of a run.

    `phase_timings` has wall seconds by phase, in the order in which they began, and `overlapped_timings` those of the
    threads that worked beside them, waits left out; `embeddings` the number of symbols
    that were embedded before this was returned, and `embedding_future` the number that the background pool is still
    to embed (None: nothing is under way). `left_out` counts files per reason; `notes` are lines for a person, such as
    what was recovered at the start. `peak_memory_bytes` is over all processes, 0 where the system does not say.
    """

    root: Path
    generation: int
    mode: Mode
    files: int = 0
    changed_files: int = 0
    nodes: int = 0
    edges: int = 0
    unresolved: int = 0
    rejected: int = 0
    node_counts: Mapping[str, int] = field(default_factory=dict)
    edge_counts: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    phase_timings: Mapping[str, float] = field(default_factory=dict)
    overlapped_timings: Mapping[str, float] = field(default_factory=dict)
    peak_memory_bytes: int = 0
    embeddings: int = 0
    embedding_future: Future[int] | None = None

    @property
    def n_lost(self) -> int:
        """Source files that gave no symbol because they could not be read or parsed; each has its Problem."""
        return len({problem.path for problem in self.problems if problem.path and not problem.line})

    @property
    def is_partial(self) -> bool:
        """Whether rows were rejected, or more than a quarter of the source files, five at least, gave no symbol."""
        n_files = self.files + sum(self.left_out.get(reason, 0) for reason in _UNREAD)
        return self.rejected > 0 or (self.n_lost >= _LEAST_LOST and self.n_lost > _MOST_LOST * n_files)

    def as_json(self) -> dict[str, Any]:
        """Everything but the future, as plain data; `embeddings_pending` says whether there is one."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "embedding_future"}
        values["root"] = str(self.root)
        values["mode"] = self.mode.value
        values["problems"] = [asdict(problem) for problem in self.problems]
        for key in ("phase_timings", "overlapped_timings"):
            values[key] = {name: round(seconds, 6) for name, seconds in values[key].items()}
        values["embeddings_pending"] = self.embedding_future is not None and not self.embedding_future.done()
        return values


def peak_memory_bytes(workers: int = 0, platform: str = sys.platform) -> int:
    """Most memory that this process has taken so far, and `workers`, what its ended workers took; 0 if unknown."""
    own = largest_bytes("RUSAGE_SELF", platform)
    return own + workers if own else 0


def worker_memory_bytes(n_workers: int, platform: str = sys.platform) -> int:
    """Most memory of workers that have just ended, the largest one counted for each; 0 if unknown.

    It is asked before any other process is started: a fork counts as large as the process that forks.
    """
    return n_workers * largest_bytes("RUSAGE_CHILDREN", platform) if n_workers > 1 else 0
