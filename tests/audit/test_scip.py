"""Our index in SCIP, read back, against itself; and the index of another tool against ours."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from axon.audit.scip import ScipComparison
from axon.errors import UsageError
from axon.model.audit import AuditAnswer
from axon.model.kinds import CALLABLE_KINDS, CLASS_KINDS
from axon.questions.opened import Index, open_index
from axon.questions.scip import scip
from axon.scip.messages import read_scip
from axon.scip.model import Document, Encoding, Information, Occurrence, Range, Relation, Role, ScipIndex
from tests.questions.whole import index_of

FILES = {
    "shop/cart.py": """\
from typing import overload


class Base:
    def add(self, item): ...


class Cart(Base):
    größe = 1

    def add(self, item):
        s = "ü𝒳"; check(item); self.größe
        return super().add(item)


@overload
def check(item: int) -> int: ...
@overload
def check(item: str) -> str: ...
def check(item):
    return item
""",
    "shop/till.py": """\
from shop.cart import Cart, check as looked_at


def pay(cart: Cart):
    cart.add(1)
    return looked_at(cart)


def unknown(gate):
    gate.add(2)


class Till(Cart):
    def add(self, item):
        def inner():
            return pay(self)
        return inner()
""",
    "web/cart.ts": """\
export interface Priced { price(): number }
export class Cart implements Priced {
  price() { return total<number>(1) }
  price2 = () => this.price()
}
export function total<T>(n: T): T { return n }
export namespace inner { export const rate = total(2) }
""",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, indexed."""
    return index_of(tmp_path_factory.mktemp("scip"), FILES)


@pytest.fixture
def index(root: Path) -> Iterator[Index]:
    """Its index."""
    with open_index(root) as opened:
        yield opened


def _ours(index: Index) -> ScipIndex:
    return read_scip(b"".join(scip(index)))


def _audit(index: Index, theirs: ScipIndex, prefix: str = "") -> AuditAnswer:
    return ScipComparison(index.columns, index.sources.of).answer("x", theirs, prefix=prefix, state=index.state())


def test_our_own_index_is_read_back_whole(index: Index) -> None:
    """Every definition at its name, every symbol once, every reference to something that is told."""
    ours = _ours(index)
    assert b"".join(scip(index)) == b"".join(scip(index))
    told = [information.symbol for document in ours.documents for information in document.symbols]
    assert len(told) == len(set(told))
    known = {*told, *(information.symbol for information in ours.external)}
    names = {i.symbol: i.name for document in ours.documents for i in document.symbols}
    n_defined = 0
    for document in ours.documents:
        lines = FILES[document.path].encode().split(b"\n")
        for occurrence in document.occurrences:
            assert occurrence.symbol in known
            if occurrence.roles & Role.DEFINITION and occurrence.range.end:
                at = occurrence.range
                assert lines[at.start_line][at.start : at.end].decode() == names[occurrence.symbol]
                n_defined += 1
    kinds = CALLABLE_KINDS | CLASS_KINDS
    nodes = [index.columns.node(row) for row in range(index.columns.n_nodes)]
    assert n_defined >= sum(node.kind in kinds for node in nodes)


def test_it_agrees_with_itself(index: Index) -> None:
    """Nothing missing, nothing contradicted, in each of the tables."""
    answer = _audit(index, _ours(index))
    assert (answer.recall, answer.precision, answer.missing, answer.contradicted, answer.undefined) == (
        1,
        1,
        (),
        (),
        (),
    )
    assert answer.observed >= 6
    assert {row.kind: row.recall for row in answer.others} == {
        "classes and types": 1.0,
        "functions and methods": 1.0,
        "values": 1.0,
        "references": 1.0,
        "implementations": 1.0,
    }


def _occurrence(path: str, line: int, word: str, symbol: str, roles: int = 0) -> Occurrence:
    """At the first place of a word in a line, 1-based; characters as UTF-16 counts them."""
    text = FILES[path].split("\n")[line - 1]
    start = len(text[: text.index(word)].encode("utf-16-le")) // 2
    end = start + len(word.encode("utf-16-le")) // 2
    return Occurrence(Range(line - 1, start, line - 1, end), symbol, Role(roles))


