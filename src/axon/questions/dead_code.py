"""What nobody uses: symbols, imports, parameters and exports.

What flows in: an index, how languages write names, what manifests say, and coverage data. What flows out: a
`DeadCodeAnswer`, each row with its proof. What counts as a use, the analysis says.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from axon.analyses.dead_code import dead_symbols
from axon.analyses.finding import Finding, Unused
from axon.analyses.mentions import Mentions
from axon.analyses.unused import body_of, unused_attributes, unused_imports, unused_parameters
from axon.analyses.unused_exports import unused_exports
from axon.errors import UsageError
from axon.model.findings import DeadCodeAnswer, DeadRow
from axon.model.kinds import NODE_KINDS
from axon.model.lexicon import Lexicon
from axon.model.project import Project
from axon.questions.metrics import tree_mentions
from axon.questions.opened import Index
from axon.questions.rows import symbol
from axon.questions.symbols import dotted_name

LEAST: Final = 0.6
"""How sure rows are at least unless somebody asks for others."""


Coverage = Mapping[str, frozenset[int]]
"""Lines that ran, by path; a file that is not there was not looked at."""


def dead_code(  # noqa: PLR0913  each is one that a user gives
    index: Index,
    *,
    lexicon_of: Callable[[str], Lexicon],
    project: Project,
    least: float = LEAST,
    kinds: Sequence[str] = (),
    coverage: Coverage | None = None,
    read: Mentions | None = None,
    limit: int | None = None,
) -> DeadCodeAnswer:
    """All that nobody uses, `least` sure at least; `kinds` keeps some kinds only, such as Function or import.

    `read` is what `tree_mentions` gives, for whoever has it already.

    Raises:
        UsageError: there is no such kind.
    """
    _check_kinds(kinds)
    view, text = index.view, read or tree_mentions(index, lexicon_of)
    found = [
        *dead_symbols(
            view, text, index.labels.unused, is_library=project.is_library, started=_started(index, project.scripts)
        ),
        *unused_imports(view, text, lexicon_of),
        *unused_parameters(view, text, lexicon_of),
        *unused_attributes(view, text, is_library=project.is_library),
        *unused_exports(view, text, lexicon_of, project.entries),
    ]
    kept = [one for one in found if not kinds or _kind(index, one) in kinds]
    sure = sorted((one for one in kept if one.confidence >= least), key=lambda one: _order(index, one))
    counts = Counter(_kind(index, one) for one in sure)
    return DeadCodeAnswer(
        len(sure),
        least,
        len(kept) - len(sure),
        dict(sorted(counts.items())),
        tuple(_row(index, one, text, coverage) for one in sure[:limit]),
        tuple(file.path for file in index.indexed_files() if file.path not in text.files),
        index.state(),
    )


def _started(index: Index, scripts: Collection[str]) -> list[int]:
    """What scripts call, by row; the folders in which packages lie are no part of a script's name."""
    columns = index.columns
    ending = tuple(f".{script}" for script in scripts)
    rows = {row for script in scripts for row in columns.rows_named(script.rpartition(".")[2])}
    return [row for row in sorted(rows) if f".{dotted_name(columns, row)}".endswith(ending)]


def _first_line(index: Index, row: int, text: Mentions) -> int:
    """The first line that says something by having run: that the head of a function ran says that it was defined."""
    view = index.view
    first, last, path = int(view.start_line[row]), int(view.end_line[row]), view.paths[row]
    if view.is_callable[row] and path in text.files:
        code = text.files[path].code[view.start_byte[row] : view.end_byte[row]]
        body = body_of(code)
        if body is not None:
            return first + code[: len(code) - len(body)].count(b"\n")
    return min(first + 1, last)


def _check_kinds(kinds: Sequence[str]) -> None:
    known = [*(kind.value for kind in NODE_KINDS), *(what.value for what in Unused if what is not Unused.SYMBOL)]
    for kind in kinds:
        if kind not in known:
            raise UsageError(f"No kind `{kind}`. The kinds are {', '.join(known)}.")


def _kind(index: Index, finding: Finding) -> str:
    if finding.what is Unused.SYMBOL:
        return str(NODE_KINDS[index.view.kind[finding.row]].value)
    return str(finding.what.value)


def _order(index: Index, finding: Finding) -> tuple[float, str, int, str, str]:
    return -finding.confidence, index.view.paths[finding.row], finding.line, finding.name, finding.what.value


def _row(index: Index, finding: Finding, text: Mentions, coverage: Coverage | None) -> DeadRow:
    ref = symbol(index.columns, finding.row)
    covered = None
    if coverage is not None and ref.path in coverage and finding.what is Unused.SYMBOL:
        lines = range(_first_line(index, finding.row, text), int(index.view.end_line[finding.row]) + 1)
        covered = any(line in coverage[ref.path] for line in lines)
    return DeadRow(_kind(index, finding), finding.name, ref, finding.line, finding.confidence, finding.proof, covered)
