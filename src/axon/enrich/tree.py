"""Artifacts as files that a person reads or a repository keeps: a folder for each folder, the same bytes every time.

What flows in: the store. What flows out: `artifacts.json` and `README.md` in each folder of a tree like that of the
sources.
"""

import json
from collections import defaultdict
from pathlib import Path, PurePosixPath

from axon.enrich.failures import EnrichError
from axon.enrich.store import ArtifactStore, Kept
from axon.enrich.subjects import ROOT
from axon.model.artifacts import Review

_ELSEWHERE = "_graph"  # what is attached to communities, flows and features


def export_tree(store: ArtifactStore, output: Path) -> int:
    """Write all artifacts that nobody rejected below `output`; returns the number of files.

    Raises:
        EnrichError: a file cannot be written.
    """
    folders: dict[str, list[Kept]] = defaultdict(list)
    for kept in store.all():
        if kept.state is not Review.REJECTED:
            folders[_folder_of(kept.job.node)].append(kept)
    written = 0
    for folder, artifacts in sorted(folders.items()):
        for name, text in (("artifacts.json", _as_json(artifacts)), ("README.md", _as_markdown(folder, artifacts))):
            _write(output / folder / name, text)
            written += 1
    return written


def _folder_of(node: str) -> str:
    path = node.partition("::")[0]
    if node == ROOT:
        return "."
    if node.startswith("<") or node.startswith("feature:") or not path:
        return _ELSEWHERE
    parts = PurePosixPath(path if node.endswith("/") else str(PurePosixPath(path).parent)).parts
    return str(PurePosixPath(*(part for part in parts if part not in ("..", "/")))) if parts else "."


def _as_json(artifacts: list[Kept]) -> str:
    rows = [
        {"task": a.job.task, "node": a.job.node, "state": a.state.value, "model": a.model, "value": a.value}
        for a in artifacts
    ]
    return json.dumps(rows, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def _as_markdown(folder: str, artifacts: list[Kept]) -> str:
    lines = [f"# {folder}", "", "Written by language models; see `artifacts.json` for who and in which state.", ""]
    for kept in artifacts:
        text = kept.value.get("summary") or kept.value.get("text")
        if isinstance(text, str):
            lines += [f"## {kept.job.node} ({kept.job.task})", "", text, ""]
    return "\n".join(lines)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise EnrichError(f"{path} cannot be written: {error.strerror}.") from error
