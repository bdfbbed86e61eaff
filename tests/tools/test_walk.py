"""The usual path, so that what the other tests here start from is known to hold."""

import pytest

from tests.support.states import States


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_a_change_that_passes_every_check_lands(states: States, mode: str) -> None:
    async with states.open("measured", mode=mode) as host:
        answer = await host.keep()
        assert answer["data"]["state"] == "landed"
        assert (host.project / "tests" / "test_shout.py").is_file()
