"""Exported rows have exactly the documented form, sorted, and every string survives."""

import csv
import json

import pytest

from axon.errors import UsageError
from axon.graph.graph import CodeGraph
from axon.questions.export import Format, What, export
from axon.questions.opened import Index, open_index
from tests.questions.shop import CART, ODD, TESTS, TILL, publish, shop_graph


def lines(index: Index, what: What, format: Format = Format.JSONL) -> list[str]:
    content = b"".join(export(index, what, format)).decode()
    assert content.endswith("\n")
    return content.splitlines()


def test_a_node_row(index: Index) -> None:
    """Keys in order, flags without `exported`."""
    row = next(line for line in lines(index, What.NODES) if '"src/shop/cart.py::Cart.total"' in line)
    assert row == (
        '{"id":"src/shop/cart.py::Cart.total","kind":"Method","name":"total","qualified_name":"Cart.total",'
        '"path":"src/shop/cart.py","start_line":18,"end_line":19,"start_byte":180,"end_byte":189,'
        '"signature":"(total)","exported":true,"flags":["async","generator"]}'
    )


def test_an_edge_row(index: Index) -> None:
    """The name of an end is the one inside its file, that of a file its own, an external symbol has no path."""
    assert (
        '{"kind":"CALLS","rule":"self","confidence":0.95,'
        '"source":{"id":"src/shop/cart.py::Cart.add","kind":"Method","name":"Cart.add","path":"src/shop/cart.py",'
        '"line":14},"target":{"id":"src/shop/cart.py::Cart.total","kind":"Method","name":"Cart.total",'
        '"path":"src/shop/cart.py","line":18},"site":{"path":"src/shop/cart.py","line":15,"column":4}}'
    ) in lines(index, What.EDGES)
    rows = [json.loads(line) for line in lines(index, What.EDGES)]
    module_level = next(row for row in rows if row["kind"] == "CALLS" and row["source"]["id"] == TILL)
    assert module_level["source"] == {"id": TILL, "kind": "File", "name": "till.py", "path": TILL, "line": 1}
    external = next(row["target"] for row in rows if row["target"]["kind"] == "External")
    assert external == {
        "id": "<external>::builtins.len",
        "kind": "External",
        "name": "builtins.len",
        "path": "",
        "line": 0,
    }


def test_an_unresolved_row(index: Index) -> None:
    """Candidates are the symbols of the tree of that name that can be called."""
    assert lines(index, What.UNRESOLVED)[0] == (
        '{"caller":{"id":"src/shop/till.py::pay","kind":"Function","name":"pay","path":"src/shop/till.py","line":2},'
        '"name":"add","receiver":"y","reason":"unknown receiver",'
        '"candidates":["src/shop/cart.py::Cart.add","src/shop/till.py::pay.<locals>.add"],"candidates_total":2,'
        '"path":"src/shop/till.py","line":3,"column":2}'
    )


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("what", What)
def test_more_rows_than_allowed_are_refused(index: Index, what: What, format: Format) -> None:
    """Before a line is written; exactly as many as there are pass."""
    n_rows = len(lines(index, what))
    with pytest.raises(UsageError, match=rf"{n_rows} rows are more than the {n_rows - 1} .*--most {n_rows}"):
        export(index, what, format, most=n_rows - 1)
    assert b"".join(export(index, what, format, most=n_rows)) == b"".join(export(index, what, format))


def test_rows_are_sorted(index: Index) -> None:
    """Nodes by id, edges by their ends, unresolved calls by place."""
    ids = [json.loads(line)["id"] for line in lines(index, What.NODES)]
    assert ids == sorted(ids)
    ends = [(row["source"]["id"], row["target"]["id"]) for row in map(json.loads, lines(index, What.EDGES))]
    assert ends == sorted(ends)
    sites = [(row["path"], row["line"]) for row in map(json.loads, lines(index, What.UNRESOLVED))]
    assert sites == [(TILL, 3), (TILL, 7), (TILL, 8), (TESTS, 6)]


def test_a_path_that_is_no_text_survives(index: Index) -> None:
    """A lone surrogate comes back from JSON as it was; CSV escapes it."""
    ids = [json.loads(line)["id"] for line in lines(index, What.NODES)]
    assert ODD in ids
    assert any("\\udcff" in line for line in lines(index, What.NODES, Format.CSV))


def test_csv_has_the_same_rows(index: Index) -> None:
    """One column for each value of the JSON form."""
    rows = list(csv.DictReader(lines(index, What.EDGES, Format.CSV)))
    assert len(rows) == len(lines(index, What.EDGES))
    assert rows[-1]["target_id"] == json.loads(lines(index, What.EDGES)[-1])["target"]["id"]
    assert list(rows[0])[:4] == ["kind", "rule", "confidence", "source_id"]
    unresolved = list(csv.DictReader(lines(index, What.UNRESOLVED, Format.CSV)))
    assert unresolved[0]["candidates"] == f"{CART}::Cart.add {TILL}::pay.<locals>.add"
    assert next(row for row in csv.DictReader(lines(index, What.NODES, Format.CSV)))["exported"] == "false"


def test_the_same_graph_in_another_order_gives_the_same_bytes(index: Index, tmp_path_factory: object) -> None:
    """Row numbers leave no trace."""
    graph = shop_graph()
    edges, sites = list(graph.iter_relationships()), list(graph.iter_unresolved())
    turned = CodeGraph.from_rows(reversed(list(graph.iter_nodes())), reversed(edges), reversed(sites))
    root = tmp_path_factory.mktemp("turned")  # type: ignore[attr-defined]
    publish(root, turned)
    with open_index(root) as other:
        for what in What:
            assert lines(other, what) == lines(index, what)


def test_an_empty_graph_exports_nothing(tmp_path_factory: object) -> None:
    """No row, no line; CSV has its header."""
    root = tmp_path_factory.mktemp("empty")  # type: ignore[attr-defined]
    publish(root, CodeGraph.from_rows([], []))
    with open_index(root) as empty:
        assert [b"".join(export(empty, what)) for what in What] == [b"", b"", b""]
        assert b"".join(export(empty, What.NODES, Format.CSV)).startswith(b"id,kind,")
