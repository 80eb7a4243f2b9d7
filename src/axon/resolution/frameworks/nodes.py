"""The nodes and edges that rule packs add to a graph.

What flows in: entry points as they are found. What flows out: Trigger nodes behind all others, and edges to them. It
does not know why something is an entry point.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from axon.graph.build import Assembly
from axon.model.ids import route_id, trigger_id
from axon.model.kinds import EdgeKind, Flag, NodeKind, Rule
from axon.resolution.evidence import EdgeRows, Place

_TEST: Final = int(Flag.TEST)


class Trigger(NamedTuple):
    """What a framework runs code for: a pack's name and a kind of entry point."""

    pack: str
    kind: str

    @property
    def name(self) -> str:
        """`pytest.test`."""
        return f"{self.pack}.{self.kind}"


class RouteNode(NamedTuple):
    """A request: the file that registers it, its HTTP method and its URL path, in braces and as it is written."""

    file: int
    method: str
    path: str
    written: str

    @property
    def name(self) -> str:
        """`GET /users/{id}`."""
        return f"{self.method} {self.path}"


class FrameworkRows:
    """What was found; edges that are added twice are one."""

    def __init__(self) -> None:
        self._triggered: dict[tuple[int, Trigger, Place], None] = {}
        self._routes: dict[tuple[int, str], tuple[RouteNode, Trigger, Place]] = {}
        self._handled: dict[tuple[int, str, int, Place], None] = {}
        self._injected: dict[tuple[int, int, Place], None] = {}

    def add_route(self, route: RouteNode, trigger: Trigger, place: Place, handlers: Sequence[int]) -> None:
        """A request that handlers answer, registered at a place; of two of one name in a file the first counts."""
        self._routes.setdefault((route.file, route.name), (route, trigger, place))
        for row in handlers:
            self._handled[route.file, route.name, row, place] = None

    def entries_of(self, pack: str, kinds: Collection[str]) -> list[int]:
        """The nodes that triggers of some kinds of a pack run, each once."""
        triggered = (row for row, trigger, _ in self._triggered if trigger.pack == pack and trigger.kind in kinds)
        return list(dict.fromkeys(triggered))

    def add_injection(self, row: int, given: int, place: Place) -> None:
        """A node that a framework runs another for, whose result it hands over; `place` is in its own file."""
        self._injected[row, given, place] = None

    def add_entry(self, row: int, trigger: Trigger, place: Place) -> None:
        """A node that a trigger runs; `place` is in its own file."""
        self._triggered[row, trigger, place] = None

    def write(self, assembly: Assembly, edges: EdgeRows) -> None:
        """Append the nodes, in order of their ids, and the edges."""
        triggers = sorted({trigger for _, trigger, *_ in (*self._triggered, *self._routes.values())})
        rows = {
            trigger: assembly.add_place(NodeKind.TRIGGER, trigger_id(trigger.name), trigger.kind, trigger.name)
            for trigger in triggers
        }
        for row, trigger, place in self._triggered:
            edges.add(EdgeKind.TRIGGERED_BY, Rule.PACK, row, rows[trigger], place)
        for row, given, place in self._injected:
            edges.add(EdgeKind.INJECTED_WITH, Rule.PACK, row, given, place)
        self._write_routes(assembly, edges, rows)

    def _write_routes(self, assembly: Assembly, edges: EdgeRows, triggers: Mapping[Trigger, int]) -> None:
        known: dict[tuple[int, str], int] = {}
        for key, (route, trigger, place) in sorted(self._routes.items()):
            of_file = assembly.files[route.file]
            row = assembly.add_place(
                NodeKind.ROUTE, route_id(of_file.path, route.name), route.name, route.name, of_file.path
            )
            assembly.languages[row], assembly.signatures[row] = of_file.language, route.written
            assembly.start_line[row] = assembly.end_line[row] = place[0]
            assembly.start_byte[row], assembly.end_byte[row] = place[2:]
            assembly.flags[row] = assembly.flags[assembly.file_row + route.file] & _TEST
            edges.add(EdgeKind.TRIGGERED_BY, Rule.PACK, row, triggers[trigger], place)
            known[key] = row
        for file, name, handler, place in self._handled:
            edges.add(EdgeKind.HANDLED_BY, Rule.PACK, known[file, name], handler, place)
