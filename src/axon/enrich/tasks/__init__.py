"""The tasks: one module each, and the table of them.

What flows in: the subjects of an index, and groups of them. What flows out: `Task`s. To add one is to add a module, a
prompt and its line here.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Final, cast

from axon.enrich.groups import Groups
from axon.enrich.subjects import Subjects
from axon.enrich.task import Task
from axon.errors import UsageError

SUMMARY: Final = "summary"
CONTRACTS: Final = "contracts"
TAXONOMY: Final = "taxonomy"
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


def open_tasks(names: Sequence[str], subjects: Subjects, groups: Groups) -> list[Task]:
    """The named tasks and those that they need.

    Raises:
        UsageError: no task has that name.
    """
    wanted: dict[str, None] = {}
    for name in names:
        if name not in TASKS:
            raise UsageError(f"No task `{name}`. The tasks are {', '.join(TASKS)}.")
        wanted |= dict.fromkeys((*TASKS[name], name))
    return [_opened(name, subjects, groups) for name in wanted]


def _opened(name: str, subjects: Subjects, groups: Groups) -> Task:
    module = import_module(f"axon.enrich.tasks.{name}")
    return cast("Task", module.open_task(subjects, groups))
