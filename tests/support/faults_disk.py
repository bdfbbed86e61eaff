"""A disk that is really full, and one that is really read-only, under a project; every writing tool meets both.

`python -m tests.support.faults_disk DISK TEMPORARY SEED`, run by `unshare` in a mount namespace of its own: mounts a small disk in memory at DISK,
and prints a line for each call that was tried. Ends with 1 and a traceback where one was not met as it should be.
"""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.support.faults import Called, Rig, rig
from tests.support.faults_project import WALK, Step, assert_sound, logged, tables

UNSHARED: Final = ("unshare", "--user", "--map-root-user", "--mount")
MEGABYTES: Final = 64
LEFT: Final = (0, 4096, 20_000, 60_000)  # bytes that a full disk may still have; some calls need no more
FILLER: Final = "filler"


def can_mount() -> bool:
    """Whether this machine lets an ordinary user have a disk in a namespace of their own."""
    try:
        done = subprocess.run([*UNSHARED, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def main(disk: Path, temporary: Path, seed: str) -> None:
    """Meet both disks with every step of the walk, in any of which a disk may become so."""
    _mount(disk, "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0755", "tmpfs")
    chance = random.Random(seed)
    with rig(disk, temporary) as made:
        made.walk()
        for step in WALK:
            left = chance.choice(LEFT)
            made.restore(step.name)
            _fill(disk, left)
            _meet(made, step, f"full but for {left} bytes", (disk / FILLER).unlink)
            made.restore(step.name)
            _mount(disk, "-o", "remount,ro")
            _meet(made, step, "read-only", lambda: _mount(disk, "-o", "remount,rw"))


def _meet(made: Rig, step: Step, disk: str, mend: Callable[[], object]) -> None:
    """Call on the bad disk, mend it, look at what was left, and call again."""
    before = tables(made.project)
    hurt = made.call(step.tool, made.arguments[step.name])
    mend()
    sys.stdout.write(f"{step.name}, {disk}: {hurt.refused or 'done'} {hurt.structure.get('summary', '')} {hurt.structure.get('warnings', '')}\n")
    _assert_said(made, hurt, before)
    assert_sound(made.project)
    again = made.call(step.tool, made.arguments[step.name])
    assert (again.exit, again.refused) == (0, ""), again
    found = made.settled(step)
    assert {name: found[name] for name in found if found[name] != made.after[step.name][name]} == {}
    assert logged(made.project) == assert_sound(made.project)


def _assert_said(made: Rig, hurt: Called, before: object) -> None:
    """A refusal that names the disk's trouble and a path, or the work was done."""
    assert hurt.exit == 0, hurt
    assert "Traceback" not in hurt.complaints, hurt.complaints
    assert hurt.refused in ("", "STORE_BROKEN"), hurt.structure
    if hurt.refused:
        assert any("/" in line for line in hurt.structure["refused"].get("where", ())), hurt.text
    if "Nothing changed." in hurt.text:
        assert tables(made.project) == before, hurt.text


def _fill(disk: Path, left: int) -> None:
    status = os.statvfs(disk)
    (disk / FILLER).write_bytes(b"\0" * max(0, status.f_bavail * status.f_frsize - left))


def _mount(disk: Path, *options: str) -> None:
    subprocess.run(["mount", *options, str(disk)], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
