"""The line that a person watches while a model is asked."""

import asyncio
import io
from pathlib import Path

from axon.cli.asking import AskingLine
from axon.enrich.asking import Asker, Retries
from axon.enrich.budget import Budget, Price
from axon.enrich.cache import AnswerCache
from axon.enrich.engine import Engine, Settings
from axon.enrich.lanes import Lane, Limits
from axon.enrich.model import LaneName
from axon.enrich.plan import Plan
from axon.enrich.providers.simulated import Simulated
from benchmarks.enrich.workloads import Questions, text_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(folder: Path, stream: io.StringIO, n: int) -> str:
    """What was written while `n` questions were answered, a second of a clock each."""
    ticks = iter(range(10_000))
    budget = Budget(price=Price(1000.0, 1000.0))
    line = AskingLine(budget, stream, lambda: float(next(ticks)))
    tasks = [Questions("item", {f"item{i}": f"content {i}" for i in range(n)})]

    async def main() -> None:
        with AnswerCache(folder) as cache:
            asker = Asker(Simulated(answer=text_of), budget, Retries())
            lanes = {name: Lane(Limits(1)) for name in LaneName}
            engine = Engine(tasks, asker, cache, lanes, settings=Settings("m"), sink=lambda a: line.add(a, engine))
            await engine.run(Plan.of(tasks[0].jobs()))
        line.end()

    asyncio.run(main())
    return stream.getvalue()


def test_done_known_under_way_money_and_time(tmp_path: Path) -> None:
    """All of it is on one line, which is written anew and wiped out in the end; what was known before is counted."""
    shown = watched(tmp_path, Terminal(), 5).split("\r")
    assert shown[1].startswith("1 of 5 done, 0 known before, 0 under way, $")
    assert "s left" in shown[1]
    assert shown[5].startswith("5 of 5 done")
    assert "left" not in shown[5]
    assert (shown[-2].strip(), shown[-1]) == ("", "")
    again = watched(tmp_path, Terminal(), 6).split("\r")
    assert again[6].startswith("6 of 6 done, 5 known before")


def test_nothing_is_written_where_nobody_watches(tmp_path: Path) -> None:
    """A file or a pipe gets no such line."""
    assert watched(tmp_path, io.StringIO(), 3) == ""
