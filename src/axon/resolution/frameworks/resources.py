"""The routes of a resource: one for each action of a class, as REST frameworks make them.

What flows in: a rule, the class, and which members stand under a decorator that makes actions. What flows out: HTTP
methods, URL paths and what answers them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from axon.languages.pack import Resource, fits
from axon.resolution.frameworks.paths import in_braces
from axon.resolution.frameworks.registered import RegisteredCalls, bound
from axon.resolution.frameworks.sites import plain
from axon.resolution.names import Names
from axon.resolution.values import is_external


class Action(NamedTuple):
    """A route of a resource."""

    methods: tuple[str, ...]
    path: str
    handler: int


class Decorated(NamedTuple):
    """A call that stands on a member and makes it an action."""

    calls: RegisteredCalls
    call: int


def actions_of(
    names: Names, rule: Resource, row: int, path: str, extras: Mapping[int, Sequence[Decorated]]
) -> Iterator[Action]:
    """The routes of a class of the tree, given by its row, at a URL path."""
    order = names.classes.heritage.order(row)
    key = next((text for name in rule.keys if (text := _constant(names, order, name))), rule.key)
    outside = _outside(names, rule, order)
    path = in_braces(path, rule.syntax or "braces")

    def filled(form: str, name: str = "") -> str:
        return form.replace("{path}", path).replace("{name}", name).replace("{key}", f"{{{key}}}")

    for line in rule.actions:
        name, method, form = line.split(" ", 2)
        declared = [value for value in names.classes.declared(order, name) if names.is_callable(value)]
        if declared or name in outside:
            yield Action((method,), filled(form), declared[0] if declared else row)
    for base in order:
        for member, found in extras.items() if not is_external(base) else ():
            if _owner(names, member) != base:
                continue
            for calls, call in found:
                is_single = (calls.texts(call, rule.single) or [""])[0].lower() == "true"
                said = calls.texts(call, rule.extra_path)
                methods = tuple(method.upper() for method in calls.texts(call, rule.extra_methods) or ("GET",))
                name = said[0] if said else names.assembly.names[member]
                name = in_braces(name, rule.syntax or "braces")
                yield Action(methods, filled(rule.one if is_single else rule.all, name), member)


def _outside(names: Names, rule: Resource, order: Sequence[int]) -> frozenset[str]:
    """The actions that bases outside the tree have."""
    found: set[str] = set()
    for base in order:
        name = plain(names.externals.name(base)) if is_external(base) else ""
        for line in rule.given if name else ():
            pattern, *known = line.split()
            if fits(pattern, name):
                found.update(known)
    return frozenset(found)


def _constant(names: Names, order: Sequence[int], name: str) -> str | None:
    for value in names.classes.declared(order, name):
        if names.is_stored(value):
            return bound(names, *names.assembly.place(value))
    return None


def _owner(names: Names, member: int) -> int:
    file, definition = names.assembly.place(member)
    return names.row(file, names.scopes[file].facts.definitions.owner[definition])
