"""What the first evaluation of a real project costs against its tests under coverage by themselves; what it costs to ask again, and after a landing.

Three projects are fetched from PyPI, installed, discovered and approved; a host in this process asks a server to evaluate them.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree
from statistics import median
from tempfile import TemporaryDirectory

import anyio

from tests.support.host import Host, open_host
from tests.support.published_projects import Published, fetch, install
from tests.support.python_projects import template_environment

ROUNDS = 3
AGAIN = 10
FIRST_GOAL = 1.3  # of the tests under coverage by themselves
AGAIN_GOAL = 1 / 200  # of the first evaluation
ENVIRONMENT = ".venv"
IDEA = {"title": "Test what no test runs", "category": "explore", "dimension": "capability_surface", "what": "Add a test.", "why": "W1"}
NEXT_IDEA = {"title": "Look at the base only", "category": "explore", "dimension": "observability", "what": "Change nothing.", "why": "W1"}
FACTORY_MD = """## Goal

Measure it.

## Scope

### Modifiable

- "**"

## Guards

- Do not delete existing tests

## Eval

### Command

{command}

### Threshold

0.1
"""
LARGE = ("networkx/classes", "networkx/readwrite", "networkx/utils")
GAIN = {"toolz/tests/test_versions.py": 'import versioneer\n\n\ndef test_plus() -> None:\n    assert versioneer.plus_or_dot({}) == "+"\n'}


@dataclass(frozen=True)
class Chosen:
    """A project, the folders whose lines count, the folders of those of its tests that run (none: all), and a file that is a gain, to land it."""

    published: Published
    sources: tuple[str, ...]
    tests: tuple[str, ...] = ()
    gain: Mapping[str, str] = field(default_factory=dict)


CHOSEN = (
    Chosen(Published("toolz", "1.0.0"), (".",), gain=GAIN),
    Chosen(Published("structlog", "25.1.0", ("freezegun", "pretend", "pytest-asyncio", "simplejson")), ("src/structlog",)),
    Chosen(Published("networkx", "3.4.2"), ("networkx",), LARGE),
)


@dataclass
class Taken:
    """Seconds of each round: the tests under coverage by themselves in a fresh checkout and once more in the same, the first evaluation with the
    parts that it consists of, and the same again."""

    fresh: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    parts: list[Mapping[str, float]] = field(default_factory=list)


def by_itself(root: Path, chosen: Chosen) -> float:
    """The seconds of the tests under coverage in the checkout, as a person starts them there, and of coverage's report as JSON."""
    python = str(root / ".venv" / "bin" / "python")
    with TemporaryDirectory() as folder:
        data = f"--data-file={folder}/data"
        run = ("run", "--parallel-mode", data, *(f"--source={root / source}" for source in chosen.sources), "-m", "pytest", "-q", *chosen.tests)
        begun = time.perf_counter()
        for arguments in (run, ("combine", "-q", data, folder), ("json", "-q", "--ignore-errors", data, "-o", f"{folder}/report.json")):
            subprocess.run([python, "-m", "coverage", *arguments], cwd=root, env=_of_a_person(), check=arguments is not run, capture_output=True)
        seconds = time.perf_counter() - begun
        assert (Path(folder) / "report.json").stat().st_size
    return seconds


