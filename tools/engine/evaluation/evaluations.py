"""Running what the contract names itself: project evaluations, the evaluation command, hard constraints and the smoke test."""

from typing import Final

from tools.engine.evaluation.commanded import Evaluation, read_evaluation
from tools.engine.languages.bench import Place, Taken, output_tail
from tools.engine.languages.running import run_command

SHELL: Final = "/bin/sh"


async def run_evaluation(evaluation: Evaluation, place: Place, variables: dict[str, str]) -> Taken:
    """Run the command at the top of the tree, and read what came of it. Raises Refusal BUSY where it is stopped from outside."""
    finished = await run_command(place.command((SHELL, "-c", evaluation.command), variables, evaluation.timeout))
    return Taken((read_evaluation(evaluation, finished),), commands=(evaluation.command,), output=output_tail(finished))
