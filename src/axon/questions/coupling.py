"""What the history of a tree says of its files: what changes together, who wrote it, where change meets complexity.

What flows in: an index, the history and what CODEOWNERS says. What flows out: a `CouplingAnswer`. It asks no git.
"""

from collections import Counter
from collections.abc import Callable, Mapping

from axon.analyses.coupling import FileNumbers, coupled_files, file_numbers
from axon.analyses.mentions import Mentions
from axon.model.findings import CoupledFiles, CouplingAnswer, FileHistory
from axon.model.history import History
from axon.model.ids import file_id
from axon.model.kinds import NodeKind
from axon.model.lexicon import Lexicon
from axon.questions.metrics import complexities, function_code, tree_mentions
from axon.questions.opened import Index
from axon.questions.symbols import find_symbol


def coupling(  # noqa: PLR0913  each comes from elsewhere
    index: Index,
    history: History,
    text: str | None = None,
    *,
    owners: Callable[[str], tuple[str, ...]],
    lexicon_of: Callable[[str], Lexicon],
    blame: Callable[[str], Mapping[str, int]] | None = None,
    read: Mentions | None = None,
    limit: int | None = None,
) -> CouplingAnswer:
    """All files of the index; with `text` the file that it means, or that of the symbol, and who wrote its lines.

    `read` is what `tree_mentions` gives, for whoever has it already.

    Raises:
        SymbolError: no symbol, or several, have that name.
    """
    paths = [file.path for file in index.indexed_files()]
    path = None if text is None else _path(index, text)
    pairs = [one for one in coupled_files(history, paths) if path is None or path in (one.path, one.other)]
    numbers = file_numbers(history, paths)
    complex_files = _complexity(index, lexicon_of, read) if numbers else Counter()
    hottest = max((one.churn * complex_files[one.path] for one in numbers), default=0)
    files = [_file(one, owners, complex_files[one.path], hottest) for one in numbers if path in (None, one.path)]
    files.sort(key=lambda one: (-one.hot, -one.churn, one.path))
    return CouplingAnswer(
        len(history.commits),
        history.since.isoformat() if history.since else "",
        history.note,
        tuple(CoupledFiles(one.path, one.other, one.support, round(one.strength, 4)) for one in pairs[:limit]),
        tuple(files[:limit]),
        tuple(blame(path).items()) if blame is not None and path is not None else (),
        index.state(),
    )


def _path(index: Index, text: str) -> str:
    row = index.columns.row_of(file_id(text))
    node = index.columns.node(find_symbol(index.columns, text) if row is None else row)
    return node.path if node.kind is not NodeKind.FOLDER else ""


def _complexity(index: Index, lexicon_of: Callable[[str], Lexicon], read: Mentions | None) -> "Counter[str]":
    """Decisions of all functions of each file."""
    view = index.view
    code = function_code(view, read or tree_mentions(index, lexicon_of), with_tests=True)
    found: Counter[str] = Counter()
    for row, (cyclomatic, _) in complexities(view, code, lexicon_of).items():
        found[view.paths[row]] += cyclomatic
    return found


def _file(numbers: FileNumbers, owners: Callable[[str], tuple[str, ...]], complexity: int, hottest: int) -> FileHistory:
    total = max(numbers.churn, 1)
    shares = tuple((author, round(lines / total, 4)) for author, lines in numbers.authors)
    hot = round(numbers.churn * complexity / hottest, 4) if hottest else 0.0
    return FileHistory(
        numbers.path, numbers.commits, numbers.churn, shares, numbers.bus_factor, owners(numbers.path), complexity, hot
    )
