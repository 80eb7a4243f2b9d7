"""The guard refuses every query that is more than a question, and allows the questions that people and agents ask."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from axon.errors import QueryRefusedError
from axon.graph.graph import CodeGraph
from axon.model.ids import NodeId
from axon.model.kinds import EdgeKind, NodeKind, Rule
from axon.model.nodes import Evidence, GraphNode, GraphRelationship
from axon.storage.cypher.engine import EngineBackend
from axon.storage.cypher.guard import DEEPEST_NESTING, LONGEST_QUERY, check
from axon.storage.cypher.lexer import TokenKind, tokens_of
from tests.storage.samples import ENGINE, STORE

PARAMETERS = {"name": "add", "limit": 3, "names": ["add", "total"]}

HARMLESS = (
    "MATCH (n:Symbol) RETURN n",
    "MATCH (n:Symbol) RETURN n.id, n.kind LIMIT 5",
    "match (n:Symbol) return n.name limit 1",
    "MATCH (n) RETURN count(*)",
    "MATCH (n:Symbol) RETURN COUNT(*) AS total",
    "MATCH (n:Symbol) RETURN n.kind, count(*) AS n_symbols ORDER BY n_symbols DESC, n.kind",
    "MATCH (n:Symbol {name: 'add'}) RETURN n.qualified_name",
    'MATCH (n:Symbol {name: "add"}) RETURN n.path',
    "MATCH (n:Symbol) WHERE n.name = $name RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name IN $names RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name IN ['add', 'total'] RETURN n.id",
    "MATCH (n:Symbol) RETURN n.id ORDER BY n.id SKIP 1 LIMIT 2",
    "MATCH (n:Symbol) RETURN DISTINCT n.kind",
    "MATCH (n:Symbol)\nWHERE n.kind = 'Function'\n\tAND n.start_line > 3\r\nRETURN n.name",
    "MATCH (n:Symbol) WHERE NOT n.kind = 'File' RETURN n.name",
    "MATCH (n:Symbol) WHERE NOT (n.kind = 'File' OR n.kind = 'Folder') RETURN n.name",
    "MATCH (n:Symbol) WHERE n.kind <> 'File' XOR n.exported RETURN n.name",
    "MATCH (n:Symbol) WHERE n.summary IS NULL RETURN count(n)",
    "MATCH (n:Symbol) WHERE n.summary IS NOT NULL RETURN count(n)",
    "MATCH (n:Symbol) WHERE n.end_line - n.start_line >= 2 RETURN n.name, n.end_line - n.start_line AS lines",
    "MATCH (n:Symbol) WHERE n.start_line >= 1 AND n.start_line <= 100 RETURN n.id",
    "MATCH (n:Symbol) WHERE n.path STARTS WITH 'shop/' RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name ENDS WITH 'd' RETURN n.id",
    "MATCH (n:Symbol) WHERE n.path CONTAINS 'cart' RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name =~ 'a.*' RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name =~ '(?i)ADD|total\\\\d?' RETURN n.id",
    "MATCH (n:Symbol) WHERE lower(n.name) = 'add' RETURN n.id",
    "MATCH (n:Symbol) RETURN upper(n.name), size(n.name), reverse(n.name), trim(n.name)",
    "MATCH (n:Symbol) RETURN substring(n.path, 1, 4), left(n.name, 2), right(n.name, 2)",
    "MATCH (n:Symbol) RETURN split_part(n.path, '/', 1) AS top, count(*) ORDER BY top",
    "MATCH (n:Symbol) RETURN string_split(n.path, '/')[1], concat(n.path, ':', n.name)",
    "MATCH (n:Symbol) RETURN n.path + '::' + n.name",
    "MATCH (n:Symbol) RETURN regexp_replace(n.name, '_.*', '') LIMIT 3",
    "MATCH (n:Symbol) WHERE regexp_matches(n.name, '^_') RETURN n.name",
    "MATCH (n:Symbol) RETURN levenshtein(n.name, 'ad') AS d, n.name ORDER BY d LIMIT 3",
    "MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN a.id, b.id",
    "MATCH (a:Symbol)<-[:CALLS]-(b:Symbol) RETURN a.id, b.id",
    "MATCH (a:Symbol)-[:CALLS]-(b:Symbol) RETURN a.id, b.id",
    "MATCH (a:Symbol)-->(b:Symbol) RETURN a.id, b.id",
    "MATCH (a)--(b) RETURN count(*)",
    "MATCH (a)<--(b) RETURN count(*)",
    "MATCH (a:Symbol)-[r]->(b:Symbol) RETURN label(r), count(*)",
    "MATCH (a:Symbol)-[r:CALLS|DEFINES]->(b:Symbol) RETURN a.name, label(r), b.name",
    "MATCH (a:Symbol)-[r:CALLS|:IMPORTS]->(b:Symbol) RETURN count(*)",
    "MATCH (a:Symbol)-[r:CALLS]->(b:Symbol) WHERE r.confidence >= 0.9 RETURN r.rule, r.line, r.confidence",
    "MATCH (a:Symbol)-[r:CALLS {line: 7}]->(b:Symbol) RETURN r",
    "MATCH (a:Symbol)-[:CALLS]->(b:Symbol)-[:CALLS]->(c:Symbol) RETURN a.name, b.name, c.name",
    "MATCH (a:Symbol)-[:CALLS]->(b:Symbol), (f:Symbol)-[:DEFINES]->(b) RETURN f.path, count(DISTINCT a) AS callers",
    "MATCH (a:Symbol)-[:CALLS*1..3]->(b:Symbol) RETURN DISTINCT a.name, b.name",
    "MATCH (a:Symbol)-[:CALLS*..2]->(b:Symbol) RETURN count(*)",
    "MATCH (a:Symbol)-[:CALLS*2]->(b:Symbol) RETURN count(*)",
    "MATCH (a:Symbol)-[e:CALLS*1..2 (r, n | WHERE r.line > 0 AND n.kind = 'Function')]->(b:Symbol) RETURN length(e)",
    "MATCH p = (a:Symbol)-[:CALLS*1..2]->(b:Symbol) RETURN nodes(p), rels(p), length(p)",
    "MATCH (a:Symbol)-[e:CALLS* SHORTEST 1..4]->(b:Symbol) RETURN length(e)",
    "MATCH (a:Symbol)-[e:CALLS* ALL SHORTEST 1..4]->(b:Symbol) RETURN count(*)",
    "MATCH (a:Symbol)-[e:CALLS* ACYCLIC 1..3]->(b:Symbol) RETURN count(*)",
    "MATCH p = (a:Symbol)-[:CALLS*1..3]->(b:Symbol) WHERE is_acyclic(p) RETURN count(*)",
    "OPTIONAL MATCH (n:Symbol {name: 'nobody'}) RETURN n.id",
    "MATCH (n:Symbol) OPTIONAL MATCH (n)<-[:CALLS]-(m:Symbol) RETURN n.name, count(m) AS callers ORDER BY callers",
    "MATCH (n:Symbol) WHERE NOT EXISTS { MATCH (n)<-[:CALLS]-(:Symbol) } RETURN n.id",
    "MATCH (n:Symbol) WHERE EXISTS { MATCH (n)-[:CALLS]->(m:Symbol) WHERE m.name = 'total' } RETURN n.id",
    "MATCH (n:Symbol) WHERE COUNT { MATCH (n)<-[:CALLS]-(:Symbol) } > 0 RETURN n.id",
    "MATCH (n:Symbol) WITH n.path AS path, count(*) AS n_symbols WHERE n_symbols > 1 RETURN path, n_symbols",
    "MATCH (n:Symbol) WITH n ORDER BY n.start_line LIMIT 3 RETURN collect(n.name)",
    "MATCH (n:Symbol) RETURN min(n.start_line), max(n.end_line), avg(n.start_line), sum(n.end_line)",
    "MATCH (a:Symbol)-[:CALLS]->(b:Symbol) WITH b, count(a) AS n RETURN b.id, n ORDER BY n DESC LIMIT 10",
    "MATCH (n:Symbol) RETURN CASE WHEN n.kind = 'File' THEN 'file' ELSE 'symbol' END AS what, count(*)",
    "MATCH (n:Symbol) RETURN CASE n.kind WHEN 'File' THEN (1) ELSE (0) END",
    "MATCH (n:Symbol) WITH collect(n.name) AS names RETURN list_filter(names, x -> x STARTS WITH 'a')",
    "MATCH (n:Symbol) WITH collect(n.name) AS names RETURN list_transform(names, x -> upper(x))",
    "MATCH (n:Symbol) WITH collect(n.name) AS names RETURN size(names), names[1], names[1:2], list_sort(names)",
    "MATCH (n:Symbol) WITH collect(n.name) AS names RETURN any(x IN names WHERE x = 'add')",
    "UNWIND ['add', 'total'] AS wanted MATCH (n:Symbol) WHERE n.name = wanted RETURN n.id",
    "UNWIND $names AS wanted RETURN wanted",
    "WITH 'add' AS wanted MATCH (n:Symbol {name: wanted}) RETURN n.id",
    "MATCH (n:Symbol {kind: 'File'}) RETURN n.id UNION MATCH (n:Symbol {kind: 'Class'}) RETURN n.id",
    "MATCH (n:Symbol) RETURN n.name AS x UNION ALL MATCH (n:Symbol) RETURN n.kind AS x",
    "RETURN 1",
    "RETURN 1 + 2 * 3 - 4 / 5 % 6 ^ 2",
    "RETURN .5, 1.5, 1e3, 2.5e-2, -7",
    "RETURN 'a;b', \"drop table\", 'it\\'s', \"say \\\"hi\\\"\", '\\u0041\\n'",
    "RETURN '// no comment', '/* nor this */', '-- nor this'",
    "MATCH (n:Symbol) WHERE n.name = 'delete' OR n.summary CONTAINS 'create; drop' RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name IN ['set', 'copy', 'load', 'merge', 'call'] RETURN n.id",
    "MATCH (n:Symbol) WHERE n.name = 'caf\u00e9 \u4e2d\u6587 \U0001f600' RETURN n.id",
    "RETURN 'a\\' CHECKPOINT '",
    "MATCH (n:Symbol) RETURN n.name AS `set`, n.kind AS `delete; me`",
    "MATCH (`größe`:Symbol) RETURN `größe`.name",
    "MATCH (`a``b`:`Symbol`) RETURN `a``b`.`name`",
    "WITH {`set`: 1, `delete`: 2} AS m RETURN m.set, m.delete",
    "MATCH (a:Symbol)-[:CALLS]->(b:Symbol) RETURN a.name AS from, b.name AS to, b.kind AS type",
    "MATCH (node:Symbol)-[rel:CALLS]->(key:Symbol) RETURN node.id, rel.line, key.id",
    "MATCH (n:Symbol) RETURN coalesce(n.summary, 'none'), typeof(n.start_line), cast(n.start_line AS STRING)",
    "MATCH (n:Symbol) RETURN labels(n), id(n), properties([n], 'name')",
    "MATCH (a:Symbol)-[r:CALLS]->(b:Symbol) RETURN start_node(r), end_node(r)",
    "RETURN date('2026-01-02'), timestamp('2026-01-02 03:04:05'), interval('3 days')",
    "RETURN abs(-1), round(2.567, 1), floor(2.5), sqrt(4.0)",
    "CALL show_tables() RETURN *",
    "CALL SHOW_TABLES() RETURN name, type",
    "CALL table_info('Symbol') RETURN name, type",
    "CALL show_connection('CALLS') RETURN *",
    "CALL db_version() RETURN version",
    "CALL current_setting('threads') RETURN *",
    "CALL show_tables() WHERE type = 'REL' RETURN name ORDER BY name",
    "CALL db_version() YIELD version RETURN version",
)

DANGEROUS = (
    # writes
    "CREATE (:Symbol {key: 1})",
    "create (:Symbol {key: 1})",
    "MATCH (n:Symbol) CREATE (m:Symbol {key: 1})",
    "MATCH (n:Symbol) SET n.name = 'x'",
    "MATCH (n:Symbol)SET n.name = 'x'",
    "MATCH (n:Symbol) WITH n LIMIT 1SET n.name = 'x'",
    "MATCH (n:Symbol) sEt n.name = 'x' RETURN n",
    "MATCH (n:Symbol) DELETE n",
    "MATCH (n:Symbol) DETACH DELETE n",
    "MATCH (n:Symbol)\nDELETE\nn",
    "MERGE (n:Symbol {key: 1})",
    "MATCH (a:Symbol) MERGE (a)-[:CALLS]->(a)",
    "MATCH (n:Symbol) REMOVE n.name",
    "CREATE NODE TABLE T(id INT64, PRIMARY KEY(id))",
    "CREATE REL TABLE R(FROM Symbol TO Symbol)",
    "CREATE SEQUENCE s",
    "CREATE MACRO f(x) AS x + 1",
    "CREATE USER u",
    "DROP TABLE Symbol",
    "ALTER TABLE Symbol ADD x INT64",
    "ALTER TABLE Symbol RENAME TO T",
    "COMMENT ON TABLE Symbol IS 'x'",
    "COPY Symbol FROM 'x.csv'",
    # files
    "COPY (MATCH (n:Symbol) RETURN n.id) TO 'out.csv'",
    "copy (MATCH (n) RETURN n) to '/tmp/out.parquet'",
    "EXPORT DATABASE '/tmp/out'",
    "IMPORT DATABASE '/tmp/in'",
    "LOAD FROM '/etc/passwd' RETURN *",
    "LOAD WITH HEADERS (x STRING) FROM '/etc/passwd' RETURN *",
    "MATCH (n:Symbol) LOAD FROM '/etc/passwd' RETURN *",
    "MATCH (n:Symbol) WITH n LOAD FROM '/etc/passwd' (file_format='csv') RETURN *",
    "UNWIND [1] AS x LOAD FROM '/etc/passwd' RETURN *",
    "LOAD FROM frame RETURN *",
    "RETURN 1 UNION LOAD FROM '/etc/passwd' RETURN *",
    "RETURN 1 UNION ALL LOAD FROM '/etc/passwd' RETURN *",
    "MATCH (n) WHERE EXISTS { LOAD FROM '/etc/passwd' RETURN * } RETURN n",
    "CALL READ_CSV_SERIAL('/etc/passwd') RETURN *",
    "CALL read_csv_parallel('/etc/passwd') RETURN *",
    "CALL READ_PARQUET('/etc/passwd') RETURN *",
    "CALL READ_NPY('/etc/passwd') RETURN *",
    "CALL `read_npy`('/etc/passwd') RETURN *",
    "RETURN read_csv_serial('/etc/passwd')",
    # code and other databases
    "ATTACH '/tmp/x' AS other (dbtype kuzu)",
    "DETACH other",
    "USE other",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs",
    "UNINSTALL httpfs",
    "LOAD EXTENSION '/tmp/evil.so'",
    "LOAD httpfs",
    # state
    "CHECKPOINT",
    "checkpoint",
    "BEGIN TRANSACTION",
    "BEGIN TRANSACTION READ ONLY",
    "COMMIT",
    "ROLLBACK",
    "CALL threads=1",
    "CALL timeout = 0",
    "CALL debug_enable_multi_writes=true",
    "CALL spill_to_disk=true",
    "CALL home_directory='/tmp'",
    "MATCH (n) CALL threads=1 RETURN n",
    "CALL show_functions() RETURN *",
    "CALL show_functions () RETURN *",
    "CALL clear_warnings()",
    "CALL PROJECT_GRAPH('g', ['Symbol'], ['CALLS'])",
    "CALL DROP_PROJECTED_GRAPH('g')",
    "CALL create_fts_index('Symbol', 'i', ['name'])",
    "CALL CREATE_VECTOR_INDEX('Symbol', 'i', 'v')",
    "CALL drop_fts_index('Symbol', 'i')",
    "CALL _cache_array_column_locally('Symbol', 'v')",
    "CALL { MATCH (n) RETURN n } RETURN 1",
    "CALL",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "EXPLAIN COPY (MATCH (n) RETURN n) TO 'x.csv'",
    "MATCH (a)-[e]->(b) HINT (a JOIN e) JOIN b RETURN a",
    "PROJECT GRAPH g(Symbol, CALLS)",
    # what fills memory or never ends
    "UNWIND range(1, 100000000) AS x RETURN count(x)",
    "RETURN size(range(1, 1000000000))",
    "RETURN RANGE(1, 10)",
    "RETURN range (1, 10)",
    "RETURN range\n(1, 10)",
    "RETURN `range`(1, 10)",
    "RETURN `RaNgE` (1, 10)",
    "RETURN repeat('a', 3000000000)",
    "RETURN lpad('a', 2000000000, 'x')",
    "RETURN rpad('a', 2000000000, 'x')",
    "RETURN list_transform([1], x -> range(1, x))",
    "RETURN nextval('s')",
    "RETURN error('x')",
    "RETURN internal_id(0, 999999)",
    "RETURN some_function_of_tomorrow(1)",
    # one statement hidden behind or inside another
    "RETURN 1; DROP TABLE Symbol",
    "RETURN 1;",
    ";",
    "/* x */ CHECKPOINT",
    "RETURN 1 // x\nCHECKPOINT",
    "RETURN 1 /* x */",
    "RETURN 1 /*",
    "MATCH (n) RETURN 'a\\\\' CHECKPOINT ''",
    "RETURN 'open",
    'RETURN "open',
    "RETURN 'a\\qb'",
    "RETURN 'a\\u00'",
    "RETURN '\\x41'",
    "RETURN 'x\\\\' LOAD FROM 'y'",
    "RETURN `open",
    "RETURN ''LOAD FROM'/etc/passwd'",
    "MATCH (n) RETURN n .. LOAD FROM 'x'",
    "RETURN 1.LOAD FROM '/etc/passwd'",
    "MATCH (n)\u00a0DELETE\u00a0n",
    "MATCH (n) RETURN n\u2003LIMIT 1",
    "MATCH (n) RETURN\u180en",
    "MATCH (n)\x0bDELETE\x0bn",
    "MATCH (n)\x1cDELETE\x1cn",
    "MATCH (n) RETURN 'a\x00b'",
    "MATCH (n) RETURN '\ud800'",
    "MATCH (n) RETURN 'a\x1ab'",
    "RETURN größe",
    "RETURN \uff53\uff45\uff54",
    "RETURN 1 AS set",
    "RETURN $unknown",
    "RETURN $name$limit",
    "RETURN @x",
    "RETURN #x",
    "RETURN 1 \\ 2",
    "",
    "   \n\t",
    "(n)",
    "'MATCH'",
    "`MATCH` (n) RETURN n",
    "RETURN " + "(" * (DEEPEST_NESTING + 1) + "1" + ")" * (DEEPEST_NESTING + 1),
    "RETURN '" + "x" * LONGEST_QUERY + "'",
)

UNGUARDED = """
import sys
from pathlib import Path
from axon.storage.engines import backend_of
with backend_of(sys.argv[3])(Path(sys.argv[1]), read_only=True) as backend:
    print(backend.statements.run(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real Kuzu file with four nodes and four edges."""
    nodes = [
        GraphNode(NodeId("shop/cart.py"), NodeKind.FILE, "cart.py", "shop.cart", "shop/cart.py", "python", 1, 9),
        *(
            GraphNode(
                NodeId(f"shop/cart.py::{name}"), NodeKind.FUNCTION, name, name, "shop/cart.py", "python", line, line + 2
            )
            for line, name in ((2, "add"), (5, "total"), (8, "price"))
        ),
    ]
    edges = [
        *(GraphRelationship(EdgeKind.DEFINES, nodes[0].id, node.id, Evidence(Rule.STRUCTURE)) for node in nodes[1:]),
        GraphRelationship(EdgeKind.CALLS, nodes[2].id, nodes[3].id, Evidence(Rule.LEXICAL, 7, 4)),
    ]
    path = tmp_path_factory.mktemp("guard") / "graph.kuzu"
    with STORE(path) as backend:
        backend.initialize()
        backend.bulk_load(CodeGraph.from_rows(nodes, edges))
    return path


@pytest.fixture(scope="module")
def engine(database: Path) -> Iterator[EngineBackend]:
    with STORE(database, read_only=True) as backend:
        yield backend


def unguarded(database: Path, query: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", UNGUARDED, str(database), query, ENGINE]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)


@pytest.mark.parametrize("query", HARMLESS)
def test_a_question_is_allowed_and_runs(engine: EngineBackend, query: str) -> None:
    """The guard lets the question through, and the real engine answers it."""
    check(query, PARAMETERS)
    used = {token.text: PARAMETERS[token.text] for token in tokens_of(query) if token.kind is TokenKind.PARAMETER}
    engine.statements.table(query, used, limit=20)


@pytest.mark.parametrize("query", DANGEROUS, ids=lambda query: ascii(query)[:60])
def test_anything_else_is_refused(query: str) -> None:
    """The refusal is one line."""
    with pytest.raises(QueryRefusedError) as refusal:
        check(query, PARAMETERS)
    assert "\n" not in str(refusal.value)


def test_the_corpus_is_large_enough() -> None:
    """At least 130 probes, none of them twice."""
    probes = HARMLESS + DANGEROUS
    assert len(set(probes)) == len(probes) >= 130


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("MATCH (n) DELETE n", "DELETE is not allowed: it writes to the database"),
        ("LOAD FROM 'x' RETURN *", "LOAD is not allowed: it reads or writes files"),
        ("INSTALL httpfs", "it fetches or loads code"),
        ("RETURN range(1, 2)", r"range\(\) is not allowed: it can fill the memory"),
        ("RETURN nextval('s')", "not on the list of functions that only read"),
        ("CALL show_functions() RETURN *", "CALL show_functions is not allowed; these are: current_setting"),
        ("CALL threads=1", "settings cannot be changed"),
        ("RETURN 1;", "one statement, without it"),
        ("RETURN 1 // x", "comment"),
        ("RETURN $unknown", r"No value was given for \$unknown"),
        ("RETURN 'open", "A string is not closed"),
        ("RETURN\u00a01", "the blank U\\+00A0"),
        ("DESCRIBE x", "A query starts with CALL, MATCH, OPTIONAL"),
        ("", "empty"),
    ],
)
def test_a_refusal_says_what_and_why(query: str, why: str) -> None:
    """A person can tell from the line what to change."""
    with pytest.raises(QueryRefusedError, match=why):
        check(query)


def test_names_and_strings_end_where_the_engine_ends_them() -> None:
    """Escapes, doubled backticks and numbers are single tokens with their text."""
    tokens = tokens_of("RETURN 'a\\'b', `c``d`.set, 1..2, 1.5e3, $p <> \"x\"")
    assert [(token.kind.name, token.text) for token in tokens if token.kind is not TokenKind.SYMBOL] == [
        ("WORD", "RETURN"),
        ("STRING", "'a\\'b'"),
        ("NAME", "c`d"),
        ("WORD", "set"),
        ("NUMBER", "1"),
        ("NUMBER", "2"),
        ("NUMBER", "1.5e3"),
        ("PARAMETER", "p"),
        ("STRING", '"x"'),
    ]


def test_an_unguarded_copy_writes_a_file(database: Path, tmp_path: Path) -> None:
    """Opened read-only, the engine still writes wherever a query says: the reason for the guard."""
    unguarded(database, "COPY (MATCH (n:Symbol) RETURN n.id) TO 'out.csv'", tmp_path)
    assert "shop/cart.py" in (tmp_path / "out.csv").read_text()


def test_an_unguarded_load_reads_any_file(database: Path, tmp_path: Path) -> None:
    """Opened read-only, the engine reads any file, in the middle of a query."""
    (tmp_path / "secret.csv").write_text("secret\n")
    done = unguarded(database, "MATCH (n:Symbol) LOAD FROM 'secret.csv' (header=false) RETURN *", tmp_path)
    assert "secret" in done.stdout


def test_an_unguarded_file_reader_crashes_the_process(database: Path, tmp_path: Path) -> None:
    """A file reader that is called as a function kills the process that runs it."""
    assert unguarded(database, "CALL READ_CSV_SERIAL('x') RETURN *", tmp_path).returncode != 0


def test_an_unguarded_setting_changes(database: Path, tmp_path: Path) -> None:
    """Opened read-only, a query can switch the engine's settings."""
    assert unguarded(database, "CALL debug_enable_multi_writes=true", tmp_path).returncode == 0


def test_an_unguarded_checkpoint_leaves_a_shadow(database: Path, tmp_path: Path) -> None:
    """A checkpoint on a read-only file leaves a shadow beside it, after which it cannot be opened any more."""
    copy = tmp_path / "graph.kuzu"
    copy.write_bytes(database.read_bytes())
    unguarded(copy, "CHECKPOINT", tmp_path)
    assert copy.with_name("graph.kuzu.shadow").exists()
    assert re.search("shadow|recovery", unguarded(copy, "RETURN 1", tmp_path).stderr)
