"""A host's model improves a project, following `next` at every step: conversations (a) and (b) of the contract, in both eras."""

from pathlib import Path

import pytest

from tests.support.host import open_host
from tests.support.journeys import assert_journey_ended_well, improve, make_journey_project, play


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_changes_land_are_mended_and_are_reverted_by_following_next(tmp_path: Path, template: Path, mode: str) -> None:
    project = make_journey_project(tmp_path, template)
    async with open_host(project, mode=mode) as host:
        answers = await play(host, improve(project))
    assert len(host.shown) == 1
    assert "pytest" in host.shown[0]
    assert_journey_ended_well(project, answers)
    assert [line["state"] for line in answers[-1][1]["data"]["experiments"]] == ["reverted", "landed", "landed"]
