"""What a tree's past says: commits, their authors and changes, as git told them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one commit did to one file, in lines; zeros for what is no text."""

    path: str
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `time` is in seconds since 1970."""

    author: str
    time: int
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Commits from the newest on, none before `since`; `note` is a whole sentence on what is missing, or ''."""

    commits: tuple[Commit, ...] = ()
    since: datetime | None = None
    head: str = ""
    note: str = ""
