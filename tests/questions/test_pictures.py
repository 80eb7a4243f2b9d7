"""The graph in the languages of other tools."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest

from axon.errors import UsageError
from axon.questions.opened import Index
from axon.questions.pictures import Form, Part, picture

NAMESPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def _text(index: Index, form: Form, part: Part | None = None) -> str:
    (text,) = picture(index, form, part or Part()).values()
    return text


@pytest.mark.parametrize("form", Form)
def test_the_same_graph_gives_the_same_bytes(index: Index, form: Form) -> None:
    """Of the whole graph and of a part of it."""
    for part in (Part(), Part("Cart", 2)):
        assert picture(index, form, part) == picture(index, form, part)


@pytest.mark.parametrize("form", Form)
def test_more_than_a_form_holds_is_an_error_that_says_what_to_do(index: Index, form: Form) -> None:
    """With both numbers, and the flags that help."""
    with pytest.raises(UsageError, match=r"more than the 2 .*--focus.*--most \d+"):
        picture(index, form, Part(most=2))


def test_graphml_is_xml_with_every_edge_between_nodes_of_it(index: Index) -> None:
    """Ids, also those with letters that XML cannot hold, and typed attributes."""
    root = ElementTree.fromstring(_text(index, Form.GRAPHML))
    ids = {node.get("id") for node in root.iterfind(".//g:node", NAMESPACE)}
    edges = [(edge.get("source"), edge.get("target")) for edge in root.iterfind(".//g:edge", NAMESPACE)]
    assert "src/shop/cart.py::Cart.add" in ids
    assert "src/shop/\\udcff.py" in ids
    assert edges
    assert {end for edge in edges for end in edge} <= ids
    confidence = root.find(".//g:edge/g:data[@key='edge.confidence']", NAMESPACE)
    assert confidence is not None
    assert 0 < float(confidence.text or 0) <= 1


def test_neo4j_gets_two_files_whose_ends_exist(index: Index) -> None:
    """Headers as its importer reads them."""
    files = {name: list(csv.DictReader(io.StringIO(text))) for name, text in picture(index, Form.NEO4J, Part()).items()}
    ids = {row[":ID"] for row in files["nodes.csv"]}
    assert {row[":LABEL"] for row in files["nodes.csv"]} >= {"Class", "Method", "File"}
    assert all({row[":START_ID"], row[":END_ID"]} <= ids and row[":TYPE"] for row in files["relationships.csv"])


def test_a_focus_shows_its_neighbours_and_no_more(index: Index) -> None:
    """DOT and Mermaid of what calls and is called by one function."""
    dot = _text(index, Form.DOT, Part("src/shop/till.py::pay", 1))
    assert dot.startswith("digraph axon {")
    assert '"src/shop/till.py::pay"' in dot
    assert "Cart_helper" not in dot
    mermaid = _text(index, Form.MERMAID, Part("src/shop/till.py::pay", 1))
    lines = mermaid.splitlines()
    assert lines[0] == "flowchart LR"
    assert all(re.fullmatch(r'  n\d+\["[\w .#;/:-]+"\]|  n\d+ -->\|[A-Z_]+\| n\d+', line) for line in lines[1:])
    assert len([line for line in lines if "-->" in line]) == len([line for line in dot.splitlines() if "->" in line])
