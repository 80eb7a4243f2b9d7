"""Listed files into facts, by many processes and the cache.

What flows in: files that must be read. What flows out: for each its digest and facts, or why there are none. Nothing
here imports numpy, because workers are forked from a process that ran only this.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axon.config import Settings
from axon.errors import Problem
from axon.files.read import read_file
from axon.model.facts import FileFacts
from axon.model.source import ListedFile, SourceFile
from axon.parsing.cache import FactCache, fact_key, pack, unpack
from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract, without_content
from axon.parsing.pool import WorkerDied, WorkerPool, core_count
from axon.progress import Progress

PHASE: Final = "parsing"
_SMALL_FILES, _SMALL_BYTES = 40, 1_500_000  # less than this is parsed before a second process would be up
_LEAST_CHUNK, _MOST_CHUNK = 64_000, 1_000_000


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Some files for one worker; paths are plain strings, because they cross a pipe."""

    root: str
    cache: str
    cache_bytes: int
    max_mean_line_bytes: int
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file's outcome: `packed` facts and the digest of what was read; or `unread`, a reason of `LeftOut`.

    `is_fresh` is true where the facts are not in the cache yet.
    """

    path: str
    digest: str = ""
    packed: bytes = b""
    is_fresh: bool = False
    unread: str = ""
    problem: Problem | None = None


def parse_files(
    root: Path, files: Sequence[ListedFile], *, settings: Settings, cache: FactCache, progress: Progress
) -> tuple[dict[str, Parsed], int]:
    """Outcomes by path, and the number of worker processes; fresh facts are put into the cache."""
    tasks = _tasks(root, files, settings, cache)
    n_workers = _n_workers(files, settings, len(tasks))
    progress.started(PHASE, len(files))
    found: dict[str, Parsed] = {}
    cache.close()  # the workers are forked when the first result is asked for
    with WorkerPool(n_workers) as pool:
        for task, result in zip(tasks, pool.map(parse_task, tasks), strict=True):
            parts = list(_one_by_one(pool, result.task)) if isinstance(result, WorkerDied) else result
            cache.put(
                (fact_key(f.language, p.digest), p.packed) for f, p in zip(task.files, parts, strict=True) if p.is_fresh
            )
            found.update((parsed.path, parsed) for parsed in parts)
            progress.advanced(PHASE, len(task.files))
    progress.finished(PHASE)
    return found, n_workers if n_workers > 1 else 0


def parse_task(task: ParseTask) -> list[Parsed]:
    """Read, look up and parse the files of one task; runs in any process."""
    read = [read_file(task.root, listed) for listed in task.files]
    sources = [source for source in read if isinstance(source, SourceFile)]
    with FactCache(Path(task.cache), task.cache_bytes) as cache:
        known = cache.get([fact_key(source.language, source.digest) for source in sources])
    return [
        _parsed(source, known, task.max_mean_line_bytes)
        if isinstance(source, SourceFile)
        else Parsed(source.path, unread=source.reason, problem=source.problem)
        for source in read
    ]


def _parsed(source: SourceFile, known: dict[str, bytes], max_mean_line_bytes: int) -> Parsed:
    content = source.content
    if len(content) > max_mean_line_bytes * (content.count(b"\n") + 1) and len(content) > max_mean_line_bytes * 8:
        problem = Problem(source.path, 0, "its lines are so long that it was generated or minified", "the file itself")
        return Parsed(source.path, source.digest, pack(encode(without_content(content))), problem=problem)
    packed = known.get(fact_key(source.language, source.digest))
    if packed is not None:
        return Parsed(source.path, source.digest, packed)
    return Parsed(source.path, source.digest, pack(encode(extract(source.language, content))), is_fresh=True)


def facts_of(parsed: Parsed) -> FileFacts:
    """The facts of a file that was read."""
    return decode(unpack(parsed.packed))


def _one_by_one(pool: WorkerPool, task: ParseTask) -> Iterator[Parsed]:
    """After a worker died on a task: its files one at a time, so that only the culprit is lost."""
    alone = [
        ParseTask(task.root, task.cache, task.cache_bytes, task.max_mean_line_bytes, (listed,)) for listed in task.files
    ]
    for part, result in zip(alone, pool.map_alone(parse_task, alone), strict=True):
        if isinstance(result, WorkerDied):
            path = part.files[0].path
            problem = Problem(path, 0, "the parser's process died on this file", "all other files")
            yield Parsed(path, unread="unreadable", problem=problem)
        else:
            yield from result


def _n_workers(files: Sequence[ListedFile], settings: Settings, n_tasks: int) -> int:
    if len(files) < _SMALL_FILES or sum(listed.stamp.size for listed in files) < _SMALL_BYTES:
        return 1
    return min(settings.jobs or core_count(), n_tasks)


def _tasks(root: Path, files: Sequence[ListedFile], settings: Settings, cache: FactCache) -> list[ParseTask]:
    """Chunks of about equal bytes, those with the largest files first: a large file must not be what all wait for."""
    jobs = settings.jobs or core_count()
    total = sum(listed.stamp.size for listed in files)
    limit = max(_LEAST_CHUNK, min(_MOST_CHUNK, total // (8 * jobs)))
    chunks: list[list[ListedFile]] = []
    size = limit
    for listed in sorted(files, key=lambda listed: (-listed.stamp.size, listed.path)):
        if size >= limit:
            chunks.append([])
            size = 0
        chunks[-1].append(listed)
        size += listed.stamp.size
    fixed = (str(root), str(cache.folder), settings.cache_bytes, settings.max_mean_line_bytes)
    return [ParseTask(*fixed, tuple(chunk)) for chunk in chunks]
