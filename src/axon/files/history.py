"""What git's log says of the files of a tree: commits with their authors and changes.

What flows in: a root. What flows out: a `History`, the newest commit first, with paths as they are called today. Where
there is no git, no repository or no full history, its note says so. It does not know the graph.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from axon.files.git import run_git
from axon.model.history import Commit, FileChange, History

_SPAN: Final = timedelta(days=365)
_MARK: Final = b"\x01"
_FIELD: Final = b"\x02"


def read_history(root: Path, span: timedelta = _SPAN) -> History:
    """The commits of `span` before that of HEAD, merges left out; paths are relative to the root."""
    head = run_git(root, "log", "-1", "--format=%ct %H", "HEAD")
    if isinstance(head, str):
        return History(note=f"There is no history: {head.removesuffix('.')}.")
    time, commit = head.split()
    since = datetime.fromtimestamp(int(time), UTC) - span
    log = run_git(
        root,
        "-c",
        "diff.renameLimit=400",
        "log",
        "--no-merges",
        f"--since={since.isoformat()}",
        "--numstat",
        "--find-renames",
        "--no-ext-diff",
        "--no-textconv",
        "--relative",
        "-z",
        f"--format={_MARK.decode()}%ct{_FIELD.decode()}%aN{_FIELD.decode()}",
    )
    if isinstance(log, str):
        return History(note=f"There is no history: {log.removesuffix('.')}.")
    is_shallow = run_git(root, "rev-parse", "--is-shallow-repository") == b"true\n"
    note = "The clone is shallow: its history is cut off." if is_shallow else ""
    return History(tuple(_commits(log)), since, commit.decode(), note)


def blame(root: Path, path: str) -> dict[str, int]:
    """Lines of one file by the author who wrote them last, the most first; nothing where git cannot say."""
    said = run_git(root, "blame", "--line-porcelain", "HEAD", "--", path)
    if isinstance(said, str):
        return {}
    counts: dict[str, int] = {}
    for line in said.split(b"\n"):
        if line.startswith(b"author "):
            author = line[7:].decode("utf-8", "replace")
            counts[author] = counts.get(author, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _commits(log: bytes) -> Iterator[Commit]:
    """Commits from the newest on; an old name is that which the file has now."""
    now: dict[bytes, bytes] = {}
    for text in log.split(_MARK)[1:]:
        time, author, rest = text.split(_FIELD, 2)
        changes = []
        fields = iter(rest.lstrip(b"\0\n").split(b"\0"))
        for field in fields:
            numbers = field.strip(b"\n").split(b"\t")
            if len(numbers) != 3:
                continue
            path = numbers[2]
            if not path:  # a rename: the old path and the new one follow
                old, new = next(fields), next(fields)
                path = now.get(new, new)
                now[old] = path
            path = now.get(path, path)
            added, removed = (int(number) if number.isdigit() else 0 for number in numbers[:2])
            changes.append(FileChange(path.decode("utf-8", "surrogateescape"), added, removed))
        yield Commit(author.decode("utf-8", "replace"), int(time), tuple(changes))
