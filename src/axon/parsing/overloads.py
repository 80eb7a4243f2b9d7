"""Overloads: several declarations of one function are one definition, as those who call it see it.

What flows in: the functions and classes of a file, in order. What flows out: the same with each set of overloads as one
definition, from its first declaration to the end of the one with a body, and what the set says together.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from axon.languages.language import Language, Parameter
from axon.model.facts import ParameterKind
from axon.model.kinds import Flag
from axon.parsing.draft import Draft, Span
from axon.parsing.scopes import Owners

Item = tuple[Any, ...]  # ((start, end, start point, end point), name span, (body, body point), kind)

_APART: Final = Flag.STATIC | Flag.ACCESSOR
_PLAIN: Final = int(ParameterKind.PLAIN)


def fold_overloads(draft: Draft, items: list[Item], function: int) -> tuple[list[Item], dict[int, list[Span]]]:
    """The items with overloads folded, and by the byte where such a set begins the heads of its declarations, in order;
    the last is that of the body, where there is one. `function` is the kind of functions."""
    is_signature = [item[3] == function and item[2][0] == item[0][1] for item in items]
    if not any(is_signature):
        return items, {}
    names = draft.text.cut_all([item[1] for item in items])
    written = [name for name, alone in zip(names, is_signature, strict=True) if alone]
    again = any(is_signature[i - 1] and names[i - 1] == names[i] for i in range(1, len(items)))
    if not again and len(written) == len(set(written)):
        return items, {}
    starts, bodies, ends = zip(*((item[0][0], item[2][0], item[0][1]) for item in items), strict=True)
    owners = Owners(starts, bodies, ends).owners
    sets: dict[tuple[int, str, Flag], list[int]] = {}
    whole: dict[int, list[int]] = {}
    for i, item in enumerate(items):
        if item[3] != function:
            continue
        flags = _flags(draft, item)
        key = (owners[i], names[i], flags)
        known = sets.get(key)
        if is_signature[i] and not flags & Flag.ACCESSOR:
            sets.setdefault(key, whole.setdefault(i, []) if known is None else known).append(i)
        elif known is not None and not is_signature[i] and known[-1] == i - 1:
            known.append(i)
            del sets[key]
    whole = {i: rows for i, rows in whole.items() if len(rows) > 1}
    dropped = {i for rows in whole.values() for i in rows[1:]}
    folded = [_joined(items, whole[i]) if i in whole else item for i, item in enumerate(items) if i not in dropped]
    heads = {items[i][0][0]: [(items[r][1][1], items[r][2][0]) for r in rows] for i, rows in whole.items()}
    return folded, heads


def _flags(draft: Draft, item: Item) -> Flag:
    """What tells functions of one name apart that are not overloads of each other."""
    read, before = draft.language.modifiers, (item[0][0], item[1][0])
    return read(draft.text.cut(*before), "").flags & _APART if read is not None and before[0] < before[1] else Flag(0)


def _joined(items: Sequence[Item], rows: Sequence[int]) -> Item:
    """One item for some declarations; of those that stand apart it spans the first."""
    last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            break
        last = row
    first, end = items[rows[0]], items[last]
    return (first[0][0], end[0][1], first[0][2], end[0][3]), first[1], end[2], first[3]


def joined_signature(language: Language, heads: Sequence[str], *, has_body: bool) -> str:
    """The signatures by which a function may be called, one a line: that of the body is none of them."""
    shown = heads[:-1] if has_body else heads
    return "\n".join(dict.fromkeys(language.signature(head) for head in shown))


def joined_parameters(language: Language, heads: Sequence[str], *, has_body: bool) -> Sequence[Parameter]:
    """The parameters of the body, else of the longest declaration; each is what any declaration says in its place."""
    declared = [language.parameters(head) for head in (heads[:-1] if has_body else heads)]
    own = language.parameters(heads[-1]) if has_body else max(declared, key=len)
    found: list[Parameter] = []
    for place, parameter in zip(own, zip_longest(*declared), strict=False):
        kinds = {place.kind, *(one.kind for one in parameter if one is not None)}
        texts = dict.fromkeys(one.annotation for one in parameter if one is not None and one.annotation)
        is_told = kinds == {_PLAIN} and texts
        annotation = " | ".join(f"({text})" for text in texts) if len(texts) > 1 else next(iter(texts), "")
        found.append(place._replace(annotation=annotation) if is_told else place)
    return (*found, *own[len(found) :])


def joined_returns(language: Language, signature: str) -> str:
    """What any of some signatures says that a call gives."""
    texts = dict.fromkeys(filter(None, map(language.returns, signature.split("\n"))))
    return " | ".join(f"({text})" for text in texts) if len(texts) > 1 else next(iter(texts), "")
