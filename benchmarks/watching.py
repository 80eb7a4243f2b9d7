"""From an edit to the moment at which a reader sees it, while `axon watch` follows the tree.

What flows in: a corpus with Python in it. What flows out: seconds, of many edits of one function's body: from the edit,
and from the end of the window in which further changes are waited for; and by phase. The reader is this process: it
opens the index in force as soon as another one is, and asks for the function.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from axon.questions.context import context
from axon.questions.opened import open_index
from benchmarks.corpora import Corpus
from benchmarks.processes import CommandFailedError

LINKING: Final = frozenset({"structure", "imports", "heritage", "types", "calls"})
"""Phases that join the facts of all files; the other ones are what a watcher costs around them."""

_FUNCTION: Final = "edited_by_the_benchmark"
_EVERY: Final = 0.002
_LIMIT: Final = 300.0

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """Seconds from the write to the reader's answer, from the end of the window to it, and of the phases between."""

    total: float
    after_window: float
    phases: dict[str, float]

    @property
    def linking(self) -> float:
        """Seconds of the phases in `LINKING`."""
        return sum(seconds for phase, seconds in self.phases.items() if phase in LINKING)


def measure_watch(corpus: Corpus, *, n_edits: int) -> list[Edit]:
    """Edit one function of a copy of the tree `n_edits` times, each when the last edit was seen.

    Raises:
        CommandFailedError: the watcher ended, or nothing was seen for minutes.
    """
    with tempfile.TemporaryDirectory(prefix="axon-watch-") as place:
        root = Path(place, corpus.root.name)
        shutil.copytree(corpus.root, root, ignore=shutil.ignore_patterns(".axon", ".git"), symlinks=True)
        file = _edited_file(root)
        before = file.read_text(encoding="utf-8")
        file.write_text(_with_function(before, 0), encoding="utf-8")
        with _watcher(root, Path(place, "home")) as events:
            _await(events, "idle")
            texts = [_with_function(before, number) for number in range(1, n_edits + 1)]
            return [_one_edit(root, file, text, events) for text in texts]


def watching_table(edits: Sequence[Edit]) -> str:
    """Median and 95th percentile, in milliseconds, and the median of each phase."""
    rows = [
        ("edit to answer", [edit.total for edit in edits]),
        ("end of the window to answer", [edit.after_window for edit in edits]),
        ("of it linking", [edit.linking for edit in edits]),
        ("of it all else", [edit.after_window - edit.linking for edit in edits]),
    ]
    lines = ["| ms | p50 | p95 |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {_ms(statistics.median(values))} | {_ms(_p95(values))} |" for name, values in rows]
    phases = list(dict.fromkeys(phase for edit in edits for phase in edit.phases))
    medians = {phase: statistics.median(edit.phases.get(phase, 0.0) for edit in edits) for phase in phases}
    lines += ["", "Medians by phase: " + ", ".join(f"{phase} {_ms(medians[phase])}" for phase in phases) + "."]
    return "\n".join(lines)


def _one_edit(root: Path, file: Path, text: str, events: "SimpleQueue[Event]") -> Edit:
    current = root / ".axon/current"
    generation, n_lines = current.read_bytes(), text.count("\n")
    written = time.perf_counter()
    file.write_text(text, encoding="utf-8")
    while time.perf_counter() - written < _LIMIT:
        if (now := current.read_bytes()) != generation:
            generation = now
            with open_index(root) as index:
                if context(index, _FUNCTION).definition.end_line == n_lines:
                    break
        time.sleep(_EVERY)
    seen = time.perf_counter()
    changed, updated = _await(events, "changed"), _await(events, "updated")
    phases = {phase: ms / 1000 for phase, ms in updated["ms"].items() if phase not in {"wait", "total"}}
    _await(events, "idle")
    return Edit(seen - written, seen - changed["at"], phases)


def _edited_file(root: Path) -> Path:
    """The Python file of median size."""
    files = [path for path in root.rglob("*.py") if path.is_file()]
    by_size = sorted(files, key=lambda path: (path.stat().st_size, path))
    return by_size[len(by_size) // 2]


def _with_function(text: str, number: int) -> str:
    """The text and a function at its end, whose body has `number` statements more than one."""
    return f"{text.rstrip()}\n\n\ndef {_FUNCTION}():\n" + "    len('')\n" * (number + 1)


@contextmanager
def _watcher(root: Path, home: Path) -> "Iterator[SimpleQueue[Event]]":
    """The events of a watcher, each with the moment `at` which it was read."""
    events: SimpleQueue[Event] = SimpleQueue()
    process = subprocess.Popen(
        [sys.executable, "-m", "axon", "watch", str(root), "--json", "--no-embeddings"],
        env=os.environ | {"AXON_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = process.stdout

    def read() -> None:
        for line in lines:
            events.put(json.loads(line) | {"at": time.perf_counter()})

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield events
    finally:
        process.terminate()
        process.wait()
        reader.join()
        lines.close()


def _await(events: "SimpleQueue[Event]", name: str) -> Event:
    while True:
        try:
            event = events.get(timeout=_LIMIT)
        except Empty as error:
            raise CommandFailedError(f"no event `{name}` for {_LIMIT:.0f} seconds") from error
        if event["event"] == "failed":
            raise CommandFailedError(event["message"])
        if event["event"] == name:
            return event


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f}"
