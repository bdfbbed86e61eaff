"""A host's model improves a project, following `next` at every step: conversations (a) and (b) of the contract, in both eras."""

from pathlib import Path

import pytest

from tests.support.counting import assert_within, without_waits
from tests.support.host import open_host
from tests.support.journeys import Answer, assert_journey_ended_well, improve, make_journey_project, play


@pytest.mark.parametrize("mode", [pytest.param("legacy", marks=pytest.mark.thorough), "auto"])
async def test_changes_land_are_mended_and_are_reverted_by_following_next(tmp_path: Path, template: Path, mode: str) -> None:
    project = make_journey_project(tmp_path, template)
    async with open_host(project, mode=mode) as host:
        answers = await play(host, improve(project))
    assert len(host.shown) == 1
    assert "pytest" in host.shown[0]
    assert_journey_ended_well(project, answers)
    assert [line["state"] for line in answers[-1][1]["data"]["experiments"]] == ["reverted", "landed", "landed"]
    _assert_as_short_as_the_contract_says(answers)


def _assert_as_short_as_the_contract_says(answers: list[tuple[str, Answer]]) -> None:
    """Conversations (a) and (b) in their calls and about as many tokens; what was refused may be mended, or given up."""
    said = without_waits(answers)
    verdicts = [place for place, (tool, _) in enumerate(said) if tool == "verdict"]
    first, _refused, mended, _again, reverted = verdicts
    assert_within(said[: first + 1], 9, 654 + 1610)
    assert_within(said[first + 1 : mended + 1], 9, 2339)
    opening = said[first + 1 : first + 3]  # the cycle and its proposals are the same for what comes to be given up
    assert_within([*opening, *said[mended + 1 : reverted + 1]], 7, 1805)
