"""JSDoc: what comments say of types, where JavaScript has no other place for it (https://jsdoc.app, and what the
TypeScript compiler reads of it).

What flows in: the bytes of a file. What flows out: types as TypeScript writes them, each with the byte where what it is
said of begins.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from axon.languages.language import Comment

_COMMENT = re.compile(rb"/\*\*(?!/)(?:[^*]|\*(?!/))*\*/")
_TAGGED: Final = (b"@param", b"@arg", b"@return", b"@type", b"@callback")
_LEADING = re.compile(r"^[ \t]*\*?[ \t]?", re.MULTILINE)
_TAG = re.compile(r"@(param|argument|arg|returns|return|type|typedef|callback|property|prop)\b[ \t]*")
_BEHIND = re.compile(
    rb"(?:\s|\b(?:export|default|const|let|var|async|static|function|class|get|set)\b|\*(?=\s*[\w$]))*"
)
_NAME = re.compile(r"\s*\[?\s*((?:\.\.\.)?[\w$]+(?:(?:\[\])?\.[\w$]+)*)")
_OBJECTS: Final = frozenset({"Object", "object", "{}", "Object[]", "object[]", ""})


def comments(content: bytes) -> Sequence[Comment]:
    """The comments of a file that say types, in order."""
    if not any(tag in content for tag in _TAGGED):
        return ()
    return tuple(
        found for match in _COMMENT.finditer(content) if b"@" in match.group() and (found := _read(content, match))
    )


def _read(content: bytes, match: re.Match[bytes]) -> Comment | None:
    text = _LEADING.sub("", match.group()[3:-2].decode("utf-8", "replace"))
    said = list(_tags(text))
    if not said:
        return None
    behind = _BEHIND.match(content, match.end())
    at = behind.end() if behind else match.end()
    properties = [(name, type_) for tag, type_, name in said if tag in ("property", "prop")]
    parameters = _parameters([(name, type_) for tag, type_, name in said if tag in ("param", "arg", "argument")])
    returns = next((type_ for tag, type_, _ in said if tag in ("return", "returns") and type_), "")
    aliases: list[tuple[str, str]] = []
    for tag, type_, name in said:
        if tag == "typedef" and name:
            aliases.append((name, _object(properties) if type_ in _OBJECTS and properties else type_ or "unknown"))
        elif tag == "callback" and name:
            taken = ", ".join(f"{parameter}: {written or 'unknown'}" for parameter, written in parameters)
            aliases.append((name, f"({taken}) => {returns or 'unknown'}"))
    if aliases:
        return Comment(match.start(), match.end(), at, (), "", "", tuple(aliases))
    of_value = next((type_ for tag, type_, _ in said if tag == "type" and type_), "")
    if not (parameters or returns or of_value):
        return None
    return Comment(match.start(), match.end(), at, tuple(parameters), returns, of_value, ())


def _tags(text: str) -> Iterator[tuple[str, str, str]]:
    """(tag, type, name) of each tag that may say a type."""
    for match in _TAG.finditer(text):
        at, type_ = match.end(), ""
        if text[at : at + 1] == "{":
            end = _closing(text, at)
            type_, at = " ".join(text[at + 1 : end].split()), end + 1
        named = _NAME.match(text, at)
        yield match.group(1), _as_written(type_), named.group(1) if named else ""


def _closing(text: str, at: int) -> int:
    """Where the bracket closes that opens at a place; the end of the text where none does."""
    depth = 0
    for end in range(at, len(text)):
        if text[end] == "{":
            depth += 1
        elif text[end] == "}":
            depth -= 1
            if not depth:
                return end
    return len(text)


def _as_written(type_: str) -> str:
    """A type without the marks that it may be left out and that there are more."""
    if type_.startswith("..."):
        return f"({type_[3:].strip('() ')})[]"
    return type_.removesuffix("=").strip()


def _parameters(listed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Name and type of each parameter; one of which attributes are said has the type of an object with these."""
    inside: dict[str, list[tuple[str, str]]] = {}
    for name, type_ in listed:
        holder, dot, attribute = name.partition(".")
        if dot and "." not in attribute:
            inside.setdefault(holder.removesuffix("[]"), []).append((attribute, type_))
    found = []
    for name, type_ in listed:
        if "." in name.removeprefix("..."):
            continue
        has_more = name in inside and type_ in _OBJECTS
        found.append((name.removeprefix("..."), _object(inside[name]) if has_more else type_))
    return found


def _object(attributes: Sequence[tuple[str, str]]) -> str:
    """The type of an object with some attributes."""
    members = "; ".join(f"{name}: {type_ or 'unknown'}" for name, type_ in attributes)
    return f"{{ {members} }}"
