"""Whole walks through the tools, told as generators: each yields a call and is sent the answer, so that any host can play them."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from state.store import dump, replay
from tests.support.everything import store_of
from tests.support.host import Host
from tests.support.python_projects import editable, give_environment
from tests.support.repositories import git, make_repository, write_files
from tests.support.reviews import review
from tests.support.states import EXPLOIT, EXPLORE, GAIN, GOAL, PROJECT

Answer = dict[str, Any]
LOCAL = {"README.md": "# slug\nhalf a sentence of the person's own\n", "notes.txt": "a file that git does not know\n"}
STATUS = [" M README.md", "?? notes.txt"]

REGRESSION = 'def slug(text: str) -> str:\n    return "_".join(text.lower().split())\n'
SOURCE = PROJECT["src/slug/__init__.py"]
FIX = {
    "title": "Answer nothing for the first of nothing", "category": "fix", "dimension": "tests", "what": "Slice instead of index", "why": "W1",
    "own_checks": ["tests/test_nothing.py::test_first_of_nothing"],
}  # fmt: skip
FIX_TEST = 'from slug import first\n\n\ndef test_first_of_nothing() -> None:\n    assert first("") == ""\n'
MENDED = SOURCE.replace("return text[0]", "return text[:1]")
BROKEN = MENDED.replace(PROJECT["src/slug/__init__.py"].split("\n\n\n")[0] + "\n", REGRESSION)


@dataclass(frozen=True)
class Call:
    """One call of a tool."""

    tool: str
    arguments: dict[str, Any]


Journey = Generator[Call, Answer, None]


def make_journey_project(folder: Path, template: Path) -> Path:
    """A repository with an environment, a commit, and unfinished work of a person's own."""
    root = make_repository(folder / "project", PROJECT)
    give_environment(template, root)
    editable(root)
    write_files(root, LOCAL)
    return root


def improve(project: Path) -> Journey:
    """Two cycles: one change is kept; then a fix is refused, mended and kept, and another change is refused and reverted."""
    yield from _first_cycle(project)
    yield from _second_cycle(project)
    yield Call("experiment_history", {})


def _first_cycle(project: Path) -> Journey:
    answer = yield Call("project_status", {"request": "improve this project"})
    answer = yield follow(answer, "discover_project", goal=GOAL)
    answer = yield follow(answer, "request_approval")
    answer = yield from _waited(answer)
    answer = yield follow(answer, "start_cycle")
    answer = yield from _waited(answer)
    answer = yield follow(answer, "propose_hypotheses", hypotheses=[EXPLOIT])
    answer = yield follow(answer, "start_experiment")
    answer = yield from _measured(answer, project, 1, GAIN)
    yield follow(answer, "verdict", reason="More is tested.")


def _second_cycle(project: Path) -> Journey:
    answer = yield Call("start_cycle", {"mode": "improve"})
    answer = yield from _waited(answer)
    answer = yield follow(answer, "propose_hypotheses", hypotheses=[EXPLORE, FIX])  # the fix comes first, whatever the order here
    answer = yield follow(answer, "start_experiment")
    answer = yield from _measured(answer, project, 2, {"src/slug/__init__.py": BROKEN, "tests/test_nothing.py": FIX_TEST})
    answer = yield Call("verdict", {"experiment": 2, "decision": "keep", "reason": "It looks right."})
    answer = yield from _measured(answer, project, 2, {"src/slug/__init__.py": MENDED})
    answer = yield follow(answer, "verdict", reason="It is proven.")
    answer = yield follow(answer, "start_experiment")
    answer = yield from _measured(answer, project, 3, {"src/slug/__init__.py": BROKEN})
    answer = yield Call("verdict", {"experiment": 3, "decision": "keep", "reason": "It looks right."})
    yield Call("verdict", {"experiment": 3, "decision": "revert", "reason": "It breaks a slug.", "lesson": "Slugs have hyphens."})


def _measured(answer: Answer, project: Path, number: int, files: dict[str, str | None] | dict[str, str]) -> Generator[Call, Answer, Answer]:
    """The builder edits, somebody reviews, the server measures."""
    worktree = project / ".factory" / "worktrees" / f"{number:03d}"
    write_files(worktree, {name: text for name, text in files.items() if text is not None})
    answer = yield follow(answer, "submit_report", summary="Looked at it.", report=review(project, worktree))
    answer = yield follow(answer, "run_eval")
    return (yield from _waited(answer))


def _waited(answer: Answer) -> Generator[Call, Answer, Answer]:
    while answer["next"].get("tool") == "get_job":
        answer = yield follow(answer, "get_job")
    return answer


async def play(host: Host, journey: Journey) -> list[tuple[str, Answer]]:
    """Play a journey to its end in a host; answers what each tool said."""
    answers: list[tuple[str, Answer]] = []
    call: Call | None = next(journey)
    while call is not None:
        answer = await host.call(call.tool, **call.arguments)
        answers.append((call.tool, answer))
        call = resumed(journey, answer)
    return answers


def resumed(journey: Journey, answer: Answer) -> Call | None:
    """The next call; None at the end of the journey."""
    try:
        return journey.send(answer)
    except StopIteration:
        return None


async def go_on(host: Host, answer: Answer, tool: str, **filled: Any) -> Answer:
    """Make the call that `next` names; it must not be refused, and jobs are waited for."""
    call = follow(answer, tool, **filled)
    return await host.done(call.tool, **call.arguments)


def follow(answer: Answer, tool: str, **filled: Any) -> Call:
    """The call that `next` names, with exactly what it asks for filled in."""
    action = answer["next"]
    assert action.get("tool") == tool, answer
    assert set(action.get("fill", ())) == set(filled), answer
    return Call(tool, {**action.get("arguments", {}), **filled})


def assert_journey_ended_well(project: Path, answers: list[tuple[str, Answer]]) -> None:
    """Two changes are on main as they were measured, one is not, nothing of the person's moved, and the log tells all of it."""
    verdicts = [answer for tool, answer in answers if tool == "verdict"]
    assert [answer.get("refused", {}).get("code") or answer["data"]["state"] for answer in verdicts] == [
        "landed", "GATE", "landed", "GATE", "reverted",
    ]  # fmt: skip
    assert all("tests_kept: tests/test_slug.py::test_blanks" in "\n".join(verdicts[place]["refused"]["where"]) for place in (1, 3))
    measured = [answer["data"]["tree"] for _, answer in answers if "gate" in answer.get("data", {}) and not answer["data"]["gate"].get("fail")]
    landed = [git(project, "rev-parse", f"{commit}^{{tree}}")[:7] for commit in ("main^1", "main")]
    assert landed == measured
    assert git(project, "show", "main:src/slug/__init__.py") + "\n" == MENDED
    assert git(project, "rev-parse", "HEAD") == git(project, "rev-parse", "main")
    assert git(project, "rev-parse", "refs/factory/backup/003^{tree}") not in landed
    assert not list((project / ".factory" / "worktrees").iterdir())
    assert git(project, "status", "--porcelain").splitlines() == STATUS
    assert {name: (project / name).read_text(encoding="utf-8") for name in LOCAL} == LOCAL
    assert_log_tells_all(project)


def assert_log_tells_all(project: Path) -> None:
    """A database made from events.jsonl alone is the live one."""
    lines = (project / ".factory" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    rebuilt = replay(lines)
    try:
        assert dump(rebuilt) == store_of(project)
    finally:
        rebuilt.close()
