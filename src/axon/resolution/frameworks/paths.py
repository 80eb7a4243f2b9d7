"""URL paths as frameworks write them, in one form.

What flows in: a path and the syntax in which its parameters stand. What flows out: the path with its parameters in
braces, `/users/{id}`.
"""

import re
from collections.abc import Callable
from typing import Final

_ANGLES = re.compile(r"<(?:[^<>:]*:)?([^<>:]+)>")
_BRACES = re.compile(r"\{([^{}:]+)(?::[^{}]*)?\}")
_COLONS = re.compile(r":(\w+)(?:\([^()]*\))?[?*+]?")
_BRACKETS = re.compile(r"\[{1,2}(?:\.\.\.)?([\w-]+)\]{1,2}")
_GROUP = re.compile(r"\(\?P<(\w+)>")
_UNNAMED: Final = "param"


def _of_regex(path: str) -> str:
    """A regular expression: named groups are parameters, anchors and escapes are dropped."""
    found, at = [], 0
    text = path.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    while at < len(text):
        named = _GROUP.match(text, at)
        if named or text[at] == "(":
            end = _closing(text, at)
            if not text.startswith("(?:", at) or named:
                found.append(f"{{{named.group(1) if named else _UNNAMED}}}")
            else:
                found.append(_of_regex(text[at + 3 : end]))
            at = end + 1
        elif text[at] == "\\" and at + 1 < len(text):
            found.append(text[at + 1])
            at += 2
        else:
            found.append("" if text[at] in "^$?" else text[at])
            at += 1
    return "".join(found)


def _closing(text: str, at: int) -> int:
    """Where the group that opens at a place closes."""
    depth, is_class = 0, False
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif is_class:
            is_class = sign != "]"
        elif sign == "[":
            is_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if not depth:
                return at
        at += 1
    return len(text)


_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "braces": lambda path: _BRACES.sub(r"{\1}", path),
    "angles": lambda path: _ANGLES.sub(r"{\1}", path),
    "colons": lambda path: _COLONS.sub(r"{\1}", path),
    "brackets": lambda path: _BRACKETS.sub(r"{\1}", path),
    "regex": _of_regex,
}


def in_braces(path: str, syntax: str, *, slashes: bool = False) -> str:
    """A path with its parameters in braces; with `slashes` one begins it and none ends it, but for an empty one."""
    path = _FORMS[syntax](path)
    return f"/{path.strip('/')}" if slashes and path.strip("/") else "" if slashes else path


def joined(prefix: str, path: str) -> str:
    """A path behind a prefix; one slash where both have one."""
    return prefix + path[1:] if prefix.endswith("/") and path.startswith("/") else prefix + path
