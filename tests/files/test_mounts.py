"""Which folders lie on another machine, from what Linux, macOS and Windows say of their mounts."""

from pathlib import Path

import pytest

from axon.files.mounts import remote_file_system

LINUX = r"""/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /srv nfs4 rw,vers=4.2 0 0
/dev/vdb /srv/local ext4 rw 0 0
me@host:/data /mnt/with\040blank fuse.sshfs rw 0 0
shared /mnt/vm virtiofs rw 0 0
drvfs /mnt/c 9p rw 0 0
//nas/share /mnt/nas cifs rw 0 0
none /mnt/covered nfs rw 0 0
none /mnt/covered tmpfs rw 0 0
"""
MACOS = """/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//me@nas._smb._tcp.local/share on /Volumes/share (smbfs, nodev, nosuid, mounted by me)
nas:/export on /Volumes/nfs disk (nfs, asynchronous)
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/work", None),
        ("/srv/me/repo", "nfs4"),
        ("/srv", "nfs4"),
        ("/srvless", None),
        ("/srv/local/repo", None),
        ("/mnt/with blank/repo", "fuse.sshfs"),
        ("/mnt/vm", "virtiofs"),
        ("/mnt/c/repo", "9p"),
        ("/mnt/nas/repo", "cifs"),
        ("/mnt/covered/repo", None),
    ],
)
def test_linux(folder: str, kind: str | None) -> None:
    """The innermost mount decides, the last one where several cover each other; blanks in its name are escaped."""
    assert remote_file_system(Path(folder), platform="linux", mounts=LINUX) == kind


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/opt/repo", None), ("/Volumes/share/repo", "smbfs"), ("/Volumes/nfs disk/repo", "nfs")],
)
def test_macos(folder: str, kind: str | None) -> None:
    """The lines of `mount` are read where there is no /proc."""
    assert remote_file_system(Path(folder), platform="darwin", mounts=MACOS) == kind


@pytest.mark.parametrize(
    ("folder", "kind"), [(r"\\server\share\repo", "share"), (r"C:\repo", None), (r"\\?\C:\repo", None)]
)
def test_windows(folder: str, kind: str | None) -> None:
    """A share begins with two backslashes; a long path of this machine's does as well."""
    assert remote_file_system(Path(folder), platform="win32") == kind


def test_what_nobody_says_is_local(tmp_path: Path) -> None:
    """Without any line a folder counts as local; this machine's own mounts can be read."""
    assert remote_file_system(tmp_path, platform="linux", mounts="") is None
    assert remote_file_system(tmp_path) is None
    assert remote_file_system(tmp_path, platform="darwin") is None
