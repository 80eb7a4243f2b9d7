"""Pieces of what a person reads: aligned tables, places, notes. The only module with colours.

What flows in: texts and pieces of answers. What flows out: lines on stdout; notes and hints go to stderr, so that a
pipe gets the answer alone. It does not know which command runs. Colours vanish when the output is no terminal, or when
NO_COLOR is set.
"""

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

from axon.model.answers import EmbeddingProgress, IndexState, SymbolRef, UnresolvedAnswer

Style = Callable[[str], str]

_WIDEST_COLUMN: Final = 44
_NARROWEST: Final = 30
_TIED: Final = "\N{NO-BREAK SPACE}"
_GAP: Final = "  "


def title(text: str) -> str:
    """The first line of an answer or of a part of it."""
    return click.style(text, bold=True)


def dim(text: str) -> str:
    """What is worth a second look only."""
    return click.style(text, dim=True)


def accent(text: str) -> str:
    """What the eye looks for in a table."""
    return click.style(text, fg="cyan")


def plain(text: str) -> str:
    """As it is."""
    return text


def say(*lines: str) -> None:
    """Write lines to stdout."""
    for line in lines:
        click.echo(line, color=_color())


def note(line: str) -> None:
    """Write a note for a person to stderr."""
    click.echo(click.style(line, fg="yellow"), err=True, color=_color())


def hint(line: str) -> None:
    """Write a hint to stderr, if a person looks at it."""
    if sys.stderr.isatty():
        click.echo(dim(line), err=True, color=_color())


def table(rows: Sequence[Sequence[str]], *, styles: Sequence[Style] = (), right: Iterable[int] = ()) -> list[str]:
    """Aligned lines, indented by two; the last column runs on, `right` columns are flush right."""
    if not rows:
        return []
    columns, flush = len(rows[0]), set(right)
    widths = [min(max(_width(row[at]) for row in rows), _WIDEST_COLUMN) for at in range(columns)]
    styled: list[Style] = [*styles, *([plain] * (columns - len(styles)))]
    lines = []
    for row in rows:
        cells = [styled[at](_padded(row[at], widths[at], at in flush, at == columns - 1)) for at in range(columns)]
        lines.append(_GAP + _GAP.join(cells))
    return [line.rstrip() for line in lines]


def facts(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Aligned names and values; a long value goes on in the next line, below its beginning."""
    width = max(_width(name) for name, _ in rows)
    room = max(shutil.get_terminal_size().columns - width - 2 * len(_GAP), _NARROWEST)
    lines = []
    for name, value in rows:
        first, *rest = textwrap.wrap(value, room, break_long_words=False, break_on_hyphens=False) or [""]
        lines.append(f"{_GAP}{dim(_padded(name, width, False, False))}{_GAP}{first}".rstrip())
        lines += [" " * (width + 2 * len(_GAP)) + line for line in rest]
    return [line.replace(_TIED, " ") for line in lines]


def place(path: str, line: int) -> str:
    """`path:line`, as an editor can jump to it."""
    return f"{path}:{line}" if path and line else path


def label(symbol: SymbolRef) -> str:
    """The shortest name that tells a symbol from its neighbours in a list."""
    if symbol.kind in ("File", "Folder", "Module"):
        return symbol.path or symbol.id
    return symbol.qualified_name


def count(number: int, noun: str) -> str:
    """`1 file`, `3,120 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def megabytes(n_bytes: int) -> str:
    """Bytes as a person reads them."""
    return f"{n_bytes / 1e6:,.1f} MB" if n_bytes >= 100_000 else f"{n_bytes / 1e3:,.1f} kB"


def short_path(path: Path | str) -> str:
    """A path with `~` for the user's folder."""
    home = str(Path.home())
    text = str(path)
    return f"~{text[len(home) :]}" if len(home) > 1 and text.startswith(home + os.sep) else text


def counts_line(counts: Mapping[str, int]) -> str:
    """`Class 21, Function 40`, the largest first, for `facts`: no line ends between a name and its number."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name}{_TIED}{number:,}".replace(" ", _TIED) for name, number in ordered if number)


def unresolved_rows(sites: Iterable[UnresolvedAnswer]) -> list[tuple[str, str, str]]:
    """What is called, why it is not resolved, and where."""
    return [
        (f"{site.receiver}.{site.name}" if site.receiver else site.name or "(expression)", site.reason, _at(site))
        for site in sites
    ]


def embedded(progress: EmbeddingProgress | None) -> str:
    """How far the embeddings are."""
    if progress is None:
        return "none"
    state = "finished" if progress.finished else "not finished"
    return f"{progress.done:,} of {progress.total:,}, {state}, {progress.model}"


def moment(created: str) -> str:
    """A time, from ISO 8601, to the minute."""
    return created[:16].replace("T", " ")


def notes(state: IndexState) -> None:
    """Say on stderr what is amiss with the index: a generation is damaged, or the tree has moved on.

    A person at a terminal is also told how old each layer is.
    """
    watched = f", watched by process {state.watcher}" if state.watcher else ""
    age = f"generation {state.generation} of {moment(state.created)}{watched}"
    hint(f"{age}; embeddings: {embedded(state.embeddings)}")
    for warning in state.warnings:
        note(warning)
    tree = state.tree
    if tree is not None and tree.moved_on:
        parts = [(tree.changed, "changed"), (tree.removed, "removed"), (tree.added or 0, "new")]
        said = ", ".join(f"{number:,} {word}" for number, word in parts if number)
        what_to_do = "A watcher is at work on it." if state.watcher else "Run `axon analyze` for new answers."
        note(f"The tree has moved on since it was indexed (files: {said}). {what_to_do}")


def _at(site: UnresolvedAnswer) -> str:
    return place(site.site.path, site.site.line)


def _padded(text: str, width: int, flush_right: bool, is_last: bool) -> str:
    shown = " ".join(text.split()) if "\n" in text or "\t" in text else text
    if flush_right:
        return " " * (width - _width(shown)) + shown
    return shown if is_last else shown + " " * (width - _width(shown))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _color() -> bool | None:
    return False if os.environ.get("NO_COLOR") else None
