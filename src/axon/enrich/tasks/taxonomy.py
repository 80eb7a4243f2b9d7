"""A hierarchy of features over the communities of the graph: each part names its feature, each feature its broader one.

It climbs level by level: names that the answers of one level bring up are the questions of the next, each distinct name
once. A question depends on the name alone, so answers are the same in whatever order they come.
"""

from collections.abc import Iterable, Mapping

from axon.enrich.hierarchy import ROOTS, normal_name
from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import text_in
from axon.enrich.subjects import listed
from axon.enrich.task import TEXT, AboutNodes, Material, fence, object_of

FEATURE = "feature:"
"""What the node of a job about a name begins with."""

_MOST_MEMBERS = 20
_LONGEST_NAME = 60


class Task(AboutNodes):
    """One question for each community, and for each of `names`."""

    name = "taxonomy"
    schema: Mapping[str, Json] = object_of({"name": TEXT, "broader": TEXT, "text": TEXT}, optional=("text",))

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._leaves = material.groups.communities
        self.names: tuple[str, ...] = ()
        self._prefix = f"{material.prompt}\n\nThe top features:\n{listed(ROOTS)}"

    def jobs(self) -> Iterable[Job]:
        """The communities, or the names where there are some."""
        nodes = [f"{FEATURE}{name}" for name in self.names] or list(self._leaves)
        return [Job(JobKey(self.name, node)) for node in nodes]

    def climb(self, artifacts: Iterable[Artifact]) -> bool:
        """Ask next about the names that are brought up and were not asked about; whether there are any."""
        mine = [artifact for artifact in artifacts if artifact.job.task == self.name]
        asked = {artifact.job.node.removeprefix(FEATURE) for artifact in mine}
        brought_up = {str(artifact.value[part]) for artifact in mine for part in ("name", "broader")}
        self.names = tuple(sorted(brought_up - asked - set(ROOTS)))
        return bool(self.names)

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The members of a community, or the name of a feature."""
        if key.node.startswith(FEATURE):
            name = fence(key.node.removeprefix(FEATURE))
            return Prompt(self._prefix, f"A feature of this name (keep the name as it is):\n{name}")
        members = [
            node for id in self._leaves[key.node][:_MOST_MEMBERS] if (node := self._subjects.node(id)) is not None
        ]
        lines = [f"{node.qualified_name}: {node.summary or node.kind.value}" for node in members]
        return Prompt(self._prefix, f"A part of the system, by its symbols:\n{fence(listed(lines))}")

    def check(self, key: JobKey, value: Value) -> Value:
        """Names in their normal form."""
        name = normal_name(text_in(value, "name", most=_LONGEST_NAME))
        if key.node.startswith(FEATURE):
            name = key.node.removeprefix(FEATURE)
        broader = normal_name(text_in(value, "broader", most=_LONGEST_NAME))
        return {"name": name, "broader": broader, "text": str(value.get("text") or "").strip()}
