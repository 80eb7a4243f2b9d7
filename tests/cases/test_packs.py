"""Every rule of every pack that comes with the program is needed by a case of `packs`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from axon.graph.graph import CodeGraph
from axon.languages.pack import Pack
from axon.languages.packs import built_in_packs
from tests.cases.case import Case, read_cases
from tests.graph.trees import linked

_PAGES = sorted((Path(__file__).parent / "packs").glob("*.md"))
_KINDS = ("entries", "routers", "routes", "mounts", "injections", "pages", "resources")


def _without_each_rule(pack: Pack) -> Iterator[tuple[str, Pack]]:
    """The pack without one of its rules, and which."""
    for kind in _KINDS:
        rules = getattr(pack, kind)
        for index, rule in enumerate(rules):
            yield f"{kind} {rule}", replace(pack, **{kind: (*rules[:index], *rules[index + 1 :])})


def _rows(graph: CodeGraph) -> list[object]:
    return [*graph.iter_nodes(), *graph.iter_relationships()]


@pytest.fixture(scope="module")
def cases() -> list[tuple[Case, list[object]]]:
    """Each case with all that is found in it."""
    found = [case for page in _PAGES for case in read_cases(page.name, page.read_text(encoding="utf-8"))]
    return [(case, _rows(linked(case.files))) for case in found]


@pytest.mark.parametrize("pack", built_in_packs(), ids=lambda pack: pack.name)
def test_each_rule_is_needed(pack: Pack, cases: list[tuple[Case, list[object]]]) -> None:
    """Without it, less is found in some case."""
    others = [other for other in built_in_packs() if other is not pack]
    concerned = [(case, rows) for case, rows in cases if _rows(linked(case.files, others)) != rows]
    idle = [
        what
        for what, less in _without_each_rule(pack)
        if all(_rows(linked(case.files, [*others, less])) == rows for case, rows in concerned)
    ]
    assert not idle, "\n".join(idle)
