"""The compiler that an audit asks of calls, and for which languages it answers."""

from pathlib import Path
from typing import Final

COMPILER_SCRIPT: Final = Path(__file__).with_name("ecmascript_compiler.cjs")
COMPILER_RUNTIME: Final = "node"
"""The command that runs the script; the compiler itself is the one among the tree's own packages."""
COMPILER_LANGUAGES: Final = frozenset({"javascript", "typescript", "tsx"})
COMPILER_MISSING: Final = 3
"""The exit code by which the script says that there is no compiler."""
COMPILER_HINT: Final = "npm install --save-dev typescript"
