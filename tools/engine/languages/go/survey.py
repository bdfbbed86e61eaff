"""Surveying a Go module: its packages and tests by their files, its frameworks by what go.mod asks for, and the tools of the machine."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from state.errors import Refusal
from state.measurement import PlannedDimension, Root
from tools.engine.languages.go import module_file
from tools.engine.languages.go.names import MODULE_FILE, NOT_ROOTS, is_source, is_test_data, is_test_file, source_paths
from tools.engine.languages.go.scanning import test_names
from tools.engine.languages.go.toolchain import OLDEST, Go, find_go, find_program, version_of
from tools.engine.languages.survey import Missing, Project, Selection, Survey

LINTER: Final = "golangci-lint"
INSTALL_LINTER: Final = "install golangci-lint v2 so that `golangci-lint` is on PATH; until then `go vet` lints"
INSTALL_GO: Final = "install Go 1.20 or newer, so that `go` is on PATH"
# What a module is built with, by the beginning of the modules that it asks for, and what sort of project that makes it.
FRAMEWORKS: Final = {
    "github.com/gin-gonic/gin": ("gin", "web service"),
    "github.com/labstack/echo": ("echo", "web service"),
    "github.com/gofiber/fiber": ("fiber", "web service"),
    "github.com/go-chi/chi": ("chi", "web service"),
    "github.com/gorilla/mux": ("gorilla/mux", "web service"),
    "google.golang.org/grpc": ("grpc", "web service"),
    "connectrpc.com/connect": ("connect", "web service"),
    "fyne.io/fyne": ("fyne", "desktop"),
    "github.com/wailsapp/wails": ("wails", "desktop"),
    "github.com/spf13/cobra": ("cobra", "command line"),
    "github.com/urfave/cli": ("urfave/cli", "command line"),
    "github.com/charmbracelet/bubbletea": ("bubbletea", "command line"),
}
_SERVES: Final = re.compile(r"\bhttp\.(?:ListenAndServe|Server\{)")
_MAIN: Final = re.compile(r"^package main\b", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """What the files of a module and the machine showed."""

    project: Project
    go: Go | None
    linter: str  # the version line of golangci-lint; empty where there is none
    tests: int
    test_files: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether tests of it can be measured."""
        return self.go is not None and self.go.number >= OLDEST and bool(self.tests)

    @property
    def lint(self) -> str:
        """The linter to take."""
        return LINTER if self.linter else "go vet"


def roots(project: Project) -> tuple[str, ...]:
    """The folders with a go.mod, but for those of examples, templates, test data and vendored code."""
    folders = [PurePosixPath(file).parent for file in project.files if PurePosixPath(file).name == MODULE_FILE]
    own = [folder for folder in folders if not any(part in NOT_ROOTS or part.startswith((".", "_")) for part in folder.parts)]
    return tuple("" if not folder.parts else folder.as_posix() for folder in sorted(own, key=lambda folder: (len(folder.parts), folder)))


def survey(project: Project, selection: Selection | None) -> Survey:
    """Look at the module. Raises Refusal NO_TOOLCHAIN where no go runs."""
    go = find_go(os.environ.get("PATH", ""))
    if go is None:
        raise Refusal("NO_TOOLCHAIN", "No go command that runs was found.", where=(str(project.root),), expected=INSTALL_GO)
    linter = find_program(LINTER, (go.installed,))
    found = _found(project, go, version_of(linter) if linter else "")
    dimensions = _dimensions(found)
    planned = {dimension.name for dimension in dimensions if dimension.applicable}
    arguments = selection.arguments if selection else ()
    program = str(go.program.relative_to(project.top)) if go.program.is_relative_to(project.top) else str(go.program)
    root = Root(
        language="go",
        manager="go modules",
        interpreter=program,
        test_runner="go test" if "tests" in planned else "",
        test_arguments=arguments,
        coverage="go test -cover" if "coverage" in planned else "",
        lint=found.lint if "lint" in planned else "",
        types="go build" if "type_check" in planned else "",
        source_paths=found.sources,
    )
    kind, frameworks = _kind(found)
    return Survey(
        root=root,
        dimensions=dimensions,
        commands=tuple(_commands(found, planned, arguments)),
        test_paths=tuple(sorted({_folder_pattern(file) for file in found.test_files if not is_source(file)} - set(found.sources))),
        seen=tuple(_seen(found, go)),
        missing=tuple(_missing(found)),
        kind=kind,
        frameworks=frameworks,
    )


