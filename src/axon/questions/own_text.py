"""What symbols say themselves, as bytes of the files that they lie in.

What flows in: a graph and the contents of some of its files. What flows out: texts by row. It knows no language.
"""

from collections.abc import Mapping

from axon.model.kinds import EdgeKind
from axon.questions.snapshot import ReadableGraph


class OwnTexts:
    """The texts of symbols in `contents`, which are those of the graph by path."""

    def __init__(self, graph: ReadableGraph, contents: Mapping[str, bytes]) -> None:
        view = graph.view
        self._columns, self._paths, self.contents = graph.columns, view.paths, contents
        self._start, self._end = view.start_byte.tolist(), view.end_byte.tolist()

    def path(self, row: int) -> str:
        return self._paths[row]

    def has(self, row: int) -> bool:
        """Whether the content of its file is there."""
        return self._paths[row] in self.contents

    def whole(self, row: int) -> bytes:
        """The text of a symbol, with that of the symbols that it defines."""
        return self.contents[self._paths[row]][self._start[row] : self._end[row]]

    def own(self, row: int) -> bytes:
        """The text of a symbol without that of the symbols that it defines."""
        content, end = self.contents[self._paths[row]], self._end[row]
        targets = [self._columns.target(edge) for edge in self._columns.outgoing(row, EdgeKind.DEFINES)]
        parts, at = [], self._start[row]
        for start, stop in sorted((self._start[target], self._end[target]) for target in targets):
            if at <= start and stop <= end:
                parts.append(content[at:start])
                at = stop
        return b"\0".join([*parts, content[at:end]])


def is_same(was: OwnTexts, old: int, now: OwnTexts, new: int) -> bool | None:
    """Whether a symbol says the same on both sides; None where a text is kept no more."""
    if not (was.has(old) and now.has(new)):
        return None
    return was.whole(old) == now.whole(new) or was.own(old) == now.own(new)
