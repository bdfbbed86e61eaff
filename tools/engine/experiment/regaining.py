"""What a landed experiment gained, measured afresh: by the call that landed it, or gone on with where a server died or a budget stopped it."""

from dataclasses import dataclass
from typing import Final

import anyio.to_thread

from state.campaigns import Attempt, confirmed_gain, unconfirmed_experiments
from state.cycles import Cycle, cycle, newest_cycle
from state.errors import Refusal
from state.experiments import Experiment, experiment, experiments_of_cycle
from state.jobs import newest_job
from tools.engine.contract import contract_at
from tools.engine.experiment.attempted import attempt_for
from tools.engine.experiment.bench import Bench
from tools.engine.experiment.raising import A_PAIR, allowed_in, lay_out, ways_of
from tools.engine.jobs.running import Progress
from tools.engine.research.confirming import TRIES, confirm, taken_for, wanted_for
from tools.engine.research.totals import total_when_due
from tools.engine.session import Session

CONFIRM: Final = "confirm:"


@dataclass(frozen=True)
class Cut:
    """A confirmation that a budget cut short: how many of the wanted pairs there are, and what the budget says to another one now."""

    pairs: int
    wanted: int
    stopped: str

    @property
    def missing(self) -> int:
        """How many pairs it takes yet."""
        return self.wanted - self.pairs


def confirm_key(attempt: int) -> str:
    """The key of the job that measures a kept gain afresh."""
    return f"{CONFIRM}{attempt}"


def is_confirming(key: str) -> bool:
    """Whether the job with this key does that."""
    return key.startswith(CONFIRM)


async def confirm_gain(session: Session, found: Experiment, attempt: Attempt, progress: Progress) -> None:
    """Measure what a landed experiment gained, old base against new head.

    Raises Refusal NOT_MEASURED where what it was kept by measures no more.
    """
    contract = await anyio.to_thread.run_sync(contract_at, session, found.base)
    bench = Bench(session, contract, attempt.base_tree, progress)
    laid = await lay_out(bench, found.base)
    if laid is None or laid.campaign.id != attempt.campaign:
        what = f"what experiment {found.id} gained cannot be measured afresh: its metric is measured in another way by now"
        raise Refusal("NOT_MEASURED", what, expected="the instrument that it was kept by")
    allowed = allowed_in(session, await anyio.to_thread.run_sync(_payer, session, found))
    ours = attempt.model_copy(update={"experiment": found.id})  # it may have been opened for another arm with the same tree
    await confirm(laid.pairs, laid.campaign, ours, laid.ways.loop.confirming, allowed)
    await total_when_due(laid.pairs, laid.campaign, laid.ways, attempt.tree, allowed)


def to_be_confirmed(session: Session, found: Experiment) -> Attempt | None:
    """The attempt by which a landed experiment was kept, while its gain is to be measured afresh: nobody tried yet, or the budget allows more now."""
    attempt = _unconfirmed(session, found)
    if attempt is None:
        return None
    with session.store.reading() as connection:
        tried = newest_job(connection, confirm_key(attempt.id))
    if tried is None or tried.state not in ("done", "failed"):
        return attempt
    cut = cut_short(session, found) if tried.state == "done" else None
    return attempt if cut is not None and not cut.stopped else None


def all_to_be_confirmed(session: Session) -> list[tuple[Experiment, Attempt]]:
    """What landed and is to be measured afresh: of the newest cycle, and whatever was kept before it without its gain being known."""
    with session.store.reading() as connection:
        newest = newest_cycle(connection)
        made = experiments_of_cycle(connection, newest.id) if newest is not None and newest.mode == "research" else []
        earlier = [experiment(connection, number) for number in unconfirmed_experiments(connection)]
    every = {each.id: each for each in (*made, *earlier) if each is not None}
    return [(each, attempt) for each in every.values() if (attempt := to_be_confirmed(session, each)) is not None]


def all_cut_short(session: Session) -> list[tuple[Experiment, Cut]]:
    """What landed and was not measured afresh to the end, by the number of the attempt's experiment."""
    with session.store.reading() as connection:
        every = [experiment(connection, number) for number in unconfirmed_experiments(connection)]
    return [(each, cut) for each in every if each is not None and (cut := cut_short(session, each)) is not None]


def cut_short(session: Session, found: Experiment) -> Cut | None:
    """How far the confirmation of a landed experiment came that was stopped; None where it is whole, was not begun, or is impossible."""
    attempt = _unconfirmed(session, found)
    ways = ways_of(contract_at(session, found.base)) if attempt is not None else None
    if attempt is None or ways is None:
        return None
    with session.store.reading() as connection:
        tried = newest_job(connection, confirm_key(attempt.id))
    if tried is None or tried.state != "done":
        return None
    wanted, (pairs, taken) = wanted_for(attempt, ways.loop.confirming), taken_for(session, attempt)
    if taken >= TRIES * wanted:
        return None
    return Cut(pairs, wanted, allowed_in(session, _payer(session, found))(A_PAIR * attempt.plan.group))


def _unconfirmed(session: Session, found: Experiment) -> Attempt | None:
    """The attempt by which a landed experiment was kept, if its gain is not known."""
    attempt = attempt_for(session, found) if found.state == "landed" else None
    if attempt is None or attempt.outcome != "better":
        return None
    with session.store.reading() as connection:
        return attempt if confirmed_gain(connection, attempt.id) is None else None


def _payer(session: Session, found: Experiment) -> Cycle | None:
    """The cycle whose budget pays: the one begun last, if it is one of research, as what an earlier one may cost is spent."""
    with session.store.reading() as connection:
        newest = newest_cycle(connection)
        return newest if newest is not None and newest.mode == "research" else cycle(connection, found.cycle)
