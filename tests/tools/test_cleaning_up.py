"""People clean up in the middle of an experiment: no fact is lost, and which edits are is said."""

import shutil

import pytest

from tests.support.everything import store_of
from tests.support.repositories import git
from tests.support.states import GAIN, States

SOURCE = "src/slug/__init__.py"


@pytest.mark.parametrize(
    "cleaning", [("clean", "-fdxq"), ("clean", "-ffdxq"), ("stash", "--all"), ("gc", "--prune=now", "-q"), ("worktree", "prune"), ()]
)
async def test_cleaning_up_amid_an_experiment_loses_no_fact_and_says_what_it_took(states: States, cleaning: tuple[str, ...]) -> None:
    async with states.open("measured") as host:
        host.edit({SOURCE: "# half a thought\n"})
        worktree = host.project / ".factory" / "worktrees" / "001"
        before = store_of(host.project)
        if cleaning:
            git(host.project, *cleaning)
        else:
            shutil.rmtree(host.project / ".factory")
        assert store_of(host.project) == before
        if not worktree.is_dir():
            refused = await host.call("run_eval", experiment=1)
            assert "the worktree of experiment 1 is gone" in host.text
            assert refused["refused"]["code"] == "OUT_OF_ORDER"
        begun = await host.done("start_experiment", item="H1")
        gone = [line for line in begun.get("warnings", ()) if "neither reviewed nor measured" in line]
        assert bool(gone) is ((worktree / SOURCE).read_text(encoding="utf-8") != "# half a thought\n")
        assert all((worktree / name).read_text(encoding="utf-8") == text for name, text in GAIN.items()), "what was measured is there"
