"""Whatever bytes a file of a language holds, its facts come back, and they are facts of that file.

A few hundred inputs a language in the suite; `make fuzz` tries as many as FUZZ_EXAMPLES says.
"""

import os
from dataclasses import fields
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axon.graph.build import FileEntry, assemble
from axon.languages import all_languages, named
from axon.model.facts import ExpressionKind, FileFacts
from axon.model.kinds import NODE_KINDS, Flag
from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract
from axon.resolution.link import Linker
from axon.resolution.start import start
from tests.fuzz.inputs import KINDS, snippets

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
SLOW = settings(max_examples=-(-EXAMPLES // len(KINDS)), deadline=None, suppress_health_check=list(HealthCheck))
TABLES = [f.name for f in fields(FileFacts) if hasattr(getattr(FileFacts(), f.name), "__slots__")]
TEXTS = {
    "definitions": ("name", "signature", "summary", "value", "returns"),
    "parameters": ("name", "annotation", "default"),
    "references": ("text", "receiver"),
    "bindings": ("name",),
    "imports": ("module", "name", "alias"),
    "exports": ("name",),
    "expressions": ("text",),
    "flows": ("target", "key", "annotation"),
}
DEFINITIONS = {
    "definitions": ("owner",),
    "parameters": ("owner",),
    "references": ("symbol", "scope"),
    "bindings": ("scope",),
    "imports": ("scope",),
    "flows": ("scope",),
}
BYTES = frozenset({int(ExpressionKind.FUNCTION), int(ExpressionKind.COMPREHENSION)})  # their second part is a place


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", all_languages())
@SLOW
@given(data=st.data())
def test_any_bytes_give_facts_that_hold(language: str, kind: str, data: st.DataObject) -> None:
    """No exception; facts survive the codec, lie inside the file, and link into a graph."""
    content = data.draw(KINDS[kind](language))
    facts = extract(language, content)
    check(facts, content)
    encoded = encode(facts)
    assert encode(decode(encoded)) == encoded
    link(language, facts)


@pytest.mark.parametrize("language", all_languages())
def test_real_snippets_hold(language: str) -> None:
    """The files of the cases, undamaged, pass the same checks, alone and each after the other."""
    for content in snippets(language):
        check(extract(language, content), content)


def check(facts: FileFacts, content: bytes) -> None:
    """Every number of the facts means something in this file."""
    assert facts.size == len(content)
    for name in TABLES:
        table = getattr(facts, name)
        columns = {f.name: list(getattr(table, f.name)) for f in fields(table)}
        assert len({len(column) for column in columns.values()}) == 1, name
        check_places(columns, facts)
        check_range(chain(*(columns[column] for column in TEXTS.get(name, ()))), len(facts.strings))
        check_range(chain(*(columns[column] for column in DEFINITIONS.get(name, ()))), len(facts.definitions.kind))
    check_owners(facts)
    check_expressions(facts)
    inner = list(facts.references.inner)
    check_range(inner, len(inner))
    assert all(other != row for row, other in enumerate(inner))


def check_places(columns: dict[str, list[int]], facts: FileFacts) -> None:
    """Spans are inside the file and not backwards, lines are lines of the file."""
    if "start_byte" in columns:
        targets = columns.get("target", [0] * len(columns["start_byte"]))
        for start, end, target in zip(columns["start_byte"], columns["end_byte"], targets, strict=True):
            assert 0 <= start <= facts.size
            if target < 0:  # what leaves a function: the byte where that begins
                assert end <= start
            else:
                assert start <= end <= facts.size or ("target" in columns and not end)  # a flow may hold to the end
    for line in chain(*(columns.get(name, ()) for name in ("line", "start_line", "end_line"))):
        assert 1 <= line <= facts.n_lines + 1
    assert all(0 <= column <= facts.size for column in columns.get("column", ()))


def check_range(rows: "chain[int] | list[int]", n: int) -> None:
    """Row numbers of a table of n rows, -1 for none."""
    assert all(-1 <= row < n for row in rows)


def check_expressions(facts: FileFacts) -> None:
    """Expressions refer to earlier rows, so that none contains itself, and their users to rows that are there."""
    table, n = facts.expressions, len(facts.expressions.kind)
    for row, (kind, first, second) in enumerate(zip(table.kind, table.first, table.second, strict=True)):
        assert first < row
        limits = {ExpressionKind.LITERAL: len(facts.strings), ExpressionKind.DEFINITION: len(facts.definitions.kind)}
        limits |= dict.fromkeys(BYTES, facts.size + 1)
        assert second < limits.get(kind, row)
    check_range([*facts.references.value, *facts.references.argument, *facts.flows.value], n)


def check_owners(facts: FileFacts) -> None:
    """An owner comes before what it owns and encloses it; every definition has a name and a kind."""
    table = facts.definitions
    assert all(0 <= kind < len(NODE_KINDS) for kind in table.kind)
    assert all(name >= 0 for name in table.name)
    assert all(0 <= body <= facts.size for body in table.body_start)
    for row, owner in enumerate(table.owner):
        if owner >= 0:
            assert owner < row
            assert table.start_byte[owner] <= table.start_byte[row] <= table.end_byte[row] <= table.end_byte[owner]


def link(language: str, facts: FileFacts) -> None:
    """The graph of this one file is made, all phases."""
    path = f"some/folder/file{named(language).suffixes[0]}"
    linker = Linker(start(assemble([FileEntry(path, language, facts, Flag(0))]), None))
    for _, phase in linker.phases():
        phase()
    assert len(linker.graph().nodes) >= 1
