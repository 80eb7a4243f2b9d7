"""What a project promises of its own structure, as values; `axon check` looks whether it is so.

Patterns name files: a path, a folder (all below it), or a shell pattern; a symbol by its id where a contract speaks of
symbols.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from axon.model.answers import IndexState


@dataclass(frozen=True, slots=True)
class Layers:
    """Files of a layer may use those of layers below it only; groups of one layer know nothing of each other."""

    name: str
    layers: tuple[tuple[tuple[str, ...], ...], ...]
    kinds: tuple[str, ...] = ("IMPORTS",)
    allowed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Forbidden:
    """No edge of these kinds leads from `sources` to `targets`, but for the pairs that are allowed."""

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    kinds: tuple[str, ...] = ("IMPORTS",)
    allowed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Acyclic:
    """Files do not import each other in circles, but for circles within one of the groups in `known`."""

    name: str
    paths: tuple[str, ...] = ()
    known: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class PublicApi:
    """What these files export stays as `lock` says, a file that `axon check --freeze` writes; more may be added."""

    name: str
    paths: tuple[str, ...]
    lock: str


@dataclass(frozen=True, slots=True)
class Ceiling:
    """No function of these files has more than `most` of `metric`: complexity, fan_in, fan_out, lines, parameters."""

    name: str
    metric: str
    most: int
    paths: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """A read-only Cypher query returns no row; a column called `id` names the symbol at fault."""

    name: str
    query: str


Contract: TypeAlias = Layers | Forbidden | Acyclic | PublicApi | Ceiling | Rows


@dataclass(frozen=True, slots=True)
class Violation:
    """One place that breaks a contract; `line` is 1-based, 0 for the whole file; `key` stays when lines move."""

    contract: str
    kind: str
    said: str
    path: str
    line: int
    end_line: int
    key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A contract with the number of its violations."""

    contract: str
    kind: str
    violations: int


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """Every contract, and every violation by contract and place."""

    contracts: tuple[Kept, ...]
    violations: tuple[Violation, ...]
    notes: tuple[str, ...] = ()
    index: IndexState | None = field(default=None)
