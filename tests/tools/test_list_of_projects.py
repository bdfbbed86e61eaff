"""What the list of projects says after a verdict is what the project's own store says."""

from pathlib import Path

from state.registry_folder import Registry
from tests.support.states import States


async def test_a_verdict_is_told_to_the_list_of_projects(states: States, tmp_path: Path) -> None:
    async with states.open("measured") as host:
        kept = await host.keep()
        assert kept["data"]["state"] == "landed"
        (found,) = Registry(tmp_path / "registry").projects()
        assert (found.path, found.kept, found.reverted) == (str(host.project), 1, 0)
        assert f"to {found.latest_score:.3f}" in kept["data"]["for_the_person"]
        again = await host.keep()
        assert again["repeated"]
        assert Registry(tmp_path / "registry").projects() == [found]
