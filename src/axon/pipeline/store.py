"""The graph into a new generation: the columns first, which answer most questions, then the graph database.

What flows in: a linked graph and the facts it came from. What flows out: a PipelineResult; readers see the new index.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from axon import __version__
from axon.analyses.label import coupled_rows, label
from axon.errors import DamagedIndexError, StorageError, UnknownVersionError
from axon.files.history import read_history
from axon.graph.artifacts import described
from axon.graph.graph import CodeGraph
from axon.graph.labels import Labels, labelled
from axon.graph.view import GraphView
from axon.interpreter import quick_switches
from axon.model.artifacts import Written
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, REASONS
from axon.pipeline.artifacts import artifacts_about, load_artifacts
from axon.pipeline.database import DatabaseWriter, find_base
from axon.pipeline.postings import PostingsWriter
from axon.pipeline.report import Mode, PipelineResult, peak_memory_bytes
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.pipeline.seen import keep_graph
from axon.pipeline.session import Session
from axon.progress import PhaseClock
from axon.resolution.record_codec import encode
from axon.search.layer import SEARCH_FOLDER
from axon.storage.artifacts import read_artifacts
from axon.storage.columns import IndexColumns
from axon.storage.drafts import DatabaseDraft, Draft
from axon.storage.freeze import read_graph, read_made, write_columns
from axon.storage.generations import Generation, IndexHome
from axon.storage.interned import Made
from axon.storage.labels import write_labels
from axon.storage.linkage import put_linkage, write_linkage
from axon.storage.manifest import KuzuLayer, Manifest, write_indexed_files
from axon.storage.schema import SCHEMA_VERSION

_MOST_CHANGED: Final = 0.05  # above this share of the files a whole load is quicker than an update

PHASE: Final = "storage_load"

Settled: TypeAlias = Callable[[CodeGraph], None] | None
Link: TypeAlias = Callable[[Settled, Path], CodeGraph]
"""Makes the graph; where it was seen before its columns are put into the folder."""


def store_graph(run: Run, facts: TreeFacts, link: Link) -> tuple[PipelineResult, CodeGraph]:
    """Link, write, publish and count; `link` may hand over a part of the graph that is settled before the rest is.

    Raises:
        StorageError: the columns could not be written, and the last index stays; or only the database could not.
    """
    is_update = run.is_current() and len(facts.changed) <= max(1, _MOST_CHANGED * len(facts.files))
    draft = run.home.begin()
    try:
        seconds: dict[str, float] = {}
        rejected = 0
        with PostingsWriter(run, facts, draft) as postings:
            if run.defer_database and run.is_current() and run.home.database_number() is not None:
                graph = link((lambda settled: postings.begin(settled.nodes)) if postings.pays else None, draft.columns)
                manifest = _publish_columns(run, facts, graph, draft, postings)
            else:
                manifest, graph, rejected, seconds = _store_with_database(
                    run, facts, link, draft, postings, is_update=is_update
                )
    finally:
        draft.discard()
    if run.previous is not None:
        run.previous.close()
    run.home.collect()
    keep_graph(run, facts, draft.published)
    mode = Mode.INCREMENTAL if is_update else Mode.FULL
    return _result(run, facts, manifest, draft.number, mode, rejected, seconds), graph


def _store_with_database(
    run: Run, facts: TreeFacts, link: Link, draft: Draft, postings: PostingsWriter, *, is_update: bool
) -> tuple[Manifest, CodeGraph, int, dict[str, float]]:
    """As `store_graph`; the database is loaded beside the linker, or brought up to date beside the columns."""
    with quick_switches(), _writer(run.home, run.settings.engine, draft, is_update=is_update) as (database, base):

        def begin(settled: CodeGraph) -> None:
            postings.begin(settled.nodes)
            if base is None:
                database.begin(settled)

        graph = link(begin, draft.columns)
        if base is None:
            database.begin(graph)
        manifest = _publish_columns(run, facts, graph, draft, postings)
        labels = _labels(graph, run.root, run.clock)
        loading = database.complete(described(labelled(graph, labels), read_artifacts(draft.published)))
        write_labels(draft.published, labels)
        with run.clock.phase(PHASE):
            layer = _publish_database(run.root, draft, loading)
    run.notes.extend(database.notes)
    return manifest, graph, layer.rejected_rows, {PHASE: database.seconds}


def _publish_columns(run: Run, facts: TreeFacts, graph: CodeGraph, draft: Draft, postings: PostingsWriter) -> Manifest:
    session = run.session
    with run.clock.phase("columns"):
        write_indexed_files(draft.folder, facts.files)
        session.is_written = not session.defers or run.kept is None
        if run.kept is None:  # the graph was seen before
            put_linkage(draft.folder, run.linkage)
        else:
            session.made = session.made or _made_before(run, graph)
            write_columns(graph, draft.columns, session.made)
            if session.is_written:
                write_linkage(draft.folder, encode(run.kept.record))
    with run.clock.phase("search"):
        postings.complete(graph)
    if run.artifacts is not None and run.artifacts.kept:
        with run.clock.phase("artifacts"):
            load_artifacts(run.artifacts, draft, run.root, facts.files, _known_artifacts(run, facts))
    with run.clock.phase("publish"):
        manifest = _manifest(run, facts, graph)
        draft.publish(manifest)
    return manifest


def _made_before(run: Run, graph: CodeGraph) -> Made:
    """What the columns of the previous index were made of, where this graph has the very same texts."""
    if run.previous is None or run.before is None or graph.nodes.ids is not run.before.nodes.ids:
        return Made()
    with IndexColumns.open(run.previous.columns) as columns:
        return read_made(columns, run.before)


def _known_artifacts(run: Run, facts: TreeFacts) -> list[Written]:
    if run.previous is None or not run.is_current():
        return []
    return artifacts_about(run.previous, {file.path for file in facts.files} - set(facts.changed))


def _labels(graph: CodeGraph, root: Path, clock: PhaseClock) -> Labels:
    view = GraphView.of(graph)
    return label(view, lambda: coupled_rows(view, read_history(root)), clock.phase)


@contextmanager
def _writer(
    home: IndexHome, engine: str, draft: DatabaseDraft, *, is_update: bool
) -> Iterator[tuple[DatabaseWriter, Generation | None]]:
    """A writer for the block, and the generation whose database it brings up to date, pinned."""
    base = find_base(home, engine) if is_update else None
    try:
        with DatabaseWriter(draft, base, engine) as database:
            yield database, base
    finally:
        if base is not None:
            base.close()


def write_late_linkage(home: IndexHome, session: Session) -> None:
    """Give the generation in force what its linking left, where it was published without: the next process needs it.

    Without it that links everything anew, so that it may wait until there is nothing else to do.
    """
    if session.is_written or session.linked is None:
        return
    session.is_written = True
    try:
        generation = home.current()
    except (DamagedIndexError, UnknownVersionError):
        return  # who reads it next says so
    if generation is not None:
        with generation:
            if session.has_published(generation):
                write_linkage(generation.folder, encode(session.linked.record))


def bring_up_database(home: IndexHome, generation: Generation, engine: str) -> str:
    """Bring the graph database up to the generation in force; a line that says so, '' if it was.

    The caller is the writer.

    Raises:
        StorageError: the database could not be written.
    """
    if home.database_number() == generation.number:
        return ""
    if generation.has_kuzu:
        home.point_at_database(generation)
    else:
        _make_database(home, generation, engine)
    home.collect()
    return f"The graph database lagged behind; it was brought up to generation {generation.number}."


def _make_database(home: IndexHome, generation: Generation, engine: str) -> None:
    draft = home.begin_database(generation)
    try:
        with IndexColumns.open(generation.columns) as columns:
            graph = read_graph(columns)
        labels = _labels(graph, home.root, PhaseClock())
        write_labels(generation.folder, labels)
        with _writer(home, engine, draft, is_update=True) as (database, _):
            whole = described(labelled(graph, labels), read_artifacts(generation.folder))
            _publish_database(home.root, draft, database.complete(whole))
    finally:
        draft.discard()


def _publish_database(root: Path, draft: DatabaseDraft, loading: Future[KuzuLayer]) -> KuzuLayer:
    """Wait for the database of a generation that is in force already, and put it in force too.

    Raises:
        StorageError: it could not be written; the rest of the generation stays in force.
    """
    try:
        layer = loading.result()
        draft.publish_kuzu(layer)
    except (StorageError, OSError) as error:
        raise StorageError(
            f"The index of {root} is in force, but its graph database could not be written: "
            f"{_reason(error)} Make room and run `axon analyze {root}`."
        ) from error
    return layer


def _reason(error: StorageError | OSError) -> str:
    said = error.strerror if isinstance(error, OSError) else str(error)
    return f"{(said or str(error)).rstrip('.')}."


def _manifest(run: Run, facts: TreeFacts, graph: CodeGraph) -> Manifest:
    return Manifest(
        axon_version=__version__,
        schema_version=SCHEMA_VERSION,
        created=run.started,
        nodes=_counted(graph.nodes.kind, NODE_KINDS),
        edges=_counted(graph.edges.kind, EDGE_KINDS),
        n_files=len(facts.files),
        layers=("columns", SEARCH_FOLDER),
        problems=tuple(run.problems),
        left_out=facts.listing.counts,
        unresolved=_unresolved(graph),
        program=run.program,
        artifacts=run.artifacts.digest if run.artifacts is not None else "",
    )


def _counted(codes: npt.NDArray[np.uint8], kinds: tuple[str, ...]) -> dict[str, int]:
    counts = np.bincount(codes, minlength=len(kinds)).tolist()
    return {str(kind): count for kind, count in zip(kinds, counts, strict=True) if count}


def _unresolved(graph: CodeGraph) -> Mapping[str, Mapping[str, int]]:
    """Unresolved call sites per language and reason."""
    sites, languages = graph.unresolved, graph.nodes.languages
    callers, places = np.unique(sites.caller, return_inverse=True)
    table = sorted({languages[row] for row in callers.tolist()})
    code_of = {language: code for code, language in enumerate(table)}
    codes = np.array([code_of[languages[row]] for row in callers.tolist()], np.int64)[places]
    counts = np.bincount(codes * len(REASONS) + sites.reason, minlength=len(table) * len(REASONS))
    found = {language: dict[str, int]() for language in table}
    for index in np.flatnonzero(counts).tolist():
        code, reason = divmod(index, len(REASONS))
        found[table[code]][REASONS[reason].value] = int(counts[index])
    return {language: dict(sorted(reasons.items())) for language, reasons in found.items()}


def _result(  # noqa: PLR0913, PLR0917
    run: Run,
    facts: TreeFacts,
    manifest: Manifest,
    number: int,
    mode: Mode,
    rejected: int,
    overlapped: Mapping[str, float],
) -> PipelineResult:
    return PipelineResult(
        root=run.root,
        generation=number,
        mode=mode,
        files=manifest.n_files,
        changed_files=len(facts.changed),
        nodes=sum(manifest.nodes.values()),
        edges=sum(manifest.edges.values()),
        unresolved=sum(sum(reasons.values()) for reasons in manifest.unresolved.values()),
        rejected=rejected,
        node_counts=manifest.nodes,
        edge_counts=manifest.edges,
        left_out=manifest.left_out,
        problems=manifest.problems,
        notes=tuple(run.notes),
        phase_timings=run.clock.wall_seconds,
        overlapped_timings=overlapped,
        peak_memory_bytes=max(run.peak_memory, peak_memory_bytes()),
    )
