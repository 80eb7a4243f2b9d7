"""What the tree holds now, and the facts of all of it.

What flows in: a Run. What flows out: the files to index, which of them changed, and every file's facts, parsed or from
the cache. It looks at a file's content only where its stamp moved.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from axon.cache import BlobCache
from axon.config import cache_home
from axon.errors import Problem
from axon.files.listing import LeftOut, Listing, Omission
from axon.files.read import read_file
from axon.files.walk import list_files
from axon.languages import is_manifest, of, reads_manifests
from axon.model.source import FileStamp, ListedFile, SourceFile
from axon.parsing.cache import FactCache, fact_key
from axon.pipeline.parse import Parsed, parse_files
from axon.pipeline.run import Run
from axon.storage.checked import Checked, write_checked
from axon.storage.manifest import IndexedFile, read_indexed_files
from axon.storage.sources import SourceCache, source_folder

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
    if only is not None and run.previous is not None:
        return _tree_of(run, only)
    listing = _listing(run)
    _read_manifests(run, listing)
    return Tree(listing, tuple(_moved(run, listing.files)))


def _listing(run: Run) -> Listing:
    return list_files(run.root, language_of=of, settings=run.settings, is_manifest=is_manifest)


def _read_manifests(run: Run, listing: Listing) -> None:
    """Take up what decides, besides the sources, which file an import means; a tree that needs none has none."""
    if any(reads_manifests(f.language) for f in listing.files):
        for listed in listing.manifests:
            read = read_file(run.root, listed)
            if isinstance(read, SourceFile):
                run.manifests[listed.path] = read.content
    run.session.manifests = dict(run.manifests)


def _take_manifests(run: Run, only: frozenset[str]) -> None:
    """The manifests of a tree of which only some paths are looked at: one that changed need not be among them.

    A process that watches the tree knows better: it says so when one has changed. It may not have heard of what another
    process has indexed since.
    """
    assert run.previous is not None
    if not any(reads_manifests(f.language) for f in run.previous_files.values()):
        return
    is_ours = run.session.has_published(run.previous)
    if run.session.manifests is None or not is_ours or any(map(is_manifest, only)):
        _read_manifests(run, _listing(run))
    else:
        run.manifests.update(run.session.manifests)


def _moved(run: Run, files: Iterable[ListedFile]) -> list[ListedFile]:
    """Files that may have changed since the last index; all of them where another program made it."""
    if run.looked is None or not run.is_same_program():
        return list(files)
    before, racy = run.previous_files, _racy(run.looked)
    return [
        f for f in files if (known := before.get(f.path)) is None or known.stamp != f.stamp or f.stamp.mtime_ns >= racy
    ]


def _racy(looked: datetime) -> int:
    """The time from which on a file may have changed after it was looked at, in nanoseconds."""
    return int(looked.timestamp() * 1_000_000_000) - _RACY_NS


def keep_checked(run: Run, tree: Tree, facts: TreeFacts) -> None:
    """Say for the next run that the files which had to be read are as they were indexed, so that it need not.

    The caller knows that nothing has changed.
    """
    assert run.previous is not None
    racy = _racy(run.started)
    if any(f.stamp.mtime_ns < racy for f in tree.to_read):
        before = {f.path: f for f in read_indexed_files(run.previous.folder)}
        stamps = {f.path: f.stamp for f in facts.files if f.stamp != before[f.path].stamp}
        write_checked(run.home.folder, run.previous, Checked(run.started, stamps))


def _tree_of(run: Run, only: frozenset[str]) -> Tree:
    """The files of the last index, but for the paths in `only`, which are listed as they are now.

    Whether a file that was not indexed before may be, the rules of the tree decide: then the whole tree is listed.
    """
    files = {path: ListedFile(path, f.language, f.stamp) for path, f in run.previous_files.items() if path not in only}
    now = {path: _listed(run, path) for path in only}
    if any(f is None and os.path.lexists(run.root / path) for path, f in now.items()):
        listing = _listing(run)
        _read_manifests(run, listing)
        was_odd = {problem.path for problem in _previous_problems(run)} - run.previous_files.keys()
        now = {f.path: f for f in listing.files if f.path in only or f.path in was_odd}
        left_out, problems = listing.left_out, listing.problems
    else:
        left_out = {LeftOut(reason): Omission(n, ()) for reason, n in _previous_left_out(run).items()}
        problems = tuple(p for p in _previous_problems(run) if p.path not in only and p.path not in run.previous_files)
        _take_manifests(run, only)
    fresh = [f for f in now.values() if f is not None]
    files.update((f.path, f) for f in fresh)
    in_order = tuple(files[path] for path in sorted(files, key=os.fsencode))
    return Tree(Listing(in_order, left_out, problems), tuple(fresh))


def _listed(run: Run, path: str) -> ListedFile | None:
    """A file that was indexed before and still can be; None for any other."""
    known = run.previous_files.get(path)
    try:
        status = (run.root / path).lstat()
    except (OSError, ValueError):
        return None
    if known is None or not stat.S_ISREG(status.st_mode) or status.st_size > run.settings.max_file_bytes:
        return None
    return ListedFile(path, known.language, FileStamp(status.st_size, status.st_mtime_ns, status.st_ino))


def _previous_problems(run: Run) -> list[Problem]:
    assert run.previous is not None
    return [problem for problem in run.previous.manifest.problems if problem.path]


def _previous_left_out(run: Run) -> Mapping[str, int]:
    assert run.previous is not None
    return run.previous.manifest.left_out


def facts_of_tree(run: Run, tree: Tree) -> TreeFacts:
    """Facts of every file of the tree: read where it must be, else from the cache; fresh ones go into it."""
    found = TreeFacts(tree.listing)
    with (
        FactCache(cache_home() / "facts", run.settings.cache_bytes) as cache,
        SourceCache(source_folder(), run.settings.cache_bytes) as sources,
    ):
        reading = {f.path for f in tree.to_read}
        others = [f for f in tree.listing.files if f.path not in reading]
        known = {f.path: parsed for f in others if (parsed := run.session.parsed(run.previous_files[f.path]))}
        known |= _cached(run, cache, [f for f in others if f.path not in known])
        missing = [f for f in tree.listing.files if f.path not in reading and f.path not in known]
        outcomes, worker_memory = parse_files(
            run.root,
            [*tree.to_read, *missing],
            settings=run.settings,
            cache=cache,
            sources=sources,
            progress=run.progress,
        )
        run.note_memory(worker_memory)
        run.problems.extend(_damaged(cache, "facts"))
        run.problems.extend(_damaged(sources, "sources"))
    outcomes.update(known)
    settle(run, found, outcomes)
    run.session.keep_parsed(found.parsed)
    return found


def _damaged(cache: BlobCache, of: str) -> Iterator[Problem]:
    if cache.was_damaged:
        what = f"the cache of {of} in {cache.folder} is damaged or cannot be written"
        yield Problem("", 0, what, "the index itself")


def _cached(run: Run, cache: FactCache, files: list[ListedFile]) -> dict[str, Parsed]:
    """Facts of files that did not change, by path, as far as the cache has them."""
    keys = {f.path: fact_key(f.language, run.previous_files[f.path].digest) for f in files}
    packed = cache.get(list(dict.fromkeys(keys.values())))
    return {
        path: Parsed(path, run.previous_files[path].digest, packed[key]) for path, key in keys.items() if key in packed
    }


def settle(run: Run, found: TreeFacts, outcomes: dict[str, Parsed]) -> None:
    """Split outcomes into files that are indexed and files that are left out, and see what differs from before."""
    unread = {path: LeftOut(parsed.unread) for path, parsed in outcomes.items() if parsed.unread}
    found.listing = found.listing.without(unread)
    run.problems.extend(found.listing.problems)
    run.problems.extend(p.problem for _, p in sorted(outcomes.items()) if p.problem is not None)
    for listed in found.listing.files:
        parsed = found.parsed[listed.path] = outcomes[listed.path]
        found.files.append(IndexedFile(listed.path, listed.language, listed.stamp, parsed.digest))
    found.changed = changed_since(run.previous_files, found.files)


def changed_since(before: Mapping[str, IndexedFile], files: Iterable[IndexedFile]) -> set[str]:
    """Paths of files that came, went, or have another content or language than `before`."""
    now = {file.path: (file.digest, file.language) for file in files}
    changed = {path for path, said in now.items() if path not in before or said != _said(before[path])}
    return changed | (before.keys() - now.keys())


def _said(file: IndexedFile) -> tuple[str, str]:
    return file.digest, file.language
