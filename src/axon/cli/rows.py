"""The commands whose answers are rows: cypher, export.

What flows in: options. What flows out: rows on stdout or in a file, as a table, JSON lines or CSV. It does not know
what the rows mean.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import click

from axon.cli.options import limit_option, print_json, repo_option, root_of
from axon.cli.render import accent, count, note, notes, say, table, title
from axon.errors import BusyError, DamagedIndexError, StorageError, UnknownVersionError, UsageError

if TYPE_CHECKING:
    from axon.model.answers import CypherAnswer, Json
    from axon.questions.opened import Index

_FORMATS: Final = ("table", "json", "csv")
_PICTURES: Final = ("dot", "mermaid", "graphml", "neo4j")
_EXPORTS: Final = ("jsonl", "csv", "parquet", "scip", *_PICTURES)
_LIMIT: Final = 1000
_TIMEOUT: Final = 30.0
_SHOWN: Final = 10_000  # rows that a terminal is given unasked


@click.command("cypher")
@click.argument("query")
@limit_option(_LIMIT, "Rows")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=_TIMEOUT, show_default=True, help="Seconds.")
@click.option("--format", "format", type=click.Choice(_FORMATS), default="table", show_default=True)
@click.option("--json", "format", flag_value="json", help="The same as --format json.")
@repo_option
def cypher_command(query: str, limit: int, timeout: float, format: str, repo: Path | None) -> None:
    """Run a read-only Cypher query on the graph: one node table, Symbol, and a table for each kind of edge.

    For example: axon cypher "MATCH (f:Symbol)-[:CALLS]->(g:Symbol) RETURN f.id, g.id LIMIT 5"
    """
    from axon.questions.cypher import cypher  # noqa: PLC0415  start-up is lazy
    from axon.questions.opened import open_queryable  # noqa: PLC0415  start-up is lazy
    from axon.serve.tree import look_at_tree  # noqa: PLC0415  start-up is lazy

    root = root_of(repo)
    _complete_database(root)
    with open_queryable(root) as index:
        index.tree = look_at_tree(index.root, index.indexed_files())
        answer = cypher(index, query, limit=limit, timeout_seconds=timeout)
    if format == "json":
        print_json(answer)
    elif format == "csv":
        _write_csv(answer)
    else:
        _show_table(answer)


def _complete_database(root: Path) -> None:
    """Where that cannot be done now, the last database answers, and the answer says so."""
    from axon.pipeline.complete import complete_database  # noqa: PLC0415  start-up is lazy

    try:
        if done := complete_database(root):
            note(done)
    except (DamagedIndexError, UnknownVersionError):
        raise
    except (BusyError, StorageError) as error:
        note(f"{error} The graph database is not brought up to date.")


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--what", type=click.Choice(("nodes", "edges", "unresolved")), default="nodes", show_default=True)
@click.option("--format", "format", type=click.Choice(_EXPORTS), default="jsonl", show_default=True)
@click.option("--json", "format", flag_value="jsonl", help="The same as --format jsonl.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File, or a folder for neo4j; default: stdout.")
@click.option("--focus", default="", help="For pictures: only what is near this symbol.")
@click.option("--depth", type=click.IntRange(min=0), default=1, show_default=True, help="With --focus: edges away.")
@click.option(
    "--most",
    type=click.IntRange(min=1),
    help="Nodes or rows at most; each format has a limit, jsonl and csv on a terminal only.",
)
@repo_option
def export_command(  # noqa: PLR0913, PLR0917  each is one that a user gives
    path: Path | None,
    what: str,
    format: str,
    output: Path | None,
    focus: str,
    depth: int,
    most: int | None,
    repo: Path | None,
) -> None:
    """Write all nodes, edges or unresolved calls, one a line, sorted: the same graph gives the same bytes.

    As parquet the same rows, typed (needs the extra `parquet`). As scip the whole index for tools that read SCIP.
    As dot, mermaid, graphml or neo4j (two CSV files in a folder) the graph, or what of it is near --focus.
    """
    from axon.questions.opened import open_index  # noqa: PLC0415  start-up is lazy

    if path is not None and repo is not None:
        raise UsageError("Give PATH or --repo, not both.")
    with open_index(root_of(path or repo)) as index:
        if format in _PICTURES:
            from axon.questions.pictures import Form, Part, picture  # noqa: PLC0415  numpy: for pictures only

            texts = picture(index, Form(format), Part(focus, depth, most=most))
            _write_texts(output, texts)
        else:
            blocks = _blocks(index, what, format, most, is_shown=output is None and sys.stdout.isatty())
            if output is None:
                _write_blocks(sys.stdout.buffer, blocks)
            else:
                _write_file(output, blocks)
        for warning in index.generation.warnings:
            note(warning)


def _blocks(index: "Index", what: str, format: str, most: int | None, *, is_shown: bool) -> Iterable[bytes]:
    from axon.questions.export import Format, What, export  # noqa: PLC0415  start-up is lazy

    if format == "scip":
        from axon.questions.scip import scip  # noqa: PLC0415  protobuf: for this format only

        return scip(index, most=most)
    if format == "parquet":
        from axon.questions.parquet import parquet  # noqa: PLC0415  likewise

        return parquet(index, What(what), most=most)
    if most is None and is_shown:
        return export(index, What(what), Format(format), most=_SHOWN, holder="a terminal")
    return export(index, What(what), Format(format), most=most, holder=format)


def _write_texts(output: Path | None, texts: dict[str, str]) -> None:
    """One file, or several into a folder."""
    blocks = {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}
    if len(blocks) == 1:
        (block,) = blocks.values()
        _write_blocks(sys.stdout.buffer, [block]) if output is None else _write_file(output, [block])
        return
    if output is None:
        raise UsageError(f"Name a folder with -o: this format is {' and '.join(blocks)}.")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from error
    for name, block in blocks.items():
        _write_file(output / name, [block])


def _write_blocks(stream: BinaryIO, blocks: Iterable[bytes]) -> None:
    for block in blocks:
        stream.write(block)
    stream.flush()


def _write_file(output: Path, blocks: Iterable[bytes]) -> None:
    try:
        stream = output.open("wb")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.") from error
    with stream:
        _write_blocks(stream, blocks)


def _show_table(answer: "CypherAnswer") -> None:
    rows = [[_short(value) for value in row] for row in answer.rows]
    lines = table([answer.columns, *rows], styles=(accent,))
    say(title(lines[0]) if lines else "", *lines[1:])
    note_count = count(len(rows), "row")
    if answer.truncated:
        note(f"The first {note_count}; there are more, see --limit.")
    elif not rows:
        note("No rows.")
    notes(answer.index)


def _write_csv(answer: "CypherAnswer") -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    _write_blocks(sys.stdout.buffer, [buffer.getvalue().encode("utf-8", "backslashreplace")])
    notes(answer.index)


def _short(value: "Json") -> str:
    """A node by its id: all its properties are for --format json."""
    if isinstance(value, dict) and "_label" in value:
        return str(value.get("id", value["_label"]))
    return _cell(value)


def _cell(value: "Json") -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)
