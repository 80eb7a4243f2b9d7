"""What callers pass for a parameter, looked up for the parameters that an explanation meets.

What flows in: an evaluator that notes which parameters it was asked for, and whoever knows the callers of a function.
What flows out: parameters that hold what their callers pass, as the linker's last tier gives it, and where they do.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from axon.model.facts import NO_TEXT, ReferenceKind
from axon.resolution.arguments import held
from axon.resolution.decorators import Decorators
from axon.resolution.evaluation import At, Slot, slot_key
from axon.resolution.flow import Flow
from axon.resolution.names import Names
from axon.resolution.providers import Providers
from axon.resolution.values import MANY, MISSING, UNKNOWN, Values, is_external

_CALL: Final = int(ReferenceKind.CALL)
_MOST_CALLERS: Final = 500


class CallerSite(NamedTuple):
    """A call of a function: node row of the caller, first byte, and whether the function is read from its class."""

    caller: int
    start_byte: int
    is_unbound: bool


Callers: TypeAlias = "Callable[[int], Sequence[CallerSite]]"


def watched_flow(names: Names) -> Flow:
    """An evaluator that notes which parameters it was asked for; no class of its own, for what is compiled has none."""
    flow = Flow(names, Providers(names, Decorators(names)))
    flow.asked = {}
    return flow


def evaluated(flow: Flow, at: At, expression: int) -> Values:
    """What an expression stands for at a place, once everything that it depends on has settled."""
    flow.slots.begin_watch()
    flow.values(at, expression)
    flow.slots.end_watch()
    flow.slots.settle()
    return flow.values(at, expression)


class Passing:
    """The arguments of callers, for the parameters that a flow was asked for."""

    def __init__(self, flow: Flow, callers: Callers) -> None:
        self._flow, self._callers = flow, callers
        self._links: dict[tuple[int, int], list[tuple[At, int]]] = {}

    def passed(self, file: int, parameter: int) -> Sequence[tuple[At, int]]:
        """The places and expressions that callers pass for a parameter, as far as they were looked up."""
        return self._links.get((file, parameter), ())

    def look_up(self) -> bool:
        """Give every parameter that was asked for what its callers pass.

        Whether any of them has more than before, or what they pass has asked for parameters of its own.
        """
        asked = self._flow.asked or {}
        n_asked = len(asked)
        for file, parameter in list(asked):
            if (file, parameter) not in self._links and self._flow.summaries.may_be_passed(file, parameter):
                self._links[file, parameter] = self._arguments(file, parameter)
        has_new = False
        known = self._flow.summaries.arguments
        for key, links in self._links.items():
            values = self._values(key, links)
            if values != known.get(key, ()):
                known[key] = values
                self._flow.slots.renew(slot_key(Slot.PARAMETER, key[1], key[0]))
                has_new = True
        self._flow.slots.settle()
        return has_new or len(self._flow.asked or {}) > n_asked

    def _values(self, parameter: tuple[int, int], links: Sequence[tuple[At, int]]) -> Values:
        found: set[int] = set()
        for at, expression in links:
            values = self._flow.values(at, expression)
            found.update(v for v in values if v not in (UNKNOWN, MANY) and not is_external(v))
        return held(self._flow, parameter, found)

    def _arguments(self, file: int, parameter: int) -> list[tuple[At, int]]:
        definition = self._flow.facts(file).parameters.owner[parameter]
        found: list[tuple[At, int]] = []
        for site in self._callers(self._flow.names.row(file, definition))[:_MOST_CALLERS]:
            other, _ = self._flow.place(site.caller)
            table = self._flow.facts(other).references
            receiver = MISSING if site.is_unbound else UNKNOWN
            for row, (kind, start) in enumerate(zip(table.kind, table.start_byte, strict=True)):
                if kind != _CALL:
                    break  # calls come first
                if start == site.start_byte and table.argument[row] != NO_TEXT:
                    listed = self._flow.results.listed(other, table.argument[row])
                    bound = self._flow.results.bound(file, definition, listed, receiver)
                    if bound.get(parameter, -1) >= 0:
                        found.append(((other, table.scope[row], start), bound[parameter]))
        return found
