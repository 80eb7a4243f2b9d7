"""Which symbols nobody uses.

What flows in: a view and the mentions of names in its tree. What flows out: findings, each with its proof and how sure
it is. A symbol is dead where no edge leads to it from outside and its name stands nowhere else in the tree; a name that
stands in the text of something dead alone is not used either. What a framework, a base class of a library or whoever
imports a package may use is reported with less confidence, or not at all.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from axon.analyses.mentions import Mentions, line_above, line_of, reads
from axon.graph.view import GraphView, Mask, Rows
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, NODE_KINDS, EdgeKind, Flag, NodeKind

_MOST_ROUNDS: Final = 6

_CANDIDATES: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.VARIABLE, NodeKind.PROPERTY, NodeKind.TYPE_ALIAS}
_USES: Final = (
    EdgeKind.CALLS,
    EdgeKind.PASSES,
    EdgeKind.USES_TYPE,
    EdgeKind.EXTENDS,
    EdgeKind.IMPLEMENTS,
    EdgeKind.DECORATED_BY,
    EdgeKind.INJECTED_WITH,
    EdgeKind.HANDLED_BY,
)
_PASSIVE: Final = frozenset(
    [
        "staticmethod",
        "classmethod",
        "property",
        "cached_property",
        "lru_cache",
        "cache",
        "wraps",
        "contextmanager",
        "asynccontextmanager",
        "abstractmethod",
        "override",
        "final",
        "overload",
        "dataclass",
        "total_ordering",
        "no_type_check",
        "type_check_only",
        "deprecated",
    ]
)
"""Decorators after which a symbol is used by its name, as without them."""
_HARMLESS: Final = frozenset(
    [
        "object",
        "Exception",
        "BaseException",
        "ValueError",
        "TypeError",
        "RuntimeError",
        "KeyError",
        "LookupError",
        "AttributeError",
        "OSError",
        "ImportError",
        "ABC",
        "Generic",
        "Error",
    ]
)
"""External bases that call nothing of a subclass by name."""
_DUNDER: Final = re.compile(r"__\w+__\Z")
_DECORATOR: Final = re.compile(rb"@[\w.\s]*?(\w+)\s*(?:\(.*)?\Z")
_RUN_BY_TESTS: Final = re.compile(
    r"\.?(?:test|setup|teardown|pytest|before|after|run)|\w*(?:Test|Case|Spec)", re.IGNORECASE
)


def _in_object(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(?:(?:async|get|set)\s+|\*\s*)*" + re.escape(name) + rb"\s*[:(]")


class Unused(StrEnum):
    """What is not used."""

    SYMBOL = "symbol"
    IMPORT = "import"
    PARAMETER = "parameter"
    ATTRIBUTE = "attribute"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that nobody uses: `row` is the symbol, or the function or file that holds `name` at `line`."""

    what: Unused
    row: int
    name: str
    line: int
    confidence: float
    proof: str
    is_direct: bool = True  # its name stands nowhere else, and not only in what is not used either


CERTAIN: Final = 0.95  # nobody outside of its file can mean it, and its name stands nowhere else
LIKELY: Final = 0.85  # it could be meant from anywhere in the tree, and its name stands nowhere else
KNOWN: Final = 0.8  # from here on a finding is one to act on
OPEN: Final = 0.6  # whoever imports the package may use it; or something else might use it without its name
DOUBTFUL: Final = 0.5  # a framework or a base class may use it


def unused_symbols(view: GraphView) -> Rows:
    """Symbols to which no edge leads from outside of themselves, ascending: what the graph alone says."""
    return np.flatnonzero(view.is_kind(*_CANDIDATES) & ~used_symbols(view, owners(view), ()))


