"""What is to be asked, and in which order it may be.

What flows in: jobs with what they depend on. What flows out: a `Plan`: dependencies without cycles, and the priority of
each job. It does not know tasks, models or artifacts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from axon.enrich.model import JobKey


@dataclass(frozen=True, slots=True)
class Job:
    """One question. Its prompt needs the artifacts of `dependencies`; `centrality` (0 to 1): how much hangs on it.

    `is_wanted` is False where it is not asked about, but its answer is used if the cache has it.
    """

    key: JobKey
    dependencies: tuple[JobKey, ...] = ()
    centrality: float = 0.0
    is_wanted: bool = True


@dataclass(slots=True)
class Plan:
    """Jobs by key. `height` is the number of jobs on the longest way from a job to one that nothing depends on."""

    jobs: dict[JobKey, Job] = field(default_factory=dict)
    dependents: dict[JobKey, list[JobKey]] = field(default_factory=dict)
    height: dict[JobKey, int] = field(default_factory=dict)

    @classmethod
    def of(cls, jobs: Iterable[Job]) -> "Plan":
        """A plan of all jobs, without dependencies that are no job of it or that close a cycle."""
        known = {job.key: job for job in sorted(jobs, key=lambda job: job.key)}
        wanted = {key: [d for d in job.dependencies if d in known] for key, job in known.items()}
        order, kept = _without_cycles(wanted)
        plan = cls()
        for key in order:
            plan.jobs[key] = replace(known[key], dependencies=tuple(kept[key]))
            for dependency in kept[key]:
                plan.dependents.setdefault(dependency, []).append(key)
        for key in reversed(order):
            above = max((plan.height[parent] + 1 for parent in plan.dependents.get(key, ())), default=0)
            plan.height[key] = above
        return plan

    def ask_only(self, keys: Collection[JobKey]) -> None:
        """Leave out what is neither one of `keys` nor waits for one; what the cache knows of the others is used."""
        wanted, left = set(keys), [key for key in keys if key in self.jobs]
        while left:
            above = [key for key in self.dependents.get(left.pop(), ()) if key not in wanted]
            wanted.update(above)
            left += above
        for key, job in self.jobs.items():
            if key not in wanted:
                self.jobs[key] = replace(job, is_wanted=False)

    def rank(self, key: JobKey) -> tuple[int, float, JobKey]:
        """The order among jobs that may run: the critical path first, then the most central, then by name."""
        return -self.height[key], -self.jobs[key].centrality, key


def _without_cycles(wanted: Mapping[JobKey, list[JobKey]]) -> tuple[list[JobKey], dict[JobKey, list[JobKey]]]:
    """Keys with dependencies first, and the dependencies that do not lead back to whoever is being looked at."""
    order: list[JobKey] = []
    kept: dict[JobKey, list[JobKey]] = {}
    open_keys: set[JobKey] = set()
    for root in wanted:
        if root in kept:
            continue
        kept[root] = []
        open_keys.add(root)
        stack = [(root, iter(wanted[root]))]
        while stack:
            key, left = stack[-1]
            dependency = next(left, None)
            if dependency is None:
                stack.pop()
                open_keys.discard(key)
                order.append(key)
            elif dependency not in open_keys:
                kept[key].append(dependency)
                if dependency not in kept:
                    kept[dependency] = []
                    open_keys.add(dependency)
                    stack.append((dependency, iter(wanted[dependency])))
    return order, kept
