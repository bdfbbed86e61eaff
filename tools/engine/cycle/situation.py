"""The situation: what decides the next step, read from the store and git without changing anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from state import experiments, jobs
from state.answers import At
from state.approvals import Answered, answered_last, approval, evaluations_since
from state.cycles import Category, Cycle, StoredHypothesis, cycle, hypotheses_of, open_cycle
from state.errors import Refusal
from state.experiments import Experiment, arm_name, experiments_of_cycle
from state.jobs import Job
from state.model import digest
from state.reports import Report, ReportRole, redirects_of, reports_of_cycle, revisions_of
from state.specs import written
from state.store import recorded
from state.trials import latest_trial
from tools.engine.approving.work import phases_key
from tools.engine.contract import Standing, standing
from tools.engine.cycle.modes import Asked, Progress, open_step
from tools.engine.cycle.stuck import barred_in
from tools.engine.experiment.gathering import gather
from tools.engine.experiment.outgrown import is_bare, measurable_by_now
from tools.engine.gate.checks import run_gate
from tools.engine.gate.facts import Check, Facts
from tools.engine.jobs.running import is_running
from tools.engine.research.failed_runs import failed_runs
from tools.engine.research.looping import Loop, loop_at
from tools.engine.session import Session

EVALUATIONS: Final = 2  # that a person is asked for within one build: ahead of the code, and when it is there
ASKED_OF: Final[dict[Asked, ReportRole]] = {"plan": "strategist", "spec": "distiller"}


@dataclass(frozen=True)
class Beside:
    """An open experiment beside the one in work: what it tries (H1.2), and the evaluation that runs for it."""

    experiment: Experiment
    item: str
    job: Job | None = None

    @property
    def said(self) -> str:
        """It in a few words."""
        found = self.experiment
        delta = f" {found.delta:+.4f}" if found.delta is not None else ""
        return f"{found.id} ({self.item}) {f'measuring as {self.job.name}' if self.job else f'{found.state}{delta}'}"


@dataclass(frozen=True)
class Situation:
    """Where a project stands. `current` is the experiment in work; `facts` and `checks` are its gate, `job` the evaluation that runs for it.

    `others` are the experiments of the cycle that are open besides, by what they try.
    `waiting` are the work items of the cycle that no experiment has used; `progress` decides its open step; `item` is the name of what the current
    experiment tries; `barred` are the categories that may not be proposed; `ended` is the cycle that the call just finished; `given_up`: something
    of the open cycle was reverted or abandoned. `loop` is where research stands, in a research cycle and where none is open.
    """

    standing: Standing
    cycle: Cycle | None = None
    waiting: tuple[StoredHypothesis, ...] = ()
    progress: Progress | None = None
    current: Experiment | None = None
    others: tuple[Beside, ...] = ()
    item: str = ""
    facts: Facts | None = None
    checks: tuple[Check, ...] = ()
    job: Job | None = None
    ended: Cycle | None = None
    barred: tuple[Category, ...] = ()
    given_up: bool = False
    loop: Loop | None = None

    def at(self) -> At:
        """The part of the envelope that says where we are."""
        return At(
            state=self.standing.state,
            mode=self.cycle.mode if self.cycle else "",
            cycle=self.cycle.id if self.cycle else None,
            step=self.step(),
            experiment=self.current.id if self.current else None,
            experiment_state=self.current.state if self.current else "",
            waiting_for=self._waiting_for(),
        )

    def step(self) -> str:
        """The name of the open step."""
        if self.cycle is None:
            return "done" if self.ended else ""
        if self.current is not None:
            return {"begun": "build", "candidate": "measure", "measured": "decide", "held": "approve", "kept": "land"}.get(self.current.state, "")
        opened = open_step(self.progress) if self.progress else None
        return opened.name if opened else "done"

    def plans(self) -> bool:
        """Whether the open cycle is a build whose plan is not approved yet."""
        return self.progress is not None and self.progress.mode == "build" and not self.progress.proposed

    def _waiting_for(self) -> str:
        if self.job is not None:
            return f"job: {self.job.name}"
        if self.current is not None and self.current.state == "held":
            return f"person: held experiment {self.current.id}"
        waits = self.standing.state == "evals_pending_review" if self.cycle is None else self.standing.is_unapproved
        return "person: evaluation" if waits else ""


def observe(session: Session, *, ended: int | None = None, focus: int | None = None, tree: str = "") -> Situation:
    """Look at everything that the next step depends on.

    `focus` prefers an open experiment as the current one, `tree` is what its worktree was just seen to hold; `ended` names a finished cycle.
    """
    where = standing(session)
    with session.store.reading() as connection:
        found = open_cycle(connection, where.target)
        items = hypotheses_of(connection, found.id) if found else []
        waiting = tuple(item for item in items if item.state == "open")
        made = experiments_of_cycle(connection, found.id) if found else []
        opened = [each for each in made if each.is_open]
        of_target = jobs.newest_running(connection, None) if not opened else None
        begun = [Beside(each, _item(items, each), jobs.newest_running(connection, each.id)) for each in opened]
        finished = cycle(connection, ended) if ended else None
    work = [replace(each, job=_alive(session, each.job)) for each in begun]
    current = _current(work, focus)
    progress = _progress(session, found, where, _Work(items, len(waiting) + len(work), bool(work))) if found else None
    facts = _facts(session, current.experiment, tree if current.experiment.id == focus else "") if current else None
    return Situation(
        standing=where, cycle=found, waiting=waiting, progress=progress, current=current.experiment if current else None,
        others=tuple(each for each in work if each is not current), item=current.item if current else "", facts=facts,
        checks=run_gate(facts) if facts else (), job=current.job if current else _alive(session, of_target),
        ended=finished if finished and finished.state != "open" else None, barred=barred_in(session, found.mode) if found else (),
        given_up=any(each.state in ("reverted", "error") for each in made), loop=_loop(session, where, found),
    )  # fmt: skip


def _loop(session: Session, where: Standing, cycle: Cycle | None) -> Loop | None:
    """Where research stands, if it is what comes next or is under way."""
    if cycle is not None and cycle.mode != "research":
        return None
    return loop_at(session, where.configuration, where.tip, cycle)


def _alive(session: Session, job: Job | None) -> Job | None:
    """A job that the log says is running, if somebody still does it."""
    return job if job is not None and is_running(session.store, job.id) else None


@dataclass(frozen=True)
class _Work:
    """The work items of a cycle, how many of them are not decided, and whether one is being tried now."""

    items: list[StoredHypothesis]
    undecided: int
    trying: bool


def _progress(session: Session, cycle: Cycle, where: Standing, work: _Work) -> Progress:
    """How far a cycle is."""
    with session.store.reading() as connection:
        reports, trial = reports_of_cycle(connection, cycle.id), latest_trial(connection, cycle.id)
        redirects, spec = tuple(redirects_of(connection, cycle.id)), written(connection, cycle.spec)
    answers, measured = _answers(session, reports), where.configuration is not None and not where.is_unapproved
    builds = cycle.mode == "build" and not work.trying
    return Progress(
        mode=cycle.mode, spec=spec, cycle=cycle.id, measured=measured, drafted=where.draft is not None, reports=reports,
        answers={asked: (answered.answer, channel) for asked, (answered, channel) in answers.items()},
        comments={asked: answered.comment for asked, (answered, _) in answers.items()},
        rounds=_rounds(session, cycle) if cycle.mode == "interactive" else 0,
        bare=builds and not measured and is_bare(session, where), outgrown=builds and measured and _is_outgrown(session, cycle, where),
        proposed=len(work.items) if _is_begun(session, cycle, reports) else 0, undecided=work.undecided,
        runs=trial.outcome == "passed" if trial else None, mended=trial is not None and len(work.items) > trial.items, redirects=redirects,
        failed=failed_runs(session, cycle).names if cycle.mode == "research" else (),
        plateau=cycle.after_a_plateau,
    )  # fmt: skip


def _is_begun(session: Session, cycle: Cycle, reports: Mapping[ReportRole, Report]) -> bool:
    """Whether what a cycle tries is that of the plan that stands: another plan has phases of its own, which are to be made items."""
    if cycle.mode != "build" or "strategist" not in reports:
        return cycle.mode != "build"
    with session.store.reading() as connection:
        return recorded(connection, phases_key(reports["strategist"]))


def _is_outgrown(session: Session, cycle: Cycle, where: Standing) -> bool:
    """Whether the person is to be asked once more how the project is measured: not oftener than EVALUATIONS, nor after they said no to this draft."""
    with session.store.reading() as connection:
        asked = evaluations_since(connection, cycle.started_at)
        refused = answered_last(connection, where.draft.hash) if where.draft is not None else None
    return asked < EVALUATIONS and refused is None and bool(measurable_by_now(session, where))


def _rounds(session: Session, cycle: Cycle) -> int:
    """How often the person asked for changes of a spec of the cycle."""
    with session.store.reading() as connection:
        specs = {content_hash(report) for report in revisions_of(connection, cycle.id, "distiller")}
        answers = [answered_last(connection, content) for content in specs]
    return sum(answered is not None and answered.answer == "changes" for answered in answers)


def _answers(session: Session, reports: Mapping[ReportRole, Report]) -> dict[Asked, tuple[Answered, str]]:
    """What the person answered to the plan and the spec as they stand, and through which channel where they approved."""
    found: dict[Asked, tuple[Answered, str]] = {}
    with session.store.reading() as connection:
        for asked, role in ASKED_OF.items():
            content = content_hash(reports[role]) if role in reports else ""
            given = answered_last(connection, content) if content else None
            if given is not None:
                approved = approval(connection, content)
                found[asked] = (given, approved.channel if approved else "")
    return found


def content_hash(report: Report) -> str:
    """What a person's answer to a plan or a spec is bound to: its whole content, and the cycle that it is for."""
    return digest([report.role, report.cycle, report.body])


