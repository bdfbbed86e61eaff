"""A host's model builds a program from nothing, following `next` at every step, with real tests and real measuring."""

from pathlib import Path

from tests.support.build_journey import build, make_empty_project
from tests.support.host import open_host
from tests.support.journeys import assert_log_tells_all, play
from tests.support.repositories import git


async def test_a_program_is_built_from_a_readme_alone_and_is_done_when_it_runs(tmp_path: Path, template: Path) -> None:
    project = make_empty_project(tmp_path, template)
    async with open_host(project) as host:
        answers = await play(host, build(project))
    trials = [answer["data"] for _, answer in answers if "outcome" in answer.get("data", {})]
    assert [(trial["outcome"], trial["said"].split(" after ")[0]) for trial in trials] == [
        ("failed", "it ended with 3"),
        ("passed", "it ended with 0"),
    ]
    assert trials[1]["output"]["untrusted"]["text"] == "3"
    assert trials[1]["backlog"] == {"open": 1}
    ended = next(answer for _, answer in answers if answer.get("data", {}).get("outcome") == "passed")
    assert "cycle" not in ended["at"]
    assert [shown.split("?")[0] for shown in host.shown] == [
        "re:factory asks: build this in 2 phases, each an experiment that is measured",
        "re:factory asks again. Changed since the approval of " + host.shown[1].split("approval of ")[1].split("?")[0],
        "re:factory asks again. Changed since the approval of " + host.shown[2].split("approval of ")[1].split("?")[0],
    ]
    assert "$ python3 words.py one two three" in host.shown[0]
    assert "$ python3 -m unittest discover -s tests" in host.shown[0]
    assert "+ $ python3 words.py one two three" in host.shown[2]
    committed = git(project, "show", "main:factory.md")
    assert committed.endswith("## Smoke Test\n\n```sh\npython3 words.py one two three\n```")
    assert_log_tells_all(project)
