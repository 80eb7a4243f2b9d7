"""Ignore files, nested: which rules hold in a folder, and whether they leave a path out.

What flows in: the bytes of ignore files in gitignore syntax. What flows out: `Rules`, one value per folder, and yes or
no per path. It does not know how folders are walked.

The caller asks top down and never enters an ignored folder, so that, as in git, nothing below one can be re-included.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_REJECTIONS: Final = (ValueError, re.error)


@dataclass(frozen=True, slots=True)
class Rules:
    """The ignore files that hold in a folder, deepest first, each with the length of its own folder's prefix."""

    specs: tuple[tuple[int, GitIgnoreSpec], ...] = ()

    def with_file(self, prefix: str, content: bytes) -> tuple[Rules, list[str]]:
        """These rules and those of the ignore file in the folder `prefix` ('' or 'a/b/'), and the lines it rejects."""
        lines = content.decode("utf-8-sig", "surrogateescape").split("\n")
        spec, rejected = _compiled([line.removesuffix("\r") for line in lines])
        return (Rules(((len(prefix), spec), *self.specs)) if spec.patterns else self), rejected

    def ignores(self, path: str) -> bool:
        """Whether the deepest ignore file that mentions `path` leaves it out; a folder's path ends in '/'."""
        for start, spec in self.specs:
            if (verdict := spec.check_file(path[start:]).include) is not None:
                return verdict
        return False


def _compiled(lines: list[str]) -> tuple[GitIgnoreSpec, list[str]]:
    with warnings.catch_warnings():
        # A pattern such as `[[a]` becomes an expression that some later release of `re` will read differently.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return _spec(lines), []
        except _REJECTIONS:
            rejected = [line for line in lines if not _compiles(line)]
        return _spec([line for line in lines if line not in rejected]), rejected


def _compiles(line: str) -> bool:
    try:
        _spec([line])
    except _REJECTIONS:
        return False
    return True


def _spec(lines: list[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415  most folders have no ignore file

    return GitIgnoreSpec.from_lines(lines)
