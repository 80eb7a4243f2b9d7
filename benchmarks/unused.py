"""Dead code against what the tests of two tools expect of it: vulture's unused names, knip's unused exports.

What flows in: checkouts of both, which are fetched and never committed. What flows out: precision, recall, F1, and what
was missed. Run as `python -m benchmarks.unused --vulture PATH --knip PATH`.

Of vulture: every test of the three files below that scans text and checks an `unused_*` list; a list that a test does
not check is not scored. Of knip: every name that a test asserts to be in `issues.exports` or `issues.types`, where
neither the test nor a file asks for more than the default, members of namespaces and enums left out.
"""

import argparse
import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axon.analyses.dead_code import dead_symbols
from axon.analyses.finding import Finding, Unused
from axon.analyses.mentions import mentions
from axon.analyses.unused import unused_attributes, unused_imports, unused_parameters
from axon.analyses.unused_exports import unused_exports
from axon.analyses.uses import unused_symbols
from axon.cli.project import look_at_project
from axon.graph.build import FileEntry, assemble
from axon.graph.view import GraphView
from axon.languages import file_flags, is_manifest, lexicon_of, of
from axon.languages.packs import built_in_packs
from axon.model.kinds import NODE_KINDS, Flag, NodeKind
from axon.model.project import Project
from axon.parsing.extract import extract
from axon.resolution.link import Linker
from axon.resolution.start import start

_TESTS: Final = ("test_scavenging.py", "test_imports.py", "test_format_strings.py")
_LISTS: Final = ("funcs", "classes", "methods", "props", "vars", "attrs", "imports")
_ASSERTED: Final = re.compile(r"assert(?:\.\w+)?\(\s*issues\.(?:exports|types)\['([^']+)'\]\['([^']+)'\]")
_FOLDER: Final = re.compile(r"resolve\('(fixtures/[^']+)'\)")
_OPTIONS: Final = re.compile(r"createOptions\(\{\s*cwd\s*,?\s*\}\)")

Name = tuple[str, str]


@dataclass
class Score:
    """Names that were expected and found; `wrong` were found and not expected."""

    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, where: str, expected: set[Name], found: set[Name]) -> None:
        """Score one case."""
        self.right += len(expected & found)
        self.missed += [f"{where}: {name}" for name in sorted(expected - found)]
        self.wrong += [f"{where}: {name}" for name in sorted(found - expected)]

    @property
    def recall(self) -> float:
        return self.right / max(self.right + len(self.missed), 1)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + len(self.wrong), 1)

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def findings(files: dict[str, str], project: Project) -> tuple[GraphView, list[Finding]]:
    """All that nobody uses in a tree that is given as text."""
    entries = [
        FileEntry(path, language, extract(language, content.encode()), file_flags(path, language))
        for path, content in sorted(files.items())
        if (language := of(path)) is not None
    ]
    manifests = {path: content.encode() for path, content in files.items() if is_manifest(path)}
    linker = Linker(start(assemble(entries, manifests), None), built_in_packs())
    for _, phase in linker.phases():
        phase()
    view = GraphView.of(linker.graph())
    text = mentions({entry.path: files[entry.path].encode() for entry in entries}, lexicon_of)
    return view, [
        *dead_symbols(view, text, unused_symbols(view), is_library=project.is_library, with_inner=True),
        *unused_imports(view, text, lexicon_of),
        *unused_parameters(view, text, lexicon_of),
        *unused_attributes(view, text, is_library=project.is_library),
        *unused_exports(view, text, lexicon_of, project.entries),
    ]


# --- vulture ---------------------------------------------------------------------------------------------------------


def score_vulture(root: Path) -> Score:
    """All cases of vulture's tests."""
    score = Score()
    for name in _TESTS:
        for test in ast.parse((root / "tests" / name).read_text(encoding="utf-8")).body:
            if isinstance(test, ast.FunctionDef):
                case = _case(test)
                if case is not None:
                    files, expected = case
                    score.add(f"{name}::{test.name}", *_compared(files, expected))
    return score


