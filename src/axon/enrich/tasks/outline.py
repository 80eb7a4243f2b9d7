"""An overview of the repository, from the summaries of its uppermost folders and files."""

from collections.abc import Iterable, Mapping

from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import text_in
from axon.enrich.subjects import ROOT, listed
from axon.enrich.task import TEXT, AboutNodes, fence, object_of

_MOST_PARTS = 60
_LONGEST = 8000


class Task(AboutNodes):
    """One question for the repository."""

    name = "outline"
    schema: Mapping[str, Json] = object_of({"text": TEXT})
    prose = "text"

    def jobs(self) -> Iterable[Job]:
        """The one job: the folders nearest to the root, as many as fit."""
        folders = sorted(self._subjects.folders(), key=lambda folder: (folder.count("/"), folder))
        parts = [folder for folder in folders if folder != ROOT][:_MOST_PARTS] or [ROOT]
        return [Job(JobKey(self.name, ROOT), tuple(JobKey("summary", part) for part in parts), centrality=1.0)]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The summaries of the parts."""
        parts = sorted(str(a.value["summary"]) for a in artifacts.values() if a is not None)
        return Prompt(self._prefix, f"The parts of the repository:\n{fence(listed(parts))}")

    def check(self, key: JobKey, value: Value) -> Value:
        """The text."""
        return {"text": text_in(value, "text", most=_LONGEST)}
