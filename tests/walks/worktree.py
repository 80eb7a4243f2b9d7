"""A real git work tree that edits are made in.

What flows in: a folder that is copied. What flows out: its source files, what they define, and ways to change them that
need no knowledge of a language beyond its words.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Final

SCRIPT_ENDS: Final = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
SOURCE_ENDS: Final = (".py", ".pyi", *SCRIPT_ENDS)

_DEFINED: Final = re.compile(r"\b(?:def|class|function|const|interface|type|enum) +(\w+)")


class WorkTree:
    """The files below `root`, which is a git repository with one commit; paths are relative, with `/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def copy_of(cls, original: Path | Mapping[str, str], root: Path) -> "WorkTree":
        """A copy of a folder, or of files by path, under git."""
        if isinstance(original, Path):
            kept_out = shutil.ignore_patterns(".git", ".axon", "node_modules", "__pycache__")
            shutil.copytree(original, root, ignore=kept_out, symlinks=True)
        tree = cls(root)
        if not isinstance(original, Path):
            for path, text in original.items():
                tree.write(path, text)
        tree.git("init", "-q", "-b", "main")
        tree.git("config", "core.fsync", "none")
        tree.commit()
        return tree

    def git(self, *arguments: str) -> str:
        """What git says; a command that fails is a fault of the test."""
        return subprocess.run(
            ["git", "-C", str(self.root), *arguments], check=True, capture_output=True, text=True
        ).stdout

    def commit(self) -> None:
        """Everything, as one commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "step")

    def sources(self) -> list[str]:
        """Source files on disk, tracked or not, sorted."""
        found = []
        for folder, below, names in os.walk(self.root):
            below[:] = sorted(name for name in below if name not in (".git", ".axon"))
            inside = Path(folder).relative_to(self.root).as_posix()
            found += [f"{inside}/{name}".removeprefix("./") for name in names if name.endswith(SOURCE_ENDS)]
        return sorted(found)

    def folders(self) -> list[str]:
        """Folders that hold source files, sorted; '' is the root."""
        return sorted({path.rpartition("/")[0] for path in self.sources()})

    def contents(self) -> dict[str, bytes]:
        """The bytes of every source file."""
        return {path: (self.root / path).read_bytes() for path in self.sources()}

    def read(self, path: str) -> str:
        """A file's text; bytes that are no text come back as they were by `write`."""
        return (self.root / path).read_bytes().decode("utf-8", "surrogateescape")

    def write(self, path: str, text: str) -> None:
        """Create or replace a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8", "surrogateescape"))

    def some_file(self, dice: Random) -> str:
        """One of the source files."""
        return dice.choice(self.sources())

    def some_name(self, dice: Random) -> str:
        """A name that some file defines; now and then one that none does."""
        for _ in range(5):
            if names := sorted(set(_DEFINED.findall(self.read(self.some_file(dice))))):
                return str(dice.choice(names))
        return "nothing_of_that_name"

    def free_path(self, dice: Random, like: str) -> str:
        """A path that is not taken, of the same suffix, in any folder or in a new one."""
        folder = dice.choice([*self.folders(), f"fresh{dice.randrange(100)}"])
        stem, suffix = os.path.splitext(like.rpartition("/")[2])
        for name in (stem, dice.choice(("index", "__init__", "main", stem)), f"{stem}_{dice.randrange(10**6)}"):
            path = f"{folder}/{name}{suffix}".removeprefix("/")
            if not (self.root / path).exists() and not (self.root / path).is_symlink():
                break
        return path
