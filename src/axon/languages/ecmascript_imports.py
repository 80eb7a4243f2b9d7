"""Import and export statements of JavaScript and TypeScript, in all their forms.

What flows in: the text of one statement. What flows out: the names that it binds here, or offers to others. A name that
no source can write (it begins with a blank) binds what a statement passes on without naming it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from axon.languages.ecmascript import (
    DEFAULT,
    HIDDEN,
    NAME,
    WHOLE,
    drop_comments,
    fold,
    required,
    split_outside,
)
from axon.languages.language import ImportedName

_SPECIFIER: Final = r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|`([^`$\n]*)`)"
_FROM = re.compile(rf"\bfrom\s*{_SPECIFIER}")
_SIDE_EFFECT = re.compile(rf"import\s*{_SPECIFIER}")
_CALL = re.compile(rf"\b(?:require|import)\s*\(\s*{_SPECIFIER}\s*[,)]\s*\)?\s*(?:\.\s*({NAME})\s*\Z)?")
_NAMED = re.compile(r"\{([^{}]*)\}")
_NAMESPACE = re.compile(rf"\*\s*as\s+({NAME}|{_SPECIFIER})")
_DEFAULT_NAME = re.compile(rf"\s*({NAME})\s*(?:,|\Z)")
_MOST: Final = 20_000


@lru_cache(maxsize=_MOST)
def imports(statement: str) -> Sequence[ImportedName]:
    """Names that an import, a re-export or a `require` binds; nothing where it is none of them or is damaged."""
    text = drop_comments(statement[:_MOST]).strip().rstrip(";").rstrip()
    if text.startswith("export") and text[6:7] != "s":
        return tuple(_passed_on(text))
    if text.startswith("import") and text[6:7] in (" ", "{", "*", '"', "'", "\n", "\t", "\r") and not _is_dynamic(text):
        return tuple(_static(text))
    return tuple(_called(text))


def _is_dynamic(text: str) -> bool:
    return text[6:].lstrip()[:1] in ("(", ".")


def _module(match: re.Match[str], first: int = 1) -> str:
    return next((match.group(i) for i in range(first, first + 3) if match.group(i) is not None), "")


def _static(text: str) -> Iterator[ImportedName]:
    alone = _SIDE_EFFECT.match(text)
    if alone:
        yield ImportedName(_module(alone), 0, "", HIDDEN)
        return
    source = _FROM.search(text)
    if source is None:
        if "=" in text:
            left, _, right = text.partition("=")
            call = _CALL.search(right)
            if call:
                yield ImportedName(_module(call), 0, "", left.split()[-1])
        return
    module, clause = _module(source), text[6 : source.start()].strip()
    clause = re.sub(r"\A(?:type|typeof|defer)\s+(?=[\w${*])(?!from\b)", "", clause)
    before = _DEFAULT_NAME.match(clause)
    found = [ImportedName(module, 0, DEFAULT, before.group(1))] if before else []
    namespace = _NAMESPACE.search(clause)
    if namespace:
        found.append(ImportedName(module, 0, "", namespace.group(1)))
    else:
        found.extend(ImportedName(module, 0, name, alias) for name, alias in _specifiers(clause))
    yield from found or [ImportedName(module, 0, "", HIDDEN)]


def _specifiers(clause: str) -> Iterator[tuple[str, str]]:
    """(name there, name here) of each part of `{ a as b, type C }`."""
    named = _NAMED.search(clause)
    for part in named.group(1).split(",") if named else ():
        words = part.split()
        if len(words) in (2, 4) and words[0] == "type" and words[1] != "as":
            words = words[1:]
        if words:
            yield words[0].strip("\"'"), words[-1].strip("\"'")


def _passed_on(text: str) -> Iterator[ImportedName]:
    source = _FROM.search(text)
    if source is None:
        return
    module, clause = _module(source), text[6 : source.start()]
    namespace = _NAMESPACE.search(clause)
    if namespace:
        yield ImportedName(module, 0, "", HIDDEN + namespace.group(1).strip("\"'"))
    elif "*" in clause and "{" not in clause:
        yield ImportedName(module, 0, "*", HIDDEN)
    else:
        found = [ImportedName(module, 0, name, HIDDEN + alias) for name, alias in _specifiers(clause)]
        yield from found or [ImportedName(module, 0, "", HIDDEN)]


_TARGET = re.compile(rf"({NAME})\s*(?::[^=]*)?=(?!=)")
_EXPORT_TARGET = re.compile(rf"\s*(?:module\s*\.\s*exports|exports)\s*(?:\.\s*({NAME}))?\s*=(?!=)")


# What compilers and bundlers put around `require` where the source has `import * as` or `import x`, and where it has
# `export *`; each may be a member of their library, or stand in `(0, x)`.
_HELPER: Final = r"(?:\(\s*0\s*,\s*)?(?:[\w$]+\s*\.\s*)?"
_INTEROP = re.compile(rf"{_HELPER}(?:__importStar|__importDefault|__toESM|_interop[Rr]equire\w*)\)?\(\s*\Z")
_RELAY = re.compile(
    rf"(?:{_HELPER}(?:__exportStar|__export|_export_star)\)?\(|{_HELPER}__reExport\)?\([^,()]*,"
    r"|Object\s*\.\s*assign\(\s*(?:module\s*\.\s*)?exports\s*,)\s*\Z"
)


def _called(text: str) -> Iterator[ImportedName]:
    """What `const x = require('m')`, `{ a } = await import('m')` and their like bind."""
    call = _CALL.search(text)
    if call is None:
        return
    module, member = _module(call), call.group(4) or ""
    left = text[: call.start()]
    if _RELAY.match(left):
        yield ImportedName(module, 0, "*", HIDDEN)
        return
    helper = _INTEROP.search(left)
    left = left[: helper.start()] if helper else left
    if left.rstrip()[-1:] in ("(", ",") or (left and text[call.end() :].lstrip()[:1] in (".", "(")):
        return  # what a call of something else makes of the module; the `require` in it is read by itself
    offered, target = _EXPORT_TARGET.match(left), _TARGET.match(left)
    if offered:
        yield ImportedName(module, 0, member, HIDDEN + (offered.group(1) or WHOLE))
    elif left.startswith("{"):
        yield from _destructured(module, left) if not member else (ImportedName(module, 0, "", HIDDEN),)
    elif target:
        yield ImportedName(module, 0, member, target.group(1))
    else:
        of_type = required(f"require{text[6:]}") if text.startswith("import") else ""
        yield ImportedName(module, 0, "", required(text) or of_type or HIDDEN)


def _destructured(module: str, pattern: str) -> Iterator[ImportedName]:
    for piece in split_outside(pattern[1:]):
        name, _, alias = piece.partition(":")
        name, alias = name.partition("=")[0].strip(), alias.partition("=")[0].strip()
        if re.fullmatch(NAME, name) and (not alias or re.fullmatch(NAME, alias)):
            yield ImportedName(module, 0, name, alias or name)


_WHOLE_EXPORT = re.compile(rf"export\s*=\s*({NAME}(?:\.{NAME})*)")
_DEFAULT_EXPORT = re.compile(rf"export\s+default\s+({NAME})\s*\Z")


@lru_cache(maxsize=_MOST)
def exported_names(statement: str) -> Sequence[tuple[str, str]]:
    """(name for others, the file's own name) of `export { a as b }`, `export default a`, `export = a`, re-exports."""
    text = drop_comments(statement[:_MOST]).strip().rstrip(";").rstrip()
    source = _FROM.search(text)
    if source:
        rows = _passed_on(text)
        return tuple((row.alias[1:], row.alias) for row in rows if row.name != "*" and row.alias != HIDDEN)
    whole, default = _WHOLE_EXPORT.match(text), _DEFAULT_EXPORT.match(text)
    if whole:
        return ((WHOLE, whole.group(1)),)
    if default:
        return ((DEFAULT, default.group(1)),)
    return tuple((alias, name) for name, alias in _specifiers(text))


_ASSIGNED = re.compile(rf"\s*(?:module\s*\.\s*exports|exports)\s*(?:\.\s*({NAME}))?\s*=(?!=)\s*")
_REQUIRED = re.compile(r"\brequire\b")
_IDENTIFIER = re.compile(rf"({NAME}(?:\.{NAME})*)\s*;?\s*\Z")
_PAIR = re.compile(rf"({NAME})\s*(?::\s*({NAME}))?\s*\Z")


_OWN_NAME = re.compile(rf"\s*=?\s*(?:(?:async\s+)?function\b\s*\*?|class\b)\s*(?!extends\b)({NAME})")


def _own_name(text: str) -> str:
    """The name that a function or class gives itself where it is assigned, `= class A …`; '' where it has none."""
    found = _OWN_NAME.match(text)
    return found.group(1) if found else ""


def assigned_exports(statement: str) -> Sequence[tuple[str, str]]:
    """What `module.exports = …` and `exports.x = …` offer; a function or class made there is known behind a dot."""
    match = _ASSIGNED.match(statement)
    if match is None:
        return ()
    name, text = match.group(1) or "", drop_comments(statement[match.end() :]).strip()
    alone = _IDENTIFIER.match(text)
    if alone:
        return ((name or WHOLE, alone.group(1)),)
    if _REQUIRED.search(text[:20]):
        return ((name or WHOLE, HIDDEN + (name or WHOLE)),)
    own = (name or WHOLE, f".{name or _own_name(text) or 'exports'}")
    if name or not text.startswith("{"):
        return (own,)
    pairs = (_PAIR.match(fold(piece)) for piece in split_outside(text[1:]))
    return (*((pair.group(1), pair.group(2) or pair.group(1)) for pair in pairs if pair), own)


_TYPE_MODULE = re.compile(rb"\bimport\s*\(\s*(?:\"([^\"\n]*)\"|'([^'\n]*)')\s*\)")


def type_modules(comment: bytes) -> Sequence[tuple[str, str, int]]:
    """The modules that `import("m")` in the types of a comment names, by what that is known, and where."""
    modules = (
        (m.group(m.lastindex or 1).decode("utf-8", "replace"), m.start()) for m in _TYPE_MODULE.finditer(comment)
    )
    return tuple((module, required(f"require('{module}')"), at) for module, at in modules)
