"""Random walks through the states of a work tree, each of which must have the index that a first run would make.

What flows in: a tree and a seed. What flows out: nothing, or a report with the shortest list of steps that still fails.
A step is a kind of edit and a seed of its own, so that any part of a list of steps can be walked again.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from typing import Final

from axon.errors import AxonError
from axon.pipeline import reindex_files, run_pipeline
from axon.pipeline.complete import complete_database
from axon.pipeline.session import Session
from axon.pipeline.verify import verify
from tests.pipeline.trees import contents, fresh_contents
from tests.walks.edits import EDITS, OFTEN, UNNAMED
from tests.walks.worktree import WorkTree

_FROM_NOTHING: Final = 50  # every so many steps nothing at all is taken over
_SHRINK_SECONDS: Final = 300


@dataclass(frozen=True)
class Step:
    """One edit: its name, and what its dice begin with."""

    edit: str
    seed: int

    def __str__(self) -> str:
        return f"({self.edit!r}, {self.seed})"


def steps_of(seed: int, n_steps: int) -> list[Step]:
    """The steps that a seed stands for."""
    dice = Random(seed)
    names, weights = list(EDITS), [3 if name in OFTEN else 1 for name in EDITS]
    return [Step(dice.choices(names, weights)[0], dice.randrange(1 << 30)) for _ in range(n_steps)]


def walk(original: Path | Mapping[str, str], base: Path, steps: Sequence[Step]) -> str:
    """Walk from a copy of `original`, checking after every step; '' or what was wrong, after the last step made."""
    shutil.rmtree(base, ignore_errors=True)
    tree = WorkTree.copy_of(original, base / "repo")
    run_pipeline(tree.root, embeddings=False)
    session = Session()
    for number, step in enumerate(steps, 1):
        before = tree.contents()
        EDITS[step.edit](tree, Random(step.seed))
        try:
            notes = _update(tree, step, before, session)
            whole = number % _FROM_NOTHING == 0 or number == len(steps)
            wrong = _fault(tree.root, base / "fresh", notes, whole=whole)
        except AxonError as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            return f"after step {number}, {step}: {wrong}"
    return ""


def _update(tree: WorkTree, step: Step, before: Mapping[str, bytes], session: Session) -> tuple[str, ...]:
    """Bring the index up to date in one of the ways that there are; the notes of the run."""
    way = step.seed % 4
    if way == 0:
        return run_pipeline(tree.root, embeddings=False).notes
    if way == 3:
        notes = run_pipeline(tree.root, embeddings=False, defer_database=True).notes
        complete_database(tree.root)
        return notes
    if way == 1 or step.edit in UNNAMED:
        return run_pipeline(tree.root, embeddings=False, session=session).notes
    after = tree.contents()
    changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    return reindex_files(tree.root, changed, embeddings=False, session=session).notes


def _fault(root: Path, elsewhere: Path, notes: tuple[str, ...], *, whole: bool) -> str:
    """What is wrong with an updated index; with `whole` nothing that was known before is used to see it."""
    found = verify(root, from_source=whole)
    if notes or found.notes or found.moved or not found.is_complete:
        return f"{notes} {found.notes} {found.moved}"
    if not found.is_right:
        return "\n    ".join([*found.damage, f"{found.n_differences} rows", *map(str, found.differences[:10])])
    if whole and contents(root) != fresh_contents(root, elsewhere):
        return "it is not byte for byte the index that a first run makes of a copy"
    return ""


def shortest(steps: Sequence[Step], fails: Callable[[Sequence[Step]], bool]) -> list[Step]:
    """A part of the steps that fails and of which no step can be spared, as far as some minutes allow.

    Delta debugging: Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
    """
    kept, size, until = list(steps), max(len(steps) // 2, 1), monotonic() + _SHRINK_SECONDS
    while size and monotonic() < until:
        for start in range(0, len(kept), size):
            fewer = kept[:start] + kept[start + size :]
            if fewer and monotonic() < until and fails(fewer):
                kept = fewer
                break
        else:
            size //= 2
    return kept


def check_walk(original: Path | Mapping[str, str], base: Path, seed: int, n_steps: int) -> None:
    """Walk as the seed says; a failure names the seed and the shortest steps that were found."""
    steps = steps_of(seed, n_steps)
    if not (wrong := walk(original, base, steps)):
        return
    made = steps[: int(wrong.split()[2].rstrip(","))]
    few = shortest(made, lambda some: bool(walk(original, base, some)))
    listed = ", ".join(map(str, few))
    raise AssertionError(
        f"WALK_SEED={seed}: {wrong}\n  shortest steps, from a fresh copy: [{listed}]\n  {walk(original, base, few)}"
    )
