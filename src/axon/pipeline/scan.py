"""What the tree holds now, and the facts of all of it.

What flows in: a Run. What flows out: the files to index, which of them changed, and every file's facts, parsed or from
the cache. It looks at a file's content only where its stamp moved.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axon.config import cache_home
from axon.errors import Problem
from axon.files.listing import LeftOut, Listing
from axon.files.walk import list_files
from axon.languages import of
from axon.model.source import FileStamp, ListedFile
from axon.parsing.cache import FactCache, fact_key
from axon.pipeline.parse import Parsed, parse_files
from axon.pipeline.run import Run
from axon.storage.manifest import IndexedFile

_RACY_NS: Final = 2_000_000_000  # a file written this shortly before an index may have changed again in the same tick


@dataclass(frozen=True, slots=True)
class Tree:
    """The files to index, in order of path, and those whose stamp says that they must be read."""

    listing: Listing
    to_read: tuple[ListedFile, ...]


@dataclass(slots=True)
class TreeFacts:
    """Every file that is indexed, in order of path; `changed` are paths that the last index has otherwise."""

    listing: Listing
    files: list[IndexedFile] = field(default_factory=list)
    parsed: dict[str, Parsed] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)


def scan(run: Run, only: frozenset[str] | None) -> Tree:
    """List the tree, or just look at the paths in `only` where there is an index to start from."""
    if only is None or run.previous is None:
        listing = list_files(run.root, language_of=of, settings=run.settings)
    else:
        listing = _listing_of(run, only)
    before = run.previous_files
    racy = _racy_from(run)
    to_read = [
        f
        for f in listing.files
        if (known := before.get(f.path)) is None or known.stamp != f.stamp or f.stamp.mtime_ns >= racy or only
    ]
    if only is not None and run.previous is not None:
        to_read = [f for f in to_read if f.path in only]
    return Tree(listing, tuple(to_read))


def _listing_of(run: Run, only: Iterable[str]) -> Listing:
    """The files of the last index, but for the paths in `only`, which are listed as they are now."""
    files = {path: ListedFile(path, f.language, f.stamp) for path, f in run.previous_files.items()}
    for path in only:
        files.pop(path, None)
        language, stamp = of(path), _stamp(run.root / path)
        if language is not None and stamp is not None:
            files[path] = ListedFile(path, language, stamp)
    return Listing(tuple(files[path] for path in sorted(files)), {})


def _stamp(path: Path) -> FileStamp | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ino) if path.is_file() else None


def _racy_from(run: Run) -> int:
    if run.previous is None:
        return 0
    return int(run.previous.manifest.created.timestamp() * 1_000_000_000) - _RACY_NS


def facts_of_tree(run: Run, tree: Tree) -> TreeFacts:
    """Facts of every file of the tree: read where it must be, else from the cache; fresh ones go into it."""
    found = TreeFacts(tree.listing)
    with FactCache(cache_home() / "facts", run.settings.cache_bytes) as cache:
        reading = {f.path for f in tree.to_read}
        known = _cached(run, cache, [f for f in tree.listing.files if f.path not in reading])
        missing = [f for f in tree.listing.files if f.path not in reading and f.path not in known]
        outcomes, run.n_workers = parse_files(
            run.root, [*tree.to_read, *missing], settings=run.settings, cache=cache, progress=run.progress
        )
        if cache.was_damaged:
            run.problems.append(Problem("", 0, f"the cache of facts in {cache.folder} was damaged", "the index itself"))
    outcomes.update(known)
    _settle(run, found, outcomes)
    return found


def _cached(run: Run, cache: FactCache, files: list[ListedFile]) -> dict[str, Parsed]:
    """Facts of files that did not change, by path, as far as the cache has them."""
    keys = {f.path: fact_key(f.language, run.previous_files[f.path].digest) for f in files}
    packed = cache.get(list(dict.fromkeys(keys.values())))
    return {
        path: Parsed(path, run.previous_files[path].digest, packed[key]) for path, key in keys.items() if key in packed
    }


def _settle(run: Run, found: TreeFacts, outcomes: dict[str, Parsed]) -> None:
    """Split outcomes into files that are indexed and files that are left out, and see what differs from before."""
    unread = {path: LeftOut(parsed.unread) for path, parsed in outcomes.items() if parsed.unread}
    found.listing = found.listing.without(unread)
    run.problems.extend(found.listing.problems)
    run.problems.extend(p.problem for _, p in sorted(outcomes.items()) if p.problem is not None)
    for listed in found.listing.files:
        parsed = found.parsed[listed.path] = outcomes[listed.path]
        found.files.append(IndexedFile(listed.path, listed.language, listed.stamp, parsed.digest))
        before = run.previous_files.get(listed.path)
        if before is None or (before.digest, before.language) != (parsed.digest, listed.language):
            found.changed.add(listed.path)
    found.changed |= run.previous_files.keys() - found.parsed.keys()
