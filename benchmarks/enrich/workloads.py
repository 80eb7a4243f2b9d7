"""Graphs of questions whose cost is known: what a sequential run takes, what the engine makes of them.

What flows in: a shape (files in folders, summaries with sheets, functions). What flows out: jobs and tasks for the real
engine, with the seconds that each question takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from axon.enrich.failures import MalformedError
from axon.enrich.model import Artifact, JobKey, Json, LaneName, Prompt, Request, Value
from axon.enrich.plan import Job

_SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
}


@dataclass(slots=True)
class Questions:
    """A task over given nodes: its prompt is the content of the node and what its children were found to be."""

    name: str
    content: Mapping[str, str]  # by node
    children: Mapping[str, list[JobKey]] = field(default_factory=dict)
    lane: LaneName = LaneName.BULK
    version: str = "1"
    prose: str = ""
    schema: Mapping[str, Json] = field(default_factory=lambda: _SCHEMA)

    def jobs(self) -> Iterable[Job]:
        """One for each node."""
        return [Job(JobKey(self.name, node), tuple(self.children.get(node, ()))) for node in self.content]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The content, and the children's texts in order."""
        below = sorted("(missing)" if a is None else str(a.value["text"]) for a in artifacts.values())
        return Prompt(f"Prefix of {self.name}.", "\n".join([self.content.get(key.node, key.node), *below]))

    def check(self, key: JobKey, value: Value) -> Value:
        """A text."""
        if not isinstance(value.get("text"), str):
            raise MalformedError(f"{key} has no text")
        return {"text": value["text"]}


def summaries(n_files: int = 200, n_folders: int = 50, *, edited: Iterable[int] = ()) -> list[Questions]:
    """Files in folders, four a folder, and folders in folders, four a folder: a tree."""
    changed = set(edited)
    files = {f"file{i}": f"content {i}{' edited' if i in changed else ''}" for i in range(n_files)}
    folders = {f"folder{i}": "folder" for i in range(n_folders)}
    children: dict[str, list[JobKey]] = {folder: [] for folder in folders}
    for i, file in enumerate(files):
        children[f"folder{i * n_folders // n_files}"].append(JobKey("file", file))
    for i in range(1, n_folders):
        children[f"folder{(i - 1) // 4}"].append(JobKey("folder", f"folder{i}"))
    return [Questions("file", files), Questions("folder", folders, children)]


def summaries_and_sheets() -> list[Questions]:
    """100 summaries, an outline and ten sheets of them."""
    items = {f"item{i}": f"content {i}" for i in range(100)}
    below = [JobKey("item", item) for item in items]
    sheets = {f"sheet{i}": f"sheet {i}" for i in range(10)}
    return [
        Questions("item", items),
        Questions("outline", {"all": "outline"}, {"all": below}),
        Questions("sheet", sheets, dict.fromkeys(sheets, below)),
    ]


def functions(n: int = 400, *, edited: int = -1) -> list[Questions]:
    """Functions, and the module that they are in."""
    return [Questions("function", {f"f{i}": f"body {i}{' edited' if i == edited else ''}" for i in range(n)})]


SECONDS = {"file": 3.0, "folder": 2.0, "item": 2.0, "outline": 5.0, "sheet": 3.0, "function": 6.0}
"""What one question of each task takes."""

EMBED_SECONDS = 0.5
"""What one request for vectors takes, however many texts it has."""


def seconds_of(request: Request) -> float:
    """How long the simulated model takes for a request of these workloads."""
    return SECONDS.get(request.subject.partition(" ")[0], 0.0)


def text_of(request: Request) -> Json:
    """An answer that follows from the prompt; an edit that is only a remark gives the same."""
    return {"text": f"about {abs(hash_of(request.prompt.body.replace(' edited', ' changed'))):x}"}


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(text.encode()[-64:], "big") % (1 << 61) ^ len(text)
