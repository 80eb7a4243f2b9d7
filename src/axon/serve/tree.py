"""Has the work tree moved on since it was indexed?

What flows in: a root and the files as they were indexed. What flows out: a `TreeChange`. A file counts as changed when
its stamp differs and then its content does. It does not know the graph.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from axon.files.read import Unread, read_file
from axon.model.answers import TreeChange
from axon.model.source import FileStamp, ListedFile
from axon.storage.manifest import IndexedFile


def look_at_tree(root: Path, indexed: Sequence[IndexedFile], *, list_tree: bool = False) -> TreeChange:
    """Compare the tree with what was indexed: one stat a file; with `list_tree` new files are looked for as well."""
    if list_tree:
        return _compared_with_listing(root, indexed)
    changed = removed = 0
    for file in indexed:
        stamp = _stamp(root, file.path)
        if stamp is None:
            removed += 1
        elif stamp != file.stamp:
            changed += _differs(root, file)
    return TreeChange(changed, removed)


def _compared_with_listing(root: Path, indexed: Sequence[IndexedFile]) -> TreeChange:
    from axon.config import load_settings  # noqa: PLC0415  start-up is lazy
    from axon.files.walk import list_files  # noqa: PLC0415  start-up is lazy
    from axon.languages import of  # noqa: PLC0415  start-up is lazy

    listed = {file.path: file for file in list_files(root, language_of=of, settings=load_settings(root)).files}
    before = {file.path: file for file in indexed}
    both = [before[path] for path in listed if path in before]
    changed = sum(_differs(root, file) for file in both if listed[file.path].stamp != file.stamp)
    added = [file for path, file in listed.items() if path not in before]
    readable = sum(not isinstance(read_file(root, file), Unread) for file in added)
    return TreeChange(changed, len(before) - len(both), readable)


def _stamp(root: Path, path: str) -> FileStamp | None:
    try:
        status = os.stat(f"{root}/{path}", follow_symlinks=False)
    except OSError:
        return None
    return FileStamp(status.st_size, status.st_mtime_ns, status.st_ino)


def _differs(root: Path, file: IndexedFile) -> bool:
    source = read_file(root, ListedFile(file.path, file.language, file.stamp))
    return isinstance(source, Unread) or source.digest != file.digest