def _case(test: ast.FunctionDef) -> tuple[dict[str, str], dict[str, set[str]]] | None:
    files: dict[str, str] = {}
    expected: dict[str, set[str]] = {}
    for statement in test.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not call.args:
            continue
        called = ast.unparse(call.func)
        if called == "v.scan" and isinstance(call.args[0], ast.Constant):
            named = [
                one.value
                for one in [*call.args[1:], *(k.value for k in call.keywords)]
                if isinstance(one, ast.Constant)
            ]
            files[str(named[0]) if named else f"m{len(files)}.py"] = str(call.args[0].value)
        elif called == "check":
            checked = re.fullmatch(r"v\.unused_(\w+)", ast.unparse(call.args[0]))
            if checked and checked[1] in _LISTS:
                expected[checked[1]] = set(_texts(call.args[1]))
    return (files, expected) if files and expected else None


def _texts(tree: ast.expr) -> Iterator[str]:
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _compared(files: dict[str, str], expected: dict[str, set[str]]) -> tuple[set[Name], set[Name]]:
    view, found = findings(files, Project())
    names = {(_list_of(view, files, one), one.name) for one in found if one.is_direct}
    wanted = {(kind, name) for kind, all_names in expected.items() for name in all_names}
    return wanted, {(kind, name) for kind, name in names if kind in expected}


def _list_of(view: GraphView, files: dict[str, str], finding: Finding) -> str:
    if finding.what is Unused.IMPORT:
        return "imports"
    if finding.what is not Unused.SYMBOL:
        return "attrs" if finding.what is Unused.ATTRIBUTE else "vars"
    kind, flags = NODE_KINDS[view.kind[finding.row]], int(view.flags[finding.row])
    if kind is NodeKind.PROPERTY:
        is_of_instance = files[view.paths[finding.row]].encode().startswith(b"self.", view.start_byte[finding.row])
        return "props" if flags & Flag.ACCESSOR else "attrs" if is_of_instance else "vars"
    return {NodeKind.FUNCTION: "funcs", NodeKind.METHOD: "methods", NodeKind.VARIABLE: "vars"}.get(kind, "classes")


# --- knip ------------------------------------------------------------------------------------------------------------


def score_knip(root: Path) -> Score:
    """All folders that a test of knip's looks at without further options."""
    score = Score()
    expected: dict[str, set[Name]] = {}
    for folder, names in _knip_cases(root / "packages/knip/test"):
        expected.setdefault(folder, set()).update(names)
    for folder, names in sorted(expected.items()):
        place = root / "packages/knip" / folder
        files = dict(_files(place))
        if names and files and not any("includeEntryExports" in text for text in _settings(place)):
            view, found = findings(files, look_at_project(place, list(files)))
            reported = {(view.paths[one.row], one.name) for one in found if one.what is Unused.EXPORT}
            score.add(folder, names, reported)
    return score


def _knip_cases(tests: Path) -> Iterator[tuple[str, set[Name]]]:
    for path in sorted(tests.rglob("*.test.ts")):
        text = path.read_text(encoding="utf-8")
        folder = _FOLDER.findall(text)
        if len(folder) == 1 and text.count("createOptions({") == len(_OPTIONS.findall(text)):
            yield folder[0], {(file, name) for file, name in _ASSERTED.findall(text) if "." not in name}


def _settings(folder: Path) -> Iterator[str]:
    """Contents of knip's own settings, some of which ask for more than what nobody uses."""
    for path in (*folder.rglob("knip.*"), *folder.rglob("package.json")):
        yield path.read_text(encoding="utf-8", errors="replace")


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder).as_posix()
        if path.is_file() and (of(relative) or is_manifest(relative)):
            yield relative, path.read_text(encoding="utf-8", errors="replace")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vulture", type=Path)
    parser.add_argument("--knip", type=Path)
    options = parser.parse_args(arguments)
    for name, score in (
        ("vulture", score_vulture(options.vulture) if options.vulture else None),
        ("knip", score_knip(options.knip) if options.knip else None),
    ):
        if score is not None:
            n_expected = score.right + len(score.missed)
            measures = f"precision {score.precision:.3f}, recall {score.recall:.3f}, F1 {score.f1:.3f}"
            print(f"{name}: {score.right} of {n_expected}, {measures}")
            for line in score.missed:
                print(f"  missed {line}")
            for line in score.wrong:
                print(f"  more   {line}")


if __name__ == "__main__":
    main()
