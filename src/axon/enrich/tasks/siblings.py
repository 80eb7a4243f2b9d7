"""Features below one broader feature, tidied: which of their names mean the same."""

from collections.abc import Iterable, Mapping, Sequence

from axon.enrich.hierarchy import normal_name
from axon.enrich.model import Artifact, JobKey, Json, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import list_in
from axon.enrich.subjects import listed
from axon.enrich.task import TEXT, AboutNodes, Material, array_of, fence, object_of


class Task(AboutNodes):
    """One question for each feature that has two below it or more; it begins when the tree is known."""

    name = "siblings"
    schema: Mapping[str, Json] = object_of({"same": array_of(object_of({"goes": TEXT, "stays": TEXT}))})

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._children: dict[str, list[str]] = {}

    def of(self, children: Mapping[str, Sequence[str]]) -> None:
        """Ask about these features, by the one above them, from now on."""
        self._children = {above: list(names) for above, names in children.items() if len(names) > 1}

    def jobs(self) -> Iterable[Job]:
        """The features above."""
        return [Job(JobKey(self.name, f"feature:{above}")) for above in self._children]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The names."""
        above = key.node.removeprefix("feature:")
        return Prompt(self._prefix, f"Below {fence(above)} are:\n{fence(listed(self._children[above]))}")

    def check(self, key: JobKey, value: Value) -> Value:
        """Pairs of names that both are below it."""
        names = set(self._children[key.node.removeprefix("feature:")])
        pairs: dict[str, str] = {}
        for item in list_in(value, "same"):
            if isinstance(item, dict):
                goes, stays = normal_name(str(item.get("goes") or "")), normal_name(str(item.get("stays") or ""))
                if goes in names and stays in names and goes != stays:
                    pairs.setdefault(goes, stays)
        return {"same": [{"goes": goes, "stays": pairs[goes]} for goes in sorted(pairs)]}
