"""The search layer of a generation, made by a process of its own while its caller goes on.

What flows in: what `write_layer` takes, as one value. What flows out: the files of the layer. It does not know who
waits for them, nor what is done meanwhile.

The process is `process_child` run as a program: unlike the worker of a pool it does not import the caller's main
module, which may be a script that indexes as soon as it is imported.
"""

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.graph.graph import NodeColumns
from axon.interpreter import largest_bytes
from axon.search.layer import write_layer
from axon.storage.sources import Sources

_CHILD: Final = "axon.search.process_child"
_TASK_SUFFIX: Final = ".task"


@dataclass(frozen=True, slots=True)
class LayerTask:
    """What a layer is made of: as `write_layer`, with the digests of the files below `root` by path."""

    folder: Path
    nodes: NodeColumns
    root: Path
    digests: Mapping[str, str]
    number: int
    before: Path | None = None
    changed: frozenset[str] = frozenset()

    def run(self) -> None:
        """Make the layer, in this process."""
        sources = Sources(self.root, lambda: self.digests)
        write_layer(self.folder, self.nodes, sources.find, number=self.number, before=self.before, changed=self.changed)


class LayerProcess:
    """A process that makes one layer; `close` ends it, whatever it does."""

    def __init__(self, task: LayerTask) -> None:
        self._file = task.folder.with_name(task.folder.name + _TASK_SUFFIX)
        with self._file.open("wb") as file:
            pickle.dump(task, file, protocol=pickle.HIGHEST_PROTOCOL)
        # -P: the current folder is often the analyzed repository, whose modules must not be imported.
        # Its standard input stays open and empty: it ends by itself when that ends, as it does with this process.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", _CHILD, str(self._file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

        self._said, self._complaint, self._memory = b"", b"", 0
        self._end = threading.Thread(target=self._watch, name="axon-postings", daemon=True)
        self._end.start()

    def wait(self) -> int:
        """Wait for the layer; returns the most bytes that the process and this one can have taken together, 0: unknown.

        Raises:
            ChildProcessError: it ended before the layer was whole.
        """
        self._end.join()
        code = self._process.returncode
        if code or not self._said:
            last_line = self._complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise ChildProcessError(f"exit code {code}{': ' if last_line else ''}{last_line}")
        taken = int(json.loads(self._said)["peak_memory_bytes"])
        return taken + self._memory if taken and self._memory else 0

    def close(self) -> None:
        """End the process, if it has not ended, and remove what it was handed."""
        self._process.kill()
        self._end.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._file.unlink(missing_ok=True)

    def _watch(self) -> None:
        """Take what it says and, right when it ends, how much memory this process has taken until then."""
        answer, complaint = self._process.stdout, self._process.stderr
        assert answer is not None
        assert complaint is not None
        self._said, self._complaint = answer.read(), complaint.read()
        self._process.wait()
        self._memory = largest_bytes("RUSAGE_SELF")
