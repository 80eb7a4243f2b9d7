"""The index follows the tree: watch a repository, and say what happens.

What flows in: a folder and flags. What flows out: a line for each thing that happens, or JSON, on stdout; an exit code.
It does not know how changes are seen.
"""

import _thread
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from axon.cli.options import chosen_root, register_root
from axon.cli.render import count, dim, note, say, short_path, title
from axon.config import load_settings
from axon.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from axon.cli.hook import Hook
    from axon.pipeline.events import Changed, Hooked, Started, Updated, WatchEvent
    from axon.pipeline.report import PipelineResult

_TIMEOUT: Final = 60.0
_SHOWN_PATHS: Final = 3


@dataclass(frozen=True, slots=True)
class WatchFlags:
    """What the user asked for; `command` is run after each update, for `timeout` seconds at most."""

    jobs: int | None = None
    poll: bool = False
    full: bool = False
    embeddings: bool = True
    as_json: bool = False
    quiet: bool = False
    command: str | None = None
    timeout: float = _TIMEOUT
    until_eof: bool = False


@click.command("watch")
@click.argument("path", type=click.Path(path_type=Path, readable=False), required=False)
@click.option("--exec", "command", metavar="COMMAND", help="Run this after each update; it reads the event as JSON.")
@click.option(
    "--exec-timeout",
    type=click.FloatRange(min=0.1),
    default=_TIMEOUT,
    show_default=True,
    help="Seconds that the command may take.",
)
@click.option("--poll", is_flag=True, help="List the tree again and again, where the system tells of no changes.")
@click.option("--no-embeddings", is_flag=True, help="Compute no embeddings.")
@click.option("--jobs", type=click.IntRange(min=0), help="Worker processes; 0 means one a core.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
@click.option("--quiet", is_flag=True, help="Say nothing but warnings and errors, and what --json asks for.")
@click.option("--until-eof", is_flag=True, help="End when standard input ends, and tell each phase: for programs.")
def watch_command(  # noqa: PLR0913, PLR0917  one parameter a flag
    path: Path | None,
    command: str | None,
    exec_timeout: float,
    poll: bool,
    no_embeddings: bool,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
    until_eof: bool,
) -> int:
    """Bring the index of the repository at PATH up to date, and keep it so until interrupted.

    Without PATH this is the repository around the current folder.
    """
    flags = WatchFlags(
        jobs=jobs,
        poll=poll,
        embeddings=not no_embeddings,
        as_json=as_json,
        quiet=quiet,
        command=command,
        timeout=exec_timeout,
        until_eof=until_eof,
    )
    return follow(chosen_root(path), flags)


def follow(root: Path, flags: WatchFlags, *, first: "Callable[[PipelineResult, float], None] | None" = None) -> int:
    """Watch the tree at `root` until interrupted; `first` shows the first result and the seconds that it took.

    Raises:
        BusyError: another process watches this tree.
        WatchError: the root was removed or moved.
    """
    # numpy's matrix library starts a thread per core when it is imported, which spin; nothing here multiplies matrices.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from axon.pipeline.events import Stopped  # noqa: PLC0415  start-up is lazy
    from axon.pipeline.watch import TreeWatcher, WatchOptions  # noqa: PLC0415  start-up is lazy

    options = WatchOptions(
        settings=lambda folder: load_settings(folder, flags={"jobs": flags.jobs}),
        poll=flags.poll,
        full=flags.full,
        embeddings=flags.embeddings,
        phases=flags.until_eof,
    )
    with _Reporter(root, flags, first) as reporter, _terminable():
        try:
            if flags.until_eof:
                threading.Thread(target=_interrupt_at_eof, daemon=True).start()
            TreeWatcher(root, reporter.tell, options).run()
        except KeyboardInterrupt:
            reporter.tell(Stopped("Interrupted. The index is as the last update left it."))
    return ExitCode.INTERRUPTED


class _Reporter:
    """Shows events as they come, from any thread, and hands the updates to the command of the user."""

    def __init__(
        self, root: Path, flags: WatchFlags, first: "Callable[[PipelineResult, float], None] | None" = None
    ) -> None:
        self._root, self._flags, self._first = root, flags, first
        self._lock = threading.RLock()
        self._broken = False
        self._is_registered = False
        self._hook: Hook | None = None

    def __enter__(self) -> "_Reporter":
        if self._flags.command is not None:
            from axon.cli.hook import Hook  # noqa: PLC0415  few have one

            if not self._flags.command.strip():
                raise UsageError("--exec needs a command.")
            self._hook = Hook(self._flags.command, self._root, self._flags.timeout, self.tell)
        return self

    def __exit__(self, *error: object) -> None:
        if self._hook is not None:
            self._hook.close()

    def tell(self, event: "WatchEvent") -> None:
        """Show one event; where nobody reads any more, the thread that watches is told."""
        with self._lock:
            if self._broken and threading.current_thread() is threading.main_thread():
                raise BrokenPipeError
            try:
                self._show(event)
                sys.stdout.flush()
            except BrokenPipeError:
                self._broken = True
                if threading.current_thread() is threading.main_thread():
                    raise
        if event.event == "updated":
            self._updated(event)

    def _updated(self, event: "Updated") -> None:
        if not self._is_registered:
            register_root(self._root)
            self._is_registered = True
            gc.freeze()  # what the first update leaves stays; to look for cycles in it costs as much as a phase
        if self._hook is not None and event.published:
            self._hook.submit(_plain(event))

    def _show(self, event: "WatchEvent") -> None:
        if event.event == "updated" and self._first is not None:
            self._first(event.result, event.seconds)
            self._first = None
        elif self._flags.as_json:
            say(json.dumps(_plain(event)))
        elif self._flags.quiet:
            _WARNINGS.get(event.event, _nothing)(event)
        else:
            _LINES.get(event.event, _nothing)(event)


def _plain(event: "WatchEvent") -> dict[str, Any]:
    from axon.pipeline.events import as_json  # noqa: PLC0415  start-up is lazy

    return as_json(event)


# --- lines for a person ----------------------------------------------------------------------------------------------


def _nothing(event: "WatchEvent") -> None:
    pass


def _started(event: "Started") -> None:
    how = "" if event.sight == "notified" else " by polling"
    say(f"{title('Watching')} {short_path(event.root)}{how}, process {event.pid}; Ctrl-C ends it")
    if event.why:
        note(event.why)


def _changed(event: "Changed") -> None:
    if not event.n_paths:
        say(dim("looking at the whole tree …"))
        return
    more = f" and {event.n_paths - _SHOWN_PATHS:,} more" if event.n_paths > _SHOWN_PATHS else ""
    say(dim(f"changed: {', '.join(event.paths[:_SHOWN_PATHS])}{more}"))


def _updated(event: "Updated") -> None:
    result = event.result
    if not event.published:
        say(f"generation {result.generation} is up to date, {event.seconds:.2f} s")
        return
    changed = "all files" if result.mode == "full" else count(result.changed_files, "changed file")
    totals = f"{count(result.nodes, 'node')}, {count(result.edges, 'edge')}"
    say(f"generation {result.generation}: {changed}; {totals}; {event.seconds:.2f} s")
    for line in result.notes:
        note(line)


def _hooked(event: "Hooked") -> None:
    how = event.error or f"exit code {event.exit_code}"
    say(f"{event.command}: {how}, {event.seconds:.1f} s")
    for line in event.output.splitlines():
        say(f"  {line}")


_WARNINGS: Final[dict[str, Callable[[Any], None]]] = {
    "failed": lambda event: note(f"The update failed: {event.message} Tried again in {event.retry_seconds:.0f} s."),
    "note": lambda event: note(event.message),
    "stopped": lambda event: note(event.message),
}
_LINES: Final[dict[str, Callable[[Any], None]]] = {
    **_WARNINGS,
    "started": _started,
    "changed": _changed,
    "updated": _updated,
    "hook": _hooked,
    "embeddings": lambda event: say(
        f"embeddings: {event.error}" if event.error else f"embeddings: {count(event.embedded, 'symbol')}"
    ),
}


def _interrupt_at_eof() -> None:
    """Whoever started this process holds the other end of its standard input; the system closes it when that dies."""
    while sys.stdin.buffer.read(4096):
        pass
    _thread.interrupt_main()


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends a watch as an interrupt does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
