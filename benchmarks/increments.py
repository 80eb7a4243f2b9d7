"""What it costs to keep an index up to date, against one from nothing, all in one run.

What flows in: a corpus with Python in it. What flows out: seconds of the commands that a user gives, of updates as the
watcher makes them, and how an index that was updated many times compares with a fresh one in size and answers.
"""

import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from axon.model.kinds import EdgeKind
from axon.pipeline.analyze import reindex_files, run_pipeline
from axon.pipeline.session import Session
from axon.pipeline.store import write_late_linkage
from axon.questions.callers import callers
from axon.questions.opened import open_index
from axon.storage.generations import IndexHome
from benchmarks.corpora import Corpus
from benchmarks.processes import run

_SIGNATURE: Final = re.compile(r"^def (\w+)\((?!\))", re.MULTILINE)
_BODY: Final = re.compile(r"^(    +)return ", re.MULTILINE)
_EVERY: Final = 3  # of the files of the other release that differ, one in so many
_ASKED: Final = 200  # look-ups whose time is compared


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall and CPU seconds of one thing."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Increments:
    """Figures of one corpus: costs by what was done, in order, and ratios of an updated index to a fresh one."""

    costs: dict[str, Cost] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)


def measure_increments(corpus: Corpus, *, n_updates: int) -> Increments:
    """Index a copy of the tree, change it in the ways that are listed, and update it `n_updates` times.

    Raises:
        CommandFailedError: a command failed.
    """
    found = Increments()
    with tempfile.TemporaryDirectory(prefix="axon-increments-") as place:
        root, home = Path(place, corpus.root.name), Path(place, "home")
        shutil.copytree(corpus.root, root, ignore=shutil.ignore_patterns(".axon", ".git"), symlinks=True)
        with _home(home):
            _commands(root, found)
            _updates(root, found, n_updates)
    return found


def increments_table(found: Increments) -> str:
    """Seconds of each thing, with its share of an index from nothing, and the ratios."""
    whole = next(iter(found.costs.values()))
    lines = ["| | wall s | CPU s | of the first, CPU |", "| --- | ---: | ---: | ---: |"]
    lines += [f"| {what} | {c.wall:.2f} | {c.cpu:.2f} | {c.cpu / whole.cpu:.0%} |" for what, c in found.costs.items()]
    lines += ["", "| updated index to a fresh one | ratio |", "| --- | ---: |"]
    lines += [f"| {what} | {ratio:.2f} |" for what, ratio in found.ratios.items()]
    return "\n".join(lines)


