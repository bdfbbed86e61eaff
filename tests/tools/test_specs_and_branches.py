"""A cycle may be given what it is to build, and a branch of its own to land on."""

from tests.support.everything import events_of, refs_of
from tests.support.repositories import git
from tests.support.scored_states import BETTER, EXPLOIT
from tests.support.states import States

SPEC = "# Words\n\nA page with words.\n"


async def test_a_spec_file_is_stored_and_built_from(scored: States) -> None:
    async with scored.open("approved") as host:
        (host.project / "spec.md").write_text(SPEC)
        answer = await host.done("start_cycle", mode="build", spec="spec.md")
        assert (answer["data"]["mode"], answer["at"]["step"]) == ("build", "plan")
        assert events_of(host.project)[-2:] == ["spec.stored", "cycle.started"]
        again = await host.done("start_cycle", spec=str(host.project / "spec.md"))
        assert (again["repeated"], events_of(host.project).count("spec.stored")) == (True, 1)
        (host.project / "spec.md").write_text(SPEC + "More.\n")
        answer = await host.refused("CYCLE_OPEN", "start_cycle", spec="spec.md")
        assert "another spec" in answer["refused"]["what"]


async def test_a_spec_that_cannot_be_read_or_used_begins_nothing(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.refused("BAD_ARGUMENTS", "start_cycle", spec="/no/such/file.md")
        await host.refused("BAD_ARGUMENTS", "start_cycle", spec="build a site")
        (host.project / "spec.md").write_text(SPEC)
        answer = await host.refused("BAD_ARGUMENTS", "start_cycle", mode="improve", spec="spec.md")
        assert answer["next"]["arguments"] == {"mode": "improve"}


async def test_a_cycle_on_a_branch_of_its_own_lands_there_and_nowhere_else(scored: States) -> None:
    async with scored.open("approved") as host:
        main = git(host.project, "rev-parse", "main")
        await host.done("start_cycle", mode="improve", branch="next/words")
        assert git(host.project, "rev-parse", "next/words") == main
        assert (await host.done("start_cycle", branch="next/words"))["repeated"] is True
        await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
        await host.done("start_experiment", item="H1")
        await host.measured(BETTER)
        assert (await host.keep())["data"]["state"] == "landed"
        assert git(host.project, "show", "next/words:score.txt") == "0.6"
        assert git(host.project, "rev-parse", "main") == main
        assert "main" in (await host.done("project_status"))["summary"]


async def test_a_dry_run_makes_no_branch_and_says_the_whole_call(scored: States) -> None:
    async with scored.open("approved") as host:
        before = refs_of(host.project)
        given = {"mode": "focus", "focus": ["dark mode"], "branch": "next", "min_growth": 1, "max_new": 1}
        answer = await host.done("start_cycle", dry_run=True, **given)
        assert (answer["data"]["target"], answer["next"]["arguments"]) == ("next", given)
        assert refs_of(host.project) == before


async def test_what_is_no_branch_of_the_persons_is_refused(scored: States) -> None:
    async with scored.open("approved") as host:
        for name in ("factory/001", "-x", "a..b", "HEAD~1", "with blank"):
            answer = await host.refused("BAD_ARGUMENTS", "start_cycle", branch=name)
            assert answer["refused"]["where"] == ["branch"]


async def test_the_words_of_a_focus_may_be_as_long_as_the_status_gives_them(scored: States) -> None:
    async with scored.open("approved") as host:
        asked = await host.done("project_status", request="add " + "a very " * 100 + "dark mode")
        started = await host.done("start_cycle", **asked["next"]["arguments"])
        assert started["data"]["focus"] == asked["next"]["arguments"]["focus"]
