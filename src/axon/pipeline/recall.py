"""The facts that an index was made of, without the index.

What flows in: the files as they were indexed. What flows out: the outcome of each, from the cache of facts by the
digest of what was indexed, or read and parsed again: then its digest says whether the file is still what it was.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from axon.config import Settings, cache_home
from axon.model.source import ListedFile
from axon.parsing.cache import FactCache, fact_key
from axon.pipeline.parse import Parsed, parse_files
from axon.progress import Progress
from axon.storage.manifest import IndexedFile
from axon.storage.sources import SourceCache, source_folder


def recall(
    root: Path, files: Iterable[IndexedFile], *, settings: Settings, progress: Progress
) -> tuple[dict[str, Parsed], int]:
    """Outcomes by path, and the bytes that workers took; only what the cache lacks is looked for in the tree."""
    files = list(files)
    with (
        FactCache(cache_home() / "facts", settings.cache_bytes) as cache,
        SourceCache(source_folder(), settings.cache_bytes) as sources,
    ):
        keys = {f.path: fact_key(f.language, f.digest) for f in files}
        packed = cache.get(list(dict.fromkeys(keys.values())))
        known = {f.path: Parsed(f.path, f.digest, packed[keys[f.path]]) for f in files if keys[f.path] in packed}
        missing = [_listed(f) for f in files if f.path not in known]
        parsed, worker_memory = parse_files(
            root, missing, settings=settings, cache=cache, sources=sources, progress=progress
        )
    return known | parsed, worker_memory


def parse_again(
    root: Path, files: Iterable[IndexedFile], *, settings: Settings, progress: Progress
) -> tuple[dict[str, Parsed], int]:
    """As `recall`, but every file is read and parsed: no cache is looked at."""
    listed = [_listed(f) for f in files]
    with (
        tempfile.TemporaryDirectory(prefix="axon-facts-", ignore_cleanup_errors=True) as folder,
        FactCache(Path(folder), settings.cache_bytes) as empty,
        SourceCache(Path(folder), settings.cache_bytes) as sources,
    ):
        return parse_files(root, listed, settings=settings, cache=empty, sources=sources, progress=progress)


def _listed(file: IndexedFile) -> ListedFile:
    return ListedFile(file.path, file.language, file.stamp)
