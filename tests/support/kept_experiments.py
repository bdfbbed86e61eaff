"""A reverted experiment with real commits in a project of tests.support.kept_stores: a base, a candidate, its patch, and the backup of its branch."""

from dataclasses import dataclass
from pathlib import Path

from state.cycles import CycleEnded, HypothesesProposed, NumberedHypothesis
from state.experiments import CandidateCaptured, ExperimentStarted, VerdictGiven
from state.files import object_path
from tests.support.histories import hypothesis_of
from tests.support.kept_stores import Kept
from tests.support.repositories import git, write_files
from tests.support.stores import append_all, cycle_started
from tools.engine.repository.changes import patch_text

NUMBER = 3
REF = f"refs/factory/backup/{NUMBER:03d}"


@dataclass(frozen=True)
class Reverted:
    """What git and the store hold of experiment 3: its last commit, the patch in the store, and the patch's readable file."""

    commit: str
    patch: Path
    readable: Path


def revert(kept: Kept, *, edited_later: bool = False) -> Reverted:
    """Try and revert experiment 3. `edited_later`: its branch went on behind what was captured as the candidate."""
    root = kept.repository.root
    base = git(root, "rev-parse", "HEAD")
    captured = commit = _commit(root, base, "captured\n")
    if edited_later:
        commit = _commit(root, captured, "edited later\n")
    content = patch_text(kept.repository, base, commit, 1 << 20).text.encode()
    name = kept.store.keep_object(content)
    title = f"Idea {NUMBER}"
    append_all(
        kept.store,
        [
            cycle_started(2),
            HypothesesProposed(cycle=2, hypotheses=(NumberedHypothesis(id=NUMBER, content=hypothesis_of(title)),)),
            ExperimentStarted(
                experiment=NUMBER, hypothesis=NUMBER, cycle=2, title=title, category="exploit", base=base, branch="factory/003",
                worktree=str(root / ".factory" / "worktrees" / "003"),
            ),
            CandidateCaptured(experiment=NUMBER, commit=captured, tree=git(root, "rev-parse", f"{captured}^{{tree}}")),
            VerdictGiven(experiment=NUMBER, decision="revert", reason="No gain.", lesson="Look.", backup=REF, diff=name),
            CycleEnded(cycle=2, how="done"),
        ],
    )  # fmt: skip
    git(root, "update-ref", REF, commit)
    kept.anchor()
    kept.export()
    readable = root / ".factory" / "experiments" / f"{NUMBER:03d}" / "changes.diff"
    assert readable.read_bytes() == content
    return Reverted(commit, object_path(kept.store.objects, name), readable)


def _commit(root: Path, parent: str, text: str) -> str:
    """A commit that no branch holds, as a capture makes it."""
    write_files(root, {"a.txt": text})
    git(root, "add", "a.txt")
    tree = git(root, "write-tree")
    git(root, "reset", "-q", "--hard")
    return git(root, "commit-tree", tree, "-p", parent, "-m", f"Experiment {NUMBER}: Idea {NUMBER}")
