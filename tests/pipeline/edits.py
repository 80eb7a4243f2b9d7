"""Edit scripts for trees of Python: values that hypothesis draws, and what each does to a tree."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st

PATHS = (
    "a/__init__.py",
    "a/one.py",
    "a/two.py",
    "a/sub/__init__.py",
    "a/sub/deep.py",
    "b/__init__.py",
    "b/three.py",
    "top.py",
)
MODULES = tuple(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in PATHS)
NAMES = ("alpha", "beta", "Gamma", "Delta")


@dataclass(frozen=True)
class Source:
    """One file, as choices: what it imports (`module`, `name`, form), its base class, its signature, what it calls."""

    imports: tuple[tuple[int, int, int], ...] = ()
    base: int = 0
    arguments: int = 0
    body: int = 0
    lead: int = 0
    names: tuple[int, int] = (0, 2)

    def text(self) -> str:
        """The file as Python."""
        lines = ["# lead"] * self.lead
        for module, name, form in self.imports:
            lines.append(
                (
                    f"import {MODULES[module]}",
                    f"from {MODULES[module]} import {NAMES[name]}",
                    f"from {MODULES[module]} import *",
                    f"from {MODULES[module]} import {NAMES[name]} as {NAMES[(name + 1) % 4]}",
                    f"import {MODULES[module]} as {NAMES[name]}",
                    "import os.path, json",
                    "from . import one, two",
                )[form]
            )
        function, cls = (NAMES[i] for i in self.names)
        parameters = ", ".join(f"p{i}: {NAMES[2]} = None" for i in range(self.arguments))
        base = ("", "(Gamma)", "(Delta)", "(a.one.Gamma, Delta)", "(dict)")[self.base]
        use = ("pass", "alpha()", "Gamma().run()", "beta(os.path.join())", "a.one.alpha()\n    alpha()", "x.lost()")
        return "\n".join(
            [
                *lines,
                f"def {function}({parameters}):\n    {use[self.body]}",
                f"class {cls}{base}:\n    field = 1",
                "    def run(self):",
                f"        return self.field or {NAMES[self.names[0]]}() or self.go() or super().run()",
                "    def go(self):\n        " + use[self.body].replace("\n    ", "\n        "),
                "if alpha:\n    def alpha(): pass" if self.lead else "",
                "",
            ]
        )


Files = dict[str, Source]
Edit = Callable[[Files], None]
_small = st.integers(0, 100)
_import = st.tuples(st.integers(0, len(MODULES) - 1), st.integers(0, 3), st.integers(0, 6))

sources = st.builds(
    Source,
    imports=st.lists(_import, max_size=3).map(tuple),
    base=st.integers(0, 4),
    arguments=st.integers(0, 2),
    body=st.integers(0, 5),
    lead=st.integers(0, 2),
    names=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
first_trees = st.fixed_dictionaries(dict.fromkeys(PATHS[:4], sources), optional=dict.fromkeys(PATHS[4:], sources))


@dataclass(frozen=True)
class Step:
    """One edit: `kind` says what is done, `at` and `to` where, `source` with what."""

    kind: str
    at: int
    to: int
    source: Source

    def apply(self, files: Files) -> None:
        """Change `files`; a step that does not fit does nothing."""
        path = sorted(files)[self.at % len(files)]
        other = PATHS[self.to % len(PATHS)]
        if self.kind == "add":
            files[other] = self.source
        elif self.kind == "delete" and len(files) > 2:
            del files[path]
        elif self.kind == "move" and len(files) > 2:
            files[other] = files.pop(path)
        elif self.kind == "twin":
            files[other] = files[path]
        elif self.kind in _PARTS:
            part = _PARTS[self.kind]
            files[path] = replace(files[path], **{part: getattr(self.source, part)})


_PARTS = {
    "edit body": "body",
    "change signature": "arguments",
    "rename": "names",
    "imports": "imports",
    "base": "base",
    "shift": "lead",
}

steps = st.builds(
    Step, kind=st.sampled_from([*_PARTS, "add", "delete", "move", "twin"]), at=_small, to=_small, source=sources
)
