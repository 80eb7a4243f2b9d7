"""Facts into the linked graph, phase by phase.

What flows in: the facts of the tree. What flows out: a CodeGraph. Facts are plain data without cycles, so the collector
rests meanwhile: with millions of tuples one collection costs seconds.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from axon.errors import NoSymbolsError
from axon.graph.build import FileEntry, assemble
from axon.graph.graph import CodeGraph
from axon.pipeline.parse import facts_of
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.resolution.link import Linker


def build_graph(run: Run, facts: TreeFacts) -> CodeGraph:
    """The graph of all files.

    Raises:
        NoSymbolsError: there are source files, and none holds a symbol.
    """
    with _without_collector():
        with run.clock.phase("structure"):
            entries = [FileEntry(f.path, f.language, facts_of(facts.parsed[f.path])) for f in facts.files]
            assembly = assemble(entries)
            if entries and not any(assembly.rows):
                raise NoSymbolsError(
                    f"No symbol in the {len(entries)} source files of {run.root}. Run `axon doctor` to see whether "
                    "the grammars work; files that only run statements have none."
                )
            linker = Linker(assembly)
        for name, phase in linker.phases():
            with run.clock.phase(name):
                phase()
        with run.clock.phase("freeze"):
            return linker.graph()


@contextmanager
def _without_collector() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
