"""From answers about names to one tree: the same tree from any order of the answers.

What flows in: for each part the feature that it belongs to, for each feature its broader one, and which names mean the
same. What flows out: features with one parent each, all below the fixed roots, without a cycle. It asks nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROOTS: Final = ("domain", "interface", "data", "integration", "infrastructure", "developer tools")
"""The top features: every other one is below one of them."""

ELSEWHERE: Final = ROOTS[-2]
"""Where a feature goes whose broader features lead nowhere, or back to itself."""

_SPACES: Final = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """`parent` of each feature ('' for a root), and the feature of each part."""

    parent: Mapping[str, str]
    feature: Mapping[str, str]

    def children(self) -> dict[str, list[str]]:
        """Features by the one above them, sorted; only where there are any."""
        found: dict[str, list[str]] = {}
        for name, above in sorted(self.parent.items()):
            if above:
                found.setdefault(above, []).append(name)
        return found


def normal_name(text: str) -> str:
    """A name in lower case, with single spaces."""
    return _SPACES.sub(" ", text).strip().strip(".").lower()


def hierarchy_of(feature: Mapping[str, str], broader: Mapping[str, str], same: Mapping[str, str]) -> Hierarchy:
    """The tree. `feature` is by part, `broader` by name, `same` leads from a name to the one that stays.

    Names that mean the same become one, then each has one parent, then what leads in a circle or nowhere is put below
    `ELSEWHERE`.
    """
    final = {name: _followed(name, same) for name in {*feature.values(), *broader, *broader.values()}}
    parents: dict[str, str] = {}
    for name in sorted(broader):  # of names that became one, the first in the alphabet decides
        mine, above = final[name], final[broader[name]]
        if mine not in ROOTS and mine != above:
            parents.setdefault(mine, above)
    used: dict[str, str] = dict.fromkeys(ROOTS, "")
    for part in sorted(feature):
        for name, above in _way_up(final[feature[part]], parents):
            used.setdefault(name, above)
    return Hierarchy(used, {part: final[name] for part, name in sorted(feature.items())})


def _way_up(name: str, parents: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each feature from `name` on with the one above it, the last below a root."""
    way: list[str] = []
    while name not in ROOTS:
        if name in way:  # a circle is cut at its first name, so that it does not matter where it was entered
            cut = min(way[way.index(name) :])
            shown = way[: way.index(cut) + 1]
            return [*zip(shown, [*shown[1:], ELSEWHERE], strict=True)]
        way.append(name)
        name = parents.get(name, ELSEWHERE)
    return [*zip(way, [*way[1:], name][: len(way)], strict=True)]


def _followed(name: str, same: Mapping[str, str]) -> str:
    seen = {name}
    while (stays := same.get(name)) is not None and stays not in seen:
        seen.add(stays)
        name = stays
    return min(seen) if stays is not None else name
