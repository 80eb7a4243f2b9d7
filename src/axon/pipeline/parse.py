"""Listed files into facts, by many processes and the cache.

What flows in: files that must be read. What flows out: for each its digest and facts, or why there are none. Nothing
here imports numpy, because workers are forked from a process that ran only this.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from axon.config import Settings
from axon.errors import Problem
from axon.files.marks import has_long_lines, marks_of_content
from axon.files.read import LargeFile, Unread, read_at_most
from axon.model.facts import FileFacts
from axon.model.kinds import Flag
from axon.model.source import ListedFile, SourceFile
from axon.parsing.cache import FactCache, fact_key, pack, unpack
from axon.parsing.codec import decode, encode
from axon.parsing.extract import extract, without_content
from axon.parsing.parser import query, time_limit
from axon.parsing.pool import WorkerDied, WorkerPool, core_count, start_method
from axon.pipeline.report import worker_memory_bytes
from axon.progress import Progress
from axon.storage.sources import SourceCache, pack_source

PHASE: Final = "parsing"
_SMALL_FILES, _SMALL_BYTES = 40, 1_500_000  # less than this is parsed before a second process would be up
_LEAST_CHUNK, _MOST_CHUNK = 64_000, 1_000_000


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Some files for one worker; paths are plain strings, because they cross a pipe."""

    root: str
    cache: str
    sources: str
    cache_bytes: int
    max_file_bytes: int
    max_mean_line_bytes: int
    timeout_seconds: int
    files: tuple[ListedFile, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file's outcome: `packed` facts and the digest of what was read; or `unread`, a reason of `LeftOut`.

    `is_fresh` is true where the facts are not in the cache yet; `gave_up` says why nobody is to parse the file again.
    `source` is the packed content, on its way to the cache of sources, where that lacks it.
    """

    path: str
    digest: str = ""
    packed: bytes = b""
    is_fresh: bool = False
    gave_up: str = ""
    unread: str = ""
    source: bytes = b""
    problem: Problem | None = None


def parse_files(
    root: Path,
    files: Sequence[ListedFile],
    *,
    settings: Settings,
    cache: FactCache,
    sources: SourceCache,
    progress: Progress,
) -> tuple[dict[str, Parsed], int]:
    """Outcomes by path, and the bytes that workers took; fresh facts and sources are put into their caches."""
    tasks = _tasks(root, files, settings, cache, sources)
    n_workers = _n_workers(files, settings, len(tasks))
    if n_workers > 1 and start_method() == "fork":
        for language in sorted({listed.language for listed in files}):
            query(language)  # up to a tenth of a second each, which no worker has to spend again
    progress.started(PHASE, len(files))
    found: dict[str, Parsed] = {}
    cache.close()  # the workers are forked when the first result is asked for
    sources.close()
    with WorkerPool(n_workers, limit_seconds=settings.parse_timeout_seconds) as pool:
        for task, result in zip(tasks, pool.map(parse_task, tasks), strict=True):
            parts = list(_one_by_one(pool, result.task)) if isinstance(result, WorkerDied) else result
            cache.put(_cached(task, f, p) for f, p in zip(task.files, parts, strict=True) if p.is_fresh)
            sources.put((p.digest, p.source) for p in parts if p.source)
            found.update((p.path, replace(p, source=b"") if p.source else p) for p in parts)
            progress.advanced(PHASE, len(task.files))
    progress.finished(PHASE)
    return found, worker_memory_bytes(n_workers)


def parse_task(task: ParseTask) -> list[Parsed]:
    """Read, look up and parse the files of one task; runs in any process."""
    read = [read_at_most(task.root, listed, task.max_file_bytes) for listed in task.files]
    sources = [source for source in read if isinstance(source, SourceFile)]
    with FactCache(Path(task.cache), task.cache_bytes) as cache:
        known = cache.get([key for source in sources for key in _keys(task, source.language, source.digest)])
    with SourceCache(Path(task.sources)) as cached:
        kept = cached.known([source.digest for source in sources])
    return [
        replace(_parsed(task, file, known), source=b"" if file.digest in kept else pack_source(file.content))
        if isinstance(file, SourceFile)
        else _bare(task, file)
        for file in read
    ]


def _parsed(task: ParseTask, source: SourceFile, known: dict[str, bytes]) -> Parsed:
    content = source.content
    if has_long_lines(content, task.max_mean_line_bytes):
        problem = _whole(source.path, "its lines are so long that it was generated or minified")
        facts = replace(without_content(content), flags=int(Flag.GENERATED))
        return Parsed(source.path, source.digest, pack(encode(facts)), problem=problem)
    key, quarantine = _keys(task, source.language, source.digest)
    if key in known:
        return Parsed(source.path, source.digest, known[key])
    if quarantine in known:
        return replace(_given_up(source, known[quarantine].decode()), is_fresh=False)
    try:
        with time_limit(task.timeout_seconds):
            facts = extract(source.language, content)
    except TimeoutError:
        return _given_up(source, _took_too_long(task))
    facts = replace(facts, flags=int(marks_of_content(content)))
    return Parsed(source.path, source.digest, pack(encode(facts)), is_fresh=True)


def _bare(task: ParseTask, file: Unread | LargeFile) -> Parsed:
    """The outcome of a file whose content nobody has."""
    if isinstance(file, Unread):
        return Parsed(file.path, unread=file.reason, problem=file.problem)
    problem = _whole(file.path, f"its {file.size:,} bytes are above max_file_bytes, which is {task.max_file_bytes:,}")
    return Parsed(file.path, file.digest, pack(encode(FileFacts(file.size, file.n_lines))), problem=problem)


def _given_up(source: SourceFile, why: str) -> Parsed:
    problem = _whole(source.path, f"{why}; it is not tried again until it changes")
    facts = pack(encode(without_content(source.content)))
    return Parsed(source.path, source.digest, facts, is_fresh=True, gave_up=why, problem=problem)


def _whole(path: str, what: str) -> Problem:
    return Problem(path, 0, what, "the file itself, without its symbols")


def _took_too_long(task: ParseTask) -> str:
    return f"the parser took longer than {task.timeout_seconds} seconds on this file"


def _keys(task: ParseTask, language: str, digest: str) -> tuple[str, str]:
    """Where the cache has the facts of a content, and where it has why there are none: under this very time limit."""
    key = fact_key(language, digest)
    return key, f"{key}-gave-up-{task.timeout_seconds}"


def _cached(task: ParseTask, listed: ListedFile, parsed: Parsed) -> tuple[str, bytes]:
    """What the cache keeps of a fresh outcome."""
    key, quarantine = _keys(task, listed.language, parsed.digest)
    return (quarantine, parsed.gave_up.encode()) if parsed.gave_up else (key, parsed.packed)


def facts_of(parsed: Parsed) -> FileFacts:
    """The facts of a file that was read."""
    return decode(unpack(parsed.packed))


def _one_by_one(pool: WorkerPool, task: ParseTask) -> Iterator[Parsed]:
    """After a worker died on a task: its files one at a time, so that only the culprit is lost."""
    alone = [replace(task, files=(listed,)) for listed in task.files]
    for part, result in zip(alone, pool.map_alone(parse_task, alone), strict=True):
        if isinstance(result, WorkerDied):
            yield _culprit(part, took_too_long=result.took_too_long)
        else:
            yield from result


def _culprit(task: ParseTask, *, took_too_long: bool) -> Parsed:
    """The outcome of the one file of a task that ended its process."""
    source = read_at_most(task.root, task.files[0], task.max_file_bytes)
    if not isinstance(source, SourceFile):
        return _bare(task, source)
    return _given_up(source, _took_too_long(task) if took_too_long else "the parser's process died on this file")


def _n_workers(files: Sequence[ListedFile], settings: Settings, n_tasks: int) -> int:
    if len(files) < _SMALL_FILES or sum(listed.stamp.size for listed in files) < _SMALL_BYTES:
        return 1
    return min(settings.jobs or core_count(), n_tasks)


def _tasks(
    root: Path, files: Sequence[ListedFile], settings: Settings, cache: FactCache, sources: SourceCache
) -> list[ParseTask]:
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
    return [
        ParseTask(
            root=str(root),
            cache=str(cache.folder),
            sources=str(sources.folder),
            cache_bytes=settings.cache_bytes,
            max_file_bytes=settings.max_file_bytes,
            max_mean_line_bytes=settings.max_mean_line_bytes,
            timeout_seconds=settings.parse_timeout_seconds,
            files=tuple(chunk),
        )
        for chunk in chunks
    ]
