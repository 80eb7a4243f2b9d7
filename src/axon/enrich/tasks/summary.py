"""Short summaries, from the files up through their folders to the repository."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath

from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import text_in
from axon.enrich.subjects import ROOT, listed
from axon.enrich.task import TEXT, AboutNodes, fence, object_of

_LONGEST = 600


class Task(AboutNodes):
    """One question for each file, then for each folder when those in it are answered."""

    name = "summary"
    schema: Mapping[str, Json] = object_of({"summary": TEXT})
    prose = "summary"

    @cached_property
    def _folders(self) -> dict[str, list[str]]:
        return self._subjects.folders()

    def jobs(self) -> Iterable[Job]:
        """Files, and the folders above them; of what else lies in those, only what is known already is shown."""
        chosen = {node.id for node in self._subjects.files}
        above = {folder for id in chosen for folder in _folders_of(id)}
        files = [Job(JobKey(self.name, n.id), is_wanted=n.id in chosen) for n in self._subjects.all_files]
        folders = [
            Job(JobKey(self.name, folder), tuple(JobKey(self.name, m) for m in members), is_wanted=folder in above)
            for folder, members in self._folders.items()
        ]
        return [*files, *folders] if chosen else []

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """A file's source and signatures; of a folder the summaries of what is in it, in order of their text."""
        if not artifacts:
            signatures = fence(listed(self._subjects.signatures(key.node)))
            body = f"A file. It defines:\n{signatures}\n\nIts source:\n{fence(self._subjects.source(key.node))}"
            return Prompt(self._prefix, body)
        what = "A repository" if key.node == ROOT else "A folder"
        parts = sorted("(not known yet)" if a is None else str(a.value["summary"]) for a in artifacts.values())
        return Prompt(self._prefix, f"{what}. Its parts:\n{fence(listed(parts))}")

    def check(self, key: JobKey, value: Value) -> Value:
        """The summary on one line."""
        return {"summary": " ".join(text_in(value, "summary", most=_LONGEST).split())}


def _folders_of(file: str) -> list[str]:
    """The ids of all folders that a file is in."""
    return [ROOT, *(f"{folder}/" for folder in map(str, PurePosixPath(file).parents) if folder != ".")]
