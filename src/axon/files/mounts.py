"""On which kind of file system a folder lies, and whether the system can tell there what changes.

What flows in: a path, and what the system says of its mounts. What flows out: the name of the file system's type. It
does not watch anything.

A server's files change without this machine's kernel, so that no notification comes: such a folder is looked at again
and again instead.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_REMOTE: Final = frozenset(
    {
        "9p",  # WSL's drives, and folders that a virtual machine shares
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
        "gfs2",
        "glusterfs",
        "lustre",
        "macfuse",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "osxfuse",
        "prl_fs",
        "smb2",
        "smb3",
        "smbfs",
        "sshfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
        "webdav",
    }
)
_LINUX_MOUNTS: Final = "/proc/mounts"
_LINUX_LINE: Final = re.compile(r"\S+ (\S+) (\S+) ")
_BSD_LINE: Final = re.compile(r".+? on (/.*?) \(([^,)]+)")
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_SHARE: Final = re.compile(r"[\\/]{2}[^\\/?.]")
_TIMEOUT: Final = 5.0


def remote_file_system(folder: Path, *, platform: str = sys.platform, mounts: str | None = None) -> str | None:
    """The type of the file system that serves `folder` where that is another machine's, else None.

    `mounts` stands for what the system says: the text of /proc/mounts on Linux, what `mount` prints elsewhere. Where
    it says nothing, the folder counts as local; on Windows a share is known by its two leading backslashes.
    """
    if platform == "win32":
        return "share" if _SHARE.match(str(folder)) else None
    kind = _kind_of(os.fsencode(folder), _said(platform) if mounts is None else mounts, platform)
    return kind if kind in _REMOTE else None


def _kind_of(folder: bytes, mounts: str, platform: str) -> str:
    """The type of the innermost mount around `folder`; of several in one place, the last one covers the others."""
    best, kind = b"", ""
    for place, found in _mounts(mounts, platform):
        inside = place in {b"/", folder} or folder.startswith(place + b"/")
        if inside and len(place) >= len(best):
            best, kind = place, found
    return kind


def _mounts(text: str, platform: str) -> Iterator[tuple[bytes, str]]:
    line = _LINUX_LINE if platform.startswith("linux") else _BSD_LINE
    for found in filter(None, map(line.match, text.splitlines())):
        place = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), found[1])
        yield os.fsencode(place), found[2].strip()


def _said(platform: str) -> str:
    try:
        if platform.startswith("linux"):
            return Path(_LINUX_MOUNTS).read_text(encoding="utf-8", errors="surrogateescape")
        done = subprocess.run(["mount"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_TIMEOUT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "surrogateescape")
