"""`## Setup`: how a fresh tree becomes runnable, what its commands are handed, and what is shared between trees."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import ReadingState
from tests.support.python_projects import SLUG, Project, Shelf, discovered, make_project
from tests.support.repositories import make_repository
from tools.engine.evaluation.homes import homes_in, sweep
from tools.engine.evaluation.measure import measure
from tools.engine.evaluation.surroundings import CACHE, HOMES

SAYS_DATA = {"name": "data", "command": "cat data/number.txt", "parse": "json"}
SAYS_SECRET = {"name": "secret", "command": '[ ${#TOKEN} = 6 ] && [ -z "$OTHER" ]', "parse": "exit_code"}


def project_with(tmp_path: Path, template: Path, **setup: object) -> Project:
    return make_project(tmp_path / "slug", template, setup=setup)


def copying(template: Path) -> str:
    """A setup that installs an environment in the tree, the project editable."""
    editable = 'for packages in .venv/lib/python3.*/site-packages; do echo "$PWD/src" > $packages/_slug.pth; done'
    return f"cp -a {template} .venv\n{editable}"


async def test_a_candidate_with_other_dependencies_is_measured_in_an_environment_of_its_own(tmp_path: Path, template: Path) -> None:
    project = project_with(tmp_path, template, command=copying(template))
    tree = project.candidate({"pyproject.toml": SLUG["pyproject.toml"].replace('version = "1.0"', 'version = "1.0"\ndependencies = ["pytest"]')})

    readings = {**await project.readings(project.base, ["tests"]), **await project.readings(tree, ["tests"])}

    assert readings["tests"].value == 1.0
    assert len(homes_in(project.cache / HOMES)) == 2
    assert len({sample.environment for sample in project.shelf.samples.values()}) == 2


async def test_trees_with_the_same_manifests_share_what_was_installed(tmp_path: Path, template: Path) -> None:
    project = project_with(tmp_path, template, command=copying(template))
    tree = project.candidate({"src/slug/more.py": "A = 1\n"})

    await project.measure(project.base, ["tests"])
    await project.measure(tree, ["tests"])

    assert len(homes_in(project.cache / HOMES)) == 1


async def test_a_drill_uses_what_was_prepared_for_the_checkout_and_makes_nothing_there(tmp_path: Path, template: Path) -> None:
    made = project_with(tmp_path, template, command=copying(template))
    own = replace(made, cache=made.repository.store_folder / CACHE)
    await own.measure(own.base, ["tests"])
    drilled = replace(own.target(own.base), cache=tmp_path / "drill", installed_in=own.repository)

    (lent,) = await measure(drilled, ["tests"], Shelf().listeners())
    (other,) = await measure(replace(drilled, tree=own.candidate({"pyproject.toml": f"{SLUG['pyproject.toml']}\n"})), ["tests"], Shelf().listeners())

    assert [lent.readings[0].value, other.readings[0].value] == [1.0, 1.0]
    assert len(homes_in(own.cache / HOMES)) == 1
    assert len(homes_in(drilled.cache / HOMES)) == 1


async def test_what_a_setup_generates_from_sources_is_made_for_each_tree(tmp_path: Path, template: Path) -> None:
    says = {"name": "generated", "command": "cat generated.txt", "parse": "json"}
    project = make_project(
        tmp_path / "slug", template, {**SLUG, "number": "0.25\n"}, setup={"command": "cp number generated.txt"}, project_evaluations=[says]
    )
    tree = project.candidate({"number": "0.5\n"})

    base = await project.readings(project.base, ["project:generated"])
    candidate = await project.readings(tree, ["project:generated"])

    assert (base["generated"].value, candidate["generated"].value) == (0.25, 0.5)


async def test_a_setup_that_fails_leaves_everything_unavailable_with_its_output(tmp_path: Path, template: Path) -> None:
    project = project_with(tmp_path, template, command="echo the registry is away; exit 3")

    (sample,) = await project.measure(project.base, ["tests"])

    assert {reading.state for reading in sample.readings} == {ReadingState.UNAVAILABLE}
    assert sample.readings[0].reason == "the command of ## Setup ended with 3"
    assert "the registry is away" in sample.output


async def test_a_setup_that_failed_once_is_tried_again(tmp_path: Path, template: Path) -> None:
    key = tmp_path / "key"
    project = project_with(tmp_path, template, command=f"test -e {key}\n{copying(template)}")

    before = await project.readings(project.base, ["tests"])
    key.touch()
    after = await project.readings(project.base, ["tests"])

    assert (before["tests"].state, after["tests"].value) == (ReadingState.UNAVAILABLE, 1.0)


async def test_a_setup_has_its_own_time_limit(tmp_path: Path, template: Path) -> None:
    project = project_with(tmp_path, template, command="sleep 60", timeout=1)

    readings = await project.readings(project.base, ["tests"])

    assert readings["tests"].reason == "the command of ## Setup was still running after 1 s"


async def test_variables_are_handed_on_by_name_alone(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, setup={"env": ["TOKEN"]}, project_evaluations=[SAYS_SECRET])
    project.variables = {"TOKEN": "canary", "OTHER": "not asked for"}

    (sample,) = await project.measure(project.base, ["project:secret"])

    assert sample.readings[0].value == 1.0
    assert "canary" not in sample.model_dump_json()


@pytest.fixture
def with_data(tmp_path: Path, template: Path) -> Project:
    project = make_project(
        tmp_path / "slug", template, {**SLUG, ".gitignore": ".venv/\ndata/\n"}, setup={"link": ["data/**"]}, project_evaluations=[SAYS_DATA]
    )
    (project.root / "data").mkdir()
    (project.root / "data/number.txt").write_text("0.75\n")
    return project


async def test_ignored_data_is_linked_into_the_tree(with_data: Project) -> None:
    assert (await with_data.readings(with_data.base, ["project:data"]))["data"].value == 0.75


async def test_other_data_is_another_measurement(with_data: Project) -> None:
    await with_data.measure(with_data.base, ["project:data"])
    (with_data.root / "data/number.txt").write_text("0.5\n\n")

    assert (await with_data.readings(with_data.base, ["project:data"]))["data"].value == 0.5


async def test_a_project_without_a_known_language_is_set_up_in_every_tree(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "words", {"words.txt": "a b\n"})
    project = commanded(root, "echo 0.5 > built", "cat built")

    assert (await project.readings(project.base, ["project:score"]))["score"].value == 0.5


def commanded(root: Path, setup: str, command: str) -> Project:
    """A project that only its own commands measure."""
    evaluation = {"name": "score", "command": command, "parse": "json"}
    settings = {"goal": "Words.", "modifiable": ["**"], "guards": ["Keep"], "setup": {"command": setup}, "project_evaluations": [evaluation]}
    return discovered(root, Configuration.model_validate(settings))


def test_homes_that_were_used_longest_ago_are_removed(tmp_path: Path) -> None:
    for number in range(6):
        home = tmp_path / f"home{number}"
        home.mkdir()
        (home / "lock").touch()
        (home / "ready.json").write_text("{}")
        os.utime(home / "ready.json", (number, number))

    sweep(tmp_path, keep=2)

    assert [home.name for home, _ in homes_in(tmp_path)] == ["home5", "home4"]
