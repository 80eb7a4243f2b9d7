"""The project as house tests see it: its files, parsed once, and a way to make one from a snippet.

What flows in: the checkout. What flows out: `Module` values. Nothing here decides what is allowed.
"""

import ast
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src/axon"
LEFT_OUT = frozenset({"dist", "build", "__pycache__"})
HIDDEN_BUT_OURS = frozenset({".ci", ".github", ".gitignore", ".pre-commit-config.yaml"})

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python file: `path` is relative to the folder it was searched in, with `/`."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The first part of the path: the layer a module of src/axon belongs to."""
        return self.path.partition("/")[0].removesuffix(".py")

    def at(self, node: ast.AST, what: str) -> str:
        """One violation, as an editor can jump to it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"


def snippet(text: str, path: str = "storage/bad.py") -> Module:
    """A module that does not exist: what a checker must refuse or let pass."""
    return Module(path, text, ast.parse(text))


@cache
def modules() -> Sequence[Module]:
    """Every module of src/axon, by path."""
    return _read(SRC)


@cache
def suite() -> Sequence[Module]:
    """Every Python file of tests/ that is not a piece of test data."""
    return [m for m in _read(ROOT / "tests") if m.package not in ("data", "cases")]


@cache
def committed_files() -> Sequence[Path]:
    """What a commit would hold: what git lists, or, where there is no git, the tree without build output."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return [p for p in sorted(ROOT.rglob("*")) if p.is_file() and all(map(_is_ours, p.relative_to(ROOT).parts))]
    paths = (ROOT / name.decode() for name in sorted(listed.split(b"\0")) if name)
    return [path for path in paths if path.is_file()]


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the Constant nodes that are texts for readers: docstrings, and strings that stand alone."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def strings(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """The string literals that the program uses, docstrings left out; an f-string is one text, with `x` for a value."""
    left_out = docstrings(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr):
            left_out |= {id(part) for part in node.values}
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node, node.value


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted text of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node, ast.unparse(node.func)


def _is_ours(part: str) -> bool:
    return part not in LEFT_OUT and (part in HIDDEN_BUT_OURS or not part.startswith("."))


def _read(folder: Path) -> list[Module]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path.relative_to(folder).as_posix(), text, ast.parse(text)))
    return found
