"""Calls that happen while a command runs.

What flows in: a command and the root of a tree. What flows out: what a tracer saw in its processes. The tracer is the
only part that knows an interpreter; it is put in the command's way by its environment.
"""

import json
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from axon.errors import AuditError
from axon.languages.tracers import TRACER_FILE, TRACER_PATH_VARIABLE, TRACER_SOURCE
from axon.model.audit import ObservedCall, ObservedFunction, Traced

_ROOT: Final = "AXON_TRACE_ROOT"
_OUT: Final = "AXON_TRACE_OUT"
_STDERR: Final = 2


def trace(command: str, root: Path) -> Traced:
    """Run a command in the tree, through the shell, and gather what its interpreters called.

    What the command prints goes to this process's stderr: stdout is the answer's.

    Raises:
        AuditError: no process of the command was traced.
    """
    with TemporaryDirectory(prefix="axon-audit-") as folder:
        hooks, out = Path(folder, "hooks"), Path(folder, "out")
        hooks.mkdir()
        out.mkdir()
        shutil.copy(TRACER_SOURCE, hooks / TRACER_FILE)
        before = os.environ.get(TRACER_PATH_VARIABLE, "")
        path = os.pathsep.join(filter(None, [str(hooks), before]))
        environment = {**os.environ, _ROOT: str(root), _OUT: str(out), TRACER_PATH_VARIABLE: path}
        begun = time.perf_counter()
        done = subprocess.run(command, shell=True, cwd=root, env=environment, stdout=_STDERR, check=False)
        seconds = time.perf_counter() - begun
        files = sorted(out.iterdir())
        if not files:
            raise AuditError(
                f"Nothing of {root} ran in `{command}` (exit code {done.returncode}). "
                "Check that the command runs the code of this tree, not an installed copy, and leaves PYTHONPATH as it "
                "is: set it for `axon audit` instead."
            )
        lines = (line for file in files for line in file.read_text("utf-8").splitlines())
        return Traced(done.returncode, seconds, tuple(merged(lines)), ran=True)


def merged(lines: Iterable[str]) -> Iterator[ObservedCall]:
    """The calls that lines of JSON tell, each once with the sum of its counts."""
    counts: Counter[tuple[ObservedFunction, ObservedFunction, tuple[int, ...], bool]] = Counter()
    for text in lines:
        row: Mapping[str, Any] = json.loads(text)
        key = (_function(row["caller"]), _function(row["callee"]), tuple(row["at"]), bool(row["is_call"]))
        counts[key] += int(row["count"])
    order = sorted(counts, key=lambda key: (key[0].path, key[2], key[1].path, key[1].line, key[1].name, key[0].line))
    for caller, callee, at, is_call in order:
        line, end_line, column, end_column = at
        count = counts[caller, callee, at, is_call]
        yield ObservedCall(caller, callee, line, end_line, column, end_column, is_call, count)


def _function(told: list[Any]) -> ObservedFunction:
    path, line, name = told
    return ObservedFunction(str(path).replace(os.sep, "/"), int(line), str(name))
