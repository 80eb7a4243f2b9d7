"""The main job as a command: index a repository, say what came of it, and live on while embeddings are computed.

What flows in: a folder and flags. What flows out: the result on stdout as soon as the graph can be queried, progress
on stderr, an exit code. It does not know what the phases do.
"""

import gc
import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from axon.cli.display import Display, display
from axon.cli.options import chosen_root, register_root
from axon.cli.render import accent, count, counts_line, dim, facts, hint, note, place, say, short_path, table, title
from axon.config import load_settings
from axon.errors import AxonError, ExitCode, UsageError

if TYPE_CHECKING:
    from axon.pipeline import PipelineResult

_LISTED_PROBLEMS: Final = 5


@click.command("analyze")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--no-embeddings", is_flag=True, help="Compute no embeddings.")
@click.option("--wait-embeddings", is_flag=True, help="Print the result when embeddings are computed as well.")
@click.option("--full", is_flag=True, help="Index everything anew.")
@click.option("--jobs", type=click.IntRange(min=0), help="Worker processes; 0 means one a core.")
@click.option("--timings", is_flag=True, help="Say what each phase took.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors, and what --json asks for.")
@click.option("--watch", "stay", is_flag=True, help="Go on and keep the index up to date, as `axon watch` does.")
@click.option("--no-wait", is_flag=True, help="Fail at once where another process writes this index.")
def analyze_command(  # noqa: PLR0913, PLR0917  one parameter a flag
    path: Path | None,
    no_embeddings: bool,
    wait_embeddings: bool,
    full: bool,
    jobs: int | None,
    timings: bool,
    as_json: bool,
    quiet: bool,
    stay: bool,
    no_wait: bool,
) -> int:
    """Index the repository at PATH, or bring its index up to date.

    Without PATH this is the repository around the current folder. The graph can be queried as soon as the result is
    printed; embeddings are then computed in the background until the command ends.
    """
    if no_embeddings and wait_embeddings:
        raise UsageError("--no-embeddings and --wait-embeddings contradict each other.")
    root = chosen_root(path)
    if stay:
        if no_wait or wait_embeddings:
            raise UsageError("--watch goes with neither --no-wait nor --wait-embeddings.")
        from axon.cli.watch import WatchFlags, follow  # noqa: PLC0415  start-up is lazy

        flags = WatchFlags(jobs=jobs, full=full, embeddings=not no_embeddings, as_json=as_json, quiet=quiet)
        return follow(root, flags, first=partial(_show, as_json=as_json, quiet=quiet, timings=timings))
    settings = load_settings(root, flags={"jobs": jobs})
    # numpy's matrix library starts a thread per core when it is imported, which spin; nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.pipeline import run_pipeline  # noqa: PLC0415  start-up is lazy

    started = time.perf_counter()
    gc.disable()  # to look once at all that a run has made takes a second; the process ends before that pays
    with display(quiet=quiet) as shown:
        result = run_pipeline(
            root,
            settings=settings,
            progress=shown,
            full=full,
            embeddings=not no_embeddings,
            wait_for_writer=not no_wait,
            defer_database=True,
        )
        gc.freeze()  # nor at what it leaves, when the interpreter ends
        complete = True
        try:
            if wait_embeddings:
                result, complete = _with_embeddings(result)
            seconds = time.perf_counter() - started
            shown.pause()
            register_root(root)
            _show(result, seconds, as_json=as_json, quiet=quiet, timings=timings)
            if complete:
                shown.resume()
                complete = _await_embeddings(result, shown, quiet=quiet)
        except KeyboardInterrupt:
            shown.pause()
            _leave()
    return ExitCode.PARTIAL if result.is_partial or not complete else ExitCode.DONE


# --- the result ------------------------------------------------------------------------------------------------------


def _show(result: "PipelineResult", seconds: float, *, as_json: bool, quiet: bool, timings: bool) -> None:
    """Print the result and flush it: others wait for it while this process lives on."""
    if as_json:
        say(json.dumps(result.as_json()))
    elif not quiet:
        _show_result(result, seconds)
        if timings:
            _show_timings(result, seconds)
        hint("Try `axon search NAME`, `axon context SYMBOL` or `axon status`.")
    if not quiet:
        for line in result.notes:
            note(line)
        if not result.files:
            note("No source file was indexed: none here is in a language that Axon reads, or all are left out.")
        if result.is_partial and result.n_lost:
            note(f"The index is done in part: {count(result.n_lost, 'source file')} gave no symbol, see the problems.")
    sys.stdout.flush()


