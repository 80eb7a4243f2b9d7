"""One run: from a tree of files to a published index, whole or by what changed.

What flows in: a root, settings and flags. What flows out: a PipelineResult, and an index that readers see at once. The
phases stand below in the order in which they run; the modules that need numpy or the engine are imported only after the
parser's workers, which are forked, have done their work.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from axon.config import Settings, load_settings
from axon.errors import StorageError, UsageError
from axon.interpreter import without_collector
from axon.pipeline.embed import mark_unfinished, start_embeddings, wait_for_embeddings
from axon.pipeline.report import Mode, PipelineResult, peak_memory_bytes
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts, facts_of_tree, keep_checked, scan
from axon.pipeline.session import Session
from axon.progress import PhaseClock, Progress, SilentProgress
from axon.storage.generations import Generation, IndexHome

if TYPE_CHECKING:
    from axon.graph.graph import CodeGraph


def run_pipeline(  # noqa: PLR0913  each flag is one that a user gives
    root: Path,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    full: bool = False,
    embeddings: bool = True,
    wait_embeddings: bool = False,
    wait_for_writer: bool = True,
    session: Session | None = None,
    defer_database: bool = False,
) -> PipelineResult:
    """Bring the index of the tree at `root` up to date and return as soon as it can be questioned.

    Embeddings are then computed by a pool of threads (`embedding_future`), unless `embeddings` is false; with
    `wait_embeddings` this returns when they are done. `full` links and stores everything anew. A process that updates
    the index again and again hands over the same `session` each time. With `defer_database` a graph database that is
    there already stays as it is: `complete_database` brings it up to date when it is needed.

    Raises:
        UsageError: `root` is no folder, or a setting is wrong.
        NoSymbolsError: the tree has source files, and none of them holds a symbol.
        BusyError: another process writes this index and `wait_for_writer` is false.
        StorageError: the index could not be written; the last one stays in force.
        EmbeddingError: with `wait_embeddings`, the embedder cannot serve; the new index is in force all the same.
    """
    run = _prepared(root, settings, progress, session, defer_database=defer_database)
    with without_collector(), run.home.writer_lock(wait=wait_for_writer, on_wait=run.progress.message):
        result, graph = _indexed(run, full=full)
    return _embedded(run, result, graph, wait=wait_embeddings) if embeddings else result


def reindex_files(  # noqa: PLR0913  each flag is one that a user gives
    root: Path,
    paths: Iterable[str],
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    embeddings: bool = True,
    wait_embeddings: bool = False,
    session: Session | None = None,
    defer_database: bool = False,
) -> PipelineResult:
    """Bring the index up to date with the given files alone, and look at no other.

    `paths` are relative to `root`, with `/`; those that are gone leave the index. Without an index yet, everything is
    indexed. The result and the errors are those of `run_pipeline`. With a `session`, manifests are read again only
    where one is among the paths.
    """
    run = _prepared(root, settings, progress, session, defer_database=defer_database)
    with without_collector(), run.home.writer_lock(wait=True, on_wait=run.progress.message):
        result, graph = _indexed(run, only=frozenset(paths))
    return _embedded(run, result, graph, wait=wait_embeddings) if embeddings else result


def _prepared(
    root: Path, settings: Settings | None, progress: Progress | None, session: Session | None, *, defer_database: bool
) -> Run:
    top = root.resolve()
    if not top.is_dir():
        raise UsageError(f"No folder at {root}. Check the path.")
    told = progress or SilentProgress()
    kept, clock = session or Session(), PhaseClock(progress=told)
    return Run(top, settings or load_settings(top), told, IndexHome(top), clock, kept, defer_database=defer_database)


def _embedded(run: Run, result: PipelineResult, graph: "CodeGraph | None", *, wait: bool) -> PipelineResult:
    begun = start_embeddings(run, result, graph)
    return wait_for_embeddings(begun) if wait else begun


def _indexed(
    run: Run, *, full: bool = False, only: frozenset[str] | None = None
) -> "tuple[PipelineResult, CodeGraph | None]":
    """The phases, in order; the graph is None where the last index is true still."""
    run.open_previous(ignore=full)
    with run.clock.phase("walk"):
        tree = scan(run, only)
    with run.clock.phase("parsing"):
        facts = facts_of_tree(run, tree)
    has_same_artifacts = run.has_same_artifacts()
    if run.previous is not None and not facts.changed and has_same_artifacts and run.is_current():
        _catch_up(run, run.previous)
        if only is None:
            keep_checked(run, tree, facts)
        return _unchanged(run, facts), None

    from axon.pipeline.build import build_graph  # noqa: PLC0415  numpy: after the workers
    from axon.pipeline.store import store_graph  # noqa: PLC0415  numpy: likewise

    def link(settled: "Callable[[CodeGraph], None] | None", columns: Path) -> "CodeGraph":
        graph = build_graph(run, facts, settled, columns)
        mark_unfinished(run)  # before: a death right after publishing must not leave new symbols without vectors
        return graph

    try:
        result, graph = store_graph(run, facts, link)
        mark_unfinished(run)  # after: the worker of an earlier run may have finished meanwhile
        run.session.keep_published(result.generation, run.started, facts.files)
        run.session.linked = run.kept
    except OSError as error:
        kept = " The last index stays." if run.previous is not None else ""
        raise StorageError(f"{run.home.folder} cannot be written: {error.strerror}.{kept}") from error
    return result, graph


def _catch_up(run: Run, generation: Generation) -> None:
    """Make the graph database of an index that is true still, where its writer died or found no room before that."""
    number = run.home.database_number()
    if number == generation.number or (run.defer_database and number is not None):
        return
    from axon.pipeline.store import bring_up_database  # noqa: PLC0415  numpy: after the workers

    run.notes.append(bring_up_database(run.home, generation, run.settings.engine))


def _unchanged(run: Run, facts: TreeFacts) -> PipelineResult:
    """The last index, said to be true still; what is left out of it may be other files than before."""
    assert run.previous is not None
    manifest = run.previous.manifest
    of_indexed = [p for p in manifest.problems if p.path in run.previous_files and p not in run.problems]
    return PipelineResult(
        root=run.root,
        generation=run.previous.number,
        mode=Mode.UNCHANGED,
        files=manifest.n_files,
        nodes=sum(manifest.nodes.values()),
        edges=sum(manifest.edges.values()),
        unresolved=sum(sum(reasons.values()) for reasons in manifest.unresolved.values()),
        rejected=run.previous.kuzu_layer().rejected_rows if run.previous.has_kuzu else 0,
        node_counts=manifest.nodes,
        edge_counts=manifest.edges,
        left_out=facts.listing.counts,
        problems=(*run.problems, *of_indexed),
        notes=tuple(run.notes),
        phase_timings=run.clock.wall_seconds,
        peak_memory_bytes=max(run.peak_memory, peak_memory_bytes()),
    )
