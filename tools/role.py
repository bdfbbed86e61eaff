"""The brief of a role, for the model or a subagent that plays it."""

from typing import Literal

import prompts
from state.answers import Answer
from tools.answering import answer
from tools.arguments import Number
from tools.engine.cycle.situation import observe
from tools.engine.experiment.opening import required
from tools.engine.session import Session

Role = Literal["ceo", "strategist", "builder", "reviewer", "evaluator"]


def get_role(session: Session, role: Role, experiment: Number | None = None) -> Answer:
    """The brief for a role you or a subagent will play: contract, constraints, and a filled example of its report."""
    if experiment is not None:
        required(session, experiment)
    words = prompts.role(role)
    situation = observe(session, focus=experiment)
    configuration = situation.standing.configuration
    constraints = [f"- {line}" for line in (*configuration.guards, *configuration.constraints)] if configuration else []
    project = ["", "## This project", *constraints] if constraints else []
    brief = "\n".join([f"# {words.title}", "", words.body, "## Contract", words.contract, *project])
    data = {"role": role, "brief": brief, "tools": list(words.tools), "example": words.example}
    return answer(session, f"The brief of the {words.title}.", data, situation=situation)
