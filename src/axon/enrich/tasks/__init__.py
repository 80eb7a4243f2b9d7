"""The tasks: one module each, the table of them, and those of a repository's own.

What flows in: the subjects of an index, and groups of them. What flows out: `Task`s. To add one is to add a module, a
prompt and its line here; a repository adds one by two files, which `tasks.own` reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Final, Self, cast

from axon.enrich.groups import Groups
from axon.enrich.prompting import Prompts
from axon.enrich.subjects import Subjects
from axon.enrich.task import Material, Task
from axon.enrich.tasks.own import Own, OwnTask, own_tasks
from axon.errors import UsageError

SUMMARY: Final = "summary"
CONTRACTS: Final = "contracts"
TAXONOMY: Final = "taxonomy"
SIBLINGS: Final = "siblings"
# Each with those whose artifacts it needs, which are run with it.
TASKS: Final[dict[str, tuple[str, ...]]] = {
    CONTRACTS: (),
    SUMMARY: (),
    "outline": (SUMMARY,),
    "sheet": (),
    TAXONOMY: (),
    "verify": (CONTRACTS,),
}
DEFAULT: Final = (SUMMARY, CONTRACTS, TAXONOMY)
"""What is run where no task is named."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The tasks that a repository has. `versions` names the prompt of a task that is not to be the newest."""

    prompts: Prompts
    own: Mapping[str, Own] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> Self:
        """Those of the program, and the repository's own.

        Raises:
            ConfigError, EnrichError: one of its files is not what it must be.
        """
        return cls(Prompts.of(root), own_tasks(root, (*TASKS, SIBLINGS, "feature")))

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*TASKS, *self.own)

    def open(self, names: Sequence[str], subjects: Subjects, groups: Groups) -> list[Task]:
        """The named tasks, those that they need before them.

        Raises:
            UsageError: no task has that name, or it has no prompt.
        """
        wanted: dict[str, None] = {}
        for name in names:
            self._add(name, wanted, ())
        return [self.opened(name, subjects, groups) for name in wanted]

    def opened(self, name: str, subjects: Subjects, groups: Groups) -> Task:
        """One task alone."""
        material = Material(subjects, groups, self.prompts.text(name, self.versions.get(name)))
        if name in self.own:
            return OwnTask(self.own[name], material)
        return cast("Task", import_module(f"axon.enrich.tasks.{name}").Task(material))

    def needs(self, name: str) -> tuple[str, ...]:
        """The tasks whose artifacts it needs.

        Raises:
            UsageError: no task has that name.
        """
        if name in self.own:
            return self.own[name].needs
        if name not in TASKS:
            raise UsageError(f"No task `{name}`. The tasks are {', '.join(self.names)}.")
        return TASKS[name]

    def _add(self, name: str, wanted: dict[str, None], above: tuple[str, ...]) -> None:
        if name in above:
            raise UsageError(f"The tasks {', '.join((*above, name))} need each other. Leave one `needs` out.")
        for needed in self.needs(name):
            self._add(needed, wanted, (*above, name))
        wanted[name] = None
