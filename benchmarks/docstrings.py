"""Trees without documentation, and the sentences that were taken out: a test set that every documented tree brings.

What flows in: a folder. What flows out: a copy of its sources with every docstring blanked, so that no position of
anything else moves; and the first sentence of each documented function by its id. It reads Python with `ast`, and of
other languages the comments that begin with `/**`.
"""

import ast
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from axon.graph.graph import CodeGraph
from axon.model.kinds import CALLABLE_CODES

_COMMENT: Final = re.compile(rb"/\*\*.*?\*/", re.DOTALL)
_SENTENCE: Final = re.compile(r"[.!?](\s|$)")
_SUFFIXES: Final = (".py", ".ts", ".tsx", ".js", ".mjs", ".jsx")
_LEFT_OUT: Final = frozenset({"node_modules", "dist"})  # a build says again what its sources say
_LEAST_WORDS: Final = 3
_PLACEHOLDER: Final = b"..."

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_Documented: TypeAlias = _Function | ast.ClassDef | ast.Module


def copy_without_docstrings(source: Path, target: Path, *, strip: bool = True) -> None:
    """Copy the sources below a folder, and not what was built of them; with `strip`, every docstring is blanked."""
    for path in _sources(source):
        content = path.read_bytes()
        if strip:
            content = _without_docstrings(content) if path.suffix == ".py" else _COMMENT.sub(_blank_match, content)
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)


def sentences(root: Path, graph: CodeGraph) -> dict[str, str]:
    """First sentences of documented functions by id, of at least three words, that no two functions share."""
    found = {id: text for id, text in _said(root, graph).items() if len(text.split()) >= _LEAST_WORDS}
    times = Counter(found.values())
    return {id: text for id, text in found.items() if times[text] == 1}


def _said(root: Path, graph: CodeGraph) -> dict[str, str]:
    nodes, found = graph.nodes, {}
    kinds, parsed = nodes.kind.tolist(), {}
    for row, summary in enumerate(nodes.summaries):
        path = nodes.paths[row]
        if not summary or kinds[row] not in CALLABLE_CODES:
            continue
        if path.endswith(".py"):
            if path not in parsed:
                parsed[path] = _docstrings((root / path).read_bytes())
            summary = parsed[path].get(int(nodes.end_line[row]), summary)  # noqa: PLW2901
        found[nodes.ids[row]] = first_sentence(summary)
    return found


def first_sentence(text: str) -> str:
    """Up to the first full stop, or the first empty line, on one line."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    end = _SENTENCE.search(paragraph)
    return paragraph[: end.start()] if end else paragraph


def _docstrings(content: bytes) -> dict[int, str]:
    """Docstrings of functions by the line in which those end; the outermost of several that end there counts."""
    found: dict[int, str] = {}
    for node in ast.walk(_parsed(content)):
        if isinstance(node, _Function) and node.end_lineno is not None and (text := ast.get_docstring(node)):
            found.setdefault(node.end_lineno, text)
    return found


def _parsed(content: bytes) -> ast.Module:
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _without_docstrings(content: bytes) -> bytes:
    starts = [0]
    for line in content.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    mark = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    blanked = bytearray(content)
    for node in ast.walk(_parsed(content)):
        if isinstance(node, _Documented) and (text := _docstring_of(node)) is not None:
            begin, end = (
                starts[line - 1] + column + (mark if line == 1 else 0)
                for line, column in ((text.lineno, text.col_offset), (text.end_lineno or 0, text.end_col_offset or 0))
            )
            blank = _blank(content[begin:end])
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            blanked[begin:end] = _PLACEHOLDER[: len(blank)] + blank[len(_PLACEHOLDER) :] if alone else blank
    return bytes(blanked)


def _docstring_of(node: _Documented) -> ast.Expr | None:
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return None
    return first if isinstance(first.value.value, str) else None


def _blank(text: bytes) -> bytes:
    return bytes(byte if byte in b"\r\n" else 32 for byte in text)


def _blank_match(match: re.Match[bytes]) -> bytes:
    return _blank(match[0])


def _sources(folder: Path) -> Iterator[Path]:
    for parent, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _LEFT_OUT)
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(_SUFFIXES))
