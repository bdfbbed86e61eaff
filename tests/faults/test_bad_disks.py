"""Every writing tool on a disk that is really full, and on one that is really read-only: it says so, and works once the disk does again."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.faults import SEED
from tests.support.faults_disk import UNSHARED, can_mount
from tests.support.faults_project import WALK
from tests.support.sources import CHECKOUT

pytestmark = pytest.mark.thorough


@pytest.mark.skipif(not can_mount(), reason="this machine lets nobody mount a disk in a namespace of their own (unshare)")
def test_every_writing_tool_says_that_the_disk_is_bad_and_works_once_it_is_mended(tmp_path: Path) -> None:
    disk, temporary = tmp_path / "disk", tmp_path / "temporary"
    disk.mkdir()
    argv = [*UNSHARED, sys.executable, "-m", "tests.support.faults_disk", str(disk), str(temporary), str(SEED)]
    done = subprocess.run(argv, cwd=CHECKOUT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"seed {SEED}\n{done.stdout}\n{done.stderr[-4000:]}"
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * len(WALK)
    assert sum(": STORE_BROKEN " in line for line in lines) > len(WALK), done.stdout
