"""Every small file of `.factory` in one table: its name, what it is of, what it says, and the events that touch it."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from state.approvals import ApprovalAnswered, DraftWritten
from state.backlog import BacklogAdded, BacklogChanged
from state.baselines import BaselineMeasured
from state.campaigns import AttemptClosed, GainConfirmed
from state.cycles import CycleEnded, CycleStarted, HypothesesProposed
from state.events import Event
from state.experiments import (
    CandidateCaptured,
    CandidateUpdated,
    ExperimentHeld,
    ExperimentMeasured,
    ExperimentStarted,
    HeldApproved,
    KeepWithdrawn,
    MergeConflicted,
    VerdictGiven,
)
from state.issues import IssueSeen
from state.landings import LandingDone
from state.proposing import ExperimentProposed, ExperimentTaken
from state.publishing import (
    PullRequestClosed,
    PullRequestFailed,
    PullRequestOpened,
    PullRequestPrepared,
    PullRequestPromoted,
    PullRequestPushed,
)
from state.reports import ReportSubmitted
from state.undoing import ExperimentUndone
from state.views import archive, attempts, backlog, contract, experiment_files, folder, performance, pull_requests, reviews, strategy
from state.views.view import CYCLE, DECIDED, PROJECT, Kind, Source, View, reports_of

if TYPE_CHECKING:
    import sqlite3

_DECIDING: Final = (ExperimentProposed.type, ExperimentTaken.type, VerdictGiven.type, KeepWithdrawn.type, LandingDone.type, ExperimentUndone.type)
_ON_THE_FORGE: Final = (PullRequestOpened.type, PullRequestPromoted.type, PullRequestClosed.type)
_CYCLE: Final = (CycleStarted.type, HypothesesProposed.type, CycleEnded.type)
_MOVING: Final = (
    ExperimentStarted.type, CandidateCaptured.type, CandidateUpdated.type, MergeConflicted.type, ExperimentMeasured.type, ExperimentHeld.type,
    HeldApproved.type, *_DECIDING,
)  # fmt: skip


def _one(name: str, render: Callable[[Source], bytes | None], events: tuple[str, ...], kind: Kind = PROJECT) -> View:
    """A file of which the project has one."""
    return View(name, kind, lambda source, _subject: render(source), events)


# A new file is a row here. One that no event touches stands there from the first event on.
VIEWS: Final[tuple[View, ...]] = (
    _one("README.md", lambda _source: folder.README, ()),
    _one(".gitignore", lambda _source: folder.IGNORED, ()),
    View("draft/factory.md", PROJECT, lambda source, _subject: contract.draft(source), (DraftWritten.type,), is_to_be_edited=True),
    _one("config.json", contract.config, (ApprovalAnswered.type,)),
    _one("eval_profile.json", contract.eval_profile, (ApprovalAnswered.type,)),
    _one("strategy/current.md", strategy.current, (*_CYCLE, *_MOVING)),
    _one("strategy/observations.md", strategy.observations, (BaselineMeasured.type,)),
    _one("strategy/backlog.md", backlog.open_items, (BacklogAdded.type, BacklogChanged.type, IssueSeen.type)),
    _one("strategy/insights.md", strategy.insights, _DECIDING),
    _one(
        "strategy/pull_requests.md", pull_requests.every, (PullRequestPrepared.type, PullRequestFailed.type, PullRequestPushed.type, *_ON_THE_FORGE)
    ),
    *(_one(f"reviews/{role}-latest.md", reviews.latest(role), (ReportSubmitted.type,), reports_of(role)) for role in reviews.ROLES),
    _one("reviews/ceo-verdict-builder.md", reviews.on_builder, _DECIDING),
    _one("reviews/ceo-verdict-strategist.md", reviews.on_strategist, (*_CYCLE, ReportSubmitted.type)),
    _one("performance_report.json", performance.report, performance.EVENTS),
    View("experiments/{:03d}/hypothesis.md", DECIDED, experiment_files.hypothesis_file, _DECIDING),
    View("experiments/{:03d}/eval_before.json", DECIDED, experiment_files.before, _DECIDING),
    View("experiments/{:03d}/eval_after.json", DECIDED, experiment_files.after, (*_DECIDING, ReportSubmitted.type)),
    View("experiments/{:03d}/changes.diff", DECIDED, experiment_files.changes, _DECIDING, experiment_files.is_the_patch),
    View("experiments/{:03d}/verdict.json", DECIDED, experiment_files.verdict_file, (*_DECIDING, *_ON_THE_FORGE)),
    View("experiments/{:03d}/checks.json", DECIDED, experiment_files.checks_file, _DECIDING),
    View("experiments/{:03d}/review.md", DECIDED, experiment_files.review_file, (*_DECIDING, ReportSubmitted.type)),
    View("experiments/{:03d}/evaluation.json", DECIDED, experiment_files.evaluation_file, _DECIDING),
    View("experiments/{:03d}/research.json", attempts.ATTEMPTED, attempts.research_file, (*_DECIDING, AttemptClosed.type, GainConfirmed.type)),
    View("archive/experiments/{:03d}.md", DECIDED, archive.experiment_note, (*_DECIDING, ReportSubmitted.type)),
    View("archive/strategies/{:03d}.md", CYCLE, archive.strategy_note, (CycleEnded.type, *_MOVING)),
    View("archive/sources/{:03d}.md", CYCLE, archive.sources, (HypothesesProposed.type,)),
    _one("archive/patterns/patterns.md", archive.patterns, _DECIDING),
)
STANDING: Final = tuple(view.path(0) for view in VIEWS if not view.events)


def touched(connection: "sqlite3.Connection", events: Iterable[Event]) -> Iterator[str]:
    """The files that these events touch, some of them several times."""
    for event in events:
        for view in _touched_by().get(event.type, ()):
            yield from map(view.path, view.kind.of(connection, event))


def every_path(connection: "sqlite3.Connection") -> Iterator[str]:
    """The files that may have something to say, by what the store knows."""
    for view in VIEWS:
        for subject in view.kind.every(connection):
            yield view.path(subject)


def located(path: str) -> tuple[View, int] | None:
    """The view and the subject that a path is of; None for a file that is none of ours."""
    for pattern, view in _patterns():
        if found := pattern.fullmatch(path):
            subject = int(found[1]) if found.groups() else 0
            return (view, subject) if view.path(subject) == path else None
    return None


@cache
def _touched_by() -> dict[str, list[View]]:
    by_event: dict[str, list[View]] = {}
    for view in VIEWS:
        for event in view.events:
            by_event.setdefault(event, []).append(view)
    return by_event


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], View], ...]:
    return tuple((re.compile(re.escape(view.name).replace(re.escape("{:03d}"), "([0-9]{3,9})")), view) for view in VIEWS)
