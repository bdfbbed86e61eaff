"""What kept changes brought: each by itself and beside what is held out, all together, and which of them no longer matter."""

from collections.abc import Sequence
from typing import Any, Final

from state.answers import Answer, Next, Option, one_line, quoted, short
from state.campaign_totals import Total
from state.campaigns import Campaign
from state.cycles import open_cycle
from state.errors import Refusal
from state.store import Store
from tools.answering import answer, without_empty
from tools.engine.contract import contract_at, standing
from tools.engine.experiment.pruning import PRUNE, TOGETHER, Whole, prune_plan, removals, runs_of_a_pair
from tools.engine.experiment.totalling import TOTAL, allowed_at, total_plan
from tools.engine.repository.objects import tree_of
from tools.engine.research.drift import Drift, drift
from tools.engine.research.kept_changes import kept_changes, kept_gains
from tools.engine.research.looping import loop_at
from tools.engine.research.pruning import Removal
from tools.engine.research.totals import newest_total, standing_total
from tools.engine.session import Session
from tools.measured import job_answer

DIGITS: Final = 4
NOISE_OF_FLOATS: Final = 12  # decimals, beyond which a difference is that of reckoning
SHOWN: Final = 10
NOTHING_KEPT: Final = "Nothing stands that research kept under this instrument: there is nothing to take out, and nothing to sum."
WORDS: Final = {
    "does_not_matter": "does not matter any more", "matters": "matters, as far as can be told", "cannot_tell": "cannot be told",
    "not_measured": "not measured", "under_way": "under way", "not_asked": "not asked about yet",
}  # fmt: skip

NO_PAIR: Final = "matters: no pair speaks for taking it out"  # p is 1


def gains_shown(session: Session, campaign: Campaign) -> dict[str, Any]:
    """For the status: the newest total, and the metric beside what is held out over the last kept changes."""
    total, found = newest_total(session, campaign), drift(kept_gains(session.store, campaign))
    return without_empty({"total": total_said(total) if total else "", "holdout": _drift_shown(found) if found else None})


def drift_warning(store: Store, campaign: Campaign) -> list[str]:
    """That the metric rises while what is held out does not; nothing where they go together, or nobody can tell yet."""
    found = drift(kept_gains(store, campaign))
    if found is None or not found.parted:
        return []
    sums = f"raised the metric by {found.visible:.{DIGITS}g} and what is held out by {found.held_out:+.{DIGITS}g}"
    return [f"the last {found.over} kept changes {sums}: they fit what can be seen, and nothing else; look at them before more is kept"]


def standing_drift(session: Session) -> list[str]:
    """The same of the campaign that stands, where research has one."""
    campaign = _campaign(session)
    return drift_warning(session.store, campaign) if campaign is not None else []


def _drift_shown(found: Drift) -> dict[str, Any]:
    return {"metric": rounded(found.visible), "held_out": rounded(found.held_out), "over_kept": found.over, "parted": found.parted}


def total_said(total: Total) -> str:
    """A total in words."""
    error = f" ± {rounded(total.error)} (one standard error)" if total.error is not None else ""
    base, head = rounded(total.base_mean), rounded(total.head_mean)
    kept = f"{total.keeps} kept change{'' if total.keeps == 1 else 's'}"
    return f"{total.gain:+.{DIGITS}g}{error} over {total.pairs} fresh pairs ({base} -> {head}), {kept} together, measured {total.at[:10]}"


def whole_answer(session: Session, purpose: Whole, experiment: int | None) -> Answer:
    """A question about all that was kept, asked: answered at once where it is known for this head, else measured.

    Raises Refusal BAD_ARGUMENTS, NO_TARGET, NEEDS_APPROVAL or BAD_CONFIG.
    """
    if experiment is not None:
        what = "what was kept is measured on the target"
        raise Refusal("BAD_ARGUMENTS", what, where=("experiment",), expected=f"no experiment with {purpose}")
    tip = standing(session).tip
    if contract_at(session, tip).configuration.research_target is None:
        raise Refusal("NO_TARGET", "factory.md has no metric to measure it by", expected="a `## Research Target` there")
    campaign = _campaign(session)
    if campaign is None or not kept_changes(session.store, campaign) or _is_told(session, purpose, campaign):
        return of_the_whole(session, purpose, repeated=True)
    with session.store.reading() as connection:
        cycle = open_cycle(connection, standing(session).target)
    job = session.wait(session.launch(prune_plan(session, tip, cycle) if purpose == PRUNE else total_plan(session, tip, cycle)))
    return of_the_whole(session, purpose) if job.state == "done" else job_answer(session, job)


def of_the_whole(session: Session, purpose: Whole, *, repeated: bool = False) -> Answer:
    """What is known by now of all that was kept."""
    campaign = _campaign(session)
    if campaign is None or not kept_changes(session.store, campaign):
        return answer(session, NOTHING_KEPT, {})
    ask = _prune_answer if purpose == PRUNE else _total_answer
    return ask(session, campaign, repeated=repeated)


