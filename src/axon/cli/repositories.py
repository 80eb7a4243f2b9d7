"""The commands that tell about indexes as a whole: status, list.

What flows in: options. What flows out: an answer, as text for a person or as JSON. It does not know how indexes are
kept.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from axon.cli.options import json_option, opened, print_json, repo_option
from axon.cli.render import (
    accent,
    count,
    counts_line,
    dim,
    embedded,
    facts,
    hint,
    megabytes,
    moment,
    notes,
    place,
    say,
    short_path,
    table,
    title,
)
from axon.model.answers import LanguageCalls, ListAnswer, StatusAnswer, TreeChange

_LISTED_PROBLEMS: Final = 5


@click.command("status")
@repo_option
@json_option
def status_command(repo: Path | None, as_json: bool) -> None:
    """What the index holds, what it lacks, and whether the tree has moved on since."""
    from axon.questions.status import status  # noqa: PLC0415  start-up is lazy

    with opened(repo, list_tree=True) as index:
        answer = status(index)
    if as_json:
        print_json(answer)
    else:
        _show_status(answer)


@click.command("list")
@repo_option
@json_option
def list_command(repo: Path | None, as_json: bool) -> None:
    """All repositories that were indexed on this machine; with --repo, that one only."""
    from axon.cli.options import root_of  # noqa: PLC0415  only where a repository is named
    from axon.questions.repositories import repositories  # noqa: PLC0415  start-up is lazy

    answer = repositories()
    if repo is not None:
        root = str(root_of(repo))
        answer = ListAnswer(tuple(known for known in answer.repositories if known.root == root))
    if as_json:
        print_json(answer)
    else:
        _show_repositories(answer)


def _show_status(answer: StatusAnswer) -> None:
    state = answer.index
    say(title(short_path(state.root)))
    rows = [
        ("index", f"generation {state.generation} of {moment(state.created)}, {megabytes(answer.bytes_on_disk)}"),
        ("tree", _tree(state.tree)),
        ("watched", f"by process {state.watcher}" if state.watcher else "no"),
        ("files", f"{answer.files:,}"),
        ("nodes", f"{sum(answer.nodes.values()):,}: {counts_line(answer.nodes)}"),
        ("edges", f"{sum(answer.edges.values()):,}: {counts_line(answer.edges)}".rstrip(": ")),
        *([("labels", f"{counts_line(answer.labels)}; Cypher and verify count them as well")] if answer.labels else []),
        ("unresolved", f"{sum(answer.unresolved.values()):,}: {counts_line(answer.unresolved)}".rstrip(": ")),
        *_calls(answer.calls),
        ("left out", counts_line(answer.left_out) or "nothing"),
        ("database", "ready" if answer.queryable else "not ready"),
        ("embeddings", embedded(state.embeddings)),
    ]
    if answer.rejected_rows:
        rows.append(("rejected", f"{count(answer.rejected_rows, 'row')} that the database refused"))
    say(*facts(rows))
    if answer.problems:
        say("", title(f"Problems ({len(answer.problems):,})"))
        shown = answer.problems[:_LISTED_PROBLEMS]
        say(*table([(place(p.path, p.line) or p.path, f"{p.what}; kept: {p.kept}") for p in shown], styles=(accent,)))
        if len(answer.problems) > len(shown):
            say(dim(f"  … {len(answer.problems) - len(shown):,} more; see --json"))
    notes(state)


def _show_repositories(answer: ListAnswer) -> None:
    rows = [
        (
            short_path(known.root),
            known.trouble or f"{known.files:,} files, {known.nodes:,} nodes, {known.edges:,} edges",
            moment(known.created),
        )
        for known in answer.repositories
    ]
    say(*table(rows, styles=(accent,)))
    if not rows:
        say("No repository was indexed yet.")
        hint("axon analyze PATH")


def _calls(calls: Sequence[LanguageCalls]) -> list[tuple[str, str]]:
    """How many of the call sites of each language lead somewhere."""
    rows = []
    for known in calls:
        total = known.resolved + known.uncertain + known.unresolved
        said = f"{known.resolved:,} of {total:,} resolved ({known.ratio:.1%}), {known.uncertain:,} possible"
        rows.append((f"calls, {known.language or 'no language'}", said))
    return rows


def _tree(tree: TreeChange | None) -> str:
    if tree is None or not tree.moved_on:
        return "as it was indexed" if tree else "not looked at"
    return f"{tree.changed:,} changed, {tree.removed:,} removed, {tree.added or 0:,} new files since"
