"""An index that follows its tree: changes are seen, gathered, and taken up by one update after the other.

What flows in: a root, options, and who is told. What flows out: published indexes, and an event for all that happens.
It does not know how events are shown.

The watcher is armed before the first look at the tree, and every update is asked for only after the paths that it takes
up have been stamped; so whatever changes later is seen as a change. Beyond that, the tree is listed once after each run
of changes: a notification that the system lost is found then.
"""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Final

from axon.config import Settings, load_settings
from axon.errors import AxonError, WatchError
from axon.files.debounce import Window
from axon.files.mounts import remote_file_system
from axon.files.watch import Batch, Notified, Polled, Watcher
from axon.pipeline.analyze import reindex_files, run_pipeline
from axon.pipeline.changes import Pending, TreeView, stamps_of
from axon.pipeline.events import Changed, Embeddings, Failed, Idle, Note, Phase, Sight, Started, Updated, WatchEvent
from axon.pipeline.lane import EmbeddingLane
from axon.pipeline.report import Mode, PipelineResult
from axon.pipeline.session import Session
from axon.progress import SilentProgress
from axon.storage.generations import IndexHome
from axon.storage.watcher import WatcherClaim

_TICK: Final = 1.0  # seconds after which it is looked whether the root is still there
_SETTLED: Final = 1.0  # seconds without a change after which what the system may have lost is looked for
_RETRIES: Final = (5.0, 10.0, 20.0, 40.0, 60.0)
_TRIES: Final = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """`poll`: list the tree again and again even where the system would tell. `full`: index everything anew first.

    `settings` is called when a file that holds settings has changed. `phases`: tell how far an update is.
    """

    settings: Callable[[Path], Settings] = load_settings
    poll: bool = False
    full: bool = False
    embeddings: bool = True
    phases: bool = False


