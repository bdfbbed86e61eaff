"""The contract of a project: the committed factory.md with the profile that a person approved for it, and where the project stands without one."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from state.approvals import Approval, Draft, approved_evaluation, latest_draft
from state.configuration import Configuration
from state.errors import Problem, Refusal
from state.factory_md import parse
from state.measurement import Profile
from state.model import digest
from tools.engine.repository.location import Repository, target_branch, tip
from tools.engine.repository.objects import read_blob
from tools.engine.session import Session

FILE: Final = "factory.md"
ProjectState = Literal["no_factory", "evals_pending_review", "has_factory"]


@dataclass(frozen=True)
class Contract:
    """What decides experiments: factory.md at their base and the profile approved for it."""

    configuration: Configuration
    profile: Profile


@dataclass(frozen=True)
class Standing:
    """Where a project stands: its target and what factory.md says there. `problems` are those of the committed file; `draft` waits for approval."""

    target: str
    tip: str
    configuration: Configuration | None
    problems: tuple[Problem, ...]
    approval: Approval | None
    draft: Draft | None

    @property
    def state(self) -> ProjectState:
        """The first row of the table of surface.md 4 that holds."""
        if self.draft is not None or self.problems or (self.configuration is not None and self.approval is None):
            return "evals_pending_review"
        return "has_factory" if self.configuration is not None else "no_factory"


def standing(session: Session) -> Standing:
    """Read the target's factory.md and what was approved of it; appends nothing."""
    repository = session.repository
    target = target_branch(repository, None)
    found, problems = configuration_at(repository, tip(repository, target))
    if found is not None and found.target_branch not in (None, target):
        target = target_branch(repository, found.target_branch)
        there, there_problems = configuration_at(repository, tip(repository, target))
        if there is not None or there_problems:
            found, problems = there, there_problems
    with session.store.reading() as connection:
        approval = approved_evaluation(connection, found.contract_hash()) if found else None
        draft = latest_draft(connection)
    return Standing(target, tip(repository, target), found, problems, approval, pending(draft, approval))


def pending(draft: Draft | None, approval: Approval | None) -> Draft | None:
    """The draft, unless it is what was approved last."""
    if draft is None or (approval is not None and approval.hash == draft.hash):
        return None
    return draft


@lru_cache(maxsize=64)
def configuration_at(repository: Repository, commit: str) -> tuple[Configuration | None, tuple[Problem, ...]]:
    """What factory.md says at a commit: (None, ()) where there is none, (None, problems) where it is broken. A commit never changes: asked once."""
    content = read_blob(repository, commit, FILE)
    if content is None:
        return None, ()
    try:
        return parse(content), ()
    except Refusal as refusal:
        return None, refusal.problems


def contract_at(session: Session, commit: str) -> Contract:
    """The contract at a commit. Raises Refusal BAD_CONFIG for a broken factory.md, NEEDS_APPROVAL for none or one that nobody approved."""
    found, problems = configuration_at(session.repository, commit)
    if problems:
        raise Refusal("BAD_CONFIG", f"factory.md has {len(problems)} problems", problems=problems)
    if found is None:
        raise Refusal("NEEDS_APPROVAL", "there is no approved factory.md on the target branch", expected="discover_project, then request_approval")
    with session.store.reading() as connection:
        approval = approved_evaluation(connection, found.contract_hash())
    if approval is None or approval.profile is None:
        what = "the commands, weights or patterns of factory.md were not approved as they stand"
        raise Refusal(
            "NEEDS_APPROVAL", what, where=(f"contract {found.contract_hash()[:7]}",), expected="a person's approval: request_approval(evaluation)"
        )
    return Contract(found, approval.profile)


def evaluation_hash(text: str, profile: Profile) -> str:
    """What an approval of an evaluation is bound to: the file as it will land and the profile that measures by it."""
    return digest([text, profile.plain()])
