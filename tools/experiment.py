"""An experiment: opened in a worktree of its own, and measured as its worktree stands."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from state.answers import Answer, quoted, short
from state.cycles import StoredHypothesis, hypotheses_of, hypothesis, newest_cycle, open_cycle
from state.errors import Refusal
from state.experiments import Experiment, arm_name, experiments_of
from state.trials import latest_trial
from tools.answering import answer
from tools.arguments import Item, Number
from tools.engine.approving import start_of
from tools.engine.contract import contract_at, standing
from tools.engine.cycle.situation import observe
from tools.engine.cycle.turns import require_step
from tools.engine.experiment.calibrating import stored_calibration
from tools.engine.experiment.candidate import capture_candidate
from tools.engine.experiment.deciding import take_up
from tools.engine.experiment.gathering import gather
from tools.engine.experiment.measuring import Purpose, baseline_plan, evaluation_plan, stored_baseline
from tools.engine.experiment.opening import open_experiment, require_arm, required
from tools.engine.experiment.raising import require_budget, waits_for_pairs
from tools.engine.experiment.trying import Tried, trial_plan
from tools.engine.gate.checks import run_gate
from tools.engine.gate.checks_of_files import PROTECTED
from tools.engine.gate.guards_known import asked_of_a_review, known_guard
from tools.engine.repository.location import require_no_operation
from tools.engine.repository.objects import tree_of
from tools.engine.repository.own_folder import require_usable
from tools.engine.scope.surfaces import Surfaces, surfaces_of
from tools.engine.session import Session
from tools.gained import whole_answer
from tools.measured import baseline_answer, evaluation_answer, job_answer, rounded, trial_answer

RunPurpose = Literal["score", "calibrate", "fresh", "end_to_end", "total", "prune"]
MEASURABLE: Final = ("begun", "candidate", "measured", "held")


def start_experiment(session: Session, item: Item) -> Answer:
    """Open branch and worktree for a hypothesis, or one more arm of it (H1.2).

    Answers with the folder to edit in, what may change, what is protected and the guards.
    """
    take_up(session)
    require_usable(session.repository)
    require_no_operation(session.repository)
    where = standing(session)
    with session.store.reading() as connection:
        cycle = open_cycle(connection, where.target)
        named, _, further = item.partition(".")
        found = hypothesis(connection, int(named[1:]))
        made = experiments_of(connection, found.id) if found else []
        proposed = bool(cycle and hypotheses_of(connection, cycle.id))
    if cycle is None:
        raise Refusal("OUT_OF_ORDER", "no cycle is open", expected="start_cycle first")
    if found is None and not proposed:
        raise Refusal("OUT_OF_ORDER", f"nothing is proposed in cycle {cycle.id} yet", expected="what the open step asks for")
    if found is None or found.name != named:
        raise Refusal("UNKNOWN_ID", f"there is no hypothesis {item} to try", where=("item",), expected="an id that propose_hypotheses gave")
    arm = int(further or 1)
    _may_start(found, made, arm, cycle.id)
    contract = contract_at(session, next((each.base for each in made if each.arm == arm), where.tip))
    experiment, repeated = open_experiment(session, cycle, found, arm)
    configuration = contract.configuration
    data: dict[str, Any] = {
        "experiment": experiment.id,
        "worktree": experiment.worktree,
        "branch": experiment.branch,
        "base": short(experiment.base),
        **_open_surfaces(surfaces_of(configuration, cycle.level)),
        "protected": [*(pattern.strip("/") for pattern in PROTECTED), *configuration.read_only, *configuration.fixed_surfaces],
        "withheld": list(configuration.withheld_surfaces),
        "guards": list(asked_of_a_review(configuration.guards)),
        "guards_by_server": [guard for guard in configuration.guards if known_guard(guard)],
        "own_checks": [quoted(test) for test in found.content.own_checks],
    }
    summary = f"Experiment {experiment.id} is open for {arm_name(found.name, arm)} on {experiment.branch}: edit in {experiment.worktree}."
    # A worktree made just now holds its base: in a large repository git would take as long to say so as to make it.
    fresh = "" if repeated else tree_of(session.repository, experiment.base)
    return answer(session, summary, data, situation=observe(session, focus=experiment.id, tree=fresh), repeated=repeated)


def _open_surfaces(surfaces: Surfaces) -> dict[str, Any]:
    """What may be changed; in research with the level that says so, and what a plateau opens."""
    shown: dict[str, Any] = {"may_change": list(surfaces.listed)}
    if surfaces.level is None:
        return shown
    return {**shown, "within": list(surfaces.within), "level": surfaces.level, "opens_after_a_plateau": list(surfaces.opens_later)}


def run_eval(session: Session, experiment: Number | None = None, purpose: RunPurpose = "score") -> Answer:
    """Measure tests, coverage, lint, types and project metrics of an experiment's worktree as it is now, against its base.

    The server commits it first. Without `experiment`: the target branch. Repeating joins a running job. fresh: once more, the
    mean counts; calibrate: what differs from noise; end_to_end: start what was built; total: all that was kept; prune: what of it no longer matters.
    """
    take_up(session)
    match purpose:
        case "end_to_end":
            return _end_to_end(session, experiment)
        case "total" | "prune":
            return whole_answer(session, purpose, experiment)
    if experiment is None:
        return _target(session, purpose)
    found = required(session, experiment)
    if found.state not in MEASURABLE:
        raise Refusal("ALREADY_DECIDED", f"experiment {experiment} is {found.shown_state}", expected="an experiment that is not decided")
    found, taken = capture_candidate(session, found)
    if taken.ignored:
        session.warnings.append(f"left out, because git ignores them: {', '.join(map(quoted, taken.ignored[:5]))}")
    if found.assessment is not None and purpose == "score":
        if not waits_for_pairs(session, found):
            return evaluation_answer(session, experiment, tree=taken.tree, repeated=True)
        require_budget(session, found)
    job = session.wait(session.launch(evaluation_plan(session, found, purpose)))
    return evaluation_answer(session, experiment) if job.state == "done" else job_answer(session, job)


def check_experiment(session: Session, experiment: Number, check: str = "") -> Answer:
    """Show every check of the gate, with evidence. Measures nothing."""
    found = required(session, experiment)
    if not found.is_open or found.state == "kept":
        raise Refusal("ALREADY_DECIDED", f"experiment {experiment} is {found.shown_state}", expected="an experiment that is not decided")
    checks = run_gate(gather(session, found))
    names = [item.name for item in checks]
    if check and check not in names:
        raise Refusal("UNKNOWN_ID", f"there is no check {quoted(check)}", where=("check",), expected=", ".join(names))
    results = {item.result for item in checks}
    would = "refuse" if results & {"fail", "not_yet"} else "hold" if "suspect" in results else "keep"
    shown = [{"name": item.name, "result": item.result, "evidence": list(item.evidence)} for item in checks if check in ("", item.name)]
    passes = sum(item.result == "pass" for item in checks)
    summary = f"Experiment {experiment}: {passes} of {len(checks)} checks pass; keep would {would}."
    data = {"checks": shown, "would": would, "arms": _arms(session, found)}
    return answer(session, summary, data, situation=observe(session, focus=experiment))


def _arms(session: Session, found: Experiment) -> list[dict[str, Any]]:
    """All experiments of the same hypothesis, where there are several."""
    with session.store.reading() as connection:
        made, item = experiments_of(connection, found.hypothesis), hypothesis(connection, found.hypothesis)
    name = item.name if item else ""
    shown = [{"experiment": each.id, "item": arm_name(name, each.arm), "state": each.shown_state, "delta": rounded(each.delta)} for each in made]
    return shown if len(made) > 1 else []


def _target(session: Session, purpose: Purpose) -> Answer:
    tip = standing(session).tip
    contract = contract_at(session, tip)
    known = stored_baseline(session, contract, tip)
    calibrated = stored_calibration(session, contract, tree_of(session.repository, tip))
    measures_a_metric = contract.configuration.research_target is not None
    if known is not None and (purpose == "score" or (purpose == "calibrate" and calibrated and not measures_a_metric)):
        return baseline_answer(session, known, repeated=True)
    job = session.wait(session.launch(baseline_plan(session, tip, purpose)))
    measured = stored_baseline(session, contract, tip)
    return baseline_answer(session, measured) if measured and job.state == "done" else job_answer(session, job)


def _end_to_end(session: Session, experiment: int | None) -> Answer:
    """Start what a build built. What passed already is answered again."""
    if experiment is not None:
        raise Refusal("BAD_ARGUMENTS", "what was built is tried on the target", where=("experiment",), expected="no experiment with end_to_end")
    seen = observe(session)
    with session.store.reading() as connection:
        newest = newest_cycle(connection)
        done = latest_trial(connection, newest.id) if newest is not None and seen.cycle is None else None
    if done is not None and done.outcome == "passed":
        return trial_answer(session, done, repeated=True)
    progress = require_step(seen, "run_eval", "propose_hypotheses" if seen.progress is not None and seen.progress.runs is False else "")
    tried = Tried(progress.cycle, seen.standing.tip, start_of(progress.reports["strategist"].body))
    job = session.wait(session.launch(trial_plan(session, tried)))
    with session.store.reading() as connection:
        trial = latest_trial(connection, tried.cycle)
    return trial_answer(session, trial) if trial is not None and job.state == "done" else job_answer(session, job)


def _may_start(found: StoredHypothesis, made: Sequence[Experiment], arm: int, cycle: int) -> None:
    require_arm(found, made, arm)
    if found.state == "replaced":
        raise Refusal("UNKNOWN_ID", f"there is no hypothesis {found.name} to try", where=("item",), expected="an id that propose_hypotheses gave")
    if found.cycle != cycle:
        raise Refusal("OUT_OF_ORDER", f"{found.name} belongs to cycle {found.cycle}", expected=f"a hypothesis of cycle {cycle}")
