"""Features below one broader feature, tidied: which of their names mean the same."""

from collections.abc import Iterable, Mapping, Sequence

from axon.enrich.hierarchy import normal_name
from axon.enrich.model import Artifact, JobKey, Json, LaneName, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import list_in, prompt_of
from axon.enrich.subjects import listed
from axon.enrich.task import fence


class Siblings:
    """One question for each feature that has two below it or more; it begins when the tree is known."""

    name = "siblings"
    lane = LaneName.BULK
    schema: Mapping[str, Json] = {
        "type": "object",
        "properties": {
            "same": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"goes": {"type": "string"}, "stays": {"type": "string"}},
                    "required": ["goes", "stays"],
                },
            }
        },
        "required": ["same"],
    }

    def __init__(self, children: Mapping[str, Sequence[str]]) -> None:
        self.of(children)
        self._prefix = prompt_of(self.name)
        self.version = "1"

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