def _theirs() -> ScipIndex:
    """What another tool might say of the same tree: it knows the receiver of `gate.add`, and a definition more."""
    cart = "t . . . cart/"
    defined = [
        _occurrence("shop/cart.py", 8, "Cart", f"{cart}Cart#", 1),
        _occurrence("shop/cart.py", 11, "add", f"{cart}Cart#add().", 1),
        _occurrence("shop/cart.py", 9, "größe", f"{cart}Cart#größe.", 1),
        _occurrence("shop/cart.py", 17, "check", f"{cart}check().", 1),
        _occurrence("shop/cart.py", 12, "check", f"{cart}check()."),
        _occurrence("shop/cart.py", 20, "item", f"{cart}item.", 1),
    ]
    till = [
        _occurrence("shop/till.py", 4, "pay", "t . . . till/pay().", 1),
        _occurrence("shop/till.py", 4, "Cart", f"{cart}Cart#"),
        _occurrence("shop/till.py", 5, "add", f"{cart}Cart#add()."),
        _occurrence("shop/till.py", 6, "looked_at", f"{cart}check()."),
        _occurrence("shop/till.py", 10, "add", f"{cart}Cart#add()."),
        _occurrence("shop/till.py", 13, "Till", "t . . . till/Till#", 1),
        _occurrence("shop/till.py", 15, "inner", "local 1", 1),
        _occurrence("shop/till.py", 17, "inner", "local 1"),
        _occurrence("shop/till.py", 16, "pay", f"{cart}check()."),
    ]
    below = [Information("t . . . till/Till#", relations=[Relation(f"{cart}Cart#", is_implementation=True)])]
    documents = [
        Document("cart.py", "python", Encoding.UNSPECIFIED, defined, []),
        Document("till.py", "python", Encoding.UTF16, till, below),
        Document("gone.py", "python", Encoding.UTF16, till[:1], []),
    ]
    return ScipIndex("elsewhere/shop", "tool", "1", documents)


def test_what_another_tool_says_is_compared(index: Index) -> None:
    """Missing and contradicted calls by place, a definition that we lack, one symbol for all overloads."""
    answer = _audit(index, _theirs(), prefix="shop/")
    found = [(e.kind, e.caller.id, e.callee.id, e.site.line, e.why) for e in answer.missing]
    assert found == [
        (
            "direct",
            "shop/till.py::unknown",
            "shop/cart.py::Cart.add",
            10,
            "`add` is unresolved: unknown receiver",
        ),
        (
            "indirect",
            "shop/till.py::Till.add.<locals>.inner",
            "shop/cart.py::check",
            16,
            "no call is known there",
        ),
    ]
    assert [(e.caller.id, e.callee.id, e.why) for e in answer.contradicted] == [
        ("shop/till.py::Till.add.<locals>.inner", "shop/till.py::pay", "it means check, check, check")
    ]
    assert [(d.name, d.site.line) for d in answer.undefined] == [("item", 20)]
    rows = {row.kind: (row.observed, row.found) for row in (*answer.rows, *answer.others)}
    assert rows["direct"] == (4, 3)
    assert rows["indirect"] == (2, 1)
    assert rows["implementations"] == (1, 1)
    assert rows["references"] == (1, 1)
    assert answer.notes == ("1 documents of it are no files of the index.",)


def test_another_encoding_means_another_place(index: Index) -> None:
    """The call behind two letters that UTF-8, UTF-16 and UTF-32 count otherwise is found by its own alone."""
    theirs = _theirs()
    assert _audit(index, theirs, prefix="shop/").decided == 5
    for encoding in (Encoding.UTF8, Encoding.UTF32):
        first = replace(theirs.documents[0], encoding=encoding)
        other = replace(theirs, documents=[first, *theirs.documents[1:]])
        assert _audit(index, other, prefix="shop/").decided == 4


def test_more_nodes_than_allowed_are_an_error(index: Index) -> None:
    """With the flag that allows them."""
    with pytest.raises(UsageError, match=r"more than the 3 .*--most \d+"):
        scip(index, most=3)
