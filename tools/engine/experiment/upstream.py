"""Changes that land by a pull request: whether factory.md asks for that, and which of them upstream holds by now."""

from typing import Final

from state.cycles import cycle
from state.experiment_pages import Wanted, page
from state.experiments import Experiment
from state.publishing import pull_requests_of
from tools.engine.contract import contract_at
from tools.engine.repository.remotes import fetched, first_holding, remotes_of
from tools.engine.session import Session

LOOKED_AT: Final = 20  # proposed changes, the newest


def goes_upstream(session: Session, experiment: Experiment) -> bool:
    """Whether what is kept lands where the forge takes it. Raises Refusal NEEDS_APPROVAL or BAD_CONFIG of the factory.md at its base."""
    found = contract_at(session, experiment.base).configuration.clean_pr
    return found is not None and found.land_by == "pull_request"


def taken_upstream(session: Session) -> list[tuple[Experiment, str]]:
    """The proposed changes that upstream's branch holds as it was fetched last, each with the first commit that does."""
    with session.store.reading() as connection:
        proposed = page(connection, before=None, limit=LOOKED_AT, wanted=Wanted(states=("proposed",)))
    held = ((experiment, _held_by(session, experiment)) for experiment in proposed)
    return [(experiment, commit) for experiment, commit in held if commit]


def _held_by(session: Session, experiment: Experiment) -> str:
    remotes = remotes_of(session.repository)
    with session.store.reading() as connection:
        made = [each.branch for each in pull_requests_of(connection, experiment.id) if each.state != "failed"]
        of_cycle = cycle(connection, experiment.cycle)
    ways = [(each.into, each.base, each.commit) for each in made]
    if of_cycle is not None and experiment.candidate is not None:
        ways.append((of_cycle.target, experiment.base, experiment.candidate))
    for into, base, commit in ways if remotes else ():
        found = fetched(session.repository, remotes.upstream, into) if remotes else None
        if found is not None and (holding := first_holding(session.repository, base, commit, found[1])):
            return holding
    return ""
