"""Which parameter an argument is for.

What flows in: the parameters of a function, and the arguments of a call. What flows out: pairs of both.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")


class Taking(NamedTuple):
    """The parameters of a function that arguments may be for; -1 where it takes no further ones."""

    positional: Sequence[int]
    by_name: Mapping[str, int]
    rest: int
    further: int


def given_to(taking: Taking, arguments: Sequence[tuple[str, _T]]) -> list[tuple[int, _T]]:
    """(parameter row, argument) for (keyword, argument) of a call; what takes further arguments has all of them."""
    positional, by_name, rest, further = taking
    found: list[tuple[int, _T]] = []
    place = 0
    for keyword, argument in arguments:
        if keyword == "*":
            place = len(positional)
        elif keyword and keyword != "**":
            found.append((by_name.get(keyword, further), argument))
        elif not keyword:
            found.append((positional[place] if place < len(positional) else rest, argument))
            place += 1
    return [(row, argument) for row, argument in found if row >= 0]
