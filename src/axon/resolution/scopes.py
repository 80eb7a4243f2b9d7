"""The scopes of one file: which names each binds, and to what.

What flows in: the facts of one file and the rows of its definitions. What flows out: look-ups by scope and name that
give *entries*. It follows no import and knows no other file.

An entry is an integer: >= 0 a definition of the file; UNKNOWN a local value; at or below IMPORTS the import row
`IMPORTS - entry`; OUTER and FILE send the search on.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from axon.languages.language import Language
from axon.model.facts import NO_DEFINITION, NO_TEXT, BindingKind, FileFacts, ParameterKind
from axon.model.kinds import CLASS_CODES, NODE_KINDS, Flag, NodeKind
from axon.resolution.values import UNKNOWN

OUTER: Final = -2  # declared to be an enclosing function's
FILE: Final = -3  # declared to be the file's
IMPORTS: Final = -10
_VALUE_CODES: Final = frozenset(NODE_KINDS.index(kind) for kind in (NodeKind.VARIABLE, NodeKind.PROPERTY))
_CONDITIONAL, _OVERLOAD = int(Flag.CONDITIONAL), int(Flag.OVERLOAD)
_STATIC, _ACCESSOR = int(Flag.STATIC), int(Flag.ACCESSOR)
_TAKES_CLASS = _STATIC | int(Flag.CLASSMETHOD)
_LOCAL, _BLOCK, _UNBOUND = int(BindingKind.LOCAL), int(BindingKind.BLOCK), int(BindingKind.UNBOUND)
_PARAMETER: Final = int(BindingKind.PARAMETER)
_VARIABLE = NODE_KINDS.index(NodeKind.VARIABLE)
_POSITIONAL: Final = (int(ParameterKind.PLAIN), int(ParameterKind.POSITIONAL_ONLY))

Names = dict[str, list[int]]
Replaced = tuple[tuple[int, str], tuple[tuple[int, tuple[int, ...]], ...]]
Blocks = tuple[tuple[int, str], tuple[tuple[int, int, tuple[int, ...]], ...]]


class FileScopes:
    """Names of every scope of one file. Scope -1 is the file itself."""

    def __init__(self, facts: FileFacts, language: Language) -> None:
        self.facts = facts
        self.language = language
        # Classes, and objects: their names are known behind a receiver only.
        self.is_class = [
            code in CLASS_CODES or (code == _VARIABLE and body > 0)
            for code, body in zip(facts.definitions.kind, facts.definitions.body_start, strict=True)
        ]
        self.receivers: dict[int, str] = {}  # method -> name of the parameter that receives the instance or class
        self.stars: list[int] = []  # import rows that bind all names of a module
        self.relays: list[int] = []  # import rows that offer all names of a module to others and bind none here
        self._names: dict[int, Names] = {NO_DEFINITION: {}}
        self._kin: dict[tuple[int, int], int] = {}
        self._ranges: dict[str, list[tuple[int, int]]] = {}
        self._bounds: dict[str, list[int]] = {}  # the same, as starts and ends in turn, once they are asked for
        self._replaced: dict[tuple[int, str], list[tuple[int, list[int]]]] = {}  # what held up to a byte
        self._replaced_names: set[str] = set()
        self._blocks: dict[tuple[int, str], list[tuple[int, int, list[int]]]] = {}  # what holds from byte to byte
        self._block_names: set[str] = set()
        self._passed_in: dict[str, list[tuple[int, int]]] = {}  # parameters of functions without a name
        self._unbound: set[int] = set()  # bytes where definitions start that their names alone do not reach
        self._add_locals()
        self._add_imports()
        self._add_definitions()
        if language.receiver:
            self._add_receivers()
        self._receiver_names = frozenset(self.receivers.values())
        self.local_names = self._local_names()

    def names(self, scope: int) -> Names:
        """Entries of each name that a scope binds itself, in the order in which they should be tried."""
        return self._names.get(scope, {})

    def blocks_of(self, scopes: Sequence[int]) -> tuple[list[Replaced], list[Blocks]]:
        """What names of some scopes mean in parts of them only: up to a byte, and from byte to byte."""
        replaced = [(at, tuple((end, tuple(held)) for end, held in parts)) for at, parts in self._replaced.items()]
        blocks = [
            (at, tuple((start, end, tuple(held)) for start, end, held in parts)) for at, parts in self._blocks.items()
        ]
        return (
            sorted(part for part in replaced if part[0][0] in scopes),
            sorted(part for part in blocks if part[0][0] in scopes),
        )

    def names_of_blocks(self, scopes: Sequence[int]) -> set[str]:
        """The names that mean something in parts of some scopes only."""
        return {name for scope, name in (*self._replaced, *self._blocks) if scope in scopes}

    def entries(self, scope: int, name: str, position: int) -> Sequence[int]:
        """What `name` means at a byte evaluated in `scope`; empty where neither scope nor file binds it."""
        if self.is_narrowed(name, position):
            return (UNKNOWN,)
        owner = self.facts.definitions.owner
        first, at_once = True, True  # at once: no function stands between, so that what is bound later does not count
        while scope != NO_DEFINITION:
            if name in self._block_names and (held := self._in_block(scope, name, position)) is not None:
                return held
            hidden = self.is_class[scope] and (not first or self.language.receiver)
            found = None if hidden else self.names(scope).get(name)
            if found and found[0] == FILE:
                scope = NO_DEFINITION
                break
            if found and found[0] != OUTER:
                break
            at_once = at_once and self.is_class[scope]
            first, scope = False, owner[scope]
        if name in self._block_names and (held := self._in_block(scope, name, position)) is not None:
            return held
        for end, earlier in self._replaced.get((scope, name), ()) if at_once else ():
            if position < end:
                return earlier
        return self.names(scope).get(name, ())

    def has_blocks(self, name: str) -> bool:
        """Whether some block binds a name."""
        return name in self._block_names

    def block_start(self, scope: int, name: str, position: int) -> int:
        """Where the innermost block of a scope begins that holds a byte and binds a name; -1 if none does."""
        found = -1
        for start, end, _ in self._blocks.get((scope, name), ()):
            if start <= position < end:
                found = start
        return found

    def is_inline(self, name: str, start: int) -> bool:
        """Whether a name is a parameter of the function without a name that begins at a byte."""
        return any(first == start for first, _ in self._passed_in.get(name, ()))

    def in_block(self, scope: int, name: str, position: int) -> Sequence[int]:
        """The definitions and imports that a block binds a name to; empty for a plain value."""
        held = self._in_block(scope, name, position)
        return () if held is None or held == [UNKNOWN] else held

    def _in_block(self, scope: int, name: str, position: int) -> list[int] | None:
        """What the innermost block of a scope that holds a byte and binds a name binds it to."""
        found = None
        for start, end, entries in self._blocks.get((scope, name), ()):
            if start <= position < end:
                found = entries  # blocks stand in order of start, so the last is the innermost
        return found

    def is_narrowed(self, name: str, position: int) -> bool:
        """Whether a comprehension, lambda or the like around a byte binds `name`."""
        if name not in self._ranges:
            return False
        bounds = self._bounds.get(name)
        if bounds is None:
            bounds = self._bounds[name] = _merged(self._ranges[name])
        return bisect_right(bounds, position) % 2 == 1

    def _local_names(self) -> frozenset[str]:
        """Every name that some scope below the file's own binds: any other name means the same in all of the file."""
        inner = (names for scope, names in self._names.items() if scope != NO_DEFINITION)
        own = (self.language.receiver,) if self.language.receiver else ()
        return frozenset().union(*inner, self._ranges, self._block_names, own)

    def range_start(self, name: str, position: int) -> int:
        """Where the innermost comprehension, lambda or the like around a byte begins that binds `name`; -1: none."""
        found = (-1, 0)
        for start, end in (*self._ranges.get(name, ()), *self._passed_in.get(name, ())):
            if start <= position < end and start >= found[0]:
                found = (start, end)
        return found[0]

    @property
    def has_ranges(self) -> bool:
        """Whether any name holds in only part of a scope."""
        return bool(self._ranges or self._replaced or self._blocks)

    def is_ranged(self, name: str, receiver: str) -> bool:
        """Whether what an expression stands for depends on where in its scope it is written."""
        head = (receiver or name).partition(".")[0]
        return head in self._ranges or head in self._replaced_names or head in self._block_names

    def enclosing_class(self, scope: int) -> int:
        """The class in whose method (or a function inside it) `scope` lies; NO_DEFINITION outside methods."""
        owner = self.facts.definitions.owner
        while scope != NO_DEFINITION:
            holder = owner[scope]
            if holder != NO_DEFINITION and self.is_class[holder] and not self.is_class[scope]:
                return holder
            scope = holder
        return NO_DEFINITION

    def receiving_method(self, scope: int, name: str, position: int = -1) -> int:
        """The method around `scope` whose receiver is called `name`; NO_DEFINITION if it is hidden or not there.

        A class stands for what its own body runs. Without a position, blocks are not looked at.
        """
        if name not in self._receiver_names:
            return NO_DEFINITION
        owner = self.facts.definitions.owner
        while scope != NO_DEFINITION:
            if name in self._block_names and self._in_block(scope, name, position) is not None:
                return NO_DEFINITION
            if self.receivers.get(scope) == name:
                return scope
            if not self.is_class[scope] and name in self.names(scope):
                return NO_DEFINITION
            scope = owner[scope]
        return NO_DEFINITION

    def kin_of(self, method: int) -> int:
        """The first method of the same class that receives the same: the instance, or the class."""
        if self.is_class[method]:
            return method
        table = self.facts.definitions
        key = (table.owner[method], table.flags[method] & _TAKES_CLASS)
        return self._kin.setdefault(key, method)

    def is_constructor(self, definition: int) -> bool:
        """Whether a method is one of those that instantiation runs."""
        table = self.facts.definitions
        return definition in self.receivers and self.facts.strings[table.name[definition]] in self.language.initializers

    def takes_class(self, definition: int) -> bool:
        """Whether a method receives the class, not an instance."""
        return definition in self.receivers and bool(self.facts.definitions.flags[definition] & _TAKES_CLASS)

    def is_value(self, definition: int) -> bool:
        """Whether a definition is a variable or field rather than something that can be called by name."""
        table = self.facts.definitions
        return table.kind[definition] in _VALUE_CODES and not table.flags[definition] & _ACCESSOR

    def _bind(self, scope: int, name: str, entry: int) -> None:
        self._names.setdefault(scope, {}).setdefault(name, []).append(entry)

    def _add_locals(self) -> None:
        strings, bindings = self.facts.strings, self.facts.bindings
        self._add_parameters()
        rebound = set()
        for scope, name, kind, start, end in zip(
            bindings.scope, bindings.name, bindings.kind, bindings.start_byte, bindings.end_byte, strict=True
        ):
            if end:
                self._add_range(scope, strings[name], kind, (start, end))
            elif kind == _LOCAL:
                rebound.add((scope, strings[name]))
                if strings[name] not in self.names(scope):
                    self._bind(scope, strings[name], UNKNOWN)
            else:
                self._names.setdefault(scope, {})[strings[name]] = [FILE if kind == BindingKind.GLOBAL else OUTER]
                if kind == BindingKind.GLOBAL:
                    self._names[NO_DEFINITION].setdefault(strings[name], [UNKNOWN])
        for held in self._blocks.values():
            held.sort(key=lambda block: (block[0], -block[1]))
        for method, receiver in list(self.receivers.items()):
            if (method, receiver) in rebound:
                del self.receivers[method]

    def _add_range(self, scope: int, name: str, kind: int, span: tuple[int, int]) -> None:
        if kind == _PARAMETER:
            self._passed_in.setdefault(name, []).append(span)
        if kind in (_BLOCK, _PARAMETER):
            self._blocks.setdefault((scope, name), []).append((*span, [UNKNOWN]))
            self._block_names.add(name)
        elif kind == _UNBOUND:
            self._unbound.add(span[0])
        else:
            self._ranges.setdefault(name, []).append(span)

    def _add_receivers(self) -> None:
        """Where the receiver is a word: in a class's body and methods, and in an object's functions that bind it."""
        word, table = self.language.receiver, self.facts.definitions
        for d, owner in enumerate(table.owner):
            if self.is_class[d] and table.kind[d] in CLASS_CODES:
                self.receivers[d] = word
            elif owner == NO_DEFINITION or not self.is_class[owner] or not table.body_start[d]:
                continue
            elif (table.kind[owner] in CLASS_CODES) != (
                word in self.names(d)
            ):  # what a value in a class holds binds it
                self.receivers[d] = word

    def _add_parameters(self) -> None:
        parameters, strings, table = self.facts.parameters, self.facts.strings, self.facts.definitions
        previous = NO_DEFINITION
        for owner, name, kind in zip(parameters.owner, parameters.name, parameters.kind, strict=True):
            for bound in (strings[name],) if not self.language.receiver else self.language.targets(strings[name]):
                self._bind(owner, bound, UNKNOWN)
            if owner != previous and kind in _POSITIONAL and self.language.receiver_is_parameter:
                holder = table.owner[owner]
                is_new = strings[table.name[owner]] in self.language.initializers
                if holder != NO_DEFINITION and self.is_class[holder] and (not table.flags[owner] & _STATIC or is_new):
                    self.receivers[owner] = strings[name]
            previous = owner

    def _add_imports(self) -> None:
        imports, strings = self.facts.imports, self.facts.strings
        for row, (scope, module, name, alias) in enumerate(
            zip(imports.scope, imports.module, imports.name, imports.alias, strict=True)
        ):
            if name != NO_TEXT and strings[name] == "*":
                (self.stars if alias == NO_TEXT else self.relays).append(row)
                continue
            if alias != NO_TEXT:
                bound = strings[alias]
            else:
                bound = strings[name] if name != NO_TEXT else strings[module].partition(".")[0]
            if bound.isspace():  # it runs the module and binds nothing
                continue
            held = self._in_block(scope, bound, imports.start_byte[row]) if bound in self._block_names else None
            if held is not None:
                held[:] = [IMPORTS - row]
                continue
            names = self._names.setdefault(scope, {})
            known = names.get(bound)
            if known is None or known == [UNKNOWN]:
                names[bound] = [IMPORTS - row]
            elif known[0] not in (FILE, OUTER):
                if scope == NO_DEFINITION and not self._is_conditional(IMPORTS - row):
                    self._replace(scope, bound, IMPORTS - row, imports.start_byte[row])
                else:
                    known.insert(0, IMPORTS - row)

    def _add_definitions(self) -> None:
        """Definitions come before values of their name; the last unconditional one hides those above it."""
        table, strings = self.facts.definitions, self.facts.strings
        overloads: list[int] = []
        for d, (owner, name, flags) in enumerate(zip(table.owner, table.name, table.flags, strict=True)):
            if flags & _OVERLOAD:
                overloads.append(d)
                continue
            if (self._blocks or self._unbound) and self._is_elsewhere(owner, strings[name], d):
                continue
            names = self._names.setdefault(owner, {})
            known = names.get(strings[name])
            if known is None or known == [UNKNOWN]:
                names[strings[name]] = [d]
            elif self.is_value(d):
                known.append(d)
            elif flags & _ACCESSOR and known[0] >= 0 and table.flags[known[0]] & _ACCESSOR:
                continue  # a setter: the name stands for the getter
            elif self.language.merges_declarations:
                known.append(d)
            else:
                self._define_again(owner, strings[name], d)
        for d in overloads:
            self._names.setdefault(table.owner[d], {}).setdefault(strings[table.name[d]], [d])

    def _is_elsewhere(self, scope: int, name: str, definition: int) -> bool:
        """Whether a definition's name holds in a block only, or nowhere: then it is noted there, or behind a dot."""
        start = self.facts.definitions.start_byte[definition]
        held = self._in_block(scope, name, start) if name in self._block_names else None
        if start in self._unbound:
            self._bind(scope, f".{name}", definition)
            if held is not None and any(begin == start for begin, _, _ in self._blocks[scope, name]):
                held[:] = [definition]  # known to itself
            return True
        if held is not None:
            held[:] = [definition] if held == [UNKNOWN] else [*held, definition]
        return held is not None

    def _define_again(self, scope: int, name: str, definition: int) -> None:
        """Another definition of a bound name: beside what may still hold, else instead of it."""
        table, known = self.facts.definitions, self._names[scope][name]
        latest, end = known[0], table.end_byte[definition]
        if latest <= IMPORTS and self.facts.imports.start_byte[IMPORTS - latest] > end:
            if self._is_conditional(latest):
                known.append(definition)
            else:
                self._keep_replaced(scope, name, [definition], self.facts.imports.start_byte[IMPORTS - latest])
        elif table.flags[definition] & _CONDITIONAL or self._is_conditional(latest):
            known.insert(0, definition)
        else:
            self._replace(scope, name, definition, end)

    def _replace(self, scope: int, name: str, entry: int, position: int) -> None:
        """From `position` on a name means `entry` alone."""
        self._keep_replaced(scope, name, self._names[scope][name], position)
        self._names[scope][name] = [entry]

    def _keep_replaced(self, scope: int, name: str, entries: list[int], end: int) -> None:
        self._replaced.setdefault((scope, name), []).append((end, entries))
        self._replaced_names.add(name)

    def _is_conditional(self, entry: int) -> bool:
        """Whether an earlier entry may still hold: an import in a branch, whose definition below is a fallback."""
        if entry <= IMPORTS:
            return self.language.indentation_is_scope and self.facts.imports.column[IMPORTS - entry] > 0
        return False


def _merged(ranges: Sequence[tuple[int, int]]) -> list[int]:
    """Starts and ends in turn of what ranges cover together."""
    bounds: list[int] = []
    for start, end in sorted(ranges):
        if bounds and start <= bounds[-1]:
            bounds[-1] = max(bounds[-1], end)
        else:
            bounds += (start, end)
    return bounds
