"""The graph into a new generation, published whole.

What flows in: a linked graph and the facts it came from. What flows out: a PipelineResult; readers see the new index.
The Kuzu file is loaded anew, or, where little changed, a copy of the last one is brought up to date.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from axon import __version__
from axon.errors import LoadError
from axon.graph.delta import Delta, compare
from axon.graph.graph import CodeGraph
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, REASONS
from axon.pipeline.report import Mode, PipelineResult, peak_memory_bytes
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.storage.clone import clone_file
from axon.storage.columns import IndexColumns
from axon.storage.drafts import Draft
from axon.storage.freeze import read_graph, write_columns
from axon.storage.kuzu import KuzuBackend
from axon.storage.linkage import write_linkage
from axon.storage.manifest import KuzuLayer, Manifest, write_indexed_files
from axon.storage.schema import NODE_TABLE, RELATIONSHIP_TABLES, SCHEMA_VERSION
from axon.storage.sparse import sparsify

_MOST_CHANGED: Final = 0.05  # above this share of the files a whole load is quicker than an update
_MOST_REMOVED: Final = 0.3  # share of removed rows above which the file has grown too much
_LEAST_REMOVED: Final = 5_000  # fewer removed rows than this, about 2 MB, are no reason
_MOST_ROWS: Final = 3_000  # at about 1 ms a row; above this a whole load is quicker than an update
# A COPY writes a checkpoint, and one between the deletion of a file's rows and the end of the update empties whole
# tables where that file's rows were deleted before: an update stores row by row, however many rows there are.
_COPY_THRESHOLD: Final = 1 << 30


def store_graph(run: Run, facts: TreeFacts, graph: CodeGraph) -> PipelineResult:
    """Write, publish and count; on failure nothing is published and the last index stays."""
    draft = run.home.begin()
    run.notes.extend(draft.leftovers)
    try:
        with run.clock.phase("storage_load"):
            mode, layer = _store_kuzu(run, facts, graph, draft)
        with run.clock.phase("columns"):
            write_columns(graph, draft.columns)
            write_indexed_files(draft.folder, facts.files)
            write_linkage(draft.folder, run.linkage)
        with run.clock.phase("publish"):
            manifest = _manifest(run, facts, graph, layer)
            draft.publish(manifest)
            draft.publish_kuzu(layer)
            if run.previous is not None:
                run.previous.close()
            run.home.collect()
    except BaseException:
        draft.discard()
        raise
    return _result(run, facts, manifest, draft.number, mode)


def _store_kuzu(run: Run, facts: TreeFacts, graph: CodeGraph, draft: Draft) -> tuple[Mode, KuzuLayer]:
    delta = _delta(run, facts, graph)
    if delta is not None:
        layer = _update(run, delta, draft)
        if layer is not None and (layer.rejected_rows or layer.rows == _expected_rows(graph)):
            return Mode.INCREMENTAL, layer
        run.notes.append("The update of the last Kuzu file has not given the rows of the graph. It is loaded whole.")
        for path in draft.database.parent.glob("*"):
            path.unlink()
    with KuzuBackend(draft.database, rejected_path=draft.rejected) as backend:
        backend.initialize()
        report = backend.bulk_load(graph)
    sparsify(draft.database)
    return Mode.FULL, KuzuLayer(report.stored, len(report.rejected))


def _delta(run: Run, facts: TreeFacts, graph: CodeGraph) -> Delta | None:
    """What to change in a copy of the last Kuzu file; None where it must be loaded whole."""
    if run.previous is None or len(facts.changed) > max(1, _MOST_CHANGED * len(facts.files)) or not run.is_current():
        return None
    layer = run.previous.kuzu_layer()
    if layer.rejected_rows or layer.removed_rows > max(_LEAST_REMOVED, _MOST_REMOVED * sum(layer.rows.values())):
        return None
    with IndexColumns.open(run.previous.columns) as columns:
        delta = compare(read_graph(columns), graph)
    return delta if len(delta.nodes) + len(delta.relationships) <= _MOST_ROWS else None


def _update(run: Run, delta: Delta, draft: Draft) -> KuzuLayer | None:
    """A copy of the last Kuzu file, brought up to date; None where rows were lost on the way."""
    assert run.previous is not None
    assert run.previous.database is not None
    clone_file(run.previous.database, draft.database)
    before = run.previous.kuzu_layer()
    with KuzuBackend(draft.database, rejected_path=draft.rejected, copy_threshold=_COPY_THRESHOLD) as backend:
        backend.initialize()
        n_before = sum(backend.counts().tables.values())
        for path in delta.paths:
            backend.remove_nodes_by_file(path)
        backend.remove_nodes(delta.ids)
        n_removed = n_before - sum(backend.counts().tables.values())
        try:
            reports = (backend.add_nodes(delta.nodes), backend.add_relationships(delta.relationships))
        except LoadError:
            return None
    with KuzuBackend(draft.database, read_only=True) as backend:  # closing it is where the engine has lost rows
        rows = dict(backend.counts().tables)
    sparsify(draft.database)
    return KuzuLayer(rows, sum(len(report.rejected) for report in reports), before.removed_rows + n_removed)


def _expected_rows(graph: CodeGraph) -> dict[str, int]:
    edges = _counted(graph.edges.kind, EDGE_KINDS)
    rows = {table.name: edges.get(str(table.edge_kind), 0) for table in RELATIONSHIP_TABLES.values()}
    return {NODE_TABLE.name: len(graph.nodes), **rows}


def _manifest(run: Run, facts: TreeFacts, graph: CodeGraph, layer: KuzuLayer) -> Manifest:
    return Manifest(
        axon_version=__version__,
        schema_version=SCHEMA_VERSION,
        created=run.started,
        nodes=_counted(graph.nodes.kind, NODE_KINDS),
        edges=_counted(graph.edges.kind, EDGE_KINDS),
        n_files=len(facts.files),
        layers=("columns",),
        problems=tuple(run.problems),
        left_out=facts.listing.counts,
        unresolved=_unresolved(graph),
        rejected_rows=layer.rejected_rows,
        program=run.program,
    )


def _counted(codes: npt.NDArray[np.uint8], kinds: tuple[str, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(kinds)).tolist()
    return {str(kind): count for kind, count in zip(kinds, counts, strict=True) if count}


def _unresolved(graph: CodeGraph) -> Mapping[str, Mapping[str, int]]:
    """Unresolved call sites per language and reason."""
    languages = graph.nodes.languages
    pairs = Counter(zip(graph.unresolved.caller.tolist(), graph.unresolved.reason.tolist(), strict=True))
    found: dict[str, Counter[str]] = {}
    for (caller, reason), count in pairs.items():
        found.setdefault(languages[caller], Counter())[REASONS[reason].value] += count
    return {language: dict(sorted(reasons.items())) for language, reasons in sorted(found.items())}


def _result(run: Run, facts: TreeFacts, manifest: Manifest, number: int, mode: Mode) -> PipelineResult:
    return PipelineResult(
        root=run.root,
        generation=number,
        mode=mode,
        files=manifest.n_files,
        changed_files=len(facts.changed),
        nodes=sum(manifest.nodes.values()),
        edges=sum(manifest.edges.values()),
        unresolved=sum(sum(reasons.values()) for reasons in manifest.unresolved.values()),
        rejected=manifest.rejected_rows,
        node_counts=manifest.nodes,
        edge_counts=manifest.edges,
        left_out=manifest.left_out,
        problems=manifest.problems,
        notes=tuple(run.notes),
        phase_timings=run.clock.wall_seconds,
        peak_memory_bytes=peak_memory_bytes(run.n_workers),
    )
