"""A hierarchy of known cost, by the real tasks: 62 parts climb, 25 groups of siblings, 15 checks of citations.

What flows in: a provider. What flows out: the seconds of each stage by the clock of the loop, and the tree. One
question after the other, each of the 62 parts climbing its five levels alone, takes 2,635 + 900 + 720 = 4,255 s.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.enrich.asking import Asker, Retries
from axon.enrich.budget import Budget
from axon.enrich.cache import AnswerCache
from axon.enrich.engine import Engine, Settings
from axon.enrich.groups import Groups
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import Artifact, Json, LaneName, Provider, Request
from axon.enrich.plan import Plan
from axon.enrich.prompting import Prompts
from axon.enrich.run import climb, features
from axon.enrich.task import Material
from axon.enrich.tasks.siblings import Task as Siblings
from axon.enrich.tasks.taxonomy import Task as Taxonomy
from axon.pipeline import run_pipeline
from axon.pipeline.enrich import Opened, opened_for_enrich
from benchmarks.enrich.workloads import Questions, text_of

PARTS: Final = 62
SECONDS: Final = {"taxonomy": 8.5, "siblings": 36.0, "check": 48.0}
SEQUENTIAL: Final = {"climb": PARTS * 5 * 8.5, "siblings": 25 * 36.0, "checks": 15 * 48.0}
_ABOVE: Final = {"feature": ("area", 15), "area": ("region", 6), "region": ("zone", 3), "zone": ("domain", 1)}


@dataclass(slots=True)
class Climbed:
    """Seconds by stage, the features, and how many questions were asked."""

    seconds: dict[str, float]
    tree: list[Artifact]
    requests: int


@contextmanager
def parts(root: Path) -> Iterator[Opened]:
    """An index of 62 functions in the empty folder `root`; AXON_HOME is the caller's."""
    code = "".join(f'def part{i}():\n    """Part {i} of it."""\n\n\n' for i in range(PARTS))
    (root / "parts.py").write_text(code)
    run_pipeline(root, embeddings=False)
    with opened_for_enrich(root) as opened:
        yield opened


async def climb_all(opened: Opened, provider: Provider, folder: Path, parallel: int) -> Climbed:
    """The three stages, one after the other, by the engine."""
    groups = Groups({f"<part {i}>": (f"parts.py::part{i}",) for i in range(PARTS)})
    prompts = Prompts.of(opened.root)
    taxonomy = Taxonomy(Material(opened.subjects, groups, prompts.text("taxonomy")))
    siblings = Siblings(Material(opened.subjects, groups, prompts.text("siblings")))
    checks = Questions("check", {f"check{i}": f"claims {i}" for i in range(15)}, lane=LaneName.VERIFY)
    lanes = {name: Lane(Limits(4 if name is LaneName.VERIFY else parallel)) for name in LaneName}
    now = asyncio.get_running_loop().time
    marks = [now()]
    with AnswerCache(folder) as cache:
        asker = Asker(provider, Budget(), Retries(timeout=600.0))
        engine = Engine([taxonomy, siblings, checks], asker, cache, lanes, settings=Settings("simulated"))
        await engine.run(Plan.of(taxonomy.jobs()))
        await climb(engine, taxonomy, siblings, on_top=lambda: marks.append(now()))
        marks.append(now())
        await engine.run(Plan.of(checks.jobs()))
        marks.append(now())
    spent = {name: marks[i + 1] - marks[i] for i, name in enumerate(SEQUENTIAL)}
    assert engine.outcome.is_complete, engine.outcome.failures
    return Climbed(spent, features(engine.outcome, groups, "simulated"), engine.outcome.requests)


def answer_of(request: Request) -> Json:
    """What follows from the prompt: the part or the name in it, and the one above it."""
    body = request.prompt.body
    if "same" in request.schema["properties"]:  # type: ignore[operator]
        return {"same": []}
    if "broader" not in request.schema["properties"]:  # type: ignore[operator]
        return text_of(request)
    if part := re.search(r"part(\d+):", body):
        return {"name": f"feature {int(part[1]) % 30}", "broader": f"area {int(part[1]) % 30 % 15}"}
    name = re.search(r"<data-\w+>\n(\w+) (\d+)\n", body)
    assert name is not None, body
    above, width = _ABOVE[name[1]]
    return {"name": "any", "broader": above if width == 1 else f"{above} {int(name[2]) % width}"}


def seconds_of(request: Request) -> float:
    """How long a question takes, told by its schema alone, which is all that a server sees."""
    wanted = request.schema["properties"]
    assert isinstance(wanted, dict)
    return SECONDS["siblings" if "same" in wanted else "taxonomy" if "broader" in wanted else "check"]
