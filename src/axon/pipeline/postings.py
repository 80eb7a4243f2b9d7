"""The search layer of a new generation, and whether that of a published one is right.

What flows in: a run, its facts and its graph. What flows out: files in the folder of a draft; or lines that say what
differs. An update reads the sources of the files that changed, and links the rest of the layer before.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from axon.graph.graph import CodeGraph
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.search.check import differing_rows
from axon.search.layer import SEARCH_FOLDER, write_layer
from axon.storage.drafts import Draft
from axon.storage.generations import Generation
from axon.storage.manifest import IndexedFile
from axon.storage.sources import Sources


def write_postings(run: Run, facts: TreeFacts, graph: CodeGraph, draft: Draft) -> None:
    """Write the search layer of a generation into its draft."""
    before = run.previous.folder / SEARCH_FOLDER if run.previous is not None and run.is_current() else None
    write_layer(
        draft.folder / SEARCH_FOLDER,
        graph,
        _sources(run.root, facts.files).find,
        number=draft.number,
        before=before if before is not None and before.is_dir() else None,
        changed=facts.changed,
    )


def wrong_postings(generation: Generation, root: Path, files: Sequence[IndexedFile], graph: CodeGraph) -> list[str]:
    """Ids of symbols whose postings a first run would make otherwise; files whose source is gone are left out."""
    sources = _sources(root, files)
    lost = frozenset(sources.missing([file.path for file in files]))
    with tempfile.TemporaryDirectory(prefix="axon-search-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, SEARCH_FOLDER)
        write_layer(made, graph, sources.find, number=0)
        rows = differing_rows(generation.folder / SEARCH_FOLDER, made)
    return [graph.nodes.ids[row] for row in rows if graph.nodes.paths[row] not in lost]


def _sources(root: Path, files: Sequence[IndexedFile]) -> Sources:
    return Sources(root, lambda: {file.path: file.digest for file in files})
