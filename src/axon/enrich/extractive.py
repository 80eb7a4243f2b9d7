"""Summaries without a model: what the authors wrote themselves, and what hangs most on a place.

What flows in: subjects. What flows out: artifacts of the task `summary`, in the same places as a model's, and marked.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from axon.enrich.model import Artifact, JobKey
from axon.enrich.subjects import ROOT, Subjects
from axon.model.artifacts import EXTRACTIVE
from axon.model.nodes import GraphNode

_CENTRAL: Final = 4


def extracted(subjects: Subjects) -> Iterator[Artifact]:
    """A summary for each file and folder."""
    said: dict[str, str] = {node.id: _of_file(subjects, node) for node in subjects.all_files}
    for id, summary in said.items():
        yield _artifact(id, summary)
    for folder, members in subjects.folders().items():
        files = [member for member in members if member in said] or _below(folder, said)
        central = sorted(files, key=lambda file: (-subjects.centrality(file), file))[:_CENTRAL]
        parts = "; ".join(f"{file.rpartition('/')[2]}: {said[file]}" for file in central)
        names = ", ".join(member.rstrip("/").rpartition("/")[2] for member in members[:8])
        yield _artifact(folder, parts or f"Holds {names}.")


def _below(folder: str, files: Iterable[str]) -> list[str]:
    """Files at any depth: of a folder that holds folders alone."""
    return [file for file in files if folder == ROOT or file.startswith(folder)]


def _of_file(subjects: Subjects, node: GraphNode) -> str:
    if node.summary:
        return node.summary
    central = [
        line.partition(" ")[2].partition("(")[0].partition(" ")[0] for line in subjects.signatures(node.id, _CENTRAL)
    ]
    return f"Defines {', '.join(central)}." if central else "Defines nothing that others call."


def _artifact(id: str, summary: str) -> Artifact:
    return Artifact(
        JobKey("summary", id), {"summary": summary[:600]}, f"{EXTRACTIVE}:{summary}", EXTRACTIVE, is_cached=True
    )
