"""The attempt of research that an experiment has: at exactly its tree against exactly its base, for the target that its base names."""

from state.campaigns import Attempt, Campaign, attempts_on, campaign_numbered, newest_campaign
from state.cycles import cycle
from state.experiments import Experiment
from state.runs import runs_of_attempt
from tools.engine.contract import committed_at
from tools.engine.repository.objects import tree_of
from tools.engine.research.attempts import counts, is_deterministic
from tools.engine.research.instrument import target_key
from tools.engine.research.pairing import sides_of
from tools.engine.session import Session


def standing_campaign(session: Session, commit: str) -> Campaign | None:
    """The newest campaign at the target that the factory.md of a commit names."""
    configuration = committed_at(session.repository, commit).configuration
    if configuration is None or configuration.research_target is None:
        return None
    with session.store.reading() as connection:
        return newest_campaign(connection, target_key(configuration.research_target))


def attempt_for(session: Session, experiment: Experiment) -> Attempt | None:
    """The attempt whose word counts for an experiment as it was captured last; None where there is none."""
    configuration = committed_at(session.repository, experiment.base).configuration
    if configuration is None or configuration.research_target is None or experiment.tree is None:
        return None
    base_tree, target = tree_of(session.repository, experiment.base), target_key(configuration.research_target)
    with session.store.reading() as connection:
        made = attempts_on(connection, experiment.tree, base_tree)
        campaigns = {each.id: campaign_numbered(connection, each.campaign) for each in made}
    ours = [each for each in made if (campaign := campaigns[each.id]) is not None and campaign.target == target and each.plan.question == "keep"]
    return next((each for each in reversed(ours) if counts(each, deterministic=is_deterministic(session, each.campaign))), None)


def quiet_value(session: Session, attempt: Attempt) -> float | None:
    """The one value that all runs of a candidate gave while those of its base, in the same pairs, differ; None where it is not so, or no surprise."""
    if attempt.plan.kind == "deterministic":
        return None
    with session.store.reading() as connection:
        sides = sides_of(runs_of_attempt(connection, attempt.id), attempt.id).values()
    before = {run.value for base, _ in sides for run in base if run.value is not None}
    after = {run.value for _, candidate in sides for run in candidate}
    return after.pop() if len(after) == 1 and len(before) > 1 else None


def in_research(session: Session, experiment: Experiment) -> bool:
    """Whether an experiment is of a research cycle: its metric decides."""
    with session.store.reading() as connection:
        found = cycle(connection, experiment.cycle)
    return found is not None and found.mode == "research"
