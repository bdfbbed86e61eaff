"""A branch for upstream as it would be made: commits of kept experiments on what both sides share, without what is stripped. Writes objects only."""

import re
from dataclasses import dataclass
from typing import Final

from state.answers import one_line, quoted
from state.errors import Refusal
from state.experiments import Experiment
from state.model import digest
from tools.engine.contract import Contract, contract_at
from tools.engine.publishing.kept import Kept, kept_experiments
from tools.engine.publishing.stripping import Clean, Rules, rules
from tools.engine.publishing.wording import commit_message
from tools.engine.repository.location import Repository, tip
from tools.engine.repository.merging import Conflicts
from tools.engine.repository.objects import Entry, diff, tree_of, write_tree_from
from tools.engine.repository.remotes import fetched, remotes_of
from tools.engine.repository.transplanting import Signed, merge_base, person, transplant, write_commit
from tools.engine.scope.files import files_of
from tools.engine.session import Session

SLUG_LIMIT: Final = 48  # characters of a branch's name that come from a title
CONFLICTS_SHOWN: Final = 20
_NOT_IN_A_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Base:
    """The commit that a branch is made on: what the experiments' target shares with the branch `into`, as it was fetched last."""

    commit: str
    into: str
    upstream: str  # the commit of that branch
    remote: str  # its remote; empty where the target itself is all there is


@dataclass(frozen=True)
class Files:
    """The files that a branch changes, and those that were stripped of it, each with the pattern that says so."""

    kept: tuple[str, ...]
    stripped: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Proposal:
    """A branch as it would be made. `key` is what makes it the same: experiments, base and what is stripped."""

    key: str
    kept: tuple[Kept, ...]
    contract: Contract
    base: Base
    rules: Rules
    branch: str
    commits: tuple[str, ...]
    tree: str
    files: Files

    @property
    def numbers(self) -> tuple[int, ...]:
        """The experiments, in the order in which they landed."""
        return tuple(each.experiment.id for each in self.kept)


def propose_branch(session: Session, numbers: tuple[int, ...], clean: Clean) -> Proposal:
    """The branch of these experiments.

    Raises Refusal UNKNOWN_ID or OUT_OF_ORDER for an experiment that is not kept, BAD_ARGUMENTS for several targets, CONFLICT where a change does not
    fit upstream without others, NO_CANDIDATE where nothing would be left, NEEDS_APPROVAL or BAD_CONFIG of the target's factory.md.
    """
    kept, target = kept_experiments(session, numbers)
    repository = session.repository
    contract = contract_at(session, tip(repository, target))
    base = _base(repository, target, kept[0].experiment.base)
    found = rules(contract.configuration.clean_pr, clean, files_of(repository, base.commit))
    ids = tuple(each.experiment.id for each in kept)
    key = digest([list(ids), base.commit, base.into, found.clean, list(found.defaults), list(found.exclude), list(found.include)])
    commits, stripped = commits_of(repository, kept, base.commit, found)
    if not commits:
        what = f"nothing of experiment {', '.join(map(str, ids))} is left once it is stripped"
        where = [f"{quoted(path)}: {why}" for path, why in stripped.items()]
        raise Refusal("NO_CANDIDATE", what, where=where, expected="clean: no, or other patterns")
    files = Files(tuple(change.path for change in diff(repository, base.commit, commits[-1])), tuple(stripped.items()))
    return Proposal(key, kept, contract, base, found, _branch(kept, key), commits, tree_of(repository, commits[-1]), files)


def _base(repository: Repository, target: str, first: str) -> Base:
    remotes = remotes_of(repository)
    found = fetched(repository, remotes.upstream, target) if remotes else None
    into, upstream = found or (target, tip(repository, target))
    shared = merge_base(repository, first, upstream)
    if shared is None:
        what = f"{target} and {into} upstream have no commit in common"
        raise Refusal("CONFLICT", what, where=(target,), expected="a target that came from upstream: git fetch, and a branch of it")
    return Base(shared, into, upstream, remotes.upstream if remotes and found else "")


def commits_of(repository: Repository, kept: tuple[Kept, ...], base: str, found: Rules) -> tuple[tuple[str, ...], dict[str, str]]:
    """The commits, oldest first, one for each experiment of which anything is left, and every path that was stripped, with its pattern."""
    author, commits, stripped = person(repository), list[str](), dict[str, str]()
    newest, tree = base, tree_of(repository, base)
    for each in kept:
        wanted, without = _stripped(repository, each.experiment, found)
        stripped |= without
        merged = transplant(repository, tree_of(repository, each.experiment.base), wanted, tree)
        if isinstance(merged, Conflicts):
            raise _does_not_fit(each.experiment, base, merged)
        if merged.tree == tree:
            continue
        tree = merged.tree
        signed = Signed(commit_message(each.experiment, each.idea, clean=found.clean), author, each.experiment.ended_at or each.experiment.started_at)
        newest = write_commit(repository, tree, newest, signed)
        commits.append(newest)
        _require_stripped(repository, base, newest, found)
    return tuple(commits), stripped


def _stripped(repository: Repository, experiment: Experiment, found: Rules) -> tuple[str, dict[str, str]]:
    """The tree of an experiment without what is stripped, and what that is. Of a path that is stripped the base's version stays."""
    base, entries, without = tree_of(repository, experiment.base), dict[str, Entry | None](), dict[str, str]()
    for change in diff(repository, base, experiment.tree or base):
        if (why := found.strips(change.path)) is not None:
            without[change.path] = why
        else:
            entries[change.path] = None if change.status == "D" else Entry(change.new_mode, change.new_id, change.path)
    return write_tree_from(repository, base, entries) if without else experiment.tree or base, without


def _does_not_fit(experiment: Experiment, base: str, clash: Conflicts) -> Refusal:
    return Refusal(
        "CONFLICT", f"experiment {experiment.id} does not fit on {base[:7]}: it builds on changes that are not upstream",
        where=[quoted(path) for path in clash.paths[:CONFLICTS_SHOWN]], expected="the experiments that it builds on named too, in `experiments`",
    )  # fmt: skip


def _require_stripped(repository: Repository, base: str, commit: str, found: Rules) -> None:
    """Raises Refusal CONFLICT where git's merge brought a stripped path back, by following a rename."""
    back = [change.path for change in diff(repository, base, commit) if found.strips(change.path) is not None]
    if back:
        where = [quoted(path) for path in back[:CONFLICTS_SHOWN]]
        raise Refusal("CONFLICT", "a change follows a rename into what is stripped", where=where, expected="clean: no, or other patterns")


def _branch(kept: tuple[Kept, ...], key: str) -> str:
    """A name that people can read, and that no other content gets."""
    slug = _NOT_IN_A_SLUG.sub("-", one_line(kept[0].experiment.title, 200).casefold())[:SLUG_LIMIT].strip("-") or "change"
    more = f"-and-{len(kept) - 1}-more" if len(kept) > 1 else ""
    return f"{slug}{more}-{key[:7]}"
