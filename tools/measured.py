"""The answers that measuring gives: of a baseline, of an experiment, of a job on its way; the same whoever asks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from state.answers import Answer, Next, one_line, quoted, short, untrusted
from state.backlog import count_open
from state.baselines import Baseline, BaselineRow
from state.calibrations import Calibration, calibration_under
from state.errors import Refusal
from state.jobs import Job
from state.measurement import ReadingState
from state.track_record import recent_values
from state.trials import Trial
from tools.answering import answer, without_empty
from tools.engine.contract import standing
from tools.engine.cycle.situation import Situation, observe
from tools.engine.evaluation.assessment import Assessment, Row
from tools.engine.evaluation.commanded import CANNOT_START
from tools.engine.evaluation.history import dead
from tools.engine.experiment.comparing import OURS
from tools.engine.experiment.opening import required
from tools.engine.experiment.pruning import whole_of_job
from tools.engine.experiment.regaining import is_confirming
from tools.engine.gate.checks import of_result
from tools.engine.gate.facts import Comparison
from tools.engine.jobs.running import is_running, look
from tools.engine.publishing.checking import call_of_job
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session
from tools.researched import noise_shown, raised_said, raised_shown

SHOWN: Final = 10
# What became of tests, beside those that were lost or failed.
TOLD_APART: Final = ("flaky", "skipped", "xfailed", "gone", "renamed", "characterising", "undeclared")
SIDES: Final = ("base", "candidate")
MISSING_SHOWN: Final = 3
RUNNING: Final = frozenset({"tests", "coverage", "capability_surface"})  # dimensions of every project for which its code runs
COMMAND_THAT_STARTS: Final = Next(
    do="Give factory.md with a command that starts here, or with a `## Setup` that installs what it misses; a person approves it again.",
    tool="discover_project", fill=("factory_md",), role="ceo",
)  # fmt: skip
RUN_SAID: Final = "the run, last lines"
RUN_SHOWN: Final = 1000  # characters of them; the whole record keeps more
_RULER: Final = re.compile(r"(([=_\-─━])\2{2})\2{3,}")


def evaluation_answer(session: Session, number: int, *, tree: str = "", repeated: bool = False) -> Answer:
    """What an experiment measured against its base, and what the gate makes of it. Raises Refusal NOT_MEASURED without a record."""
    situation = observe(session, focus=number, tree=tree)
    experiment = required(session, number)
    own_gate = situation.current is not None and situation.current.id == number  # a decided experiment has none; another's is not its own
    if experiment.assessment is None:
        raise Refusal("NOT_MEASURED", f"experiment {number} has no record", expected="run_eval")
    found = Comparison.model_validate(experiment.assessment)
    noise = _noise_of(found) if found.samples or found.calibration or found.assessment.tolerance > 0 else None
    data = {
        "tree": short(found.tree),
        **raised_shown(session, experiment),
        **_compared(found),
        "noise": noise,
        "gate": gate_shown(situation) if own_gate else None,
        "seconds": found.seconds,
    }
    summary = _summary(number, found, situation if own_gate else None)
    raised = raised_said(session, experiment)
    summary = one_line(f"Experiment {number}: {raised}. {summary.removeprefix(f'Experiment {number}: ').capitalize()}", 300) if raised else summary
    return answer(session, summary, data, situation=situation, repeated=repeated)


def trial_answer(session: Session, trial: Trial, *, repeated: bool = False) -> Answer:
    """What was seen of an end-to-end trial; one that passed ended its cycle."""
    situation = observe(session, ended=trial.cycle)
    passed = trial.outcome == "passed"
    said = session.store.read_object(trial.output).decode("utf-8", "replace")
    summary = f"Started for real: {'it works' if passed else 'it does not work'}; {trial.said}."
    waits = situation.ended is not None and situation.standing.draft is not None
    with session.store.reading() as connection:
        later = count_open(connection)
    data = {
        "outcome": trial.outcome, "command": one_line(trial.command, 300), "tree": short(trial.tree), "said": trial.said, "seconds": trial.seconds,
        "proposed": "a smoke test for factory.md: the same command, before anything else is kept" if passed and waits else None,
        "output": run_said(said),
        "backlog": {"open": later} if passed and later else None,
    }  # fmt: skip
    ask = Next(
        do="Tell the person that it is built and runs, and have them approve the smoke test that comes of it.", tool="request_approval",
        arguments={"what": "evaluation"}, role="ceo",
    )  # fmt: skip
    return answer(session, one_line(summary, 300), data, situation=situation, next_action=ask if passed and waits else None, repeated=repeated)


def baseline_answer(session: Session, found: Baseline, *, repeated: bool = False) -> Answer:
    """What a commit of the target measured by itself."""
    with session.store.reading() as connection:
        calibrated = calibration_under(connection, found.contract)
    broken = cannot_start(found)
    tip = standing(session).tip
    of_metric = noise_shown(session, tip) if tree_of(session.repository, tip) == found.tree else None
    noise = f" {_noise_said(calibrated)}" if calibrated else ""
    spread = _spread_said(of_metric) if calibrated else ""
    summary = f"{broken}{spread}{baseline_said(found)}, {_tests_said(found)}.{noise}"
    more = {"noise": _noise_shown(calibrated) if calibrated else None, "metric": of_metric, "unmoved": unmoved(session)}
    data = {**baseline_shown(found), **more}
    return answer(session, one_line(summary, 300), data, next_action=instead_of_working(found), repeated=repeated)


def instead_of_working(found: Baseline) -> Next | None:
    """What comes before any experiment where nothing that runs the project could start: no change could be told from any other."""
    ran = any(row.value is not None and (row.name not in OURS or row.name in RUNNING) for row in found.rows)
    return COMMAND_THAT_STARTS if cannot_start(found) and not ran else None


def cannot_start(found: Baseline) -> str:
    """What could not so much as start, with its reason, as a sentence to begin with; empty where everything did."""
    reasons = {row.name: row.detail.removeprefix(f"{ReadingState.ERROR}: ") for row in found.rows if row.value is None}
    said = [f"{name}: {one_line(quoted(reason), 120)}" for name, reason in reasons.items() if reason.startswith(CANNOT_START)]
    return f"Not measured, {'; '.join(said[:MISSING_SHOWN])}. " if said else ""


def unmoved(session: Session) -> list[str]:
    """The dimensions that nothing moves any more: they tell nothing of what is tried."""
    with session.store.reading() as connection:
        values = recent_values(connection)
    return [f"{name} has not moved in twenty records" for name, found in sorted(values.items()) if dead(found)]


def _tests_said(found: Baseline) -> str:
    """What became of the tests: nothing is counted where none were run."""
    row = next((row for row in found.rows if row.name == "tests"), None)
    if row is None:
        return "no tests are part of this evaluation"
    if row.value is None:
        return "no test was run to its end"
    return f"{found.tests} test{'' if found.tests == 1 else 's'}, {len(found.failing)} failing"


def _spread_said(metric: Mapping[str, Any] | None) -> str:
    """Where the metric of research stands and how far it strays on which head, as a sentence to begin with; empty where that is not known."""
    if metric is None or "value" not in metric:
        return ""
    strays = f"strays by {metric['spread']} over {metric['pairs']} pairs" if "spread" in metric else "is the same each time"
    return f"The metric is {metric['value']}, and {strays} ({metric['taken_on'].partition(':')[0]}). "


def _noise_said(found: Calibration) -> str:
    """What a calibration showed, in a sentence."""
    unsteady = [f"{name} {bound:.4f}" for name, bound in sorted(found.noise.items()) if bound > 0]
    runs = min(found.samples.values(), default=0)
    return f"Noise over {runs} runs: {', '.join(unsteady) or 'none'}."


def _noise_shown(found: Calibration) -> dict[str, Any]:
    """Of each dimension the difference from which on it can be told from noise; 0 where every run gave the same."""
    return without_empty(
        {
            "tells_from": {name: rounded(bound) for name, bound in sorted(found.noise.items())},
            "samples": found.samples,
            "flaky": [quoted(test) for test in found.flaky[:SHOWN]],
            "tree": short(found.tree),
            "seconds": found.seconds,
        }
    )


def _noise_of(found: Comparison) -> dict[str, Any]:
    """What several measurements of base and candidate show, and the differences from which on a calibration can tell them from noise."""
    calibrated = found.calibration
    bounds = calibrated.noise if calibrated else {}
    names = sorted(name for name in {*bounds, *found.spread} if bounds.get(name) or any(found.spread.get(name, ())))
    return without_empty(
        {
            "composite_tells_from": rounded(found.assessment.tolerance)
            if calibrated or found.assessment.tolerance > 0
            else "not calibrated: run_eval with purpose calibrate says it",
            "dimensions": [_spread_shown(name, found, bounds) for name in names] or "every measurement gave the same",
            "samples": {part: dict(zip(SIDES, counts, strict=True)) for part, counts in found.samples.items()},
            "calibrated": {"tree": short(calibrated.tree), "samples": calibrated.samples, "seconds": calibrated.seconds} if calibrated else None,
        }
    )


def _spread_shown(name: str, found: Comparison, bounds: Mapping[str, float]) -> dict[str, Any]:
    """The standard deviation of a dimension on both sides, and its bound."""
    spread = {side: rounded(value) for side, value in zip(SIDES, found.spread[name], strict=True)} if name in found.spread else None
    return without_empty({"name": name, "spread": spread, "tells_from": rounded(bounds.get(name))})


def baseline_said(found: Baseline) -> str:
    """The composite in words: a lower bound where something that counts was not measured."""
    missing = [row.name for row in found.rows if row.value is None]
    return f"Baseline {_bound(missing)}{found.composite:.3f} (threshold {found.threshold:.2f}{_not_measured(missing)})"


def baseline_shown(found: Baseline, *, with_digest: bool = False) -> dict[str, Any]:
    """A baseline as an answer shows it, which may give a digest of it besides."""
    rows = [_baseline_row(row, told=not with_digest) for row in found.rows]
    failing = [quoted(test) for test in found.failing]
    data = {
        "tree": short(found.tree),
        "composite": rounded(found.composite),
        "tests": found.tests,
        "failing": failing,
        "flaky": [quoted(test) for test in found.flaky],
        "dimensions": rows,
        "broken_constraints": [quoted(line) for line in found.broken_constraints[:SHOWN]],
        "output": run_said(found.output),
    }
    return without_empty(data)


def run_said(output: str) -> dict[str, Any] | None:
    """The end of what a run printed, fenced as data; the rulers of test runners are cut, which would take half of the room."""
    return untrusted(RUN_SAID, _RULER.sub(r"\1", output), RUN_SHOWN) if output else None


def _baseline_row(row: BaselineRow, *, told: bool) -> dict[str, Any]:
    """One dimension; with what it was counted from if it is `told` here: a digest says that of the weak ones."""
    return without_empty({"name": row.name, "value": rounded(row.value), "weight": row.weight, "detail": row.detail if told else ""})


def job_answer(session: Session, job: Job) -> Answer:
    """Long work that has no result yet, or never will: what it does, and how to wait or to start it again."""
    # One that ended since it was looked at still has its result to give: get_job, not another start.
    alive = job.state == "running" and (is_running(session.store, job.id) or look(session.store, job.id).state != "running")
    status = "interrupted" if job.state == "running" and not alive else job.state
    starter = Next(do="Start it again: parts that were finished are kept.", tool="run_eval", role="evaluator")
    if is_confirming(job.key):
        again = {"experiment": job.experiment, "decision": "keep"}
        starter = starter.model_copy(update={"tool": "verdict", "arguments": again, "fill": ("reason",), "role": "ceo"})
    elif job.experiment is not None:
        starter = starter.model_copy(update={"arguments": {"experiment": job.experiment}})
    elif purpose := whole_of_job(job.key):
        starter = starter.model_copy(update={"arguments": {"purpose": purpose}})
    elif call := call_of_job(job.key):
        starter = starter.model_copy(update={"tool": "clean_pr", "arguments": call, "role": "ceo"})
    wait = Next(do="Wait for it.", tool="get_job", arguments={"job": job.name}, role="evaluator")
    progress = session.jobs.message(session.store, job.id) if alive else ""
    data = {"job": job.name, "status": status, "progress": quoted(progress), "reason": quoted(job.reason)}
    said = quoted(progress if alive else job.reason)
    return answer(session, f"{job.name} is {status}{f': {one_line(said, 200)}' if said else ''}.", data, next_action=wait if alive else starter)


def row_shown(row: Row) -> dict[str, Any]:
    """One dimension on both sides."""
    sides = {"base": rounded(row.base), "candidate": rounded(row.candidate), "delta": rounded(row.delta)}
    noise = {"tells_from": rounded(row.noise)} if row.noise > 0 else {}
    return without_empty({"name": row.name, "weight": rounded(row.weight), **sides, **noise})


def rounded(value: float | None) -> float | None:
    """A number as answers show it."""
    return None if value is None else round(value, 4)


def gate_shown(situation: Situation) -> dict[str, Any]:
    """The gate in brief: passes counted, everything else named with its evidence."""
    checks = situation.checks
    return {
        "pass": len(of_result(checks, "pass")),
        "of": len(checks),
        **without_empty(
            {
                result: [without_empty({"check": check.name, "evidence": list(check.evidence[:SHOWN])}) for check in of_result(checks, result)]
                for result in ("fail", "suspect", "not_yet")
            }
        ),
    }


def _summary(number: int, found: Comparison, situation: Situation | None) -> str:
    assessed = found.assessment
    checks = situation.checks if situation else ()
    failing = [check.name for check in of_result(checks, "fail")]
    gate = f"; fails {', '.join(failing)}" if failing else f"; {len(of_result(checks, 'pass'))} of {len(checks)} checks pass" if checks else ""
    missing = assessed.unmeasured
    rest = " in the rest" if assessed.lost else ""
    delta = "no delta" if assessed.difference is None else f"{assessed.delta:+.4f}{rest}"
    scores = f"{assessed.floor_base:.3f} -> {_bound(missing)}{assessed.floor_candidate:.3f} ({delta}{_not_measured(missing)})"
    return one_line(f"Experiment {number}: composite {scores}; tests {_account_said(assessed)}{gate}.", 300)


def _account_said(assessed: Assessment) -> str:
    """How many of the base's tests are not what they were, and how many are new."""
    tests = assessed.tests
    if "tests" in assessed.lost:
        return f"not run ({tests.base_total} at the base)"
    turned = {"gone": tests.count("gone") - tests.count("renamed"), "skipped": tests.count("skipped"), "expected to fail": tests.count("xfailed")}
    less = "".join(f"{number} {word}, " for word, number in turned.items() if number)
    return f"{tests.count('lost')} lost, {less}{tests.count('new')} new"


