"""Exports that nobody imports.

What flows in: a view, the mentions of names in its tree, how languages offer names, and the files that others begin
with. What flows out: findings, each with its proof. Where a file is imported in a way that names nothing, everything it
offers counts as used.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

import numpy as np

from axon.analyses.finding import LIKELY, OPEN, Finding, Unused
from axon.analyses.mentions import Mentions
from axon.graph.view import GraphView
from axon.model.kinds import EdgeKind, Flag
from axon.model.lexicon import Lexicon, Passing

_LEFT_OUT: Final = Flag.GENERATED | Flag.VENDORED | Flag.TEST
_NAMESPACE: Final = re.compile(rb"\*\s+as\s+([\w$]+)")
_DEFAULT: Final = re.compile(
    rb"\s*import\s+(?:type\s+)?(?!type\b)[\w$]|\bdefault\b|\b(?:require|import)\s*\(|\*\s+as\b"
)
_OFFERS_DEFAULT: Final = re.compile(
    rb"^\s*export\s+default\b(?:\s+(?:(?:abstract\s+)?class|async\s+function|function)\b)?\s*([\w$]*)|\bas\s+default\b()"
    rb"|^\s*(?:module\s*\.\s*)?exports(?:\s*\.\s*default)?\s*=(?!=)\s*([\w$]*)",
    re.MULTILINE,
)
_LIST_ONLY: Final = re.compile(
    rb"\s*(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{[^{}*]*\}\s*from\b[^\n]*|\s*(?:const|let|var)?\s*\{[^{}*.]*\}\s*=\s*(?:await\s+)?(?:require|import)\b.*"
)
_NAMES: Final = re.compile(rb"[A-Za-z_$][\w$]*")
_DEFAULT_NAME: Final = "default"


def unused_exports(
    view: GraphView, text: Mentions, lexicon_of: Callable[[str], Lexicon], entries: Collection[str]
) -> list[Finding]:
    """What a file exports and nobody who imports it names, but for what entries and unimported files offer others."""
    search = _Search(view, text, lexicon_of, entries)
    found = []
    for row in np.flatnonzero(view.is_file).tolist():
        path = view.paths[row]
        if row in search.public or int(view.flags[row]) & _LEFT_OUT or path not in text.files:
            continue
        if lexicon_of(path).exports_are_explicit:
            found += search.of_file(row)
    return found


def _is_taken_whole(code: bytes, statement: bytes) -> bool:
    """Whether a namespace that a statement imports is used other than for a member that is named."""
    found = _NAMESPACE.search(statement)
    if found is None:
        return False
    uses = re.findall(rb"(?<![\w$.])" + re.escape(found[1]) + rb"(?![\w$])(?!\s*(?:\?\.|\.(?!\.)))", code)
    return len(uses) > 1  # the import itself is one


def _offered_as(name: bytes, code: bytes) -> list[bytes]:
    """Names under which a file may offer what it calls so: `{ other: name }`, `name as other`, `exports.other = `."""
    word = re.escape(name)
    pattern = rb"([\w$]+)\s*:\s*" + word + rb"\s*[,}\n]|\b" + word + rb"\s+as\s+([\w$]+)|"
    pattern += rb"\bexports\.([\w$]+)\s*=\s*" + word + rb"\b"
    return [next(filter(None, found)) for found in re.findall(pattern, code)]


class _Search:
    """Who imports what, once for the whole tree; `public` are the files whose exports others may want."""

    def __init__(
        self, view: GraphView, text: Mentions, lexicon_of: Callable[[str], Lexicon], entries: Collection[str]
    ) -> None:
        self._view, self._text, self._lexicon_of = view, text, lexicon_of
        imports = np.flatnonzero(view.edges_of(EdgeKind.IMPORTS))
        imports = imports[(view.source[imports] != view.target[imports]) & view.is_file[view.target[imports]]]
        self._importers: dict[int, dict[int, list[bytes]]] = {}
        for edge in imports.tolist():
            by_file = self._importers.setdefault(int(view.target[edge]), {})
            by_file.setdefault(int(view.source[edge]), []).append(self._statement(edge))
        self.public = self._public_files(entries)
        self._exports: dict[int, list[int]] = {}
        offered = set()
        for edge in np.flatnonzero(view.edges_of(EdgeKind.EXPORTS)).tolist():
            row, symbol = int(view.source[edge]), int(view.target[edge])
            self._exports.setdefault(row, []).append(symbol)
            if row in self.public:
                offered.add(symbol)
        self._offered = offered

    def of_file(self, row: int) -> list[Finding]:
        """Findings of one file, by symbol."""
        view, path = self._view, self._view.paths[row]
        users = self._users(row)
        default = _OFFERS_DEFAULT.search(self._text.files[path].code)
        default_name = (default[1] or default[3] or b"").decode() if default else ""
        found = []
        for symbol in dict.fromkeys(self._exports.get(row, ())):
            name = view.names[symbol]
            if symbol in self._offered or name in {default_name, _DEFAULT_NAME}:
                continue
            encoded = name.encode("utf-8", "surrogatepass")
            if encoded in self._text.imported_types:
                continue  # a type says so where it stands, which is no import
            is_own = view.paths[symbol] == path
            if not is_own and not self._text.files[path].names[encoded]:
                continue  # it is offered under another name, or with all of its file
            offered = {encoded, *_offered_as(encoded, self._text.files[path].code)} if is_own else {encoded}
            if not any(self._is_named(row, user, one) for user in users for one in sorted(offered)):
                said = "no file that imports its file names" if is_own else "it is passed on, and nobody names"
                found.append(self._finding(symbol if is_own else row, name, said))
        if default and not self._is_default_used(row):
            found.append(self._finding(row, _DEFAULT_NAME, "no file imports"))
            return [replace(one, confidence=OPEN, proof=f"{one.proof}; something may load the file") for one in found]
        return found

    def _finding(self, row: int, name: str, said: str) -> Finding:
        line = int(self._view.start_line[row])
        return Finding(Unused.EXPORT, row, name, line, LIKELY, f"{said} `{name}`")

    def _is_named(self, row: int, user: int, name: bytes) -> bool:
        """Whether a user of a file names one of its exports: in the lists of its imports, or else anywhere."""
        statements = self._importers[row].get(user, ())
        if statements and all(self._passing(user, statement).something for statement in statements):
            inside = sum(_NAMES.findall(statement).count(name) for statement in statements)
            return self._text.files[self._view.paths[user]].names[name] > inside
        if statements and all(_LIST_ONLY.fullmatch(statement) for statement in statements):
            return any(name in _NAMES.findall(statement) for statement in statements)
        file = self._text.files[self._view.paths[user]]
        return file.names[name] > 0 or any(_is_taken_whole(file.code, statement) for statement in statements)

    def _users(self, row: int) -> list[int]:
        """The files that import a file, or one that passes its exports on, at any distance."""
        seen, waiting = {row}, [row]
        while waiting:
            for importer, statements in self._importers.get(waiting.pop(), {}).items():
                if importer not in seen:
                    seen.add(importer)
                    if any(self._passing(importer, statement).something for statement in statements):
                        waiting.append(importer)
        return sorted(user for user in seen - {row} if self._view.paths[user] in self._text.files)

    def _is_default_used(self, row: int) -> bool:
        statements = (one for all_of in self._importers.get(row, {}).values() for one in all_of)
        return any(_DEFAULT.search(statement) for statement in statements)

    def _public_files(self, entries: Collection[str]) -> set[int]:
        """Entries, files that nobody imports, and what these pass on as a whole."""
        view = self._view
        files = np.flatnonzero(view.is_file).tolist()
        public = {row for row in files if row not in self._importers or view.paths[row] in entries}
        passes_on: dict[int, list[int]] = {}
        for row, importers in self._importers.items():
            for importer, statements in importers.items():
                if any(self._is_whole(importer, statement) for statement in statements):
                    passes_on.setdefault(importer, []).append(row)
        waiting = list(public)
        while waiting:
            new = [row for row in passes_on.get(waiting.pop(), ()) if row not in public]
            public.update(new)
            waiting += new
        return public

    def _passing(self, importer: int, statement: bytes) -> Passing:
        return self._lexicon_of(self._view.paths[importer]).passing(statement.decode("utf-8", "replace"))

    def _is_whole(self, importer: int, statement: bytes) -> bool:
        return self._passing(importer, statement).everything or _NAMESPACE.search(statement) is not None

    def _statement(self, edge: int) -> bytes:
        view = self._view
        file = self._text.files.get(view.paths[int(view.source[edge])])
        return file.source[view.edge_start[edge] : view.edge_end[edge]] if file else b""
