"""The child of `process`: makes one search layer and says how much memory that took.

What flows in: the path of a task as the only argument. What flows out: the files of a layer, and one line of JSON. It
ends when its standard input does, because then its parent has.
"""

import json
import os
import pickle
import sys
import threading
from pathlib import Path

from axon.interpreter import largest_bytes, without_collector
from axon.search.process import LayerTask


def main() -> None:
    """Make the layer that the first argument names."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with without_collector():
        task = pickle.loads(Path(sys.argv[1]).read_bytes())
        assert isinstance(task, LayerTask)
        task.run()
    sys.stdout.buffer.write(json.dumps({"peak_memory_bytes": largest_bytes("RUSAGE_SELF")}).encode())
    sys.stdout.buffer.flush()
    os._exit(0)  # the thread waits for input still


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
