"""Python's annotations, read as data: what type an annotation names, and what that is made of."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from axon.languages.library import Annotation, Header

_TOKEN = re.compile(
    r"\s*(?:([^\W\d][\w.]*(?:\s*\.\s*\w+)*)|([rRbBuU]?\"[^\"]*\"|[rRbBuU]?'[^']*')|(\.\.\.|[\[\](),|])|(\S))"
)
_PARAMETER = re.compile(r"(?:^|,)\s*([^\W\d]\w*)")
_INNER = re.compile(r"[\[(][^\])]*[\])]")
_NO_TYPE: Final = frozenset({"None", "True", "False"})
_MOST_NESTED: Final = 12
_NOTHING: Final = Annotation("", ())


@lru_cache(maxsize=20_000)
def annotation(text: str) -> Annotation:
    """What an annotation says; a name that is '' where it cannot be read. Strings in it are read as annotations.

    The sign for "any more of these" is left out: what holds any number of elements is written as if it held one.
    """
    return _Reader(text).whole(0)


@lru_cache(maxsize=20_000)
def header(signature: str) -> Header:
    """What the head of a class or function says: its list of type parameters, and the bases behind it."""
    names: tuple[str, ...] = ()
    if signature.startswith("["):
        listed = _list_end(signature)
        names = tuple(m.group(1) for m in _PARAMETER.finditer(_INNER.sub("", signature[1:listed])))
        signature = signature[listed + 1 :]
    bases = annotation(signature).arguments if signature.startswith("(") and "->" not in signature else ()
    return Header(names, bases)


_METACLASS: Final = re.compile(r"[(,]\s*metaclass\s*=\s*((?:[^\W\d]\w*\s*\.\s*)*[^\W\d]\w*)\s*[,)]")


def metaclass(signature: str) -> str:
    """The dotted name that the head of a class gives as its metaclass; '' where it gives none."""
    match = _METACLASS.search(signature) if "metaclass" in signature else None
    return match.group(1).replace(" ", "") if match else ""


def _list_end(text: str) -> int:
    """Where the list that a text begins with is closed."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if not depth:
            return at
    return len(text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [(m.group(1), m.group(2), m.group(3)) for m in _TOKEN.finditer(text)]
        self._at = 0

    def _peek(self) -> str:
        """The sign that comes next, '' for anything else."""
        return (self._tokens[self._at][2] or "") if self._at < len(self._tokens) else ""

    def whole(self, depth: int) -> Annotation:
        """Alternatives with `|` between them."""
        parts = [self._part(depth)]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._part(depth))
        parts = [part for part in parts if part.name]
        if len(parts) > 1:
            return Annotation("|", tuple(parts))
        return parts[0] if parts else _NOTHING

    def _part(self, depth: int) -> Annotation:
        if self._at >= len(self._tokens):
            return _NOTHING
        name, quoted, sign = self._tokens[self._at]
        self._at += 1
        if quoted is not None:
            return _quoted(quoted, depth)
        if sign in ("[", "(") and depth < _MOST_NESTED:
            return Annotation("[]", tuple(self._list(depth)))
        if name is None:
            return _NOTHING
        name = re.sub(r"\s", "", name)
        if self._peek() == "[" and depth < _MOST_NESTED:
            self._at += 1
            return Annotation(name, tuple(self._list(depth)))
        return _NOTHING if name in _NO_TYPE else Annotation(name, ())

    def _list(self, depth: int) -> Iterator[Annotation]:
        """What stands between commas up to the bracket that closes."""
        while self._at < len(self._tokens):
            if self._peek() in ("]", ")"):
                self._at += 1
                return
            if self._peek() in (",", "..."):
                self._at += 1
                continue
            before = self._at
            yield self.whole(depth + 1)
            if self._at == before:
                self._at += 1


def _quoted(text: str, depth: int) -> Annotation:
    inner = text.lstrip("rRbBuU")[1:-1]
    return _Reader(inner).whole(depth + 1) if depth < _MOST_NESTED else _NOTHING
