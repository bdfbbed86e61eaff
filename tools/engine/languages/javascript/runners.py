"""The test runners, each by the command that runs a tree and by what is read of it afterwards."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from tools.engine.languages.bench import Place
from tools.engine.languages.javascript import jest_report, node_report
from tools.engine.languages.javascript.arguments import as_options, environment_of, words_of
from tools.engine.languages.javascript.coverage import Coverage, Scope, read_istanbul, read_lcov
from tools.engine.languages.javascript.owned import is_collected, is_collected_by_node
from tools.engine.languages.javascript.packages import NODE_MODULES, Package
from tools.engine.languages.javascript.report import Report
from tools.engine.languages.javascript.selecting import selected_files
from tools.engine.languages.javascript.toolchain import INSIDE, Toolchain
from tools.engine.languages.javascript.trees import JAVASCRIPT, is_code

# Where vitest maps what V8 counted to the syntax tree only if it is asked to.
_ASKED_FOR_SYNTAX: Final = ((3, 2), (4,))
# From here on node loads TypeScript by itself; before, one of these options does.
_READS_TYPESCRIPT: Final = (22, 18)
_LOADER: Final = re.compile(r"--(?:import|loader|experimental-loader|require|experimental-strip-types|experimental-transform-types)\b")
_SUFFIXES: Final = "js,jsx,mjs,cjs,ts,tsx,mts,cts"


@dataclass(frozen=True)
class Runner:
    """One run of a runner at a place: what the approved root names, and where the runner writes."""

    toolchain: Toolchain
    place: Place
    with_coverage: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.toolchain.root.test_runner.removesuffix(" --test")

    @property
    def package(self) -> Package | None:
        """What is installed of it; node's own is part of node."""
        return None if self.name == "node" else self.toolchain.package(self.name)

    @property
    def report(self) -> Path:
        """Where it reports."""
        return self.place.beside("report.json")

    @property
    def coverage(self) -> Path:
        """Where it writes what it saw of the source."""
        return self.place.beside("coverage") / ("lcov.info" if self.name == "node" else "coverage-final.json")

    @property
    def scope(self) -> Scope:
        """The source files."""
        return Scope(self.place.folder, self.toolchain.root.source_paths, self.toolchain.root.apart)

    def missing(self) -> str:
        """What of it is not installed, or nothing."""
        if self.name == "node":
            return ""
        names = [self.name] if self.package is None or self.package.script(self.name) is None else []
        return self.toolchain.missing(*names) if names else ""

    def test_files(self) -> tuple[str, ...]:
        """The files that it will run: of node's own those that are named to it, so that every version runs the same; else by convention."""
        paths = list(_code_below(self.place.folder, self.toolchain.root.apart))
        arguments = self.toolchain.root.test_arguments
        if self.name != "node":
            return tuple(path for path in paths if is_collected(path))
        typed = self.toolchain.node.numbers >= _READS_TYPESCRIPT or any(_LOADER.match(option) for option in as_options(arguments))
        tests = [path for path in paths if is_collected_by_node(path) and (typed or PurePosixPath(path).suffix in JAVASCRIPT)]
        return selected_files(self.place.folder, words_of(arguments), tests)

    def argv(self, files: Sequence[str]) -> tuple[str, ...]:
        """The words after `node`. `files` are its test files."""
        if self.name == "node":
            return (*_node(self), *files)
        package = self.package
        script = package.script(self.name) if package else None
        if script is None:
            raise ValueError(f"{self.name} is not installed")
        return (str(script), *(_vitest(self) if self.name == "vitest" else _jest(self)), *words_of(self.toolchain.root.test_arguments))

    def clear(self) -> None:
        """Take away what an earlier run at the place reported: a run that breaks off must not be told by it."""
        for file in (self.report, self.coverage):
            file.unlink(missing_ok=True)

    def environment(self) -> Mapping[str, str]:
        """Variables that the project's own script sets for the run."""
        return environment_of(self.toolchain.root.test_arguments)

    def read(self) -> Report:
        """What it reported."""
        if self.name != "node":
            return jest_report.read_report(self.report, self.place.folder)
        lines = self.report.read_text(encoding="utf-8", errors="replace").splitlines() if self.report.is_file() else []
        return node_report.read_lines(lines, self.place.folder)

    def read_coverage(self) -> Coverage:
        """What it saw of the source. Raises FileNotFoundError, ValueError, KeyError or TypeError."""
        if self.name == "node":
            return read_lcov(self.coverage.read_text(encoding="utf-8", errors="replace"), self.scope)
        return read_istanbul(self.coverage.read_bytes(), self.scope)


def _vitest(run: Runner) -> Iterator[str]:
    yield from ("run", "--reporter=json", f"--outputFile={run.report}", "--bail=0")
    if not run.with_coverage:
        yield "--coverage.enabled=false"
        return
    provider, version = run.toolchain.root.coverage, run.package.numbers if run.package else ()
    yield from ("--coverage.enabled=true", f"--coverage.provider={provider}", "--coverage.reporter=json", "--coverage.reportOnFailure=true")
    yield f"--coverage.reportsDirectory={run.coverage.parent}"
    # On the command line, so that no configuration of the tree has a say in what is looked at.
    yield from (f"--coverage.include={pattern}" for pattern in _patterns(run))
    yield "--coverage.exclude=**/node_modules/**"
    if version < (4,):
        yield "--coverage.all=true"
    if provider == "v8" and _ASKED_FOR_SYNTAX[0] <= version < _ASKED_FOR_SYNTAX[1]:
        yield "--coverage.experimentalAstAwareRemapping=true"


def _jest(run: Runner) -> Iterator[str]:
    yield from ("--ci", "--json", f"--outputFile={run.report}", "--bail=0", "--watchman=false", f"--cacheDirectory={run.place.beside('cache')}")
    if not run.with_coverage:
        yield "--coverage=false"
        return
    yield from ("--coverage", "--coverageReporters=json", f"--coverageDirectory={run.coverage.parent}", "--coverageProvider=babel")
    yield from ("--coverageThreshold={}", "--coveragePathIgnorePatterns=/node_modules/")
    yield from (f"--collectCoverageFrom={pattern}" for pattern in _patterns(run))


def _node(run: Runner) -> Iterator[str]:
    yield from as_options(run.toolchain.root.test_arguments)
    yield from ("--test", f"--test-reporter={(INSIDE / 'reporter.mjs').as_uri()}", f"--test-reporter-destination={run.report}")
    if run.with_coverage:
        run.coverage.parent.mkdir(exist_ok=True)
        yield from ("--experimental-test-coverage", "--test-reporter=lcov", f"--test-reporter-destination={run.coverage}")


def _patterns(run: Runner) -> Iterator[str]:
    for path in run.toolchain.root.source_paths:
        yield f"{path}/**/*.{{{_SUFFIXES}}}" if (run.place.folder / path).is_dir() else path


def _code_below(folder: Path, apart: Sequence[str]) -> Iterator[str]:
    """The code of a folder, without what is installed and without folders that are roots of their own."""
    for place, folders, files in os.walk(folder):
        inner = Path(place).relative_to(folder)
        folders[:] = sorted(name for name in folders if name != NODE_MODULES and (inner / name).as_posix() not in apart)
        yield from ((inner / name).as_posix() for name in sorted(files) if is_code((inner / name).as_posix()))