def dead_symbols(
    view: GraphView, text: Mentions, unused: Rows, *, is_library: bool, with_inner: bool = False
) -> list[Finding]:
    """Those of the `unused_symbols` that nobody names either, by row; inner ones of them are listed `with_inner` only.

    In a library, what others may import is only reported as open: they are not in the tree.
    """
    search = _Search(view, text, unused, is_library=is_library)
    sure: dict[int, Finding] = {}
    for number in range(_MOST_ROUNDS):
        found = [one for row in search.round(sure) if (one := search.finding(row, number)).confidence >= KNOWN]
        if not found:
            break
        sure.update((one.row, one) for one in found)
    dead = dict(sure)
    for number in range(_MOST_ROUNDS):  # what stands only in what may be used is no more certain than that
        found = [search.finding(row, len(sure) + number, most=OPEN) for row in search.round(dead)]
        if not found:
            break
        dead.update((one.row, one) for one in found)
    return [dead[row] for row in sorted(dead) if with_inner or int(search.owner[row]) not in dead]


class _Search:
    """One search: what is known of every node once, and rounds that find what is dead."""

    def __init__(self, view: GraphView, text: Mentions, unused: Rows, *, is_library: bool) -> None:
        self.view, self.text, self._is_library = view, text, is_library
        self.owner = owners(view)
        self._used_at_first = np.ones(view.n_nodes, bool)
        self._used_at_first[unused] = False
        self._is_class = view.is_kind(*CLASS_KINDS)
        self._open_classes = _open_classes(view)
        self._decorated = _decorators(view)
        self._rows_named: dict[str, list[int]] = {}
        for row in np.flatnonzero(view.is_kind(*_CANDIDATES)).tolist():
            self._rows_named.setdefault(view.names[row], []).append(row)
        self._candidates = self._find_candidates()
        self._prefixes = tuple(sorted(name.decode("utf-8", "replace") for name in text.prefixes))
        self._most_own: dict[str, int] = {}

    def round(self, dead: Mapping[int, Finding]) -> list[int]:
        """What is dead now and was not before."""
        gone = self._reads_of(dead)
        used = used_symbols(self.view, self.owner, dead) if dead else self._used_at_first
        found = []
        for name, rows in self._candidates.items():
            encoded = name.encode("utf-8", "surrogatepass")
            read = self.text.reads[encoded] - gone[encoded]
            if read <= self._most_own_reads(name, encoded) and read <= self._own_reads(name, encoded, dead):
                found += [row for row in rows if row not in dead and not used[row]]
        return found

    def finding(self, row: int, number: int, *, most: float = 1.0) -> Finding:
        """What a round with this number says of a symbol, at most so sure."""
        name, is_private = self.view.names[row], self.is_private(row)
        if number:
            proof = f"`{name}` stands only in what is not used either"
        else:
            proof = f"no edge leads to it, and `{name}` stands nowhere else in the tree"
        doubts = self._doubts(row)
        if self._is_library and not is_private:
            doubts.append((OPEN, "whoever imports the package may use it"))
        confidence = min(most, CERTAIN if is_private else LIKELY, *(doubt for doubt, _ in doubts))
        text = "; ".join([proof, *(said for _, said in doubts)])
        line = int(self.view.start_line[row])
        return Finding(Unused.SYMBOL, row, name, line, confidence, text, is_direct=not number)

    def is_private(self, row: int) -> bool:
        """Whether nobody outside of its file can mean it by the language's convention.

        A member with a public name is not: an instance may be handed to anybody who knows the name.
        """
        at = row
        view, owner = self.view, int(self.owner[row])
        if owner >= 0 and self._is_class[owner]:
            if view.flags[row] & Flag.EXPORTED:
                return False
            return view.names[row].startswith(("_", "#")) or bool(view.flags[owner] & Flag.EXPORTED)
        if self._line_above(row, 0).startswith(b"export"):
            return False
        while at >= 0:
            owner = int(self.owner[at])
            if owner >= 0 and self.view.is_callable[owner]:
                return True  # local
            if not self.view.flags[at] & Flag.EXPORTED and not self.view.is_file[at]:
                return True
            at = owner
        return False

    def _doubts(self, row: int) -> list[tuple[float, str]]:
        """Why it may be used all the same, and how sure it can be then."""
        view, kind = self.view, NODE_KINDS[self.view.kind[row]]
        found = self._doubts_of_members(row, kind)
        if kind is NodeKind.FUNCTION and _in_object(view.names[row].encode()).match(self._code(row)):
            found.append((DOUBTFUL, "an object holds it, and may be asked for it by any name"))
        if self._line_above(row, 1).startswith(b"declare"):
            found.append((DOUBTFUL, "it adds to what is declared elsewhere"))
        if any(view.names[row].startswith(prefix) for prefix in self._prefixes):
            found.append((DOUBTFUL, "a text begins like its name, which may be made when the program runs"))
        if view.flags[row] & Flag.TEST:
            found.append((DOUBTFUL, "a test runner may use it"))
        if row in self._decorated:
            found.append((DOUBTFUL, f"`{self._decorated[row]}` decorates it and may register it"))
        elif self._is_under_unknown(row):
            found.append((DOUBTFUL, "a decorator that is not known may register it"))
        if kind in {NodeKind.VARIABLE, NodeKind.TYPE_ALIAS} and self._is_unimported(row):
            found.append((OPEN, "nobody imports its file, which a program may read"))
        return found

    def _doubts_of_members(self, row: int, kind: NodeKind) -> list[tuple[float, str]]:
        """The same of what a class makes of its member."""
        owner = int(self.owner[row])
        if owner < 0 or not self._is_class[owner]:
            return []
        found = []
        if self._open_classes[owner]:
            found.append((DOUBTFUL, "a base class that is not in the tree may use it"))
        if kind is NodeKind.PROPERTY and owner in self._decorated:
            found.append((DOUBTFUL, f"`{self._decorated[owner]}` decorates its class and may read it"))
        if NODE_KINDS[self.view.kind[owner]] in {NodeKind.INTERFACE, NodeKind.ENUM}:
            found.append((DOUBTFUL, "it is part of what its class promises"))
        return found

    def _find_candidates(self) -> dict[str, list[int]]:
        """Rows by name that are not alive by what they are."""
        view = self.view
        overrides = np.zeros(view.n_nodes, bool)
        overrides[view.source[view.edges_of(EdgeKind.OVERRIDES)]] = True
        overrides[view.source[view.edges_of(EdgeKind.TRIGGERED_BY)]] = True
        left_out = Flag.GENERATED | Flag.VENDORED | Flag.OVERLOAD | Flag.ABSTRACT
        file = {path: row for row, path in enumerate(view.paths) if view.is_file[row]}
        found: dict[str, list[int]] = {}
        for name, rows in self._rows_named.items():
            if _DUNDER.match(name) or name == "_" or not name.isidentifier():
                continue
            kept = [
                row
                for row in rows
                if not overrides[row]
                and not (int(view.flags[row]) & Flag.TEST and _RUN_BY_TESTS.match(name))
                and not (int(view.flags[row]) | int(view.flags[file.get(view.paths[row], row)])) & left_out
            ]
            if kept:
                found[name] = kept
        return found

    def _reads_of(self, dead: Mapping[int, Finding]) -> "Counter[bytes]":
        """How often names stand in what is dead, each text counted once."""
        total: Counter[bytes] = Counter()
        for row in dead:
            above = int(self.owner[row])
            while above >= 0 and above not in dead:
                above = int(self.owner[above])
            if above < 0:
                total.update(reads(self._code(row)))
        return total

    def _most_own_reads(self, name: str, encoded: bytes) -> int:
        """No fewer than the definitions of a name hold of it, counted without looking where names begin."""
        if name not in self._most_own:
            self._most_own[name] = sum(self._code(row).count(encoded) for row in self._rows_named[name])
        return self._most_own[name]

    def _own_reads(self, name: str, encoded: bytes, dead: Mapping[int, Finding]) -> int:
        """How often the name stands in the definitions of that name themselves, but for dead ones."""
        total = 0
        for row in self._rows_named[name]:
            at, inside = int(self.owner[row]), False
            while at >= 0 and not inside:
                inside = self.view.names[at] == name and not self.view.is_file[at]
                inside = inside or at in dead
                at = int(self.owner[at])
            if not inside and row not in dead:
                total += reads(self._code(row))[encoded]
        return total

    def _code(self, row: int) -> bytes:
        file = self.text.files.get(self.view.paths[row])
        if file is None:
            return b""
        return file.code[self.view.start_byte[row] : self.view.end_byte[row]]

    def _is_under_unknown(self, row: int) -> bool:
        """Whether a decorator whose name says nothing stands right above a definition, or the end of a long one."""
        file = self.text.files.get(self.view.paths[row])
        if file is None or NODE_KINDS[self.view.kind[row]] in {NodeKind.VARIABLE, NodeKind.PROPERTY}:
            return False
        at = file.source.rfind(b"\n", 0, int(self.view.start_byte[row]))
        above = line_of(file.source, at - 1).strip() if at > 0 else b""
        name = _DECORATOR.match(above)
        return above == b")" or (name is not None and name[1].decode("utf-8", "replace") not in _PASSIVE)

    def _line_above(self, row: int, steps: int) -> bytes:
        """The line on which a definition begins, or (`steps` is 1) the nearest above that is indented less."""
        file = self.text.files.get(self.view.paths[row])
        if file is None:
            return b""
        start = int(self.view.start_byte[row])
        return line_above(file.source, start).strip() if steps else line_of(file.source, start).strip()

    def _is_unimported(self, row: int) -> bool:
        view = self.view
        at = row
        while self.owner[at] >= 0:
            at = int(self.owner[at])
        edges, _ = view.incoming.of_all(np.array([at], np.int64))
        return not np.any(view.edges_of(EdgeKind.IMPORTS)[edges])


