"""CPU seconds of the postings of an indexed tree: `python -m benchmarks.postings ROOT FOLDER`, FOLDER is made.

What flows in: the index of a tree. What flows out: one number, on standard output.
"""

import sys
import time
from pathlib import Path

from axon.questions.opened import open_index
from axon.search.layer import write_layer
from axon.storage.freeze import read_graph


def main(root: str, folder: str) -> None:
    """Make the postings once, in a process that has seen no word before."""
    with open_index(Path(root)) as index:
        nodes = read_graph(index.columns).nodes
        started = time.process_time()
        write_layer(Path(folder), nodes, index.sources.find, number=1)
        print(time.process_time() - started)


if __name__ == "__main__":
    main(*sys.argv[1:])
