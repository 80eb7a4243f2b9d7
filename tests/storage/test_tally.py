"""Two graphs have one digest exactly if they have the same rows, in whatever order."""

import random
from dataclasses import replace
from functools import partial
from pathlib import Path

from axon.graph.graph import CodeGraph
from axon.model.kinds import EdgeKind, Flag, Reason
from axon.model.nodes import GraphNode, GraphRelationship, UnresolvedSite
from axon.storage.tally import EDGES, NODES, SITES, Group, differing_rows, digest, rows_of_graph, rows_of_store, tally
from tests.storage.samples import STORE, call, function

NODE_ROWS = [function(name, f"{name}.py") for name in ("a", "b", "c\x00\ud800", 'd"\n')]
EDGE_ROWS = [call(a.id, b.id, line) for a in NODE_ROWS for b in NODE_ROWS for line in (1, 1, 2)]
SITE_ROWS = [UnresolvedSite(NODE_ROWS[0].id, "go", "x", reason, 3, 4) for reason in (Reason.DYNAMIC, Reason.UNDEFINED)]


def graph(
    nodes: list[GraphNode] = NODE_ROWS,
    edges: list[GraphRelationship] = EDGE_ROWS,
    sites: list[UnresolvedSite] = SITE_ROWS,
) -> CodeGraph:
    """The sample graph, or one with other rows."""
    return CodeGraph.from_rows(nodes, edges, sites)


def said(held: CodeGraph) -> str:
    """The digest of a graph."""
    return digest(tally(rows_of_graph(held)))


def test_the_order_of_rows_does_not_count() -> None:
    """Any order of nodes, edges and sites gives the digest of the first."""
    dice = random.Random(1)
    for _ in range(5):
        parts = [dice.sample(rows, len(rows)) for rows in (NODE_ROWS, EDGE_ROWS, SITE_ROWS)]
        assert said(graph(*parts)) == said(graph())


def test_every_value_counts() -> None:
    """A change of any one value, and the number of equal rows, gives another digest."""
    first, edge, site = NODE_ROWS[0], EDGE_ROWS[0], SITE_ROWS[0]
    evidence = edge.evidence
    changed = [
        *(graph(nodes=[replace(first, **{name: "other"}), *NODE_ROWS[1:]]) for name in ("name", "path", "summary")),
        graph(nodes=[replace(first, end_byte=first.end_byte + 1), *NODE_ROWS[1:]]),
        graph(nodes=[replace(first, flags=first.flags ^ Flag.ASYNC), *NODE_ROWS[1:]]),
        graph(edges=[replace(edge, kind=EdgeKind.IMPORTS), *EDGE_ROWS[1:]]),
        graph(edges=[replace(edge, evidence=replace(evidence, column=evidence.column + 1)), *EDGE_ROWS[1:]]),
        graph(edges=[*EDGE_ROWS, edge]),
        graph(edges=EDGE_ROWS[1:]),
        graph(sites=[replace(site, reason=Reason.UNKNOWN_BASE), *SITE_ROWS[1:]]),
        graph(sites=[replace(site, receiver=""), *SITE_ROWS[1:]]),
        graph(sites=[site, *SITE_ROWS]),
    ]
    assert len({said(other) for other in [graph(), *changed]}) == len(changed) + 1


def test_a_store_gives_the_rows_of_its_graph(tmp_path: Path) -> None:
    """Odd texts included; a row that the store refused counts as one of it."""
    rejected = tmp_path / "rejected.jsonl"
    doubled = graph(nodes=[*NODE_ROWS, NODE_ROWS[1]])
    with STORE(tmp_path / "graph.kuzu", rejected_path=rejected) as backend:
        backend.initialize()
        assert len(backend.bulk_load(doubled).rejected) == 1
        found = tally(rows_of_store(backend, rejected))
    assert found == {group: rows for group, rows in tally(rows_of_graph(doubled)).items() if group.what != SITES}


def test_rows_that_differ() -> None:
    """One side's surplus, with the number of equal rows; groups that are not asked for are passed over."""
    left, right = graph(edges=EDGE_ROWS[2:]), graph(edges=EDGE_ROWS[1:], nodes=NODE_ROWS)
    found = differing_rows(partial(rows_of_graph, left), partial(rows_of_graph, right), {Group(EDGES, "CALLS")})
    assert (found.n_left, found.n_right, len(found.right)) == (0, 1, 1)
    assert found.right[0][1][4] == EDGE_ROWS[1].evidence.line
    none = differing_rows(partial(rows_of_graph, left), partial(rows_of_graph, right), {Group(NODES, "Function")})
    assert (none.n_left, none.n_right) == (0, 0)