class TreeWatcher:
    """Keeps the index of one tree up to date."""

    def __init__(self, root: Path, tell: Callable[[WatchEvent], None], options: WatchOptions | None = None) -> None:
        """`tell` gets every event, in the thread that runs.

        Raises:
            ConfigError: a setting is wrong.
        """
        self._root = root.resolve()
        self._tell = tell
        self._options = options or WatchOptions()
        self._settings = self._options.settings(self._root)
        self._identity = os.stat(self._root)
        self._view = TreeView(self._root)
        self._inbox: SimpleQueue[Batch | Embeddings] = SimpleQueue()
        self._watcher: Watcher | None = None
        self._lane = EmbeddingLane(self._root, self._inbox.put)
        self._session = Session(defers=True)
        self._pending = Pending()
        self._window = Window()
        self._failures = 0
        self._last_failure = ""
        self._retry_at: float | None = None
        self._settle_at: float | None = None
        self._result: PipelineResult | None = None

    def run(self) -> None:
        """Bring the index up to date, then follow the tree until the thread is interrupted or the root is gone.

        Raises:
            BusyError: another process watches this tree.
            WatchError: the root was removed or moved.
            KeyboardInterrupt: from outside; the last index published stays in force.
        """
        claim = WatcherClaim(IndexHome(self._root).folder)
        try:
            self._view.look(self._settings)
            sight, why = self._arm()
            self._tell(Started(str(self._root), os.getpid(), sight, why))
            self._pending.add(Pending(whole=True))
            self._update(monotonic(), full=self._options.full)
            while True:
                self._step()
                claim.renew()
        finally:
            if self._watcher is not None:
                self._watcher.close()
            self._lane.close()
            self._write_linkage()
            claim.release()

    # --- from changes to updates --------------------------------------------------------------------------------------

    def _step(self) -> None:
        """Wait for what comes next, and do it."""
        try:
            self._take(self._inbox.get(timeout=self._patience()))
            while True:
                self._take(self._inbox.get_nowait())
        except Empty:
            pass
        self._check_root()
        now = monotonic()
        if self._is_due(now):
            self._update(now if self._window.due is None else self._window.began)
        elif self._settle_at is not None and now >= self._settle_at and not self._pending:
            self._settle()

    def _patience(self) -> float:
        moments = filter(None, (self._window.due, self._retry_at, self._settle_at))
        return max(0.0, min(_TICK, *(moment - monotonic() for moment in moments), _TICK))

    def _take(self, item: Batch | Embeddings) -> None:
        if isinstance(item, Embeddings):
            self._tell(item)
            return
        pending = self._view.sort(item)
        if pending:
            self._pending.add(pending)
            self._window.add(monotonic(), self._pending.size)
            self._lane.pause()

    def _is_due(self, now: float) -> bool:
        moments = [moment for moment in (self._window.due, self._retry_at) if moment is not None]
        return bool(moments) and now >= min(moments)

    def _update(self, began: float, *, full: bool = False) -> None:
        """Take up all that is pending; where that fails it stays pending."""
        self._window.close()
        self._retry_at = None
        pending, self._pending = self._pending, Pending()
        started = monotonic()
        try:
            work = self._work(pending)
            if work is None:
                self._settle_at = monotonic() + _SETTLED
                return
            self._tell(Changed.of(work))
            result = self._updated(work, full=full)
        except Exception as error:  # noqa: BLE001  one update: whatever is wrong with it, the next may succeed
            self._fail(error)
            return
        self._failures, self._last_failure = 0, ""
        self._result = result
        published = result.mode is not Mode.UNCHANGED
        self._tell(Updated(result, published, started - began, monotonic() - started))
        self._settle_at = monotonic() + _SETTLED
        if not self._pending and self._inbox.empty():
            self._tell(Idle())

    def _work(self, pending: Pending) -> frozenset[str] | None:
        """The paths that an update is to take up, none of them for the whole tree; None where there is no work."""
        if pending.whole or pending.rearm:
            self._settings = self._options.settings(self._root)
        if pending.needs_look or any(map(self._is_new, pending.paths)):
            self._look(pending)
        if pending.whole:
            return frozenset()
        self._view.stamp(pending.paths)
        return frozenset(pending.paths) or None

    def _look(self, pending: Pending) -> None:
        """List the tree, and correct `pending` by what is found; where folders have come, they are watched first."""
        pending.add(self._view.look(self._settings))
        has_others = self._view.list_folders()
        if pending.rearm or has_others:
            self._rearm()
            pending.whole = True
        strangers = {path for path in pending.paths if self._is_new(path)}
        self._view.estrange(strangers | (pending.new_folders - self._view.folders))
        pending.paths -= strangers

    def _is_new(self, path: str) -> bool:
        return path not in self._view.stamps and os.path.lexists(self._root / path)

    def _updated(self, paths: frozenset[str], *, full: bool) -> PipelineResult:
        """Without the graph database, which is made when somebody queries it: most updates are never seen by it."""
        told, settings = _Told(self._tell, phases=self._options.phases), self._settings
        if paths and not full:
            return reindex_files(
                self._root,
                paths,
                settings=settings,
                progress=told,
                embeddings=False,
                defer_database=True,
                session=self._session,
            )
        return run_pipeline(
            self._root,
            settings=settings,
            progress=told,
            full=full,
            embeddings=False,
            defer_database=True,
            session=self._session,
        )

    def _settle(self) -> None:
        """Look for what the system did not tell, and begin to embed when there is nothing."""
        self._settle_at = None
        try:
            missed = self._view.look(self._settings)
        except (AxonError, OSError) as error:
            self._fail(error)
            return
        if missed:
            _log.info("%d changes came without a notification", len(missed.paths))
            self._pending.add(missed)
            self._window.add(monotonic(), self._pending.size)
        else:
            self._write_linkage()
            if not self._embed():
                self._settle_at = monotonic() + _SETTLED

    def _write_linkage(self) -> None:
        """Write what the last linking left, which updates do without while they follow each other."""
        from axon.pipeline.store import write_late_linkage  # noqa: PLC0415  numpy: after the workers

        with suppress(OSError):  # no room: then the next process links everything
            write_late_linkage(IndexHome(self._root), self._session)

    def _embed(self) -> bool:
        """Begin to embed, where that is wanted; False where it must be tried again."""
        if not self._options.embeddings or self._result is None:
            return True
        return self._lane.begin(self._result, self._settings)

    def _fail(self, error: Exception) -> None:
        """Say it once, and try again later, with the whole tree: nobody knows how far the update came."""
        self._session = Session(defers=True)
        self._pending.add(Pending(whole=True))
        retry = _RETRIES[min(self._failures, len(_RETRIES) - 1)]
        self._failures += 1
        self._retry_at = monotonic() + retry
        _log.debug("an update failed", exc_info=error)
        message = str(error) if isinstance(error, AxonError) else f"{type(error).__name__}: {error}"
        if message != self._last_failure:
            self._tell(Failed(message, retry))
        self._last_failure = message

    # --- how changes are seen -----------------------------------------------------------------------------------------

    def _arm(self) -> tuple[Sight, str]:
        """See changes from now on; how, and why so."""
        kind = remote_file_system(self._root)
        if self._options.poll:
            return self._poll("It was asked for.")
        if kind is not None:
            return self._poll(f"The folder lies on {kind}, where the system does not tell what others change.")
        why = self._watch_folders()
        return self._poll(why) if why else (Sight.NOTIFIED, "")

    def _rearm(self) -> None:
        """Watch the folders that there are now; where the system refuses, their changes are polled from now on."""
        if isinstance(self._watcher, Notified) and (why := self._watch_folders()):
            self._watcher.close()
            self._tell(Note(f"Changes are polled from now on. {why}"))
            self._poll(why)

    def _watch_folders(self) -> str:
        """Arm a new watcher; a folder that comes while this goes on is watched as well. Returns why it cannot be."""
        before = self._watcher
        for _ in range(_TRIES):
            self._view.list_folders()
            try:
                self._watcher = Notified(self._root, self._view.folders, self._inbox.put)
            except FileNotFoundError:  # a folder went away between the listing and the watch
                self._check_root()
                continue
            except WatchError as error:
                return str(error)
            if before is not None:
                before.close()
            before = self._watcher
            if not self._view.list_folders():
                return ""
        self._pending.add(Pending(rearm=True))
        self._window.add(monotonic(), self._pending.size)
        return ""

    def _poll(self, why: str) -> tuple[Sight, str]:
        self._watcher = Polled(lambda: stamps_of(self._root, self._settings), self._view.stamps, self._inbox.put)
        return Sight.POLLED, why

    def _check_root(self) -> None:
        try:
            is_here = os.path.samestat(os.stat(self._root), self._identity)
        except OSError:
            is_here = False
        if not is_here:
            raise WatchError(f"{self._root} was removed or moved. There is nothing left to watch.")


class _Told(SilentProgress):
    """What an update has to say, as events."""

    def __init__(self, tell: Callable[[WatchEvent], None], *, phases: bool) -> None:
        self._tell = tell
        self._phases = phases

    def started(self, phase: str, total: int) -> None:
        if self._phases:
            self._tell(Phase(phase, total))

    def message(self, text: str) -> None:
        self._tell(Note(text))
