"""Arms beside each other, the keep that supersedes one, keeps that wait for each other, and an undo: interrupted anywhere, and taken up once.

A sample of the points, by a seed; `FAULTS=all pytest -m thorough tests/faults` sweeps over all of them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.support.faults import SEED, Rig, assert_recovers, chosen, rig
from tests.support.faults_points import Fault
from tests.support.faults_project import WALK, Step, edited, given, reported
from tests.support.repositories import git

pytestmark = pytest.mark.thorough

SAMPLE = 4  # points of each step
OTHERS_EDIT: Final = "quality: mine\n"


def in_the_way(project: Path) -> None:
    """The person edits what the experiments change."""
    (project / "quality.txt").write_text(OTHERS_EDIT, encoding="utf-8")


def out_of_the_way(project: Path) -> None:
    """They take it back."""
    git(project, "checkout", "-q", "--", "quality.txt")


ARMS: Final = (
    *WALK[:5],
    Step("start an arm", "start_experiment", given(item="H1.2")),
    Step("review", "submit_report", reported(1), edited(1, "0.7")),
    Step("measure", "run_eval", given(experiment=1)),
    Step("review the arm", "submit_report", reported(2), edited(2, "0.6")),
    Step("measure the arm", "run_eval", given(experiment=2)),
    Step("keep", "verdict", given(experiment=1, decision="keep", reason="Better.")),
    Step("undo", "verdict", given(experiment=1, decision="undo", reason="It broke the shop.", lesson="Ask the shop.")),
)
QUEUE: Final = (
    *WALK[:7],
    Step("keep the first, which waits", "verdict", given(experiment=1, decision="keep", reason="Better."), in_the_way),
    Step("start on what waits", "start_experiment", given(item="H2")),
    Step("review the next", "submit_report", reported(2), edited(2, "0.9")),
    Step("measure the next", "run_eval", given(experiment=2)),
    Step("keep behind it", "verdict", given(experiment=2, decision="keep", reason="Better.")),
    Step("land both", "verdict", given(experiment=2, decision="keep", reason="Better."), out_of_the_way),
)
TRIED: Final = {"arms": ("start an arm", "keep", "undo"), "queue": ("start on what waits", "keep behind it", "land both")}
WALKS: Final = {"arms": ARMS, "queue": QUEUE}
STEPS: Final = [(walk, step) for walk, steps in WALKS.items() for step in steps if step.name in TRIED[walk]]


@pytest.fixture(scope="module")
def rigs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Rig]]:
    """Both walks, each on a project of its own."""
    with rig(tmp_path_factory.mktemp("arms")) as arms, rig(tmp_path_factory.mktemp("queue")) as queue:
        made = {"arms": arms, "queue": queue}
        for name, each in made.items():
            each.walk(WALKS[name])
        yield made


@pytest.mark.parametrize(
    ("walk", "step", "states"),
    [
        ("arms", "keep", ["landed", "superseded"]),
        ("arms", "undo", ["undone", "superseded"]),
        ("queue", "keep behind it", ["kept", "kept"]),
        ("queue", "land both", ["landed", "landed"]),
    ],
)
def test_the_walks_lead_where_they_should(rigs: dict[str, Rig], walk: str, step: str, states: list[str]) -> None:
    assert [row[4] for row in rigs[walk].after[step]["tables"][2]] == states


@pytest.mark.parametrize("kind", ["kill", "full"])
@pytest.mark.parametrize(("walk", "step"), STEPS, ids=[step.name.replace(" ", "_").replace(",", "") for _, step in STEPS])
def test_a_call_that_was_interrupted_anywhere_has_its_one_effect_when_it_is_made_again(
    rigs: dict[str, Rig], walk: str, step: Step, kind: str
) -> None:
    points = rigs[walk].points[step.name]
    for number in chosen(len(points), f"{walk} {step.name} {kind}", SAMPLE):
        try:
            assert_recovers(rigs[walk], step, Fault(kind, number))
        except AssertionError as error:
            error.add_note(f"seed {SEED}, step {step.name!r}, {kind} at point {number} of {len(points)}: {points[number - 1]}")
            raise
