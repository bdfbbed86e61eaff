"""What lies under a path: a network's disk, on which no database may lie, and how much room is left."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

# Where two machines may write, or locks are only pretended: SQLite's write-ahead log needs one machine's memory.
NETWORKED: Final = frozenset(
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "davfs", "fuse.sshfs", "fuse.glusterfs",
        "fuse.rclone", "fuse.davfs2", "fuse.s3fs", "fuse.gcsfuse",
    }
)  # fmt: skip
MOUNTS: Final = Path("/proc/self/mountinfo")  # Linux's own list; where there is none, nothing is known
_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def network_filesystem(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of network filesystem that `path` lies on, or would lie on; None for a local one, and where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    real, found = os.path.realpath(path), ("", "")
    for line in lines:
        before, _, after = line.partition(" - ")
        place = _OCTAL.sub(lambda match: chr(int(match[1], 8)), before.split(" ")[4]) if before.count(" ") >= 4 else ""
        if place and (real == place or real.startswith(place.rstrip("/") + "/")) and len(place) >= len(found[0]):
            found = (place, after.split(" ", 1)[0])
    return found[1] if found[1] in NETWORKED else None


def room(path: Path) -> tuple[int, int]:
    """Bytes that are free for this user where `path` lies, and all there are."""
    place = next(folder for folder in (path, *path.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    return usage.free, usage.total
