"""All refs of the factory deleted in a project that really was worked on: said, and made again as they were."""

import pytest

from tests.support.doctors import asked, found
from tests.support.repositories import git
from tests.support.states import GAIN, States


async def test_refs_of_a_landed_and_a_reverted_experiment_are_said_and_made_again(states: States, capsys: pytest.CaptureFixture[str]) -> None:
    async with states.open("landed") as host:
        await host.done("start_experiment", item="H2")
        host.edit({"tests/test_more.py": GAIN["tests/test_shout.py"]}, 2)
        assert (await host.revert(2))["data"]["state"] == "reverted", host.text
        project = host.project
    capsys.readouterr()
    here = ("--project", str(project))
    assert found(capsys, "doctor", *here) == {}
    refs = dict(line.split()[::-1] for line in git(project, "for-each-ref", "--format=%(objectname) %(refname)", "refs/factory").splitlines())
    for ref in refs:
        git(project, "update-ref", "-d", ref)
    said = {fault["where"]: fault["found"] for fault in found(capsys, "verify", *here)["refs"]}
    assert set(said) == {"refs/factory/chain", "refs/factory/backup/001", "refs/factory/backup/002"}
    assert "refs/heads/main still keeps" in said["refs/factory/backup/001"]
    code, document = asked(capsys, "doctor", "--repair", *here)
    assert (code, len(document["done"])) == (0, 3), document
    for number in ("001", "002"):
        assert git(project, "rev-parse", f"refs/factory/backup/{number}") == refs[f"refs/factory/backup/{number}"], (
            "with the edits of the last minute"
        )
