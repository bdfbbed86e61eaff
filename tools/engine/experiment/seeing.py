"""What the server sees in the lines of a candidate, beside what was given up before."""

from typing import Final

from state.configuration import Configuration
from state.decisions import verdict_seq
from state.experiment_pages import Wanted, page
from state.experiments import Experiment
from state.leaks import refused_in
from state.verdicts import verdict_event
from tools.engine.gate.facts import Repeat, Seen
from tools.engine.gate.leaks import add_up
from tools.engine.gate.looking import digest_of, lines_of
from tools.engine.gate.sources_of_answers import answers_of
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import tree_of
from tools.engine.session import Session

GIVEN_UP: Final = ("reverted", "superseded", "undone")
LOOKED_BACK: Final = 50  # experiments


def see(session: Session, experiment: Experiment, tree: str, configuration: Configuration) -> Seen:
    """What there is to see in a tree that an experiment came to."""
    repository = session.repository
    base_tree = tree_of(repository, experiment.base)
    if tree == base_tree:
        return Seen()
    lines = lines_of(repository, base_tree, tree, answers_of(configuration))
    repeats, handed_in = _repeats(session, experiment, tree, lines.digest), _handed_in(session, experiment)
    return Seen(lines.secrets, lines.leaks, repeats, lines.unread, lines.dependencies, lines.beyond, handed_in, lines.named)


def _repeats(session: Session, experiment: Experiment, tree: str, digest: str) -> tuple[Repeat, ...]:
    """The experiments that were given up before this one was decided, and did the same."""
    with session.store.reading() as connection:
        decided = verdict_seq(connection, experiment.id)
        found = page(connection, before=None, limit=LOOKED_BACK, wanted=Wanted(states=GIVEN_UP))
        verdicts = [(each, event) for each in found if each.id != experiment.id and (event := verdict_event(connection, each.id)) is not None]
    earlier = [(each, str(event.payload.get("change", ""))) for each, event in verdicts if decided is None or event.seq < decided]
    same = [each for each, change in earlier if each.tree == tree or (change or change_of(session.repository, each)) == digest]
    return tuple(Repeat(each.id, each.shown_state, each.lesson or "") for each in same)


def _handed_in(session: Session, experiment: Experiment) -> tuple[str, ...]:
    """What texts of its cycle were refused for before this experiment was decided, where that adds up: who knew answers may have built on them."""
    with session.store.reading() as connection:
        decided = verdict_seq(connection, experiment.id)
        refused = [each for each in refused_in(connection, experiment.cycle) if decided is None or each.seq < decided]
    return tuple(f"{each.level}, handed in and refused: {line}" for each in refused for line in each.found) if add_up(refused) else ()


def change_of(repository: Repository, experiment: Experiment) -> str:
    """The digest of what an experiment does, as it was captured last; empty where nothing was, or git has lost it. A verdict keeps it."""
    try:
        return digest_of(repository, tree_of(repository, experiment.base), experiment.tree) if experiment.tree else ""
    except GitFailed:
        return ""
