"""What a linking starts from: from nothing, from what the last one left on disk, or from what it left in memory.

What flows in: an assembly, and what there is of the linking before. What flows out: names and tables, and where bodies
alone were edited, the graph before and where the parts of the edited files went.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from axon.graph.build import Assembly, FileEntry
from axon.graph.graph import CodeGraph
from axon.languages import named
from axon.model.facts import FileFacts
from axon.resolution.grown import Growth, growth
from axon.resolution.moved import Moved
from axon.resolution.names import Names
from axon.resolution.record import CallRecord
from axon.resolution.renumbered import rows_now
from axon.resolution.scopes import FileScopes
from axon.resolution.surface import boundaries, surface
from axon.resolution.tables import Tables


@dataclass(frozen=True, slots=True)
class Before:
    """The graph before, the record of its calls, and the old facts of the files that have changed, by path."""

    graph: CodeGraph
    record: CallRecord
    changed: Mapping[str, FileFacts]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a linking that is done leaves in memory."""

    tables: Tables
    graph: CodeGraph
    record: CallRecord


@dataclass(frozen=True, slots=True)
class Start:
    """`graph` and `record` are of the linking before; without them everything is linked. `moved` are edited files.

    Where more than bodies and signatures changed, `growths` says what, and `rows` the row now of each row of before.
    """

    tables: Tables
    graph: CodeGraph | None = None
    record: CallRecord | None = None
    moved: Mapping[int, Moved] | None = None
    growths: Mapping[int, Growth] | None = None
    rows: Sequence[int] = ()


def start(assembly: Assembly, before: Before | None) -> Start:
    """From an assembly, and what the linking before left."""
    if before is None or before.record.n_files != len(assembly.files):
        return Start(Tables(Names(assembly)))
    names = Names(assembly, list(before.record.numbers.externals))
    tables = Tables(names)
    changed = {names.file_of_path[path]: facts for path, facts in before.changed.items()}
    scopes = {file: FileScopes(facts, names.scopes[file].language) for file, facts in changed.items()}
    if _has_rows(before, assembly) and all(_has_surface(scopes[f], names.scopes[f]) for f in changed):
        moved = {file: Moved(facts, names.scopes[file].facts) for file, facts in changed.items()}
        return Start(tables, before.graph, before.record, moved)
    growths = {file: growth(old, names.scopes[file]) for file, old in scopes.items()}
    known = {file: found for file, found in growths.items() if found is not None}
    if len(known) < len(growths):
        return Start(tables)
    rows = rows_now(assembly, changed, {file: found.definitions for file, found in known.items()})
    if len(rows) != before.record.n_rows:
        return Start(tables)
    moved = {file: Moved(facts, names.scopes[file].facts, known[file].definitions) for file, facts in changed.items()}
    return Start(tables, before.graph, before.record, moved, known, rows)


def start_again(kept: Kept, entries: Sequence[FileEntry]) -> Start | None:
    """From what a linking left in memory, with other versions of some files; None where more than bodies changed.

    What was kept is changed, and no use for anything else; where None is given back, it is as it was.
    """
    names = kept.tables.names
    after = {names.file_of_path[entry.path]: FileScopes(entry.facts, named(entry.language)) for entry in entries}
    if not all(_has_surface(names.scopes[file], scopes) for file, scopes in after.items()):
        return None
    moved = {file: Moved(names.scopes[file].facts, scopes.facts) for file, scopes in after.items()}
    for entry in entries:
        file = names.file_of_path[entry.path]
        names.assembly.replace(file, entry)
        names.replace(file, after[file])
        kept.tables.replace(file)
    return Start(kept.tables, kept.graph, kept.record, moved)


def before_of(kept: Kept, paths: Collection[str]) -> Before:
    """What a linking left in memory, as what it leaves on disk; `paths` are the files that have changed."""
    names = kept.tables.names
    facts = {path: names.scopes[names.file_of_path[path]].facts for path in paths}
    return Before(kept.graph, kept.record, facts)


def _has_surface(before: FileScopes, after: FileScopes) -> bool:
    """Whether two versions of a file differ in bodies and signatures only."""
    same_order = boundaries(before.facts)[1] == boundaries(after.facts)[1]  # cheap, and often enough to say no
    return same_order and surface(before) == surface(after)


def _has_rows(before: Before, assembly: Assembly) -> bool:
    """Whether an assembly has the very nodes of the one before; its external ones are not there yet."""
    n_rows = before.record.n_rows
    return n_rows == len(assembly.ids) and before.graph.nodes.ids[:n_rows] == assembly.ids
