"""Where names stand in the text of a tree, comments and prose left out.

What flows in: sources by path and how the language of each writes comments. What flows out: for each file its code,
byte for byte as long as its source, and how often each name stands in it. A string counts as code where it is no prose:
a key, a dotted name, an annotation, or code between braces; of the prose on one line, and of long texts that are handed
on, the words that look like names. Of comments the types count that they state: `@type {Shape}`, `# type: Shape`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from axon.model.lexicon import Lexicon

# Possessive quantifiers throughout: what fails is never tried again with a shorter word, so that a scan is linear.
_QUOTED: Final = rb"\"(?:[^\"\\\n]++|\\.)*+\"|'(?:[^'\\\n]++|\\.)*+'"
_QUOTED_THRICE: Final = rb"\"\"\"(?:[^\\\"]++|\\.|\"(?!\"\"))*+\"\"\"|'''(?:[^\\']++|\\.|'(?!''))*+'''"
_WITH_HASH: Final = re.compile(rb"#[^\n]*+|" + _QUOTED_THRICE + rb"|" + _QUOTED, re.DOTALL)
# A template is code with its text: what is put into it is read, and what looks like a comment in it is none.
_WITH_SLASHES: Final = re.compile(rb"//[^\n]*+|/\*.*?\*/|`(?:[^`\\]++|\\.)*+`|" + _QUOTED, re.DOTALL)
_STRING_PREFIX: Final = re.compile(rb"[fFrRbBuUtT]{1,2}\Z")
_LONGEST_PREFIX: Final = 2
_NAME: Final = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*+")
_TYPE: Final = rb"[\w.]++(?:\[[^=\n(){}]*\])?"
_WORD: Final = rb"([A-Za-z_$\x80-\xff][\w$\x80-\xff]*+)"
_ANNOTATED: Final = rb"(?::[ \t]*+" + _TYPE + rb"(?:[ \t]*\|[ \t]*" + _TYPE + rb")*+)?"
# `f(name=1)` passes a value and `case K(name=1)` reads one: without blanks, only a line that is nothing else assigns.
_STORED: Final = re.compile(
    rb"(?<![\w$\x80-\xff])" + _WORD + _ANNOTATED + rb"[ \t]++=(?![=>])|"
    rb"^[ \t]*+" + _WORD + rb"=(?![=>])[^\n]*[^,(\n]$",
    re.MULTILINE,
)
_MADE: Final = re.compile(rb"_(?:%[sdr(]|\$?\{|['\"]\s*\+)")
_PREFIX: Final = re.compile(rb"(?<![\w.\-/])[A-Za-z_]\w{2,}_\Z")
_LONGEST_NAME: Final = 200
_KEY: Final = re.compile(rb"[^\s]*\Z|[\w.\[\], |:*]*\[[\w.\[\], |:*\"']*\Z")
_TYPE_COMMENT: Final = re.compile(rb"#\s*type:\s*(?!ignore)")
_TYPE_IN_COMMENT: Final = re.compile(
    rb"@\w++[ \t]*+\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}|"
    rb"@import\b(?:[^@*]|\*(?!/))*+|@jsx(?:Frag)?[ \t]++[\w.$]++"
)
_TAG: Final = re.compile(rb"@\w++|\"[^\"\n]*\"|'[^'\n]*'|\bimport\b")
_IMPORTED_TYPE: Final = re.compile(rb"\bimport\(\s*+(?:\"[^\"\n]*\"|'[^'\n]*')\s*+\)\s*+\.\s*+([\w$.]++)")
_IMPORTED_TYPES: Final = re.compile(rb"@import\b(?:[^@*{]|\*(?!/))*+\{([^{}]*+)\}")
_NAME_IN_PROSE: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:_|[a-z][A-Z])[\w$]*|_[\w$]+")
_HOLES: Final = re.compile(rb"\{[^{}]*\}")
_LONGEST_KEY: Final = 200
_HANDED_ON: Final = re.compile(rb"[(=,+\[{%][ \t]*(?:\\?\n\s*)?\w{0,2}\Z")
_LOOK_BACK: Final = 80
_TEMPLATE: Final = ord("`")
_QUOTES: Final = b"\"'"
_PREFIX_LETTERS: Final = frozenset(bytes([letter]) for letter in b"fFrRbBuUtT")
_WITHOUT_QUOTES: Final = bytes.maketrans(_QUOTES, b"  ")
_BLANKS: Final = bytes(byte if byte == ord("\n") else ord(" ") for byte in range(256))


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
        return reads(self.code)


def reads(code: bytes) -> "Counter[bytes]":
    """How often each name stands in the code other than to be assigned to."""
    found = Counter(_NAME.findall(code))
    found.subtract(_stored_in(code))
    return found


def _stored_in(code: bytes) -> list[bytes]:
    lines = b"\n".join(line for line in code.split(b"\n") if b"=" in line)  # nothing that assigns has two lines
    return [spaced or alone for spaced, alone in _STORED.findall(lines)]


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
        total = self.names.copy()
        for file in self.files.values():
            total.subtract(_stored_in(file.code))
        return total

    @cached_property
    def names(self) -> "Counter[bytes]":
        """How often each name stands in the tree, assigned to or not."""
        total: Counter[bytes] = Counter()
        for file in self.files.values():
            total.update(file.names)
        return total

    @cached_property
    def imported_types(self) -> frozenset[bytes]:
        """Names of other files that types state where they stand: `import("./shape").Shape`, also in comments."""
        found: set[bytes] = set()
        for file in self.files.values():
            if b"import(" in file.source:
                found.update(name for path in _IMPORTED_TYPE.findall(file.source) for name in path.split(b"."))
            if b"@import" in file.source:
                found.update(name for names in _IMPORTED_TYPES.findall(file.source) for name in _NAME.findall(names))
        return frozenset(found)

    @cached_property
    def prefixes(self) -> frozenset[bytes]:
        """Beginnings of names that a text has in front of what is put in when the program runs."""
        return frozenset(name for file in self.files.values() for name in _prefixes_in(file.source))


def _prefixes_in(source: bytes) -> Iterator[bytes]:
    last = 0
    for made in _MADE.finditer(source):
        found = _PREFIX.search(source, max(made.start() - _LONGEST_NAME, last), made.start() + 1)
        if found:
            yield found[0]
        last = made.end()


def mentions(sources: Mapping[str, bytes], lexicon_of: Callable[[str], Lexicon]) -> Mentions:
    """All files; `lexicon_of` takes a path."""
    return Mentions({path: code_text(source, lexicon_of(path)) for path, source in sources.items()})


def code_text(source: bytes, lexicon: Lexicon) -> CodeText:
    """One file with its comments and its prose blanked; linear in its size."""
    pattern = _WITH_HASH if lexicon.has_hash_comments else _WITH_SLASHES
    pieces: list[bytes] = []
    at = 0
    for found in pattern.finditer(source):
        start, text = found.start(), found[0]
        if text[0] in _QUOTES:
            prefix = _prefix_before(source, start) if lexicon.has_hash_comments else b""
            kept = _kept(prefix, text)
            if b"\n" in text and not kept.strip() and _is_value(source, start):
                kept = _only_names(text)
            pieces += source[at : start - len(prefix)], b" " * len(prefix), kept
        elif text[0] == _TEMPLATE:
            pieces += source[at:start], text
        else:
            pieces += source[at:start], text if _TYPE_COMMENT.match(text) else _only_types(text)
        at = found.end()
    pieces.append(source[at:])
    return CodeText(source, b"".join(pieces))


def _is_value(source: bytes, start: int) -> bool:
    """Whether a string is handed to somebody, who may run it, and does not stand for itself as a comment does."""
    return _HANDED_ON.search(source, max(start - _LOOK_BACK, 0), start) is not None


def _prefix_before(source: bytes, start: int) -> bytes:
    """The letters in front of a string that say how it is read."""
    if source[start - 1 : start] not in _PREFIX_LETTERS:
        return b""
    found = _STRING_PREFIX.search(source, max(start - _LONGEST_PREFIX, 0), start)
    return found[0] if found else b""


def _kept(prefix: bytes, text: bytes) -> bytes:
    """A string with its quotes, but for prose."""
    if prefix and (b"f" in prefix.lower() or b"t" in prefix.lower()):
        return _only_holes(text)
    inner = text.strip(b"\"'")
    if inner and len(inner) <= _LONGEST_KEY and _KEY.match(inner):
        return text.translate(_WITHOUT_QUOTES)
    return _blank(text) if b"\n" in text or text.startswith((b'"""', b"'''")) else _only_names(text)


def _only_names(text: bytes) -> bytes:
    """The words with an underscore or with a capital behind a small letter; the rest is blank."""
    kept = bytearray(_blank(text))
    for name in _NAME_IN_PROSE.finditer(text):
        kept[name.start() : name.end()] = name[0]
    return bytes(kept)


def _only_types(comment: bytes) -> bytes:
    """The names in the types that a comment states; the rest is blank."""
    if b"@" not in comment or not comment.startswith(b"/*"):
        return _blank(comment)
    kept = bytearray(_blank(comment))
    for stated in _TYPE_IN_COMMENT.finditer(comment):
        text = _TAG.sub(lambda tag: b" " * len(tag[0]), stated[0])
        for name in _NAME.finditer(text):
            kept[stated.start() + name.start() : stated.start() + name.end()] = name[0]
    return bytes(kept)


def _only_holes(text: bytes) -> bytes:
    """What stands between braces; the rest is blank."""
    kept = bytearray(_blank(text))
    for hole in _HOLES.finditer(text):
        kept[hole.start() : hole.end()] = hole[0].translate(_WITHOUT_QUOTES)
    return bytes(kept)


def _blank(text: bytes) -> bytes:
    return text.translate(_BLANKS)
