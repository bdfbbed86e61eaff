"""What a run of the tests is started with: its plan, pytest's arguments, and coverage's settings, all written beside the tree."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.languages.bench import Place, Task
from tools.engine.languages.python.arguments import PLUGINS_LEFT_OUT, configured, coverage_file, selecting
from tools.engine.languages.python.distributions import plugin_arguments
from tools.engine.languages.python.growing import asserting_in
from tools.engine.languages.python.names import PYPROJECT, TEST_CONFIGURATION
from tools.engine.languages.python.toolchain import INSIDE, Toolchain
from tools.engine.languages.python.unittest_arguments import loading
from tools.engine.process import Command
from tools.engine.repository.objects import read_blob

TIMEOUT: Final = 3600.0  # seconds for one run of the tests
CONFIGURATION_FILES: Final = (*sorted(TEST_CONFIGURATION), PYPROJECT)


@dataclass(frozen=True)
class Run:
    """One run of the tests at a place."""

    toolchain: Toolchain
    place: Place
    task: Task

    @property
    def report(self) -> Path:
        """Where the reporter writes."""
        return self.place.beside("report.jsonl")

    @property
    def coverage_data(self) -> Path:
        """Where coverage keeps what it saw."""
        return self.place.beside("coverage") / "data"

    @property
    def executed(self) -> Path:
        """Where the lines go that asserting tests executed."""
        return self.place.beside("coverage") / "executed.json"

    @property
    def coverage_config(self) -> Path | None:
        """Coverage's settings, which are the base's, once they are written."""
        return next(self.place.beside("coverage").glob("settings/*"), None)

    @property
    def by_unittest(self) -> bool:
        """Whether unittest itself loads and runs the tests."""
        return self.toolchain.root.test_runner == "unittest"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What the run yields."""
        return self.task.dimensions


def prepare_run(run: Run) -> Command:
    """Write overlay, plan and settings beside the tree."""
    overlay = run.toolchain.overlay(run.place)
    coverage = None
    if run.task.with_coverage and run.toolchain.version("coverage"):
        config = _write_coverage_settings(run)
        run.coverage_data.parent.mkdir(exist_ok=True)
        coverage = {
            "data": str(run.coverage_data),
            "config": str(config) if config else "",
            "source": _source_folders(run),
            "asserting": asserting_in(run.place.folder, run.toolchain.root),
            "executed": str(run.executed),
        }
    plan = {
        "report": str(run.report),
        "tree": str(run.place.tree),
        "folder": str(run.place.folder),
        "main": str(run.toolchain.home.top.resolve()),
        "kept": [str(folder) for folder in run.toolchain.kept],
        "arguments": loading(run.toolchain.root.test_arguments).plan() if run.by_unittest else _pytest_arguments(run),
        "coverage": coverage,
    }
    file = run.place.beside("plan.json")
    file.write_text(json.dumps(plan), encoding="utf-8")
    argv = (str(overlay.python), str(INSIDE / ("run_unittest.py" if run.by_unittest else "run_tests.py")), str(file))
    return run.place.command(argv, run.toolchain.environment_at(run.place), TIMEOUT)


def _pytest_arguments(run: Run) -> list[str]:
    """The tree's own configuration file named outright, so that no other can come before it; reporting options dropped."""
    tree = run.place.folder
    files = {name: (tree / name).read_bytes() for name in CONFIGURATION_FILES if (tree / name).is_file()}
    name, options = configured(files)
    if name is None:
        run.place.beside("empty.ini").write_text("[pytest]\n", encoding="utf-8")
    arguments = ["-c", str(tree / name if name else run.place.beside("empty.ini")), "--rootdir", str(tree), "--confcutdir", str(tree)]
    arguments += ["-p", "no:cacheprovider", "--continue-on-collection-errors"]
    arguments += plugin_arguments(run.toolchain.distributions, PLUGINS_LEFT_OUT)
    if options:
        # Put on the command line word by word: quoting them again for an ini value could change them.
        arguments += ["-o", "addopts=", *selecting(options)]
    return [*arguments, *run.toolchain.root.test_arguments]


def _write_coverage_settings(run: Run) -> Path | None:
    """The base's settings of coverage, in a file outside the tree that the candidate cannot have changed."""
    trees = run.task.trees
    root = run.toolchain.root
    found = ((name, read_blob(trees.repository, trees.settings, root.outer(name))) for name in CONFIGURATION_FILES)
    files = {name: content for name, content in found if content is not None}
    name = coverage_file(files)
    if name is None:
        return None
    folder = run.place.beside("coverage") / "settings"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(files[name])
    return folder / name


def _source_folders(run: Run) -> list[str]:
    """Absolute folders of the source: a package's name would measure whatever is imported under it."""
    tree = run.place.folder
    places = [tree / path for path in run.toolchain.root.source_paths]
    return sorted({str(place if place.is_dir() else place.parent) for place in places})
