"""Who owns the open index of a repository, and keeps it up to date while others ask.

What flows in: a root. What flows out: the index in force, pinned for as long as a question takes, which knows how its
tree has moved on. It does not know who asks, nor in which words.

The tree is followed by a process of its own (`axon watch`), so that an update is in no answer's way; that process ends
when this one does, however it dies, because the pipe to it closes. Another that watches already does instead.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from axon.errors import BusyError, NoIndexError

if TYPE_CHECKING:
    from axon.model.answers import CypherAnswer, TreeChange
    from axon.model.contracts import CheckAnswer
    from axon.model.review import DiffAnswer
    from axon.questions.opened import Index

_LOOK_SECONDS: Final = 2.0  # for so long it is believed how the tree differs
_FIRST_WAIT: Final = 20.0  # clients give up on a call after a minute or so
_SETTLE_SECONDS: Final = 30.0  # an update does most of what would be done twice without it
_END_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class Host:
    """The index of the repository at `root`, for many who ask at once."""

    def __init__(self, root: Path, *, watch: bool = True) -> None:
        self.root = root
        self._watches = watch
        self._lock = threading.Lock()
        self._index: _Pinned | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._phase = ""
        self._trouble = ""
        self._changed = threading.Condition(self._lock)
        self._looked: tuple[float, int | None, TreeChange] | None = None

    def start(self) -> None:
        """Follow the tree from now on, in a process of its own; a second call does nothing."""
        with self._lock:
            if not self._watches or self._watcher is not None or self._is_closed:
                return
            self._watcher = _started(self.root)
        threading.Thread(target=self._listen, args=(self._watcher,), daemon=True).start()

    def close(self) -> None:
        """End the watcher, and let go of the index."""
        with self._lock:
            self._is_closed = True
            watcher, pinned, self._index = self._watcher, self._index, None
        if pinned is not None:
            pinned.give_back()
        if watcher is not None:
            assert watcher.stdin is not None
            watcher.stdin.close()
            try:
                watcher.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                watcher.kill()
                watcher.wait()

    @contextmanager
    def index(self) -> "Iterator[Index]":
        """The index in force, pinned; where there is none yet, one is being made, and this waits some seconds for it.

        Raises:
            NoIndexError: it is not there yet; the message says how far it is.
            DamagedIndexError: no generation is whole.
        """
        self.start()
        pinned = self._taken()
        try:
            pinned.index.tree = self._tree(pinned)
            yield pinned.index
        finally:
            pinned.give_back()

    def changes(self, index: "Index", since: str = "HEAD") -> "DiffAnswer":
        """What `index`, which stands for the work tree, or a range of revisions has otherwise than another revision.

        Raises:
            UsageError: there is no git work tree, or no such revision.
        """
        from axon.questions.diff import diff  # noqa: PLC0415  numpy: for this question only
        from axon.serve.comparing import compared  # noqa: PLC0415  likewise

        with self._settled(index) as current, compared(self.root, since, index=current) as sides:
            return diff(sides.before, sides.after, base=sides.base, head=sides.head)

    @contextmanager
    def _settled(self, index: "Index") -> "Iterator[Index | None]":
        """An index that is as the tree is, for which the watcher is waited some seconds; None where there is none."""
        from axon.serve.tree import look_at_tree  # noqa: PLC0415  after the handshake

        self._looked = None  # what was believed may be older than the edit that is asked about
        index.tree = look_at_tree(self.root, index.indexed_files(), list_tree=True)
        end = time.monotonic() + (_SETTLE_SECONDS if self._watcher is not None else 0.0)
        while index.tree is not None and index.tree.moved_on and time.monotonic() < end:
            with self._changed:
                self._changed.wait(1.0)
            with self.index() as fresh:
                if fresh.tree is not None and not fresh.tree.moved_on:
                    yield fresh
                    return
        yield index if index.tree is not None and not index.tree.moved_on else None

    def check(self, index: "Index") -> "CheckAnswer":
        """What breaks the contracts of the repository, in the tree or in `index` where that is as the tree is.

        Raises:
            ConfigError: a contract is not as it must be, or cannot be checked.
        """
        from axon.serve.checking import check_tree, contracts_at  # noqa: PLC0415  numpy: for this question only

        is_current = index.tree is not None and not index.tree.moved_on
        return check_tree(self.root, contracts_at(self.root), index=index if is_current else None)

    def cypher(self, query: str, limit: int) -> "CypherAnswer":
        """Rows of a read-only query; the graph database is brought up to date first, where nobody else writes.

        Raises:
            QueryRefusedError, QueryFailedError: the query is not allowed, or fails.
            StorageError: the database could not be written.
        """
        from axon.pipeline.complete import complete_database  # noqa: PLC0415  few ask for it
        from axon.questions.cypher import cypher  # noqa: PLC0415  likewise
        from axon.questions.opened import open_queryable  # noqa: PLC0415  likewise
        from axon.serve.tree import look_at_tree  # noqa: PLC0415  likewise

        with suppress(BusyError):  # the last database answers, and the answer says so
            complete_database(self.root)
        with open_queryable(self.root) as index:
            index.tree = look_at_tree(self.root, index.indexed_files())
            return cypher(index, query, limit=limit)

    # --- the index in force -------------------------------------------------------------------------------------------

    def _taken(self) -> "_Pinned":
        end = time.monotonic() + _FIRST_WAIT
        while True:
            with self._lock:
                number = _current_number(self.root)
                if self._index is not None and number == self._index.number:
                    return self._index.taken()
            try:
                return self._renewed()
            except NoIndexError:
                with self._changed:
                    if not self._watches or self._is_closed:
                        raise
                    if time.monotonic() >= end or self._trouble:
                        raise NoIndexError(self._how_far()) from None
                    self._changed.wait(min(1.0, max(0.0, end - time.monotonic())))

    def _renewed(self) -> "_Pinned":
        from axon.questions.opened import open_index  # noqa: PLC0415  after the handshake

        number = _current_number(self.root)
        fresh = _Pinned(open_index(self.root), number)
        with self._lock:
            before, self._index = self._index, fresh
            taken = fresh.taken()
        if before is not None:
            before.give_back()
        return taken

    def _how_far(self) -> str:
        if self._trouble:
            return f"{self.root} cannot be indexed: {self._trouble}"
        phase = f" It is at the phase `{self._phase}`." if self._phase else ""
        return f"{self.root} is being indexed for the first time.{phase} Ask again in some seconds."

    def _tree(self, pinned: "_Pinned") -> "TreeChange":
        """How the tree differs from the index: one look at every file, believed for two seconds."""
        from axon.serve.tree import look_at_tree  # noqa: PLC0415  after the handshake

        known, now = self._looked, time.monotonic()
        if known is not None and known[1] == pinned.number and now - known[0] < _LOOK_SECONDS:
            return known[2]
        change = look_at_tree(self.root, pinned.files)
        self._looked = (now, pinned.number, change)
        return change

    # --- the watcher --------------------------------------------------------------------------------------------------

    def _listen(self, watcher: "subprocess.Popen[bytes]") -> None:
        assert watcher.stdout is not None
        for line in watcher.stdout:
            try:
                self._hear(json.loads(line))
            except ValueError:
                _log.warning("the watcher said what is no JSON: %r", line[:200])
        _log.info("the watcher ended with exit code %s", watcher.wait())
        with self._changed:
            self._changed.notify_all()

    def _hear(self, event: dict[str, Any]) -> None:
        with self._changed:
            kind = event.get("event")
            if kind == "phase":
                self._phase = str(event["name"])
            elif kind == "failed":
                self._trouble = str(event["message"])
            elif kind == "updated":
                self._phase = self._trouble = ""
                self._looked = None
            self._changed.notify_all()


class _Pinned:
    """An open index, closed when the last who uses it has given it back."""

    def __init__(self, index: "Index", number: int | None) -> None:
        """`number` is what the pointer named: where that generation is damaged, an older one is open."""
        self.index = index
        self.number = number
        self.files = index.indexed_files()
        self._users = 1
        self._lock = threading.Lock()

    def taken(self) -> "_Pinned":
        with self._lock:
            self._users += 1
        return self

    def give_back(self) -> None:
        with self._lock:
            self._users -= 1
            is_last = not self._users
        if is_last:
            self.index.close()


def _current_number(root: Path) -> int | None:
    from axon.storage.generations import IndexHome  # noqa: PLC0415  after the handshake

    return IndexHome(root).current_number()


def _started(root: Path) -> "subprocess.Popen[bytes]":
    # -P: a folder `axon` in the current one is not the program.
    command = [sys.executable, "-P", "-m", "axon", "watch", str(root), "--json", "--until-eof"]
    return subprocess.Popen(
        command,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
