"""Pruning kept changes: each is taken out of the head, and the head without it is held against the head. Nothing is removed by it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import anyio.to_thread

from state.answers import quoted
from state.campaigns import Attempt, Campaign, attempt_by_key
from state.cycles import Cycle
from state.errors import Refusal
from tools.engine.contract import Contract, contract_at
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.comparing import contract_key
from tools.engine.experiment.raising import Laid, lay_out
from tools.engine.experiment.taking_turns import one_at_a_time
from tools.engine.experiment.totalling import TOTAL, allowed_at
from tools.engine.jobs.running import Plan, Progress
from tools.engine.repository.merging import Conflicts, carried_over
from tools.engine.repository.objects import tree_of
from tools.engine.research.attempts import Asked, attempt_key, is_deterministic, ledger_of, open_attempt
from tools.engine.research.groups import runs_of_a_unit
from tools.engine.research.holding_against import decide_attempts
from tools.engine.research.kept_changes import KeptChange, kept_changes
from tools.engine.research.pruning import Removal, margin_of, removal_of
from tools.engine.session import Session

Whole = Literal["prune", "total"]
PRUNE: Final = "prune"
TOGETHER: Final = 4  # changes that share the head's runs: more of them, and a budget that ends early ends with none of them told
PATHS: Final = 10


@dataclass(frozen=True)
class Without:
    """The head without one kept change: its tree; empty where the change cannot be taken out alone, and `paths` build on it, or nothing is left."""

    kept: KeptChange
    tree: str = ""
    paths: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """What is in the way of measuring it."""
        if self.tree:
            return ""
        return "what came after it builds on it, so it cannot be taken out alone" if self.paths else "nothing of it is left on the target"


def prune_plan(session: Session, commit: str, cycle: Cycle | None) -> Plan:
    """Holding the head without each kept change against the head. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG."""
    contract, tree = contract_at(session, commit), tree_of(session.repository, commit)

    async def work(progress: Progress) -> None:
        async with one_at_a_time(session, contract, progress):
            laid = await lay_out(Bench(session, contract, tree, progress), commit)
            if laid is None:
                return
            allowed = allowed_at(session, commit, cycle)
            wanted = await anyio.to_thread.run_sync(lambda: list(withouts(session, laid.campaign, commit)))
            there = [each for each in wanted if each.tree]
            for first in range(0, len(there), TOGETHER):
                together = there[first : first + TOGETHER]
                if await anyio.to_thread.run_sync(allowed, runs_of_a_pair(contract, len(together))):
                    return  # nothing is paid for what may not be run
                attempts = await anyio.to_thread.run_sync(_opened, session, laid, together, tree)
                if await decide_attempts(laid.pairs, laid.campaign, attempts, allowed):
                    return

    return Plan(f"{PRUNE}:{tree}:{contract_key(contract)}", None, work)


def runs_of_a_pair(contract: Contract, candidates: int) -> int:
    """How many runs one pair of so many candidates and their base takes."""
    loop = contract.configuration.loop
    return (candidates + 1) * runs_of_a_unit(loop.aggregate, loop.runs_per_cycle)


def whole_of_job(key: str) -> Whole | None:
    """Which question about all that was kept a job answers; None for any other job."""
    kind = key.partition(":")[0]
    return PRUNE if kind == PRUNE else TOTAL if kind == TOTAL else None


def withouts(session: Session, campaign: Campaign, commit: str) -> Iterator[Without]:
    """The head without each of the campaign's kept changes; first those whose fresh pairs showed a loss, then the oldest."""
    head = tree_of(session.repository, commit)
    kept = sorted(kept_changes(session.store, campaign), key=lambda each: (not each.is_suspect, each.experiment.id))
    for each in kept:
        merged = carried_over(session.repository, each.experiment.merge_commit or "", each.experiment.base, commit)
        if isinstance(merged, Conflicts):
            yield Without(each, paths=tuple(map(quoted, merged.paths[:PATHS])))
        else:
            yield Without(each, merged.tree if merged.tree != head else "")


def _opened(session: Session, laid: Laid, wanted: Sequence[Without], head_tree: str) -> list[Attempt]:
    """The attempts at the heads without a change; as many as the error budget of pruning has shares for."""
    opened: list[Attempt] = []
    for each in wanted:
        try:
            opened.append(open_attempt(session, laid.campaign, laid.ways, _asked(each, head_tree)))
        except Refusal as refusal:
            if refusal.code != "BUDGET_SPENT":
                raise
            break
    return opened


def _asked(without: Without, head_tree: str) -> Asked:
    kept = without.kept
    return Asked(kept.experiment.id, kept.experiment.cycle, without.tree, head_tree, question=PRUNE, margin=margin_of(kept.attempt, kept.confirmed))


def removals(session: Session, campaign: Campaign, commit: str) -> list[Removal]:
    """What is known by now of taking each kept change out of the head at a commit."""
    head_tree = tree_of(session.repository, commit)
    return [_removal(session, campaign, each, head_tree) for each in withouts(session, campaign, commit)]


def _removal(session: Session, campaign: Campaign, without: Without, head_tree: str) -> Removal:
    made = without.kept.experiment
    if not without.tree:
        return Removal(made.id, made.title, "not_measured", why=without.why, paths=without.paths)
    with session.store.reading() as connection:
        attempt = attempt_by_key(connection, attempt_key(campaign, _asked(without, head_tree)))
    if attempt is None and not ledger_of(session, campaign, PRUNE).next_alpha() and not is_deterministic(session, campaign.id):
        return Removal(made.id, made.title, "not_measured", why="the error budget of pruning is spent")
    if attempt is None:
        return Removal(made.id, made.title, "not_asked")
    return removal_of(attempt, made.title)
