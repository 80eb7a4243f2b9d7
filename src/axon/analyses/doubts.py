"""Why a symbol that nothing leads to may be used all the same.

What flows in: a view and the text of its tree. What flows out: for a symbol its doubts, each in words, and how sure one
can be in spite of it; and whether only its own file can mean it. What is reported, `dead_code` says.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from axon.analyses.finding import DOUBTFUL, OPEN
from axon.analyses.mentions import CodeText, Mentions, line_above, line_of
from axon.graph.view import GraphView, Mask, Rows
from axon.model.kinds import CLASS_KINDS, NODE_KINDS, EdgeKind, Flag, NodeKind

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
_DECORATOR: Final = re.compile(rb"@[\w.\s]*?(\w+)\s*(?:\(.*)?\Z")
_VALUES: Final = frozenset({NodeKind.FUNCTION, NodeKind.CLASS})
_WANTS_VALUE: Final = re.compile(rb"(?:[(\[,=?:&|!]|\b(?:return|new|await|yield|throw|default))\s*\Z")
_INHERITS: Final = re.compile(rb"(?:[\w@]+\s+)*?class\b[^{(:\n]*(?:\bextends\b|\(\s*[^)\s])")
_LOOK_BACK: Final = 80


class Doubts:
    """What is known of every node of one graph; `owner` is the node that defines each, or -1."""

    def __init__(self, view: GraphView, text: Mentions, owner: Rows) -> None:
        self._view, self._text, self._owner = view, text, owner
        self._is_class = view.is_kind(*CLASS_KINDS)
        self._open_classes = _open_classes(view, self._of_unknown())
        self._decorated = _decorators(view)
        self._is_imported = np.zeros(view.n_nodes, bool)
        self._is_imported[view.target[view.edges_of(EdgeKind.IMPORTS)]] = True
        self._prefixes = tuple(sorted(name.decode("utf-8", "replace") for name in text.prefixes))

    def _of_unknown(self) -> list[int]:
        """Classes that say that they inherit, of which no edge says from what."""
        view = self._view
        inherits = np.zeros(view.n_nodes, bool)
        inherits[view.source[view.edges_of(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS)]] = True
        rows = np.flatnonzero(view.is_kind(NodeKind.CLASS) & ~inherits).tolist()
        return [row for row in rows if _INHERITS.match(self._code(row))]

    def of(self, row: int) -> list[tuple[float, str]]:
        """Why it may be used all the same, and how sure it can be then."""
        view, kind = self._view, NODE_KINDS[self._view.kind[row]]
        found = self._doubts_of_members(row, kind)
        if kind is NodeKind.FUNCTION and in_object(view.names[row].encode()).match(self._code(row)):
            found.append((DOUBTFUL, "an object holds it, and may be asked for it by any name"))
        elif kind in _VALUES and self._is_value(row):
            found.append((DOUBTFUL, "it is handed on where it is written"))
        if self._line_above(row, 1).startswith(b"declare"):
            found.append((DOUBTFUL, "it adds to what is declared elsewhere"))
        if kind is NodeKind.VARIABLE and view.names[row].startswith("__"):
            found.append((DOUBTFUL, "a tool may look for a name of this form"))
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
        owner = int(self._owner[row])
        if owner < 0 or not self._is_class[owner]:
            return []
        found = []
        if self._open_classes[owner]:
            found.append((DOUBTFUL, "a base class that is not in the tree may use it"))
        if kind is NodeKind.PROPERTY and owner in self._decorated:
            found.append((DOUBTFUL, f"`{self._decorated[owner]}` decorates its class and may read it"))
        if NODE_KINDS[self._view.kind[owner]] in {NodeKind.INTERFACE, NodeKind.ENUM}:
            found.append((DOUBTFUL, "it is part of what its class promises"))
        return found

    def is_private(self, row: int) -> bool:
        """Whether nobody outside of its file can mean it by the language's convention.

        A member with a public name is not: an instance may be handed to anybody who knows the name.
        """
        at = row
        view, owner = self._view, int(self._owner[row])
        if owner >= 0 and self._is_class[owner]:
            if view.flags[row] & Flag.EXPORTED:
                return False
            return view.names[row].startswith(("_", "#")) or bool(view.flags[owner] & Flag.EXPORTED)
        if self._line_above(row, 0).startswith(b"export"):
            return False
        while at >= 0:
            owner = int(self._owner[at])
            if owner >= 0 and self._view.is_callable[owner]:
                return True  # local
            if not self._view.flags[at] & Flag.EXPORTED and not self._view.is_file[at]:
                return True
            at = owner
        return False

    def _is_under_unknown(self, row: int) -> bool:
        """Whether a decorator whose name says nothing stands right above a definition, or the end of a long one."""
        file = self._text.files.get(self._view.paths[row])
        if file is None or NODE_KINDS[self._view.kind[row]] in {NodeKind.VARIABLE, NodeKind.PROPERTY}:
            return False
        return is_under_unknown(file, int(self._view.start_byte[row]))

    def _line_above(self, row: int, steps: int) -> bytes:
        """The line on which a definition begins, or (`steps` is 1) the nearest above that is indented less."""
        file = self._text.files.get(self._view.paths[row])
        if file is None:
            return b""
        start = int(self._view.start_byte[row])
        return line_above(file.source, start).strip() if steps else line_of(file.source, start).strip()

    def _is_value(self, row: int) -> bool:
        """Whether a definition stands where a value is wanted: `run(function name() {})`."""
        file = self._text.files.get(self._view.paths[row])
        return file is not None and is_value(file, int(self._view.start_byte[row]))

    def _is_unimported(self, row: int) -> bool:
        at = row
        while self._owner[at] >= 0:
            at = int(self._owner[at])
        return not self._is_imported[at]

    def _code(self, row: int) -> bytes:
        file = self._text.files.get(self._view.paths[row])
        return file.code[self._view.start_byte[row] : self._view.end_byte[row]] if file else b""


def is_under_unknown(file: CodeText, start: int) -> bool:
    """Whether a decorator that may register what it decorates stands right above what begins at a byte."""
    at = file.source.rfind(b"\n", 0, start)
    above = line_of(file.source, at - 1).strip() if at > 0 else b""
    name = _DECORATOR.match(above)
    return above == b")" or (name is not None and name[1].decode("utf-8", "replace") not in _PASSIVE)


def is_value(file: CodeText, start: int) -> bool:
    """Whether what begins at a byte stands where a value is wanted."""
    return _WANTS_VALUE.search(file.code, max(start - _LOOK_BACK, 0), start) is not None


def in_object(name: bytes) -> re.Pattern[bytes]:
    """How what is written in an object, or put into one, begins."""
    word = re.escape(name)
    return re.compile(rb"(?:(?:async|get|set)\s+|\*\s*)*" + word + rb"\s*[:(]|[\w$.]+\." + word + rb"\s*=")


def _open_classes(view: GraphView, of_unknown: Sequence[int]) -> Mask:
    """Classes that inherit from one outside of the tree, or one not known, that may call what it does not define."""
    bases = np.flatnonzero(view.edges_of(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS))
    external = view.is_kind(NodeKind.EXTERNAL)
    found = np.zeros(view.n_nodes, bool)
    found[list(of_unknown)] = True
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
