"""The only place that makes or parses a node's id.

src/pkg/            a Folder (the root is './')
src/pkg::           a Module, the package of that folder
src/pkg/mod.py      a File
src/pkg/mod.py::A.f         a symbol; `f.<locals>.g` for one inside a function
src/pkg/mod.py::A.f#2       the second definition of that name in source order
<external>::os.path.join    a symbol that the tree does not define
<framework>::pytest.test    a Trigger: the pack's name and the kind of entry point
src/pkg/mod.py::<route>GET /users/{id}      a Route, by the file that registers it
<community>::0/src/pkg/mod.py::A     a Community of level 0, by its most central symbol
<flow>::src/pkg/mod.py::main         a Flow, by the symbol at which it begins
<artifact>::contracts/src/pkg/mod.py::A.f     a Contract or Summary, by the task and the node that it is about
<feature>::carts                     a Feature, by its name
"""

from typing import Final, NewType

NodeId = NewType("NodeId", str)

EXTERNAL_PATH: Final = "<external>"
_FRAMEWORK: Final = "<framework>"
_ROUTE: Final = "<route>"
_SEPARATOR: Final = "::"
_COMMUNITY: Final = "<community>"
_FLOW: Final = "<flow>"
_ARTIFACT: Final = "<artifact>"
_FEATURE: Final = "<feature>"
_NO_PATHS: Final = tuple(f"{place}::" for place in (EXTERNAL_PATH, _FRAMEWORK, _COMMUNITY, _FLOW, _ARTIFACT, _FEATURE))


def folder_id(path: str) -> NodeId:
    """Id of a folder; `path` is relative with `/`, '' for the root."""
    return NodeId(f"{path or '.'}/")


def module_id(path: str) -> NodeId:
    """Id of the importable unit whose files lie in folder `path`."""
    return NodeId(f"{path or '.'}{_SEPARATOR}")


def file_id(path: str) -> NodeId:
    """Id of a file: its path."""
    return NodeId(path)


def symbol_id(path: str, qualified_name: str, occurrence: int = 1) -> NodeId:
    """Id of a definition; `occurrence` counts from 1 among equal qualified names of the file, in source order."""
    suffix = "" if occurrence == 1 else f"#{occurrence}"
    return NodeId(f"{path}{_SEPARATOR}{qualified_name}{suffix}")


def external_id(qualified_name: str) -> NodeId:
    """Id of a symbol that lies outside the tree, by its dotted name."""
    return NodeId(f"{EXTERNAL_PATH}{_SEPARATOR}{qualified_name}")


def trigger_id(qualified_name: str) -> NodeId:
    """Id of a Trigger, by pack and kind."""
    return NodeId(f"{_FRAMEWORK}{_SEPARATOR}{qualified_name}")


def route_id(path: str, name: str) -> NodeId:
    """Id of a Route that the file at `path` registers, by its method and URL path."""
    return NodeId(f"{path}{_SEPARATOR}{_ROUTE}{name}")


def community_id(level: int, centre: str) -> NodeId:
    """Id of a community, by its level and the id of its most central symbol."""
    return NodeId(f"{_COMMUNITY}{_SEPARATOR}{level}/{centre}")


def flow_id(entry: str) -> NodeId:
    """Id of a flow, by the id of the symbol at which it begins."""
    return NodeId(f"{_FLOW}{_SEPARATOR}{entry}")


def artifact_id(task: str, node: str) -> NodeId:
    """Id of what a task wrote about a node."""
    return NodeId(f"{_ARTIFACT}{_SEPARATOR}{task}/{node}")


def feature_id(name: str) -> NodeId:
    """Id of a feature, by its name."""
    return NodeId(f"{_FEATURE}{_SEPARATOR}{name}")


def path_of(id: NodeId) -> str:
    """The path part of any id; '' for the root folder and for what lies in no file."""
    if id.startswith(_NO_PATHS):
        return ""
    whole = id.partition(f"{_SEPARATOR}{_ROUTE}")[0]  # a URL path may hold a separator
    if whole == id:
        whole = id.rpartition(_SEPARATOR)[0] if _SEPARATOR in id else id.removesuffix("/")
    return "" if whole == "." else whole
