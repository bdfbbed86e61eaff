"""Histories as they can happen: events that are valid against what happened before, drawn at random or written down as one plain walk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from hypothesis import strategies
from hypothesis.strategies import DrawFn, SearchStrategy

from state.approvals import ApprovalAnswered, DraftWritten
from state.backlog import BacklogAdded, BacklogChanged
from state.baselines import Baseline, BaselineMeasured, BaselineRow
from state.calibrations import Calibration, NoiseCalibrated
from state.campaign_totals import Total, TotalMeasured
from state.campaigns import (
    AttemptClosed,
    AttemptOpened,
    AttemptPlan,
    Campaign,
    CampaignOpened,
    Confirmed,
    Ending,
    GainConfirmed,
    LookTaken,
    Outcome,
)
from state.cycles import CATEGORY_ORDER, CycleEnded, CycleStarted, HypothesesProposed, Hypothesis, NumberedHypothesis
from state.events import Payload
from state.experiments import (
    CandidateCaptured,
    CandidateUpdated,
    ExperimentHeld,
    ExperimentMeasured,
    ExperimentStarted,
    HeldApproved,
    KeepRefused,
    KeepWithdrawn,
    MergeConflicted,
    VerdictGiven,
)
from state.holdouts import HeldOut, HoldoutMeasured
from state.imported import KeptFile, OriginalExperiments, OriginalFilesKept, OriginalImported, OriginalMoved
from state.issues import Issue, IssueSeen, IssueState
from state.jobs import JobEnded, JobStarted
from state.landings import LandingDone, LandingIntended, Purpose
from state.leaks import LeakageRefused, Level
from state.losses import LossAccepted
from state.measurement import PlannedDimension, Profile, Reading, ReadingState, Root, Sample
from state.metric_calibrations import MetricCalibrated, MetricCalibration
from state.original.experiment import ClaimedVerdict, OriginalExperiment
from state.proposing import ExperimentProposed, ExperimentTaken
from state.publishing import (
    PreparedBranch,
    PullRequestClosed,
    PullRequestFailed,
    PullRequestOpened,
    PullRequestPrepared,
    PullRequestPromoted,
    PullRequestPushed,
    TreeChecked,
)
from state.registry import Progress, ProjectAdvanced, ProjectForgotten, ProjectRegistered, RegistryImported
from state.reports import ReportSubmitted
from state.runs import PairDiscarded, Run, RunTaken, Side, Status
from state.samples import SampleTaken
from state.sources import SourceArchived
from state.specs import SpecKind, SpecStored
from state.trials import EndToEndTried, Trial
from state.undoing import ExperimentUndone

COMMIT: Final = "c" * 40
TREE: Final = "7" * 40
OBJECT: Final = "a" * 64
PROFILE: Final = Profile(
    roots=(Root(language="python", interpreter=".venv/bin/python"),),
    dimensions=(PlannedDimension(name="tests", tier="hygiene", applicable=True),),
    commands=("python -m pytest",),
)
TEXT: Final = strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=12)
PROJECTS: Final = strategies.sampled_from(["/projects/a", "/projects/b"])
TREES: Final = strategies.sampled_from([TREE, "8" * 40, "9" * 40])
VALUES: Final = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
BODIES: Final[SearchStrategy[dict[str, Any]]] = strategies.dictionaries(TEXT, VALUES, max_size=3)


@dataclass
class Known:
    """What has happened so far, as far as it decides what may happen next. `seq` is the number of events."""

    seq: int = 0
    cycles: list[int] = field(default_factory=list)
    open_targets: dict[str, int] = field(default_factory=dict)
    hypotheses: list[int] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)
    experiments: list[int] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)
    reports: int = 0
    intents: list[int] = field(default_factory=list)
    items: int = 0
    imported: int = 0
    files: int = 0
    was_imported: bool = False
    specs: int = 0
    sources: int = 0
    campaigns: int = 0
    attempts: int = 0
    runs: int = 0


def hypothesis_of(title: str = "Test shout", category: Any = "exploit") -> Hypothesis:
    """A hypothesis with this title."""
    return Hypothesis(title=title, category=category, dimension="coverage", what="Test shout", why="W1")


def sample(part: str = "tests", value: float | None = 1.0) -> Sample:
    """A sample of one reading: measured, or (None) unavailable."""
    state = ReadingState.UNAVAILABLE if value is None else ReadingState.MEASURED
    reading = Reading(dimension=part, state=state, value=value, reason="" if value is not None else "no tool")
    return Sample(part=part, tree=TREE, instrument="i", environment="e", readings=(reading,), at="2026-11-20T10:00:00.000Z", seconds=0.5)


def _draft(draw: DrawFn, known: Known) -> Payload:
    return DraftWritten(hash=draw(TREES), text=draw(TEXT), profile=PROFILE, base=draw(TREES))


def _approval(draw: DrawFn, known: Known) -> Payload:
    profile = draw(strategies.none() | strategies.just(PROFILE))
    return ApprovalAnswered(
        subject=draw(strategies.sampled_from(["evaluation", "held"])), answer=draw(strategies.sampled_from(["approve", "changes", "reject"])),
        hash=draw(TREES), comment=draw(TEXT), configuration=draw(TREES), contract=draw(BODIES), profile=profile,
    )  # fmt: skip


def _cycle_started(draw: DrawFn, known: Known) -> Payload | None:
    target = draw(strategies.sampled_from(["main", "next"]))
    if target in known.open_targets:
        return None
    number = len(known.cycles) + 1
    known.cycles.append(number)
    known.open_targets[target] = number
    return CycleStarted(cycle=number, mode="improve", target=target, base=COMMIT, host=draw(TEXT), max_new=draw(strategies.integers(0, 5)))


def _cycle_ended(draw: DrawFn, known: Known) -> Payload | None:
    if not known.open_targets:
        return None
    target = draw(strategies.sampled_from(sorted(known.open_targets)))
    return CycleEnded(cycle=known.open_targets.pop(target), how=draw(strategies.sampled_from(["done", "aborted"])), reason=draw(TEXT))


def _proposed(draw: DrawFn, known: Known) -> Payload | None:
    if not known.cycles:
        return None
    titles = draw(strategies.lists(TEXT, min_size=1, max_size=3))
    first = len(known.hypotheses) + 1
    numbered = [
        NumberedHypothesis(id=number, content=hypothesis_of(title, draw(strategies.sampled_from(CATEGORY_ORDER))))
        for number, title in enumerate(titles, first)
    ]
    known.hypotheses += [item.id for item in numbered]
    known.unused += [item.id for item in numbered]
    return HypothesesProposed(cycle=draw(strategies.sampled_from(known.cycles)), hypotheses=tuple(numbered))


def _started(draw: DrawFn, known: Known) -> Payload | None:
    if not known.unused:
        return None
    number = len(known.experiments) + 1
    known.experiments.append(number)
    return ExperimentStarted(
        experiment=number, hypothesis=known.unused.pop(), cycle=known.cycles[-1], title=draw(TEXT), category="fix", base=COMMIT,
        branch=f"factory/{number:03d}", worktree=draw(TEXT),
    )  # fmt: skip


def _of_experiment(make: Callable[[DrawFn, int], Payload]) -> Callable[[DrawFn, Known], Payload | None]:
    """A maker of events about some experiment."""
    return lambda draw, known: make(draw, draw(strategies.sampled_from(known.experiments))) if known.experiments else None


def _captured(draw: DrawFn, number: int) -> Payload:
    return CandidateCaptured(experiment=number, commit=COMMIT, tree=draw(TREES), taken=tuple(draw(strategies.lists(TEXT, max_size=2))))


def _updated(draw: DrawFn, number: int) -> Payload:
    base, tree, stands, accepted = draw(TREES), draw(TREES), draw(strategies.booleans()), draw(strategies.booleans())
    return CandidateUpdated(experiment=number, base=base, commit=COMMIT, tree=tree, review_stands=stands, acceptance_stands=accepted)


def _conflicted(draw: DrawFn, number: int) -> Payload:
    return MergeConflicted(experiment=number, target=draw(TREES), paths=tuple(draw(strategies.lists(TEXT, max_size=2))))


def _measured(draw: DrawFn, number: int) -> Payload:
    delta = draw(strategies.floats(-1, 1))
    return ExperimentMeasured(experiment=number, tree=draw(TREES), base=COMMIT, delta=delta, assessment=draw(BODIES))


def _held(draw: DrawFn, number: int) -> Payload:
    return ExperimentHeld(experiment=number, tree=draw(TREES), suspicion=tuple(draw(strategies.lists(TEXT, max_size=2))))


def _held_approved(draw: DrawFn, number: int) -> Payload:
    return HeldApproved(experiment=number, tree=draw(TREES), comment=draw(TEXT))


def _refused(draw: DrawFn, number: int) -> Payload:
    return KeepRefused(experiment=number, failing=("scope",))


def _withdrawn(draw: DrawFn, number: int) -> Payload:
    return KeepWithdrawn(experiment=number, target=draw(TREES))


def _undone(draw: DrawFn, number: int) -> Payload:
    return ExperimentUndone(experiment=number, reason=draw(TEXT), lesson=draw(TEXT), commit=draw(strategies.sampled_from(["", COMMIT])))


def _verdict(draw: DrawFn, number: int) -> Payload:
    return VerdictGiven(
        experiment=number, decision=draw(strategies.sampled_from(["keep", "revert", "abandon", "supersede"])), reason=draw(TEXT), lesson=draw(TEXT),
        delta=draw(strategies.none() | strategies.floats(-1, 1)), scores=draw(strategies.dictionaries(TEXT, strategies.floats(0, 1), max_size=2)),
    )  # fmt: skip


def _intended(draw: DrawFn, known: Known) -> Payload:
    known.intents.append(known.seq + 1)
    purposes: SearchStrategy[Purpose] = strategies.sampled_from(["experiment", "undo"])
    return LandingIntended(purpose=draw(purposes), experiment=draw(strategies.sampled_from([None, *known.experiments])), ref="r", old="o", new=COMMIT)


def _landed(draw: DrawFn, known: Known) -> Payload | None:
    if not known.intents:
        return None
    return LandingDone(
        intent=known.intents.pop(), outcome=draw(strategies.sampled_from(["landed", "withdrawn"])),
        experiment=draw(strategies.sampled_from([None, *known.experiments])), commit=COMMIT,
    )  # fmt: skip


def _report(draw: DrawFn, known: Known) -> Payload:
    known.reports += 1
    return ReportSubmitted(
        report=known.reports, role=draw(strategies.sampled_from(["reviewer", "ceo"])), experiment=draw(strategies.sampled_from([None, 1, 2])),
        tree=draw(TREES), summary=draw(TEXT), decision="pass", body=draw(BODIES),
    )  # fmt: skip


def _leakage_refused(draw: DrawFn, known: Known) -> Payload:
    level: SearchStrategy[Level] = strategies.sampled_from(["medium", "high"])
    return LeakageRefused(cycle=1, level=draw(level), weight=draw(strategies.integers(2, 20)), found=("report.summary: 2 rare values of truth.json",))


def _sampled(draw: DrawFn, known: Known) -> Payload:
    value = draw(strategies.none() | strategies.floats(0, 1))
    return SampleTaken(sample=sample(draw(strategies.sampled_from(["tests", "lint"])), value).plain(), material=draw(TREES))


def _baseline(draw: DrawFn, known: Known) -> Payload:
    row = BaselineRow(name="tests", weight=1.0, value=draw(strategies.none() | strategies.floats(0, 1)), detail=draw(TEXT))
    found = Baseline(tree=draw(TREES), contract=draw(TREES), composite=0.5, threshold=0.8, tests=3, rows=(row,), seconds=1.5)
    return BaselineMeasured(baseline=found)


def _calibrated(draw: DrawFn, known: Known) -> Payload:
    noise = draw(strategies.dictionaries(TEXT, strategies.floats(0, 1), max_size=2))
    return NoiseCalibrated(calibration=Calibration(contract=draw(TREES), tree=draw(TREES), noise=noise, samples={"tests": 5}, seconds=1.5))


def _held_out(draw: DrawFn, known: Known) -> Payload:
    value = draw(strategies.none() | strategies.floats(0, 1))
    state = ReadingState.TIMEOUT if value is None else ReadingState.MEASURED
    found = HeldOut(tree=draw(TREES), base_tree=draw(TREES), base=0.5, candidate=value, base_state=ReadingState.MEASURED, candidate_state=state)
    return HoldoutMeasured(held_out=found)


def _campaign_opened(draw: DrawFn, known: Known) -> Payload:
    known.campaigns += 1
    campaign = Campaign(
        id=known.campaigns, key=f"key {known.campaigns}", target=draw(TREES), instrument=draw(TREES), metric="rate", direction="maximise",
        base_tree=TREE, parts=draw(strategies.dictionaries(TEXT, TEXT, max_size=2)),
    )  # fmt: skip
    return CampaignOpened(campaign=campaign)


def _attempt_opened(draw: DrawFn, known: Known) -> Payload:
    known.attempts += 1
    plan = AttemptPlan(kind="noisy", alpha=draw(strategies.floats(0, 0.1)), spent=0.0, looks=(3, 6, 12), direction="maximise", futility=((2, 0.375),))
    return AttemptOpened(
        attempt=known.attempts, key=draw(TREES), campaign=1, number=known.attempts, experiment=draw(strategies.integers(1, 3)), cycle=1,
        tree=draw(TREES), base_tree=TREE, plan=plan,
    )  # fmt: skip


def _look_taken(draw: DrawFn, known: Known) -> Payload:
    share = draw(strategies.floats(0, 1))
    return LookTaken(
        attempt=draw(strategies.integers(1, 3)), n=draw(strategies.integers(1, 30)), even=0, mean=share, estimate=share, p=share, limit=0.0,
        carried=0.0, line=draw(strategies.none() | strategies.floats(0, 1)), outcome="more", next=6,
    )  # fmt: skip


def _attempt_closed(draw: DrawFn, known: Known) -> Payload:
    outcomes: SearchStrategy[Outcome] = strategies.sampled_from(["better", "not_better", "cannot_tell", "error"])
    return AttemptClosed(attempt=draw(strategies.integers(1, 3)), ending=Ending(outcome=draw(outcomes), reason=draw(TEXT), pairs=6))


def _gain_confirmed(draw: DrawFn, known: Known) -> Payload:
    gain = draw(strategies.floats(-1, 1))
    confirmed = Confirmed(
        attempt=draw(strategies.integers(1, 3)), campaign=1, experiment=1, pairs=5, gain=gain, error=0.1, base_mean=0.0, head_mean=gain
    )
    return GainConfirmed(confirmed=confirmed)


def _run_taken(draw: DrawFn, known: Known) -> Payload:
    known.runs += 1
    sides: SearchStrategy[Side] = strategies.sampled_from(["base", "candidate"])
    statuses: SearchStrategy[Status] = strategies.sampled_from(["pass", "fail", "error", "timeout"])
    run = Run(
        number=known.runs, campaign=1, purpose="pair", attempt=draw(strategies.sampled_from([None, 1])), pair=draw(strategies.integers(1, 4)),
        side=draw(sides), tree=draw(TREES), seed=7, status=draw(statuses), value=draw(strategies.none() | strategies.floats(-9, 9)),
        cost_usd=draw(strategies.none() | strategies.floats(0, 2)), seconds=0.5, at="2026-11-20T10:00:00.000Z",
    )  # fmt: skip
    return RunTaken(run=run)


def _pair_discarded(draw: DrawFn, known: Known) -> Payload:
    return PairDiscarded(campaign=1, pair=draw(strategies.integers(1, 4)), reason=draw(TEXT))


def _metric_calibrated(draw: DrawFn, known: Known) -> Payload:
    found = MetricCalibration(campaign=1, tree=draw(TREES), pairs=10, deterministic=draw(strategies.booleans()), sigma=draw(strategies.floats(0, 9)))
    return MetricCalibrated(calibration=found)


def _total_measured(draw: DrawFn, known: Known) -> Payload:
    gain = draw(strategies.floats(-1, 1))
    return TotalMeasured(total=Total(campaign=1, base_tree=TREE, head_tree=draw(TREES), pairs=10, gain=gain, base_mean=0.0, head_mean=gain, keeps=2))


def _job_started(draw: DrawFn, known: Known) -> Payload:
    known.jobs.append(len(known.jobs) + 1)
    return JobStarted(job=known.jobs[-1], kind="evaluation", key=draw(strategies.sampled_from(["a", "b"])), server=draw(TEXT))


def _job_ended(draw: DrawFn, known: Known) -> Payload | None:
    if not known.jobs:
        return None
    number = draw(strategies.sampled_from(known.jobs))
    return JobEnded(job=number, outcome=draw(strategies.sampled_from(["done", "failed", "cancelled"])), reason=draw(TEXT))


def _item_added(draw: DrawFn, known: Known) -> Payload:
    known.items += 1
    return BacklogAdded(
        item=known.items, text=draw(TEXT), source=draw(strategies.sampled_from(["user", "original"])),
        category=draw(strategies.sampled_from([None, "fix"])), priority=draw(strategies.sampled_from(["high", "normal", "low"])),
    )  # fmt: skip


def _item_changed(draw: DrawFn, known: Known) -> Payload | None:
    if not known.items:
        return None
    return BacklogChanged(
        item=draw(strategies.integers(1, known.items)), text=draw(strategies.none() | TEXT), priority=draw(strategies.sampled_from([None, "low"])),
        state=draw(strategies.sampled_from([None, "open", "done", "removed"])),
    )  # fmt: skip


def _issue_seen(draw: DrawFn, known: Known) -> Payload:
    number = draw(strategies.integers(1, 3))
    states: SearchStrategy[IssueState] = strategies.sampled_from(["open", "closed"])
    issue = Issue(
        address=f"https://example.org/a/b/issues/{number}", repository="a/b", number=number, title=draw(TEXT), body=draw(TEXT), state=draw(states),
        own=draw(strategies.booleans()), labels=tuple(draw(strategies.lists(TEXT, max_size=2))),
    )  # fmt: skip
    return IssueSeen(issue=issue, item=number)


def _original_files(draw: DrawFn, known: Known) -> Payload:
    known.files += 1
    files = [
        KeptFile(path=f"experiments/{known.files:03d}/{place}{draw(TEXT)}", sha=TREE, size=draw(strategies.integers(0, 9)), experiment=known.files)
        for place in range(2)
    ]
    return OriginalFilesKept(files=tuple(files), bundle=draw(strategies.sampled_from(["", TREE])))


def _original_experiments(draw: DrawFn, known: Known) -> Payload:
    """Their numbers lie beyond all of ours in these short histories."""
    known.imported += 2
    verdicts: SearchStrategy[ClaimedVerdict] = strategies.sampled_from(["keep", "revert", "error", "unfinished"])
    made = [
        OriginalExperiment(
            id=1000 + known.imported + place, timestamp="2026-05-01T10:00:00", hypothesis=draw(TEXT), verdict=draw(verdicts),
            score_after=draw(strategies.none() | strategies.floats(0, 1)), research_citations=tuple(draw(strategies.lists(TEXT, max_size=2))),
        )
        for place in (0, 1)
    ]  # fmt: skip
    return OriginalExperiments(experiments=tuple(made))


def _original_imported(draw: DrawFn, known: Known) -> Payload | None:
    if known.was_imported:
        return None
    known.was_imported = True
    return OriginalImported(verdicts={"keep": draw(strategies.integers(0, 9))}, items=known.items, files=known.files, goal=draw(TEXT))


def _original_moved(draw: DrawFn, known: Known) -> Payload:
    return OriginalMoved()


def _project_registered(draw: DrawFn, known: Known) -> Payload:
    return ProjectRegistered(
        path=draw(PROJECTS), name=draw(TEXT), since=draw(strategies.none() | TEXT), claimed=draw(strategies.integers(0, 9)),
        score=draw(strategies.none() | strategies.floats(0, 1)),
    )  # fmt: skip


def _project_advanced(draw: DrawFn, known: Known) -> Payload:
    kept, reverted = draw(strategies.integers(0, 9)), draw(strategies.integers(0, 9))
    return ProjectAdvanced(path=draw(PROJECTS), progress=Progress(kept=kept, reverted=reverted, at=draw(TEXT), score=draw(strategies.floats(0, 1))))


def _project_forgotten(draw: DrawFn, known: Known) -> Payload:
    return ProjectForgotten(path=draw(PROJECTS))


def _registry_imported(draw: DrawFn, known: Known) -> Payload:
    return RegistryImported(kept_as=draw(TEXT), taken=draw(strategies.integers(0, 9)), left=tuple(draw(strategies.lists(TEXT, max_size=2))))


def _loss(draw: DrawFn, known: Known) -> Payload:
    return LossAccepted(kept=draw(strategies.integers(0, known.seq)), reached=known.seq + 1, anchors=tuple(draw(strategies.lists(TREES, max_size=2))))


def _proposed_upstream(draw: DrawFn, number: int) -> Payload:
    return ExperimentProposed(experiment=number)


def _taken_upstream(draw: DrawFn, number: int) -> Payload:
    return ExperimentTaken(experiment=number, commit=COMMIT)


def _branch(draw: DrawFn) -> PreparedBranch:
    return PreparedBranch(
        key=draw(strategies.sampled_from(["k1", "k2"])), experiments=draw(strategies.sampled_from([(1,), (1, 2)])), into="main", base=COMMIT,
        branch=draw(TEXT), commit=COMMIT, tree=TREE, clean=draw(strategies.booleans()), kept=2, stripped=1, files=OBJECT,
    )  # fmt: skip


def _checked(draw: DrawFn) -> TreeChecked:
    return TreeChecked(tests=3, failing=tuple(draw(strategies.lists(TEXT, max_size=2))), notes=tuple(draw(strategies.lists(TEXT, max_size=1))))


def _pull_prepared(draw: DrawFn, known: Known) -> Payload:
    return PullRequestPrepared(branch=_branch(draw), checked=_checked(draw))


def _pull_failed(draw: DrawFn, known: Known) -> Payload:
    return PullRequestFailed(branch=_branch(draw), checked=_checked(draw))


def _pull_pushed(draw: DrawFn, known: Known) -> Payload:
    return PullRequestPushed(key="k1", experiments=(1,), address=draw(TEXT))


def _pull_opened(draw: DrawFn, known: Known) -> Payload:
    return PullRequestOpened(key="k1", experiments=(1, 2), number=draw(strategies.integers(1, 9)), url=draw(TEXT), draft=draw(strategies.booleans()))


def _pull_promoted(draw: DrawFn, known: Known) -> Payload:
    return PullRequestPromoted(key="k1", experiments=(1,))


def _pull_closed(draw: DrawFn, known: Known) -> Payload:
    how: SearchStrategy[Literal["closed", "merged"]] = strategies.sampled_from(["closed", "merged"])
    return PullRequestClosed(key="k1", experiments=(1, 2), how=draw(how), reason=draw(TEXT))


def _spec(draw: DrawFn, known: Known) -> Payload:
    known.specs += 1
    kinds: SearchStrategy[SpecKind] = strategies.sampled_from(["idea", "spec"])
    return SpecStored(spec=known.specs, kind=draw(kinds), title=draw(TEXT), source=draw(TEXT), text=OBJECT)


def _tried(draw: DrawFn, known: Known) -> Payload | None:
    if not known.cycles:
        return None
    outcomes: SearchStrategy[Literal["passed", "failed"]] = strategies.sampled_from(["passed", "failed"])
    trial = Trial(
        cycle=draw(strategies.sampled_from(known.cycles)), tree=TREE, command=draw(TEXT), outcome=draw(outcomes), said=draw(TEXT), seconds=1.5,
        output="", items=len(known.hypotheses),
    )  # fmt: skip
    return EndToEndTried(trial=trial)


def _source(draw: DrawFn, known: Known) -> Payload:
    known.sources += 1
    return SourceArchived(source=known.sources, address=f"https://example.org/{draw(strategies.integers(0, 3))}", claim=draw(TEXT))


# One maker for every kind of event; a maker answers None where its kind cannot happen yet.
MAKERS: Final[dict[str, Callable[[DrawFn, Known], Payload | None]]] = {
    "draft.written": _draft,
    "approval.answered": _approval,
    "cycle.started": _cycle_started,
    "hypotheses.proposed": _proposed,
    "cycle.ended": _cycle_ended,
    "experiment.started": _started,
    "candidate.captured": _of_experiment(_captured),
    "candidate.updated": _of_experiment(_updated),
    "candidate.conflicted": _of_experiment(_conflicted),
    "experiment.measured": _of_experiment(_measured),
    "experiment.held": _of_experiment(_held),
    "experiment.approved": _of_experiment(_held_approved),
    "keep.refused": _of_experiment(_refused),
    "verdict.given": _of_experiment(_verdict),
    "keep.withdrawn": _of_experiment(_withdrawn),
    "experiment.undone": _of_experiment(_undone),
    "spec.stored": _spec,
    "trial.ended": _tried,
    "source.archived": _source,
    "landing.intended": _intended,
    "landing.done": _landed,
    "experiment.proposed": _of_experiment(_proposed_upstream),
    "experiment.taken": _of_experiment(_taken_upstream),
    "pull_request.prepared": _pull_prepared,
    "pull_request.failed": _pull_failed,
    "pull_request.pushed": _pull_pushed,
    "pull_request.opened": _pull_opened,
    "pull_request.promoted": _pull_promoted,
    "pull_request.closed": _pull_closed,
    "report.submitted": _report,
    "leakage.refused": _leakage_refused,
    "sample.taken": _sampled,
    "baseline.measured": _baseline,
    "noise.calibrated": _calibrated,
    "holdout.measured": _held_out,
    "campaign.opened": _campaign_opened,
    "attempt.opened": _attempt_opened,
    "look.taken": _look_taken,
    "attempt.closed": _attempt_closed,
    "gain.confirmed": _gain_confirmed,
    "run.taken": _run_taken,
    "pair.discarded": _pair_discarded,
    "metric.calibrated": _metric_calibrated,
    "total.measured": _total_measured,
    "job.started": _job_started,
    "job.ended": _job_ended,
    "loss.accepted": _loss,
    "backlog.added": _item_added,
    "backlog.changed": _item_changed,
    "issue.seen": _issue_seen,
    "original.files": _original_files,
    "original.experiments": _original_experiments,
    "original.imported": _original_imported,
    "original.moved": _original_moved,
    "project.registered": _project_registered,
    "project.advanced": _project_advanced,
    "project.forgotten": _project_forgotten,
    "registry.imported": _registry_imported,
}


@strategies.composite
def histories(draw: DrawFn, kinds: tuple[str, ...] = ()) -> list[Payload]:
    """A history of up to 25 random events after a beginning in which everything can happen; `kinds` happen in any case, last."""
    known = Known()
    payloads: list[Payload] = []
    beginning = ("cycle.started", "hypotheses.proposed", "experiment.started", "job.started", "landing.intended", "backlog.added")
    for kind in (*beginning, *draw(strategies.lists(strategies.sampled_from(sorted(MAKERS)), max_size=25)), *kinds):
        payload = MAKERS[kind](draw, known)
        if payload is not None:
            payloads.append(payload)
            known.seq += 1
    return payloads
