"""Every table and every kind of event in one place: what a database is made of, and what a log may hold."""

from typing import Final

from state import (
    approvals,
    backlog,
    baselines,
    calibrations,
    campaign_totals,
    campaigns,
    cycles,
    decisions,
    experiments,
    holdouts,
    imported,
    issues,
    jobs,
    landings,
    leaks,
    losses,
    metric_calibrations,
    proposing,
    publishing,
    registry,
    reports,
    runs,
    samples,
    sources,
    specs,
    totals,
    trials,
    undoing,
)
from state.events import Payload

USER_VERSION: Final = 6  # of the tables; a store of an older one has its tables made anew when it is opened
APPLICATION_ID: Final = 0x5246414D  # of the database file, "RFAM"; stores of version 1 have none

EVENTS: Final = """
CREATE TABLE events(
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, channel TEXT NOT NULL,
    key TEXT UNIQUE, version INTEGER NOT NULL, payload TEXT NOT NULL CHECK(length(payload) <= 65536), prev TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
"""

# The tables that are folded from the events.
FOLDS: Final = (
    approvals.TABLES
    + specs.TABLES
    + cycles.TABLES
    + trials.TABLES
    + sources.TABLES
    + experiments.TABLES
    + totals.TABLES
    + decisions.TABLES
    + reports.TABLES
    + samples.TABLES
    + baselines.TABLES
    + calibrations.TABLES
    + holdouts.TABLES
    + campaigns.TABLES
    + runs.TABLES
    + metric_calibrations.TABLES
    + campaign_totals.TABLES
    + jobs.TABLES
    + landings.TABLES
    + leaks.TABLES
    + publishing.TABLES
    + losses.TABLES
    + backlog.TABLES
    + issues.TABLES
    + imported.TABLES
    + registry.TABLES
)

PAYLOADS: Final[dict[str, type[Payload]]] = {
    payload.type: payload
    for payload in (
        approvals.DraftWritten,
        approvals.ApprovalAnswered,
        specs.SpecStored,
        cycles.CycleStarted,
        cycles.HypothesesProposed,
        cycles.CycleEnded,
        trials.EndToEndTried,
        sources.SourceArchived,
        experiments.ExperimentStarted,
        experiments.CandidateCaptured,
        experiments.CandidateUpdated,
        experiments.MergeConflicted,
        experiments.ExperimentMeasured,
        experiments.ExperimentHeld,
        experiments.HeldApproved,
        experiments.KeepRefused,
        experiments.VerdictGiven,
        undoing.ExperimentUndone,
        experiments.KeepWithdrawn,
        landings.LandingIntended,
        landings.LandingDone,
        proposing.ExperimentProposed,
        proposing.ExperimentTaken,
        publishing.PullRequestPrepared,
        publishing.PullRequestFailed,
        publishing.PullRequestPushed,
        publishing.PullRequestOpened,
        publishing.PullRequestPromoted,
        publishing.PullRequestClosed,
        reports.ReportSubmitted,
        leaks.LeakageRefused,
        samples.SampleTaken,
        baselines.BaselineMeasured,
        calibrations.NoiseCalibrated,
        holdouts.HoldoutMeasured,
        campaigns.CampaignOpened,
        campaigns.AttemptOpened,
        campaigns.LookTaken,
        campaigns.AttemptClosed,
        campaigns.GainConfirmed,
        runs.RunTaken,
        runs.PairDiscarded,
        metric_calibrations.MetricCalibrated,
        campaign_totals.TotalMeasured,
        jobs.JobStarted,
        jobs.JobEnded,
        losses.LossAccepted,
        backlog.BacklogAdded,
        backlog.BacklogChanged,
        issues.IssueSeen,
        imported.OriginalFilesKept,
        imported.OriginalExperiments,
        imported.OriginalImported,
        imported.OriginalMoved,
        registry.ProjectRegistered,
        registry.ProjectAdvanced,
        registry.ProjectForgotten,
        registry.RegistryImported,
    )
}