def _campaign(session: Session) -> Campaign | None:
    """The campaign whose instrument is still that of the head."""
    where = standing(session)
    loop = loop_at(session, where.configuration, where.tip) if where.configuration is not None else None
    return loop.campaign if loop else None


def _is_told(session: Session, purpose: Whole, campaign: Campaign) -> bool:
    """Whether nothing is left to be measured at this head."""
    tip = standing(session).tip
    if purpose == TOTAL:
        return standing_total(session, campaign, tree_of(session.repository, tip)) is not None
    return not any(each.is_open for each in removals(session, campaign, tip))


def _total_answer(session: Session, campaign: Campaign, *, repeated: bool) -> Answer:
    """What the head gained over the campaign's first base."""
    head, before = tree_of(session.repository, standing(session).tip), newest_total(session, campaign)
    total = standing_total(session, campaign, head)
    if total is None:
        same = "it is the campaign's first base" if head == campaign.base_tree else ""
        why = same or _stopped(session) or "no pair of runs gave two values"
        return answer(session, one_line(f"The total of this head is not measured: {why}.", 300), {"before": total_said(before) if before else ""})
    data = {
        "total": {
            "gain": rounded(total.gain), "error": rounded(total.error), "pairs": total.pairs, "base": rounded(total.base_mean),
            "head": rounded(total.head_mean), "kept": total.keeps, "head_tree": short(total.head_tree),
        },
        "each": _each(session, campaign),
    }  # fmt: skip
    return answer(session, one_line(f"In all: {total_said(total)}. No decision was made by these pairs.", 300), data, repeated=repeated)


def _prune_answer(session: Session, campaign: Campaign, *, repeated: bool) -> Answer:
    """Which kept changes no longer matter; nothing was removed. Taking one back is a verdict of its own."""
    tip = standing(session).tip
    found = removals(session, campaign, tip)
    dead = [each for each in found if each.matters == "does_not_matter"]
    data = {"tree": short(tree_of(session.repository, tip)), "kept_changes": [_removal_shown(each) for each in found[:SHOWN]]}
    left = sum(each.is_open for each in found)
    action = _on(_stopped(session, min(left, TOGETHER))) if left else None
    composed = answer(session, _pruned_said(found, dead), data, next_action=action, repeated=repeated)
    return composed.model_copy(update={"options": _undo(dead[0])}) if dead else composed


def _undo(dead: Removal) -> tuple[Option, ...]:
    """Taking one back that does not matter: one only, as two may stand in for each other."""
    why = "take this one back, then prune anew: two that do not matter may stand in for each other"
    return (Option(tool="verdict", arguments={"experiment": dead.experiment, "decision": "undo"}, why=why),)


def _stopped(session: Session, candidates: int = 1) -> str:
    """Why the budget of factory.md allows no further pair of so many candidates and their base; empty where it does."""
    where = standing(session)
    with session.store.reading() as connection:
        cycle = open_cycle(connection, where.target)
    return allowed_at(session, where.tip, cycle)(runs_of_a_pair(contract_at(session, where.tip), candidates))


def _on(stopped: str) -> Next:
    """What goes on with those that no end was seen of: more runs, unless the budget is spent."""
    if stopped:
        return Next(do=one_line(f"Tell the person: some are not told yet, and {stopped}.", 300), role="ceo")
    return Next(
        do="Some are not told yet, as it was broken off: go on.",
        tool="run_eval",
        arguments={"purpose": "prune"},
        role="evaluator",
    )


def _pruned_said(found: Sequence[Removal], dead: Sequence[Removal]) -> str:
    named = ", ".join(str(each.experiment) for each in dead[:SHOWN])
    which = f": experiment {named}" if dead else ""
    other = [f"{sum(each.matters == word for each in found)} {WORDS[word]}" for word in WORDS if word != "does_not_matter"]
    rest = ", ".join(each for each in other if not each.startswith("0 "))
    said = f"{len(dead)} of {len(found)} kept changes no longer matter{which}{f'; {rest}' if rest else ''}. Nothing was removed."
    return one_line(said, 300)


def _removal_shown(found: Removal) -> dict[str, Any]:
    no_pair = found.matters == "matters" and found.p == 1
    return without_empty(
        {
            "experiment": found.experiment, "title": one_line(found.title, 80), "verdict": NO_PAIR if no_pair else WORDS[found.matters],
            "loss_without_it": rounded(found.loss), "may_lose": rounded(found.margin), "pairs": found.pairs or None, "p": rounded(found.p),
            "why": quoted(found.why), "builds_on_it": list(found.paths),
        }
    )  # fmt: skip


def _each(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    return [
        without_empty({"experiment": each.experiment, "gain": rounded(each.visible), "held_out": rounded(each.held_out)})
        for each in kept_gains(session.store, campaign)[-SHOWN:]
    ]


def rounded(value: float | None) -> float | None:
    """A value of the metric to as many digits as say something."""
    return float(f"{round(value, NOISE_OF_FLOATS):.{DIGITS}g}") if value is not None else None
