"""How the analyses grow with the graph: CPU time at two sizes of a synthetic graph, and the exponent between them.

What flows in: numbers of symbols. What flows out: a line for each analysis. The graph has five edges a symbol:
functions in files of twenty that mostly call what lies near them, and files that import near ones. Its rows are in the
order of a real graph: the symbols of a file side by side, the edges of a kind by their source. Run as
`python -m benchmarks.analyses 62500 1000000`.
"""

import math
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from axon.analyses.communities import find_communities
from axon.analyses.flows import find_flows
from axon.analyses.impact import dependents
from axon.analyses.structure import fans, import_cycles, ranks
from axon.analyses.tests import direct_tests
from axon.analyses.uses import unused_symbols
from axon.graph.view import GraphView
from axon.model.kinds import EDGE_KINDS, NODE_KINDS, RULES, EdgeKind, NodeKind, Rule

_SEED: Final = 1
_FILE: Final = 20  # symbols
_EDGES: Final = 5  # a symbol
_NEAR: Final = 60  # symbols
_NEAR_FILES: Final = 30

ANALYSES: Final[dict[str, Callable[[GraphView], object]]] = {
    "communities": find_communities,
    "flows": find_flows,
    "unused symbols": unused_symbols,
    "tests": direct_tests,
    "ranks": ranks,
    "fans": fans,
    "import cycles": import_cycles,
    "impact, depth 3": lambda view: dependents(view, np.array([view.n_nodes - 1]), 3),
}


def synthetic_view(n_nodes: int) -> GraphView:
    """A graph of that many nodes and five times as many edges; the same for the same number."""
    rng = np.random.default_rng(_SEED)
    n_files = n_nodes // _FILE
    kind = np.full(n_nodes, NODE_KINDS.index(NodeKind.FUNCTION), np.uint8)
    kind[:n_files] = NODE_KINDS.index(NodeKind.FILE)
    file_of = np.concatenate([np.arange(n_files), np.sort(rng.integers(0, n_files, n_nodes - n_files))])
    callers = np.sort(rng.integers(n_files, n_nodes, _EDGES * n_nodes - (n_nodes - n_files) - 2 * n_files))
    steps = (rng.standard_cauchy(len(callers)) * _NEAR).astype(np.int64)
    importers = np.sort(rng.integers(0, n_files, 2 * n_files))
    imported = np.clip(importers + rng.integers(-_NEAR_FILES, _NEAR_FILES, 2 * n_files), 0, n_files - 1)
    pieces = (
        (EdgeKind.DEFINES, file_of[n_files:], np.arange(n_files, n_nodes)),
        (EdgeKind.CALLS, callers, np.clip(callers + steps, n_files, n_nodes - 1)),
        (EdgeKind.IMPORTS, importers, imported),
    )
    edge_kind = np.concatenate([np.full(len(ends), EDGE_KINDS.index(kind), np.uint8) for kind, ends, _ in pieces])
    names = [f"s{number}" for number in range(n_nodes)]
    texts = {"id": names, "name": names, "path": [f"f{number}" for number in file_of.tolist()]}
    node_zeros, edge_zeros = np.zeros(n_nodes, np.int32), np.zeros(len(edge_kind), np.int32)
    return GraphView(
        kind=kind,
        flags=np.zeros(n_nodes, np.int64),
        start_line=node_zeros,
        end_line=node_zeros,
        start_byte=node_zeros,
        end_byte=node_zeros,
        edge_kind=edge_kind,
        rule=np.full(len(edge_kind), RULES.index(Rule.LEXICAL), np.uint8),
        source=np.concatenate([ends for _, ends, _ in pieces]).astype(np.int32),
        target=np.concatenate([ends for _, _, ends in pieces]).astype(np.int32),
        line=edge_zeros,
        edge_start=edge_zeros,
        edge_end=edge_zeros,
        caller=node_zeros[:0],
        texts=texts.__getitem__,
    )


def cpu_seconds(n_nodes: int) -> dict[str, float]:
    """CPU seconds of each analysis; the adjacency and the texts are made before."""
    view = synthetic_view(n_nodes)
    _ = view.incoming, view.outgoing, view.names, view.paths
    found = {}
    for name, analysis in ANALYSES.items():
        started = time.process_time()
        analysis(view)
        found[name] = time.process_time() - started
    return found


def main(arguments: Sequence[str]) -> None:
    """Print seconds at both sizes, and the exponent."""
    small, large = (int(argument) for argument in arguments[:2])
    before, after = cpu_seconds(small), cpu_seconds(large)
    for name, seconds in before.items():
        exponent = math.log(after[name] / max(seconds, 1e-6)) / math.log(large / small)
        print(f"{name:16}  {seconds:8.3f} s  {after[name]:8.3f} s  exponent {exponent:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
