"""Lists of routes that modules and functions bind to names, such as `urlpatterns`.

What flows in: linked names and the facts of files. What flows out: which lists a name stands for, and which take over
what others hold.
"""

from collections.abc import Callable, Iterator
from typing import Final

from axon.languages.pack import Pack
from axon.model.facts import NO_DEFINITION, ExpressionKind, FlowKind
from axon.resolution.evaluation import At
from axon.resolution.frameworks.mounting import Key, Mounting
from axon.resolution.names import Names
from axon.resolution.values import INSTANCES

_K = ExpressionKind
_NAME, _DISPLAY, _ELEMENT = int(_K.NAME), int(_K.DISPLAY), int(_K.ELEMENT)
_ASSIGNED: Final = int(FlowKind.ASSIGNED)
_HOLDING: Final = frozenset({_DISPLAY, _ELEMENT, int(_K.OPERATION), int(_K.EITHER)})


def lists_of(names: Names, at: At, text: str, pack: Pack) -> Iterator[Key]:
    """The lists that a dotted name stands for: of a module, of a variable."""
    assembly = names.assembly
    for value in names.dotted(*at[:2], text, at[2]).values:
        if not 0 <= value < INSTANCES:
            continue
        if names.is_module(value):
            file = value - assembly.file_row
            if 0 <= file < len(assembly.files) and pack.routes_list:
                yield ("list", file, NO_DEFINITION, pack.routes_list)
        elif names.is_stored(value):
            file, definition = assembly.place(value)
            owner = names.scopes[file].facts.definitions.owner[definition]
            yield ("list", file, owner, assembly.names[value])


Routers = Callable[[At, str], Iterator[Key]]


def add_lists(names: Names, pack: Pack, mounting: Mounting, routers: Routers | None) -> None:
    """What lists take over from other lists, and from `routers` that stand in them; where they begin."""
    files = [file for file, of_file in enumerate(names.assembly.files) if of_file.language in pack.languages]
    for file in files:
        _add_parts(names, file, pack, mounting, routers)
    named = [found for file in files for found in _roots_named(names, file, pack.root_constant)]
    mounting.roots |= {("list", file, NO_DEFINITION, pack.routes_list) for file in named}
    if not named:
        lists = {key for key in mounting.parents() if key[0] == "list" and key[-1] == pack.routes_list}
        mounting.roots |= lists - mounting.children()


def _roots_named(names: Names, file: int, constant: str) -> Iterator[int]:
    facts = names.scopes[file].facts
    for name, content in zip(facts.constants.name, facts.constants.content, strict=True):
        if facts.strings[name] == constant:
            found = module_named(names, file, facts.strings[content])
            if found is not None:
                yield found


def _add_parts(names: Names, file: int, pack: Pack, mounting: Mounting, routers: Routers | None) -> None:
    """Lists whose names stand in the value of another."""
    facts = names.scopes[file].facts
    if pack.routes_list not in facts.strings:
        return
    flows, table = facts.flows, facts.expressions
    for row, kind in enumerate(flows.kind):
        if kind != _ASSIGNED or flows.value[row] < 0 or flows.scope[row] != NO_DEFINITION or flows.target[row] < 0:
            continue
        key: Key = ("list", file, NO_DEFINITION, facts.strings[flows.target[row]])
        at = (file, NO_DEFINITION, flows.position[row])
        waiting = [flows.value[row]]
        while waiting:
            part = waiting.pop()
            if part < 0:
                continue
            if table.kind[part] == _NAME:
                text = facts.strings[table.text[part]]
                for child in (*lists_of(names, at, text, pack), *(routers(at, text) if routers else ())):
                    if child != key:
                        mounting.add(key, child, "")
            elif table.kind[part] in _HOLDING:
                waiting += (table.first[part], table.second[part])


def module_named(names: Names, file: int, name: str) -> int | None:
    """The file of the module that a dotted name means in a file; None where the tree has none."""
    of_file = names.assembly.files[file]
    path = names.finders[of_file.language].find(of_file.path, name, 0)
    return None if path is None else names.file_of_path.get(path)
