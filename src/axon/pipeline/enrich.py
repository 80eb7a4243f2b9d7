"""Enrich, from the root of a repository.

What flows in: a root, tasks, settings and limits. What flows out: an `EnrichResult`; artifacts lie in
`.axon/enrich.sqlite`. It does not know tasks or providers.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axon.config import cache_home, load_settings, table_of
from axon.embeddings.embedder import choose_embedder
from axon.embeddings.lexical import LexicalEmbedder
from axon.enrich.budget import Budget
from axon.enrich.embedding import VECTORS_FOLDER, embed_locally
from axon.enrich.groups import Groups
from axon.enrich.providers import choose_provider
from axon.enrich.run import Ask, EnrichResult, enrich_index, extract
from axon.enrich.settings import EnrichSettings, settings_from
from axon.enrich.store import ArtifactStore
from axon.enrich.subjects import Subjects
from axon.enrich.tasks import DEFAULT, Catalogue
from axon.enrich.trust import require_agreement
from axon.pipeline.analyze import run_pipeline
from axon.pipeline.report import PipelineResult
from axon.storage.artifacts import read_artifacts
from axon.storage.columns import IndexColumns
from axon.storage.generations import INDEX_FOLDER, Generation, IndexHome
from axon.storage.manifest import read_indexed_files
from axon.storage.sources import Sources


@dataclass(slots=True)
class Opened:
    """An index, opened for enrich."""

    root: Path
    subjects: Subjects
    groups: Groups
    store: ArtifactStore
    settings: EnrichSettings
    columns: IndexColumns

    def ask(self, tasks: Sequence[str], budget: Budget) -> Ask:
        """What a run over it is to do.

        Raises:
            EnrichError: nobody can be asked.
        """
        provider = choose_provider(self.settings.backend, command=self.settings.command)
        catalogue = Catalogue.of(self.root)
        vectors = self.root / INDEX_FOLDER / VECTORS_FOLDER
        parts = (self.subjects, self.groups, catalogue, provider, self.settings, answers_folder(), budget, vectors)
        return Ask(tasks or DEFAULT, *parts)

    def named(self, text: str, find: Callable[[IndexColumns, str], int]) -> str:
        """The id that a person means: one of which something was written, else a symbol that `find` knows."""
        return text if self.store.all(node=text) else self.columns.id_of(find(self.columns, text))


def answers_folder() -> Path:
    """Where answers lie that all repositories share."""
    return cache_home() / "answers"


def enrich(
    root: Path | str, tasks: Sequence[str] = (), *, parallel: int | None = None, output: Path | str | None = None
) -> EnrichResult:
    """Have a language model write about the indexed repository at `root`; `output` gets the artifacts as files.

    Raises:
        NoIndexError: nothing was indexed there.
        EnrichError: nobody can be asked, or answers cannot be kept.
        ConfigError: a setting is wrong, or nobody has agreed yet to where the repository's settings send text.
    """
    root = Path(root).resolve()
    with opened_for_enrich(root, flags={"parallel": parallel}) as opened:
        require_agreement(root, opened.settings)
        result = enrich_index(opened.ask(tasks, Budget()), opened.store)
        extract(opened.subjects, opened.store)
        if output is not None:
            from axon.enrich.tree import export_tree  # noqa: PLC0415  only where it is wanted

            export_tree(opened.store, Path(output))
    publish(root)
    return result


def publish(root: Path) -> PipelineResult:
    """Bring what was written into the index in force: a new generation, unless nothing has changed.

    Where no provider embeds it, the model on this machine does, if there is one: hashed words would say no more than
    the postings of these texts.
    """
    result = run_pipeline(root, embeddings=False)
    if not settings_from(*table_of(root, "enrich")).embedding_model:
        embedder = choose_embedder(load_settings(root)).embedder
        if not isinstance(embedder, LexicalEmbedder):
            home = IndexHome(root)
            with home.require_current() as generation:
                embed_locally(read_artifacts(generation.folder), embedder, home.folder / VECTORS_FOLDER)
    return result


@contextmanager
def opened_for_enrich(
    root: Path,
    *,
    flags: dict[str, Any] | None = None,
    only: Sequence[str] = (),
    changed: frozenset[str] | None = None,
    top: int | None = None,
) -> Iterator[Opened]:
    """The index of the repository at `root`, pinned for the block.

    `only` are patterns of paths, or kinds; `changed` are the paths that are asked about where not all are;
    `top` leaves the most used of each kind.

    Raises:
        NoIndexError: nothing was indexed there.
        ConfigError: a setting is wrong.
    """
    settings = settings_from(*table_of(root, "enrich")).with_flags(flags or {})
    home = IndexHome(root)
    with home.require_current() as generation, IndexColumns.open(generation.columns) as columns:
        sources = Sources(root, lambda: {file.path: file.digest for file in read_indexed_files(generation.folder)})
        subjects = Subjects(columns, sources, only=only, no_send=settings.no_send, paths=changed, top=top)
        with ArtifactStore(home.folder) as store:
            yield Opened(root, subjects, _groups(generation, columns), store, settings, columns)


def _groups(generation: Generation, columns: IndexColumns) -> Groups:
    """Communities, the finest that each symbol is in, and flows: those that are stored, or the same, made now."""
    import numpy as np  # noqa: PLC0415  only for those who enrich

    from axon.analyses.label import label  # noqa: PLC0415  likewise
    from axon.graph.labels import NO_COMMUNITY  # noqa: PLC0415  likewise
    from axon.model.ids import community_id, flow_id  # noqa: PLC0415  likewise
    from axon.storage.labels import has_labels, read_labels  # noqa: PLC0415  likewise
    from axon.storage.view import view_of  # noqa: PLC0415  likewise

    found = read_labels(generation.folder) if has_labels(generation.folder) else label(view_of(columns))
    members: dict[int, list[str]] = {}
    coarse, fine = found.communities.members
    for row, number in enumerate(np.where(fine == NO_COMMUNITY, coarse, fine).tolist()):
        if number != NO_COMMUNITY:
            members.setdefault(number, []).append(columns.id_of(row))
    centres, levels = found.communities.centre.tolist(), found.communities.level.tolist()
    communities: dict[str, tuple[str, ...]] = {
        community_id(levels[number], columns.id_of(centres[number])): tuple(ids)
        for number, ids in sorted(members.items())
    }
    flows: dict[str, tuple[str, ...]] = {
        flow_id(columns.id_of(entry)): tuple(columns.id_of(row) for row in found.flows.steps[start:end].tolist())
        for entry, start, end in zip(
            found.flows.entry.tolist(), found.flows.offsets[:-1].tolist(), found.flows.offsets[1:].tolist(), strict=True
        )
    }
    return Groups(communities, flows)
