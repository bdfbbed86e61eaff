"""A short walk through each mode, on the project that is measured at once; each call but the first is the one that `next` names."""

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

from tests.support.journeys import Answer, Call, Journey, follow
from tests.support.procedure_states import PLAN, RESEARCH, SPEC, TIER, WISH, WORSE
from tests.support.repositories import write_files
from tests.support.reviews import review
from tests.support.scored_states import BETTER, EXPLOIT, EXPLORE, scored_md

CAPITALS: Final[dict[str, str | None]] = {"words.txt": "ONE\nTWO\nTHREE\nFOUR\nFIVE\nSIX\n"}


def improve(project: Path) -> Journey:
    """Two experiments: one is kept, one is reverted."""
    answer = yield Call("start_cycle", {"mode": "improve", "min_growth": 0})
    answer = yield follow(answer, "propose_hypotheses", hypotheses=[EXPLOIT, EXPLORE])
    answer = yield from _measured(answer, project, 1, BETTER)
    answer = yield follow(answer, "verdict", reason="It scores more.")
    yield from _measured(answer, project, 2, WORSE)
    yield Call("verdict", {"experiment": 2, "decision": "revert", "reason": "It scores less.", "lesson": "Words do not score."})


def focus(project: Path) -> Journey:
    """One experiment that the person asked for, with its proposal sent back once."""
    proposal = {**EXPLOIT, "why": WISH}
    answer = yield Call("start_cycle", {"mode": "focus", "focus": [WISH]})
    yield follow(answer, "propose_hypotheses", hypotheses=[proposal])
    redirect = {"role": "ceo", "decision": "redirect", "about": "strategist", "feedback": "Smaller steps, please."}
    answer = yield Call("submit_report", {"report": redirect, "summary": "Too large."})
    answer = yield follow(answer, "propose_hypotheses", hypotheses=[{**proposal, "title": "Score a little more"}])
    answer = yield from _measured(answer, project, 1, BETTER)
    yield follow(answer, "verdict", reason="As asked.")


def refine(project: Path) -> Journey:
    """A wish that no test shows: it is held, and the person looks."""
    answer = yield Call("start_cycle", {"mode": "refine", "focus": [WISH]})
    answer = yield follow(answer, "submit_report", summary="Small.", report=TIER)
    answer = yield from _measured(answer, project, 1, CAPITALS)
    answer = yield follow(answer, "verdict", reason="As wished.")
    answer = yield follow(answer, "request_approval")
    yield follow(answer, "verdict", reason="The person looked.")


def interactive(project: Path) -> Journey:
    """An idea that becomes a spec."""
    del project
    answer = yield Call("start_cycle", {"mode": "interactive", "focus": [WISH]})
    answer = yield follow(answer, "submit_report", summary="Looked.", report=RESEARCH)
    answer = yield follow(answer, "submit_report", summary="Written.", report=SPEC)
    yield follow(answer, "request_approval")


def build(project: Path) -> Journey:
    """Two phases: the first scores, the second is looked at by the person; then the whole is started."""
    answer = yield Call("start_cycle", {"mode": "build"})
    answer = yield follow(answer, "submit_report", summary="Looked.", report=RESEARCH)
    answer = yield follow(answer, "submit_report", summary="Planned.", report=PLAN)
    answer = yield follow(answer, "discover_project", factory_md=scored_md())
    answer = yield from waited((yield follow(answer, "request_approval")))
    answer = yield from _measured(answer, project, 1, BETTER)
    answer = yield follow(answer, "verdict", reason="It runs.")
    answer = yield from _measured(answer, project, 2, CAPITALS)
    answer = yield follow(answer, "verdict", reason="As planned.")
    answer = yield follow(answer, "request_approval")
    answer = yield follow(answer, "verdict", reason="The person looked.")
    yield follow(answer, "run_eval")


def waited(answer: Answer) -> Generator[Call, Answer, Answer]:
    """The answer once no job is waited for."""
    while answer["next"].get("tool") == "get_job":
        answer = yield follow(answer, "get_job")
    return answer


def _measured(answer: Answer, project: Path, number: int, files: dict[str, str | None]) -> Generator[Call, Answer, Answer]:
    """Opened, edited, reviewed and measured."""
    answer = yield follow(answer, "start_experiment")
    worktree = project / ".factory" / "worktrees" / f"{number:03d}"
    write_files(worktree, {name: text for name, text in files.items() if text is not None})
    answer = yield follow(answer, "submit_report", summary="Looked at it.", report=review(project, worktree))
    return (yield from waited((yield follow(answer, "run_eval"))))


# The state that a journey begins in, and the journey.
JOURNEYS: Final[dict[str, tuple[str, Callable[[Path], Journey]]]] = {
    "improve": ("approved", improve),
    "focus": ("approved", focus),
    "refine": ("approved", refine),
    "interactive": ("fresh", interactive),
    "build": ("fresh", build),
}
