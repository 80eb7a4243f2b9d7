"""Facts into nodes: order, ids, names and what contains what."""

from axon.graph.build import assemble, parent_of
from axon.graph.graph import CodeGraph
from axon.model.kinds import NODE_KINDS, EdgeKind, Flag, NodeKind
from tests.graph.trees import assembled, linked

TREE = {
    "shop/__init__.py": '"""Shop things.\n\nMore."""\n',
    "shop/cart.py": "class Cart:\n    def add(self): ...\n    def add(self): ...\n\ndef make():\n    def inner(): 1\n",
    "shop/deep/__init__.py": "",
    "shop/deep/part.py": "LIMIT = 1\n",
    "tests/test_cart.py": "def test_add(): ...\n",
    "main.py": "import shop\nprint(shop)\n",
}


def pairs(graph: CodeGraph, kind: EdgeKind) -> set[tuple[str, str]]:
    """(source, target) of the edges of a kind."""
    return {(e.source, e.target) for e in graph.iter_relationships() if e.kind is kind}


def test_rows_stand_in_canonical_order() -> None:
    """Folders, modules and files by path, then symbols by file and position, then external symbols by name."""
    assert list(linked(TREE).nodes.ids) == [
        *("./", "shop/", "shop/deep/", "tests/"),
        *("shop::", "shop/deep::"),
        *("main.py", "shop/__init__.py", "shop/cart.py", "shop/deep/__init__.py", "shop/deep/part.py"),
        "tests/test_cart.py",
        *("shop/cart.py::Cart", "shop/cart.py::Cart.add", "shop/cart.py::Cart.add#2"),
        *("shop/cart.py::make", "shop/cart.py::make.<locals>.inner"),
        *("shop/deep/part.py::LIMIT", "tests/test_cart.py::test_add"),
        "<framework>::pytest.test",
        "<external>::builtins.print",
    ]


def test_ids_are_unique() -> None:
    """No two nodes share an id, whatever is defined twice."""
    ids = linked({**TREE, "x.py": "def f(): ...\ndef f(): ...\nclass f:\n    f = 1\n    def f(self): ...\n"}).nodes.ids
    assert len(ids) == len(set(ids))


def test_containment_is_two_trees() -> None:
    """Folders contain folders and files; modules contain the files and packages of their folder."""
    assert pairs(linked(TREE), EdgeKind.CONTAINS) == {
        *(("./", "shop/"), ("./", "tests/"), ("./", "main.py"), ("shop/", "shop/deep/")),
        *(("shop/", "shop/__init__.py"), ("shop/", "shop/cart.py"), ("tests/", "tests/test_cart.py")),
        *(("shop/deep/", "shop/deep/__init__.py"), ("shop/deep/", "shop/deep/part.py")),
        *(("shop::", "shop/__init__.py"), ("shop::", "shop/cart.py"), ("shop::", "shop/deep::")),
        *(("shop/deep::", "shop/deep/__init__.py"), ("shop/deep::", "shop/deep/part.py")),
    }


def test_every_symbol_has_one_definer() -> None:
    """Each symbol is defined by what holds it directly, and by nothing else."""
    graph = linked(TREE)
    defined = sorted(target for _, target in pairs(graph, EdgeKind.DEFINES))
    assert defined == sorted(id for id in graph.nodes.ids if "::" in id and not id.endswith("::") and id[0] != "<")
    assert ("shop/cart.py::make", "shop/cart.py::make.<locals>.inner") in pairs(graph, EdgeKind.DEFINES)


def test_files_have_their_size_and_summary() -> None:
    """A file spans all its lines and bytes, and its docstring's first line is its summary."""
    graph = linked(TREE)
    node = graph.node(graph.row_of["shop/__init__.py"])
    assert (node.start_line, node.end_line, node.start_byte, node.end_byte) == (1, 3, 0, len(TREE["shop/__init__.py"]))
    assert node.summary == "Shop things."
    assert node.flags & Flag.PACKAGE
    empty = graph.node(graph.row_of["shop/deep/__init__.py"])
    assert (empty.start_line, empty.end_line) == (0, 0)


def test_what_tests_define_is_flagged() -> None:
    """A test's file and its symbols carry the flag; others do not."""
    graph = linked(TREE)
    flagged = {node.id for node in graph.iter_nodes() if node.flags & Flag.TEST}
    assert flagged == {"tests/test_cart.py", "tests/test_cart.py::test_add"}


def test_modules_have_dotted_names() -> None:
    """A package inside a package is named through it."""
    graph = linked(TREE)
    names = [n.qualified_name for n in graph.iter_nodes() if n.kind is NodeKind.MODULE]
    assert names == ["shop", "shop.deep"]


def test_no_files_give_the_root() -> None:
    """A tree without source files is its root folder."""
    assembly = assemble([])
    assert assembly.ids == ["./"]
    assert [NODE_KINDS[code] for code in assembly.kind] == [NodeKind.FOLDER]
    assert len(linked({}).edges) == 0


def test_rows_of_definitions_are_known() -> None:
    """`rows` leads from a file's definition to its node."""
    assembly = assembled(TREE)
    for entry, rows in zip(assembly.files, assembly.rows, strict=True):
        facts = entry.facts
        assert [assembly.names[row] for row in rows] == [facts.strings[text] for text in facts.definitions.name]


def test_parent_of() -> None:
    """The folder of a path in the root is ''."""
    assert [parent_of(path) for path in ("a/b.py", "b.py", "")] == ["a", "", ""]


def test_rows_round_trip() -> None:
    """A graph that is made of another's rows has the same rows."""
    graph = linked(TREE)
    copy = CodeGraph.from_rows(graph.iter_nodes(), graph.iter_relationships(), graph.iter_unresolved())
    assert list(copy.iter_nodes()) == list(graph.iter_nodes())
    assert list(copy.iter_relationships()) == list(graph.iter_relationships())
    assert list(copy.iter_unresolved()) == list(graph.iter_unresolved())
