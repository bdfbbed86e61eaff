"""What the person is shown when they are asked again: what changed first, and never that a file is committed which is committed already."""

from tests.support.repositories import commit
from tests.support.states import States, factory_md
from tools.engine.approving.words import AGAIN, FIRST


async def test_a_second_form_begins_with_what_changed_since_the_first(states: States) -> None:
    async with states.open("approved") as host:
        text = factory_md("## Smoke Test\n\npython -c 'import slug'\n", threshold=0.6)
        await host.done("discover_project", factory_md=text)
        await host.call("request_approval", what="evaluation")
        lines = host.shown[-1].splitlines()
        assert lines[0].startswith("re:factory asks again. Changed since the approval of ")
        since = lines[1 : lines.index(AGAIN)]
        assert since == [
            "  + $ python -c 'import slug'",
            "  Lands on: gone; it was main",
            "  Threshold: 0.8 -> 0.6",
            "  May change: + src/**, - src/slug/**",
        ]
        assert "factory.md is committed, and the baseline is measured" in lines[-1]
        await host.done("discover_project", factory_md=text.replace("slugs.", "small slugs."))
        await host.call("request_approval", what="evaluation")
        assert host.shown[-1].startswith("re:factory asks again. Nothing that an approval binds changed")


async def test_a_file_that_the_person_committed_is_not_said_to_be_committed(states: States) -> None:
    project = await states.put("fresh")
    commit(project, {"factory.md": factory_md()}, "mine")
    async with states.open_here() as host:
        await host.done("discover_project")
        await host.call("request_approval", what="evaluation")
        assert host.shown[-1].startswith(FIRST)
        assert "factory.md stays as it is committed" in host.shown[-1].splitlines()[-1]
