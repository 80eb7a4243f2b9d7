"""When all is embedded: what the vectors count in a search.

What flows in: the graph in force and the vectors of one model. What flows out: a small file beside the vectors.
"""

from typing import Final

from axon.embeddings.embedder import Embedder
from axon.graph.graph import CodeGraph
from axon.search.calibration import calibrate
from axon.search.dense import DenseLane, Fusion
from axon.search.index import SearchIndex
from axon.search.layer import SEARCH_FOLDER
from axon.storage.columns import IndexColumns
from axon.storage.generations import IndexHome
from axon.storage.vectors import VectorStore

_MOVED: Final = 0.2  # share by which a tree grows or shrinks before it is looked at again


def calibrate_if_due(home: IndexHome, number: int, graph: CodeGraph, store: VectorStore, embedder: Embedder) -> None:
    """Calibrate for the generation in force, unless that was done when the tree was about as large."""
    with home.require_current() as generation:
        folder = generation.folder / SEARCH_FOLDER
        if generation.number != number or not folder.is_dir():
            return
        with IndexColumns.open(generation.columns) as columns:
            index = SearchIndex(folder, columns)
            before = Fusion.read(store.folder)
            if before is None or abs(index.n_docs - before.n_docs) > _MOVED * before.n_docs:
                calibrate(graph, index, DenseLane(store, columns), embedder).write(store.folder)
            index.close()