def _commands(root: Path, found: Increments) -> None:
    """What `axon analyze` costs, from nothing and after each kind of change."""
    files = sorted(path for path in root.rglob("*.py") if path.is_file())
    found.costs["index from nothing"] = _analyze(root)
    found.costs["nothing changed"] = _analyze(root)
    _edit_body(files[len(files) // 2], 0)
    found.costs["a body edited"] = _analyze(root)
    hub = _most_imported(root)
    _edit_signature(hub)
    found.costs[f"a signature of {hub.relative_to(root).as_posix()} edited"] = _analyze(root)
    before = {path: path.read_bytes() for path in files[::_EVERY]}
    after = {path: content + b"\n\ndef of_the_other_release():\n    return 1\n" for path, content in before.items()}
    for what, release in {"first switch": after, "back": before, "again": after}.items():
        for path, content in release.items():
            path.write_bytes(content)
        found.costs[f"another release: {what}"] = _analyze(root)


def _updates(root: Path, found: Increments, n_updates: int) -> None:
    """Edits of bodies and signatures as the watcher takes them up, and what many of them leave behind."""
    session = Session(defers=True)
    run_pipeline(root, embeddings=False, session=session, full=True)
    files = sorted(path for path in root.rglob("*.py") if _BODY.search(path.read_text("utf-8", "replace")))
    dice = random.Random(0)
    edits = (partial(_edit_body, dice.choice(files), dice.randrange(1000)) for _ in range(n_updates))
    costs = [_update(root, session, edit) for edit in edits]
    found.costs[f"watching, a body edited (median of {n_updates})"] = _middle(costs, 0.5)
    found.costs["watching, a body edited (95th percentile)"] = _middle(costs, 0.95)
    hub = _most_imported(root)
    found.costs["watching, a signature edited"] = _update(root, session, lambda: _edit_signature(hub))
    write_late_linkage(IndexHome(root), session)
    used, asked = _bytes(root / ".axon"), _asking(root)
    shutil.rmtree(root / ".axon")
    run_pipeline(root, embeddings=False, full=True)
    found.ratios["bytes on disk"] = used / _bytes(root / ".axon")
    found.ratios["seconds of look-ups"] = asked / _asking(root)


def _update(root: Path, session: Session, edit: Callable[[], Path]) -> Cost:
    path = edit().relative_to(root).as_posix()
    wall, cpu = time.perf_counter(), time.process_time()
    reindex_files(root, [path], embeddings=False, session=session, defer_database=True)
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def _middle(costs: Sequence[Cost], share: float) -> Cost:
    index = min(len(costs) - 1, int(share * len(costs)))
    return Cost(sorted(c.wall for c in costs)[index], sorted(c.cpu for c in costs)[index])


def _edit_body(path: Path, number: int) -> Path:
    """Put a call before a `return` of a file, where it has one."""
    text = path.read_text("utf-8", "replace")
    path.write_text(_BODY.sub(rf"\g<1>len([{number}])\n\g<0>", text, count=1), "utf-8")
    return path


def _edit_signature(path: Path) -> Path:
    """Give the first function of a file one more parameter, or take that away again."""
    text = path.read_text("utf-8")
    plain = text.replace("added_by_the_benchmark, ", "")
    changed = plain if plain != text else _SIGNATURE.sub(r"def \g<1>(added_by_the_benchmark, ", text, count=1)
    path.write_text(changed, "utf-8")
    return path


def _most_imported(root: Path) -> Path:
    """The file with a function to edit that most files import."""
    importers: Counter[str] = Counter()
    with open_index(root) as index:
        columns = index.columns
        for row in range(columns.n_edges):
            if columns.edge_kind(row) is EdgeKind.IMPORTS:
                importers[columns.id_of(columns.target(row))] += 1
    for id, _ in importers.most_common():
        path = root / id
        if path.suffix == ".py" and path.is_file() and _SIGNATURE.search(path.read_text("utf-8", "replace")):
            return path
    raise ValueError(f"no file of {root} that others import has a function with parameters")


def _asking(root: Path) -> float:
    """CPU seconds of opening the index and of many look-ups; the least of three tries."""
    with open_index(root) as index:
        columns = index.columns
        step = max(1, columns.n_nodes // _ASKED)
        names = [columns.name_of(row) for row in range(0, columns.n_nodes, step)]
    return min(_asked(root, names) for _ in range(3))


def _asked(root: Path, names: Sequence[str]) -> float:
    began = time.process_time()
    with open_index(root) as index:
        for name in names:
            for row in index.columns.rows_named(name)[:1]:
                callers(index, index.columns.id_of(row))
    return time.process_time() - began


def _bytes(folder: Path) -> int:
    """What a folder takes on disk; a file that has two names counts once."""
    found = {(s.st_dev, s.st_ino): s for s in (path.lstat() for path in folder.rglob("*"))}
    return sum(getattr(s, "st_blocks", -(-s.st_size // 512)) * 512 for s in found.values())


def _analyze(root: Path) -> Cost:
    outcome = run([sys.executable, "-m", "axon", "analyze", str(root), "--no-embeddings", "--json"], environment={})
    return Cost(outcome.wall, outcome.cpu)


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Caches of its own, for this process and those that it starts."""
    before = os.environ.get("AXON_HOME")
    os.environ["AXON_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["AXON_HOME"]
        else:
            os.environ["AXON_HOME"] = before
