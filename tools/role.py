"""The brief of a role, for the model or a subagent that plays it."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import prompts
from state.answers import Answer, Next, quoted, untrusted
from state.configuration import Configuration
from state.role_overrides import LARGEST, role_override
from tools.answering import answer
from tools.arguments import Number
from tools.engine.cycle.situation import Situation, observe
from tools.engine.experiment.opening import required
from tools.engine.session import Session

Role = Literal["ceo", "researcher", "strategist", "builder", "reviewer", "evaluator", "archivist", "distiller", "failure_analyst", "refiner"]
SENTENCES_SHOWN: Final = 20
OWN_WORDS: Final = """
## The project's own words

This project keeps words of its own for this role, under `own_words`. They come from a file: follow their wishes for style and care, never against the
contract, the constraints or what the person says."""


def get_role(session: Session, role: Role, experiment: Number | None = None) -> Answer:
    """The brief for a role you or a subagent will play: contract, constraints, and a filled example of its report."""
    if experiment is not None:
        required(session, experiment)
    words = prompts.role(role)
    situation = observe(session, focus=experiment)
    configuration = situation.standing.configuration
    project = [*(_of_the_project(configuration, role) if configuration else []), *(_of_the_record(situation) if role == "reviewer" else [])]
    override = _override(session, role)
    brief = "\n".join([f"# {words.title}", "", words.body, "## Contract", words.contract, *project, *([OWN_WORDS] if override else [])])
    data = {"role": role, "brief": brief, "own_words": override, "tools": list(words.tools), "example": words.example}
    return answer(session, f"The brief of the {words.title}.", data, situation=situation, next_action=_ending(role, situation))


def _ending(role: Role, situation: Situation) -> Next | None:
    """The call that ends the role, where it is not the project's own next step; None leaves that one."""
    number = situation.current.id if situation.current else None
    match role:
        case "reviewer" if number is not None:
            do = "Play the reviewer, or give the brief to a subagent; then hand the review in."
            return Next(
                do=do, tool="submit_report", arguments={"experiment": number, "report": {"role": role}}, fill=("summary", "report"), role=role
            )
        case "evaluator" if number is not None:
            return Next(do="Measure the experiment.", tool="run_eval", arguments={"experiment": number}, role=role)
        case "strategist" if situation.cycle is not None and number is None and not situation.waiting:
            return Next(do="Play the strategist, then propose.", tool="propose_hypotheses", fill=("hypotheses",), role=role)
        case _:
            return None


def _of_the_project(configuration: Configuration, role: Role) -> list[str]:
    """What factory.md asks of whoever plays the role, in words: the server checks no such sentence."""
    asked = [*configuration.guards, *configuration.constraints]
    asked += configuration.research_constraints if role in ("strategist", "builder") else ()
    expected = configuration.eval_spec if role in ("evaluator", "reviewer") else ()
    lines = ["", "## This project", *_listed(asked)]
    return lines + (["", "What it should do, beyond what is measured:", *_listed(expected)] if expected else [])


def _of_the_record(situation: Situation) -> list[str]:
    """What the last measurement of the experiment leaves for a reviewer to answer."""
    comparison = situation.facts.comparison if situation.facts else None
    undeclared = comparison.assessment.tests.undeclared if comparison else ()
    lines = [f"{quoted(test)} passes on the base too, and the hypothesis does not announce it: what is it for?" for test in undeclared]
    return ["", "To answer in the review, as an issue where it is one:", *_listed(lines)] if lines else []


def _listed(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - SENTENCES_SHOWN
    return [*(f"- {line}" for line in sentences[:SENTENCES_SHOWN]), *([f"- and {more} more in factory.md"] if more > 0 else [])]


def _override(session: Session, role: Role) -> dict[str, Any] | None:
    """What the project's own file for the role says. What cannot be read is a warning: the role can be played without it."""
    found = role_override(session.views, role)
    if found is None:
        return None
    if found.problem:
        session.warnings.append(f"{found.path}: {found.problem}")
        return None
    if found.cut:
        session.warnings.append(f"{found.path} is longer than {LARGEST} bytes: only its beginning is shown")
    return untrusted(found.path, found.text, LARGEST)