def _item(items: list[StoredHypothesis], made: Experiment) -> str:
    """The name of what an experiment tries."""
    return next((arm_name(item.name, made.arm) for item in items if item.id == made.hypothesis), "")


def _current(work: list[Beside], focus: int | None) -> Beside | None:
    """The experiment in work: the one asked for; else the oldest that waits for nobody, or else for the least: its landing, its job, a person."""
    return min(work, key=lambda each: (each.experiment.id != focus, _waits(each), each.experiment.id), default=None)


def _waits(each: Beside) -> int:
    return 2 if each.job is not None else {"kept": 1, "held": 3}.get(each.experiment.state, 0)


def _facts(session: Session, current: Experiment, tree: str) -> Facts | None:
    """The gate's facts, where the experiment is still edited or measured.

    A worktree that is gone has none, nor has one whose base holds a contract that nobody approved: looking must work in every state.
    """
    if current.state == "kept":
        return None
    try:
        return gather(session, current, tree)
    except Refusal as refusal:
        if refusal.code in ("OUT_OF_ORDER", "NEEDS_APPROVAL", "BAD_CONFIG"):
            return None
        raise


def experiment_at(session: Session, number: int) -> Experiment | None:
    """The experiment of this number, if there is one."""
    with session.store.reading() as connection:
        return experiments.experiment(connection, number)
