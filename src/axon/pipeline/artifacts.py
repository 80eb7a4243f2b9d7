"""What language models wrote, into a new generation: looked at again, against the index that it becomes a part of.

What flows in: `.axon/enrich.sqlite`, which may be absent, in use, damaged or of a later version, and the columns of a
draft with the sources that it was made of. What flows out: the file of artifacts of that draft. No model is asked, and
nothing that is wrong with the store stops a run: it is a Problem.
"""

import filecmp
import tempfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from axon.errors import Problem
from axon.model.artifacts import Written
from axon.storage.artifacts import read_artifacts, write_artifacts

if TYPE_CHECKING:
    from axon.enrich.store import Kept
    from axon.enrich.subjects import Subjects
    from axon.storage.columns import IndexColumns
    from axon.storage.drafts import Draft
    from axon.storage.generations import Generation
    from axon.storage.manifest import IndexedFile

STORE_PATH: Final = ".axon/enrich.sqlite"
UNREADABLE: Final = "unreadable"
"""In place of the digest of a store that cannot be read."""


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What the store holds, with its digest, '' where there is none; or why it cannot be read."""

    kept: tuple["Kept", ...] = ()
    digest: str = ""
    problems: tuple[Problem, ...] = ()

    def is_same_as(self, generation: "Generation") -> bool:
        """Whether a generation was made with these; nobody knows it of a store that cannot be read."""
        return self.digest in (UNREADABLE, generation.manifest.artifacts)


def find_artifacts(root: Path) -> Artifacts:
    """What was written about the tree at `root`; costs a look at the folder where nothing was."""
    path = root / STORE_PATH
    if not path.is_file():
        return Artifacts()
    from axon.enrich.failures import EnrichError  # noqa: PLC0415  only for those who enrich
    from axon.enrich.store import read_store  # noqa: PLC0415  likewise

    try:
        kept, digest = read_store(path)
    except EnrichError as error:
        problem = Problem(STORE_PATH, 0, str(error), "the index without what was written about it")
        return Artifacts(digest=UNREADABLE, problems=(problem,))
    return Artifacts(tuple(kept), digest)


def load_artifacts(
    artifacts: Artifacts, draft: "Draft", root: Path, files: "Sequence[IndexedFile]", known: Sequence[Written]
) -> None:
    """Write into a draft, whose columns are there, what was written and what became of its evidence.

    `known` are those of the last index about files that have not changed: they are not looked at again.
    """
    if not artifacts.kept:
        return
    from axon.enrich.standing import standing  # noqa: PLC0415  only for those who enrich
    from axon.search.summaries import write_summaries  # noqa: PLC0415  likewise
    from axon.storage.columns import IndexColumns  # noqa: PLC0415  likewise

    with IndexColumns.open(draft.columns) as opened:
        written = standing(artifacts.kept, _subjects(opened, root, files), known)
    write_artifacts(draft.folder, written)
    write_summaries(draft.folder, written)


def artifacts_about(generation: "Generation", paths: Container[str]) -> list[Written]:
    """What a generation has about the files at `paths` and about what these define."""
    return [one for one in read_artifacts(generation.folder) if one.node.partition("::")[0] in paths]


def artifacts_again(
    generation: "Generation", root: Path, files: "Sequence[IndexedFile]"
) -> tuple[list[Written], list[str]]:
    """What a first run would load of the same artifacts that a generation holds, and the names of those that differ.

    Where the source of a file is kept no more, what is about it is taken to be right.
    """
    there = {(one.task, one.node): one for one in read_artifacts(generation.folder)}
    if not there:
        return [], []
    from axon.enrich.standing import standing_again  # noqa: PLC0415  only for those who enrich
    from axon.storage.columns import IndexColumns  # noqa: PLC0415  likewise

    with IndexColumns.open(generation.columns) as opened:
        subjects = _subjects(opened, root, files)
        made = {(one.task, one.node): one for one in standing_again(list(there.values()), subjects)}
        lost = subjects.missing.keys()
    again = {key: there.get(key, one) if key[1].partition("::")[0] in lost else one for key, one in made.items()}
    keys = [key for key in sorted(there.keys() | again.keys()) if there.get(key) != again.get(key)]
    wrong = [f"{task} of {node}" for task, node in keys]
    if not wrong and not _has_summaries(generation.folder, list(again.values())):
        wrong = ["what is searched"]
    return list(again.values()), wrong


def _has_summaries(folder: Path, written: Sequence[Written]) -> bool:
    """Whether the postings of what was written are those that a first run makes."""
    from axon.search.summaries import SUMMARIES_FILE, write_summaries  # noqa: PLC0415  only for those who enrich

    with tempfile.TemporaryDirectory(prefix="axon-summaries-") as made:
        write_summaries(Path(made), written)
        wanted, there = Path(made, SUMMARIES_FILE), folder / SUMMARIES_FILE
        if not wanted.exists() or not there.exists():
            return wanted.exists() == there.exists()
        return filecmp.cmp(wanted, there, shallow=False)


def _subjects(columns: "IndexColumns", root: Path, files: "Sequence[IndexedFile]") -> "Subjects":
    from axon.enrich.subjects import Subjects  # noqa: PLC0415  only for those who enrich
    from axon.storage.sources import Sources  # noqa: PLC0415  likewise

    digests: Mapping[str, str] = {file.path: file.digest for file in files}
    return Subjects(columns, Sources(root, lambda: digests))
