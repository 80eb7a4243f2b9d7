"""The phase of the linker that applies rule packs.

What flows in: linked names, the edges so far and the packs of the tree. What flows out: more nodes and edges.
"""

from collections.abc import Sequence

import numpy as np

from axon.languages.pack import Pack
from axon.resolution.evidence import EdgeRows
from axon.resolution.frameworks.entries import Entries
from axon.resolution.frameworks.injections import Injections
from axon.resolution.frameworks.nodes import FrameworkRows
from axon.resolution.frameworks.objects import Objects
from axon.resolution.frameworks.pages import add_pages
from axon.resolution.frameworks.routes import Routes
from axon.resolution.frameworks.sites import Patterns, uses
from axon.resolution.names import Names


def link_frameworks(names: Names, edges: EdgeRows, packs: Sequence[Pack]) -> None:
    """Add what frameworks do with a tree whose calls are linked; nothing of it depends on an earlier index."""
    packs = _in_use(names, edges, packs)
    rows = FrameworkRows()
    objects = Objects(names, edges)
    entries = Entries(names, packs, objects, rows)
    entries.add_used(uses(names, edges, objects, entries.calls(), entries.decorators()))
    routes = Routes(names, packs, objects, rows)
    routes.add(uses(names, edges, objects, routes.calls(), routes.decorators()))
    add_pages(names, packs, rows)
    entries.add_subclasses()
    entries.add_conventional()
    injections = Injections(names, packs, rows)
    injections.add_provided(list(uses(names, edges, objects, Patterns(), injections.decorators())))
    injections.add_called()
    injections.add_constructed(list(uses(names, edges, objects, Patterns(), injections.constructed())))
    rows.write(names.assembly, edges)


def _in_use(names: Names, edges: EdgeRows, packs: Sequence[Pack]) -> list[Pack]:
    """The packs that hold in a tree."""
    targets = edges.table()[:, 2]
    outside = np.unique(targets[targets < 0]).tolist()
    heads = {names.externals.name(value).partition(".")[0] for value in outside}
    heads |= {head.partition("/")[0] for head in heads}  # a path into a package
    languages = {entry.language for entry in names.assembly.files}
    return [
        pack
        for pack in packs
        if pack.languages & languages and (not pack.requires or heads.intersection(pack.requires))
    ]
