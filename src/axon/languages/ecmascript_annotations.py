"""TypeScript's types, read as data; JavaScript's are written the same way in comments.

What flows in: the text of a type or signature. What flows out: Annotations. Names of types that no source can write say
how they are made: `[]` of a tuple, `=>` of a function, whose last argument is its result, `...` of a parameter of one
that takes more, `{}` of an object, whose arguments are its members with their types, `typeof` of a value, `this` of the
receiver.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

from axon.languages.ecmascript import NAME, drop_comments, required
from axon.languages.library import Annotation, Header

_TOKEN = re.compile(
    rf"\s*(?:({NAME}(?:\s*\.\s*{NAME})*)|(\"[^\"\n]*\"?|'[^'\n]*'?|`[^`]*`?|-?\d[\w.]*)|(=>|\.\.\.|[\[\]()<>{{}},;:|&?=*!.#@+-])|(\S))"
)
_PRIMITIVES: Final = {
    "string": "String",
    "number": "Number",
    "boolean": "Boolean",
    "bigint": "BigInt",
    "symbol": "Symbol",
}
_NO_TYPES: Final = "null undefined void never any unknown object asserts unique infer true false mixed Function Object"
_NO_TYPE: Final = frozenset(_NO_TYPES.split())
_PREFIXES: Final = frozenset({"readonly", "abstract", "asserts", "unique", "infer"})
_MEMBER_WORDS: Final = frozenset(
    {"readonly", "get", "set", "static", "public", "private", "protected", "async", "declare"}
)
_ENDS: Final = (")", "]", "}", ">", ",", ";", ":", "=", "=>")
_NO_PREFIX: Final = frozenset({"", *_ENDS, "|", "&"})
_MOST_NESTED: Final = 12
_MOST_TOKENS: Final = 2_000
_NOTHING: Final = Annotation("", ())
_SPACE = re.compile(r"\s+")
_ANGLES = re.compile(r"=>|[<>]")


@lru_cache(maxsize=20_000)
def annotation(text: str) -> Annotation:
    """What a type says; a name that is '' where it says nothing or cannot be read."""
    if text[:1] == "<" and text[-1:] == ">" and _is_bracketed(text):  # in front of what is asserted to be it
        text = text[1:-1]
    return _Reader(text).whole(0)


def _is_bracketed(text: str) -> bool:
    """Whether the first sign of a text opens what its last one closes."""
    depth = 0
    for match in _ANGLES.finditer(text):
        depth += 1 if match.group() == "<" else -1 if match.group() == ">" else 0
        if not depth:
            return match.end() == len(text)
    return False


@lru_cache(maxsize=20_000)
def header(signature: str) -> Header:
    """What the head of a class or function says: its type parameters with their bounds, and the bases behind them.

    Of several signatures, one a line, all of them: a type parameter is one, whichever lists it.
    """
    if "\n" in signature:
        listed = dict[str, Annotation]()
        for head in map(header, signature.split("\n")):
            for name, bound in zip(head.parameters, head.bounds, strict=True):
                listed.setdefault(name, bound)
        return Header(tuple(listed), (), tuple(listed.values()))
    reader = _Reader(signature)
    names, bounds = reader.type_parameters() if reader.peek() == "<" else ((), ())
    bases: list[Annotation] = []
    while reader.word() in ("extends", "implements"):
        reader.advance()
        bases.append(reader.whole(1))
        while reader.peek() == ",":
            reader.advance()
            bases.append(reader.whole(1))
    return Header(names, tuple(base for base in bases if base.name), bounds)


class _Reader:
    def __init__(self, text: str) -> None:
        found = islice(_TOKEN.finditer(drop_comments(text)), _MOST_TOKENS)
        self._tokens = [(m.group(1) or "", m.group(2), m.group(3) or "") for m in found]
        self._at = 0
        self._words: Mapping[str, Callable[[int], Annotation | None]] = {
            "typeof": self._value,
            "keyof": self._keys,
            "new": self._made,
            "function": self._closure,
            "import": self._imported,
            **dict.fromkeys(_PREFIXES, self._prefixed),
        }

    def peek(self, ahead: int = 0) -> str:
        """The sign that comes next, '' for anything else."""
        at = self._at + ahead
        return self._tokens[at][2] if at < len(self._tokens) else ""

    def word(self, ahead: int = 0) -> str:
        """The word that comes next, '' for anything else."""
        at = self._at + ahead
        return self._tokens[at][0] if at < len(self._tokens) else ""

    def advance(self) -> None:
        self._at += 1

    def whole(self, depth: int) -> Annotation:
        """Alternatives and intersections: each part is one of what the type stands for."""
        if self.peek() in ("|", "&"):
            self.advance()
        parts = [self._postfixed(depth)]
        while self.peek() in ("|", "&"):
            self.advance()
            parts.append(self._postfixed(depth))
        if self.word() == "is":  # a predicate gives a boolean
            self.advance()
            self.whole(depth + 1)
            return Annotation("Boolean", ())
        if self.word() == "extends" and depth < _MOST_NESTED:
            return self._conditional(depth)
        parts = [part for part in parts if part.name]
        if len(parts) > 1:
            return Annotation("|", tuple(parts))
        return parts[0] if parts else _NOTHING

    def _conditional(self, depth: int) -> Annotation:
        """`A extends B ? C : D` is C or D."""
        self.advance()
        self._postfixed(depth + 1)
        if self.peek() != "?":
            return _NOTHING
        self.advance()
        first = self.whole(depth + 1)
        if self.peek() == ":":
            self.advance()
        parts = [part for part in (first, self.whole(depth + 1)) if part.name]
        return Annotation("|", tuple(parts)) if len(parts) > 1 else parts[0] if parts else _NOTHING

    def _postfixed(self, depth: int) -> Annotation:
        found = self._part(depth)
        while self.peek() == "[":
            self.advance()
            if self.peek() == "]":
                self.advance()
                found = Annotation("Array", (found,))
            else:
                self._skip("]")
                found = _NOTHING
        if self.peek() == "=" and not self.word(1):  # `T=` of a comment: it may be left out
            self.advance()
        return found

    def _part(self, depth: int) -> Annotation:
        if self._at >= len(self._tokens) or depth > _MOST_NESTED:
            return _NOTHING
        name, quoted, sign = self._tokens[self._at]
        if sign in _ENDS:
            return _NOTHING
        self.advance()
        if name:
            return self._named(_SPACE.sub("", name), depth)
        if quoted is not None:
            return Annotation("Number" if quoted[:1] in "-0123456789" else "String", ())
        return self._bracketed(sign, depth)

    def _bracketed(self, sign: str, depth: int) -> Annotation:
        """What a bracket or a mark in front opens, which has been read."""
        if sign == "(":
            return self._parenthesized(depth)
        if sign == "[":
            return Annotation("[]", tuple(self._listed("]", depth)))
        if sign == "{":
            return Annotation("{}", tuple(self._members(depth)))
        if sign == "<":  # type parameters of a function
            self._skip(">")
        # of a comment: it may be null, it is not, there are more
        return self._part(depth) if sign in ("<", "?", "!", "...") else _NOTHING

    def _named(self, name: str, depth: int) -> Annotation:
        word = self._words.get(name)
        found = word(depth) if word is not None else None
        if found is not None:
            return found
        if self.peek() == "." and self.peek(1) == "<":
            self.advance()
        if self.peek() == "<":
            self.advance()
            return Annotation(name, tuple(self._listed(">", depth)))
        if name in _PRIMITIVES:
            return Annotation(_PRIMITIVES[name], ())
        return _NOTHING if name in _NO_TYPE else Annotation(name, ())

    def _prefixed(self, depth: int) -> Annotation | None:
        is_prefix = self.word() or self.peek() not in _NO_PREFIX
        return self._postfixed(depth) if is_prefix else None

    def _value(self, depth: int) -> Annotation:
        """`typeof x`."""
        name = _SPACE.sub("", self.word())
        self._at += bool(name)
        if name == "import":
            name = self._imported(depth).name
        if not name:
            return _NOTHING
        if self.peek() == "<":
            self.advance()
            self._skip(">")
        return Annotation("typeof", (Annotation(name, ()),))

    def _keys(self, depth: int) -> Annotation:
        """`keyof T`."""
        self._postfixed(depth + 1)
        return Annotation("String", ())

    def _made(self, depth: int) -> Annotation | None:
        """`new (…) => T`."""
        return self._part(depth) if self.peek() in ("(", "<") else None

    def _imported(self, depth: int) -> Annotation:
        """`import("module").T`: `T` of the name by which a use of the module is known."""
        if self.peek() != "(":
            return _NOTHING
        _, quoted, _ = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else ("", None, "")
        self.advance()
        self._skip(")")
        module = required(f"require({quoted})") if quoted else ""
        if not module or self.peek() != "." or not self.word(1):
            return Annotation(module, ())
        name = f"{module}.{_SPACE.sub('', self.word(1))}"
        self._at += 2
        if self.peek() != "<":
            return Annotation(name, ())
        self.advance()
        return Annotation(name, tuple(self._listed(">", depth)))

    def _closure(self, depth: int) -> Annotation | None:
        """`function(A): B` of a comment."""
        if self.peek() != "(":
            return None
        self.advance()
        parameters = tuple(self._listed(")", depth))
        if self.peek() != ":":
            return Annotation("=>", (*parameters, _NOTHING))
        self.advance()
        return Annotation("=>", (*parameters, self._postfixed(depth + 1)))

    def _parenthesized(self, depth: int) -> Annotation:
        """A type in parentheses, or a function: an arrow stands behind its parameters."""
        start = self._at
        self._skip(")")
        is_function = self.peek() == "=>"
        self._at = start
        if not is_function:
            found = self.whole(depth + 1)
            self._skip(")")
            return found
        return Annotation("=>", tuple(self._signature(depth)))

    def _signature(self, depth: int) -> Iterator[Annotation]:
        """The types of parameters up to the parenthesis that closes, and of the result behind an arrow or colon."""
        while self._at < len(self._tokens) and self.peek() != ")":
            yield self._parameter(depth)
            if self.peek() == ",":
                self.advance()
        self.advance()
        if self.peek() in ("=>", ":"):
            self.advance()
            yield self.whole(depth + 1)
        else:
            yield _NOTHING

    def _parameter(self, depth: int) -> Annotation:
        """The type of one parameter: what stands behind its colon."""
        is_receiver, takes_more = self.word() == "this", self.peek() == "..."
        while self._at < len(self._tokens) and self.peek() not in (":", ",", ")"):
            opened = self.peek()
            self.advance()
            if opened in ("{", "["):
                self._skip("}" if opened == "{" else "]")
        if self.peek() != ":":
            return _NOTHING
        self.advance()
        found = self.whole(depth + 1)
        word = "this" if is_receiver else "..." if takes_more else ""
        return Annotation(word, (found,)) if word else found

    def _members(self, depth: int) -> Iterator[Annotation]:
        """The members of an object type, each as an annotation of its name with its type in the brackets."""
        while self._at < len(self._tokens) and self.peek() != "}":
            before = self._at
            while self.word() in _MEMBER_WORDS and (self.word(1) or self._is_quoted(1) or self.peek(1) in ("[", "#")):
                self.advance()
            name, quoted, _ = self._tokens[self._at] if self._at < len(self._tokens) else ("", None, "")
            if name or quoted is not None:
                self.advance()
                yield from self._member(name or (quoted or "")[1:-1], depth)
            elif self.peek() in ("[", "("):
                self._skip_group()
                if self.peek() in (":", "=>", "?"):
                    self._skip_member()
            if self.peek() in (",", ";") or self._at == before:
                self.advance()
        self.advance()

    def _is_quoted(self, ahead: int) -> bool:
        at = self._at + ahead
        return at < len(self._tokens) and self._tokens[at][1] is not None

    def _member(self, name: str, depth: int) -> Iterator[Annotation]:
        if self.peek() == "?":
            self.advance()
        if self.peek() == "<":
            self.advance()
            self._skip(">")
        if self.peek() == "(":
            self.advance()
            yield Annotation(name, (Annotation("=>", tuple(self._signature(depth))),))
        elif self.peek() == ":":
            self.advance()
            yield Annotation(name, (self.whole(depth + 1),))
        else:
            yield Annotation(name, (_NOTHING,))

    def _skip_member(self) -> None:
        self.advance()
        self.whole(_MOST_NESTED - 1)

    def _skip_group(self) -> None:
        closing = {"[": "]", "(": ")"}[self.peek()]
        self.advance()
        self._skip(closing)

    def _listed(self, closing: str, depth: int) -> Iterator[Annotation]:
        """What stands between commas up to the sign that closes; a name before a colon only labels what follows."""
        while self._at < len(self._tokens):
            if self.peek() == closing:
                self.advance()
                return
            if self.peek() in (",", "..."):
                self.advance()
                continue
            if self.word() and (self.peek(1) == ":" or (self.peek(1) == "?" and self.peek(2) == ":")):
                self._at += 3 if self.peek(1) == "?" else 2
            before = self._at
            yield self.whole(depth + 1)
            if self._at == before:
                self.advance()

    def _skip(self, closing: str) -> None:
        """Go behind the sign that closes what is open."""
        depth = 0
        while self._at < len(self._tokens):
            sign = self.peek()
            self.advance()
            if not depth and sign == closing:
                return
            if sign in ("(", "[", "{", "<"):
                depth += 1
            elif sign in (")", "]", "}", ">"):
                depth -= 1

    def type_parameters(self) -> tuple[tuple[str, ...], tuple[Annotation, ...]]:
        """Names and bounds of the list that comes next."""
        self.advance()
        names: list[str] = []
        bounds: list[Annotation] = []
        while self._at < len(self._tokens) and self.peek() != ">":
            while self.word() in ("const", "in", "out") and self.word(1):
                self.advance()
            name = self.word()
            self.advance()
            bound = _NOTHING
            if name and self.word() == "extends":
                self.advance()
                bound = self._bound()
            if name and self.peek() == "=":
                self.advance()
                default = self._bound()
                bound = bound if bound.name else default
            if name:
                names.append(name)
                bounds.append(bound)
            if self.peek() == ",":
                self.advance()
        self.advance()
        return tuple(names), tuple(bounds)

    def _bound(self) -> Annotation:
        return self.whole(1)