def _show_result(result: "PipelineResult", seconds: float) -> None:
    say(f"{title('Ready to query')}: {short_path(result.root)}, {_how(result)}, {seconds:.1f} s")
    rows = [
        ("files", f"{result.files:,}; left out: {counts_line(result.left_out) or 'nothing'}"),
        ("nodes", f"{result.nodes:,}: {counts_line(result.node_counts)}"),
        ("edges", f"{result.edges:,}: {counts_line(result.edge_counts)}".rstrip(": ")),
        ("unresolved calls", f"{result.unresolved:,}"),
    ]
    if result.rejected:
        rows.append(("rejected rows", f"{result.rejected:,}: the database refused them, see rejected.jsonl"))
    if result.embeddings:
        rows.append(("embeddings", f"{result.embeddings:,}"))
    if result.peak_memory_bytes:
        rows.append(("peak memory", f"{result.peak_memory_bytes / 1e6:,.0f} MB"))
    say(*facts(rows))
    _show_problems(result)


def _how(result: "PipelineResult") -> str:
    if result.mode == "incremental":
        return f"generation {result.generation}, {count(result.changed_files, 'changed file')}"
    return f"generation {result.generation}, {'nothing changed' if result.mode == 'unchanged' else 'all files'}"


def _show_problems(result: "PipelineResult") -> None:
    if not result.problems:
        return
    say("", title(f"Problems ({len(result.problems):,})"))
    shown = result.problems[:_LISTED_PROBLEMS]
    rows = [(place(_visible(p.path), p.line) or "(all)", f"{_visible(p.what)}; kept: {p.kept}") for p in shown]
    say(*table(rows, styles=(accent,)))
    if len(result.problems) > len(shown):
        say(dim(f"  … {len(result.problems) - len(shown):,} more; see `axon status --json`"))


def _visible(text: str) -> str:
    """`text` with an escape for what a terminal would not print but obey: a file's name may hold any character."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _show_timings(result: "PipelineResult", seconds: float) -> None:
    timings = result.phase_timings
    rows = [(phase.replace("_", " "), f"{spent:.3f} s") for phase, spent in timings.items()]
    rows.append(("other", f"{max(seconds - sum(timings.values()), 0.0):.3f} s"))
    rows += [(f"{phase.replace('_', ' ')}, meanwhile", f"{s:.3f} s") for phase, s in result.overlapped_timings.items()]
    say("", title("Timings"), *table(rows, styles=(dim,), right={1}))


# --- embeddings ------------------------------------------------------------------------------------------------------


def _with_embeddings(result: "PipelineResult") -> "tuple[PipelineResult, bool]":
    """The result when the background pool is done, and whether it has not failed, which its log has said.

    Here and not in `run_pipeline`, so that an interrupt is one that finds the graph complete.
    """
    from axon.pipeline.embed import wait_for_embeddings  # noqa: PLC0415  start-up is lazy

    try:
        return wait_for_embeddings(result), True
    except (AxonError, OSError):
        return result, False


def _await_embeddings(result: "PipelineResult", shown: Display, *, quiet: bool) -> bool:
    """Live on until the background pool is done; False where it failed, which its log has said."""
    future = result.embedding_future
    if future is None:
        return True
    from axon.pipeline.embed import wait_for  # noqa: PLC0415  start-up is lazy

    started = time.perf_counter()
    gc.enable()
    wait_for(future)
    shown.pause()
    if future.exception() is not None:
        return False
    if not quiet:
        spent = time.perf_counter() - started
        click.echo(f"embeddings finished: {count(future.result(), 'symbol')} in {spent:.1f} s", err=True)
    return True


def _leave() -> NoReturn:
    """End at once: the interpreter would wait for the pool's threads, and every stored batch is complete on disk."""
    click.echo(
        "axon: Interrupted. The graph is complete, and the embeddings stored so far are kept; "
        "`axon analyze` computes the rest.",
        err=True,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ExitCode.INTERRUPTED)
