"""The command that builds the graph again and compares it with the index.

What flows in: a folder and flags. What flows out: what differs, in words; the exit code is 6 where anything does. It
changes nothing.
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from axon.cli.display import display
from axon.cli.options import json_option, root_of
from axon.cli.render import count, dim, facts, note, say, short_path, table, title
from axon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from axon.pipeline.verdict import Difference, RowCount, Verification

_LISTED_PATHS: Final = 5
_WORDS: Final = {"nodes": "nodes", "edges": "edges", "unresolved": "unresolved calls"}


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--from-source", is_flag=True, help="Parse every file again instead of taking facts from the cache.")
@click.option("--quick", is_flag=True, help="Compare sizes and digests of the index's files only.")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Differences shown at most.")
@json_option
def verify_command(path: Path | None, from_source: bool, quick: bool, limit: int, as_json: bool) -> int:
    """Build the graph of the indexed files again, and compare it with the index row for row.

    Exit code 0: the index is right; 6: it is not, and the first differences are shown. After an update the graph
    database follows when it is queried; until then there is nothing of it to compare, and a note says so. Files that
    changed since they were indexed are listed, and no difference.
    """
    if from_source and quick:
        raise UsageError("--from-source and --quick contradict each other.")
    root = root_of(path)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.pipeline.verify import verify  # noqa: PLC0415  start-up is lazy

    started = time.perf_counter()
    with display(quiet=as_json) as shown:
        found = verify(root, progress=shown, quick=quick, from_source=from_source)
    if as_json:
        say(json.dumps(found.as_json()))
    else:
        _show(found, limit, time.perf_counter() - started)
    if not found.is_right:
        return ExitCode.VIOLATIONS
    return ExitCode.DONE


def _show(found: "Verification", limit: int, seconds: float) -> None:
    verdict = "The index is right" if found.is_right else "The index is wrong"
    say(f"{title(verdict)}: {short_path(found.root)}, {_how(found)}, {seconds:.1f} s")
    for line in found.damage:
        say(f"  {line}")
    if found.rows:
        say(*facts([(word, _counts(found, what)) for what, word in _WORDS.items()]))
    if found.n_differences:
        _show_differences(found, limit)
    for line in found.notes:
        note(line)
    if not found.is_complete:
        note(
            f"The graph database of generation {found.generation} follows when it is queried (`axon cypher`); "
            "it was not compared."
        )
    if found.moved:
        note(f"Files are not any more as they were indexed: {_moved(found)}. Run `axon analyze` for new answers.")
    if not found.is_right:
        note("Run `axon analyze --full` to make the index anew; please report differences of an index that was whole.")


def _how(found: "Verification") -> str:
    if found.damage and not found.rows:
        return f"generation {found.generation}" if found.generation else "no generation can be used"
    if found.is_quick:
        return f"generation {found.generation}, every byte as it was written"
    if not found.is_right:
        return f"generation {found.generation}, {count(found.n_differences, 'row')} of difference to a rebuild"
    source = "source" if found.is_from_source else "facts"
    return f"generation {found.generation}, every row as in a rebuild from {source}"


def _counts(found: "Verification", what: str) -> str:
    from axon.storage.label_counts import LABEL_EDGES, LABEL_NODES  # noqa: PLC0415  start-up is lazy

    rows = [row for row in found.rows if row.what == what]
    total = sum(row.in_rebuild for row in rows)
    wrong = [_wrong_count(row) for row in rows if row.in_columns != row.in_rebuild or _is_off(row)]
    n_labels = sum(row.in_rebuild for row in rows if row.kind in LABEL_NODES | LABEL_EDGES)
    parts = f" ({total - n_labels:,} of the code, {n_labels:,} labels)" if n_labels else ""
    return f"{total:,}{parts}" + (f"; {', '.join(wrong)}" if wrong else "")


def _is_off(row: "RowCount") -> bool:
    return row.in_database is not None and row.in_database != row.in_rebuild


def _wrong_count(row: "RowCount") -> str:
    database = f", {row.in_database:,} in the database" if row.in_database is not None else ""
    return f"{row.kind}: {row.in_columns:,} in the columns{database}, {row.in_rebuild:,} in the rebuild"


def _show_differences(found: "Verification", limit: int) -> None:
    shown = found.differences[:limit]
    for difference in shown:
        say("", f"{title(difference.kind)} {difference.name}")
        say(
            *table(
                [
                    (f"in the {difference.layer}", _side(difference, difference.in_index)),
                    ("in the rebuild", _side(difference, difference.in_rebuild)),
                ],
                styles=(dim,),
            )
        )
    if (rest := len(found.differences) - len(shown)) > 0:
        say("", dim(f"  … {rest:,} more; see --limit and --json"))


def _side(difference: "Difference", values: "Mapping[str, object] | None") -> str:
    if values is None:
        return "no such row"
    return ", ".join(f"{name} {_visible(value)}" for name, value in values.items() if name not in difference.name)


def _visible(value: object) -> str:
    return ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)


def _moved(found: "Verification") -> str:
    parts = (("changed", found.moved.changed), ("gone", found.moved.removed), ("new", found.moved.added))
    return "; ".join(f"{word} {_paths(paths)}" for word, paths in parts if paths)


def _paths(paths: tuple[str, ...]) -> str:
    rest = len(paths) - _LISTED_PATHS
    return ", ".join(paths[:_LISTED_PATHS]) + (f" and {rest:,} more" if rest > 0 else "")
