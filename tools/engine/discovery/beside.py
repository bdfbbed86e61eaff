"""What lies in a project besides its code and tests: continuous integration, benchmarks, containers, and languages that are not measured yet."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.survey import Missing, Project

_AUTOMATION: Final = (
    (re.compile(r"\.github/workflows/[^/]+\.ya?ml"), "GitHub Actions"),
    (re.compile(r"\.gitlab-ci\.yml"), "GitLab CI"),
    (re.compile(r"\.circleci/config\.yml"), "CircleCI"),
    (re.compile(r"azure-pipelines\.yml"), "Azure Pipelines"),
    (re.compile(r"Jenkinsfile"), "Jenkins"),
    (re.compile(r"\.travis\.yml"), "Travis CI"),
    (re.compile(r"\.(forgejo|gitea)/workflows/[^/]+\.ya?ml"), "Forgejo Actions"),
    (re.compile(r"\.pre-commit-config\.yaml"), "pre-commit"),
    (re.compile(r"noxfile\.py"), "nox"),
    (re.compile(r"tox\.(ini|toml)"), "tox"),
)
BENCHMARK_FOLDERS: Final = frozenset({"bench", "benches", "benchmark", "benchmarks", "evaluation", "perf"})
_BENCHMARK_FILE: Final = re.compile(
    r"(?:bench|benchmark|evaluate|run_(?:bench|benchmark|eval))\w*\.(?:py|js|mjs|ts|sh|rb)|asv\.conf\.json|[\w.-]+\.bench\.[jt]sx?"
)
_SCRIPTS: Final = frozenset({".py", ".js", ".mjs", ".ts", ".sh", ".rb", ".go", ".rs"})
_NO_BENCHMARK: Final = frozenset({"__init__.py", "conftest.py", "score.py"})
_BENCHMARK_TARGET: Final = re.compile(rb"^(bench|benchmark|eval|evaluate|perf)\s*:", re.MULTILINE)
_BENCHMARK_SCRIPT: Final = re.compile(r"(bench|benchmark|perf)(:[\w:-]+)?")
_CONTAINERS: Final = re.compile(r"(?:.*/)?(?:Dockerfile|Containerfile|docker-compose\.ya?ml|compose\.ya?ml)")
# By the file that every such project has at its top: what a person can be told although nothing of it is measured here.
_OTHERS: Final = {
    "Gemfile": "Ruby", "pom.xml": "Java (Maven)", "build.gradle": "Java (Gradle)", "build.gradle.kts": "Kotlin (Gradle)", "mix.exs": "Elixir",
    "composer.json": "PHP", "Package.swift": "Swift", "CMakeLists.txt": "C or C++ (CMake)", "meson.build": "C or C++ (Meson)",
    "stack.yaml": "Haskell",
    "deno.json": "Deno", "pubspec.yaml": "Dart", "dune-project": "OCaml", "build.sbt": "Scala", "Project.toml": "Julia",
}  # fmt: skip
_ENDINGS: Final = {
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".java": "Java", ".kt": "Kotlin", ".rb": "Ruby", ".php": "PHP", ".cs": "C#",
    ".swift": "Swift", ".ex": "Elixir", ".scala": "Scala", ".hs": "Haskell", ".lua": "Lua", ".pl": "Perl", ".R": "R", ".jl": "Julia", ".zig": "Zig",
    ".sh": "shell scripts", ".f90": "Fortran", ".ml": "OCaml", ".dart": "Dart",
}  # fmt: skip
_OF_PATTERNS: Final = frozenset("[]*?!\\#")
SHOWN: Final = 10


def automation(files: Sequence[str]) -> tuple[str, ...]:
    """Where the project's checks run by themselves, with the first file that says so."""
    found: dict[str, str] = {}
    for file in files:
        for pattern, name in _AUTOMATION:
            if name not in found and pattern.fullmatch(file):
                found[name] = file
    return tuple(f"{name} ({file})" for name, file in found.items())


def benchmarks(project: Project) -> tuple[str, ...]:
    """Scripts, folders and make targets that measure something already: candidates for `## Project Eval` or `## Research Target`."""
    found = benchmark_files(project.files)
    makefile = project.read("Makefile") if "Makefile" in project.files else None
    targets = [f"make {name.decode()}" for name in _BENCHMARK_TARGET.findall(makefile or b"")]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return (*found[:SHOWN], *more, *targets, *_scripts_of_a_package(project))


def benchmark_files(files: Sequence[str]) -> tuple[str, ...]:
    """The files that measure something already; without those whose names mean something else as a pattern."""
    return tuple(file for file in files if _is_benchmark(file) and not _OF_PATTERNS & set(file))


def _scripts_of_a_package(project: Project) -> Iterator[str]:
    """The scripts of package.json at the top that are called as benchmarks are."""
    try:
        parsed = json.loads(project.read("package.json") or b"{}")
    except ValueError:
        return
    scripts = parsed.get("scripts") if isinstance(parsed, dict) else None
    yield from (f"npm run {name}" for name in scripts if _BENCHMARK_SCRIPT.fullmatch(name)) if isinstance(scripts, dict) else ()


def has_containers(files: Sequence[str]) -> bool:
    """Whether containers are described."""
    return any(_CONTAINERS.fullmatch(file) for file in files)


def not_measured(files: Sequence[str], *, alone: bool = False) -> tuple[Missing, ...]:
    """Languages that were seen and have no package here, with what makes such a project measurable all the same.

    `alone`: nothing else was seen, so that the endings of files may tell it too.
    """
    remedy = "its test command as `### Command` below `## Eval`, and what it should be measured by as `## Project Eval`"
    seen = [(name, file) for file, name in _OTHERS.items() if file in files]
    if alone and not seen:
        endings = Counter(ending for file in files if (ending := PurePosixPath(file).suffix) in _ENDINGS)
        seen = [(_ENDINGS[ending], f"*{ending}") for ending, _ in endings.most_common(1)]
    return tuple(Missing(f"a way to measure {name} ({file})", remedy) for name, file in seen)


def _is_benchmark(file: str) -> bool:
    """A script near the top that is named so, or lies in a folder that is."""
    path = PurePosixPath(file)
    if len(path.parts) > len(("folder", "file")) or path.name in _NO_BENCHMARK:
        return False
    in_folder = path.parts[0] in BENCHMARK_FOLDERS and path.suffix in _SCRIPTS and len(path.parts) > 1
    return in_folder or _BENCHMARK_FILE.fullmatch(path.name) is not None
