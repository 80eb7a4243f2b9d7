"""The command `axon diff`.

What flows in: options. What flows out: what differs, as text, Markdown, SARIF or JSON; with `--fail-on` the exit code 6
where anything of that sort does. It does not know how graphs are compared.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from axon.cli.options import print_json, repo_option, root_of
from axon.cli.render import accent, count, dim, label, note, place, say, table, title
from axon.errors import ExitCode
from axon.model.review import AffectedList, ChangedSymbol, DiffAnswer, EdgeList
from axon.serve.markdown import diff_markdown, diff_summary

if TYPE_CHECKING:
    from axon.serve.sarif import Finding

_FORMATS: Final = ("text", "markdown", "sarif", "json")
_SHOWN: Final = 20
_FAILS: Final = ("breaks", "removed", "any")
_RULES: Final = {"api-break": "A change that may break code that uses the symbol."}


@click.command("diff")
@click.argument("range", default="", metavar="[BASE[..HEAD]]")
@click.option("--depth", type=click.IntRange(min=1), default=3, show_default=True, help="Steps of the blast radius.")
@click.option("--limit", type=click.IntRange(min=0), default=_SHOWN, show_default=True, help="Lines in each part.")
@click.option("--format", "format", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--json", "format", flag_value="json", help="The same as --format json.")
@click.option("--fail-on", type=click.Choice(_FAILS), help="Exit code 6 where there is such a change.")
@repo_option
def diff_command(  # noqa: PLR0917  each is one that a user gives
    range: str, depth: int, limit: int, format: str, fail_on: str | None, repo: Path | None
) -> int:
    """What two revisions differ by: symbols, API breaks, edges, and what depends on the difference.

    BASE..HEAD are git revisions, read straight from git; BASE alone compares it with the work tree, and without any
    range HEAD is compared with it. BASE...HEAD is what HEAD has otherwise since it left BASE. As a hook of pre-commit
    before a push, what is pushed is compared with what is there.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.questions.diff import LIMIT, diff  # noqa: PLC0415  start-up is lazy
    from axon.serve.comparing import compared  # noqa: PLC0415  start-up is lazy

    with compared(root_of(repo), range or _pushed() or "HEAD") as sides:
        most = None if format == "json" else max(LIMIT, limit)
        answer = diff(sides.before, sides.after, base=sides.base, head=sides.head, depth=depth, limit=most)
    if format == "json":
        print_json(asdict(answer) | {"breaks": [asdict(c) for c in answer.breaks]})
    elif format == "sarif":
        say(json.dumps(_sarif(answer), indent=1))
    elif format == "markdown":
        say(*diff_markdown(answer, shown=limit))
    else:
        _show(answer, limit)
    failing = {"breaks": answer.breaks, "removed": answer.removed, "any": _all(answer)}
    return ExitCode.VIOLATIONS if fail_on and failing[fail_on] else ExitCode.DONE


def _pushed() -> str:
    """The range that pre-commit says is about to be pushed; '' elsewhere."""
    base, head = (os.environ.get(f"PRE_COMMIT_{end}_REF", "") for end in ("FROM", "TO"))
    return f"{base}..{head}" if base and head else ""


def _all(answer: DiffAnswer) -> Sequence[ChangedSymbol]:
    return (*answer.added, *answer.removed, *answer.moved, *answer.resigned, *answer.changed)


def _sarif(answer: DiffAnswer) -> dict[str, Any]:
    from axon.serve.sarif import Finding, sarif  # noqa: PLC0415  for one format only

    def finding(change: ChangedSymbol) -> "Finding":
        is_there = change.symbol.path not in answer.files.removed and not change.breaks.startswith("it is gone")
        text = f"`{change.symbol.id}`: {change.breaks}"
        return Finding(
            "api-break",
            "warning",
            text,
            change.symbol.path if change.symbol.path not in answer.files.removed else "",
            change.symbol.line if is_there else 0,
            change.symbol.id,
        )

    return sarif([finding(change) for change in answer.breaks], _RULES)


# --- text ------------------------------------------------------------------------------------------------------------


def _show(answer: DiffAnswer, limit: int) -> None:
    say(f"{title(f'{answer.base} → {answer.head}')}: {diff_summary(answer)}")
    _show_symbols("May break code that uses it", answer.breaks, limit, with_break=True)
    _show_symbols("Re-signatured", answer.resigned, limit)
    _show_symbols("Changed", answer.changed, limit)
    _show_symbols("Added", answer.added, limit)
    _show_symbols("Removed", answer.removed, limit)
    _show_symbols("Moved", answer.moved, limit)
    _show_edges("Edges gained", answer.gained, limit)
    _show_edges("Edges lost", answer.lost, limit)
    _show_blast(answer.blast, limit)
    for line in answer.notes:
        note(line)


def _show_symbols(heading: str, changes: Sequence[ChangedSymbol], limit: int, *, with_break: bool = False) -> None:
    if not changes:
        return
    say("", title(f"{heading} ({len(changes):,})"))
    rows = [
        (label(c.symbol), place(c.symbol.path, c.symbol.line), c.breaks if with_break else _how(c))
        for c in changes[:limit]
    ]
    say(*table(rows, styles=(accent, dim)))
    _show_rest(len(changes) - limit)


def _how(change: ChangedSymbol) -> str:
    if change.before is not None:
        return f"from {change.before.path}"
    if not change.was or not change.now or change.was == change.now:
        return ""
    return " → ".join(signature.replace("\n", " or ") for signature in (change.was, change.now))


def _show_edges(heading: str, edges: EdgeList, limit: int) -> None:
    if not edges.total:
        return
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in edges.kinds.items())
    say("", title(f"{heading} ({kinds})"))
    rows = [(label(e.source), e.kind, label(e.target), place(e.path, e.line)) for e in edges.edges[:limit]]
    say(*table(rows, styles=(accent, dim, accent)))
    _show_rest(edges.total - limit)


def _show_blast(blast: AffectedList, limit: int) -> None:
    if not blast.total:
        return
    say("", title(f"Depends on what changed ({blast.total:,}, {count(blast.tests, 'test')} among them)"))
    rows = [
        (label(a.symbol), f"{a.depth}", f"{a.confidence:.2f}", place(a.symbol.path, a.symbol.line), f"by {a.via}")
        for a in blast.symbols[:limit]
    ]
    say(*table(rows, styles=(accent, dim, dim)))
    _show_rest(blast.total - limit)


def _show_rest(number: int) -> None:
    if number > 0:
        say(dim(f"  … {number:,} more; see --limit and --json"))
