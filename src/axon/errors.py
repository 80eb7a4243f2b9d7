"""What can go wrong, as types.

What flows in: nothing. What flows out: the exception tree, the exit codes and `Problem`, the soft error.

    AxonError                        1  something failed; the message says what, where and what to do
    ├── UsageError                   2  the call itself is wrong (a flag, a path, a query that is not allowed)
    │   ├── ConfigError              2  a setting is unknown or has a bad value
    │   ├── AmbiguousSymbolError     2  a name fits several symbols; `candidates` lists them
    │   ├── UnknownSymbolError       2  a name fits no symbol; `candidates` lists near ones
    │   └── QueryRefusedError        2  the read-only console does not run this statement
    ├── NoIndexError                 3  nothing was indexed here yet
    ├── BusyError                    5  another writer holds the index
    ├── NoSymbolsError               1  a tree with source files gave no symbol
    ├── EmbeddingError               1  an embedder or its model cannot be used
    ├── AuditError                   1  an audit has nothing to compare the index with
    ├── WatchError                   1  a tree cannot be watched, or is there no more
    ├── QueryFailedError             1  the engine rejected a query, or it took too long
    └── StorageError                 1  the index could not be written or read
        ├── LoadError                1  rows in the store + rejected rows != rows in the graph
        ├── UnknownVersionError      1  another version of Axon wrote the index, in a form that this one does not read
        ├── NoLocksError         1  the file system gives no locks, so that two writers could not be told apart
        ├── DamagedIndexError        1  a published file is missing, truncated or of another size than its manifest says
        └── MissingSourceError       1  a source as it was indexed is kept no more, and the file has changed

A bad input file is not an exception: it is a `Problem`, a value that is collected, counted and shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; one table for every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_INDEX = 3
    PARTIAL = 4
    BUSY = 5
    VIOLATIONS = 6
    INTERRUPTED = 130


class AxonError(Exception):
    """Base of all errors that Axon raises on purpose; `str(error)` is one line for a person."""

    exit_code: ExitCode = ExitCode.FAILED


class UsageError(AxonError):
    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    pass


class SymbolError(UsageError):
    """A symbol that a question names cannot be picked; `candidates` are ids that may be meant."""

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.candidates = tuple(candidates)


class AmbiguousSymbolError(SymbolError):
    pass


class UnknownSymbolError(SymbolError):
    pass


class QueryRefusedError(UsageError):
    pass


class NoIndexError(AxonError):
    exit_code = ExitCode.NO_INDEX


class BusyError(AxonError):
    exit_code = ExitCode.BUSY


class NoSymbolsError(AxonError):
    pass


class EmbeddingError(AxonError):
    pass


class WatchError(AxonError):
    pass


class AuditError(AxonError):
    pass


class QueryFailedError(AxonError):
    pass


class StorageError(AxonError):
    pass


class LoadError(StorageError):
    pass


class UnknownVersionError(StorageError):
    pass


class NoLocksError(StorageError):
    pass


class DamagedIndexError(StorageError):
    pass


class MissingSourceError(StorageError):
    pass


@dataclass(frozen=True, slots=True)
class Problem:
    """One odd thing in the input that did not stop the run.

    `path` is relative to the repository ('' when no file is at fault), `line` is 1-based (0: the whole file), `what`
    says what is odd, `kept` what the index has of it all the same.
    """

    path: str
    line: int
    what: str
    kept: str
