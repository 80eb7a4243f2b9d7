"""An index, opened for questions.

What flows in: the root of a repository. What flows out: an `Index`, which pins one generation until it is closed and
maps its columns when a question first needs them. It does not know the work tree: whoever looked at it says what
changed. numpy is not imported here; a fresh process answers before it would be loaded.
"""

from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from axon.errors import NoIndexError
from axon.model.answers import EmbeddingProgress, IndexState, TreeChange
from axon.storage.arrays import ArrayFile
from axon.storage.columns import COLUMNS_FILE, IndexColumns
from axon.storage.embedding_state import VECTORS_FOLDER, embedding_states
from axon.storage.generations import Generation, IndexHome
from axon.storage.manifest import IndexedFile, read_indexed_files
from axon.storage.sources import Sources
from axon.storage.watcher import watcher_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from axon.graph.labels import Labels  # it imports numpy
    from axon.graph.view import GraphView
    from axon.model.artifacts import Written
    from axon.search.index import SearchIndex
    from axon.search.summaries import SummaryLane


class Index:
    """One pinned generation of a repository's index; `tree` says how the work tree has moved on, where known."""

    def __init__(self, home: IndexHome, generation: Generation) -> None:
        self.home, self.generation = home, generation
        self.root = home.root
        self.tree: TreeChange | None = None
        self.kept: dict[str, object] = {}  # what questions opened besides, for the next question
        self.sources = Sources(home.root, lambda: {file.path: file.digest for file in self.indexed_files()})

    @cached_property
    def columns(self) -> IndexColumns:
        """The graph, mapped when first asked for.

        Raises:
            DamagedIndexError: the file is missing or truncated.
        """
        return IndexColumns.open(self.generation.columns)

    @cached_property
    def view(self) -> "GraphView":
        """The graph as analyses see it, made when first asked for; its texts can be read until `close`."""
        from axon.storage.view import view_of  # noqa: PLC0415  numpy: only for those who analyse

        return view_of(self.columns)

    @cached_property
    def labels(self) -> "Labels":
        """The labels of this generation: those that are stored, or the same, made when first asked for.

        Raises:
            DamagedIndexError: those that are stored are not as they were written.
        """
        from axon.analyses.label import label  # noqa: PLC0415  numpy: only for those who analyse
        from axon.storage.labels import has_labels, read_labels  # noqa: PLC0415  likewise

        folder = self.generation.folder
        return read_labels(folder) if has_labels(folder) else label(self.view)

    @cached_property
    def search(self) -> "SearchIndex | None":
        """The search layer, mapped when first asked for; None where the generation has none.

        Raises:
            DamagedIndexError: a file of it is missing, truncated or of another version.
        """
        from axon.search.index import SearchIndex  # noqa: PLC0415  it imports numpy
        from axon.search.layer import SEARCH_FOLDER  # noqa: PLC0415  likewise

        folder = self.generation.folder / SEARCH_FOLDER
        return SearchIndex(folder, self.columns) if folder.is_dir() else None

    @cached_property
    def summaries(self) -> "SummaryLane | None":
        """The postings of what was written, mapped when first asked for; None where nothing was.

        Raises:
            DamagedIndexError: the file is truncated or of another version.
        """
        if not self.generation.manifest.artifacts:
            return None
        from axon.search.summaries import SUMMARIES_FILE, SummaryLane  # noqa: PLC0415  it imports numpy

        path = self.generation.folder / SUMMARIES_FILE
        return SummaryLane(path, self.columns) if path.exists() else None

    @cached_property
    def written(self) -> "Mapping[str, Sequence[Written]]":
        """What was written about the nodes of this generation, by id, read when first asked for.

        Raises:
            DamagedIndexError: the file is not as it was written.
        """
        from axon.storage.artifacts import read_artifacts  # noqa: PLC0415  zstandard: only where somebody asks

        found: dict[str, list[Written]] = {}
        for one in read_artifacts(self.generation.folder):
            found.setdefault(one.node, []).append(one)
        return found

    def indexed_files(self) -> list[IndexedFile]:
        """The source files that this generation was made of."""
        return read_indexed_files(self.generation.folder)

    def state(self, *warnings: str) -> IndexState:
        """What an Answer says of this index; `warnings` come on top of those of the generation."""
        manifest = self.generation.manifest
        progress, lost = embedding_progress(self.home)
        return IndexState(
            str(self.root),
            self.generation.number,
            manifest.created.isoformat(),
            self.tree,
            progress,
            watcher_of(self.home.folder),
            (*self.generation.warnings, *lost, *warnings),
        )

    def close(self) -> None:
        """Unmap the columns and give the pin back."""
        search = self.__dict__.pop("search", None)
        if search is not None:
            search.close()
        summaries = self.__dict__.pop("summaries", None)
        if summaries is not None:
            summaries.close()
        if "columns" in self.__dict__:
            self.columns.close()
        self.generation.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_index(repo: Path) -> Index:
    """The generation in force of the repository whose root is `repo`, pinned.

    Raises:
        NoIndexError: nothing was ever indexed there.
        DamagedIndexError: no generation is whole.
    """
    home = IndexHome(repo)
    return Index(home, home.require_current(_can_be_mapped))


def _can_be_mapped(generation: Generation) -> None:
    """Look at what every question needs, as far as that takes no time: a file of zeros has the right size as well."""
    ArrayFile(generation.columns / COLUMNS_FILE).close()


def open_queryable(repo: Path) -> Index:
    """As `open_index`, but the newest generation whose graph database is in place; a warning says where it is older.

    Raises:
        NoIndexError: there is none yet.
    """
    home = IndexHome(repo)
    generation = home.current_kuzu()
    if generation is None:
        raise NoIndexError(f"No graph database in {repo}. Run `axon analyze {repo}`.")
    with home.require_current() as newest:
        if newest.number != generation.number:
            behind = f"The graph database is that of generation {generation.number}, the index is at {newest.number}."
            generation.warnings = (*generation.warnings, behind)
    return Index(home, generation)


def embedding_progress(home: IndexHome) -> tuple[EmbeddingProgress | None, list[str]]:
    """How far the embeddings are, of the model that was worked on last, None: not begun; and what cannot be read of it.

    No question needs it, so that none fails for it.
    """
    states, damaged = embedding_states(home.folder / VECTORS_FOLDER)
    lost = [
        f"How far the embeddings are cannot be read from {path}. Run `axon embed {home.root}`: it counts them again."
        for path in damaged
    ]
    if not states:
        return None, lost
    newest = states[-1]
    return EmbeddingProgress(newest.model, newest.done, newest.total, newest.finished), lost
