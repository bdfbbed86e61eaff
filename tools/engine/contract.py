"""The contract of a project: the committed factory.md with the profile that a person approved for it, and where the project stands without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from state.approvals import Approval, Draft, approved_evaluation, waiting_draft
from state.configuration import Configuration
from state.errors import Problem, Refusal
from state.factory_md import parse
from state.measurement import Profile
from state.model import digest
from tools.engine.repository.location import Repository, target_branch, tip
from tools.engine.repository.objects import read_blob
from tools.engine.scope.files import files_of
from tools.engine.scope.listed import ListedPattern, listed_patterns
from tools.engine.scope.protecting import FILE, idle_problems, idle_protections
from tools.engine.session import Session

ProjectState = Literal["no_factory", "evals_pending_review", "has_factory"]


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
    """Where a project stands: its target and the factory.md committed there; `draft` waits for approval, or for its landing."""

    target: str
    tip: str
    committed: Committed
    approval: Approval | None
    draft: Draft | None

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
    def state(self) -> ProjectState:
        """The first row of the table of surface.md 4 that holds."""
        if self.draft is not None or self.problems or (self.configuration is not None and self.approval is None):
            return "evals_pending_review"
        return "has_factory" if self.configuration is not None else "no_factory"


def standing(session: Session) -> Standing:
    """Read the target's factory.md and what was approved of it; appends nothing."""
    repository = session.repository
    target = target_branch(repository, None)
    found = committed_at(repository, tip(repository, target))
    if found.configuration is not None and found.configuration.target_branch not in (None, target):
        target = target_branch(repository, found.configuration.target_branch)
        there = committed_at(repository, tip(repository, target))
        found = there if there.digest else found
    with session.store.reading() as connection:
        approval = approved_evaluation(connection, found.configuration.contract_hash()) if found.configuration else None
        draft = waiting_draft(connection, found.digest)
    return Standing(target, tip(repository, target), found, approval, pending(draft, approval))


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
    name = sha256(content).hexdigest()
    try:
        configuration = parse(content)
    except Refusal as refusal:
        return Committed(None, refusal.problems, name)
    return Committed(configuration, _idle(repository, commit, configuration, content), name)


def _idle(repository: Repository, commit: str, configuration: Configuration, content: bytes) -> tuple[Problem, ...]:
    """The patterns that protect no file of the commit; the tree is looked at only where there are patterns to protect."""
    values = configuration.model_dump()
    if not any(each.protects for each in listed_patterns(values)):
        return ()
    files = files_of(repository, commit)
    return idle_problems(content, idle_protections(values, files), files)


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
        raise Refusal("BAD_CONFIG", f"{FILE} has {_many(where.problems)}", problems=where.problems)


def contract_at(session: Session, commit: str) -> Contract:
    """The contract at a commit. Raises Refusal BAD_CONFIG for a broken factory.md, NEEDS_APPROVAL for none or one that nobody approved."""
    committed = committed_at(session.repository, commit)
    found = committed.configuration
    if found is None and committed.problems:
        raise Refusal("BAD_CONFIG", f"{FILE} has {_many(committed.problems)}", problems=committed.problems)
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


def _many(problems: Sequence[Problem]) -> str:
    return f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