def owners(view: GraphView) -> Rows:
    """The node that defines each node, -1 for what nothing defines."""
    defines = np.flatnonzero(view.edges_of(EdgeKind.DEFINES))
    found = np.full(view.n_nodes, -1, np.int64)
    found[view.target[defines]] = view.source[defines]
    return found


def used_symbols(view: GraphView, owner: Rows, dead: Collection[int]) -> Mask:
    """Which nodes an edge leads to from outside of themselves and of what is dead; with a part its whole is used."""
    is_dead = np.zeros(view.n_nodes, bool)
    is_dead[list(dead)] = True
    edges = np.flatnonzero(view.edges_of(*_USES))
    at, target = view.source[edges].astype(np.int64), view.target[edges].astype(np.int64)
    alive = np.ones(len(edges), bool)
    while np.any(at >= 0):
        alive &= (at < 0) | ((at != target) & ~is_dead[at])
        at = np.where(at >= 0, owner[at], -1)
    used = np.zeros(view.n_nodes, bool)
    frontier = np.unique(target[alive])
    while len(frontier):
        used[frontier] = True
        above = owner[frontier]
        frontier = np.unique(above[above >= 0])
        frontier = frontier[~used[frontier]]
    return used


def _open_classes(view: GraphView) -> Mask:
    """Classes that inherit from one outside of the tree that may call what it does not define."""
    bases = np.flatnonzero(view.edges_of(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS))
    external = view.is_kind(NodeKind.EXTERNAL)
    found = np.zeros(view.n_nodes, bool)
    for edge in bases[external[view.target[bases]]].tolist():
        if view.names[int(view.target[edge])].rpartition(".")[2] not in _HARMLESS:
            found[view.source[edge]] = True
    for _ in range(view.n_nodes):
        more = view.source[bases[found[view.target[bases]]]]
        if found[more].all():
            return found
        found[more] = True
    return found


def _decorators(view: GraphView) -> dict[int, str]:
    """Symbols that a decorator may hand to somebody, with its name."""
    found: dict[int, str] = {}
    for edge in np.flatnonzero(view.edges_of(EdgeKind.DECORATED_BY)).tolist():
        name = view.names[int(view.target[edge])]
        if name.rpartition(".")[2] not in _PASSIVE:
            found.setdefault(int(view.source[edge]), name)
    return found
