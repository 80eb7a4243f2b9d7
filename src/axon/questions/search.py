"""Find symbols by name, by path, and by what they say.

What flows in: an index and a query. What flows out: a `SearchAnswer`, best hits first, the same on every machine for
the same index. What is typed just so comes first: ids, names, qualified names, paths; then what has the words of the
query, then names that begin with it. A single name that nothing has is looked for with typos.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from axon.errors import EmbeddingError
from axon.model.answers import SearchAnswer, SearchHit, SourceLine
from axon.model.ids import file_id, folder_id
from axon.model.kinds import EdgeKind, Flag, NodeKind
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.snippets import Telling, snippet
from axon.questions.symbols import dotted_name
from axon.questions.vectors import Vectors, near_summaries, vectors_of
from axon.storage.columns import IndexColumns

if TYPE_CHECKING:
    from axon.search.ranking import Ranking, Scored
    from axon.search.summaries import SummaryLane

DEFAULT_LIMIT: Final = 20
LOOKED_AT: Final = 2000
"""Names that begin with the query, and paths that contain it, are ranked among so many at most."""

_USES: Final = (
    *(EdgeKind.CALLS, EdgeKind.USES_TYPE, EdgeKind.DECORATED_BY),
    *(EdgeKind.EXTENDS, EdgeKind.IMPLEMENTS, EdgeKind.IMPORTS),
)


class Tests(StrEnum):
    """What becomes of tests: `auto` puts them lower, unless the query is about tests."""

    AUTO = "auto"
    INCLUDE = "include"
    EXCLUDE = "exclude"


class _Lane(StrEnum):
    """How a symbol was found, the surest first."""

    ID = "id"
    NAME = "name"
    QUALIFIED = "qualified name"
    SUFFIX = "qualified suffix"
    FOLDED = "name, case ignored"
    EXACT_PATH = "path, whole"
    TYPO = "typo"
    WORDS = "words"
    SUMMARY = "summary"
    PREFIX = "prefix"
    PATH = "path"


_MEANT: Final = frozenset({_Lane.ID, _Lane.QUALIFIED, _Lane.SUFFIX, _Lane.EXACT_PATH})
"""Whoever types as much looks for nothing else."""
_ORDER: Final = {lane: place for place, lane in enumerate(_Lane)}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which symbols may be found: values of NodeKind, path patterns or beginnings, names of languages; all if empty."""

    kinds: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    tests: Tests = Tests.AUTO

    def takes(self, columns: IndexColumns, row: int) -> bool:
        """Whether the node at `row` may be found."""
        if not (self.kinds or self.paths or self.languages or self.tests is Tests.EXCLUDE):
            return True
        node = columns.node(row)
        return (
            (not self.kinds or node.kind.value in self.kinds)
            and (not self.languages or node.language in self.languages)
            and (not self.paths or self.takes_path(node.path))
            and not (self.tests is Tests.EXCLUDE and node.flags & Flag.TEST)
        )

    def takes_path(self, path: str) -> bool:
        """Whether a path is a wanted file, lies below a wanted folder, or fits a pattern (`*`, `?`, `[`)."""
        return any(
            path == wanted or path.startswith(f"{wanted.rstrip('/')}/") or fnmatchcase(path, wanted)
            for wanted in self.paths
        )


def search(  # noqa: PLR0913  each option is one that a user gives
    index: Index,
    query: str,
    *,
    limit: int = DEFAULT_LIMIT,
    kinds: Collection[str] = (),
    paths: Collection[str] = (),
    languages: Collection[str] = (),
    tests: str = Tests.AUTO,
    snippets: bool = True,
    explain: bool = False,
    weak: bool = False,
) -> SearchAnswer:
    """The symbols that `query` names or describes; see `Filter` for the options that leave some out.

    With `snippets`, hits have lines of their source as it was indexed; with `explain`, what their scores are made of;
    with `weak`, where nothing matches well there is what matches a little, and the note says so.
    """
    wanted = Filter(frozenset(kinds), tuple(paths), frozenset(languages), Tests(tests))
    asked = _Search(index, query.strip(), wanted, limit, weak=weak)
    found = asked.found() if asked.query else []
    warnings: list[str] = list(asked.warnings)
    hits = tuple(asked.hit(row, lane, scored, explain=explain) for row, lane, scored in found[:limit])
    if snippets:
        index.sources.keep(hit.symbol.path for hit in hits if hit.symbol.line)
        telling = Telling(asked.ranking.terms if asked.ranking else {})
        rows = [row for row, _, _ in found[:limit]]
        hits = tuple(_with_lines(index, row, hit, telling, warnings) for row, hit in zip(rows, hits, strict=True))
    ranking = asked.ranking
    corrected = dict(ranking.corrections) if ranking and any(hit.match == _Lane.WORDS for hit in hits) else {}
    terms = dict(ranking.terms) if ranking and explain else {}
    total = max(len(found), asked.total)
    return SearchAnswer(query.strip(), hits, total, index.state(*warnings), corrected, terms, asked.note)


