"""Every writing tool, interrupted at the points where it changes something: killed there, or told that the disk is full, read-only or broken.

A sample of the points, by a seed; `FAULTS=all pytest tests/faults` sweeps over all of them, `FAULTS_SEED` draws another sample.
"""

import random
from collections.abc import Iterator

import pytest

from tests.support.faults import SEED, Rig, assert_recovers, chosen, rig
from tests.support.faults_points import KINDS, Fault
from tests.support.faults_project import WALK, Step, facts

pytestmark = pytest.mark.thorough

SAMPLE = 1  # points of each kind of fault and step


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("faults")) as made:
        made.walk()
        yield made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", WALK, ids=[step.name.replace(" ", "_") for step in WALK])
def test_a_call_that_was_interrupted_anywhere_has_its_one_effect_when_it_is_made_again(walked: Rig, step: Step, kind: str) -> None:
    points = walked.points[step.name]
    where = [number for number, point in enumerate(points, 1) if kind != "torn" or point.startswith("fsync")]
    for place in chosen(len(where), f"{step.name} {kind}", SAMPLE):
        number = where[place - 1]
        try:
            assert_recovers(walked, step, Fault(kind, number))
        except AssertionError as error:
            error.add_note(f"seed {SEED}, step {step.name!r}, {kind} at point {number} of {len(points)}: {points[number - 1]}")
            raise


@pytest.mark.parametrize("step", WALK, ids=[step.name.replace(" ", "_") for step in WALK])
def test_the_walk_goes_on_to_its_end_after_a_kill(walked: Rig, step: Step) -> None:
    number = random.Random(f"{SEED} {step.name} on").randint(1, len(walked.points[step.name]))
    assert_recovers(walked, step, Fault("kill", number))
    walked.walk_on(step)
    assert_ended_as_without(walked)


def assert_ended_as_without(walked: Rig) -> None:
    """The end is that of the walk without a fault."""
    found = facts(walked.project)
    assert found == walked.after[WALK[-1].name]
