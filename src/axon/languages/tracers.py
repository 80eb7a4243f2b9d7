"""The tracer that an audit puts in a command's way, and how its interpreter finds it."""

from pathlib import Path
from typing import Final

TRACER_SOURCE: Final = Path(__file__).with_name("python_tracer.py")
TRACER_FILE: Final = "sitecustomize.py"
"""The name under which the interpreter imports it at its start."""
TRACER_PATH_VARIABLE: Final = "PYTHONPATH"
