"""The patch of an experiment: as its verdict stored it, also after its branch went; of an open one, as its worktree is now."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.answers import quoted
from state.errors import Refusal
from state.experiments import Experiment, experiment
from state.imported import imported_experiment
from state.store import Store
from state.verdicts import verdict_on
from tools.engine.experiment.deciding import PATCH_LIMIT
from tools.engine.repository.capture import preview
from tools.engine.repository.changes import patch_text
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import diff, tree_of

NAMED: Final = 5  # files that are not captured yet
LATE: Final = "with edits made after it was measured: its delta and scores speak of the tree before them"


@dataclass(frozen=True)
class StoredPatch:
    """A patch as text, empty where nothing was changed, with what became of its experiment; `note` says what of it was not measured or captured."""

    experiment: int
    state: str
    text: str
    note: str = ""


def stored_patch(repository: Repository, store: Store, number: int) -> StoredPatch:
    """The patch of the experiment of this number. Raises Refusal UNKNOWN_ID where there is none, STORE_BROKEN where it was lost."""
    with store.reading() as connection:
        found, imported = experiment(connection, number), imported_experiment(connection, number)
        given = verdict_on(connection, number) if found is not None else None
    if found is None:
        what = f"experiment {number} was imported from an earlier factory" if imported else f"there is no experiment {number} here"
        raise Refusal("UNKNOWN_ID", what, expected="refactory explain names its files" if imported else "refactory history lists them")
    if given is not None and given.diff:
        late = LATE if given.delta is not None and given.checks.get("measured") == "not_yet" else ""
        return StoredPatch(number, found.shown_state, store.read_object(given.diff).decode("utf-8", "replace"), late)
    return _in_the_worktree(repository, found) or StoredPatch(number, found.shown_state, _captured(repository, found))


def _captured(repository: Repository, found: Experiment) -> str:
    return patch_text(repository, found.base, found.candidate, PATCH_LIMIT).text if found.candidate else ""


def _in_the_worktree(repository: Repository, found: Experiment) -> StoredPatch | None:
    """The patch of an open experiment with the edits that nobody captured yet; None where there are none, or no worktree to look at."""
    place = Path(found.worktree)
    if not found.is_open or not place.is_dir():
        return None
    try:
        tree = preview(repository, place)
    except (Refusal, GitFailed, FileNotFoundError):  # it is just being made, or taken away: what was captured is there all the same
        return None
    if tree == (found.tree or tree_of(repository, found.base)):
        return None
    paths = [change.path for change in diff(repository, found.tree or found.base, tree)]
    files = f"{len(paths)} file{'s' * (len(paths) != 1)}"
    note = f"as the worktree is now; the edits of {files} in it are neither captured nor measured yet: {', '.join(map(quoted, paths[:NAMED]))}"
    return StoredPatch(found.id, found.shown_state, patch_text(repository, found.base, tree, PATCH_LIMIT).text, note)
