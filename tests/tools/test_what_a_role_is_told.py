"""What get_role says beyond a role's own words: what was said to it, the item at hand, lessons that apply, and a person's own words."""

import os
from pathlib import Path
from typing import get_args

import pytest

from tests.support.scored_states import EXPLOIT, EXPLORE, scored_md
from tests.support.states import States, approve
from tools.role import Role

ROLES = get_args(Role)
DIFFERENT = {**EXPLOIT, "title": "Raise the score", "differs": "This one also raises the number that was left alone before."}


@pytest.mark.parametrize("constraints", [0, 60])
async def test_every_brief_is_between_one_and_three_kilobytes_whatever_the_project_asks(scored: States, constraints: int) -> None:
    async with scored.open("fresh") as host:
        lines = "".join(f"- Sentence {number} of what this project asks of everybody who works on it\n" for number in range(constraints))
        await approve(host, scored_md(f"## Constraints\n\n{lines}" if lines else ""))
        sizes = {role: len((await host.done("get_role", role=role))["data"]["brief"].encode()) for role in ROLES}
        assert {role: size for role, size in sizes.items() if not 1024 <= size <= 3072} == {}
        if constraints:
            assert "more in factory.md" in (await host.done("get_role", role="builder"))["data"]["brief"]


async def test_what_the_ceo_sent_back_stands_in_the_brief_of_that_role_and_of_no_other(scored: States) -> None:
    async with scored.open("proposed") as host:
        redirect = {"role": "ceo", "decision": "redirect", "about": "strategist", "feedback": "Smaller steps, please."}
        await host.done("submit_report", report=redirect, summary="Too large.")
        told = await host.done("get_role", role="strategist")
        assert told["data"]["feedback"] == ["sent back by the CEO: Smaller steps, please."]
        assert told["next"]["tool"] == "propose_hypotheses"
        assert "feedback" not in (await host.done("get_role", role="builder"))["data"]


async def test_the_reviewer_sees_what_is_said_to_differ_and_the_builder_the_item(scored: States) -> None:
    async with scored.open("approved") as host:
        await host.done("start_cycle", mode="improve")
        await host.done("propose_hypotheses", hypotheses=[DIFFERENT])
        await host.done("start_experiment", item="H1")
        for role in ("reviewer", "builder"):
            item = (await host.done("get_role", role=role, experiment=1))["data"]["item"]
            assert (item["id"], item["title"], item["differs"]) == ("H1", "Raise the score", DIFFERENT["differs"])
        assert "item" not in (await host.done("get_role", role="strategist"))["data"]


async def test_a_role_is_shown_the_lessons_of_experiments_that_were_decided(scored: States) -> None:
    async with scored.open("begun") as host:
        await host.revert()
        told = (await host.done("get_role", role="builder"))["data"]
        assert told["lessons"] == [{"id": "A1", "of": f"revert: {EXPLOIT['title']}", "lesson": "Look first."}]
        assert told["rules_shown"] == ["A1"]
        assert "lessons" not in (await host.done("get_role", role="ceo"))["data"]
        assert EXPLORE["title"] not in str(told["lessons"])


async def test_a_person_keeps_words_for_a_role_of_all_projects_and_a_projects_own_come_before_them(scored: States) -> None:
    async with scored.open("approved") as host:
        person = Path(os.environ["FACTORY_REGISTRY_DIR"])
        for folder, words in ((person, "Mine.\n"), (host.project / ".factory", "The project's.\n")):
            assert words not in str((await host.done("get_role", role="builder"))["data"])
            (folder / "agents").mkdir(parents=True)
            (folder / "agents" / "builder.md").write_text(words, encoding="utf-8")
            told = (await host.done("get_role", role="builder"))["data"]
            assert told["own_words"]["untrusted"]["text"] == words
            assert words.strip() not in told["brief"]
        assert told["own_words"]["untrusted"]["from"] == ".factory/agents/builder.md"