def look(project: Project) -> tuple[PlannedDimension, ...]:
    """The dimensions as a survey would plan them, known from files alone: nothing is run, not even go."""
    linter = find_program(LINTER, ())
    known = find_program("go", ())
    if known is None:
        return ()
    # What version it has only running it tells: the oldest that would do stands for it.
    stand_in = Go(known, f"go{'.'.join(map(str, OLDEST))}", known.parent.parent, known, known.parent, ())
    return _dimensions(_found(project, stand_in, str(linter or ""), counting=False))


def _found(project: Project, go: Go | None, linter: str, *, counting: bool = True) -> Found:
    """Look at the module's files. Without `counting` one test function is enough to know that there are tests."""
    own = [file for file in project.files if not _of_another_module(project, file)]
    tests = tuple(file for file in own if is_test_file(file) and not is_test_data(file) and is_source(file.replace("_test.go", ".go")))
    counts = (count for file in tests if (count := len(test_names(project.read(file) or b""))))
    count = sum(counts) if counting else next(counts, 0)
    return Found(project, go, linter, count, tests, source_paths(own))


def _of_another_module(project: Project, file: str) -> bool:
    """Whether a folder below the root has a go.mod of its own that holds the file."""
    folders = [parent.as_posix() for parent in PurePosixPath(file).parents if parent.parts]
    return any(f"{folder}/{MODULE_FILE}" in project.files for folder in folders)


def _dimensions(found: Found) -> tuple[PlannedDimension, ...]:
    version = found.go.version if found.go else ""
    if found.go and found.go.number < OLDEST:
        why = f"{version} is too old to report test by test: {INSTALL_GO}"
        return tuple(_not(name, why) for name in ("tests", "coverage", "lint", "type_check"))
    if not found.sources and not found.tests:
        return tuple(_not(name, "no Go file was seen") for name in ("tests", "coverage", "lint", "type_check"))
    tests = "no test function was seen in any _test.go file"
    lint = f"{found.linter}, findings per 1,000 lines" if found.linter else "go vet, findings per 1,000 lines"
    return (
        _planned("tests", f"go test of {version}, test by test") if found.tests else _not("tests", tests),
        _planned("coverage", "lines of the module, in the run of the tests")
        if found.tests
        else _not("coverage", "there is no test run to measure it in"),
        _planned("lint", lint),
        _planned("type_check", "go build with the tests, what the compiler refuses per 1,000 lines"),
    )


def _planned(name: str, how: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=True, how=how)


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)


def _commands(found: Found, planned: set[str], arguments: tuple[str, ...]) -> Iterator[str]:
    if "tests" in planned:
        yield " ".join(("go test", *(arguments or ("./...",)))) + (" (with -cover)" if "coverage" in planned else "")
    if "lint" in planned:
        yield "golangci-lint run ./..." if found.linter else "go vet ./..."
    if "type_check" in planned:
        yield "go build ./... (with the tests)"


def _seen(found: Found, go: Go) -> Iterator[str]:
    yield f"{go.version} ({go.program})"
    yield f"module {module_file.module_path(found.project.read(MODULE_FILE) or b'') or 'without a name'}"
    yield f"{found.tests} test functions in {len(found.test_files)} files"
    if found.linter:
        yield found.linter


def _missing(found: Found) -> Iterator[Missing]:
    if found.go and found.go.number < OLDEST:
        yield Missing("a newer Go", INSTALL_GO)
    if not found.linter:
        yield Missing("golangci-lint", INSTALL_LINTER)
    if not found.tests:
        yield Missing("tests", "a file SOMETHING_test.go with a function TestSomething(t *testing.T)")


def _kind(found: Found) -> tuple[str, tuple[str, ...]]:
    """What sort of project it is, and its frameworks."""
    modules = module_file.required(found.project.read(MODULE_FILE) or b"")
    known = [FRAMEWORKS[prefix] for prefix in FRAMEWORKS if any(module == prefix or module.startswith(f"{prefix}/") for module in modules)]
    frameworks = tuple(name for name, _ in known)
    mains = [content for file in found.project.files if is_source(file) and _MAIN.search(content := _text(found.project, file))]
    if known:
        return known[0][1], frameworks
    if any(_SERVES.search(content) for content in mains):
        return "web service", frameworks
    return ("command line" if mains else "library"), frameworks


def _text(project: Project, file: str) -> str:
    return (project.read(file) or b"").decode("utf-8", "replace")


def _folder_pattern(file: str) -> str:
    """The folder at the top that holds the file, or the file itself."""
    return PurePosixPath(file).parts[0]
