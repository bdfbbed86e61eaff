"""One run of the target's command: in a fresh tree, with a seed of its own, out of a result file that was not there before."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from state.configuration.research import ResearchTarget
from state.instances import Instance
from state.measurement import ReadingState, Sample
from state.runs import Status
from tools.engine.evaluation.commanded import METRIC, NO_RESULT, RESULT, STANDARD_OUTPUT, Evaluation
from tools.engine.evaluation.measure import Listeners, environment_of, measure
from tools.engine.evaluation.planning import Target
from tools.engine.evaluation.score import NoScore
from tools.engine.research.parsing import Parsed, cost_of_failed, parse_result

SEED: Final = "REFACTORY_SEED"
FAILED: Final = 0.0  # what a run counts as whose exit code is the metric itself; of any other metric a failed run has no value


@dataclass(frozen=True)
class Course:
    """Where runs take place: `target` is the base as it is measured otherwise, `metric` what factory.md says of the command."""

    target: Target
    metric: ResearchTarget
    progress: Callable[[str], None]


@dataclass(frozen=True)
class Ran:
    """What came of one run. `value` is None where it gave none, and `reason` says why; `output` is what it printed last (untrusted)."""

    status: Status
    value: float | None
    seconds: float
    load: float
    at: str
    instances: tuple[Instance, ...] = ()
    cost_usd: float | None = None
    output: str = ""
    reason: str = ""


async def environment(course: Course) -> str:
    """The key of what the base's runs take place in."""
    return await environment_of(replace(course.target, trial=_evaluation(course.metric, 0)), METRIC, course.progress)


async def run_once(course: Course, tree: str, base_tree: str, seed: int) -> Ran:
    """Run the command once on a tree, with the word of the base on tests, evaluations and fixed surfaces.

    Raises Refusal BUSY where it is stopped from outside, and OSError from the disk; nothing of it is kept then.
    """
    target = replace(course.target, tree=tree, base_tree=base_tree, word="base", trial=_evaluation(course.metric, seed))

    async def drop(_: Sample) -> None:
        """A run stands for no measurement of the tree: it is recorded as what it is."""

    # Where it lies is said by who runs it: what the room does is no news.
    samples = await measure(target, (METRIC,), Listeners(known=lambda _: None, keep=drop, progress=lambda _: None))
    return ran_as(samples[0], course.metric)


def ran_as(sample: Sample, metric: ResearchTarget) -> Ran:
    """What a sample of the command says as a run of the metric."""
    reading, result = sample.readings[0], sample.material.get(RESULT)
    status, value, reason = _status(sample, metric)
    parsed = None
    if status == "pass":
        try:
            parsed = _parsed(sample, metric)
        except NoScore as problem:
            status, reason = "error", str(problem)
    cost = parsed.cost_usd if parsed else cost_of_failed(result, metric)
    return Ran(
        status=status, value=parsed.value if parsed else value, seconds=round(reading.seconds or sample.seconds, 3), load=sample.load, at=sample.at,
        instances=parsed.instances if parsed else (), cost_usd=cost, output=sample.output, reason=reason[:1000],
    )  # fmt: skip


def _status(sample: Sample, metric: ResearchTarget) -> tuple[Status, float | None, str]:
    """How the command itself ended."""
    reading = sample.readings[0]
    if reading.state is ReadingState.TIMEOUT:
        return "timeout", None, reading.reason
    if reading.state is not ReadingState.MEASURED:
        return "error", None, reading.reason
    if reading.value != 1.0:
        value = FAILED if metric.result_parser == "exit_code" else None
        return "fail", value, f"the command ended with {reading.facts.get('exit_code')}"
    return "pass", None, ""


def _parsed(sample: Sample, metric: ResearchTarget) -> Parsed:
    if metric.result_parser != "exit_code" and RESULT not in sample.material:
        raise NoScore(str(sample.material.get(NO_RESULT, "there is no result")))
    return parse_result(sample.material.get(RESULT, ""), metric)


def _evaluation(metric: ResearchTarget, seed: int) -> Evaluation:
    keeps = None if metric.result_parser == "exit_code" else metric.result_path or STANDARD_OUTPUT
    return Evaluation(METRIC, metric.run_command, "exit_code", timeout=metric.timeout, keeps=keeps, variables=((SEED, str(seed)),))
