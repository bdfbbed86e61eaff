"""`## Target Branch`: all work of the factory on a branch of its own, made where there is none, found again, never left for another in silence."""

from tests.support.host import Host
from tests.support.repositories import commit, git
from tests.support.scored_states import BETTER, SCORE, opened, scored_md
from tests.support.states import States

STAGED = scored_md("## Target Branch\n\nfactory/dev\n")


async def _approved(host: Host, text: str = STAGED) -> str:
    """Draft the file and have it approved; answers the summary."""
    await host.done("discover_project", factory_md=text)
    answer = await host.call("request_approval", what="evaluation")
    assert answer["data"]["status"] == "approved", host.text
    summary = str(answer["summary"])
    if job := answer["data"].get("job"):
        await host.done("get_job", job=job)
    return summary


async def test_a_branch_that_is_not_there_is_made_on_approval_and_everything_lands_on_it_alone(scored: States) -> None:
    async with scored.open("fresh") as host:
        main = git(host.project, "rev-parse", "main")
        assert (await _approved(host)).startswith("Approved by elicitation; factory.md is on factory/dev"), host.text
        assert (await host.call("project_status"))["at"]["state"] == "has_factory"
        cycle = await opened(host)
        assert "factory/dev" in cycle["summary"]
        await host.measured(BETTER)
        landed = await host.keep()
        assert (landed["data"]["state"], git(host.project, "rev-parse", "main")) == ("landed", main), host.text
        assert git(host.project, "show", f"factory/dev:{SCORE}") == "0.6"
        assert git(host.project, "status", "--porcelain") == ""


async def test_a_project_that_worked_on_main_moves_to_the_branch_once_it_is_approved(scored: States) -> None:
    async with scored.open("approved") as host:
        assert "factory.md is on factory/dev" in await _approved(host), host.text
        assert git(host.project, "show", "main:factory.md") == git(host.project, "show", "factory/dev:factory.md")
        assert "factory/dev" in (await host.done("start_cycle"))["summary"]


async def test_a_branch_with_the_person_s_own_factory_md_is_found_where_they_stand(scored: States) -> None:
    async with scored.open("fresh") as host:
        git(host.project, "switch", "-q", "-c", "factory/dev")
        commit(host.project, {"factory.md": STAGED}, "our own")
        status = await host.done("project_status")
        assert (status["at"]["state"], status["next"]["tool"]) == ("evals_pending_review", "request_approval"), host.text
        answer = await host.call("request_approval", what="evaluation")
        assert "factory.md is on factory/dev" in answer["summary"], host.text
        git(host.project, "switch", "-q", "main")
        assert (await host.call("project_status"))["at"]["state"] == "has_factory", host.text


async def test_an_approved_branch_that_is_deleted_is_named_and_nothing_begins_on_another(scored: States) -> None:
    async with scored.open("approved") as host:
        await _approved(host)
        git(host.project, "branch", "-q", "-D", "factory/dev")
        status = await host.call("project_status")
        assert any("git branch factory/dev main" in problem for problem in status["data"]["config"]["problems"]), host.text
        answer = await host.refused("BAD_CONFIG", "start_cycle")
        assert "factory/dev" in str(answer["refused"])
        git(host.project, "branch", "-q", "factory/dev", "main")
        assert "factory/dev" in (await host.done("start_cycle"))["summary"]
