"""The candidate: the worktree written down as a commit of its branch, and brought up to date when its target moved."""

import shlex
from pathlib import Path
from typing import Final

from state.answers import one_line, quoted
from state.errors import Refusal
from state.experiments import CandidateCaptured, CandidateUpdated, Experiment, KeepWithdrawn, MergeConflicted
from state.locks import worktrees_locked
from tools.engine.contract import contract_at
from tools.engine.experiment.opening import item_name, required, withhold, withhold_again
from tools.engine.experiment.waiting import heading
from tools.engine.repository.backup import keep_before
from tools.engine.repository.capture import Captured, capture, preview
from tools.engine.repository.git import GitFailed
from tools.engine.repository.location import Repository, tip
from tools.engine.repository.merging import (
    OURS,
    THEIRS,
    Clean,
    Conflicts,
    bring_up_to_date,
    carried_over,
    is_ancestor,
    merge_commit,
    named,
    write_conflicts,
)
from tools.engine.repository.objects import diff, read_blob, tree_of
from tools.engine.repository.worktrees import find
from tools.engine.session import Session, server_record

ASKED_AGAIN: Final = "what a person accepted was another change than this is with the target merged in: they are asked again"
MARKERS: Final = (OURS, THEIRS)


def current_tree(session: Session, experiment: Experiment) -> str:
    """The tree of what the worktree holds now; writes objects only.

    Raises Refusal OUT_OF_ORDER where the folder is gone, BUSY where another server is just making it or taking it away.
    """
    _require_worktree(session, experiment)
    try:
        return preview(session.repository, Path(experiment.worktree))
    except (GitFailed, FileNotFoundError) as error:
        _require_worktree(session, experiment)
        disk = error.of_the_disk(Path(experiment.worktree)) if isinstance(error, GitFailed) else None
        what = f"the worktree of experiment {experiment.id} is just being made or taken away"
        raise disk or Refusal("BUSY", what, where=(experiment.worktree,), expected="the same call again") from error


def _require_worktree(session: Session, experiment: Experiment) -> None:
    if not Path(experiment.worktree).is_dir():
        raise Refusal(
            "OUT_OF_ORDER",
            f"the worktree of experiment {experiment.id} is gone",
            where=(experiment.worktree,),
            expected=f"start_experiment of {item_name(session, experiment)}, which makes it again from what was captured",
        )


def capture_candidate(session: Session, experiment: Experiment) -> tuple[Experiment, Captured]:
    """Write the worktree down. Raises Refusal NO_CANDIDATE when nothing differs from the base, CONFLICT while markers of a merge are left."""
    _require_worktree(session, experiment)
    _no_markers_left(session, experiment)
    with worktrees_locked(session.store, f"capturing experiment {experiment.id}"):
        withhold_again(session.repository, experiment)
        taken = capture(session.repository, Path(experiment.worktree), experiment.branch, capture_message(experiment), experiment.merging)
    if taken.tree == tree_of(session.repository, experiment.base):
        raise Refusal(
            "NO_CANDIDATE",
            f"experiment {experiment.id} holds nothing that differs from its base",
            where=(experiment.worktree,),
            expected="edits in this folder" + (f"; ignored by git: {', '.join(map(quoted, taken.ignored[:5]))}" if taken.ignored else ""),
        )
    if taken.tree != experiment.tree or experiment.merging is not None:
        paths = tuple(map(quoted, taken.taken[:100]))
        captured = CandidateCaptured(
            experiment=experiment.id, commit=taken.commit, tree=taken.tree, taken=paths, ignored=tuple(map(quoted, taken.ignored))
        )
        server_record(session, captured)
    return required(session, experiment.id), taken


def _is_accepted(experiment: Experiment) -> bool:
    """Whether a person accepted what is suspect in the candidate as it was captured last."""
    return experiment.tree is not None and experiment.approved_tree == experiment.tree


def capture_message(experiment: Experiment) -> str:
    """What a commit says that holds the worktree as it was captured."""
    return f"Experiment {experiment.id}: {one_line(experiment.title, 60)}\n\nCandidate.\n"


def update_message(experiment: Experiment, target: str) -> str:
    """What a commit says that merges the target into a candidate."""
    return f"Experiment {experiment.id}: merge {target}\n"


def target_moved(session: Session, experiment: Experiment, target: str) -> bool:
    """Whether the target, or what is kept and waits for it, stands elsewhere than on the experiment's base."""
    return heading(session, target) != experiment.base


def update_candidate(session: Session, experiment: Experiment, target: str) -> Experiment:
    """Merge the target, with what is kept and waits for it, into the captured candidate.

    Raises Refusal CONFLICT with the conflicts written into the worktree. One server at a time does it: BUSY where another one has just brought the
    experiment up to date, or captured something newer. Nothing is merged while the target's factory.md is broken (BAD_CONFIG) or not approved
    (NEEDS_APPROVAL): it would decide, and nobody said that it may.
    """
    contract_at(session, tip(session.repository, target))
    if experiment.state == "kept":
        server_record(session, KeepWithdrawn(experiment=experiment.id, target=tip(session.repository, target)))
    with worktrees_locked(session.store, f"bringing experiment {experiment.id} up to date"):
        now = required(session, experiment.id)
        if (now.candidate, now.base) != (experiment.candidate, experiment.base) or not now.is_open:
            raise Refusal("BUSY", f"experiment {experiment.id} changed meanwhile: it is {now.state} now", expected="the same call again")
        return _merged(session, experiment, target)


