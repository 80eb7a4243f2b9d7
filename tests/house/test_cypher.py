"""Cypher is written in axon.storage.cypher and nowhere else: scattered statements disagree with the schema."""

import re

from tests.house.tree import Module, modules, snippet, strings

HOME = "storage/cypher/"
ALLOWED = dict.fromkeys(("cache.py", "enrich/cache.py", "enrich/store.py"), "an SQLite file, and this is SQL")
STATEMENT = re.compile(
    r"""\b(?:
        MATCH\s*\(                              # a pattern
      | MATCH\s+\w*\s*=\s*\(                    # a named pattern
      | (?:CREATE|MERGE)\s*\(\s*\w*\s*:         # a new node
      | (?:CREATE|DROP|ALTER)\s+(?:(?:NODE|REL)\s+)?TABLE\b
      | COPY\s+\S+\s*(?:\([^)]*\)\s*)?(?:FROM|TO)\b
      | UNWIND\s+\S+\s+AS\b
      | RETURN\s+(?:DISTINCT\s+)?(?:\*|\w+\.\w+|\w+\s*\(|\w+\s*(?:,|ORDER|LIMIT|$))
      | DETACH\s+DELETE\b
      | CALL\s+\w+\s*\(
    )""",
    re.VERBOSE,
)


def statements(module: Module) -> list[str]:
    """String literals outside `storage/cypher/` that read as Cypher."""
    if module.path.startswith(HOME) or module.path in ALLOWED:
        return []
    return [
        module.at(node, f"Cypher outside {HOME}: {text[:60]!r}")
        for node, text in strings(module)
        if STATEMENT.search(text)
    ]


def test_cypher_has_one_home() -> None:
    """No string of another package is a Cypher statement or a piece of one."""
    assert [v for m in modules() for v in statements(m)] == []


def test_the_check_bites() -> None:
    """Reads, writes, schema and loads are seen, in f-strings too; a docstring and English are not."""
    for bad in (
        '"MATCH (n) RETURN n"',
        'f"MATCH (a:{kind})-[e]->(b)"',
        '"COPY Symbol (key, id) FROM $path"',
        'f"COPY {table} FROM "',
        '"CREATE NODE TABLE Symbol(key INT64)"',
        '"CREATE (:Symbol {id: $id})"',
        '"UNWIND $rows AS row"',
        '" RETURN n.id, n.name"',
        '"CALL show_tables()"',
    ):
        assert statements(snippet(f"x = {bad}", "questions/bad.py")), bad
        assert not statements(snippet(f"x = {bad}", "storage/cypher/read.py"))
    for good in (
        '"""MATCH (n) RETURN n"""',
        'x = "No match (of 3)"',
        'x = "RETURN to the start"',
        'x = "CALL it a day"',
    ):
        assert not statements(snippet(good)), good
