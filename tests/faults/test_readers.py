"""Many readers while a writer publishes one generation after the other: no error, no answer of two generations.

How long answers took, without and with the writer, is printed in the long form and asserted nowhere.
"""

import os
import sys
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import pytest

from axon.questions.opened import open_index, open_queryable
from axon.storage.kuzu import KuzuBackend
from tests.faults.trees import IS_LONG, check_whole, new_tree, times, version_of, write_version
from tests.faults.writers import CONTEXT, WAIT, run
from tests.trees import home, root

__all__ = ["home", "root"]

N_READERS = times(4, 20)
EVERY = N_READERS / 50  # seconds between two questions of one reader: 50 questions a second in all
N_GENERATIONS = times(4, 100)


def read(root: str, with_database: bool, stop: Event, pipe: Connection) -> None:
    """Ask until told to stop; send (generation, version, warnings, seconds, when) of every answer."""
    answers = []
    while not stop.wait(EVERY):
        began = perf_counter()
        with open_index(Path(root)) as index:
            version = version_of(index)
            answers.append((index.generation.number, version, index.generation.warnings, perf_counter() - began, began))
        if with_database:
            with open_queryable(Path(root)) as index:
                assert index.generation.database is not None
                with KuzuBackend(index.generation.database, read_only=True) as backend:
                    found = backend.statements.run("MATCH (n:Symbol {name: 'target'}) RETURN n.start_line")
                answers.append((index.generation.number, found[0][0] - 1, (), 0.0, began))
    pipe.send(answers)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that is read cannot be renamed there")
def test_readers_while_generations_are_published(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every answer is that of one generation, each generation of one version, and none warns or fails."""
    assert run(new_tree(root)).code == 0
    stop = CONTEXT.Event()
    with ExitStack() as stack:
        readers = []
        for number in range(N_READERS):
            ours, theirs = CONTEXT.Pipe(duplex=False)
            reader = CONTEXT.Process(target=read, args=(str(root), number % 5 == 0, stop, theirs))
            reader.start()
            stack.callback(reader.kill)
            readers.append((reader, ours))
        readers[0][0].join(times(1, 10))
        began = perf_counter()
        for version in range(1, N_GENERATIONS + 1):
            write_version(root, version)
            assert run(root).code == 0
        ended = perf_counter()
        stop.set()
        answers = []
        for reader, ours in readers:
            assert ours.poll(WAIT), "a reader failed"
            answers += ours.recv()
            reader.join(WAIT)
            assert reader.exitcode == 0
    assert {warnings for _, _, warnings, _, _ in answers} == {()}
    pairs = {(generation, version) for generation, version, _, _, _ in answers}
    assert len({generation for generation, _ in pairs}) == len(pairs) >= min(3, N_GENERATIONS)
    check_whole(root, N_GENERATIONS)
    if IS_LONG:
        quiet = quantiles([taken for _, _, _, taken, at in answers if taken and at < began], n=20)
        busy = quantiles([taken for _, _, _, taken, at in answers if taken and began <= at <= ended], n=20)
        line = f"{len(answers):,} answers, {len(pairs)} generations; p50 and p95 in ms: "
        line += f"quiet {1e3 * quiet[9]:.1f}, {1e3 * quiet[18]:.1f}; busy {1e3 * busy[9]:.1f}, {1e3 * busy[18]:.1f}\n"
        with capsys.disabled():
            os.write(1, line.encode())
