"""The brief of a role, for the model or a subagent that plays it."""

from typing import Final, Literal

import prompts
from state.answers import Answer, Next, quoted, short
from state.experiments import Experiment
from tools.analysed import failed_shown
from tools.answering import answer
from tools.arguments import Number
from tools.briefing import OWN_WORDS, WITH_ITEM, asked_of, brief_text, feedback_for, in_research, item_of, item_shown, lessons_for, own_words
from tools.engine.cycle.situation import Situation, observe
from tools.engine.experiment.opening import required
from tools.engine.session import Session
from tools.opened import spec_shown

Role = Literal["ceo", "researcher", "strategist", "builder", "reviewer", "evaluator", "archivist", "distiller", "failure_analyst", "refiner"]
SPEC_LIMIT: Final = 2000  # characters of a spec beside a brief
PLANNING: Final = frozenset(("researcher", "strategist", "distiller"))  # those who begin from what is to be built


def get_role(session: Session, role: Role, experiment: Number | None = None) -> Answer:
    """The brief for a role you or a subagent will play: contract, constraints, lessons that apply, and a filled example of its report."""
    named = required(session, experiment) if experiment is not None else None
    situation = observe(session, focus=experiment)
    words = (prompts.planning(role) if situation.plans() else None) or prompts.role(role)
    configuration = situation.standing.configuration
    override, item = own_words(session, role), item_of(session, named or situation.current)
    lessons = lessons_for(session, role, item)
    more = [*in_research(words, situation), *(_of_the_record(situation) if role == "reviewer" else []), *([OWN_WORDS] if override else [])]
    data = {
        "role": role,
        "brief": brief_text(words, asked_of(configuration, role) if configuration else [], more),
        "feedback": feedback_for(session, situation, role),
        "spec": spec_shown(session, situation.cycle, SPEC_LIMIT) if situation.cycle and role in PLANNING else None,
        "failed": failed_shown(session, situation.cycle) if situation.cycle and role == "failure_analyst" else None,
        "change": _change(session, named or situation.current) if role == "reviewer" else None,
        "item": item_shown(item) if item and role in WITH_ITEM else None,
        "lessons": lessons,
        "rules_shown": [each["id"] for each in lessons],
        "own_words": override,
        "tools": list(words.tools),
        "example": words.example,
    }
    return answer(session, f"The brief of the {words.title}.", data, situation=situation, next_action=_ending(role, situation))


def _change(session: Session, experiment: Experiment | None) -> dict[str, str] | None:
    """Where the change to be reviewed lies, what it is against, and the command that prints it."""
    if experiment is None:
        return None
    return {"worktree": quoted(experiment.worktree), "base": short(experiment.base), "printed_by": f"{session.command} diff {experiment.id}"}


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
        case "strategist" if situation.step() == "hypothesize":
            return Next(do="Play the strategist, then propose.", tool="propose_hypotheses", fill=("hypotheses",), role=role)
        case _:
            return None


def _of_the_record(situation: Situation) -> list[str]:
    """What the last measurement of the experiment leaves for a reviewer to answer."""
    comparison = situation.facts.comparison if situation.facts else None
    undeclared = comparison.assessment.tests.undeclared if comparison else ()
    lines = [f"- {quoted(test)} passes on the base too, and the hypothesis does not announce it: what is it for?" for test in undeclared[:5]]
    return ["", "## To answer in the review, as an issue where it is one", *lines] if lines else []
