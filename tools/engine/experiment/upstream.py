"""Changes that land by a pull request: whether factory.md asks for that, and which of them upstream holds by now."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from state.cycles import cycle
from state.experiment_pages import Wanted, page
from state.experiments import Experiment
from state.landings import landed_commits
from state.publishing import pull_requests_of
from tools.engine.contract import contract_at
from tools.engine.repository.merging import Clean, Conflicts, carried_over
from tools.engine.repository.objects import tree_of
from tools.engine.repository.remotes import fetched, first_holding, remotes_of
from tools.engine.session import Session

LOOKED_AT: Final = 20  # proposed changes, the newest


@dataclass(frozen=True)
class Brought:
    """A change as upstream got it: from `base` to `commit`, held by `branch` (origin/main, as it was fetched last) since its commit `since`."""

    base: str
    commit: str
    branch: str
    since: str
    tip: str


def goes_upstream(session: Session, experiment: Experiment) -> bool:
    """Whether what is kept lands where the forge takes it. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG of the factory.md at its base."""
    found = contract_at(session, experiment.base).configuration.clean_pr
    return found is not None and found.land_by == "pull_request"


def taken_upstream(session: Session) -> list[tuple[Experiment, str]]:
    """The proposed changes that upstream's branch holds as it was fetched last, each with the first commit that does."""
    with session.store.reading() as connection:
        proposed = page(connection, before=None, limit=LOOKED_AT, wanted=Wanted(states=("proposed",)))
    held = ((experiment, brought_upstream(session, experiment)) for experiment in proposed)
    return [(experiment, found.since) for experiment, found in held if found is not None]


def is_taken(session: Session, experiment: Experiment) -> bool:
    """Whether it landed by somebody else's hand, upstream, and not by the factory's own merge."""
    with session.store.reading() as connection:
        return experiment.merge_commit is not None and experiment.merge_commit not in landed_commits(connection)


def brought_upstream(session: Session, experiment: Experiment) -> Brought | None:
    """How upstream got a change, if its branch held all of it at one of its newest commits; it may have been taken back there since."""
    remotes = remotes_of(session.repository)
    for into, base, commit in _ways(session, experiment) if remotes else ():
        found = fetched(session.repository, remotes.upstream, into) if remotes else None
        if remotes and found is not None and (since := first_holding(session.repository, base, commit, found[1])):
            return Brought(base, commit, f"{remotes.upstream}/{found[0]}", since, found[1])
    return None


def _ways(session: Session, experiment: Experiment) -> Iterator[tuple[str, str, str]]:
    """Each branch upstream that the change may be in, with the change as it went there: as a pull request, or as it was kept."""
    with session.store.reading() as connection:
        made = [each.branch for each in pull_requests_of(connection, experiment.id) if each.state != "failed"]
        of_cycle = cycle(connection, experiment.cycle)
    yield from ((each.into, each.base, each.commit) for each in made)
    if of_cycle is not None and experiment.candidate is not None:
        yield of_cycle.target, experiment.base, experiment.candidate


def is_still_there(session: Session, brought: Brought) -> bool:
    """Whether the branch upstream still holds any of it: to take it back there would change something."""
    without = taken_back(session, brought, brought.tip)
    return not isinstance(without, Clean) or without.tree != tree_of(session.repository, brought.tip)


def taken_back(session: Session, brought: Brought, target: str) -> Clean | Conflicts:
    """The tree of the commit `target` without the change."""
    return carried_over(session.repository, brought.commit, brought.base, target)
