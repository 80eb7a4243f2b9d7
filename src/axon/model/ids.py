"""The only place that makes or parses a node's id.

src/pkg/            a Folder (the root is './')
src/pkg::           a Module, the package of that folder
src/pkg/mod.py      a File
src/pkg/mod.py::A.f         a symbol; `f.<locals>.g` for one inside a function
src/pkg/mod.py::A.f#2       the second definition of that name in source order
<external>::os.path.join    a symbol that the tree does not define
"""

from typing import Final, NewType

NodeId = NewType("NodeId", str)

EXTERNAL_PATH: Final = "<external>"
_SEPARATOR: Final = "::"


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


def path_of(id: NodeId) -> str:
    """The path part of any id; '' for an external symbol and for the root folder."""
    path = id.rpartition(_SEPARATOR)[0] if _SEPARATOR in id else id.removesuffix("/")
    return "" if path in (EXTERNAL_PATH, ".") else path
