"""Definitions by name and kind beside those of universal-ctags, which is asked here only.

What flows in: a tree. What flows out: for each language and kind how many definitions both find. What the two do not
both mean to find is left out on both sides: variables and fields, what lies in functions, what has no name, and
functions that a variable or a key of an object holds, which ctags takes for variables, properties or classes.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.languages import of
from axon.model.facts import NO_DEFINITION, FileFacts
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.parsing.extract import extract
from benchmarks.corpora import Corpus
from benchmarks.processes import CommandFailedError

HEAD: Final = """# Definitions beside universal-ctags

`make bench ARGS='--definitions --write'` writes this page; universal-ctags has to be installed. Both sides are
compared by path, name and kind. Left out on both are variables and fields, what lies in functions, what has no
name, functions that a variable or a key of an object holds, and types that comments of JavaScript define. What is
left to differ is mostly this. ctags takes objects, arrays, what `new` makes and what is exported for classes of
JavaScript; imported types, type parameters, `as`, `from` and `string` for aliases of TypeScript, and words such as
`if`, `for` and `catch` for methods: none of these is a definition. After syntax that it does not know it leaves out the
rest of a class, and accessors and what `export default` names always.

"""

Definition = tuple[str, str, str]  # path, name, kind

_CALLABLE: Final = "function, method"
_OURS: Final = {
    NodeKind.CLASS: "class",
    NodeKind.INTERFACE: "interface",
    NodeKind.ENUM: "enum",
    NodeKind.TYPE_ALIAS: "alias",
    NodeKind.FUNCTION: _CALLABLE,
    NodeKind.METHOD: _CALLABLE,
    NodeKind.PROPERTY: _CALLABLE,  # only one that runs code
}
_THEIRS: Final = {
    **{kind: kind for kind in ("class", "interface", "enum", "alias")},
    **dict.fromkeys(("function", "generator", "method", "member", "getter", "setter"), _CALLABLE),
}
_IN_FUNCTIONS: Final = frozenset({"function", "generator", "method", "member", "getter", "setter"})
_LANGUAGES: Final = {"python": "Python", "javascript": "JavaScript", "typescript": "TypeScript"}
_NAME = re.compile(r"#?[\w$]+")
_BOUND = re.compile(rb"[\w$.#'\"\s]*[=:]")  # a name, and what it is bound to
_MOST_BYTES: Final = 500_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Definitions of one kind in one language of one tree: how many each side finds, and both."""

    corpus: str
    language: str
    kind: str
    ours: int
    theirs: int
    both: int

    @property
    def precision(self) -> float:
        """The share of ours that ctags finds as well."""
        return self.both / self.ours if self.ours else 1.0

    @property
    def recall(self) -> float:
        """The share of what ctags finds that we find."""
        return self.both / self.theirs if self.theirs else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.both / (self.ours + self.theirs) if self.ours + self.theirs else 1.0


def compare(corpus: Corpus) -> list[Agreement]:
    """The agreement for each language and kind.

    Raises:
        CommandFailedError: universal-ctags is not installed, or failed.
    """
    files = dict(_files(corpus.root))
    found: list[Agreement] = []
    for language in _LANGUAGES:
        paths = [path for path, name in files.items() if name == language]
        ours = {d for path in paths for d in our_definitions(path, language, (corpus.root / path).read_bytes())}
        theirs = set(_tagged(corpus.root, language, paths)) if paths else set()
        kinds = sorted({kind for _, _, kind in ours | theirs})
        rows = [_agreement(corpus.name, language, kind, ours, theirs) for kind in kinds]
        found += [*rows, *([_agreement(corpus.name, language, "", ours, theirs)] if len(rows) > 1 else [])]
    return found


def definitions_table(rows: Iterable[Agreement]) -> str:
    """The agreements as a Markdown table."""
    lines = [
        "| tree | language | kind | ours | ctags | both | precision | recall | F1 |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        figures = (
            f"{row.ours:,} | {row.theirs:,} | {row.both:,} | {row.precision:.3f} | {row.recall:.3f} | {row.f1:.3f}"
        )
        lines.append(f"| {row.corpus} | {_LANGUAGES[row.language]} | {row.kind or '**all**'} | {figures} |")
    return "\n".join(lines)


def our_definitions(path: str, language: str, content: bytes) -> Iterator[Definition]:
    """The definitions of one file that ctags means to find as well."""
    facts = extract(language, content)
    table = facts.definitions
    for row, (code, name) in enumerate(zip(table.kind, table.name, strict=True)):
        kind, text = NODE_KINDS[code], facts.strings[name]
        if kind not in _OURS or not _NAME.fullmatch(text) or _is_inside(facts, row):
            continue
        if kind is NodeKind.TYPE_ALIAS and language == "javascript":  # in a comment
            continue
        if kind is NodeKind.PROPERTY and not table.flags[row] & Flag.ACCESSOR:
            continue
        if _OURS[kind] == _CALLABLE and _BOUND.match(content, table.start_byte[row], table.end_byte[row]):
            continue
        yield path, text.lstrip("#"), _OURS[kind]


def _is_inside(facts: FileFacts, row: int) -> bool:
    """Whether a definition lies in a function, or is a member of an object."""
    table, owner = facts.definitions, facts.definitions.owner[row]
    while owner != NO_DEFINITION:
        if NODE_KINDS[table.kind[owner]] in (NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.PROPERTY, NodeKind.VARIABLE):
            return True
        owner = table.owner[owner]
    return False


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """Paths below a root with their languages, markup counting as the language around it."""
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        language = {"tsx": "typescript"}.get(of(relative) or "", of(relative))
        is_built = relative.endswith((".d.ts", ".min.js")) or bool({"node_modules", "dist"} & {*path.parts})
        if language in _LANGUAGES and not is_built and path.is_file() and path.stat().st_size <= _MOST_BYTES:
            yield relative, language or ""


def _tagged(root: Path, language: str, paths: Sequence[str]) -> Iterator[Definition]:
    """What universal-ctags finds in files."""
    command = ["ctags", f"--languages={_LANGUAGES[language]}", "--output-format=json", "--fields=+KZ", "-L", "-"]
    if shutil.which("ctags") is None:
        raise CommandFailedError("universal-ctags is not installed: its package is called universal-ctags")
    listed = "\n".join(paths)
    done = subprocess.run([*command, "-f", "-"], input=listed, text=True, capture_output=True, cwd=root, check=False)
    if done.returncode:
        raise CommandFailedError(f"ctags failed: {done.stderr.strip()[:200]}")
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        kind = _THEIRS.get(tag.get("kind", ""))
        if kind is None or tag.get("scopeKind") in _IN_FUNCTIONS or not _NAME.fullmatch(tag["name"]):
            continue
        if not tag["name"].startswith("Anonymous"):
            yield tag["path"], tag["name"].lstrip("#"), kind


def _agreement(corpus: str, language: str, kind: str, ours: set[Definition], theirs: set[Definition]) -> Agreement:
    """`kind` is '' for all kinds."""
    mine = {d for d in ours if d[2] == kind or not kind}
    others = {d for d in theirs if d[2] == kind or not kind}
    return Agreement(corpus, language, kind, len(mine), len(others), len(mine & others))
