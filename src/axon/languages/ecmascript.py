"""What JavaScript and TypeScript share: how their text is read. Everything here is a pure function of source text.

What flows in: pieces of source text. What flows out: names, parameters, imports and exports in them. It knows no file;
module resolution is in `ecmascript_modules`, the tree-sitter queries in the `.scm` files beside this one.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from axon.languages.language import Classified, ImportedName, Modifiers, Parameter
from axon.model.facts import ParameterKind
from axon.model.kinds import Flag, NodeKind

NAME: Final = r"(?:[^\W\d]|\$)[\w$]*"
_SPACE = re.compile(r"\s+")
# What nothing closes runs on to the end, because a pattern that failed there would be tried from every quote.
_STRING: Final = r"\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?"
_COMMENT: Final = r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
_STRING_OR_COMMENT = re.compile(rf"({_STRING})|{_COMMENT}", re.DOTALL)
HIDDEN: Final = " "  # begins a name that no source can write: a re-export binds it
DEFAULT: Final = "default"
WHOLE: Final = "="  # the name under which `module.exports = …` and `export = …` are offered
_REQUIRED = re.compile(r"require\s*\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')\s*\)")
_DOT: Final = "\u2024"  # stands for a dot in a name that is not dotted


@lru_cache(maxsize=20_000)
def required(text: str) -> str:
    """The name that a call such as `require('m')` is a use of, which no source can write; '' for anything else."""
    match = _REQUIRED.fullmatch(text)
    return f"{HIDDEN}{HIDDEN}{match.group(match.lastindex or 1).replace('.', _DOT)}" if match else ""


def fold(text: str) -> str:
    """The text with each run of white space as one blank."""
    return _SPACE.sub(" ", text).strip()


def drop_comments(text: str) -> str:
    """The text without comments."""
    return _STRING_OR_COMMENT.sub(lambda m: m.group(1) or " ", text) if "//" in text or "/*" in text else text


_OPTIONAL = re.compile(r"\?\.(?=[\w$#(\[])|!(?=\.|$)")


@lru_cache(maxsize=20_000)
def plain_expression(text: str) -> str:
    """An expression without comments, optional chaining and non-null marks: `a?.b!.c` is `a.b.c`."""
    text = drop_comments(text)
    if "?" in text or "!" in text:
        text = _OPTIONAL.sub(lambda m: "." if m.group()[0] == "?" else "", text)
    return text


def plain_name(text: str) -> str:
    """A definition's name: without quotes, of `a.b.c` with its left side in front of a dot (`.c`)."""
    if text[:1] in "\"'" and text[-1:] == text[:1]:
        return text[1:-1] or text
    return fold(text)[:80]


_DOTTED_NAME = re.compile(rf"{NAME}(?:\s*\.\s*#?{NAME})*")
_CONSTANTS: Final = frozenset({"null", "undefined", "true", "false", "this", "NaN", "Infinity", "new", "await"})
_VALUE = re.compile(rf"\s*(?::[^=\n]*)?=\s*({NAME}(?:\s*\.\s*{NAME})*)\s*(?:as\s+const\s*)?;?\s*$")


@lru_cache(maxsize=20_000)
def value(text: str) -> str:
    """The dotted name that `text`, which follows a constant's name, assigns; '' for anything else."""
    match = _VALUE.match(text)
    if match is None or match.group(1) in _CONSTANTS:
        return ""
    return _SPACE.sub("", match.group(1))


# --- parameters and patterns -----------------------------------------------------------------------------------------

_TOKEN = re.compile(rf"{_STRING}|{_COMMENT}|=>|[()\[\]{{}}<>,:=?]", re.DOTALL)
_OPEN, _CLOSE = frozenset("([{<"), frozenset(")]}>")
_PLAIN_LIST = re.compile(r"[\w$\s,]*\Z")
_PLAIN: Final = int(ParameterKind.PLAIN)
_REST: Final = int(ParameterKind.REST)
_WRAPPED = re.compile(r"\s*(?:\(\s*)+(?=\(|<|async\b\s*[\w$(<]|function\b)")  # parentheses around a function
_HEAD = re.compile(rf"\s*(?:async\b\s*)?(?:function\b\s*\*?\s*(?:{NAME})?\s*)?")


