"""Which lines ran, from what coverage tools leave behind: coverage.py's database or JSON, and lcov.

What flows in: a file. What flows out: lines by path, relative to the root. It does not know what is asked of them.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from axon.errors import UsageError
from axon.questions.dead_code import Coverage

_USUAL: Final = (".coverage", "coverage.json", "lcov.info", "coverage/lcov.info")
_SQLITE: Final = b"SQLite format 3"


def read_coverage(root: Path, path: Path | None) -> Coverage | None:
    """Lines that ran; without a path, of the first usual file below the root, None where there is none.

    Raises:
        UsageError: the file is named and holds no such data.
    """
    chosen = path or next((root / name for name in _USUAL if (root / name).is_file()), None)
    if chosen is None:
        return None
    try:
        lines = dict(_relative(root, _lines(chosen)))
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
        if path is None:
            return None
        raise UsageError(f"{path} holds no coverage data of coverage.py or lcov: {error}") from error
    return lines


def _lines(path: Path) -> Iterator[tuple[str, frozenset[int]]]:
    content = path.read_bytes()
    if content.startswith(_SQLITE):
        yield from _of_database(path)
    elif content.lstrip().startswith(b"{"):
        for name, file in json.loads(content)["files"].items():
            yield name, frozenset(file["executed_lines"])
    else:
        yield from _of_lcov(content.decode("utf-8", "replace"))


def _of_database(path: Path) -> Iterator[tuple[str, frozenset[int]]]:
    """Schema 7 of coverage.py: the lines of a file are bits, as are its arcs numbers."""
    found: dict[str, set[int]] = {}
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        query = "SELECT file.path, line_bits.numbits FROM line_bits JOIN file ON file.id = line_bits.file_id"
        for name, bits in database.execute(query):
            numbers = (8 * at + bit for at, byte in enumerate(bits) for bit in range(8) if byte & (1 << bit))
            found.setdefault(name, set()).update(numbers)
        for name, number in database.execute("SELECT file.path, tono FROM arc JOIN file ON file.id = arc.file_id"):
            found.setdefault(name, set()).add(number)
    for name, lines in found.items():
        yield name, frozenset(line for line in lines if line > 0)


def _of_lcov(text: str) -> Iterator[tuple[str, frozenset[int]]]:
    path = ""
    lines: set[int] = set()
    for row in text.splitlines():
        key, _, value = row.partition(":")
        if key == "SF":
            path, lines = value, set[int]()
        elif key == "DA":
            number, count = value.split(",")[:2]
            lines |= {int(number)} if int(count) else set()
        elif key == "end_of_record":
            yield path, frozenset(lines)
    if not path:
        raise ValueError("it has no record")


def _relative(root: Path, found: Iterator[tuple[str, frozenset[int]]]) -> Iterator[tuple[str, frozenset[int]]]:
    for name, lines in found:
        path = Path(name)
        if path.is_absolute() and path.is_relative_to(root):
            path = path.relative_to(root)
        yield path.as_posix(), lines
