"""The phase of the linker that applies rule packs.

What flows in: linked names, the edges so far and the packs of the tree. What flows out: more nodes and edges.
"""

from axon.languages.pack import Pack
from axon.resolution.evidence import EdgeRows, Table, outside
from axon.resolution.frameworks.entries import Entries
from axon.resolution.frameworks.injections import Injections
from axon.resolution.frameworks.nodes import FrameworkRows
from axon.resolution.frameworks.objects import Objects
from axon.resolution.frameworks.pages import add_pages
from axon.resolution.frameworks.routes import Routes
from axon.resolution.frameworks.sites import Patterns, uses, uses_outside
from axon.resolution.frameworks.written import Written
from axon.resolution.names import Names
from axon.resolution.providers import Providers


def link_frameworks(names: Names, edges: EdgeRows, written: Written, providers: Providers) -> None:
    """Add what frameworks do with a tree whose calls are linked; nothing of it depends on an earlier index."""
    table = edges.table()
    packs = _in_use(names, table)
    rows = FrameworkRows()
    used = uses_outside(table)
    objects = Objects(names, table)
    entries = Entries(names, packs, objects, rows)
    entries.add_used(uses(names, used, objects, written, (entries.calls(), entries.decorators())))
    routes = Routes(names, packs, objects, rows)
    routes.add(uses(names, used, objects, written, (routes.calls(), routes.decorators())))
    add_pages(names, packs, rows)
    entries.add_subclasses()
    entries.add_conventional()
    injections = Injections(names, packs, rows)
    injections.add_provided(providers)
    injections.add_called()
    injections.add_constructed(list(uses(names, used, objects, written, (Patterns(), injections.constructed()))))
    rows.write(names.assembly, edges)


def _in_use(names: Names, table: Table) -> list[Pack]:
    """The packs that hold in a tree."""
    heads = {names.externals.name(value).partition(".")[0] for value in outside(table)}
    heads |= {head.partition("/")[0] for head in heads}  # a path into a package
    languages = {entry.language for entry in names.assembly.files}
    return [
        pack
        for pack in names.packs
        if pack.languages & languages and (not pack.requires or heads.intersection(pack.requires))
    ]
