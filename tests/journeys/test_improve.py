"""A host's model improves a project, following `next` at every step: conversations (a) and (b) of the contract, in both eras."""

from pathlib import Path

import pytest

from tests.support.host import open_host
from tests.support.journeys import Answer, Call, Journey, assert_journey_ended_well, improve, make_journey_project


def resumed(journey: Journey, answer: Answer) -> Call | None:
    """The next call; None at the end of the journey."""
    try:
        return journey.send(answer)
    except StopIteration:
        return None


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_changes_land_are_mended_and_are_reverted_by_following_next(tmp_path: Path, template: Path, mode: str) -> None:
    project = make_journey_project(tmp_path, template)
    journey = improve(project)
    answers: list[tuple[str, Answer]] = []
    async with open_host(project, mode=mode) as host:
        call: Call | None = next(journey)
        while call is not None:
            answer = await host.call(call.tool, **call.arguments)
            answers.append((call.tool, answer))
            call = resumed(journey, answer)
    assert len(host.shown) == 1
    assert "pytest" in host.shown[0]
    assert_journey_ended_well(project, answers)
    assert [line["state"] for line in answers[-1][1]["data"]["experiments"]] == ["reverted", "landed", "landed"]
