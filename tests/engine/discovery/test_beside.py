"""What discovery sees besides code and tests, and the sentences that it proposes."""

from pathlib import Path

import pytest

from tools.engine.discovery.beside import automation, benchmarks, has_containers, not_measured
from tools.engine.discovery.starters import starters
from tools.engine.languages.survey import Project


def test_checks_that_run_by_themselves_are_named_once_with_a_file() -> None:
    assert automation([".github/workflows/a.yml", ".github/workflows/b.yaml", "tox.ini", "src/tox.ini"]) == (
        "GitHub Actions (.github/workflows/a.yml)",
        "tox (tox.ini)",
    )


def test_what_measures_something_already_is_named() -> None:
    seen = Project(
        Path("/project"),
        (
            "Makefile",
            "bench/speed.py",
            "bench/__init__.py",
            "bench/notes.md",
            "run_benchmark.py",
            "src/pkg/benchmark.py",
            "eval/score.py",
            "a/asv.conf.json",
        ),
        {"Makefile": b"all:\n\ttrue\nbench: all\n\ttrue\nbenchmarks-of-old:\n\ttrue\n"}.get,
    )

    assert benchmarks(seen) == ("bench/speed.py", "run_benchmark.py", "a/asv.conf.json", "make bench")


def test_a_language_that_is_not_measured_comes_with_what_it_would_take() -> None:
    (missing,) = not_measured(["Gemfile", "lib/a.rb"])

    assert (missing.what, "`### Command` below `## Eval`" in missing.remedy) == ("a way to measure Ruby (Gemfile)", True)


@pytest.mark.parametrize(
    ("kind", "frameworks", "containers", "first", "number"),
    [
        ("library", (), False, "The package imports", 1),
        ("web service", ("FastAPI",), True, "The service starts", 4),
        ("", ("Unheard of",), False, "The main entry point runs", 1),
    ],
)
def test_starter_checks_follow_the_kind_of_project(kind: str, frameworks: tuple[str, ...], containers: bool, first: str, number: int) -> None:
    found = starters(kind, frameworks, containers=containers)

    assert found[0].startswith(first)
    assert len(found) == number


def test_containers_are_seen_wherever_they_are_described() -> None:
    assert has_containers(["deploy/Dockerfile"])
    assert not has_containers(["docs/Dockerfile.md"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"scripts": {"bench": "x", "bench:all": "y", "build": "z"}}', ("npm run bench", "npm run bench:all")),
        ("[]", ()),
        ("no", ()),
        ('{"scripts": 1}', ()),
    ],
)
def test_scripts_of_a_package_that_are_called_benchmarks_are_found(text: str, found: tuple[str, ...]) -> None:
    project = Project(Path("/nowhere"), ("package.json",), lambda _: text.encode())
    assert benchmarks(project) == found
