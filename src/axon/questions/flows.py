"""What runs from which entry point, step by step.

What flows in: an index, and for one flow its name. What flows out: a `FlowsAnswer` or a `FlowAnswer` with pictures. How
flows are found, the analysis says.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from axon.analyses.flows import steps_between
from axon.errors import UnknownSymbolError
from axon.graph.labels import NO_COMMUNITY
from axon.model.findings import FlowAnswer, FlowRow, FlowsAnswer, FlowStep
from axon.model.ids import flow_id
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import find_symbol


def flows(index: Index, *, limit: int | None = None) -> FlowsAnswer:
    """All flows, those of the most steps first."""
    total = len(index.labels.flows)
    return FlowsAnswer(total, tuple(_row(index, number) for number in range(total)[:limit]), index.state())


def flow(index: Index, text: str) -> FlowAnswer:
    """The flow that begins at the symbol that `text` means, else the largest one that the symbol is a step of.

    Raises:
        SymbolError: no symbol, or several, have that name, or it is in no flow.
    """
    row = find_symbol(index.columns, text)
    number = _flow_of(index, row)
    steps = _steps(index, number)
    return FlowAnswer(_row(index, number), steps, _mermaid(steps), _dot(steps), index.state())


def _flow_of(index: Index, row: int) -> int:
    found = index.labels.flows
    begins = np.flatnonzero(found.entry == row)
    if len(begins):
        return int(begins[0])
    places = np.flatnonzero(found.steps == row)
    if len(places):
        return int(np.searchsorted(found.offsets, places[0], side="right")) - 1
    name = index.columns.qualified_name_of(row)
    raise UnknownSymbolError(f"`{name}` is a step of no flow. See `axon flows`.")


def _row(index: Index, number: int) -> FlowRow:
    found = index.labels.flows
    start, end = int(found.offsets[number]), int(found.offsets[number + 1])
    entry = symbol(index.columns, int(found.entry[number]))
    names = dict.fromkeys(filter(None, (_community(index, row) for row in found.steps[start:end].tolist())))
    return FlowRow(flow_id(entry.id), entry, end - start, int(found.depth[start:end].max()), tuple(names))


def _community(index: Index, row: int) -> str:
    found = index.labels.communities
    number = int(found.members[0, row])
    return "" if number == NO_COMMUNITY else index.columns.qualified_name_of(int(found.centre[number]))


def _steps(index: Index, number: int) -> tuple[FlowStep, ...]:
    found, view = index.labels.flows, index.view
    own = slice(int(found.offsets[number]), int(found.offsets[number + 1]))
    rows = found.steps[own]
    position = {row: at for at, row in enumerate(rows.tolist(), 1)}
    calls: dict[int, list[int]] = {}
    for edge in steps_between(view, rows).tolist():
        calls.setdefault(int(view.source[edge]), []).append(position[int(view.target[edge])])
    return tuple(
        FlowStep(at, depth, symbol(index.columns, row), _community(index, row), tuple(sorted(calls.get(row, ()))))
        for (row, at), depth in zip(position.items(), found.depth[own].tolist(), strict=True)
    )


def _arrows(steps: Sequence[FlowStep]) -> Iterable[tuple[int, int]]:
    return ((step.position, to) for step in steps for to in step.calls)


def _mermaid(steps: Sequence[FlowStep]) -> str:
    nodes = [f'  s{s.position}["{_plain(s.symbol.qualified_name)}"]' for s in steps]
    return "\n".join(["flowchart TD", *nodes, *(f"  s{a} --> s{b}" for a, b in _arrows(steps))]) + "\n"


def _dot(steps: Sequence[FlowStep]) -> str:
    nodes = [f'  s{s.position} [label="{_plain(s.symbol.qualified_name)}"];' for s in steps]
    arrows = [f"  s{a} -> s{b};" for a, b in _arrows(steps)]
    return "\n".join(["digraph flow {", "  node [shape=box];", *nodes, *arrows, "}"]) + "\n"


def _plain(text: str) -> str:
    """A name inside double quotes, in either language."""
    return text.replace("\\", "/").replace('"', "'").replace("<", "‹").replace(">", "›")