def _merged(session: Session, experiment: Experiment, target: str) -> Experiment:
    """The merge itself, while nobody else touches the worktree."""
    repository, newest = session.repository, heading(session, target)
    candidate = experiment.candidate or experiment.base
    gone = not is_ancestor(repository, experiment.base, newest)
    # The builder merged it, or a server died between the merge and its event.
    if is_ancestor(repository, newest, candidate) and not (gone and is_ancestor(repository, experiment.base, candidate)):
        return _updated(session, experiment, newest, candidate, tree_of(repository, candidate))
    merged = carried_over(repository, experiment.base, candidate, newest) if gone else bring_up_to_date(repository, candidate, newest)
    parents = (newest,) if gone else (candidate, newest)
    if gone:  # what the branch stands on must not come into the target's history with it
        keep_before(repository, experiment.id, candidate)
    if not isinstance(merged, Clean):
        merged = named(repository, merged, (f"experiment {experiment.id}", target))
        write_conflicts(repository, Path(experiment.worktree), merged.tree)
        if gone:
            _move_branch(repository, experiment, newest, candidate)
        withhold(repository, experiment)
        session.warnings += [ASKED_AGAIN] * _is_accepted(experiment)
        server_record(session, MergeConflicted(experiment=experiment.id, target=newest, paths=tuple(map(quoted, merged.paths[:100]))))
        raise _clash(experiment, target, merged)
    commit = merge_commit(repository, merged.tree, parents, update_message(experiment, target))
    _move_worktree(repository, experiment, commit, candidate)
    withhold(repository, experiment)
    return _updated(session, experiment, newest, commit, merged.tree)


def _clash(experiment: Experiment, target: str, merged: Conflicts) -> Refusal:
    return Refusal(
        "CONFLICT",
        f"experiment {experiment.id} clashes with {target}, which moved meanwhile",
        where=[f"{experiment.worktree}/{quoted(path)}" for path in merged.paths[:20]],
        expected=f"the conflicts resolved in these files, both sides between markers; git status calls them modified, {_markers(experiment)}",
    )


def _markers(experiment: Experiment) -> str:
    return f"git -C {shlex.quote(experiment.worktree)} diff --check HEAD names every line of a marker"


def _updated(session: Session, experiment: Experiment, base: str, commit: str, tree: str) -> Experiment:
    """Record the new base. The review stands where the change itself stayed the same, and so does a person's yes to what was suspect in it."""
    repository = session.repository
    stands = _patch(repository, experiment.base, experiment.candidate or experiment.base) == _patch(repository, base, commit)
    accepted = stands and _is_accepted(experiment)
    updated = CandidateUpdated(experiment=experiment.id, base=base, commit=commit, tree=tree, review_stands=stands, acceptance_stands=accepted)
    server_record(session, updated)
    now = required(session, experiment.id)
    if _is_accepted(experiment) and not _is_accepted(now):
        session.warnings.append(ASKED_AGAIN)
    return now


def _patch(repository: Repository, base: str, candidate: str) -> list[tuple[str, str, str]]:
    """What a change puts where: path, mode and blob of each changed file."""
    return [(change.path, change.new_mode, change.new_id) for change in diff(repository, base, candidate)]


def _move_worktree(repository: Repository, experiment: Experiment, commit: str, old: str) -> None:
    """Let branch and worktree follow; the worktree was captured just before, so git's own merge of two trees loses nothing."""
    worktree = find(repository, Path(experiment.worktree))
    worktree.git.run("update-index", "-q", "--refresh")  # a file touched, or copied with its folder, is no edit
    worktree.git.bytes_("read-tree", "-m", "-u", old, commit)
    _move_branch(repository, experiment, commit, old)


def _move_branch(repository: Repository, experiment: Experiment, commit: str, old: str) -> None:
    repository.git.bytes_("update-ref", "-m", "re:factory: target merged in", f"refs/heads/{experiment.branch}", commit, old)


def _no_markers_left(session: Session, experiment: Experiment) -> None:
    if experiment.merging is None:
        return
    tree = current_tree(session, experiment)
    base = tree_of(session.repository, experiment.merging)
    left = []
    for change in diff(session.repository, base, tree):
        content = read_blob(session.repository, tree, change.path) if change.status != "D" else None
        if content and all(any(line.startswith(marker) for line in content.splitlines()) for marker in MARKERS):
            left.append(change.path)
    if left:
        raise Refusal(
            "CONFLICT",
            f"{len(left)} file{'s' if len(left) > 1 else ''} of experiment {experiment.id} still hold{'s' * (len(left) == 1)} conflict markers",
            where=[f"{experiment.worktree}/{quoted(path)}" for path in left[:20]],
            expected=f"both sides resolved, no markers left; {_markers(experiment)}",
        )
