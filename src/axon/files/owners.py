"""Who owns a file by CODEOWNERS.

What flows in: a root. What flows out: a function from paths to owners. Patterns are those of ignore files; of several
that match the last one counts. A line that cannot be read owns nothing.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

_PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


def read_owners(root: Path) -> Callable[[str], tuple[str, ...]]:
    """Owners by path, as the first CODEOWNERS file of the tree says; without one, nobody owns anything."""
    rules = list(_rules(root))

    def owners(path: str) -> tuple[str, ...]:
        return next((who for spec, who in reversed(rules) if spec.match_file(path)), ())

    return owners


def _rules(root: Path) -> Iterator[tuple[GitIgnoreSpec, tuple[str, ...]]]:
    place = next((root / name for name in _PLACES if (root / name).is_file()), None)
    if place is None:
        return
    for line in place.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.partition(" #")[0].split()
        if words and not words[0].startswith(("#", "[")):
            try:
                yield GitIgnoreSpec.from_lines([words[0]]), tuple(words[1:])
            except (ValueError, re.error):
                continue
