"""Which of a name's assignments can reach a use of it, inside one file.

What flows in: the flows and branches of a file. What flows out: rows of flows. A use is reached by the last assignment
on each path to it: in straight line the one before it, behind a branch those of its arms, in a loop those further down
as well. An arm that leaves (returns, raises …) reaches nothing behind it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from axon.model.facts import NO_DEFINITION, NO_TEXT, UNNAMED, BranchKind, FlowKind
from axon.resolution.scopes import FILE, OUTER, FileScopes

_DECLARED: Final = int(FlowKind.DECLARED)
_NARROWED, _STORED = int(FlowKind.NARROWED), int(FlowKind.STORED)
_ARMS: Final = (int(BranchKind.ARM), int(BranchKind.ELSE))
_ELSE, _LOOP = int(BranchKind.ELSE), int(BranchKind.LOOP)

_MOST_VERSIONS: Final = 32  # what is assigned further away than so many times is not looked at

Rows = tuple[int, ...]


def element_path(container: str, key: str) -> str:
    """An element under a constant key as if it were a name, which no name is."""
    return f"{container}[{key}]"


def block_name(name: str, start: int) -> str:
    """A name that the block at a byte binds as if it were another, which no name is."""
    return f"{name}{{{start}"


# Rows of the flows that reach a use, and whether what the name meant before all of them does as well.
Versions = tuple[Rows, bool]

# Rows of the assignments in a scope, those that inner scopes make, and whether it is a parameter as well.
Bound = tuple[list[int] | None, Rows | None, bool]

_NOT_BOUND: Final[Versions] = ((), True)


class Reaching:
    """The flows of one file, by what they bind."""

    def __init__(self, scopes: FileScopes) -> None:
        self._scopes, self._flows = scopes, scopes.facts.flows
        self._branches = _Branches(scopes)
        self._bound: dict[tuple[int, str], list[int]] = {}
        self._ranged: dict[str, list[int]] = {}  # what holds in part of a scope
        self._elsewhere: dict[tuple[int, str], list[int]] = {}  # bound by an inner scope that declares it to be outer
        self._narrowed: dict[tuple[int, str], list[int]] = {}
        self._narrowing: set[tuple[int, str]] = set()  # the same names, whichever block binds them
        self.declared: dict[tuple[int, str], int] = {}  # row that annotates a name
        self.stored: dict[tuple[int, str], list[int]] = {}
        self.leaving: dict[int, list[int]] = {}  # what a definition returns and yields
        self.fields: dict[tuple[int, str], list[int]] = {}  # (class, name): what its own body and methods assign
        self.paths: set[str] = set()  # dotted names that are bound or narrowed somewhere
        self.parameters: dict[tuple[int, str], int] = {}
        self.inline: dict[int, list[int]] = {}  # what functions without a name return, by where their bodies begin
        self.written: dict[str, list[int]] = {}  # attributes that are assigned, of whatever
        self._has_blocks = scopes.language.blocks_bind
        self._add_parameters()
        self._add_flows()
        self.narrowed_names = frozenset(name for _, name in self._narrowed)
        self.inner_names = self._inner_names()  # bound or narrowed below the file's own scope

    def _add_parameters(self) -> None:
        facts = self._scopes.facts
        place, before = 0, NO_DEFINITION
        for row, (owner, name) in enumerate(zip(facts.parameters.owner, facts.parameters.name, strict=True)):
            self.parameters[owner, facts.strings[name]] = row
            if self._has_blocks:
                place, before = (place + 1, owner) if owner == before else (0, owner)
                self.parameters[owner, f"{UNNAMED}{place}"] = row

    def _add_flows(self) -> None:
        flows, strings = self._flows, self._scopes.facts.strings
        for row, (kind, scope, target) in enumerate(zip(flows.kind, flows.scope, flows.target, strict=True)):
            if target == NO_TEXT:
                inline = flows.end_byte[row]
                (self.inline.setdefault(inline, []) if inline else self.leaving.setdefault(scope, [])).append(row)
                continue
            name = strings[target]
            if kind == _NARROWED:
                placed = self._placed(scope, name, flows.position[row])
                self._narrowing.add((scope, name))
                self._narrowed.setdefault((scope, placed), []).append(row)
                self.paths.add(name)
            elif kind == _STORED:
                self.stored.setdefault((scope, name), []).append(row)
                if flows.key[row] != NO_TEXT:
                    self._bound.setdefault((scope, element_path(name, strings[flows.key[row]])), []).append(row)
            else:
                self._add_binding(row, kind, scope, name)

    def _add_binding(self, row: int, kind: int, scope: int, name: str) -> None:
        if "." in name:
            self.paths.add(name)
            self._add_field(row, scope, name)
        is_outer = False
        if self._has_blocks:
            if "." in name:
                self.written.setdefault(name.rpartition(".")[2], []).append(row)
            scope, name, is_outer = self._binder(row, scope, name)
        if self._flows.annotation[row] != NO_TEXT:
            self.declared.setdefault((scope, name), row)
        if kind == _DECLARED:
            return
        if self._has_blocks:
            (self._elsewhere if is_outer else self._bound).setdefault((scope, name), []).append(row)
            return
        if self._flows.end_byte[row]:
            self._ranged.setdefault(name, []).append(row)
            return
        entries = self._scopes.names(scope).get(name) or (0,)
        if entries[0] == FILE:
            self._elsewhere.setdefault((NO_DEFINITION, name), []).append(row)
        elif entries[0] == OUTER:
            self._elsewhere.setdefault((self._outer(scope, name), name), []).append(row)
        else:
            self._bound.setdefault((scope, name), []).append(row)

    def _placed(self, scope: int, name: str, position: int) -> str:
        """A name, or a path that begins with one, as what the block around a byte binds."""
        if not self._has_blocks:
            return name
        head, behind = name, ""
        for at, sign in enumerate(name):
            if sign in ".[":
                head, behind = name[:at], name[at:]
                break
        start = self._scopes.block_start(scope, head, position) if self._scopes.has_blocks(head) else -1
        return name if start < 0 else f"{block_name(head, start)}{behind}"

    def _binder(self, row: int, scope: int, name: str) -> tuple[int, str, bool]:
        """The scope that binds what a flow assigns, its name there, and whether that is another scope."""
        scopes, position, inner = self._scopes, self._flows.position[row], scope
        if "." in name:
            return scope, self._placed(scope, name, position), False
        while True:
            placed = self._placed(scope, name, position)
            is_hidden = scope not in (inner, NO_DEFINITION) and scopes.is_class[scope]
            if placed != name or scope == NO_DEFINITION or (not is_hidden and name in scopes.names(scope)):
                return scope, placed, scope != inner
            scope = scopes.facts.definitions.owner[scope]

    def _add_field(self, row: int, scope: int, path: str) -> None:
        receiver, _, name = path.partition(".")
        method = self._scopes.receiving_method(scope, receiver, self._flows.position[row])
        if method != NO_DEFINITION and "." not in name:
            holder = method if self._scopes.is_class[method] else self._scopes.facts.definitions.owner[method]
            self.fields.setdefault((holder, name), []).append(row)

    def _outer(self, scope: int, name: str) -> int:
        """The function around a scope that binds a name which the scope declares to be an outer one's."""
        owner = self._scopes.facts.definitions.owner
        while scope != NO_DEFINITION:
            scope = owner[scope]
            if scope != NO_DEFINITION and (self._scopes.names(scope).get(name) or (OUTER,))[0] != OUTER:
                return scope
        return scope

    def _inner_names(self) -> frozenset[str]:
        tables: tuple[Iterable[tuple[int, str]], ...] = (self._bound, self._elsewhere, self.parameters)
        return (
            frozenset(name for table in tables for scope, name in table if scope != NO_DEFINITION) | self.narrowed_names
        )

    def binds(self, scope: int, name: str) -> bool:
        """Whether a scope assigns a name, or has it as a parameter."""
        key = (scope, name)
        return key in self._bound or key in self.parameters or key in self._elsewhere

    def everywhere(self, scope: int, name: str) -> Rows:
        """All assignments of a scope's name, wherever they stand."""
        key = (scope, name)
        return (*self._bound.get(key, ()), *self._elsewhere.get(key, ()))

    def in_range(self, name: str, position: int) -> int:
        """The flow that binds a name in the innermost expression around a byte; -1 if none does."""
        flows, found = self._flows, -1
        for row in self._ranged.get(name, ()):
            if flows.start_byte[row] <= position < flows.end_byte[row]:
                found = row
        return found

    def narrowed(self, scope: int, name: str, position: int) -> int:
        """The flow that says what a name is an instance of at a byte; -1 if none does, or it was bound since."""
        if self._has_blocks and self._narrowed:
            name = self._placed(scope, name, position)
        rows = self._narrowed.get((scope, name))
        if not rows:
            return -1
        flows, found = self._flows, -1
        for row in rows:
            if flows.start_byte[row] <= position < flows.end_byte[row]:
                found = row
        if found < 0:
            return -1
        since = flows.start_byte[found]
        bound = self._bound.get((scope, name), ())
        return -1 if any(since < flows.start_byte[row] <= position for row in bound) else found

    def versions(self, scope: int, name: str, position: int) -> Versions:
        """The assignments of a scope's name that reach a byte of that scope."""
        if self._has_blocks:
            name = self._placed(scope, name, position)
        return self.reached(self.bound(scope, name), position)

    def bound(self, scope: int, name: str) -> Bound:
        """All that binds a scope's name."""
        key = (scope, name)
        elsewhere = self._elsewhere.get(key)
        return self._bound.get(key), None if elsewhere is None else tuple(elsewhere), key in self.parameters

    def reached(self, bound: Bound, position: int) -> Versions:
        """Of all that binds a scope's name what reaches a byte of that scope."""
        rows, elsewhere, is_parameter = bound
        if rows is None:
            return (elsewhere, True) if elsewhere else _NOT_BOUND
        if len(rows) == 1 and elsewhere is None and not is_parameter:
            return (rows[0],), self._flows.start_byte[rows[0]] > position
        found = self._walk(rows, position)
        return found if elsewhere is None else ((*found[0], *elsewhere), True)

    def may_narrow(self, scope: int, name: str) -> bool:
        """Whether a part of a scope shows what its name is an instance of."""
        return (scope, name) in self._narrowing

    def is_plain(self, scope: int, name: str) -> bool:
        """Whether a name means the same wherever its scope uses it."""
        rows = self._bound.get((scope, name), ())
        if (scope, name) in self._narrowed:
            return False
        return len(rows) + ((scope, name) in self.parameters) <= 1

    def _walk(self, rows: Sequence[int], position: int) -> Versions:
        flows, branches = self._flows, self._branches
        around = branches.around(position)
        found: list[int] = []
        arms: dict[int, set[int]] = {}
        is_entered = True
        last = bisect_right(rows, position, key=flows.start_byte.__getitem__)
        for row in reversed(rows[max(last - _MOST_VERSIONS, 0) : last]):
            inside = [b for b in branches.around(flows.position[row]) if b not in around]
            if any(branches.is_over(b, around) for b in inside):
                continue
            found.append(row)
            if not inside:
                is_entered = False
                break
            if len(inside) == 1 and branches.covers(inside[0], arms):
                is_entered = False
                break
        found.extend(self._carried(rows[last : last + _MOST_VERSIONS], around))
        return tuple(found) if len(found) < 2 else tuple(sorted(set(found))), is_entered

    def _carried(self, rows: Sequence[int], around: Sequence[int]) -> list[int]:
        """Of assignments behind a byte those of a loop around it, which its next turn sees."""
        flows, loop = self._flows, self._branches.outermost_loop(around)
        if loop is None:
            return []
        return [row for row in rows if loop[0] <= flows.position[row] < loop[1]]