def _of_a_person() -> dict[str, str]:
    """An environment in which Python keeps what it compiled, as it does by default."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE", "PYTEST"))}


async def first_evaluation(host: Host, chosen: Chosen) -> float:
    """The seconds from the approval, which starts the measurement, to the baseline."""
    await host.done("discover_project", factory_md=FACTORY_MD.format(command=" ".join(("pytest", *chosen.tests))))
    begun = time.perf_counter()
    approved = await host.call("request_approval", what="evaluation")
    assert approved["data"].get("status") == "approved", host.text
    measured = await host.done("get_job", job=approved["data"]["job"])
    seconds = time.perf_counter() - begun
    assert measured["data"]["composite"] > 0, host.text
    return seconds


async def baseline(host: Host) -> float:
    """The seconds of run_eval on the target branch, as the host waits for it."""
    begun = time.perf_counter()
    answer = await host.done("run_eval")
    seconds = time.perf_counter() - begun
    assert answer["summary"].startswith("Baseline"), host.text
    return seconds


async def one_round(root: Path, kept: Path, taken: Taken, chosen: Chosen) -> None:
    """All of it once, on a checkout as no factory has seen it."""
    forget(root, kept)
    taken.fresh.append(by_itself(root, chosen))
    taken.warm.append(by_itself(root, chosen))
    async with open_host(root) as host:
        taken.first.append(await first_evaluation(host, chosen))
        taken.parts.append(dict(samples(root)))
        taken.again += [await baseline(host) for _ in range(AGAIN)]


async def after_a_landing(root: Path, chosen: Chosen) -> tuple[float, int]:
    """The seconds until an experiment on a candidate that just landed has its base, and how many parts were measured for that."""
    async with open_host(root) as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[IDEA])
        await host.done("start_experiment", item="H1")
        await host.measured(dict(chosen.gain))
        kept = await host.keep()
        assert kept.get("data", {}).get("state") == "landed", host.text
        before = len(samples(root))
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[NEXT_IDEA])
        await host.done("start_experiment", item="H2")
        return await baseline(host), len(samples(root)) - before


def forget(root: Path, kept: Path) -> None:
    """Put the repository back as it was before a factory came."""
    for folder in (root / ".git", root / ".factory"):
        rmtree(folder, ignore_errors=True)
    (root / "factory.md").unlink(missing_ok=True)
    copytree(kept, root / ".git", symlinks=True)
    for compiled in [each for each in root.rglob("__pycache__") if ENVIRONMENT not in each.parts]:
        rmtree(compiled)


def samples(root: Path) -> list[tuple[str, float]]:
    """The part and the seconds of every sample in the project's store."""
    with closing(sqlite3.connect(f"file:{root}/.git/refactory/factory.db?mode=ro", uri=True)) as connection:
        bodies = [json.loads(body) for (body,) in connection.execute("SELECT body FROM samples ORDER BY seq")]
    return [(body["part"], body["seconds"]) for body in bodies]


def told(name: str, taken: Taken) -> bool:
    """Print what a project cost; whether its goals are reached. Ratios of the first evaluation are those within one round."""
    parts = {part: median(each[part] for each in taken.parts) for part in taken.parts[0]}
    again = median(taken.again) / median(taken.first)
    fresh, spread = ratios(taken.first, taken.fresh)
    print(f"{name}: first evaluation {median(taken.first):.2f} s, of it, side by side: {', '.join(f'{part} {parts[part]:.2f}' for part in parts)}")
    print(f"  tests under coverage in a fresh checkout {median(taken.fresh):.2f} s, ratio {fresh:.2f} ({spread}; goal at most {FIRST_GOAL})")
    print(f"  tests under coverage once more there {median(taken.warm):.2f} s, ratio {ratios(taken.first, taken.warm)[0]:.2f}")
    print(f"  evaluated again {median(taken.again) * 1000:.1f} ms, ratio 1/{1 / again:.0f} (goal at most 1/{1 / AGAIN_GOAL:.0f})")
    return fresh <= FIRST_GOAL and again <= AGAIN_GOAL


def ratios(some: Sequence[float], others: Sequence[float]) -> tuple[float, str]:
    """The median of the ratios of two series, round by round, and from where to where they reach."""
    found = [one / other for one, other in zip(some, others, strict=True)]
    return median(found), f"{min(found):.2f} to {max(found):.2f}"


async def measured(root: Path, chosen: Chosen) -> bool:
    """All rounds on an installed project; whether its goals are reached."""
    taken = Taken()
    kept = root.with_name(f"{root.name}.git")
    (root / ".git").rename(kept)
    for _ in range(ROUNDS):
        await one_round(root, kept, taken, chosen)
    reached = told(chosen.published.release, taken)
    if not chosen.gain:
        return reached
    seconds, parts = await after_a_landing(root, chosen)
    print(f"  base of an experiment on what just landed: {seconds * 1000:.0f} ms, {parts} parts measured for it (goal 0)")
    return reached and not parts


def main(names: Sequence[str]) -> int:
    """Measure the projects that are named, all if none is; 0 when every goal is reached."""
    chosen = [each for each in CHOSEN if each.published.name in names or not names]
    with TemporaryDirectory() as name:
        folder = Path(name)
        template, fetched = template_environment(folder), folder / "fetched"
        fetched.mkdir()
        fetch([each.published for each in chosen], fetched)
        roots = [install(each.published, fetched, template, folder / each.published.name) for each in chosen]
        os.environ["HOME"] = name  # the factory's settings and registry are not the person's
        reached = [anyio.run(measured, root, each) for root, each in zip(roots, chosen, strict=True)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
