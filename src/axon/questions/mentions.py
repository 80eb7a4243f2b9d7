"""Which symbols a sentence names.

What flows in: columns and words as a person or an agent writes them. What flows out: rows, best first, for each name in
the sentence. Words of plain prose are no names, unless exactly one symbol is called so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from axon.model.ids import file_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EdgeKind, Flag, NodeKind
from axon.questions.symbols import candidates
from axon.storage.columns import IndexColumns

_TOKEN: Final = re.compile(r"`([^`]+)`|([\w$@<>#./:\\-]+(?:\(\))?)")
_EDGE: Final = ".,:;?!()'\""
_PLAIN: Final = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+|[\W\d]+")
_LEAST_PLAIN: Final = 6
_MOST_PLAIN: Final = 1
_MOST_SAID: Final = 8
_KIND: Final = r"(?:class|function|method|interface|enum|type|variable|constant|decorator|module|file)"
_SAID: Final = re.compile(rf"\b{_KIND} ([\w$]+)|\b([\w$]+) {_KIND}\b")
"""A word beside that of a kind is a name: `the Map class`, `the function dump`."""
_CAPITAL: Final = re.compile(r"(?<=[\w,;] )[A-Z][a-z]+\b")
"""So may be one with a capital letter in the middle of a sentence."""
_DEFINED: Final = CALLABLE_KINDS | CLASS_KINDS | {NodeKind.VARIABLE, NodeKind.TYPE_ALIAS, NodeKind.PROPERTY}


@dataclass(frozen=True, slots=True)
class Mention:
    """One name in a sentence, and the rows that it fits, the likeliest first."""

    text: str
    rows: tuple[int, ...]


def mentions(columns: IndexColumns, sentence: str) -> list[Mention]:
    """The names in `sentence` that fit something, in their order, each once."""
    found: dict[str, Mention] = {}
    said = {word for pair in _SAID.findall(sentence) for word in pair if word}
    capital = set(_CAPITAL.findall(sentence))
    for quoted, bare in _TOKEN.findall(sentence):
        text = (quoted or bare).strip(_EDGE).removesuffix("()").strip(_EDGE)
        if text and text not in found:
            rows = _rows(columns, text, is_quoted=bool(quoted))
            if not rows and text in said | capital:
                rows = _said(columns, text, _DEFINED if text in said else CLASS_KINDS)
            if rows:
                found[text] = Mention(text, tuple(sorted(rows, key=lambda row: _rank(columns, row))))
    return list(found.values())


def _rows(columns: IndexColumns, text: str, *, is_quoted: bool) -> list[int]:
    exact = columns.row_of(text)
    if exact is not None:
        return [exact]
    if "/" in text:
        return _files(columns, text)
    if not is_quoted and _PLAIN.fullmatch(text):
        return _plain(columns, text)
    rows = [row for row in candidates(columns, text) if columns.node(row).kind is not NodeKind.EXTERNAL]
    return rows or (_dotted(columns, text) if "." in text else [])


def _dotted(columns: IndexColumns, text: str) -> list[int]:
    """A file by its dotted name, or what is called like the end of it, behind a variable that nobody knows."""
    name = text.rpartition(".")[2]
    rows = [] if _PLAIN.fullmatch(name) and len(name) < _LEAST_PLAIN else columns.rows_named(name)
    return _files(columns, text.replace(".", "/")) or [row for row in rows if _is_code(columns, row)]


def _said(columns: IndexColumns, text: str, kinds: frozenset[NodeKind]) -> list[int]:
    """What is called so, where these are few."""
    rows = [row for row in columns.rows_named(text) if _is_code(columns, row) and columns.node(row).kind in kinds]
    return rows if len(rows) <= _MOST_SAID else []


def _is_code(columns: IndexColumns, row: int) -> bool:
    node = columns.node(row)
    return node.kind in _DEFINED and not node.flags & Flag.TEST


def _plain(columns: IndexColumns, text: str) -> list[int]:
    """What is called like a word of prose: only where one definition outside of tests is, and the word is not short."""
    if len(text) < _LEAST_PLAIN:
        return []
    rows = [row for row in columns.rows_named(text) if _is_defined(columns, row)]
    return rows if len(rows) <= _MOST_PLAIN else []


def _is_defined(columns: IndexColumns, row: int) -> bool:
    node = columns.node(row)
    return node.kind in _DEFINED and not node.flags & Flag.TEST and "." not in node.qualified_name


def _files(columns: IndexColumns, text: str) -> list[int]:
    """Files whose path ends so, with or without the ending of their name; of a package the file that is its body."""
    wanted = text.strip("/")
    rows = []
    for path in columns.paths_matching(wanted):
        stem = path.rpartition(".")[0]
        row = columns.row_of(file_id(path))
        if row is None:
            continue
        is_package = bool(columns.node(row).flags & Flag.PACKAGE)
        names = (path, stem, *((stem.rpartition("/")[0],) if is_package else ()))
        if any(f"/{name}".endswith(f"/{wanted}") for name in names):
            rows.append(row)
    return rows


def _rank(columns: IndexColumns, row: int) -> tuple[bool, bool, bool, int, str]:
    node = columns.node(row)
    uses = len(columns.incoming(row, EdgeKind.CALLS, EdgeKind.USES_TYPE, EdgeKind.EXTENDS))
    return (
        bool(node.flags & Flag.TEST),
        bool(node.flags & Flag.OVERLOAD),
        not node.flags & Flag.EXPORTED,
        -uses,
        node.id,
    )


def chosen(found: Iterable[Mention]) -> list[int]:
    """The likeliest row of each mention, each once."""
    return list(dict.fromkeys(mention.rows[0] for mention in found))
