"""The best orientation within a budget: signatures of the symbols that matter most, grouped by file.

What flows in: an index, a budget and what it is about. What flows out: a `MapAnswer`, the same for the same graph. What
matters is personalised PageRank over the graph: what is used by much that is used matters, and more so near the focus.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Final

import numpy as np

from axon.analyses.pagerank import pagerank
from axon.errors import UnknownSymbolError
from axon.graph.view import Floats, GraphView, Mask, Rows
from axon.model.artifacts import ArtifactAnswer
from axon.model.ids import folder_id
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS, EDGE_KINDS, EdgeKind, Flag, NodeKind
from axon.model.review import MapAnswer, MapFile, MapSymbol
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.search import search
from axon.questions.symbols import find_symbol
from axon.questions.text import BYTES_A_TOKEN, shortened, signature_line
from axon.questions.written import summary_of
from axon.storage.columns import IndexColumns

TOKENS: Final = 2000
"""What a map may cost unless somebody says otherwise."""

WEIGHTS: Final[dict[EdgeKind, float]] = {
    EdgeKind.CALLS: 1.0,
    EdgeKind.PASSES: 0.7,
    EdgeKind.EXTENDS: 1.0,
    EdgeKind.IMPLEMENTS: 1.0,
    EdgeKind.USES_TYPE: 0.6,
    EdgeKind.DECORATED_BY: 0.6,
    EdgeKind.OVERRIDES: 0.4,
    EdgeKind.DEFINES: 0.2,
}
"""How much of the attention of its source an edge leads on, before its confidence counts.

Edges of definition are walked from the inner symbol to the outer one: a class matters because its methods do."""

_SHOWN: Final = CLASS_KINDS | CALLABLE_KINDS | {NodeKind.TYPE_ALIAS}
_FROM_TESTS: Final = 0.05  # what tests use says what is tested, not what matters
_BACKWARDS: Final = 0.5  # near a focus, users of a symbol count as well as what it uses
_PLACES: Final = frozenset({NodeKind.FOLDER, NodeKind.MODULE, NodeKind.FILE})
_UNWANTED: Final = Flag.TEST | Flag.GENERATED | Flag.VENDORED
_SEEDS: Final = 20
_INDENT: Final = 2
_ABOUT_SHARE: Final = 0.2  # of the budget goes to what was written about files
_ABOUT_LENGTH: Final = 120
_MISSES: Final = 30  # so many lines that do not fit any more end a map


def code_map(index: Index, *, tokens: int = TOKENS, focus: Sequence[str] = ()) -> MapAnswer:
    """As many signatures as fit into `tokens`; each `focus` is a file, a folder, a symbol, or words to search for.

    Raises:
        UnknownSymbolError: nothing fits a focus.
    """
    columns, view = index.columns, index.view
    seeds = {row: None for text in focus for row in _seeds(index, text)}
    unwanted = unwanted_of(index)
    unwanted[list(seeds)] = False
    ranks = _ranks(view, unwanted, list(seeds))
    candidates = _candidates(view, unwanted, ranks, list(seeds))
    share = 1 - _ABOUT_SHARE if index.written else 1.0
    chosen = _chosen(columns, candidates, int(tokens * BYTES_A_TOKEN * share))
    files = _grouped(columns, chosen, ranks, set(seeds))
    about, files, said = _with_summaries(index, files, int(tokens * BYTES_A_TOKEN * (1 - share)))
    cost = said + sum(len(file.path.encode("utf-8", "surrogatepass")) + 1 for file in files)
    cost += sum(_cost(line.text, line.indent, line.symbol.line) for file in files for line in file.symbols)
    return MapAnswer(
        tuple(focus),
        tuple(symbol(columns, row) for row in list(seeds)[:_SEEDS]),
        tokens,
        -(-cost // BYTES_A_TOKEN),
        len(chosen),
        len(candidates),
        files,
        index.state(),
        about,
    )


def map_lines(answer: MapAnswer) -> list[str]:
    """The map as lines: a path, below it signatures, each with its line; what `tokens` counts.

    What was written about a file or the repository stands in a line of its own, with who wrote it and its state.
    """
    lines = [_about_line(answer.about)] if answer.about is not None else []
    for file in answer.files:
        lines.append(file.path)
        lines += [_about_line(file.about)] if file.about is not None else []
        lines += [f"{' ' * (_INDENT * (s.indent + 1))}{s.text}  :{s.symbol.line}" for s in file.symbols]
    return lines


def _with_summaries(
    index: Index, files: tuple[MapFile, ...], budget: int
) -> tuple[ArtifactAnswer | None, tuple[MapFile, ...], int]:
    """The repository's summary and the files with theirs, as many as fit, the first files first; and what they cost."""
    left = budget

    def fitting(id: str) -> ArtifactAnswer | None:
        nonlocal left
        about = summary_of(index, id) if index.written else None
        if about is None:
            return None
        cost = len(_about_line(about).encode("utf-8", "surrogatepass")) + 1
        if cost > left:
            return None
        left -= cost
        return about

    whole = fitting(folder_id(""))
    told = tuple(replace(file, about=fitting(file.path)) for file in files)
    return whole, told, budget - left