Found = tuple[int, _Lane, "Scored | None"]


class _Search:
    """One query of one index."""

    def __init__(self, index: Index, query: str, wanted: Filter, limit: int, *, weak: bool) -> None:
        self.index, self.query, self.wanted, self.limit, self.weak = index, query, wanted, limit, weak
        self.columns = index.columns
        self.ranking: Ranking | None = None
        self.warnings: list[str] = []
        self.note = ""
        self.total = 0

    def found(self) -> list[Found]:
        """All that matches, best first, as far as it was looked at."""
        named = self._named()
        exact = [one for one in named if _ORDER[one[1]] <= _ORDER[_Lane.EXACT_PATH]]
        if any(lane in _MEANT for _, lane, _ in exact):
            return exact
        typos = [] if exact or not _is_name(self.query) else self._misspelt()
        worded = self._worded()
        near = [*worded, *typos] if self._is_word() else [*typos, *worded]
        best: dict[int, Found] = {}
        for one in [*exact, *near, *named]:
            best.setdefault(one[0], one)
        if not best:
            weak = self.ranking is not None and self.ranking.hits
            asked = f"`{' '.join(self.query.split())}`"
            self.note = f"No good match for {asked}: nothing has enough of it." if weak else f"Nothing matches {asked}."
        return list(best.values())

    # --- by words ------------------------------------------------------------------------------------------------

    def _is_word(self) -> bool:
        """Whether the query is one word that the tree uses, and so no misspelt name."""
        ranking = self.ranking
        is_one = ranking is not None and len(ranking.terms) == 1 and self.query.isalpha()
        return is_one and ranking is not None and ranking.is_good and not ranking.corrections

    def _worded(self) -> list[Found]:
        """Symbols that have the words of the query; none where the best of them has too little of it."""
        search = self.index.search
        if search is None:
            self.warnings.append(
                f"This index has no postings: only names and paths are searched. Run `axon analyze {self.index.root}`."
            )
            return []
        from axon.search.choice import choose  # noqa: PLC0415  it imports numpy
        from axon.search.dense import CANDIDATES  # noqa: PLC0415  likewise
        from axon.search.ranking import rank  # noqa: PLC0415  likewise

        allowed, factor = choose(search, self.columns, self.wanted, self.query)
        vectors, summaries = vectors_of(self.index), self.index.summaries
        weight = vectors.weight if vectors is not None else 0.0
        n_ranked = max(self.limit, CANDIDATES if weight or summaries is not None else 1)
        ranking = rank(search, self.query, allowed, factor, n_ranked)
        if vectors is not None and vectors.fusion is not None:
            ranking = replace(ranking, floor=vectors.fusion.floor)
        self.ranking = ranking
        best = ranking.hits[0].score if ranking.is_good else 0.0
        if vectors is not None and weight and ranking.is_good:
            ranking = self.ranking = self._with_vectors(ranking, vectors, weight, n_ranked)
        if summaries is not None:
            ranking = self.ranking = self._with_summaries(ranking, summaries, best)
        if not ranking.is_good:
            if not self.weak or not ranking.hits:
                return []
            self.note = "No good match: these have little of what was asked for."
        self.total = ranking.total
        lanes = (_Lane.SUMMARY if scored.doc < 0 else _Lane.WORDS for scored in ranking.hits)
        return [(scored.row, lane, scored) for lane, scored in zip(lanes, ranking.hits, strict=True)]

    def _with_summaries(self, ranking: "Ranking", lane: "SummaryLane", best: float) -> "Ranking":
        """The ranking with what was written about symbols; where words find nothing good, by that alone."""
        from dataclasses import replace  # noqa: PLC0415  only where something was written

        from axon.search.summaries import ENOUGH, with_summaries  # noqa: PLC0415  it imports numpy

        found = lane.similarities(ranking.terms)
        near, trouble = near_summaries(self.index, self.query)
        self.warnings += filter(None, [trouble])
        found |= {row: max(cosine, found.get(row, 0.0)) for row, cosine in near.items()}
        similar = {row: share for row, share in found.items() if self.wanted.takes(self.columns, row)}
        known = ranking if ranking.is_good else replace(ranking, hits=(), total=0)
        told = with_summaries(known, similar, best, max(self.limit, 1))
        share = max(similar.values(), default=0.0)
        return replace(told, evidence=max(told.evidence, share if share >= ENOUGH else 0.0))

    def _with_vectors(self, ranking: "Ranking", vectors: Vectors, weight: float, limit: int) -> "Ranking":
        from axon.search.dense import fused  # noqa: PLC0415  it imports numpy

        try:
            vector = vectors.embed(self.index, self.query)
            self.warnings += vectors.warnings
        except EmbeddingError as error:
            self.warnings.append(str(error))
            return ranking
        return fused(ranking, vectors.lane, vector, weight, limit)

    # --- by names ------------------------------------------------------------------------------------------------

    def _named(self) -> list[Found]:
        lanes: dict[int, _Lane] = {}
        for lane, row in self._matches():
            if self.wanted.takes(self.columns, row):
                lanes.setdefault(row, lane)
        references = {row: self._references(row) for row in lanes}
        ranked = sorted(lanes, key=lambda row: (_ORDER[lanes[row]], *self._rank(row, references[row])))
        return [(row, lanes[row], None) for row in ranked]

    def _misspelt(self) -> list[Found]:
        from axon.search.typos import names_near  # noqa: PLC0415  it imports numpy

        last = self.query.rpartition(".")[2].rpartition("::")[2]
        found: list[tuple[int, int, int]] = []  # typos, place among those of its name, row
        for typos, name in names_near(self.columns, last, self.limit):
            rows = [row for row in self.columns.rows_named(name) if self.wanted.takes(self.columns, row)]
            rows = [row for row in rows if self.columns.node(row).kind is not NodeKind.EXTERNAL]
            rows.sort(key=lambda row: self._rank(row, self._references(row)))
            found += [(typos, place, row) for place, row in enumerate(rows)]
        found.sort(key=lambda one: one[:2])  # of each name the first before the second of any
        return [(row, _Lane.TYPO, None) for _, _, row in found]

    def _matches(self) -> Iterator[tuple[_Lane, int]]:
        """(lane, row), the best lane of a row first."""
        columns, query = self.columns, self.query
        exact = columns.row_of(query)
        yield from [(_Lane.ID, exact)] if exact is not None else []
        yield from ((_Lane.NAME, row) for row in columns.rows_named(query))
        yield from ((_Lane.QUALIFIED, row) for row in columns.rows_qualified(query))
        yield from ((_Lane.SUFFIX, row) for row in self._with_ending())
        folded = query.casefold()
        begin = columns.rows_with_prefix(query, LOOKED_AT)
        yield from ((_Lane.FOLDED, row) for row in begin if columns.name_of(row).casefold() == folded)
        yield from ((_Lane.PREFIX, row) for row in begin)
        for path, row in self._at_paths():
            yield _Lane.EXACT_PATH if path == query or path.endswith(f"/{query.lstrip('/')}") else _Lane.PATH, row

    def _with_ending(self) -> list[int]:
        last = self.query.rpartition(".")[2].rpartition("::")[2]
        if last == self.query or not last:
            return []
        ending = "." + self.query.replace("::", ".").removeprefix(".")
        rows = self.columns.rows_named(last)
        return [row for row in rows if f".{dotted_name(self.columns, row)}".endswith(ending)]

    def _at_paths(self) -> Iterator[tuple[str, int]]:
        columns = self.columns
        for path in columns.paths_matching(self.query)[:LOOKED_AT]:
            row = columns.row_of(file_id(path))
            if row is None:
                row = columns.row_of(folder_id(path))
            if row is not None:
                yield path, row

    def _references(self, row: int) -> int:
        return len(self.columns.incoming(row, *_USES))

    def _rank(self, row: int, references: int) -> tuple[bool, bool, bool, int, str]:
        node = self.columns.node(row)
        is_external = node.kind is NodeKind.EXTERNAL
        is_test = bool(node.flags & Flag.TEST) and self.wanted.tests is not Tests.INCLUDE
        return is_external, not node.flags & Flag.EXPORTED, is_test, -references, node.id

    # --- answers -------------------------------------------------------------------------------------------------

    def hit(self, row: int, lane: _Lane, scored: "Scored | None", *, explain: bool) -> SearchHit:
        """The node at `row` as an answer has it."""
        node = self.columns.node(row)
        return SearchHit(
            symbol(self.columns, row),
            lane.value,
            node.signature,
            node.summary,
            self._references(row),
            node.end_line,
            score=round(scored.score, 4) if scored else 0.0,
            factors={name: round(value, 4) for name, value in scored.factors.items()} if scored and explain else {},
        )


def _is_name(query: str) -> bool:
    return query.replace(".", "_").replace("::", "_").isidentifier()


def _with_lines(index: Index, row: int, hit: SearchHit, telling: Telling, warnings: list[str]) -> SearchHit:
    lines: tuple[SourceLine, ...] = snippet(index, row, hit, telling, warnings)
    return replace(hit, lines=lines) if lines else hit
