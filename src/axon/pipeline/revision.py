"""The facts of a git revision, whatever the work tree holds.

What flows in: a Run whose root is a folder to write into, and a tree object. What flows out: the facts of every file,
as a fresh index of a checkout would have them. Contents are streamed from git and known by their digests: only what
nobody has parsed yet is written to disk.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from xxhash import xxh3_128_hexdigest

from axon.config import cache_home
from axon.files.git import Blob, blobs_of, contents_of
from axon.files.marks import has_long_lines
from axon.files.revision import list_revision
from axon.files.walk import OWN_IGNORE
from axon.languages import is_manifest, of, reads_manifests
from axon.model.source import ListedFile
from axon.parsing.cache import FactCache, fact_key
from axon.pipeline.packs import is_pack
from axon.pipeline.parse import Parsed, parse_files
from axon.pipeline.run import Run
from axon.pipeline.scan import TreeFacts, settle
from axon.storage.sources import SourceCache, pack_source, source_folder

_BATCH: Final = 400  # files that are looked up in the caches at once


def write_packs(repository: Path, tree: str, folder: Path) -> None:
    """Put the rule packs that a tree object holds below `folder`, where a Run looks for its own."""
    for blob, content in contents_of(repository, [b for b in blobs_of(repository, tree) if is_pack(b.path)]):
        _write(folder, blob.path, content)


def facts_of_revision(run: Run, repository: Path, tree: str) -> TreeFacts:
    """Facts of every file that an index of the tree object holds, and the manifests of the run.

    Raises:
        UsageError: git cannot read the tree.
    """
    blobs = blobs_of(repository, tree)
    own = {b.path: c for b, c in contents_of(repository, [b for b in blobs if _name(b) == OWN_IGNORE])}
    listing = list_revision(blobs, own, language_of=of, settings=run.settings, is_manifest=is_manifest)
    by_path = {blob.path: blob for blob in blobs}
    if any(reads_manifests(f.language) for f in listing.files):
        manifests = contents_of(repository, [by_path[f.path] for f in listing.manifests])
        run.manifests = {blob.path: content for blob, content in manifests}
    with (
        FactCache(cache_home() / "facts", run.settings.cache_bytes) as cache,
        SourceCache(source_folder(), run.settings.cache_bytes) as sources,
    ):
        contents = contents_of(repository, [by_path[f.path] for f in listing.files])
        outcomes = _known(run, listing.files, contents, cache, sources)
        missing = [f for f in listing.files if f.path not in outcomes]
        parsed, worker_memory = parse_files(
            run.root, missing, settings=run.settings, cache=cache, sources=sources, progress=run.progress
        )
    run.note_memory(worker_memory)
    outcomes.update(parsed)
    found = TreeFacts(listing)
    settle(run, found, outcomes)
    return found


def _known(
    run: Run,
    files: Iterable[ListedFile],
    contents: Iterator[tuple[Blob, bytes]],
    cache: FactCache,
    sources: SourceCache,
) -> dict[str, Parsed]:
    """Outcomes of the files whose facts are cached; the others are written below the root."""
    outcomes: dict[str, Parsed] = {}
    pairs = zip(files, contents, strict=True)
    while some := list(islice(pairs, _BATCH)):
        digests = {f.path: xxh3_128_hexdigest(content) for f, (_, content) in some}
        kept = sources.known(list(dict.fromkeys(digests.values())))
        packed = cache.get(list({fact_key(f.language, digests[f.path]): None for f, _ in some}))
        fresh: dict[str, bytes] = {}
        for f, (_, content) in some:
            digest = digests[f.path]
            facts = packed.get(fact_key(f.language, digest))
            if facts is None or not _is_usual(run, content):
                _write(run.root, f.path, content)
                continue
            outcomes[f.path] = Parsed(f.path, digest, facts)
            if digest not in kept:
                fresh[digest] = pack_source(content)
        sources.put(fresh.items())
    return outcomes


def _is_usual(run: Run, content: bytes) -> bool:
    """Whether the settings let a content have facts; the parser knows what others have instead."""
    limits = run.settings
    return len(content) <= limits.max_file_bytes and not has_long_lines(content, limits.max_mean_line_bytes)


def _write(folder: Path, path: str, content: bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _name(blob: Blob) -> str:
    return blob.path.rpartition("/")[2]
