"""What is known of a text that names an attribute.

What flows in: an expression and where it stands. What flows out: names, with `*` for what is made when the program
runs. Only what is written decides: no slot is read, so that the answer cannot grow.
"""

from functools import lru_cache
from re import Pattern, compile, escape

from axon.model.facts import ExpressionKind
from axon.resolution.evaluation import At, Evaluator

_K = ExpressionKind
_NAME, _LITERAL, _OPERATION = int(_K.NAME), int(_K.LITERAL), int(_K.OPERATION)
_MOST_NESTED = 4
_LEAST_KNOWN = 3  # characters: fewer fit too much


def names_of(flow: Evaluator, at: At, expression: int, depth: int = 0) -> tuple[str, ...]:
    """The names that an expression may be, each at least three characters long without its gaps."""
    return tuple(text for text in _texts(flow, at, expression, depth) if len(text.replace("*", "")) >= _LEAST_KNOWN)


def _texts(flow: Evaluator, at: At, expression: int, depth: int) -> tuple[str, ...]:
    if expression < 0 or depth > _MOST_NESTED:
        return ()
    facts = flow.facts(at[0])
    table = facts.expressions
    kind = table.kind[expression]
    if kind == _LITERAL:
        known = table.second[expression]
        return (facts.strings[known],) if known >= 0 else ()
    if kind == _OPERATION:
        left = _texts(flow, at, table.first[expression], depth + 1)
        if facts.strings[table.text[expression]] != "+":
            return left  # what fills the gaps of a text
        right = _texts(flow, at, table.second[expression], depth + 1)
        return tuple(f"{one}{other}" for one in left or ("*",) for other in right or ("*",)) if left or right else ()
    if kind == _NAME:
        rows, is_entered = flow.reaching(at[0]).versions(at[1], facts.strings[table.text[expression]], at[2])
        flows = facts.flows
        found = (_texts(flow, (*at[:2], flows.position[row]), flows.value[row], depth + 1) for row in rows)
        return () if is_entered else tuple(dict.fromkeys(text for texts in found for text in texts))
    return ()


@lru_cache(maxsize=10_000)
def fitting(name: str) -> Pattern[str]:
    """What matches the names that fit one with gaps."""
    return compile(r"\w*".join(map(escape, name.split("*"))))
