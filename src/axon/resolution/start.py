"""What a linking starts from: from nothing, from what the last one left on disk, or from what it left in memory.

What flows in: an assembly, and what there is of the linking before. What flows out: names and tables, and where bodies
alone were edited, the graph before and where the parts of the edited files went.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from axon.graph.build import Assembly, FileEntry
from axon.graph.graph import CodeGraph
from axon.languages import named
from axon.model.facts import FileFacts
from axon.resolution.moved import Moved
from axon.resolution.names import Names
from axon.resolution.record import CallRecord
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
    """`graph` and `record` are of the linking before; without them everything is linked. `moved` are edited files."""

    tables: Tables
    graph: CodeGraph | None = None
    record: CallRecord | None = None
    moved: Mapping[int, Moved] | None = None


def start(assembly: Assembly, before: Before | None) -> Start:
    """From an assembly, and what the linking before left on disk."""
    if before is None or not _has_shape(before, assembly):
        return Start(Tables(Names(assembly)))
    names = Names(assembly, list(before.record.numbers.externals))
    changed = {names.file_of_path[path]: facts for path, facts in before.changed.items()}
    moved = {file: Moved(facts, names.scopes[file].facts) for file, facts in changed.items()}
    if all(_has_surface(FileScopes(facts, names.scopes[f].language), names.scopes[f]) for f, facts in changed.items()):
        return Start(Tables(names), before.graph, before.record, moved)
    return Start(Tables(names))


def start_again(kept: Kept, entries: Sequence[FileEntry]) -> Start | None:
    """From what a linking left in memory, with other versions of some files; None where more than bodies changed.

    What was kept is changed, and no use for anything else.
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


def _has_surface(before: FileScopes, after: FileScopes) -> bool:
    """Whether two versions of a file differ in bodies and signatures only."""
    same_order = boundaries(before.facts)[1] == boundaries(after.facts)[1]  # cheap, and often enough to say no
    return same_order and surface(before) == surface(after)


def _has_shape(before: Before, assembly: Assembly) -> bool:
    """Whether an assembly has the very nodes of the one before; its external ones are not there yet."""
    record = before.record
    if (record.n_files, record.n_rows) != (len(assembly.files), len(assembly.ids)):
        return False
    return before.graph.nodes.ids[: record.n_rows] == assembly.ids
