"""What a changed signature means for those who call it.

What flows in: two signatures as they are written. What flows out: why calls that were right may fail now, '' where
nothing shows it. It reads parameters by commas and brackets, as most languages write them, and knows no language.
"""

from dataclasses import dataclass
from typing import Final

_OPEN: Final = "([{<"
_CLOSE: Final = ")]}>"
_ONLY_NAMED: Final = "*"
_ONLY_PLACED: Final = "/"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `is_optional` where a call may leave it out, `is_placed` where its place may bind it."""

    name: str
    type: str
    is_optional: bool
    is_placed: bool
    gathers: bool


def parameters_of(signature: str) -> list[Parameter] | None:
    """The parameters between the first parentheses; None where there are none, or they do not close."""
    inside = _between(signature)
    if inside is None:
        return None
    found: list[Parameter] = []
    is_placed = True
    for part in _split(inside):
        text = part.strip()
        if text == _ONLY_NAMED:
            is_placed = False
        elif text and text != _ONLY_PLACED:
            found.append(_parameter(text, is_placed))
            is_placed = is_placed and not (text.startswith("*") and not text.startswith("**"))
    return found


def break_of(was: str, now: str) -> str:
    """Why a call that fits `was` may not fit `now`; '' where none is seen. A changed type breaks no call by itself."""
    before, after = parameters_of(was), parameters_of(now)
    if before is None or after is None:
        return ""
    by_name = {parameter.name: parameter for parameter in after}
    gathers = any(p.gathers for p in after)
    for parameter in before:
        other = by_name.get(parameter.name)
        if other is None:
            if not gathers or parameter.gathers:
                return f"parameter `{parameter.name}` is gone"
        elif parameter.is_optional and not other.is_optional:
            return f"parameter `{parameter.name}` is required now"
        elif parameter.is_placed and not other.is_placed:
            return f"parameter `{parameter.name}` is bound by name only now"
    names = {parameter.name for parameter in before}
    for parameter in after:
        if parameter.name not in names and not parameter.is_optional and not parameter.gathers:
            return f"parameter `{parameter.name}` is new and required"
    return _moved(before, after)


def _moved(before: list[Parameter], after: list[Parameter]) -> str:
    """Whether some parameter that is bound by its place has another one now."""
    was = [p.name for p in before if p.is_placed and not p.gathers]
    now = [p.name for p in after if p.is_placed and not p.gathers]
    for at, name in enumerate(was):
        if name in now and now.index(name) != at:
            return f"parameter `{name}` has another place"
    return ""


def _between(signature: str) -> str | None:
    start = signature.find("(")
    depth = 0
    for at in range(start, len(signature)) if start >= 0 else ():
        depth += (signature[at] == "(") - (signature[at] == ")")
        if not depth:
            return signature[start + 1 : at]
    return None


def _split(text: str) -> list[str]:
    """At the commas that no bracket or quotation mark encloses."""
    parts, depth, quote, begin = [], 0, "", 0
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        elif letter in _OPEN:
            depth += 1
        elif letter in _CLOSE and text[at - 1 : at + 1] not in ("=>", "->"):
            depth -= 1
        elif letter == "," and depth <= 0:
            parts.append(text[begin:at])
            begin = at + 1
    return [*parts, text[begin:]]


def _parameter(text: str, is_placed: bool) -> Parameter:
    gathers = text.startswith(("*", "..."))
    head, has_default, _ = _cut(text.lstrip("*."), "=")
    name, _, said = _cut(head, ":")
    name = name.strip()
    words = name.removesuffix("?").split()
    return Parameter(
        words[-1] if words else name,
        said.strip(),
        bool(has_default) or name.endswith("?") or gathers,
        is_placed and not text.startswith("**"),
        gathers,
    )


def _cut(text: str, mark: str) -> tuple[str, str, str]:
    """As `str.partition`, at the first mark that no bracket encloses and that is no part of an arrow."""
    depth = 0
    for at, letter in enumerate(text):
        if letter in _OPEN:
            depth += 1
        elif letter in _CLOSE and text[at - 1 : at + 1] not in ("=>", "->"):
            depth -= 1
        elif letter == mark and depth <= 0 and text[at : at + 2] not in ("=>", "=="):
            return text[:at], mark, text[at + 1 :]
    return text, "", ""
