"""What a cycle and the status name first: hard constraints that do not hold, and the weakest of the dimensions that count."""

from tests.support.repositories import commit
from tests.support.scored_states import BETTER, begun, scored_md
from tests.support.states import EXPLOIT, States, approve, factory_md
from tests.tools.test_factory_md_acting import NO_SHOUT, SHOUTS, check


async def test_a_hard_constraint_that_does_not_hold_is_first_in_the_digest_and_in_the_status_until_a_change_mends_it(scored: States) -> None:
    project = await scored.put("fresh")
    commit(project, SHOUTS, "loud")
    async with scored.open_here() as host:
        started = await begun(host, scored_md(NO_SHOUT))
        assert started["data"]["digest"][0].startswith("C1 hard constraint that does not hold: no_shout: exit code 1")
        assert started["data"]["digest"][1].startswith("W1 ")
        (line,) = (await host.done("project_status"))["data"]["config"]["broken_constraints"]
        assert line.startswith("no_shout: exit code 1")
        assert line.endswith("nothing is kept until a change mends it")
        await host.measured({**BETTER, "loud.txt": "quiet\n"})
        assert (await host.keep())["data"]["state"] == "landed"
        assert "broken_constraints" not in (await host.done("project_status"))["data"]["config"]
        commit(project, SHOUTS, "loud again")
        await host.done("start_cycle")
        assert (await host.done("project_status"))["data"]["config"]["broken_constraints"]


async def test_a_dimension_without_weight_is_not_among_the_weakest(states: States) -> None:
    async with states.open("fresh") as host:
        await approve(host, factory_md())
        assert any(" coverage " in line for line in (await host.done("start_cycle"))["data"]["digest"])
    async with states.open("fresh") as host:
        await approve(host, factory_md("## Hygiene Weights\n\n- coverage: 0\n"))
        started = await host.done("start_cycle")
        assert not [line for line in started["data"]["digest"] if line.startswith("W") and "coverage" in line]
        assert "coverage" not in started["summary"]
        await host.done("propose_hypotheses", hypotheses=[EXPLOIT])
        await host.done("start_experiment", item="H1")
        answer = await host.measured({"src/slug/more.py": "def unseen(text: str) -> str:\n    return text * 2\n"})
        first = check(answer, "no_hygiene_fall")[0]
        assert first == "coverage: its weight is 0, which takes it out of the score; a fall of it refuses all the same"


async def test_the_status_shows_where_the_target_stands_by_its_own_baseline(scored: States) -> None:
    async with scored.open("approved") as host:
        found = (await host.done("project_status"))["data"]["scores"]
        assert (found["composite"], found["threshold"], found["of"].split(" at ")[0]) == (0.6875, 0.1, "main")
