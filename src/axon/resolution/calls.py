"""Call sites to callees: CALLS and PASSES edges, and the sites that stay unresolved with their reasons.

What flows in: linked names. What flows out: for each call site an edge for each callee it can be shown to have, or a
row that says why there is none. The rules stand in tiers, each asked where those before it show nothing: names, type
flow, the only family of a name, what callers pass. Overrides below a receiver's class are possible calls besides.
"""

from collections.abc import Sequence
from typing import Final

from axon.interpreter import deep_recursion
from axon.model.facts import NO_TEXT
from axon.model.kinds import Rule
from axon.resolution.arguments import Arguments
from axon.resolution.call_rows import CallRows, Key
from axon.resolution.evidence import RULE_CODE, EdgeRows, SiteRows
from axon.resolution.flow import MOST_FRAMES, Flow
from axon.resolution.implicit import ImplicitCalls
from axon.resolution.named_calls import Callees, NamedCalls
from axon.resolution.names import Names
from axon.resolution.passes import Passes
from axon.resolution.possible import PossibleCalls
from axon.resolution.typed_calls import Typed, TypedCalls
from axon.resolution.values import MISSING, UNKNOWN

_MEMBER: Final = RULE_CODE[Rule.MEMBER]
_ROUNDS: Final = 3


class CallLinker:
    """The call sites of a whole tree, tier by tier."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.flow = Flow(names)
        self._typed = TypedCalls(self.flow)
        self._arguments = Arguments(self.flow)
        self._named: list[list[Callees]] = []
        self._keys: list[list[Key | None]] = []  # of each call site; None where names alone decide
        self._found: list[dict[Key, Typed]] = []
        self._growing: list[tuple[int, int, Key, int]] = []  # file, row, key, watcher
        self._first: dict[tuple[int, Key], frozenset[int]] = {}  # values shown before arguments were asked

    def link(self, edges: EdgeRows, sites: SiteRows) -> None:
        """Add the CALLS and PASSES edges and the unresolved sites of every file."""
        with deep_recursion(MOST_FRAMES):
            self._link(edges, sites)

    def _link(self, edges: EdgeRows, sites: SiteRows) -> None:
        named = NamedCalls(self._names)
        for file in range(len(self._names.scopes)):
            self._named.append(named.of_file(file))
            self._keys.append(self._site_keys(file))
            self._found.append({})
            self._resolve_file(file)
        self._settle()
        possible = PossibleCalls(self.flow, self._typed)
        implicit = ImplicitCalls(self.flow, possible)
        for file in range(len(self._names.scopes)):
            implicit.collect(file, self._named[file])
        self.flow.slots.settle()
        implicit.collect_again()
        self._ask_arguments()
        self.flow.settled()
        implicit.write(edges)
        writer = CallRows(possible, self._arguments, edges, sites)
        writer.first = self._first
        passes = Passes(self.flow)
        for file in range(len(self._names.scopes)):
            writer.write(file, self._named[file], self._keys[file], self._found[file])
            passes.write(file, edges)

    def _site_keys(self, file: int) -> list[Key | None]:
        """The sites that type flow is asked about: those without a callee, and calls of decorated names."""
        table = self._names.scopes[file].facts.references
        keys: list[Key | None] = []
        for row, callees in enumerate(self._named[file]):
            expression = table.value[row]
            if expression < 0 or (callees.targets and not self._is_decorated(callees)):
                keys.append(None)
                continue
            keys.append((table.scope[row], expression, table.start_byte[row]))
        return keys

    def _is_decorated(self, callees: Callees) -> bool:
        return any(self.flow.decorators(value) for value, _ in callees.targets if value >= 0)

    def _resolve_file(self, file: int) -> None:
        found = self._found[file]
        for row, key in enumerate(self._keys[file]):
            if key is not None and key not in found:
                scope, expression, position = key
                found[key], watcher = self._typed.resolve((file, scope, position), expression)
                if watcher:
                    self._growing.append((file, row, key, watcher))

    def _settle(self) -> list[tuple[int, int, Key]]:
        """Resolve again the sites of which something has grown; (file, row, key) of those that have changed."""
        self.flow.slots.settle()
        changed = []
        for file, row, key, watcher in self._growing:
            if self.flow.slots.was_alerted(watcher):
                scope, expression, position = key
                typed, _ = self._typed.resolve((file, scope, position), expression, watcher)
                if typed != self._found[file][key]:
                    self._found[file][key] = typed
                    changed.append((file, row, key))
        self.flow.slots.settle()
        return changed

    def _ask_arguments(self) -> None:
        """The last tier: parameters that nothing else tells hold what callers pass."""
        self._first = {
            (file, key): frozenset(target.value for target in self._found[file][key].targets)
            for file, _, key, _ in self._growing
        }
        for file in range(len(self._names.scopes)):
            self._pass_arguments(file)
        for _ in range(_ROUNDS):
            self._arguments.add_decorated()
            if not self._arguments.apply():
                return
            changed = self._settle()
            self._arguments.pass_again()
            for file, row, key in changed:
                self._pass_at(file, row, (), self._found[file][key])

    def _pass_arguments(self, file: int) -> None:
        found = self._found[file]
        for row, (callees, key) in enumerate(zip(self._named[file], self._keys[file], strict=True)):
            self._pass_at(file, row, callees.targets, found[key] if key is not None else None)

    def _pass_at(self, file: int, row: int, named: Sequence[tuple[int, int]], typed: Typed | None) -> None:
        """Note what one call passes to its callees."""
        table = self._names.scopes[file].facts.references
        argument = table.argument[row]
        if argument == NO_TEXT:
            return
        at = (file, table.scope[row], table.start_byte[row])
        for value, rule in named:
            if value >= 0:
                self._arguments.add(at, argument, value, MISSING if rule == _MEMBER else UNKNOWN)
        if typed is None:
            return
        for target in typed.targets:
            if target.value >= 0:
                self._arguments.add(at, argument, target.value, target.receiver)
        for function in typed.inline:
            self._arguments.add_inline(at, argument, function)
