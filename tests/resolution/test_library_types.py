"""What stubs say of libraries: it is kept as read, and without it only what lies outside is named otherwise."""

from axon.languages import named
from axon.languages.stubs import decode, encode
from axon.model.kinds import EdgeKind
from axon.parsing.extract import extract
from tests.graph.trees import Tree

_STUB = b"""
from typing import Generic, Literal, TypeVar, overload
from typing_extensions import Self, TypeAlias
_T = TypeVar("_T")
Mode: TypeAlias = Literal["r", "w+"]
class Box(Generic[_T], metaclass=type):
    size: int
    @property
    def other(self) -> Self: ...
    def get(self) -> _T: ...
@overload
def make(mode: Mode = "r") -> Box[str]: ...
@overload
def make(mode: str) -> Box[bytes]: ...
"""
_TREE = {
    "a.py": """
import re
class Project:
    def build(self): ...
    def group(self): ...
def run(s, one: Project):
    one.build()
    m = re.compile("x").match(s)
    m.group()
    with open(s) as f:
        f.read()
"""
}


def test_what_a_stub_declares_is_the_same_when_it_is_read_again() -> None:
    """Every declaration, the texts of literals and the variables among them, survives the cache."""
    reader = named("python").stubs
    assert reader is not None
    module = reader.read("boxes", extract("python", _STUB), _STUB, False)
    again = decode(encode(module))
    assert dict(again.declared) == dict(module.declared)
    assert module.declared["Box"].variables == ("$_T",)
    assert [part.name for part in module.declared["Mode"].types[0].arguments] == ["r", "w+"]
    assert len(module.declared["make"].signatures) == 2


def test_without_stubs_only_external_names_are_others() -> None:
    """The calls of the tree's own methods, and the number of those that leave it, are the same without stubs."""
    found = [
        [edge.target for edge in Tree(_TREE, stubs=stubs).graph.iter_relationships() if edge.kind is EdgeKind.CALLS]
        for stubs in (True, False)
    ]
    own = [[target for target in targets if target.startswith("a.py")] for targets in found]
    assert own[0] == own[1] == ["a.py::Project.build"]
    assert len(found[0]) == len(found[1])
    assert {"<external>::re.Match.group", "<external>::io.TextIOWrapper.read"} <= set(found[0]) - set(found[1])
