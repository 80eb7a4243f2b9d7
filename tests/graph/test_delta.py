"""Deltas: applied to a store that holds the old graph, they leave the new one's rows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from axon.graph.delta import Delta, compare
from axon.graph.graph import CodeGraph
from axon.storage.memory import MemoryBackend
from tests.graph.trees import linked

BODIES = [
    "def run(): ...\n",
    "\n\ndef run(): ...\n",
    "from b import run\nrun()\n",
    "from a import *\nclass Box:\n    def go(self): self.go(); len(self)\n",
    "import a, b\na.run(); b.run(); b.Box()\n",
    "from pkg.c import Box\nclass Child(Box):\n    def go(self): super().go()\n",
    "def run(): ...\ndef run(): ...\nx = run\nx()\n",
    "",
]
PATHS = ["a.py", "b.py", "pkg/__init__.py", "pkg/c.py", "other/d.py"]
TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(BODIES))


def apply(store: MemoryBackend, delta: Delta) -> None:
    """Remove what the delta says, then add."""
    for path in delta.paths:
        store.remove_nodes_by_file(path)
    store.remove_nodes(delta.ids)
    reports = [store.add_nodes(delta.nodes), store.add_relationships(delta.relationships)]
    assert [report.rejected for report in reports] == [(), ()]


def loaded(graph: CodeGraph) -> MemoryBackend:
    """A store that holds a graph."""
    store = MemoryBackend()
    store.initialize()
    store.bulk_load(graph)
    return store


def rows(graph_or_store: CodeGraph | MemoryBackend) -> tuple[list[str], list[str]]:
    """All nodes and edges, in an order of their own."""
    if isinstance(graph_or_store, CodeGraph):
        nodes, edges = graph_or_store.iter_nodes(), graph_or_store.iter_relationships()
    else:
        nodes, edges = graph_or_store.nodes(), graph_or_store.relationships()
    return sorted(map(repr, nodes)), sorted(map(repr, edges))


@settings(max_examples=80, deadline=None)
@given(old=TREES, new=TREES)
def test_a_delta_makes_the_new_graph(old: dict[str, str], new: dict[str, str]) -> None:
    """Whatever two trees hold, the store ends with exactly the rows of the second."""
    before, after = linked(old), linked(new)
    store = loaded(before)
    apply(store, compare(before, after))
    assert rows(store) == rows(after)


@given(tree=TREES)
@settings(max_examples=20, deadline=None)
def test_no_change_is_no_delta(tree: dict[str, str]) -> None:
    """Two graphs of one tree differ in nothing."""
    assert compare(linked(tree), linked(tree)) == Delta([], [], [], [])


def test_a_body_that_changes_takes_its_file_alone() -> None:
    """A file that nothing else depends on is the only one to be removed."""
    before = {"a.py": "def run(): ...\n", "b.py": "def stop(): ...\n"}
    delta = compare(linked(before), linked({**before, "a.py": "def run(): print(1)\n"}))
    assert list(delta.paths) == ["a.py"]
    assert "b.py" not in {node.path for node in delta.nodes}


def test_an_edge_that_changes_between_unchanged_nodes_takes_its_source_along() -> None:
    """A file whose import now leads elsewhere is rewritten though its own nodes are the same."""
    before = {"a.py": "def run(): ...\n", "b.py": "from a import run\ndef go(): run()\n", "c.py": "def run(): ...\n"}
    after = {**before, "b.py": "from c import run\ndef go(): run()\n"}
    assert "b.py" in compare(linked(before), linked(after)).paths
