"""One page for each actor: the most used classes, the communities, and the flows from entry points."""

from collections.abc import Iterable, Mapping

from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import text_in
from axon.enrich.subjects import listed
from axon.enrich.task import TEXT, AboutNodes, Material, fence, object_of
from axon.model.kinds import EdgeKind

_MOST_CLASSES = 50
_MOST_MEMBERS = 25
_LONGEST = 8000


class Task(AboutNodes):
    """One question for each actor."""

    name = "sheet"
    schema: Mapping[str, Json] = object_of({"text": TEXT})
    prose = "text"

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._members = {**self._groups.communities, **self._groups.flows}

    def jobs(self) -> Iterable[Job]:
        """The most used classes, and all groups."""
        classes = [node.id for node in self._subjects.classes[:_MOST_CLASSES]]
        return [
            Job(JobKey(self.name, id), centrality=self._subjects.centrality(id)) for id in (*classes, *self._members)
        ]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The neighbourhood in the graph, and the source of a class."""
        if (members := self._members.get(key.node)) is not None:
            lines = [line for member in members[:_MOST_MEMBERS] for line in self._subjects.line(member)]
            return Prompt(self._prefix, f"Symbols that work together, in order:\n{fence(listed(lines))}")
        used_by = self._subjects.neighbours(key.node, EdgeKind.USES_TYPE, incoming=True)
        called_by = self._subjects.neighbours(key.node, EdgeKind.CALLS, incoming=True)
        bases = self._subjects.neighbours(key.node, EdgeKind.EXTENDS)
        neighbourhood = (
            f"Its bases:\n{listed(bases)}\n\nMade by:\n{listed(called_by[:_MOST_MEMBERS])}\n\n"
            f"Named as a type by:\n{listed(used_by[:_MOST_MEMBERS])}"
        )
        return Prompt(
            self._prefix, f"A class.\n{neighbourhood}\n\nIts source:\n{fence(self._subjects.source(key.node))}"
        )

    def check(self, key: JobKey, value: Value) -> Value:
        """The page."""
        return {"text": text_in(value, "text", most=_LONGEST)}
