"""Which symbols nobody uses.

What flows in: a view and the mentions of names in its tree. What flows out: findings, each with its proof and how sure
it is. A symbol is dead where no edge leads to it from outside and its name stands nowhere else in the tree; a name that
stands in the text of something dead alone is not used either. What a framework, a base class of a library or whoever
imports a package may use is reported with less confidence, or not at all.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.analyses.doubts import Doubts
from axon.analyses.finding import CERTAIN, KNOWN, LIKELY, OPEN, Finding, Unused
from axon.analyses.mentions import Mentions, reads
from axon.analyses.uses import CANDIDATES, Uses
from axon.graph.view import GraphView, Rows
from axon.model.kinds import CLASS_KINDS, EdgeKind, Flag

_MOST_ROUNDS: Final = 6

_DUNDER: Final = re.compile(r"_\w+_\Z")  # `__len__`, and `_repr_html_` of those who take after it
_RUN_BY_TESTS: Final = re.compile(
    r"\.?(?:test|setup|teardown|pytest|before|after|run)|\w*(?:Test|Case|Spec)", re.IGNORECASE
)


def dead_symbols(
    view: GraphView,
    text: Mentions,
    unused: Rows,
    *,
    is_library: bool,
    started: Collection[int] = (),
    with_inner: bool = False,
) -> list[Finding]:
    """Those of the `unused_symbols` that nobody names either, by row; inner ones of them are listed `with_inner` only.

    What is `started` from outside of the tree by its name is alive. In a library, what others may import is only
    reported as open: they are not in the tree.
    """
    search = _Search(view, text, unused, started, is_library=is_library)
    sure: dict[int, Finding] = {}
    for number in range(_MOST_ROUNDS):
        found = [one for row in search.round(sure) if (one := search.finding(row, number)).confidence >= KNOWN]
        if not found:
            break
        sure.update((one.row, one) for one in found)
    dead = dict(sure)
    for number in range(_MOST_ROUNDS):  # what stands only in what may be used is no more certain than that
        found = [search.finding(row, len(sure) + number, most=OPEN) for row in search.round(dead)]
        if not found:
            break
        dead.update((one.row, one) for one in found)
    return [dead[row] for row in sorted(dead) if with_inner or int(search.owner[row]) not in dead]


@dataclass(frozen=True, slots=True)
class _Named:
    """Symbols of one name that may be dead: their `rows`, how often the tree reads it, and at most they themselves."""

    name: str
    encoded: bytes
    rows: tuple[int, ...]
    n_reads: int
    most_own: int


class _Search:
    """One search: what is known of every node once, and rounds that find what is dead."""

    def __init__(
        self, view: GraphView, text: Mentions, unused: Rows, started: Collection[int], *, is_library: bool
    ) -> None:
        self._view, self._text, self._is_library = view, text, is_library
        self._uses = Uses(view)
        self.owner = self._uses.owner
        self._doubts = Doubts(view, text, self.owner)
        self._used_at_first = np.ones(view.n_nodes, bool)
        self._used_at_first[unused] = False
        self._rows_named: dict[str, list[int]] = {}
        for row in np.flatnonzero(view.is_kind(*CANDIDATES)).tolist():
            self._rows_named.setdefault(view.names[row], []).append(row)
        self._has_body = view.is_callable | view.is_kind(*CLASS_KINDS)
        self._own_reads_of: dict[int, int] = {}
        self._candidates = list(self._find_candidates(frozenset(started)))
        self._gone: Counter[bytes] = Counter()
        self._gone_rows: dict[int, Counter[bytes]] = {}

    def round(self, dead: Mapping[int, Finding]) -> list[int]:
        """What is dead now and was not before; `dead` only grows."""
        self._count_gone(dead)
        used = self._uses.used(dead) if dead else self._used_at_first
        found = []
        for one in self._candidates:
            n_reads = one.n_reads - self._gone[one.encoded]
            if n_reads <= one.most_own and n_reads <= self._own_reads(one, dead):
                found += [row for row in one.rows if row not in dead and not used[row]]
        return found

    def finding(self, row: int, number: int, *, most: float = 1.0) -> Finding:
        """What a round with this number says of a symbol, at most so sure."""
        name, is_private = self._view.names[row], self._doubts.is_private(row)
        if number:
            proof = f"`{name}` stands only in what is not used either"
        else:
            proof = f"no edge leads to it, and `{name}` stands nowhere else in the tree"
        doubts = self._doubts.of(row)
        if self._is_library and not is_private:
            doubts.append((OPEN, "whoever imports the package may use it"))
        confidence = min(most, CERTAIN if is_private else LIKELY, *(doubt for doubt, _ in doubts))
        text = "; ".join([proof, *(said for _, said in doubts)])
        line = int(self._view.start_line[row])
        return Finding(Unused.SYMBOL, row, name, line, confidence, text, is_direct=not number)

    def _find_candidates(self, started: Collection[int]) -> Iterator[_Named]:
        """Names with the rows that are not alive by what they are."""
        view = self._view
        is_alive = np.zeros(view.n_nodes, bool)
        is_alive[view.source[view.edges_of(EdgeKind.OVERRIDES, EdgeKind.TRIGGERED_BY)]] = True
        is_alive[list(started)] = True
        left_out = int(Flag.GENERATED | Flag.VENDORED | Flag.OVERLOAD | Flag.ABSTRACT)
        is_alive |= (view.flags & left_out) != 0
        is_test = ((view.flags & int(Flag.TEST)) != 0).tolist()
        out = {view.paths[row] for row in np.flatnonzero(view.is_file & ((view.flags & left_out) != 0)).tolist()}
        alive = is_alive.tolist()
        for name, rows in self._rows_named.items():
            if _DUNDER.match(name) or name == "_" or not name.isidentifier():
                continue
            is_run = _RUN_BY_TESTS.match(name) is not None
            kept = [r for r in rows if not alive[r] and not (is_test[r] and is_run) and view.paths[r] not in out]
            if kept:
                encoded = name.encode("utf-8", "surrogatepass")
                most_own = sum(self._code(row).count(encoded) for row in rows)
                yield _Named(name, encoded, tuple(kept), self._text.reads[encoded], most_own)

    def _count_gone(self, dead: Mapping[int, Finding]) -> None:
        """Count how often names stand in what is dead, each text once."""
        for row in dead:
            is_inner = any(above in dead for above in self._above(row))
            if is_inner and row in self._gone_rows:
                self._gone.subtract(self._gone_rows.pop(row))
            elif not is_inner and row not in self._gone_rows:
                self._gone_rows[row] = reads(self._code(row))
                self._gone.update(self._gone_rows[row])

    def _own_reads(self, named: _Named, dead: Mapping[int, Finding]) -> int:
        """How often the name stands in the definitions of that name themselves, but for dead ones.

        What assigns to a name that a function or class has as well reads that: `self.run = run`.
        """
        names, is_file = self._view.names, self._view.is_file
        rows = self._rows_named[named.name]
        total = 0
        for row in [r for r in rows if self._has_body[r]] or rows:
            is_inside = any(at in dead or (names[at] == named.name and not is_file[at]) for at in self._above(row))
            if not is_inside and row not in dead:
                if row not in self._own_reads_of:
                    self._own_reads_of[row] = reads(self._code(row))[named.encoded]
                total += self._own_reads_of[row]
        return total

    def _above(self, row: int) -> Iterator[int]:
        """What a symbol lies in, the innermost first."""
        at = int(self.owner[row])
        while at >= 0:
            yield at
            at = int(self.owner[at])

    def _code(self, row: int) -> bytes:
        file = self._text.files.get(self._view.paths[row])
        return file.code[self._view.start_byte[row] : self._view.end_byte[row]] if file else b""
