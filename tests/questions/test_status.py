"""What `status` counts, and what others count on top of it."""

from collections import Counter

from axon.graph.labels import labelled
from axon.questions.opened import Index
from axon.questions.status import status
from axon.storage.freeze import read_graph
from axon.storage.rows import names_of
from axon.storage.schema import NODE_TABLE
from axon.storage.tally import NODES, rows_of_graph


def test_code_and_labels_are_all_that_the_database_holds(whole: Index) -> None:
    """By kind: the nodes and edges of the code, and those that analyses add, are those of the labelled graph."""
    answer = status(whole)
    graph = labelled(read_graph(whole.columns), whole.labels)
    kind = names_of(NODE_TABLE).index("kind")
    expected: Counter[str] = Counter()
    for group, row in rows_of_graph(graph):
        if group.what == NODES:
            expected[str(row[kind])] += 1
        elif group.what != "unresolved":
            expected[group.kind] += 1
    assert answer.labels["Community"] > 0
    assert Counter(answer.nodes) + Counter(answer.edges) + Counter(answer.labels) == expected