def _about_line(about: ArtifactAnswer) -> str:
    return f"{' ' * _INDENT}# {shortened(about.text, _ABOUT_LENGTH)} ({about.origin})"


def _cost(text: str, indent: int, line: int) -> int:
    return _INDENT * (indent + 1) + len(text.encode("utf-8", "surrogatepass")) + len(f"  :{line}\n")


def _seeds(index: Index, text: str) -> list[int]:
    """Rows that a focus means; a folder or a file means all that is in it."""
    columns = index.columns
    exact = _meant(columns, text) or _meant(columns, folder_id(text.rstrip("/")))
    if exact:
        return exact
    try:
        return [find_symbol(columns, text)]
    except UnknownSymbolError:
        pass
    found = [hit.symbol.id for word in (text, *text.split()) for hit in search(index, word, limit=_SEEDS).hits]
    rows = [inner for id in found[:_SEEDS] for inner in _meant(columns, id)]
    if not rows:
        raise UnknownSymbolError(f"Nothing in the index fits `{text}`. Name a file, a folder or a symbol.")
    return rows


def _meant(columns: IndexColumns, id: str) -> list[int]:
    """The row of an id; of a file or a folder all that lies in it."""
    row = columns.row_of(id)
    if row is None:
        return []
    node = columns.node(row)
    return _rows_below(columns, node.path) if node.kind in _PLACES else [row]


def _rows_below(columns: IndexColumns, path: str) -> list[int]:
    below = f"{path}/" if path else ""
    paths = [p for p in columns.paths_matching(path) if p == path or p.startswith(below)] if path else [""]
    return [row for p in paths for row in columns.rows_at_path(p)]


def _ranks(view: GraphView, unwanted: Mask, seeds: Sequence[int]) -> Floats:
    weight = np.zeros(len(EDGE_KINDS))
    for kind, share in WEIGHTS.items():
        weight[EDGE_KINDS.index(kind)] = share
    weights = weight[view.edge_kind] * view.confidence
    own = ~view.is_kind(NodeKind.EXTERNAL)
    kept = np.flatnonzero((weights > 0) & own[view.source] & own[view.target])
    sources, targets, weights = view.source[kept].astype(np.int64), view.target[kept].astype(np.int64), weights[kept]
    inwards = view.edges_of(EdgeKind.DEFINES)[kept]
    sources, targets = np.where(inwards, targets, sources), np.where(inwards, sources, targets)
    if not seeds:
        weights = np.where(unwanted[sources], weights * _FROM_TESTS, weights)
        return pagerank(sources, targets, weights, np.where(own, np.where(unwanted, _FROM_TESTS, 1.0), 0.0))
    restart = np.zeros(view.n_nodes)
    restart[list(seeds)] = 1.0
    both = (np.concatenate([sources, targets]), np.concatenate([targets, sources]))
    return pagerank(*both, np.concatenate([weights, weights * _BACKWARDS]), restart)


