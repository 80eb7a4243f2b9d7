"""The phase of the linker that applies rule packs.

What flows in: linked names, the edges so far and the packs of the tree. What flows out: more nodes and edges.
"""

from collections.abc import Iterable

from axon.languages.pack import Pack
from axon.resolution.evidence import EdgeRows, outside
from axon.resolution.frameworks.consulted import Consulted
from axon.resolution.frameworks.entries import Entries
from axon.resolution.frameworks.injections import Injections
from axon.resolution.frameworks.nodes import FrameworkRows
from axon.resolution.frameworks.objects import Objects
from axon.resolution.frameworks.pages import add_pages
from axon.resolution.frameworks.routes import Routes
from axon.resolution.frameworks.sites import Patterns, UsesOutside, uses
from axon.resolution.frameworks.unaffected import Edited, is_unaffected
from axon.resolution.frameworks.written import Written
from axon.resolution.names import Names
from axon.resolution.providers import Providers
from axon.resolution.reaching import Reachings


def link_frameworks(
    names: Names, edges: EdgeRows, written: Written, providers: Providers, reachings: Reachings
) -> Consulted:
    """Add what frameworks do with a tree whose calls are linked; nothing of it depends on an earlier index.

    What was looked at is given back.
    """
    table = edges.table()
    packs = _in_use(names, {names.externals.name(value) for value in outside(table)})
    rows = FrameworkRows()
    used = UsesOutside(names, table)
    objects = Objects(names, lambda: table, reachings)
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
    return objects.consulted


def find_the_same(names: Names, written: Written, reachings: Reachings, consulted: Consulted, edited: Edited) -> bool:
    """Whether `link_frameworks` would add what it added before, but for places in edited files.

    `consulted` is what was looked at before; what is looked at now is added to it.
    """
    were_in_use, packs = (_in_use(names, outside) for outside in edited.outside)
    if packs != were_in_use or not is_unaffected(consulted, edited):
        return False
    objects, used = Objects(names, edited.table, reachings), UsesOutside(names, edited.rows)
    rows = FrameworkRows()
    entries, routes = Entries(names, packs, objects, rows), Routes(names, packs, objects, rows)
    patterns = (
        (entries.calls(), entries.decorators()),
        (routes.calls(), routes.decorators()),
        (Patterns(), Injections(names, packs, rows).constructed()),
    )
    files = sorted(edited.moved)
    has_uses = any(True for of in patterns for _ in uses(names, used, objects, written, of, files))
    consulted.add(objects.consulted)
    return not has_uses


def _in_use(names: Names, outside: Iterable[str]) -> list[Pack]:
    """The packs that hold in a tree from which these external symbols are used."""
    heads = {name.partition(".")[0] for name in outside}
    heads |= {head.partition("/")[0] for head in heads}  # a path into a package
    languages = {entry.language for entry in names.assembly.files}
    return [
        pack
        for pack in names.packs
        if pack.languages & languages and (not pack.requires or heads.intersection(pack.requires))
    ]
