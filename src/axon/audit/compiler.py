"""Calls as a language's own compiler resolves them.

What flows in: the root of a tree and the files that it should be asked of. What flows out: calls between functions of
the tree, in the form in which a tracer tells them. It does not know the compiler: a script beside the language asks it.
"""

import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from axon.audit.run import merged
from axon.errors import AuditError
from axon.languages.compilers import COMPILER_HINT, COMPILER_MISSING, COMPILER_RUNTIME, COMPILER_SCRIPT
from axon.model.audit import Traced


def compiled_calls(root: Path, files: Sequence[str]) -> Traced:
    """What the compiler in the tree's own packages says of the calls in some of its files.

    Raises:
        AuditError: there is no such file, runtime or compiler, or it failed.
    """
    if not files:
        raise AuditError(f"No file of {root} is in a language whose compiler can be asked.")
    runtime = shutil.which(COMPILER_RUNTIME)
    if runtime is None:
        raise AuditError(f"`{COMPILER_RUNTIME}` is not on the PATH; the compiler runs in it.")
    begun = time.perf_counter()
    command = [runtime, "--max-old-space-size=8192", str(COMPILER_SCRIPT), str(root)]
    done = subprocess.run(command, input="\n".join(files).encode(), capture_output=True, check=False)
    if done.returncode == COMPILER_MISSING:
        raise AuditError(f"{root} has no compiler among its packages. Add it: `{COMPILER_HINT}`.")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise AuditError(
            f"The compiler failed (exit code {done.returncode}): {said[-1] if said else 'it said nothing'}"
        )
    lines = filter(None, done.stdout.decode("utf-8").split("\n"))  # a name may hold what else ends a line
    return Traced(0, time.perf_counter() - begun, tuple(merged(lines)))
