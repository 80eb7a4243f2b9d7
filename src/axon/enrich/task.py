"""What a task is: whom it asks about, how, and what it takes for an answer.

What flows in: the graph and the artifacts of other jobs. What flows out: jobs, prompts, checked values. It does not
know providers, lanes or the cache.
"""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from axon.enrich.groups import Groups
from axon.enrich.model import Artifact, JobKey, Json, LaneName, Prompt, Value
from axon.enrich.plan import Job
from axon.enrich.subjects import Subjects

TEXT: Final[dict[str, Json]] = {"type": "string"}


class Task(Protocol):
    """One sort of question. Everything here is a pure function, so that a parallel run equals a sequential one."""

    name: str
    lane: LaneName
    version: str
    """Changes with the prompt or with what is made of the answer: then everything is asked again."""
    schema: Mapping[str, Json]
    """JSON schema of the answer."""
    prose: str
    """The text of the answer that differs from node to node; '' where equal answers say nothing against them."""

    def jobs(self) -> Iterable[Job]:
        """Whom it asks about."""

    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """What the model is told; `artifacts` has one for each dependency, None where there is none.

        It names no path: a file that was moved is not asked about again.
        """

    def check(self, key: JobKey, value: Value) -> Value:
        """The value as it is kept.

        Raises:
            MalformedError: it is not what was asked for, and the message says to the model what is wrong.
        """


@dataclass(frozen=True, slots=True)
class Material:
    """What a task is made of: the nodes, groups of them, and its prompt."""

    subjects: Subjects
    groups: Groups = field(default_factory=Groups)
    prompt: str = ""


class AboutNodes(ABC):
    """What tasks about nodes of an index have in common."""

    name: str
    schema: Mapping[str, Json]
    lane: LaneName = LaneName.BULK
    version: str = "1"
    prose: str = ""

    def __init__(self, material: Material) -> None:
        self._subjects, self._groups, self._prefix = material.subjects, material.groups, material.prompt

    @abstractmethod
    def jobs(self) -> Iterable[Job]:
        """Whom it asks about."""

    @abstractmethod
    def prompt(self, key: JobKey, artifacts: Mapping[JobKey, Artifact | None]) -> Prompt:
        """What the model is told."""

    @abstractmethod
    def check(self, key: JobKey, value: Value) -> Value:
        """The value as it is kept."""


def object_of(parts: Mapping[str, Json], *, optional: tuple[str, ...] = ()) -> dict[str, Json]:
    """The JSON schema of an object with these parts."""
    return {
        "type": "object",
        "properties": dict(parts),
        "required": [name for name in parts if name not in optional],
    }


def array_of(items: Json) -> dict[str, Json]:
    """The JSON schema of a list."""
    return {"type": "array", "items": items}


def fence(text: str) -> str:
    """`text` marked as data, by a word that it cannot hold, for it is made of its digest."""
    nonce = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=6, person=b"axon-data").hexdigest()
    return f"<data-{nonce}>\n{text}\n</data-{nonce}>"


def answer_key(task: Task, prompt: Prompt, model: str, max_output_tokens: int) -> str:
    """The digest of everything that an answer follows from; what it was asked about is in the prompt."""
    parts = [task.name, task.version, json.dumps(task.schema, sort_keys=True), model, str(max_output_tokens)]
    text = "\0".join([*parts, prompt.prefix, prompt.body])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()
