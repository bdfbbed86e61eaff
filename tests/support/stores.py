"""Stores in a temporary folder: events put in, the log read out, and one plain walk from a draft to two decided experiments."""

from contextlib import closing
from pathlib import Path

from state.approvals import ApprovalAnswered, DraftWritten
from state.cycles import CycleEnded, CycleStarted, HypothesesProposed, NumberedHypothesis
from state.events import Event, Payload
from state.experiments import CandidateCaptured, Decision, Experiment, ExperimentMeasured, ExperimentStarted, VerdictGiven, experiment
from state.landings import LandingDone, LandingIntended
from state.reports import ReportSubmitted
from state.store import Store, dump, events_after, replay
from tests.support.gates import comparison
from tests.support.histories import COMMIT, PROFILE, TREE, hypothesis_of


def append(store: Store, payload: Payload, key: str | None = None) -> Event:
    """Append as the server; answers the event."""
    return store.append(payload, actor="server", channel="server", key=key)[0]


def append_all(store: Store, payloads: list[Payload]) -> None:
    """Append one after the other."""
    for payload in payloads:
        append(store, payload)


def cycle_started(number: int = 1, target: str = "main") -> CycleStarted:
    """The first event of many a test."""
    return CycleStarted(cycle=number, mode="improve", target=target, base=COMMIT, host="host")


def log_of(store: Store) -> list[str]:
    """Every event as a line of the log."""
    with store.reading() as connection:
        return [event.line() for event in events_after(connection, 0, 1_000_000)]


def assert_sound(store: Store) -> None:
    """The chain is whole, and its replay gives the same tables."""
    with store.reading() as connection, closing(replay(log_of(store))) as rebuilt:
        assert dump(connection) == dump(rebuilt)


def begun(number: int, cycle: int = 1) -> list[Payload]:
    """A hypothesis, proposed in `cycle`, and its experiment, with a candidate and its comparison. `number` is the id of both."""
    title = f"Idea {number}"
    return [
        HypothesesProposed(cycle=cycle, hypotheses=(NumberedHypothesis(id=number, content=hypothesis_of(title)),)),
        ExperimentStarted(
            experiment=number, hypothesis=number, cycle=cycle, title=title, category="exploit", base=COMMIT, branch=f"factory/{number:03d}",
            worktree=f"/worktrees/{number:03d}",
        ),
        CandidateCaptured(experiment=number, commit=COMMIT, tree=TREE),
        ReportSubmitted(
            report=number, role="reviewer", experiment=number, tree=TREE, summary="Read it.", decision="pass",
            body={"reviewer": "reviewer-1", "independence": "subagent"},
        ),
        ExperimentMeasured(experiment=number, tree=TREE, base=COMMIT, delta=0.02, assessment=comparison().model_dump(mode="json")),
    ]  # fmt: skip


def verdict(number: int, decision: Decision = "revert", reason: str = "No gain.", diff: str = "") -> VerdictGiven:
    """The verdict on experiment `number`; a revert with its lesson."""
    return VerdictGiven(
        experiment=number, decision=decision, reason=reason, lesson="Measure first." if decision == "revert" else "", delta=0.02,
        scores={"base": 0.7, "candidate": 0.72, "threshold": 0.5}, diff=diff,
    )  # fmt: skip


def walk(store: Store) -> list[Payload]:
    """A draft approved and landed, a cycle with one experiment kept and one reverted. The kept one's diff is put into the store's objects."""
    diff = store.keep_object(b"diff --git a/a.py b/a.py\n")
    return [
        DraftWritten(hash="d", text="# Factory\n", profile=PROFILE),
        ApprovalAnswered(subject="evaluation", answer="approve", hash="d", contract={"goal": "Slugs."}, profile=PROFILE),
        LandingIntended(purpose="factory.md", ref="refs/heads/main", old="o", new=COMMIT),
        LandingDone(intent=3, outcome="landed", commit=COMMIT),
        cycle_started(),
        *begun(1),
        verdict(1, "keep", "It gains.", diff),
        LandingIntended(purpose="experiment", experiment=1, ref="refs/heads/main", old=COMMIT, new="n"),
        LandingDone(intent=12, outcome="landed", experiment=1, commit="n"),
        *begun(2),
        verdict(2),
        CycleEnded(cycle=1, how="done"),
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    """The content of every file below `folder`."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def experiment_now(store: Store, number: int = 1) -> Experiment:
    """An experiment that is there, as the store has it now."""
    with store.reading() as connection:
        found = experiment(connection, number)
    assert found is not None
    return found
