"""What a watcher tells, as values.

What flows in: what happened. What flows out: the same, frozen, and its JSON form: one object, whose `event` names it.
It does not know who listens.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Literal

from axon.pipeline.report import PipelineResult

_NAMED_PATHS: Final = 20


class Sight(StrEnum):
    """How changes are seen."""

    NOTIFIED = "notified"  # the operating system tells
    POLLED = "polled"  # the tree is listed again and again


@dataclass(frozen=True, slots=True)
class Started:
    """From now on no change is missed; `why` says, where changes are polled, for what reason."""

    event: ClassVar[Literal["started"]] = "started"
    root: str
    pid: int
    sight: Sight
    why: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """Files changed, and an update begins: the first of `n_paths` paths; 0 where the whole tree is looked at."""

    event: ClassVar[Literal["changed"]] = "changed"
    n_paths: int
    paths: tuple[str, ...] = ()

    @staticmethod
    def of(paths: frozenset[str] | None) -> "Changed":
        """The event for `paths`; None stands for the whole tree."""
        return Changed(len(paths or ()), tuple(sorted(paths or ())[:_NAMED_PATHS]))


@dataclass(frozen=True, slots=True)
class Updated:
    """The index is as the tree was when the update began; `published` says whether it was not before.

    `wait_seconds` is what passed from the first change to the beginning of the update, `seconds` the update itself.
    """

    event: ClassVar[Literal["updated"]] = "updated"
    result: PipelineResult
    published: bool
    wait_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """An update failed and the last index stays; it is tried again with the next change, or after `retry_seconds`."""

    event: ClassVar[Literal["failed"]] = "failed"
    message: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """One line for a person: what an update waits for, or how changes are seen from now on."""

    event: ClassVar[Literal["note"]] = "note"
    message: str


@dataclass(frozen=True, slots=True)
class Phase:
    """An update began this phase, of `total` steps, 0 where nobody can say; told where it is asked for only."""

    event: ClassVar[Literal["phase"]] = "phase"
    name: str
    total: int


@dataclass(frozen=True, slots=True)
class Idle:
    """All that was seen is in the index."""

    event: ClassVar[Literal["idle"]] = "idle"


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A round of embeddings ended: how many symbols it embedded; `error` says why it failed, else ''."""

    event: ClassVar[Literal["embeddings"]] = "embeddings"
    embedded: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Hooked:
    """The command of the user ended; `exit_code` is None where it could not be started or took too long."""

    event: ClassVar[Literal["hook"]] = "hook"
    command: str
    exit_code: int | None
    seconds: float
    output: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The watcher ends, and why."""

    event: ClassVar[Literal["stopped"]] = "stopped"
    message: str


WatchEvent = Started | Changed | Updated | Failed | Note | Phase | Idle | Embeddings | Hooked | Stopped


def as_json(event: WatchEvent) -> dict[str, Any]:
    """The event as plain data; times are in milliseconds."""
    if isinstance(event, Updated):
        return {"event": event.event, **_updated(event)}
    return {"event": event.event, **asdict(event)}


def _updated(event: Updated) -> dict[str, Any]:
    result = event.result
    return {
        "generation": result.generation,
        "mode": result.mode.value,
        "published": event.published,
        "files": result.files,
        "changed_files": result.changed_files,
        "nodes": result.nodes,
        "edges": result.edges,
        "unresolved": result.unresolved,
        "problems": len(result.problems),
        "notes": list(result.notes),
        "ms": {"wait": _ms(event.wait_seconds), **_phases(result.phase_timings), "total": _ms(event.seconds)},
    }


def _phases(timings: Mapping[str, float]) -> dict[str, float]:
    return {name: _ms(seconds) for name, seconds in timings.items()}


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