@lru_cache(maxsize=20_000)
def parameters(text: str) -> Sequence[Parameter]:
    """Parameters of the list in a head such as `(a, b = 1): T` or ` = async x => `; a pattern is one, by its text."""
    text = drop_comments(text)
    at = _list_start(text)
    if at >= len(text) or text[at] != "(":
        match = re.compile(NAME).match(text, at)
        return (Parameter(match.group(), "", "", _PLAIN),) if match else ()
    end = text.find(")", at)
    if end >= 0 and _PLAIN_LIST.match(text, at + 1, end):
        return tuple(Parameter(name.strip(), "", "", _PLAIN) for name in text[at + 1 : end].split(",") if name.strip())
    found = (_parameter(part) for part in split_outside(text[at + 1 :]))
    return tuple(parameter for parameter in found if parameter.name and parameter.name != "this")


def _list_start(text: str) -> int:
    """Where the parameter list begins: behind a declared type and `=`, the word `function` and type parameters."""
    at = 0
    stripped = text.lstrip()
    if stripped[:1] in (":", "?", "!") or stripped[:1] == "=":
        key = text.find(":") + 1 if stripped[:1] == ":" else 0  # of an object, where no `=` follows
        at = next((m.end() for m in _outside(text, 0) if m.group() == "="), key)
    wrapped = _WRAPPED.match(text, at)
    match = _HEAD.match(text, wrapped.end() if wrapped else at)
    at = match.end() if match else at
    if text[at : at + 1] == "<":
        closing = next((m.end() for m in _outside(text, at + 1, keep_closing=True) if m.group() == ">"), len(text))
        at = closing
        while text[at : at + 1].isspace():
            at += 1
    return at


def _outside(text: str, at: int, *, keep_closing: bool = False) -> Iterator[re.Match[str]]:
    """Tokens that no bracket encloses; ends with the bracket that closes what is open before `at`."""
    depth = 0
    for match in _TOKEN.finditer(text, at):
        token = match.group()
        if token in _OPEN:
            depth += 1
        elif token in _CLOSE:
            depth -= 1
            if depth < 0:
                if keep_closing:
                    yield match
                return
        elif not depth:
            yield match


def split_outside(text: str) -> list[str]:
    """What stands between commas that no bracket encloses, up to the bracket that closes the list."""
    parts, start, end = [], 0, len(text)
    for match in _outside(text, 0, keep_closing=True):
        if match.group() == ",":
            parts.append(text[start : match.start()])
            start = match.end()
        elif match.group() in _CLOSE:
            end = match.start()
            break
    return [*parts, text[start:end]]


_MODIFIER = re.compile(
    rf"\s*(?:(?:public|private|protected|readonly|override|declare)\s+|@{NAME}(?:\.{NAME})*(?:\([^()]*\))?\s*)*"
)


def _parameter(text: str) -> Parameter:
    colon, equals, question = -1, -1, -1
    for match in _outside(text, 0):
        token, at = match.group(), match.start()
        if token == "=" and equals < 0:
            equals = at
        elif token == ":" and colon < 0 and equals < 0:
            colon = at
        elif token == "?" and question < 0 and colon < 0 and equals < 0:
            question = at
    end = min((mark for mark in (colon, equals, question) if mark >= 0), default=len(text))
    prefix = _MODIFIER.match(text)
    name = fold(text[prefix.end() if prefix else 0 : end])
    annotation = fold(text[colon + 1 : equals if equals >= 0 else len(text)]) if colon >= 0 else ""
    default = fold(text[equals + 1 :]) if equals >= 0 else ""
    kind = _REST if name.startswith("...") else _PLAIN
    return Parameter(
        name.removeprefix("...").strip().partition(" ")[0] if name[:1] not in "{[" else name, annotation, default, kind
    )


_MOST_NESTED: Final = 12  # patterns deeper than this are not written, and each level costs the length of the rest
_SIMPLE_TARGET = re.compile(rf"(?:this\.)?#?{NAME}")


