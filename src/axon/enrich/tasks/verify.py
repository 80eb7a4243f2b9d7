"""Claims of contracts, checked once more by a model, in a lane of its own."""

from collections.abc import Iterable, Mapping

from axon.enrich.model import Artifact, JobKey, Json, LaneName, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.prompting import list_in
from axon.enrich.subjects import listed
from axon.enrich.task import TEXT, AboutNodes, Material, array_of, fence, object_of
from axon.enrich.tasks.contracts import SORTS

_VERDICTS = ("accepted", "repaired", "dropped")
_VERDICT = object_of(
    {
        "number": {"type": "integer", "minimum": 1},
        "verdict": {"type": "string", "enum": list(_VERDICTS)},
        "text": TEXT,
    },
    optional=("text",),
)


def numbered_claims(contract: Value) -> list[Value]:
    """All claims of a contract, in the order in which they are numbered from 1."""
    return [claim for sort in SORTS for claim in list_in(contract, sort) if isinstance(claim, dict)]


class Task(AboutNodes):
    """One question for each function, when its contract is there."""

    name = "verify"
    lane = LaneName.VERIFY
    schema: Mapping[str, Json] = object_of({"verdicts": array_of(_VERDICT)})
    version = "2"

    def __init__(self, material: Material) -> None:
        super().__init__(material)
        self._claims: dict[JobKey, list[str]] = {}  # of the jobs that were asked about

    def jobs(self) -> Iterable[Job]:
        """All functions."""
        return [
            Job(JobKey(self.name, node.id), (JobKey("contracts", node.id),), self._subjects.centrality(node.id))
            for node in self._subjects.functions
        ]

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """The source and the claims."""
        (contract,) = artifacts.values()
        assert contract is not None, "one of one is missing: the job waits"
        texts = self._claims[key] = [str(claim["text"]) for claim in numbered_claims(contract.value)]
        claims = [f"{i}. {text}" for i, text in enumerate(texts, 1)]
        source = fence(self._subjects.source(key.node))
        return Prompt(self._prefix, f"The source:\n{source}\n\nThe claims:\n{fence(listed(claims))}")

    def check(self, key: JobKey, value: Value) -> Value:
        """A verdict for a number, sorted, the first one of each, with the claim that it is about."""
        texts = self._claims[key]
        verdicts: dict[int, Value] = {}
        for item in list_in(value, "verdicts"):
            assert isinstance(item, dict), "the schema says so"
            number = int(str(item["number"]))
            if 1 <= number <= len(texts):
                said: Value = {"number": number, "verdict": item["verdict"], "text": str(item.get("text") or "")}
                verdicts.setdefault(number, {**said, "claim": texts[number - 1]})
        return {"verdicts": [verdicts[number] for number in sorted(verdicts)]}
