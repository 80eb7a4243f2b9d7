"""The search layer of a new generation, and whether that of a published one is right.

What flows in: a run, its facts and its graph. What flows out: files in the folder of a draft; or lines that say what
differs. An update reads the sources of the files that changed, and links the rest of the layer before.

A layer needs the nodes of the graph and no edge. So where many sources are to be read, a process of its own makes it
beside the linker, which leaves all cores but one to others.
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from axon.graph.graph import CodeGraph, NodeColumns
from axon.parsing.pool import core_count
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.search.check import differing_rows
from axon.search.layer import SEARCH_FOLDER, write_layer
from axon.search.process import LayerProcess, LayerTask
from axon.storage.drafts import Draft
from axon.storage.generations import Generation
from axon.storage.manifest import IndexedFile
from axon.storage.sources import Sources

LEAST_BYTES: Final = 2_000_000
"""Sources to read from which on a process pays: it starts in 0.2 s of a core, in which one reads as much."""


class PostingsWriter:
    """Makes the search layer of one draft; leaving its `with` block ends the process that it may have begun."""

    def __init__(self, run: Run, facts: TreeFacts, draft: Draft) -> None:
        self._run, self._facts, self._draft = run, facts, draft
        before = run.previous.folder / SEARCH_FOLDER if run.previous is not None and run.is_current() else None
        self._before = before if before is not None and before.is_dir() else None
        self._process: LayerProcess | None = None

    @property
    def pays(self) -> bool:
        """Whether there is enough to do for a process of its own."""
        has_core = (self._run.settings.jobs or core_count()) > 1
        return has_core and self._n_bytes() >= LEAST_BYTES

    def begin(self, nodes: NodeColumns) -> None:
        """Make the layer of these nodes, which are the first of the graph's, meanwhile, where that pays."""
        if self.pays:
            self._process = LayerProcess(self._task(nodes))

    def complete(self, graph: CodeGraph) -> None:
        """Have the layer in the draft, made here where no process has."""
        if self._process is not None:
            try:
                memory = self._process.wait()
            except ChildProcessError as error:
                self._run.notes.append(f"The process that made the postings ended: {error}. They were made again.")
                shutil.rmtree(self._draft.folder / SEARCH_FOLDER, ignore_errors=True)
            else:
                self._run.peak_memory = max(self._run.peak_memory, memory)
                return
            finally:
                self.close()
        self._task(graph.nodes).run()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _n_bytes(self) -> int:
        files = self._facts.files
        changed = files if self._before is None else [file for file in files if file.path in self._facts.changed]
        return sum(file.stamp.size for file in changed)

    def _task(self, nodes: NodeColumns) -> LayerTask:
        return LayerTask(
            self._draft.folder / SEARCH_FOLDER,
            nodes,
            self._run.root,
            {file.path: file.digest for file in self._facts.files},
            self._draft.number,
            self._before,
            frozenset(self._facts.changed),
        )


def wrong_postings(generation: Generation, root: Path, files: Sequence[IndexedFile], graph: CodeGraph) -> list[str]:
    """Ids of symbols whose postings a first run would make otherwise; files whose source is gone are left out."""
    sources = Sources(root, lambda: {file.path: file.digest for file in files})
    lost = frozenset(sources.missing([file.path for file in files]))
    with tempfile.TemporaryDirectory(prefix="axon-search-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, SEARCH_FOLDER)
        write_layer(made, graph.nodes, sources.find, number=0)
        rows = differing_rows(generation.folder / SEARCH_FOLDER, made)
    return [graph.nodes.ids[row] for row in rows if graph.nodes.paths[row] not in lost]
