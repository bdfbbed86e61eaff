"""The contract of a project: the committed factory.md with the profile that a person approved for it, and where the project stands without one."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from state.approvals import Approval, Draft, approved_evaluation, approved_text, waiting_draft
from state.configuration import Configuration
from state.cycles import open_target
from state.errors import Problem, Refusal, counted
from state.factory_md import parse
from state.measurement import Profile
from state.model import digest
from state.specs import open_spec
from tools.engine.repository.location import Repository, has_branch, head, target_branch, tip
from tools.engine.repository.objects import read_blob
from tools.engine.scope.files import files_of
from tools.engine.scope.listed import ListedPattern, listed_patterns
from tools.engine.scope.protecting import FILE, read_as_far
from tools.engine.session import Session

ProjectState = Literal["no_repo", "evals_pending_review", "incomplete", "no_factory", "has_factory"]


@dataclass(frozen=True)
class Contract:
    """What decides experiments: factory.md at their base and the profile approved for it."""

    configuration: Configuration
    profile: Profile


@dataclass(frozen=True)
class Committed:
    """factory.md at a commit: `configuration` is None where there is none or where it cannot be read; `digest` is empty where there is none.

    `problems` is everything that is wrong with it; with `configuration` set, those are patterns that protect no file there: it can be read and
    worked by, but nothing new is started on it.
    """

    configuration: Configuration | None
    problems: tuple[Problem, ...]
    digest: str


@dataclass(frozen=True)
class CountedPattern:
    """A pattern of factory.md and how many files of a tree it matches."""

    listed: ListedPattern
    files: int


@dataclass(frozen=True)
class Standing:
    """Where a project stands: its target and the factory.md committed there; `draft` waits for approval, or for its landing.

    `lies_there`: nothing is committed, but the person's own factory.md lies in the checkout. `waits`: a spec is stored that nobody built yet.
    """

    target: str
    tip: str
    committed: Committed
    approval: Approval | None
    draft: Draft | None
    lies_there: bool = False
    waits: bool = False

    @property
    def configuration(self) -> Configuration | None:
        """What the committed file says."""
        return self.committed.configuration

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the committed file."""
        return self.committed.problems

    @property
    def is_unapproved(self) -> bool:
        """Whether the committed file is broken, or says what no person approved: nothing lands on it."""
        return self.committed.digest != "" and (self.configuration is None or self.approval is None)

    @property
    def is_ready(self) -> bool:
        """Whether a person approved how the project is measured, as it stands committed, and nothing newer waits for them."""
        return self.configuration is not None and self.approval is not None and self.draft is None and not self.problems

    @property
    def state(self) -> ProjectState:
        """The first row of the table of surface.md 4 that holds."""
        if self.draft is not None or self.problems or (self.configuration is not None and self.approval is None):
            return "evals_pending_review"
        if self.waits:
            return "incomplete"
        return "has_factory" if self.configuration is not None else "no_factory"


def standing(session: Session, branch: str = "") -> Standing:
    """Read the factory.md of the target, or of `branch`, and what was approved of it; appends nothing."""
    target, found = (branch, committed_at(session.repository, tip(session.repository, branch))) if branch else _target_of(session)
    with session.store.reading() as connection:
        approval = approved_evaluation(connection, found.configuration.contract_hash()) if found.configuration else None
        draft, waits = waiting_draft(connection, found.digest), open_spec(connection) is not None
    lies_there = not found.digest and (session.repository.root / FILE).is_file()
    return Standing(target, tip(session.repository, target), found, approval, pending(draft, approval), lies_there, waits)


def _target_of(session: Session) -> tuple[str, Committed]:
    """The branch that experiments land on, and the factory.md committed there.

    That of the open cycle; without one the usual one, unless its factory.md names another. Where it has none, the file may stand on the branch that
    it names itself, to keep all work of the factory away from the usual one: as it was approved last, or where the person is.
    """
    repository = session.repository
    with session.store.reading() as connection:
        worked_on = open_target(connection)  # a cycle may have a branch of its own
    if worked_on and has_branch(repository, worked_on):
        return worked_on, committed_at(repository, tip(repository, worked_on))
    usual = target_branch(repository, None)
    found = committed_at(repository, tip(repository, usual))
    named = found.configuration.target_branch if found.configuration else None
    if named is not None and named != usual and has_branch(repository, named):
        there = committed_at(repository, tip(repository, named))
        return named, there if there.digest else found
    with session.store.reading() as connection:
        approved = found.configuration is not None and approved_evaluation(connection, found.configuration.contract_hash()) is not None
        text = approved_text(connection) if not found.digest else None
    if named not in (None, usual) and approved:
        gone = Problem(FILE, f"the target branch {named}", f"a branch that exists: git branch {named} {usual}, or another name")
        return usual, Committed(found.configuration, (*found.problems, gone), found.digest)
    for branch in (_branch_named_in(text), head(repository).branch) if not found.digest else ():
        if branch and branch != usual and has_branch(repository, branch):
            there = committed_at(repository, tip(repository, branch))
            if there.configuration is not None and there.configuration.target_branch == branch:
                return branch, there
    return usual, found


@lru_cache(maxsize=16)
def _branch_named_in(text: str | None) -> str | None:
    """The target branch that an approved factory.md names; None where it names none, or was approved by a version that read it otherwise."""
    try:
        return parse(text).target_branch if text is not None else None
    except Refusal:
        return None


def pending(draft: Draft | None, approval: Approval | None) -> Draft | None:
    """The draft, unless it is what was approved last."""
    if draft is None or (approval is not None and approval.hash == draft.hash):
        return None
    return draft


@lru_cache(maxsize=64)
def committed_at(repository: Repository, commit: str) -> Committed:
    """factory.md as it is at a commit. A commit never changes: asked once."""
    content = read_blob(repository, commit, FILE)
    if content is None:
        return Committed(None, (), "")
    configuration, problems = read_as_far(content, lambda: files_of(repository, commit))
    return Committed(configuration, problems, sha256(content).hexdigest())


@lru_cache(maxsize=16)
def patterns_at(repository: Repository, commit: str) -> tuple[CountedPattern, ...]:
    """Every pattern of the factory.md at a commit with the number of the commit's files that it matches. A commit never changes: asked once."""
    configuration = committed_at(repository, commit).configuration
    if configuration is None:
        return ()
    files = files_of(repository, commit)
    return tuple(CountedPattern(each, files.count(each.pattern)) for each in listed_patterns(configuration.model_dump()))


def require_sound(where: Standing) -> None:
    """Raises Refusal BAD_CONFIG, with every problem, where anything at all is wrong with the committed factory.md: nothing new is started on it."""
    if where.problems:
        raise Refusal("BAD_CONFIG", f"{FILE} has {counted(where.problems)}", problems=where.problems)


def contract_at(session: Session, commit: str) -> Contract:
    """The contract at a commit. Raises Refusal BAD_CONFIG for a broken factory.md, NEEDS_APPROVAL for none or one that nobody approved."""
    committed = committed_at(session.repository, commit)
    found = committed.configuration
    if found is None and committed.problems:
        raise Refusal("BAD_CONFIG", f"{FILE} has {counted(committed.problems)}", problems=committed.problems)
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
