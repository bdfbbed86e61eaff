"""What a kill leaves between two steps of a call, taken up by another call than the one that was killed."""

from collections.abc import Iterator

import pytest

from tests.support.faults import Rig, rig
from tests.support.faults_points import Fault
from tests.support.faults_project import WALK, facts
from tests.support.repositories import git

BEGUN = WALK[:5]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("halves")) as made:
        made.walk(BEGUN)
        yield made


@pytest.fixture
def halved(walked: Rig) -> Rig:
    """A project whose server was killed when the experiment was recorded and its branch not made yet."""
    (number,) = [number for number, point in enumerate(walked.points["start"], 1) if point.startswith("git worktree")]
    walked.restore("start")
    assert walked.call("start_experiment", walked.arguments["start"], Fault("kill", number)).exit == -9
    assert git(walked.project, "for-each-ref", "refs/heads/factory") == ""
    return walked


@pytest.mark.parametrize("decision", ["abandon", "revert"])
def test_an_experiment_that_was_recorded_and_not_made_can_be_given_up(halved: Rig, decision: str) -> None:
    given = halved.call("verdict", {"experiment": 1, "decision": decision, "reason": "Never made.", "lesson": "Kill nobody."})
    assert (given.exit, given.refused) == (0, ""), given
    assert git(halved.project, "rev-parse", "refs/factory/backup/001") == git(halved.project, "rev-parse", "main")
    assert_cleared(halved)


def test_a_cycle_with_an_experiment_that_was_never_made_can_be_aborted(halved: Rig) -> None:
    given = halved.call("submit_report", {"report": {"role": "ceo", "decision": "abort"}, "summary": "No more."})
    assert (given.exit, given.refused, given.structure["data"]["abandoned"]) == (0, "", [1]), given
    assert_cleared(halved)


def assert_cleared(halved: Rig) -> None:
    """Nothing but the main checkout is left."""
    found = facts(halved.project)
    assert found["left over"] == []
    assert found["checkouts"] == [f"worktree {halved.project}", "branch refs/heads/main", ""][: len(found["checkouts"])]
