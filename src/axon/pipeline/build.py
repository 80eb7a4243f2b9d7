"""Facts into the linked graph, phase by phase.

What flows in: the facts of the tree. What flows out: a CodeGraph.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from axon.config import cache_home
from axon.errors import NoSymbolsError, Problem
from axon.files.environment import environment_stamp, environments
from axon.files.marks import marks_of_path
from axon.graph.build import FileEntry, assemble
from axon.graph.graph import CodeGraph
from axon.interpreter import give_back_memory
from axon.languages import file_flags
from axon.model.kinds import Flag
from axon.parsing.cache import FactCache
from axon.pipeline.libraries import Stubs
from axon.pipeline.parse import Parsed, facts_of
from axon.pipeline.previous import graph_before, has_edits_only
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.pipeline.seen import graph_seen
from axon.resolution.link import CALLS, Linker
from axon.resolution.start import Kept, Start, before_of, start, start_again
from axon.storage.manifest import IndexedFile


def build_graph(
    run: Run, facts: TreeFacts, settled: Callable[[CodeGraph], None] | None = None, columns: Path | None = None
) -> CodeGraph:
    """The graph of all files; `settled`, where given, is told what calls will not change, before they are linked.

    Where a folder for `columns` is given, the graph may be one that was seen before: then its columns lie there.

    Raises:
        NoSymbolsError: there are source files, and none holds a symbol.
    """
    with run.clock.phase("structure"):
        kept = _kept(run, facts)
        begun = _begun_again(run, facts, kept)
        if begun is None and columns is not None and (seen := graph_seen(run, facts, columns)) is not None:
            run.problems.extend(run.damage)
            return seen
        begun = begun or _begun(run, facts, kept)
        run.damage = [problem for entry in begun.tables.names.assembly.files for problem in _damage(entry)]
        run.problems.extend(run.damage)
        stubs = _stubs(run, facts)
        linker = Linker(begun, run.packs, run.observed(facts.files), stubs)
    with stubs:
        for name, phase in linker.phases():
            if name == CALLS and settled is not None:
                settled(linker.settled())
            with run.clock.phase(name):
                phase()
    with run.clock.phase("freeze"):
        run.n_linked = linker.n_linked
        graph = linker.graph()
        run.kept = linker.keep(graph)
    if run.previous is None:
        give_back_memory()
    return graph


def _stubs(run: Run, facts: TreeFacts) -> Stubs:
    """What is declared of modules outside the tree."""
    cache = FactCache(cache_home() / "facts", run.settings.cache_bytes)
    stubs = run.session.stubs_of(environment_stamp(run.root, run.settings.environment))
    installed = environments(run.root, run.settings.environment)
    return Stubs((file.language for file in facts.files), stubs, cache, installed)


def _begun_again(run: Run, facts: TreeFacts, kept: Kept | None) -> Start | None:
    """From what the last update of this process left in memory; None where that is of no use."""
    if kept is None:
        return None
    changed = [f for f in facts.files if f.path in facts.changed]
    return start_again(kept, [_entry(run, f, facts.parsed[f.path]) for f in changed])


def _kept(run: Run, facts: TreeFacts) -> Kept | None:
    """What the last update of this process left in memory; None where that is not of the index before."""
    kept, run.session.linked = run.session.linked, None
    is_last = run.previous is not None and run.session.has_published(run.previous)
    return kept if is_last and run.is_same_program() and has_edits_only(run, facts) else None


def _begun(run: Run, facts: TreeFacts, kept: Kept | None) -> Start:
    """From the facts of all files, and where few have changed from what the last linking left, in memory or on disk."""
    entries = [_entry(run, f, facts.parsed[f.path]) for f in facts.files]
    assembly = assemble(entries, run.manifests)
    if entries and not any(assembly.rows):
        files = "1 source file" if len(entries) == 1 else f"{len(entries):,} source files"
        raise NoSymbolsError(
            f"No symbol in the {files} of {run.root}. Run `axon doctor` to see whether "
            "the grammars work; files that only run statements have none."
        )
    return start(assembly, before_of(kept, facts.changed) if kept is not None else graph_before(run, facts))


def _entry(run: Run, file: IndexedFile, parsed: Parsed) -> FileEntry:
    """A file with all that is said of it: by its name in its language, by its folder, by its own header."""
    known = run.session.entry(file.path, parsed.packed)
    if known is not None:
        return known
    facts = facts_of(parsed)
    flags = file_flags(file.path, file.language) | marks_of_path(file.path) | Flag(facts.flags)
    entry = FileEntry(file.path, file.language, facts, flags)
    run.session.keep_entry(parsed.packed, entry)
    return entry


def _damage(entry: FileEntry) -> Iterator[Problem]:
    """One problem a file, at its first place that the parser could not read."""
    lines = entry.facts.damage.line
    if lines:
        places = "1 place" if len(lines) == 1 else f"{len(lines):,} places"
        yield Problem(entry.path, min(lines), f"the parser could not read {places}", "all around")
