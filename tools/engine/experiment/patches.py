"""The patch of an experiment: as its verdict stored it, also after its branch went; of an open one, as it was captured last."""

from dataclasses import dataclass

from state.errors import Refusal
from state.experiments import Experiment, experiment
from state.imported import imported_experiment
from state.store import Store
from state.verdicts import verdict_on
from tools.engine.experiment.deciding import PATCH_LIMIT
from tools.engine.repository.changes import patch_text
from tools.engine.repository.location import Repository


@dataclass(frozen=True)
class StoredPatch:
    """A patch as text, empty where nothing was changed, with what became of its experiment."""

    experiment: int
    state: str
    text: str


def stored_patch(repository: Repository, store: Store, number: int) -> StoredPatch:
    """The patch of the experiment of this number. Raises Refusal UNKNOWN_ID where there is none, STORE_BROKEN where it was lost."""
    with store.reading() as connection:
        found, imported = experiment(connection, number), imported_experiment(connection, number)
        given = verdict_on(connection, number) if found is not None else None
    if found is None:
        what = f"experiment {number} was imported from an earlier factory" if imported else f"there is no experiment {number} here"
        raise Refusal("UNKNOWN_ID", what, expected="refactory explain names its files" if imported else "refactory history lists them")
    if given is not None and given.diff:
        return StoredPatch(number, found.shown_state, store.read_object(given.diff).decode("utf-8", "replace"))
    return StoredPatch(number, found.shown_state, _captured(repository, found))


def _captured(repository: Repository, found: Experiment) -> str:
    return patch_text(repository, found.base, found.candidate, PATCH_LIMIT).text if found.candidate else ""
