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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.graph.graph import NodeColumns
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

    def wait(self) -> int:
        """Wait for the layer; returns the most memory that the process took, in bytes, 0 where the system is silent.

        Raises:
            ChildProcessError: it ended before the layer was whole.
        """
        answer, complaint = self._process.stdout, self._process.stderr
        assert answer is not None
        assert complaint is not None
        said = answer.read()
        last_line = complaint.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
        code = self._process.wait()
        if code or not said:
            raise ChildProcessError(f"exit code {code}{': ' if last_line else ''}{last_line}")
        return int(json.loads(said)["peak_memory_bytes"])

    def close(self) -> None:
        """End the process, if it has not ended, and remove what it was handed."""
        self._process.kill()
        self._process.communicate()
        self._file.unlink(missing_ok=True)
