"""Calls with a fault at one point: made by the fault server on a project that is put back to how it was before each of them."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.faults_points import ROOM, Fault
from tests.support.faults_project import WALK, Step, assert_sound, facts, logged, make_project, tables
from tests.support.sources import CHECKOUT
from tools.engine.process import child_environment

SEED: Final = int(os.environ.get("FAULTS_SEED", "20261121"))
EVERYWHERE: Final = os.environ.get("FAULTS") == "all"  # sweep over every point instead of a sample
DISK_WORDS: Final = ("No space left", "Read-only file system", "Input/output error", "disk is full", "disk I/O error", "readonly database")
SERVER: Final = (sys.executable, "-m", "tests.support.faults_server")


@dataclass(frozen=True)
class Called:
    """How one call ended: exit code (negative: by that signal), the answer where there was one, points in order, and standard error."""

    exit: int
    structure: Mapping[str, Any]
    text: str
    points: Sequence[str]
    complaints: str

    @property
    def refused(self) -> str:
        """The code of the refusal; empty for an answer, and where none came."""
        return str(self.structure.get("refused", {}).get("code", ""))


@dataclass
class Rig:
    """A project with a home, the server that makes calls on it, and the states of the walk on a shelf. `after` are the facts behind each step."""

    root: Path
    process: "subprocess.Popen[str]"
    arguments: dict[str, dict[str, Any]] = field(default_factory=dict)
    points: dict[str, list[str]] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def project(self) -> Path:
        """The project's checkout."""
        return self.root / "live" / "project"

    def call(self, tool: str, arguments: Mapping[str, Any], fault: Fault | None = None) -> Called:
        """Call a tool in a process of its own."""
        given = {"project": str(self.project), **arguments}
        said = self._order({"tool": tool, "arguments": given, "fault": asdict(fault) if fault else None})
        answer: dict[str, Any] = json.loads(said["said"]) if said["exit"] == 0 else {"structure": {}, "text": ""}
        return Called(said["exit"], answer["structure"], answer["text"], said["points"], said["complaints"])

    def command(self, *words: str) -> tuple[int, str, str]:
        """A command of `refactory` in the project; exit code, standard output and standard error."""
        said = self._order({"command": list(words), "directory": str(self.project)})
        return said["exit"], said["said"], said["complaints"]

    def walk(self, steps: Sequence[Step] = WALK) -> None:
        """Walk once without any fault; keep the state before each step, and the facts after it."""
        for step in steps:
            step.before(self.project)
            self.arguments[step.name] = step.arguments(self.project)
            shutil.copytree(self.root / "live", self.root / "shelf" / step.name, symlinks=True)
            called = self.call(step.tool, self.arguments[step.name])
            assert (called.exit, called.refused) == (0, ""), called
            self.points[step.name] = list(called.points)
            self.after[step.name] = self.settled(step)
        shutil.copytree(self.root / "live", self.root / "shelf" / "end", symlinks=True)

    def settled(self, step: Step) -> dict[str, Any]:
        """The facts behind a step once all is done that it started."""
        if step.starts_a_job:
            self.call("run_eval", {})
        return facts(self.project)

    def restore(self, name: str) -> None:
        """Put the state before a step (or `end`) back at its place."""
        shutil.rmtree(self.root / "live")
        shutil.copytree(self.root / "shelf" / name, self.root / "live", symlinks=True)

    def walk_on(self, behind: Step) -> None:
        """Walk from behind a step to the walk's end, as if nothing had happened."""
        for step in WALK[WALK.index(behind) + 1 :]:
            step.before(self.project)
            called = self.call(step.tool, self.arguments[step.name])
            assert (called.exit, called.refused) == (0, ""), called

    def _order(self, order: Mapping[str, Any]) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"roots": [str(self.root / "live")], **order}) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        for room in _rooms_of(said["points"]):
            shutil.rmtree(room, ignore_errors=True)
        return said


def chosen(points: int, name: str, sample: int) -> list[int]:
    """The numbers of the points to try, all or a sample that the seed and the name decide."""
    numbers = range(1, points + 1)
    return list(numbers) if EVERYWHERE else sorted(random.Random(f"{SEED} {name}").sample(numbers, min(sample, points)))


def assert_recovers(rig: Rig, step: Step, fault: Fault) -> None:
    """A call with this fault leaves nothing torn and claims nothing false; the same call again has its one effect, whole."""
    rig.restore(step.name)
    before = tables(rig.project)
    hurt = rig.call(step.tool, rig.arguments[step.name], fault)
    assert "Traceback" not in hurt.complaints, hurt.complaints
    if len(hurt.points) >= fault.at:  # else it needed fewer points this time, and went well
        _assert_honest(rig, hurt, fault, before)
    assert_sound(rig.project)
    again = rig.call(step.tool, rig.arguments[step.name])
    assert (again.exit, again.refused) == (0, ""), again
    assert "Traceback" not in again.complaints, again.complaints
    found = rig.settled(step)
    assert {name: found[name] for name in found if found[name] != rig.after[step.name][name]} == {}
    assert logged(rig.project) == assert_sound(rig.project)


def _assert_honest(rig: Rig, hurt: Called, fault: Fault, before: Sequence[object]) -> None:
    """A kill kills; a broken disk is named in a refusal, or in a warning where the call's own work was done."""
    if fault.kind in ("kill", "torn"):
        assert hurt.exit == -signal.SIGKILL, hurt
        return
    assert hurt.exit == 0, hurt
    assert hurt.refused in ("", "STORE_BROKEN"), hurt.structure
    if "Nothing changed." in hurt.text:
        assert tables(rig.project) == before, hurt.text
    if hurt.refused:
        assert any(word in hurt.text for word in DISK_WORDS), hurt.text
        assert any(str(rig.root) in line for line in hurt.structure["refused"].get("where", ())), hurt.text


def _rooms_of(points: Sequence[str]) -> set[Path]:
    """The rooms that a call made: whoever was killed could not remove its own."""
    return {Path(found[0]) for point in points if (found := re.search(rf"/\S*/{ROOM}[^/\s]+", point))}


@contextmanager
def rig(root: Path, temporary: Path | None = None) -> Iterator[Rig]:
    """The project below `root`, and the server that makes calls on it; its temporary files lie in `temporary`, else below `root` too."""
    home, temporary = root / "live" / "home", temporary or root / "temporary"
    home.mkdir(parents=True)
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*SERVER, str(home)],
        cwd=CHECKOUT,
        env=child_environment(home=home, temporary=temporary),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        make_project(root / "live" / "project")
        yield Rig(root, process)
    finally:
        process.kill()
        process.communicate()
