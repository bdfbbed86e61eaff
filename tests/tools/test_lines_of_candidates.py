"""What the lines of a real candidate hold: secrets are refused and never told, answers and repeats are noticed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.host import Host
from tests.support.repositories import commit
from tests.support.scored_states import BETTER, SCORE, WORDS, begun, scored_md
from tests.support.states import States
from tools.engine.gate.checks import CHECKS
from tools.engine.gate.checks_of_lines import IF_REAL

SECRET = "ghp_" + "R7kQz2LmX9vB4tWc8YpN1sDf6HjA3eGu5oKi"
TRUTH = "truth.txt"
ANSWERS = "The tower was built in 1887, by people whose names nobody wrote down.\n482137\n915264\n"
FIXED = scored_md(extra=f"## Fixed Surfaces\n\n- {TRUTH}\n")


def places_that_hold(folder: Path, text: str) -> Iterator[str]:
    """The files below a folder in which a text stands."""
    yield from (str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file() and text.encode() in path.read_bytes())


async def check(host: Host, name: str, experiment: int = 1) -> tuple[str, list[str]]:
    """One check of the preview: its result and evidence."""
    (found,) = (await host.call("check_experiment", experiment=experiment, check=name))["data"]["checks"]
    return found["result"], found.get("evidence", [])


async def test_a_secret_blocks_and_is_told_nowhere(scored: States) -> None:
    async with scored.open("begun") as host:
        host.edit({**BETTER, WORDS: f"one\nkey {SECRET}\n"})
        said = [str(await host.done("run_eval", experiment=1)) + host.text]
        refused = await host.reviewed(quotes=[{"at": f"{WORDS}:2", "text": f"key {SECRET}"}, {"at": f"{SCORE}:1", "text": "0.6"}])
        assert refused["refused"]["problems"][0]["where"] == "quotes[1]", host.text
        said.append(str(refused) + host.text)
        nearly = await host.reviewed(quotes=[{"at": f"{WORDS}:2", "text": "key"}, {"at": f"{SCORE}:1", "text": "0.6"}])
        said.append(str(nearly) + host.text)
        assert "refused" not in await host.reviewed(quotes=[{"at": f"base:{WORDS}:2", "text": "two"}, {"at": f"{SCORE}:1", "text": "0.6"}]), host.text
        answer = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        assert answer["refused"]["where"] == [f"secrets: {WORDS}:2 holds a GitHub token", f"secrets: {IF_REAL}"]
        said += [str(answer) + host.text, str(await check(host, "secrets")) + host.text]
        assert [SECRET in each for each in said] == [False] * len(said)
        own = [*places_that_hold(host.project / ".git" / "refactory", SECRET), *places_that_hold(host.project / ".factory", SECRET)]
        assert own == [f"worktrees/001/{WORDS}"]


async def test_a_secret_that_the_base_has_is_no_finding(scored: States) -> None:
    await scored.put("fresh")
    commit(scored.place, {"settings.txt": f"key {SECRET}\n"}, "settings")
    async with scored.open_here() as host:
        await begun(host)
        await host.measured({**BETTER, WORDS: f"one {SECRET}\n"})
        assert await check(host, "secrets") == ("pass", [])
        assert (await host.keep())["data"]["state"] == "landed", host.text


@pytest.mark.parametrize(
    ("line", "result", "said"),
    [
        ("482137", "pass", "low: 1 rare value of truth.txt at words.txt:1"),
        ("482137 and 915264", "suspect", "medium: 2 rare values of truth.txt at words.txt:1"),
        ("it was built in 1887 by people whose names nobody wrote", "suspect", "medium: 1 line of truth.txt at words.txt:1"),
        ("one of them is 815", "pass", ""),
    ],
)
async def test_answers_of_fixed_surfaces_in_added_lines_are_noticed(scored: States, line: str, result: str, said: str) -> None:
    await scored.put("fresh")
    commit(scored.place, {TRUTH: ANSWERS}, "truth")
    async with scored.open_here() as host:
        await begun(host, FIXED)
        await host.measured({**BETTER, WORDS: f"{line}\n"})
        assert await check(host, "leakage") == (result, [said] if said else [])
        kept = await host.keep()
        assert kept.get("refused", {}).get("code") == ("HELD" if result == "suspect" else None), host.text


async def test_what_the_base_says_elsewhere_too_is_no_answer(scored: States) -> None:
    await scored.put("fresh")
    commit(scored.place, {TRUTH: ANSWERS, "notes.txt": "482137 915264\n"}, "truth")
    async with scored.open_here() as host:
        await begun(host, FIXED)
        await host.measured({**BETTER, WORDS: "482137 915264\n"})
        assert await check(host, "leakage") == ("pass", [])


async def test_answers_of_what_is_held_out_are_noticed_without_a_word_of_where(scored: States) -> None:
    await scored.put("fresh")
    commit(scored.place, {"hidden/truth.md": ANSWERS}, "truth")
    async with scored.open_here() as host:
        await begun(host, scored_md(extra="## Holdout\n\n- paths: hidden/**\n- command: cat hidden/truth.md\n- parse: exit_code\n"))
        await host.measured({**BETTER, WORDS: "one\n482137\n915264\n"})
        assert await check(host, "leakage") == ("suspect", ["medium: 2 rare values of hidden/truth.md at words.txt"])


async def test_the_same_change_again_is_refused_with_the_lesson_of_the_first_whatever_its_hypothesis_says(scored: States) -> None:
    async with scored.open("measured") as host:
        await host.revert()
        await host.done("start_experiment", item="H2")
        await host.measured({SCORE: "0.6 \n"}, 2)
        answer = await host.refused_after_writing("GATE", "verdict", experiment=2, decision="keep", reason="r")
        assert answer["refused"]["where"] == ["not_a_repeat: experiment 1, reverted, did the same; its lesson: Look first."]
        await host.measured({SCORE: "0.7\n"}, 2)
        assert (await host.keep(2))["data"]["state"] == "landed", host.text
        explained = await host.call("experiment_history", experiment=1)
        assert "did the same" not in str(explained), "what came later says nothing of what was decided before"


async def test_the_same_change_is_known_again_where_the_target_went_on(scored: States) -> None:
    async with scored.open("measured") as host:
        await host.revert()
        commit(host.project, {WORDS: "seven\n"}, "on")
        await host.done("start_experiment", item="H2")
        await host.measured(BETTER, 2)
        assert (await check(host, "not_a_repeat", 2))[0] == "fail"


async def test_a_verdict_keeps_what_its_change_is_known_by(scored: States) -> None:
    async with scored.open("measured") as host:
        await host.revert()
        await host.done("start_experiment", item="H2")
        await host.measured({SCORE: "0.6 \n"}, 2)
        await host.revert(2)
    log = [json.loads(line) for line in (scored.place / ".factory/events.jsonl").read_text(encoding="utf-8").splitlines()]
    first, same = (event["payload"]["change"] for event in log if event["type"] == "verdict.given")
    assert first == same != ""


async def test_keep_runs_the_very_checks_that_the_preview_shows(scored: States) -> None:
    async with scored.open("measured") as host:
        preview = (await host.call("check_experiment", experiment=1))["data"]["checks"]
        assert (await host.keep())["data"]["state"] == "landed", host.text
    verdict = json.loads((scored.place / ".factory/experiments/001/verdict.json").read_text(encoding="utf-8"))
    assert verdict["checks"] == {check["name"]: check["result"] for check in preview}
    assert [check["name"] for check in preview] == [check.__name__ for check in CHECKS]