@lru_cache(maxsize=20_000)
def targets(text: str) -> Sequence[str]:
    """Names that a pattern binds: `{ a, b: [c], ...d }` binds a, c and d; `this.x` is itself."""
    if _SIMPLE_TARGET.fullmatch(text):
        return (text,)
    text = drop_comments(text).strip()
    if text[:1] in ('"', "'"):
        return (plain_name(text),)
    found: list[str] = []
    pending = [(text, 0)]
    while pending:
        part, depth = pending.pop()
        part = part.strip().removeprefix("...").strip()
        if part[:1] in ("{", "["):
            pieces = split_outside(part[1:]) if depth < _MOST_NESTED else []
            inside = [_bound(piece) if part[0] == "{" else piece for piece in reversed(pieces)]
            pending.extend((piece, depth + 1) for piece in inside)
            continue
        match = re.match(NAME, part)
        if match:
            found.append(match.group())
    return tuple(found)


_LEFT_OVER = re.compile(rf"\s*\.\.\.\s*({NAME})\s*")


def parts(text: str) -> Sequence[tuple[str, tuple[str, ...], str]]:
    """(name, keys of its value, default) that a pattern binds: `{ a, b: [c = 1] }` binds a by a, and c by b and 0."""
    found: list[tuple[str, tuple[str, ...], str]] = []
    pending: list[tuple[str, tuple[str, ...]]] = [(drop_comments(text), ())]
    while pending:
        part, path = pending.pop()
        part = part.strip()
        if part[:1] not in ("{", "["):
            match = re.match(NAME, part)
            if match and not part.startswith("..."):
                default = part[match.end() :].lstrip()
                found.append((match.group(), path, default[1:].strip() if default.startswith("=") else ""))
            continue
        pieces = split_outside(part[1:]) if len(path) < _MOST_NESTED else []
        for index, piece in reversed(list(enumerate(pieces))):
            key = re.match(rf"\s*(?:({NAME})|[\"']([^\"']+)[\"'])", piece) if part[0] == "{" else None
            if part[0] == "[":
                pending.append((piece, (*path, str(index))))
            elif key:
                pending.append((_bound(piece), (*path, key.group(1) or key.group(2))))
            elif rest := _LEFT_OVER.fullmatch(piece):  # what is left over of an object has its attributes
                found.append((rest.group(1), path, ""))
    return tuple(found)


def _bound(piece: str) -> str:
    """The part of an object pattern's piece that binds: what stands behind a colon, else the name."""
    for match in _outside(piece, 0):
        if match.group() == "=":
            break
        if match.group() == ":":
            return piece[match.end() :]
    return piece


def types(text: str) -> Sequence[tuple[int, str]]:
    """A type's name, dotted; the grammar finds where types stand."""
    if text.isidentifier():  # nineteen of twenty
        return () if text == "const" else ((0, text),)
    name = _SPACE.sub("", text)
    return ((0, name),) if _DOTTED_NAME.fullmatch(name) and name != "const" else ()


# --- what a definition is --------------------------------------------------------------------------------------------

_BEFORE = re.compile(
    r"(?:\b(?:async|static|get|set|abstract|private|protected|public|override|readonly|declare|export|default|accessor)\b|[*\s])*\Z"
)
_WORD_FLAGS: Final = {
    "async": Flag.ASYNC,
    "static": Flag.STATIC,
    "abstract": Flag.ABSTRACT,
    "get": Flag.ACCESSOR,
    "set": Flag.ACCESSOR,
}
_ASYNC_VALUE = re.compile(r"=\s*async\b|\A\s*:\s*async\b")


@lru_cache(maxsize=20_000)
def modifiers(before: str, behind: str) -> Modifiers:
    """What `static async get` before a name says, and ` = async () =>` behind it."""
    flags, is_private = Flag(0), False
    if before:
        match = _BEFORE.search(before[-80:])
        for word in match.group().split() if match else ():
            flags |= _WORD_FLAGS.get(word.strip("*"), Flag(0))
            is_private |= word == "private"
    if "async" in behind and _ASYNC_VALUE.search(behind[:400]):
        flags |= Flag.ASYNC
    return Modifiers(flags, is_private)


def classify_function(kind: NodeKind, name: str, decorators: Sequence[str]) -> Classified:
    """A function or method as it stands; decorators change nothing."""
    return Classified(kind, Flag(0))


_VARIABLES = re.compile(r"(?:\A|=|\bfunction\b|\basync\b|\()[\s\w*$]*(<.*>)\s*\Z", re.DOTALL)


