"""Is the index the one that a first run would make of the same files?

What flows in: a root. What flows out: a `Verification`. The graph is built again beside the index, from facts alone: no
stored slot, no reverse index and no earlier generation has a part in it. Both layers of the index, the columns and the
database, are then compared with it row for row. Nothing is written but, where facts were missing, the cache of facts.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from axon.config import Settings, load_settings
from axon.errors import DamagedIndexError, StorageError
from axon.files.listing import Listing
from axon.files.read import Unread, read_at_most, read_file
from axon.interpreter import without_collector
from axon.model.source import ListedFile
from axon.pipeline.artifacts import artifacts_again
from axon.pipeline.parse import Parsed
from axon.pipeline.recall import parse_again, recall
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts, scan
from axon.pipeline.verdict import MovedFiles, Verification
from axon.progress import PhaseClock, Progress, SilentProgress
from axon.storage.generations import Generation, IndexHome
from axon.storage.manifest import IndexedFile, read_indexed_files

_NAMED: Final = 5  # paths in a message


def verify(
    root: Path,
    *,
    settings: Settings | None = None,
    progress: Progress | None = None,
    quick: bool = False,
    from_source: bool = False,
) -> Verification:
    """Compare the index in force with one that is built anew from the same files; `root` is a resolved folder.

    Facts are taken from the cache; with `from_source` every file is parsed again, but for those that are no longer as
    they were indexed. `quick` compares sizes and digests of the index's files only. Takes about as long as to link the
    whole tree, and the memory of that and of one more graph.

    Raises:
        NoIndexError: there is no index to verify.
        UnknownVersionError: another version of Axon wrote it.
        StorageError: the files that it was made of, or the program that made it, cannot be had any more.
    """
    told = progress or SilentProgress()
    run = Run(root, settings or load_settings(root), told, IndexHome(root), PhaseClock(progress=told))
    try:
        generation = run.home.require_current()
    except DamagedIndexError as error:
        return Verification(root, 0, is_quick=quick, damage=(str(error),))
    with generation, without_collector():
        with run.clock.phase("index files"):
            damage = (*generation.warnings, *generation.damage())
        if quick or damage:
            there = generation.database is not None
            return Verification(root, generation.number, is_quick=quick, damage=damage, is_complete=there)
        return _compared(run, generation, from_source=from_source)


def _compared(run: Run, generation: Generation, *, from_source: bool) -> Verification:
    indexed = read_indexed_files(generation.folder)
    with run.clock.phase("walk"):
        listing = scan(run, None).listing
    _check_program(run, generation)
    with run.clock.phase("digests"):
        moved = _moved(run, indexed, listing)
    with run.clock.phase("parsing"):
        facts, notes = _facts(run, indexed, listing, from_source=from_source)

    from axon.pipeline.build import build_graph  # noqa: PLC0415  numpy: after the workers
    from axon.pipeline.comparison import compare_with  # noqa: PLC0415  the engine: likewise

    graph = build_graph(run, facts)
    from axon.pipeline.postings import wrong_postings  # noqa: PLC0415  numpy: likewise

    with run.clock.phase("comparison"):
        written, wrong_artifacts = artifacts_again(generation, run.root, indexed)
        found = compare_with(generation, graph, written)
    with run.clock.phase("search"):
        wrong = wrong_postings(generation, run.root, indexed, graph) if not found.n_differences else []
    return Verification(
        run.root,
        generation.number,
        is_from_source=from_source,
        damage=(
            *found.damage,
            *_wrong_lines("search: other postings than those of a first run for", wrong),
            *_wrong_lines("artifacts: other evidence than a first run finds for", wrong_artifacts),
        ),
        digest=found.digest,
        rows=found.rows,
        differences=found.differences,
        n_differences=found.n_differences,
        is_complete=found.is_complete,
        moved=moved,
        notes=notes,
        phase_timings=run.clock.wall_seconds,
    )


def _wrong_lines(said: str, wrong: Sequence[str]) -> list[str]:
    if not wrong:
        return []
    more = f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return [f"{said} {', '.join(wrong[:_NAMED])}{more}"]


def _check_program(run: Run, generation: Generation) -> None:
    if generation.manifest.program != run.program:
        raise StorageError(
            f"The index of {run.root} was made by another version of Axon, with other settings, or with other project "
            f"files that say what an import means. Run `axon analyze {run.root}`, then verify."
        )


def _moved(run: Run, indexed: Sequence[IndexedFile], listing: Listing) -> MovedFiles:
    """Every file is read: a stamp may stay the same while the content does not."""
    there = {listed.path for listed in listing.files}
    before = {file.path for file in indexed}
    new = [listed for listed in listing.files if listed.path not in before]
    return MovedFiles(
        tuple(f.path for f in indexed if f.path in there and _digest(run, f) != f.digest),
        tuple(f.path for f in indexed if f.path not in there),
        tuple(f.path for f in new if not isinstance(read_file(run.root, f), Unread)),
    )


def _digest(run: Run, file: IndexedFile) -> str:
    listed = ListedFile(file.path, file.language, file.stamp)
    read = read_at_most(run.root, listed, run.settings.max_file_bytes)
    return "" if isinstance(read, Unread) else read.digest


def _facts(
    run: Run, indexed: Sequence[IndexedFile], listing: Listing, *, from_source: bool
) -> tuple[TreeFacts, tuple[str, ...]]:
    """The facts of every file as it was indexed, and a line where some did not come from where they should."""
    outcomes = _outcomes(run, indexed, again=from_source)
    notes: tuple[str, ...] = ()
    if from_source and (others := _others(indexed, outcomes)):
        outcomes |= _outcomes(run, others, again=False)
        notes = (f"Facts of files that changed since come from the cache: {_listed(others)}.",)
    if lost := _others(indexed, outcomes):
        raise StorageError(
            f"The index cannot be built again: files changed since, and the cache has no facts of what they were: "
            f"{_listed(lost)}. Run `axon analyze {run.root}`, then verify."
        )
    return TreeFacts(listing, list(indexed), outcomes), notes


def _outcomes(run: Run, files: Sequence[IndexedFile], *, again: bool) -> dict[str, Parsed]:
    gather = parse_again if again else recall
    outcomes, worker_memory = gather(run.root, files, settings=run.settings, progress=run.progress)
    run.note_memory(worker_memory)
    return outcomes


def _others(indexed: Sequence[IndexedFile], outcomes: dict[str, Parsed]) -> list[IndexedFile]:
    """Files whose outcome is not that of what was indexed."""
    return [file for file in indexed if outcomes[file.path].digest != file.digest]


def _listed(files: Sequence[IndexedFile]) -> str:
    more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
    return ", ".join(file.path for file in files[:_NAMED]) + more
