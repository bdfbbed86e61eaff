"""Ready-made states of one small project: each is reached by driving the tools once, and put back at the same place for every test.

The place stays the same because a store, a worktree and an environment name paths; the environment is made once and never copied.
Where tests, coverage and lint are not the point, the project of `scored_states` is measured in a tenth of the time.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.host import Host, Says, approves, open_host
from tests.support.python_projects import editable, give_environment
from tests.support.repositories import commit, make_repository

ENVIRONMENT = ".venv"
PROJECT = {
    "pyproject.toml": '[project]\nname = "slug"\nversion = "1.0"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
    ".gitignore": ".venv/\n__pycache__/\n*.log\n",
    "README.md": "# slug\n",
    "src/slug/__init__.py": (
        'def slug(text: str) -> str:\n    return "-".join(text.lower().split())\n\n\n'
        "def shout(text: str) -> str:\n    return text.upper()\n\n\ndef first(text: str) -> str:\n    return text[0]\n"
    ),
    "tests/test_slug.py": (
        'from slug import first, slug\n\n\ndef test_lower() -> None:\n    assert slug("A") == "a"\n\n\n'
        'def test_blanks() -> None:\n    assert slug(" a  b") == "a-b"\n\n\n'
        'def test_first() -> None:\n    assert first("abc") == "a"\n'
    ),
}
# A change that every check of the gate passes: a function that no test ran is tested.
GAIN: dict[str, str | None] = {"tests/test_shout.py": 'from slug import shout\n\n\ndef test_shout() -> None:\n    assert shout("a") == "A"\n'}
EXPLOIT = {"title": "Test shout", "category": "exploit", "dimension": "capability_surface", "what": "Test shout", "why": "W1"}
EXPLORE = {"title": "Try another thing", "category": "explore", "dimension": "observability", "what": "Try it", "why": "F1"}
GOAL = "Turn text into slugs."


def factory_md(extra: str = "", threshold: float = 0.5) -> str:
    """A factory.md for the project; `extra` are further sections."""
    text = (
        f"# Factory\n\n## Goal\n\n{GOAL}\n\n## Scope\n\n### Modifiable\n\n- src/**\n- tests/**\n\n## Guards\n\n- Do not delete existing tests\n"
        f"- Do not modify files outside scope\n\n## Eval\n\n### Command\n\npytest\n\n### Threshold\n\n{threshold}\n\n{extra}"
    )
    return text.rstrip() + "\n"


def project_eval(name: str, command: str, more: str = "") -> str:
    """A section with one evaluation of the project's own."""
    return f"## Project Eval\n\n- name: {name}\n  command: {command}\n{more}"


Drive = Callable[[Host], Awaitable[object]]
Recipes = Mapping[str, tuple[str, Drive]]  # a state's name: the state it is reached from, and how


@dataclass
class States:
    """The project's place and the states saved so far. `git` folder and checkout are saved, the environment stays."""

    place: Path
    shelf: Path
    recipes: Recipes
    saved: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, name: str, says: Says | None = approves, mode: str = "legacy") -> AsyncIterator[Host]:
        """A host on the project in this state."""
        await self.put(name)
        async with open_host(self.place, says, mode) as host:
            yield host

    def open_here(self, says: Says | None = approves, mode: str = "legacy") -> AbstractAsyncContextManager[Host]:
        """A host on the project as it lies there now."""
        return open_host(self.place, says, mode)

    async def put(self, name: str) -> Path:
        """Put a state in place, reaching it first if nobody did; answers the project."""
        if name not in self.saved:
            before, drive = self.recipes[name]
            await self.reach(name, before, drive)
        self.restore(name)
        return self.place

    async def reach(self, name: str, before: str, drive: Drive) -> None:
        """Reach a state from another one, and save it."""
        if name in self.saved:
            return
        await self.put(before)
        async with open_host(self.place) as host:
            await drive(host)
        self.save(name)

    def save(self, name: str) -> None:
        """Save what is in place now."""
        shutil.copytree(self.place, self.shelf / name, symlinks=True, ignore=shutil.ignore_patterns(ENVIRONMENT))
        self.saved.add(name)

    def restore(self, name: str) -> None:
        """Put what was saved back."""
        for entry in self.place.iterdir():
            if entry.name == ENVIRONMENT:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        shutil.copytree(self.shelf / name, self.place, symlinks=True, dirs_exist_ok=True)
        if self.spare.is_dir() and not (self.place / ENVIRONMENT).is_dir():  # a test cleaned up as people do
            _link_environment(self.spare, self.place / ENVIRONMENT)

    @property
    def spare(self) -> Path:
        """The environment once more, in links to the same files: for its own place, should a test take it away."""
        return self.shelf.with_name("spare")

    def keep_a_spare(self) -> None:
        """Hold the environment, as it is now, against being taken away."""
        _link_environment(self.place / ENVIRONMENT, self.spare)


def _link_environment(here: Path, there: Path) -> None:
    shutil.copytree(here, there, symlinks=True, copy_function=os.link)


def make_states(folder: Path, template: Path) -> States:
    """The project as a person has it before the factory comes: state `fresh`."""
    states = States(folder / "project", folder / "states", RECIPES)
    make_repository(states.place, PROJECT)
    give_environment(template, states.place)
    editable(states.place)
    states.keep_a_spare()
    states.save("fresh")
    return states


async def approve(host: Host, text: str = "") -> None:
    """Discovered, approved, landed, and the baseline measured."""
    await host.done("discover_project", **({"factory_md": text} if text else {"goal": GOAL}))
    approved = await host.call("request_approval", what="evaluation")
    measured = await host.done("get_job", job=approved["data"]["job"])
    assert measured["data"]["composite"] > 0, host.text


async def _cover(host: Host) -> None:
    """Nothing is left to gain: every line is covered, and no rule of the linter found anything."""
    commit(host.project, {name: text or "" for name, text in GAIN.items()}, "cover")
    await host.done("run_eval")


async def _propose(host: Host) -> None:
    await host.done("start_cycle", mode="improve")
    await host.done("propose_hypotheses", hypotheses=[EXPLOIT, EXPLORE])


async def begin(host: Host) -> None:
    """The experiment of the first hypothesis."""
    await host.done("start_experiment", item="H1")


async def _measure(host: Host) -> None:
    answer = await host.measured(GAIN)
    assert answer["next"]["tool"] == "verdict", host.text


async def land(host: Host) -> None:
    """Kept, and on the target."""
    answer = await host.keep()
    assert answer["data"]["state"] == "landed", host.text


RECIPES: Recipes = {
    "approved": ("fresh", approve),
    "full": ("approved", _cover),
    "proposed": ("approved", _propose),
    "begun": ("proposed", begin),
    "measured": ("begun", _measure),
    "landed": ("measured", land),
}