@lru_cache(maxsize=20_000)
def signature(text: str) -> str:
    """`(a: string): T` from the text between a definition's name and its body."""
    text = drop_comments(text)
    at = _list_start(text) if "(" in text else 0
    variables = _VARIABLES.search(text, 0, at) if "<" in text[:at] else None
    return fold(f"{variables.group(1) if variables else ''}{text[at:]}").removesuffix("=>").strip(" =;")[:400]


@lru_cache(maxsize=20_000)
def returns(signature: str) -> str:
    """The type behind the parameter list of a signature, '' if there is none."""
    depth, text = 0, signature
    if "):" not in text and ") :" not in text:
        return ""
    for match in re.finditer(r"=>|[(){}\[\]<>]|\"[^\"\n]*\"|'[^'\n]*'", text):
        sign = match.group()
        if sign in "({[<":
            depth += 1
        elif sign in ")}]>" and len(sign) == 1:
            depth -= 1
            if not depth and sign == ")":
                rest = text[match.end() :].lstrip()
                return rest[1:].strip() if rest.startswith(":") else ""
    return ""


def function_type(text: str) -> str:
    """The type of functions `(a: A) => R` that a call signature such as `<T>(a: A): R` says."""
    text = drop_comments(text)
    at = _list_start(text)
    end = next((m.end() for m in _outside(text, at + 1, keep_closing=True) if m.group() == ")"), len(text))
    given = text[end:].strip()
    return fold(f"{text[at:end]} => {given[1:].strip() if given.startswith(':') else 'unknown'}")


_DOC_WORDS = re.compile(
    rb"(?:\b(?:export|default|declare|abstract|async|const|let|var|public|private|protected|static|readonly|override|type"
    rb"|get|set|function|class)\b|\*(?!/)|@[\w.]+(?:\([^()]*\))?|\s)*\Z"
)
_LOOK_BACK: Final = 200
_DOC_BYTES: Final = 4_000


def comment_before(content: bytes, start: int) -> str:
    """First line with text of the `/** … */` that ends right before what starts at a byte, '' if none does."""
    end = content.rfind(b"*/", max(0, start - _LOOK_BACK), start)
    if end < 0 or not _DOC_WORDS.fullmatch(content, end + 2, start):
        return ""
    begin = content.rfind(b"/*", max(0, end - _DOC_BYTES), end)
    if begin < 0 or not content.startswith(b"/**", begin):
        return ""
    return _first_line(content[begin + 3 : end].decode("utf-8", "replace"))


def _first_line(comment: str) -> str:
    for line in comment.split("\n"):
        text = line.strip().lstrip("*").strip()
        if text:
            return "" if text.startswith("@") else fold(text)[:200]
    return ""


_FILE_COMMENT = re.compile(r"\ufeff?(?:#![^\n]*\n)?\s*/\*\*(.*?)\*/(\s*)", re.DOTALL)
_FILE_TAG = re.compile(r"@(?:file|fileoverview|module|packageDocumentation|overview)\b[ \t]*([^\n]*)")


def module_docstring(source: str) -> str:
    """First line of the file's own comment: one with a tag that says so, or one that a blank line parts from code."""
    match = _FILE_COMMENT.match(source)
    if match is None:
        return ""
    tag = _FILE_TAG.search(match.group(1))
    if tag:
        return fold(tag.group(1).strip(" */"))[:200] or _first_line(match.group(1))
    return _first_line(match.group(1)) if match.group(2).count("\n") > 1 else ""


def super_of(receiver: str) -> str | None:
    """`super` looks behind the class around it; any other receiver is none."""
    return "" if receiver == "super" else None


def is_private(name: str) -> bool:
    """Whether a name is kept to its class."""
    return name.startswith("#")


def is_component(name: str) -> bool:
    """Whether a markup element is a component: a capital or a dot; else it is the platform's own element."""
    return name[:1].isupper() or "." in name


def is_test_path(path: str) -> bool:
    """Whether test runners take a file for a test or its support."""
    folders, _, name = path.rpartition("/")
    in_tests = any(part in ("test", "tests", "__tests__", "__mocks__", "spec", "e2e") for part in folders.split("/"))
    return in_tests or ".test." in name or ".spec." in name


def imported_name(module: str, name: str = "", alias: str = "") -> ImportedName:
    """A row for `model.facts.Imports`; an import that binds nothing has a name that nothing can mention."""
    return ImportedName(module, 0, name, alias or HIDDEN)
