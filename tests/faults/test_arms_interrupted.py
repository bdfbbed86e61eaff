"""Arms beside each other, the keep that supersedes one, and an undo, interrupted at the points where they change something; taken up once each.

A sample of the points, by a seed; `FAULTS=all pytest -m thorough tests/faults` sweeps over all of them.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.faults import SEED, Rig, assert_recovers, chosen, rig
from tests.support.faults_points import Fault
from tests.support.faults_project import WALK, Step, edited, given, reported

pytestmark = pytest.mark.thorough

SAMPLE = 4  # points of each step
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
TRIED: Final = [step for step in ARMS if step.name in ("start an arm", "keep", "undo")]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("faults")) as made:
        made.walk(ARMS)
        yield made


def test_the_walk_supersedes_the_arm_and_takes_the_kept_one_back(walked: Rig) -> None:
    ended = {step: walked.after[step]["tables"][2] for step in ("keep", "undo")}
    assert [[row[4] for row in rows] for rows in ended.values()] == [["landed", "superseded"], ["undone", "superseded"]]


@pytest.mark.parametrize("kind", ["kill", "full"])
@pytest.mark.parametrize("step", TRIED, ids=[step.name.replace(" ", "_") for step in TRIED])
def test_a_call_that_was_interrupted_anywhere_has_its_one_effect_when_it_is_made_again(walked: Rig, step: Step, kind: str) -> None:
    points = walked.points[step.name]
    for number in chosen(len(points), f"arms {step.name} {kind}", SAMPLE):
        try:
            assert_recovers(walked, step, Fault(kind, number))
        except AssertionError as error:
            error.add_note(f"seed {SEED}, step {step.name!r}, {kind} at point {number} of {len(points)}: {points[number - 1]}")
            raise
