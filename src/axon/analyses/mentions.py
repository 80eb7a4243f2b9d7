"""Where names stand in the text of a tree, comments and prose left out.

What flows in: sources by path and how the language of each writes comments. What flows out: for each file its code,
byte for byte as long as its source, and how often each name stands in it. A string counts as code where it is no prose:
a key, a dotted name, an annotation, or code between braces; of the prose on one line, the words that look like names.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from axon.model.lexicon import Lexicon

_STRING: Final = (
    rb"([fFrRbBuUtT]{0,2})(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''"
    rb"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')"
)
_WITH_HASH: Final = re.compile(rb"#[^\n]*|" + _STRING, re.DOTALL)
_WITH_SLASHES: Final = re.compile(rb"//[^\n]*|/\*.*?\*/|()(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')", re.DOTALL)
_NAME: Final = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_TYPE: Final = rb"[\w.]+(?:\[[^=\n(){}]*\])?"
_WORD: Final = rb"([A-Za-z_$\x80-\xff][\w$\x80-\xff]*)"
_ANNOTATED: Final = rb"(?::[ \t]*" + _TYPE + rb"(?:[ \t]*\|[ \t]*" + _TYPE + rb")*)?"
# `f(name=1)` passes a value and `case K(name=1)` reads one: without blanks, only a line that is nothing else assigns.
_STORED: Final = re.compile(
    _WORD + _ANNOTATED + rb"[ \t]+=(?![=>])|^[ \t]*" + _WORD + rb"=(?![=>])[^\n]*[^,(\n]$", re.MULTILINE
)
_KEY: Final = re.compile(rb"[^\s]*\Z|[\w.\[\], |:*]*\[[\w.\[\], |:*\"']*\Z")
_TYPE_COMMENT: Final = re.compile(rb"#\s*type:\s*(?!ignore)")
_NAME_IN_PROSE: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:_|[a-z][A-Z])[\w$]*|_[\w$]+")
_PREFIX: Final = re.compile(rb"(?<![\w.\-/])([A-Za-z_]\w{2,}_)(?:%[sdr(]|\$?\{|['\"]\s*\+)")
_HOLES: Final = re.compile(rb"\{[^{}]*\}")
_LONGEST_KEY: Final = 200


@dataclass(frozen=True, eq=False)
class CodeText:
    """One file: its source, and the same with what is no code blanked."""

    source: bytes
    code: bytes

    @cached_property
    def names(self) -> "Counter[bytes]":
        """How often each name stands in it."""
        return Counter(_NAME.findall(self.code))

    @cached_property
    def reads(self) -> "Counter[bytes]":
        """How often each name stands in it other than to be assigned to."""
        found = self.names.copy()
        found.subtract(Counter(spaced or alone for spaced, alone in _STORED.findall(self.code)))
        return found


def reads(code: bytes) -> "Counter[bytes]":
    """How often each name stands in the code other than to be assigned to."""
    return CodeText(code, code).reads


def line_of(source: bytes, at: int) -> bytes:
    """The line of a byte."""
    end = source.find(b"\n", at)
    return source[source.rfind(b"\n", 0, at) + 1 : end if end >= 0 else len(source)]


def line_above(source: bytes, at: int) -> bytes:
    """The nearest line above that of a byte that is indented less and not empty; nothing where there is none."""
    depth = _indent(line_of(source, at))
    end = source.rfind(b"\n", 0, at)
    while depth and end >= 0:
        start = source.rfind(b"\n", 0, end) + 1
        line = source[start:end]
        if line.strip() and _indent(line) < depth:
            return line
        end = start - 1
    return b""


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _summed(counts: "Iterable[Counter[bytes]]") -> "Counter[bytes]":
    total: Counter[bytes] = Counter()
    for count in counts:
        total.update(count)
    return total


def count_name(code: bytes, name: bytes) -> int:
    """How often one name stands in the code, assigned to or not; for little code."""
    return names_in(code).count(name)


def names_in(code: bytes) -> list[bytes]:
    """Every name that stands in the code, in its order."""
    return _NAME.findall(code)


@dataclass(frozen=True, eq=False)
class Mentions:
    """The files of a tree by path, and their names together."""

    files: Mapping[str, CodeText] = field(default_factory=dict)

    @cached_property
    def reads(self) -> "Counter[bytes]":
        """How often each name is read in the tree."""
        return _summed(file.reads for file in self.files.values())

    @cached_property
    def names(self) -> "Counter[bytes]":
        """How often each name stands in the tree, assigned to or not."""
        return _summed(file.names for file in self.files.values())

    @cached_property
    def prefixes(self) -> frozenset[bytes]:
        """Beginnings of names that a text has in front of what is put in when the program runs."""
        return frozenset(name for file in self.files.values() for name in _PREFIX.findall(file.source))


def mentions(sources: Mapping[str, bytes], lexicon_of: Callable[[str], Lexicon]) -> Mentions:
    """All files; `lexicon_of` takes a path."""
    return Mentions({path: code_text(source, lexicon_of(path)) for path, source in sources.items()})


def code_text(source: bytes, lexicon: Lexicon) -> CodeText:
    """One file with its comments and its prose blanked; linear in its size."""
    pattern = _WITH_HASH if lexicon.has_hash_comments else _WITH_SLASHES
    return CodeText(source, pattern.sub(_kept, source))


def _kept(found: re.Match[bytes]) -> bytes:
    text = found[0]
    prefix = found[1]
    if prefix is None:  # a comment
        return text if _TYPE_COMMENT.match(text) else _blank(text)
    inner = text[len(prefix) :].strip(b"\"'")
    if b"f" in prefix.lower() or b"t" in prefix.lower():
        return _only_holes(text)
    if inner and len(inner) <= _LONGEST_KEY and _KEY.match(inner):
        return b" " * len(prefix) + text[len(prefix) :].replace(b'"', b" ").replace(b"'", b" ")
    return _blank(text) if b"\n" in text or text.startswith((b'"""', b"'''"), len(prefix)) else _only_names(text)


def _only_names(text: bytes) -> bytes:
    """The words with an underscore or with a capital behind a small letter; the rest is blank."""
    kept = bytearray(_blank(text))
    for name in _NAME_IN_PROSE.finditer(text):
        kept[name.start() : name.end()] = name[0]
    return bytes(kept)


def _only_holes(text: bytes) -> bytes:
    """What stands between braces; the rest is blank."""
    kept = bytearray(_blank(text))
    for hole in _HOLES.finditer(text):
        kept[hole.start() : hole.end()] = hole[0].replace(b'"', b" ").replace(b"'", b" ")
    return bytes(kept)


def _blank(text: bytes) -> bytes:
    return re.sub(rb"[^\n]", b" ", text)
