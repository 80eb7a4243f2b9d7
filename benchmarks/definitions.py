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
from typing import Any, Final

from axon.languages import of
from axon.model.facts import NO_DEFINITION, BindingKind, FileFacts
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.parsing.extract import extract
from benchmarks.corpora import Corpus
from benchmarks.processes import CommandFailedError

HEAD: Final = """# Definitions beside universal-ctags

`make bench ARGS='--definitions --write'` writes this page; universal-ctags has to be installed. Both sides are
compared by path, name and kind. Left out on both are variables and fields, what lies in functions and objects, what has
no name, functions that a variable or a key of an object holds, and types that comments of JavaScript define. A tag
counts where its line declares it, with `class`, `interface`, `enum`, `type` or as a function: ctags takes objects,
arrays and what `new` makes for classes of JavaScript, and imported types for aliases of TypeScript. What is left to
differ is mostly that ctags loses the rest of a class, or of a file, behind syntax that it does not know, and leaves out
accessors and what `export default` names always. What only ctags has is mostly words such as `switch` and `extends`.

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
_KEYWORDS: Final = {"class": "class", "interface": "interface", "enum": "enum", "alias": "type"}
_NAME = re.compile(r"#?[\w$]+")
_BOUND = re.compile(rb"[\w$.#'\"\s]*[=:]")  # a name, and what it is bound to
_BLOCK, _UNBOUND = int(BindingKind.BLOCK), int(BindingKind.UNBOUND)
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
    """Whether a definition lies in a function, or is a member of an object, with or without a name."""
    table, owner, bindings = facts.definitions, facts.definitions.owner[row], facts.bindings
    start = table.start_byte[row]
    places = zip(bindings.kind, bindings.scope, bindings.name, bindings.start_byte, strict=True)
    named, at = {(kind, *at) for kind, *at, first in places if first == start}, (owner, table.name[row])
    if (_BLOCK, *at) in named and (_UNBOUND, *at) not in named:
        return True
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
    """What universal-ctags finds in files that the source declares there, in no function and in no object."""
    tags = list(_tags(root, language, paths))
    texts = {path: (root / path).read_text("utf-8", "replace").split("\n") for path in {tag["path"] for tag in tags}}
    kinds = [_declared(tag["name"], tag["kind"], texts[tag["path"]][tag["line"] - 1]) for tag in tags]
    names = [(tag["path"], f"{tag['scope']}.{tag['name']}" if "scope" in tag else tag["name"]) for tag in tags]
    classes = {name for name, kind in zip(names, kinds, strict=True) if kind == "class"}
    functions = {name for name, tag in zip(names, tags, strict=True) if tag["kind"] in _IN_FUNCTIONS}
    for tag, kind in zip(tags, kinds, strict=True):
        parts = tag.get("scope", "").split(".")
        is_inside = any((tag["path"], ".".join(parts[:n])) in functions for n in range(1, len(parts) + 1))
        in_object = tag.get("scopeKind") == "class" and (tag["path"], tag["scope"]) not in classes
        if kind and not is_inside and not in_object and tag.get("scopeKind") not in _IN_FUNCTIONS:
            yield tag["path"], tag["name"].lstrip("#"), kind


def _tags(root: Path, language: str, paths: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Every tag of universal-ctags in files.

    Raises:
        CommandFailedError: it is not installed, or failed.
    """
    command = ["ctags", f"--languages={_LANGUAGES[language]}", "--map-Python=+.pyi", "--output-format=json"]
    if shutil.which("ctags") is None:
        raise CommandFailedError("universal-ctags is not installed: its package is called universal-ctags")
    command += ["--fields=+KZn", "-L", "-", "-f", "-"]
    listed = "\n".join(paths)
    done = subprocess.run(command, input=listed, text=True, capture_output=True, cwd=root, check=False)
    if done.returncode:
        raise CommandFailedError(f"ctags failed: {done.stderr.strip()[:200]}")
    return (json.loads(line) for line in done.stdout.splitlines())


def _declared(name: str, kind: str, line: str) -> str:
    """The kind of a tag as its line declares it, '' where that declares nothing of the name."""
    found, written = _THEIRS.get(kind, ""), re.escape(name)
    if not _NAME.fullmatch(name) or name.startswith("Anonymous"):
        return ""
    word = _KEYWORDS.get(found)
    if word is None:  # `new (…)` in an interface has no name, and what is bound to one is left out
        is_bound = re.search(rf"(?<![\w$]){written}\s*[:=](?![=>])", line)
        return found if name != "new" and not is_bound else ""
    if re.search(rf"\b{word}\s+{written}(?![\w$])" + (r"\s*(?:[<=]|$)" if found == "alias" else ""), line):
        return found
    is_function = found == "class" and re.search(rf"\bfunction\b\s*\*?\s*{written}(?![\w$])", line)
    return _CALLABLE if is_function else ""


def _agreement(corpus: str, language: str, kind: str, ours: set[Definition], theirs: set[Definition]) -> Agreement:
    """`kind` is '' for all kinds."""
    mine = {d for d in ours if d[2] == kind or not kind}
    others = {d for d in theirs if d[2] == kind or not kind}
    return Agreement(corpus, language, kind, len(mine), len(others), len(mine & others))
