"""The nodes and edges that rule packs add to a graph.

What flows in: entry points as they are found. What flows out: Trigger nodes behind all others, and edges to them. It
does not know why something is an entry point.
"""

from typing import NamedTuple

from axon.graph.build import Assembly
from axon.model.ids import trigger_id
from axon.model.kinds import EdgeKind, NodeKind, Rule
from axon.resolution.evidence import EdgeRows, Place


class Trigger(NamedTuple):
    """What a framework runs code for: a pack's name and a kind of entry point."""

    pack: str
    kind: str

    @property
    def name(self) -> str:
        """`pytest.test`."""
        return f"{self.pack}.{self.kind}"


class FrameworkRows:
    """What was found; edges that are added twice are one."""

    def __init__(self) -> None:
        self._triggered: dict[tuple[int, Trigger, Place], None] = {}

    def add_entry(self, row: int, trigger: Trigger, place: Place) -> None:
        """A node that a trigger runs; `place` is in its own file."""
        self._triggered[row, trigger, place] = None

    def write(self, assembly: Assembly, edges: EdgeRows) -> None:
        """Append the nodes, in order of their ids, and the edges."""
        triggers = sorted({trigger for _, trigger, _ in self._triggered})
        rows = {
            trigger: assembly.add_place(NodeKind.TRIGGER, trigger_id(trigger.name), trigger.kind, trigger.name)
            for trigger in triggers
        }
        for row, trigger, place in self._triggered:
            edges.add(EdgeKind.TRIGGERED_BY, Rule.PACK, row, rows[trigger], place)