class Reachings:
    """The flows of all files, each made when it is first asked for."""

    def __init__(self, scopes: Sequence[FileScopes]) -> None:
        self._scopes = scopes
        self.of_file: list[Reaching | None] = [None] * len(scopes)

    def of(self, file: int) -> Reaching:
        """Those of one file."""
        known = self.of_file[file]
        if known is None:
            known = self.of_file[file] = Reaching(self._scopes[file])
        return known

    def forget(self) -> None:
        """Let go of all of them."""
        self.of_file[:] = [None] * len(self._scopes)


class _Branches:
    """The branches of one file as a tree of spans."""

    def __init__(self, scopes: FileScopes) -> None:
        table = scopes.facts.branches
        order = sorted(range(len(table.kind)), key=lambda b: (table.start_byte[b], -table.end_byte[b]))
        self._starts = [table.start_byte[b] for b in order]
        self._ends = [table.end_byte[b] for b in order]
        self._kinds = [table.kind[b] for b in order]
        self._statements = [table.statement[b] for b in order]
        self._leaves = [table.leaves[b] for b in order]
        self._parents: list[int] = []
        open_spans: list[int] = []
        self._arms: dict[int, set[int]] = {}
        self._whole: set[int] = set()  # statements one of whose arms always runs
        for b, start in enumerate(self._starts):
            while open_spans and self._ends[open_spans[-1]] <= start:
                open_spans.pop()
            self._parents.append(open_spans[-1] if open_spans else -1)
            open_spans.append(b)
            if self._kinds[b] in _ARMS:
                if not self._leaves[b]:
                    self._arms.setdefault(self._statements[b], set()).add(b)
                if self._kinds[b] == _ELSE:
                    self._whole.add(self._statements[b])

    def around(self, position: int) -> list[int]:
        """Branches that hold a byte, the innermost first."""
        found: list[int] = []
        b = bisect_right(self._starts, position) - 1
        while b >= 0:
            if position < self._ends[b]:
                found.append(b)
            b = self._parents[b]
        return found

    def is_over(self, branch: int, around: Sequence[int]) -> bool:
        """Whether what a branch assigned cannot reach a byte with these branches around it."""
        if self._leaves[branch]:
            return True
        if self._kinds[branch] not in _ARMS:
            return False
        statement = self._statements[branch]
        return any(self._statements[b] == statement and self._kinds[b] in _ARMS for b in around)

    def covers(self, branch: int, arms: dict[int, set[int]]) -> bool:
        """Note that an arm assigns; whether every way through its statement does now."""
        if self._kinds[branch] not in _ARMS:
            return False
        statement = self._statements[branch]
        done = arms.setdefault(statement, set())
        done.add(branch)
        return statement in self._whole and done >= self._arms[statement]

    def outermost_loop(self, around: Sequence[int]) -> tuple[int, int] | None:
        """The span of the outermost loop among the branches around a byte."""
        loops = [b for b in around if self._kinds[b] == _LOOP]
        return (self._starts[loops[-1]], self._ends[loops[-1]]) if loops else None