def unwanted_of(index: Index) -> Mask:
    """Which nodes are tests, or lie in files that a program wrote or that are copies of somebody else's."""
    view = index.view
    flagged = (view.flags & int(_UNWANTED)) != 0
    paths = np.asarray(index.columns.numbers("node", "path"))
    of_path = np.zeros(int(paths.max(initial=0)) + 1, bool)
    of_path[paths[flagged & view.is_kind(NodeKind.FILE)]] = True
    return np.asarray(flagged | of_path[paths], np.bool_)


def _candidates(view: GraphView, unwanted: Mask, ranks: Floats, seeds: Sequence[int]) -> Rows:
    """Rows that may be shown, those of the focus first, then the best; tests and locals only where they are meant."""
    is_seed = np.zeros(view.n_nodes, bool)
    is_seed[list(seeds)] = True
    may = view.is_kind(*_SHOWN) & (ranks > 0) & ~unwanted & (is_seed | ~_locals(view))
    rows = np.flatnonzero(may)
    return rows[np.lexsort((rows, -ranks[rows], ~is_seed[rows]))]


def _locals(view: GraphView) -> Mask:
    """Which nodes are defined inside a function, at any depth."""
    defines = np.flatnonzero(view.edges_of(EdgeKind.DEFINES))
    sources, targets = view.source[defines], view.target[defines]
    is_local, holds = np.zeros(view.n_nodes, bool), view.is_kind(*CALLABLE_KINDS)
    while not is_local[targets[holds[sources]]].all():
        is_local[targets[holds[sources]]] = True
        holds = holds | is_local
    return is_local


def _chosen(columns: IndexColumns, candidates: Rows, budget: int) -> list[int]:
    """The best rows whose lines fit, each with the owners above it and, once, its file."""
    chosen: dict[int, None] = {}
    paths: set[str] = set()
    misses = 0
    for row in candidates.tolist():
        if misses >= _MISSES:
            break
        if row in chosen:
            continue
        node = columns.node(row)
        wanted = [r for r in (*_owners(columns, row), row) if r not in chosen]
        cost = 0 if node.path in paths else len(node.path.encode("utf-8", "surrogatepass")) + 1
        for other in wanted:
            inner = columns.node(other)
            cost += _cost(signature_line(inner), _depth(columns, other), inner.start_line)
        if cost > budget:
            misses += 1
            continue
        budget -= cost
        paths.add(node.path)
        chosen.update(dict.fromkeys(wanted))
    return list(chosen)


def _owners(columns: IndexColumns, row: int) -> list[int]:
    """The classes around a node, the outermost first; what is local to a function stands alone."""
    owners: list[int] = []
    while True:
        above = [columns.source(edge) for edge in columns.incoming(row, EdgeKind.DEFINES)]
        if not above or columns.node(above[0]).kind not in CLASS_KINDS:
            return owners[::-1]
        row = above[0]
        owners.append(row)


def _depth(columns: IndexColumns, row: int) -> int:
    return len(_owners(columns, row))


def _grouped(columns: IndexColumns, chosen: Iterable[int], ranks: Floats, seeds: Set[int]) -> tuple[MapFile, ...]:
    by_path: dict[str, list[int]] = {}
    for row in chosen:
        by_path.setdefault(columns.node(row).path, []).append(row)
    files = []
    focus = {columns.node(row).path for row in seeds}
    for path, rows in by_path.items():
        rows.sort(key=lambda row: (columns.node(row).start_line, row))
        lines = tuple(_line(columns, row, float(ranks[row])) for row in rows)
        files.append(MapFile(path, sum(float(ranks[row]) for row in rows), lines))
    return tuple(sorted(files, key=lambda file: (file.path not in focus, -file.rank, file.path)))


def _line(columns: IndexColumns, row: int, rank: float) -> MapSymbol:
    return MapSymbol(symbol(columns, row), signature_line(columns.node(row)), _depth(columns, row), rank)
