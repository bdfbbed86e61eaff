"""A project in a few lines of shell that is measured in no time: a program that answers, known answers, and others that are held out."""

from pathlib import Path
from typing import Any, Final

from tests.support.host import Host
from tests.support.repositories import make_repository

GUESSES: Final = "read n; echo 0\n"
DOUBLES: Final = "read n; echo $((n * 2))\n"
KNOWS_THE_CASES: Final = "read n; case $n in 1) echo 2;; 2) echo 4;; *) echo 9;; esac\n"
SCORE: Final = "for n in 0 5; do test \"$(echo $n | sh answer.sh)\" = $((n * 2)) && echo hit; done | wc -l | awk '{print $1 / 2}'\n"
FILES: Final = {
    "answer.sh": GUESSES, "gold/one.in": "1\n", "gold/one.out": "2\n", "gold/two.in": "2\n", "gold/two.out": "4\n",
    "hidden/score.sh": SCORE, "hidden/deep/notes.txt": "nobody sees this\n",
}  # fmt: skip
KNOWN: Final = "- name: known\n  command: sh answer.sh\n  cases: gold\n  compare: number\n"
HOLDOUT: Final = "\n## Holdout\n\n- paths: hidden/**\n- command: sh hidden/score.sh\n"
BETTER: Final = {"title": "Double", "category": "exploit", "dimension": "known", "what": "Double it", "why": "W1"}


def factory_md(evaluations: str = KNOWN, more: str = "") -> str:
    """A factory.md whose only tests are its own evaluations."""
    scope = "## Scope\n\n### Modifiable\n\n- answer.sh\n- gold/**\n- hidden/**\n- new/**\n"
    rules = "## Guards\n\n- Do not rename it\n\n## Eval\n\n### Threshold\n\n0.1\n\n"
    return f"## Goal\n\nAnswer.\n\n{scope}\n{rules}## Project Eval\n\n{evaluations}{more}"


def make_answering_project(folder: Path, **files: str) -> Path:
    """A repository with the program, its known answers, and what is held out."""
    return make_repository(folder / "project", {**FILES, **files})


async def approved(host: Host, text: str) -> dict[str, Any]:
    """The factory.md approved and the baseline measured; answers what it measured."""
    await host.done("discover_project", factory_md=text)
    answer = await host.done("request_approval", what="evaluation")
    return await host.done("get_job", job=answer["data"]["job"]) if "job" in answer["data"] else answer


async def begun(host: Host, text: str) -> dict[str, Any]:
    """An experiment begun under this factory.md; answers what start_experiment said."""
    await approved(host, text)
    await host.done("start_cycle")
    await host.done("propose_hypotheses", hypotheses=[BETTER])
    return await host.done("start_experiment", item="H1")
