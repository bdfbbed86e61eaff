"""A project of no language that is measured here: the command that it tests itself by is proposed; where there is none, it is said what it takes."""

from pathlib import Path

import pytest

from state.errors import Refusal
from state.factory_md import parse, render
from state.measurement import Profile, Root
from tools.engine.discovery.discover import discover
from tools.engine.discovery.draft import draft
from tools.engine.discovery.proposed import proposed
from tools.engine.languages.survey import Discovery, Project

MAKE = "all: prog\nprog: a.c\n\tcc a.c\n.PHONY: test\ntest: prog\n\t./prog\n"


def project(files: dict[str, str]) -> Project:
    return Project(Path("/nowhere"), tuple(files), lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"Makefile": MAKE}, "make test"),
        ({"Makefile": "check: a\n\ttrue\n"}, "make check"),
        ({"justfile": "@test *args:\n  x\n"}, "just test"),
        ({"CMakeLists.txt": "", "Makefile": "all:\n"}, "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure"),
        ({"composer.json": '{"scripts": {"test": "phpunit"}}'}, "composer test"),
        ({"pom.xml": "", "mvnw": ""}, "./mvnw --quiet test"),
        ({"mkdocs.yml": "", "docs/index.md": ""}, "mkdocs build --strict"),
    ],
)
def test_the_command_that_a_project_tests_itself_by_is_proposed(files: dict[str, str], command: str) -> None:
    found = proposed(project(files))
    assert found is not None
    assert found.command == command


@pytest.mark.parametrize("files", [{"Makefile": "test := 1\nmytest:\n"}, {"composer.json": "[]"}, {"composer.json": "no"}, {"README.md": ""}])
def test_nothing_is_proposed_where_no_file_tells(files: dict[str, str]) -> None:
    assert proposed(project(files)) is None


def test_a_draft_measures_by_the_proposed_command_and_keeps_the_file_that_says_what_it_does() -> None:
    seen = project({"Makefile": MAKE, "a.c": "int main() {}"})
    found = discover(seen, None)
    written = draft(found, "Faster.", "main")
    assert (written.eval_command, written.read_only, written.modifiable) == ("make test", ("/Makefile",), ("**",))
    assert any("measure C (*.c)" in each.what for each in found.missing)
    again = discover(seen, parse(render(written)))
    assert again.profile.commands == ("make test",)
    assert "make test: its exit code" in [each.how for each in again.profile.dimensions]


@pytest.mark.parametrize(
    ("files", "what"),
    [({}, "Nothing is committed"), ({"README.md": "# x", "logo.png": ""}, "Only documents"), ({"a.c": "int main() {}"}, "No language was seen")],
)
def test_where_nothing_can_be_measured_it_is_said_what_it_takes(files: dict[str, str], what: str) -> None:
    with pytest.raises(Refusal) as refused:
        discover(project(files), None)
    assert refused.value.what.startswith(what)
    assert "`### Command`" in refused.value.expected


def test_a_package_of_files_beside_each_other_may_gain_files() -> None:
    root = Root(language="go", manager="go modules", interpreter="go", test_runner="go test", source_paths=("a.go", "cmd/b.go", "inner"))
    found = Discovery(Profile(roots=(root,), dimensions=(), commands=()), (), (), ("a_test.go",))
    assert draft(found, "Faster.", "main").modifiable == ("/*.go", "cmd/*.go", "inner/**")
