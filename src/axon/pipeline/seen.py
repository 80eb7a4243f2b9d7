"""Trees that were linked before: their graphs are taken up as they are, because the same bytes give the same graph.

What flows in: a Run and the facts of the tree. What flows out: its graph, or nothing; what was linked whole is kept
for the next time. Updates of few files have no part in it, nor has `axon verify`.
"""

from pathlib import Path
from typing import Final

from xxhash import xxh3_128

from axon.errors import DamagedIndexError, StorageError
from axon.graph.graph import CodeGraph
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts
from axon.storage.columns import COLUMNS_FILE, IndexColumns
from axon.storage.drafts import COLUMNS_FOLDER
from axon.storage.freeze import read_graph
from axon.storage.graphs import GraphCache, StoredGraph
from axon.storage.linkage import LINKAGE_FILE

_LEAST_FILES: Final = 200  # smaller trees are linked as soon as their graphs are read


def graph_seen(run: Run, facts: TreeFacts, columns: Path) -> CodeGraph | None:
    """The graph of a tree that was linked before, its file put into `columns`; None where it is not known."""
    if run.is_full or len(facts.files) < _LEAST_FILES:
        return None
    key = _key(run, facts)
    with GraphCache(run.settings.cache_bytes) as cache:
        blob = cache.get([key]).get(key)
        if blob is None:
            return None
        cache.put([(key, blob)])  # the youngest again
    stored = StoredGraph.unpacked(blob)
    (columns / COLUMNS_FILE).write_bytes(stored.columns)
    try:
        with IndexColumns.open(columns) as frozen:
            graph = read_graph(frozen)
    except (DamagedIndexError, StorageError):  # of another format
        return None
    run.damage = list(stored.problems)
    run.linkage = stored.linkage
    return graph


def keep_graph(run: Run, facts: TreeFacts, folder: Path) -> None:
    """Keep the graph of a generation that was linked whole; `folder` is that generation's."""
    if len(facts.files) < _LEAST_FILES or run.n_linked < len(facts.files) or not run.session.is_written:
        return
    columns, linkage = folder / COLUMNS_FOLDER / COLUMNS_FILE, folder / LINKAGE_FILE
    stored = StoredGraph(columns.read_bytes(), linkage.read_bytes(), tuple(run.damage))
    with GraphCache(run.settings.cache_bytes) as cache:
        cache.put([(_key(run, facts), stored.packed())])


def _key(run: Run, facts: TreeFacts) -> str:
    """What a graph depends on: the program and its settings, and each file's path, language and facts."""
    digest = xxh3_128(run.program.encode())
    for file in facts.files:
        packed = xxh3_128(facts.parsed[file.path].packed).hexdigest()  # not the content: a parser may have given it up
        digest.update(f"{file.path}\0{file.language}\0{packed}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