def _bound(missing: Sequence[str]) -> str:
    return "at least " if missing else ""


def _not_measured(missing: Sequence[str]) -> str:
    more = f" and {len(missing) - MISSING_SHOWN} more" if len(missing) > MISSING_SHOWN else ""
    return f"; not measured: {', '.join(missing[:MISSING_SHOWN])}{more}" if missing else ""


def _compared(found: Comparison) -> dict[str, Any]:
    assessed = found.assessment
    moved = [row for row in assessed.rows if row.delta is None or abs(row.delta) > 0]
    tests = assessed.tests
    return {
        "composite": {"base": rounded(assessed.floor_base), "candidate": rounded(assessed.floor_candidate), "delta": rounded(assessed.difference)},
        "changed": [{**row_shown(row), "why": quoted(row.reason)} for row in moved],
        "unchanged": len(assessed.rows) - len(moved),
        "tests": without_empty(
            {
                "base": tests.base_total,
                "passed_on_base": tests.base_passed if tests.base_passed != tests.base_total else None,
                "new": tests.count("new") or None,
                "lost": [quoted(test) for test in tests.lost[:SHOWN]],
                "failed": [quoted(test) for test in tests.failed[:SHOWN]] if tests.failed != tests.lost else None,
                **{name: [quoted(test) for test in getattr(tests, name)[:SHOWN]] for name in TOLD_APART},
            }
        ),
        "own_checks": [
            {"test": quoted(check.test), "base": check.base, "missing": quoted(check.missing), "candidate": check.here} for check in found.own_checks
        ],
        "output": run_said(found.output),
    }
