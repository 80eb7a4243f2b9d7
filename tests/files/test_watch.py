"""What the system tells of a real tree, and what listing it again and again tells."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from axon.errors import WatchError
from axon.files.watch import Batch, Notified, Polled, Stamps, differing
from axon.model.source import FileStamp

Inbox = SimpleQueue[Batch]

LIMIT = 60.0  # seconds: far more than any machine needs
NO_NAMESPACE = "no user namespace can be made here"

FEW_WATCHES = """
import sys
from pathlib import Path
from queue import SimpleQueue
from axon.errors import WatchError
from axon.files.watch import Notified

root = Path(sys.argv[1])
folders = []
for number in range(20):
    (root / str(number)).mkdir()
    folders.append(str(number))
Path(sys.argv[2]).write_text(sys.argv[3])
try:
    Notified(root, folders, SimpleQueue().put)
except WatchError as error:
    print(error)
"""


@contextmanager
def notified(root: Path, *folders: str, recursive: bool | None = None) -> Iterator[Inbox]:
    """The inbox of a watcher of these folders, the root besides."""
    inbox: Inbox = SimpleQueue()
    watcher = Notified(root, ["", *folders], inbox.put, recursive=recursive)
    try:
        yield inbox
    finally:
        watcher.close()


def told(inbox: Inbox, *paths: str) -> Batch:
    """All that is told until each of these paths was."""
    seen, moved = set[str](), set[str]()
    while not seen.issuperset(paths):
        batch = inbox.get(timeout=LIMIT)
        seen |= batch.paths
        moved |= batch.moved
    return Batch(frozenset(seen), frozenset(moved))


@pytest.mark.parametrize("recursive", [False, True])
def test_each_change_of_a_file_is_told(tmp_path: Path, recursive: bool) -> None:
    """Written, made, removed, renamed, in the root and in a folder: with a watch a folder and with one for the tree."""
    for path in ("old", "gone", "sub/old"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("before")
    with notified(tmp_path, "sub", recursive=recursive) as inbox:
        (tmp_path / "old").write_text("after")
        (tmp_path / "sub/old").write_text("after")
        (tmp_path / "new").write_text("new")
        (tmp_path / "gone").unlink()
        (tmp_path / "sub/new").mkdir()
        (tmp_path / "sub/old").rename(tmp_path / "sub/moved")
        batch = told(inbox, "old", "sub/old", "new", "gone", "sub/new", "sub/moved")
    assert batch.moved >= {"new", "gone", "sub/new", "sub/moved"}
    assert "old" not in batch.moved


def test_a_folder_that_was_not_named_is_not_watched(tmp_path: Path) -> None:
    """Only the folders that count are watched where the system has a watch for each."""
    (tmp_path / "aside").mkdir()
    with notified(tmp_path, recursive=False) as inbox:
        (tmp_path / "aside/a").write_text("a")
        (tmp_path / "last").write_text("b")
        assert not any(path.startswith("aside/") for path in told(inbox, "last").paths)


def test_a_folder_that_is_gone_and_a_closed_watcher(tmp_path: Path) -> None:
    """The caller is told of the first; of the second nothing is heard."""
    with pytest.raises(FileNotFoundError), notified(tmp_path, "nowhere", recursive=False):
        pass
    with notified(tmp_path) as inbox:
        pass
    (tmp_path / "a").write_text("a")
    with pytest.raises(Empty):
        inbox.get(timeout=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_ends_the_watcher_in_words(tmp_path: Path) -> None:
    """The library cannot say such a path: the batch says that somebody must look, and arm again."""
    with notified(tmp_path) as inbox:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))).write_text("x")
        batch = inbox.get(timeout=LIMIT)
        while not batch.must_rearm:
            batch = inbox.get(timeout=LIMIT)
    assert not batch.is_whole


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no user namespaces")
@pytest.mark.parametrize("limit", ["watches", "instances"])
def test_too_few_watches_are_an_error_that_says_what_to_raise(tmp_path: Path, limit: str) -> None:
    """In a namespace whose limits are low: the message names the settings of the system."""
    setting = f"/proc/sys/user/max_inotify_{limit}"
    script = [sys.executable, "-c", FEW_WATCHES, str(tmp_path), setting, "5" if limit == "watches" else "0"]
    done = subprocess.run(
        ["unshare", "--map-root-user", "--user", *script], capture_output=True, text=True, check=False, timeout=LIMIT
    )
    if done.returncode and "unshare" in done.stderr:
        pytest.skip(NO_NAMESPACE)
    assert done.returncode == 0, done.stderr
    assert "no watches left for 20 folders" in done.stdout or limit == "instances"
    assert "fs.inotify.max_user_watches" in done.stdout
    assert "fs.inotify.max_user_instances" in done.stdout


def test_polling_tells_what_differs(tmp_path: Path) -> None:
    """Changed, new and gone files, beginning with what was known; a tree that cannot be listed is waited for."""
    stamps = {"a": FileStamp(1, 1, 1), "b": FileStamp(1, 1, 2)}
    answers: list[Stamps | Exception] = [
        dict(stamps),
        WatchError("later"),
        OSError("later"),
        {"a": FileStamp(1, 2, 1), "c": FileStamp(1, 1, 3)},
    ]

    def listed() -> Stamps:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    inbox: Inbox = SimpleQueue()
    watcher = Polled(listed, stamps, inbox.put, interval=0.001)
    assert inbox.get(timeout=LIMIT) == Batch(frozenset({"a", "b", "c"}), frozenset({"b", "c"}))
    watcher.close()
    assert differing(stamps, stamps) == frozenset()
