"""Whether rule packs would find after an edit of bodies what they found before: then nobody need ask them.

What flows in: what they looked at before, the graph before, and what was found in the files that were looked at again.
What flows out: yes or no. No is always right, and costs the time of the whole phase.

Packs ask for what names mean, which no edit of bodies changes; for what stands in files that use what they name, and
in bodies that such uses lead to; for the callers of some functions; and for external symbols by the edges to them.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from axon.graph.graph import CodeGraph
from axon.model.facts import FileFacts
from axon.model.kinds import NODE_KINDS, EdgeKind, NodeKind
from axon.resolution.evidence import EDGE_CODE, Table
from axon.resolution.frameworks.consulted import Consulted
from axon.resolution.moved import Moved
from axon.resolution.names import Names

_CALLS: Final = EDGE_CODE[EdgeKind.CALLS]
_ROUTE: Final = NODE_KINDS.index(NodeKind.ROUTE)
_EXTERNAL: Final = NODE_KINDS.index(NodeKind.EXTERNAL)
_COLUMNS: Final = (1, 2, 5, 6)  # of a table of edges: source, target, first and last byte


@dataclass(frozen=True, slots=True)
class Edited:
    """What an update has done: `moved` files were edited, the calls of `linked` ones found anew; `rows` are of all that
    was found. `files` has the file of each of the first nodes, `table` gives all edges; `outside` are the names of
    the external symbols to which edges led before, and lead now.
    """

    before: CodeGraph
    names: Names
    moved: Mapping[int, Moved]
    linked: Collection[int]
    rows: Table
    files: "np.ndarray[tuple[int], np.dtype[np.int32]]"
    table: Callable[[], Table]
    outside: tuple[Collection[str], Collection[str]]


def is_unaffected(consulted: Consulted, edited: Edited) -> bool:
    """Whether packs would find the same, as far as the files that were edited do not use what they name now."""
    files = edited.moved.keys()
    if not (files.isdisjoint(consulted.using) and files.isdisjoint(consulted.read)):
        return False
    lists = {pack.routes_list for pack in edited.names.packs} - {""}
    if not all(_says_the_same(moved, lists) for moved in edited.moved.values()):
        return False
    return not _has_routes(edited) and _calls_of_asked(consulted, edited) and _calls_outside(edited)


def _says_the_same(moved: Moved, lists: Collection[str]) -> bool:
    """Whether two versions of a file differ in nothing that packs read of any file."""
    old, new = moved.versions
    return (
        not moved.signatures
        and _constants(old) == _constants(new)
        and all(word not in facts.strings for word in lists for facts in (old, new))
    )


def _constants(facts: FileFacts) -> list[tuple[int, str, str]]:
    table, strings = facts.constants, facts.strings
    rows = zip(table.scope, table.name, table.content, strict=True)
    return [(scope, strings[name], strings[content]) for scope, name, content in rows]


def _has_routes(edited: Edited) -> bool:
    """Whether an edited file makes a route, whose place moves with it."""
    nodes = edited.before.nodes
    paths = {edited.names.assembly.files[file].path for file in edited.moved}
    return any(nodes.paths[row] in paths for row in np.flatnonzero(nodes.kind == _ROUTE).tolist())


def _calls_of_asked(consulted: Consulted, edited: Edited) -> bool:
    """Whether the functions whose callers were asked for are called from where they were."""
    if not consulted.asked:
        return True
    asked = np.array(sorted(consulted.asked), np.int64)
    old, new = (table[np.isin(table[:, 1], asked)] for table in _calls(edited, edited.linked))
    return _as_set(old) == _as_set(new)


def _calls_outside(edited: Edited) -> bool:
    """Whether files that were linked again, and not edited, call the external symbols that they called."""
    others = set(edited.linked) - edited.moved.keys()
    if not others:
        return True
    old, new = _calls(edited, others)
    nodes, externals = edited.before.nodes, edited.names.externals
    old = old[nodes.kind[old[:, 1]] == _EXTERNAL]
    before = {(source, externals.value(nodes.qualified_names[to]), *at) for source, to, *at in old.tolist()}
    return before == _as_set(new[new[:, 1] < 0])


def _calls(edited: Edited, some: Collection[int]) -> tuple[Table, Table]:
    """The calls of some files, before and now: source, target, first and last byte."""
    e, rows = edited.before.edges, edited.rows
    is_of = np.zeros(int(edited.files.max(initial=0)) + 2, bool)
    is_of[list(some)] = True
    is_of[-1] = False
    of_row = is_of[edited.files]
    at = np.flatnonzero(e.kind == _CALLS)
    at = at[of_row[e.source[at]]]
    old = np.stack([column[at].astype(np.int64) for column in (e.source, e.target, e.start_byte, e.end_byte)], axis=1)
    calls = rows[rows[:, 0] == _CALLS]
    return old, calls[of_row[calls[:, 1]]][:, _COLUMNS]


def _as_set(table: Table) -> set[tuple[int, ...]]:
    return set(map(tuple, table.tolist()))
