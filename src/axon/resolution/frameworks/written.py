"""What calls and decorators say, in words.

What flows in: the facts of files. What flows out: reference rows by the last part of a dotted text.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from axon.model.facts import FileFacts, ReferenceKind
from axon.resolution.names import Names

RESULT: Final = "()"
"""In place of the text of a call that calls what another gives."""

_CALL: Final = int(ReferenceKind.CALL)
_USING: Final = frozenset({int(ReferenceKind.CALL), int(ReferenceKind.DECORATOR)})


class Written:
    """The calls and decorators of each file by the last part of what is written; calls of what a call gives as RESULT.

    It depends on the facts of a file alone, so that a process that updates its index makes it once.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[int, dict[str, list[int]]] = {}

    def replace(self, file: int) -> None:
        """Take up another version of a file, which the names have taken up."""
        self._known.pop(file, None)

    def of(self, file: int) -> Mapping[str, Sequence[int]]:
        """Reference rows of a file by the last part of their text."""
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = self._found(self._names.scopes[file].facts)
        return known

    def _found(self, facts: FileFacts) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        rows_of: dict[int, list[int]] = {}  # by text
        table, strings = facts.references, facts.strings
        for reference, (kind, text) in enumerate(zip(table.kind, table.text, strict=True)):
            if kind not in _USING or text < 0:
                continue
            rows = rows_of.get(text)
            if rows is None:
                rows = rows_of[text] = found.setdefault(strings[text].rpartition(".")[2], [])
            if strings[text]:
                rows.append(reference)
            elif kind == _CALL and table.inner[reference] >= 0:
                found.setdefault(RESULT, []).append(reference)
        return found
