"""The command that compares an index with what somebody else knows of the same tree.

What flows in: a folder and an oracle. What flows out: recall by kind, precision, and the edges that only one side has;
the exit code is 6 where a share is below what was asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import click

from axon.cli.display import display
from axon.cli.options import json_option, print_json, root_of
from axon.cli.render import accent, dim, label, note, notes, place, plain, say, table, title
from axon.errors import AuditError, ExitCode, UsageError

if TYPE_CHECKING:
    from axon.model.audit import AuditAnswer, AuditEdge

_SHOWN: Final = 10


@click.command("audit")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--run", "command", metavar="COMMAND", help='Trace what this command runs, such as "pytest -q".')
@click.option("--compiler", is_flag=True, help="Ask the compiler among the repository's own packages (node_modules).")
@click.option(
    "--scip", type=click.Path(path_type=Path, dir_okay=False), help="Compare with this index of another tool."
)
@click.option(
    "--merge", is_flag=True, help="Keep what was observed beside the index, as an input of every later build."
)
@click.option("--min-recall", type=click.FloatRange(0, 1), default=0.0, help="Exit with 6 below this share.")
@click.option("--min-precision", type=click.FloatRange(0, 1), default=0.0, help="Exit with 6 below this share.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=_SHOWN, show_default=True, help="Edges shown of each kind."
)
@json_option
def audit_command(  # noqa: PLR0913, PLR0917  one parameter a flag
    path: Path | None,
    command: str | None,
    compiler: bool,
    scip: Path | None,
    merge: bool,
    min_recall: float,
    min_precision: float,
    limit: int,
    as_json: bool,
) -> int:
    """Precision and recall of a repository's edges, against calls that its tests make or an index of another tool.

    The index is brought up to date. With --run the command runs once in the folder, and the calls that its processes
    make between functions of the tree are compared with the index: by kind, with missing and contradicted edges. With
    --compiler the calls are those that the repository's own compiler resolves; with --scip the definitions, calls,
    references and implementations of a SCIP index. With --merge what was observed is kept beside the index, and is
    in it from now on, with the rule `observed`, for as long as the files are what they were.
    """
    if [bool(command), compiler, bool(scip)].count(True) != 1:
        raise UsageError('Say what to compare with, one of them: --run "pytest -q", --compiler, --scip index.scip.')
    if merge and scip:
        raise UsageError("--merge keeps calls of --run and --compiler; a SCIP index does not say what calls what.")
    root = root_of(path)
    from axon.pipeline.analyze import run_pipeline  # noqa: PLC0415  start-up is lazy

    with display(quiet=as_json) as shown:
        run_pipeline(root, progress=shown, embeddings=False)
    answer = _read(root, scip) if scip else _run(root, command, merge=merge)
    if merge:
        with display(quiet=as_json) as shown:
            run_pipeline(root, progress=shown, embeddings=False)
    if as_json:
        print_json(answer)
    else:
        _show(answer, limit)
    is_enough = answer.recall >= min_recall and answer.precision >= min_precision
    return ExitCode.DONE if is_enough else ExitCode.VIOLATIONS


def _run(root: Path, command: str | None, *, merge: bool) -> "AuditAnswer":
    """Against the calls that a command makes, or without one those that the compiler resolves."""
    from axon.audit.compare import Comparison  # noqa: PLC0415  start-up is lazy
    from axon.audit.compiler import compiled_calls  # noqa: PLC0415  start-up is lazy
    from axon.audit.run import trace  # noqa: PLC0415  start-up is lazy
    from axon.languages.compilers import COMPILER_LANGUAGES  # noqa: PLC0415  start-up is lazy
    from axon.questions.opened import open_index  # noqa: PLC0415  start-up is lazy

    with open_index(root) as index:
        files = [indexed.path for indexed in index.indexed_files() if indexed.language in COMPILER_LANGUAGES]
    traced = trace(command, root) if command else compiled_calls(root, files)
    contents: dict[str, Sequence[str]] = {}

    def lines(file: str) -> Sequence[str]:
        if file not in contents:
            contents[file] = (root / file).read_text("utf-8", "replace").splitlines()
        return contents[file]

    with open_index(root) as index:
        comparison = Comparison(index.columns, lines)
        answer = comparison.answer(command or "the compiler", traced, index.state())
        if not merge:
            return answer
        from axon.audit.merge import merge as keep  # noqa: PLC0415  start-up is lazy

        kept = keep(index, comparison, traced)
        told = f"{len(kept.calls):,} observed calls are kept beside the index; those that it lacked are in it now."
        return replace(answer, notes=(*answer.notes, told))


def _read(root: Path, file: Path) -> "AuditAnswer":
    from axon.audit.scip import ScipComparison  # noqa: PLC0415  start-up is lazy
    from axon.questions.opened import open_index  # noqa: PLC0415  start-up is lazy
    from axon.scip.messages import NotScipError, read_scip  # noqa: PLC0415  protobuf: for SCIP only

    try:
        theirs = read_scip(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
    except NotScipError as error:
        raise AuditError(f"{file} is no SCIP index: {error}.") from error
    oracle = f"{file.name} ({' '.join(filter(None, (theirs.tool, theirs.version)))})"
    with open_index(root) as index:
        paths = {indexed.path for indexed in index.indexed_files()}
        prefix = _prefix(root, theirs.root)
        if not any(prefix + document.path in paths for document in theirs.documents):
            first = theirs.documents[0].path
            raise AuditError(f"No document of {file} is a file of the index of {root}; the first is {prefix}{first}.")
        comparison = ScipComparison(index.columns, index.sources.of)
        return comparison.answer(oracle, theirs, prefix=prefix, state=index.state())


def _prefix(root: Path, uri: str) -> str:
    """Where the root of their index lies in the tree, '' or 'a/b/'; '' as well where it was made elsewhere."""
    folder = Path(unquote(urlsplit(uri).path or "/"))
    return f"{folder.relative_to(root).as_posix()}/" if folder != root and folder.is_relative_to(root) else ""


def _show(answer: "AuditAnswer", limit: int) -> None:
    seconds = f" ({answer.seconds:.1f} s)" if answer.seconds else ""
    how = f"`{answer.oracle}` ran them{seconds}" if answer.ran else f"{answer.oracle} has them{seconds}"
    say("", title(f"Calls between functions of the tree, as {how}"))
    rows = [("", "observed", "in the index", "recall")]
    rows += [(row.kind, f"{row.observed:,}", f"{row.found:,}", f"{row.recall:.1%}") for row in answer.rows]
    n_found = answer.observed - len(answer.missing)
    rows.append(("all", f"{answer.observed:,}", f"{n_found:,}", f"{answer.recall:.1%}"))
    say(*table(rows, styles=(accent, plain, plain, plain), right=(1, 2, 3)))
    n_wrong = len(answer.contradicted)
    led = "led elsewhere as they ran" if answer.ran else "lead elsewhere there"
    decided = f"{answer.decided:,} certain edges {n_wrong:,} {led}"
    if answer.others:
        decided = f"{answer.decided:,} places where both are certain {n_wrong:,} lead elsewhere"
    say(f"  precision {answer.precision:.1%}: of {decided}")
    _show_others(answer, limit)
    _show_edges("Missing: observed, and not in the index", answer.missing, limit)
    _show_edges("Contradicted: in the index, and the place called something else", answer.contradicted, limit)
    for line in answer.notes:
        note(line)
    if answer.exit_code:
        note(f"The command ended with exit code {answer.exit_code}; what it ran before that was compared.")
    if answer.unplaced:
        note(
            f"{answer.unplaced:,} functions that ran are no symbols of the index: they were made when the program ran."
        )
    notes(answer.index)


def _show_others(answer: "AuditAnswer", limit: int) -> None:
    if not answer.others:
        return
    rows = [("", "there", "in the index", "recall")]
    rows += [(row.kind, f"{row.observed:,}", f"{row.found:,}", f"{row.recall:.1%}") for row in answer.others]
    say("", title("What else it has"), *table(rows, styles=(accent, plain, plain, plain), right=(1, 2, 3)))
    if answer.undefined:
        shown = answer.undefined[:limit] if limit else answer.undefined
        say("", title(f"Definitions that the index lacks ({len(answer.undefined):,})"))
        lacking = [(one.kind, place(one.site.path, one.site.line), one.name) for one in shown]
        say(*table(lacking, styles=(dim, plain, accent)))
        _show_rest(len(answer.undefined) - len(shown))


def _show_rest(number: int) -> None:
    if number > 0:
        say(dim(f"  … {number:,} more; see --limit and --json"))


def _show_edges(heading: str, edges: "Sequence[AuditEdge]", limit: int) -> None:
    if not edges:
        return
    shown = edges[:limit] if limit else edges
    say("", title(f"{heading} ({len(edges):,})"))
    rows = [
        (edge.kind, place(edge.site.path, edge.site.line), f"{label(edge.caller)} -> {label(edge.callee)}", edge.why)
        for edge in shown
    ]
    say(*table(rows, styles=(dim, plain, accent, dim)))
    _show_rest(len(edges) - len(shown))
