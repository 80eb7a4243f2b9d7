"""What the README shows is true: its program runs, its commands exist, its figures of the format are the format."""

import re
import subprocess
import sys
from pathlib import Path

from axon.cli.commands import COMMANDS

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
TREE = {
    "pkg/__init__.py": "from pkg.core import run_pipeline\n",
    "pkg/core.py": "def run_pipeline():\n    return 1\n\n\ndef main():\n    return run_pipeline()\n",
}


def test_the_program_runs(tmp_path: Path) -> None:
    """The Python example indexes the folder it stands in, and finds the caller of the function that it names."""
    for path, content in TREE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(content)
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.splitlines()[-1] == "pkg/core.py::main lexical 6"


def test_every_command_is_shown() -> None:
    """Each command of the program stands in the README, and each that stands there exists."""
    shown = set(re.findall(r"axon ([a-z]+(?:-[a-z]+)*)\b", README)) - {"codegraph"}
    assert shown == set(COMMANDS)
