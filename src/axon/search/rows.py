"""From documents to rows of the graph.

What flows in: an open layer. What flows out: a row for each document. A layer stores no row but that of the first
file: files stand in the graph in order of path, and behind them the symbols of each, in order.
"""

import numpy as np
import numpy.typing as npt

from axon.search.layer import OpenLayer

Rows = npt.NDArray[np.int64]


def rows_of(layer: OpenLayer) -> Rows:
    """Row of each document, all segments in a row; -1 where another version of its file is in force."""
    layout, segments = layer.layout, layer.segments
    n_files = len(layout.segment)
    counts = np.zeros(n_files, np.int64)
    for code, segment in enumerate(segments):
        here = layout.segment == code
        counts[here] = np.diff(segment.file_docs)[layout.place[here]]
    first_symbols = layout.first_file + n_files + np.cumsum(counts - 1) - (counts - 1)
    parts = [np.zeros(0, np.int64)]
    for code, segment in enumerate(segments):
        rows = np.full(segment.n_docs, -1, np.int64)
        files = np.flatnonzero(layout.segment == code)
        each = counts[files]
        within = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
        docs = np.repeat(segment.file_docs[layout.place[files]], each) + within
        symbols = np.repeat(first_symbols[files], each) + within - 1
        rows[docs] = np.where(within == 0, layout.first_file + np.repeat(files, each), symbols)
        parts.append(rows)
    return np.concatenate(parts)
