"""The answer of a keep that landed: here, as the very tree that was measured, or upstream, as what was taken there."""

from typing import Final

from state.answers import Answer, Next, Option, quoted, sentence, short
from state.experiments import Experiment
from state.verdicts import verdict_on
from tools.answering import answer
from tools.engine.cycle.situation import Situation, observe
from tools.engine.experiment.arms import superseded_by
from tools.engine.experiment.holding import stored_held_out
from tools.engine.experiment.upstream import brought_upstream, is_taken
from tools.engine.experiment.verdict_facts import held_out_scores
from tools.engine.gate.checks_of_files import BEYOND
from tools.engine.gate.checks_of_people import BY_THE_REVIEW
from tools.engine.gate.facts import Comparison
from tools.engine.repository.objects import list_tree, tree_of
from tools.engine.session import Session
from tools.researched import gain_said, gain_shown
from tools.tally import cycle_counts, cycle_line, item_after

PROOFS_SHOWN: Final = 3
SEEN: Final = 0.0005  # a difference of composites that three digits show

NOT_HERE: Final = "the target moved, and no checkout holds it: yours stays as it is, on its own branch"


def landed_answer(session: Session, found: Experiment, checkout: str, *, repeated: bool = False, job: str = "") -> Answer:
    """What landed, as which commit, by which scores and proofs; in research with what it gained, which `job` may still be measuring."""
    comparison = Comparison.model_validate(found.assessment)
    taken = is_taken(session, found)
    tree = tree_of(session.repository, found.merge_commit or "") if taken else comparison.tree
    where = _upstream_said(session, found, tree, comparison) if taken else f"landed as {short(found.merge_commit)}, the measured tree {short(tree)}"
    assessed = comparison.assessment
    scores = f"went from {assessed.floor_base:.3f} to {assessed.floor_candidate:.3f}"
    if abs(assessed.floor_candidate - assessed.floor_base) < SEEN:
        scores = f"stays at {assessed.floor_candidate:.3f}"
    gained = f"{said} " if (said := gain_said(session, found)) else ""
    there = frozenset(entry.path for entry in list_tree(session.repository, tree)) if taken else None
    data = {
        "state": found.state,
        "commit": short(found.merge_commit),
        "tree": short(tree),
        "measured_tree": short(comparison.tree) if tree != comparison.tree else None,
        "checkout": NOT_HERE if checkout == "not checked out" else checkout,
        "superseded": superseded_by(session, found),
        "held_out": held_out_scores(stored_held_out(session, found)),
        "archive_note": f".factory/archive/experiments/{found.id:03d}.md",
        "backlog": item_after(session, found),
        "cycle": cycle_counts(session, found),
        "metric": gain_shown(session, found),
        "job": job,
        "for_the_person": f"Kept: {sentence(found.title)} {gained}The composite {scores}.{_proof(comparison, there)}{_on_trust(session, found)}",
    }
    situation = observe(session, ended=found.cycle)
    wait = Next(do="Wait for the gain, which is being measured afresh.", tool="get_job", arguments={"job": job}, role="evaluator") if job else None
    said = f"Experiment {found.id} {where}. {gained}{_target_said(situation)}{cycle_line(session, found)}"
    given = answer(session, said, data, situation=situation, next_action=wait, repeated=repeated)
    return given if taken else _with_pull_request(given, found, situation)


def _target_said(situation: Situation) -> str:
    """That research is where it was to come to, as fresh pairs tell it; empty where it is not."""
    loop = situation.loop
    return f"{sentence(loop.why)} " if loop is not None and loop.end == "target" else ""


def _upstream_said(session: Session, found: Experiment, tree: str, comparison: Comparison) -> str:
    """Where upstream holds a change that was proposed to it, and whether that is what was measured here."""
    brought = brought_upstream(session, found)
    since = short(found.merge_commit)
    where = f"landed upstream: {quoted(brought.branch)} holds it since {since}" if brought else f"landed upstream as {since}"
    measured = short(comparison.tree)
    return f"{where}, the measured tree {measured}" if tree == comparison.tree else f"{where}, whose tree is not the one measured here ({measured})"


def _with_pull_request(given: Answer, found: Experiment, situation: Situation) -> Answer:
    """The same, and the way upstream where factory.md says that changes go there clean."""
    configuration = situation.standing.configuration
    if configuration is None or configuration.clean_pr is None or not configuration.clean_pr.clean_pr:
        return given
    upstream = Option(tool="clean_pr", arguments={"experiments": [found.id], "action": "preview"}, why="what of it would go upstream")
    return given.model_copy(update={"options": (upstream, *given.options)[:2]})


def _proof(comparison: Comparison, there: frozenset[str] | None) -> str:
    """The tests that failed before and pass now, where the hypothesis named some; of what landed upstream those whose files are `there` alone."""
    proving = [quoted(check.test) for check in comparison.own_checks if check.proves and (there is None or check.test.split("::", 1)[0] in there)]
    more = f" and {len(proving) - PROOFS_SHOWN} more" if len(proving) > PROOFS_SHOWN else ""
    return f" Proven: {', '.join(proving[:PROOFS_SHOWN])}{more} failed before and {'pass' if len(proving) > 1 else 'passes'} now." if proving else ""


def _on_trust(session: Session, found: Experiment) -> str:
    """The guards that hold by the reviewer's word alone, and the files that the hypothesis did not speak of."""
    with session.store.reading() as connection:
        given = verdict_on(connection, found.id)
    evidence = given.evidence if given else {}
    guards = [line.removeprefix(BY_THE_REVIEW) for line in evidence.get("guards", ()) if line.startswith(BY_THE_REVIEW)]
    beyond = [line.removeprefix(BEYOND) for line in evidence.get("scope", ()) if line.startswith(BEYOND)]
    said = f" That these hold is the reviewer's word alone: {'; '.join(guards)}." if guards else ""
    return said + (f" Changed besides what was proposed: {', '.join(beyond)}." if beyond else "")
