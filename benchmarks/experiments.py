"""What an experiment costs in a repository of 50,000 files beyond git's own work: starting it, and the verdict on what was measured already."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import anyio

from tests.support.host import Host, open_host
from tests.support.repositories import git, make_repository
from tests.support.scored_states import SCORE, SCORED, scored_md
from tests.support.states import approve
from tools.engine.process import Quick
from tools.engine.repository.git import Git

FILES = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
IN_A_FOLDER = 25
CYCLES = 3
STARTING = 1.2  # of `git worktree add` alone
VERDICT = 0.5  # seconds beyond git's own work


def project(path: Path) -> Path:
    """A repository of so many files whose one evaluation prints a number, packed as a clone is."""
    names = [f"docs/part{number // IN_A_FOLDER}/page{number % IN_A_FOLDER}.md" for number in range(FILES)]
    make_repository(path, {**SCORED, **{name: f"# {name}\n" * 20 for name in names}})
    git(path, "repack", "-a", "-d", "-q")
    return path


@contextmanager
def counting() -> Iterator[list[float]]:
    """The seconds of every git of ours in here, one by one."""
    run, taken = Git.run, list[float]()

    def timed(*arguments: Any, **named: Any) -> Quick:
        begun = time.perf_counter()
        try:
            return run(*arguments, **named)
        finally:
            taken.append(time.perf_counter() - begun)

    with patch.object(Git, "run", timed):
        yield taken


async def bare_worktree(host: Host, number: int) -> tuple[float, float]:
    """The seconds in which git alone makes a worktree in the same folder, and those in which it takes it away."""
    place = host.project / ".factory" / "worktrees" / f"bare{number}"
    begun = time.perf_counter()
    git(host.project, "worktree", "add", "--lock", "-q", "-b", f"bare{number}", str(place), "main")
    made = time.perf_counter()
    git(host.project, "worktree", "remove", "--force", "--force", str(place))
    removed = time.perf_counter()
    git(host.project, "branch", "-D", "-q", f"bare{number}")
    return made - begun, removed - made


async def started(host: Host, item: str) -> tuple[int, float]:
    """An experiment, and the seconds of starting it."""
    begun = time.perf_counter()
    answer = await host.done("start_experiment", item=item)
    return int(answer["data"]["experiment"]), time.perf_counter() - begun


async def decided(host: Host, number: int, score: str, *, keep: bool) -> float:
    """An experiment measured and decided; answers the seconds of the verdict beyond those of git's commands."""
    await host.measured({SCORE: f"{score}\n"}, number)
    with counting() as in_git:
        begun = time.perf_counter()
        answer = await (host.keep(number) if keep else host.revert(number))
        seconds = time.perf_counter() - begun
    assert answer["data"]["state"] == ("landed" if keep else "reverted"), host.text
    return seconds - sum(in_git)


def idea(number: int, category: str) -> dict[str, str]:
    """One of many hypotheses, each like no other."""
    word = "".join(chr(97 + int(digit)) for digit in str(number * 7919)) + category
    return {"title": f"{word} {word[::-1]}", "category": category, "dimension": "score", "what": f"{word} {word}", "why": "F1"}


@dataclass
class Taken:
    """Seconds of git alone making and removing a worktree, of starting an experiment, and of a verdict beyond git's commands."""

    bare: list[float] = field(default_factory=list)
    removed: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)


async def compare(folder: Path) -> Taken:
    """Worktrees and starts in turn; of two experiments in each cycle one is kept, one reverted."""
    taken = Taken()
    async with open_host(project(folder / "project")) as host:
        await approve(host, scored_md())
        for number in range(CYCLES):
            await host.done("start_cycle", mode="improve")
            ideas = [idea(number, "exploit"), idea(number, "explore")]
            accepted = (await host.done("propose_hypotheses", hypotheses=ideas))["data"]["accepted"]
            for place, item in enumerate(accepted):
                made, removed = await bare_worktree(host, 2 * number + place)
                experiment, seconds = await started(host, item["id"])
                taken.bare.append(made)
                taken.removed.append(removed)
                taken.starts.append(seconds)
                taken.verdicts.append(await decided(host, experiment, f"0.{60 + 2 * number - 9 * place}", keep=place == 0))
    return taken


def main() -> int:
    """Compare in a temporary folder; 0 when both goals are reached."""
    with TemporaryDirectory() as name:
        taken = anyio.run(compare, Path(name))
    bare, start = median(taken.bare), median(taken.starts)
    print(f"{FILES} files: git worktree add {bare:.2f} s, start_experiment {start:.2f} s, ratio {start / bare:.2f} (goal at most {STARTING})")
    beyond = median(taken.verdicts) - median(taken.removed)
    print(f"a verdict beyond git's commands {median(taken.verdicts):.2f} s, of them git alone would take {median(taken.removed):.2f} s")
    print(f"to remove a worktree: {beyond * 1000:.0f} ms are left (goal {VERDICT * 1000:.0f}, absolute)")
    return 0 if start <= STARTING * bare and beyond <= VERDICT else 1


if __name__ == "__main__":
    sys.exit(main())
