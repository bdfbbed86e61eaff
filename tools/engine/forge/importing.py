"""Bringing issues here: asked of their forge first, then written down together, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from state.backlog import BacklogAdded, BacklogChanged, BacklogItem, BacklogState, backlog_item, open_item
from state.errors import Refusal
from state.issues import Issue, IssueSeen, issue_at, open_issues
from state.rows import next_number
from tools.engine.forge.asking import Door
from tools.engine.forge.fetched import Listing
from tools.engine.forge.github import one_of_github, open_ones_of_github
from tools.engine.forge.gitlab import one_of_gitlab, open_ones_of_gitlab
from tools.engine.forge.references import Project, Reference, no_remote, project_of, reference
from tools.engine.repository.remotes import remote_address
from tools.engine.session import Session

NEWEST: Final = 30  # open issues that are brought where none is named
LOOKED_AFTER: Final = 20  # known issues that are asked for one by one, where the newest open ones do not tell what became of them
A_FAULT: Final = "bug"  # the label that stands for a fix


@dataclass(frozen=True)
class Brought:
    """An issue, the item that stands for it, and what became of it here by this call."""

    issue: Issue
    item: BacklogItem
    how: Literal["new", "changed", "closed", "unchanged"]


def forge_here(session: Session) -> Project | None:
    """The project that the repository's remote names; None where it names none."""
    return project_of(remote_address(session.repository))


def fetch_named(session: Session, named: Sequence[str]) -> list[Issue]:
    """The issues that these texts name, each once. Raises Refusal as `reference` and the forge's program do."""
    here = forge_here(session)
    meant = list(dict.fromkeys(reference(text, here) for text in named))
    return [_one(session, each) for each in meant]


def fetch_newest(session: Session) -> list[Issue]:
    """The newest open issues of this repository, and those known as open that are so no longer."""
    here = forge_here(session)
    if here is None:
        raise no_remote()
    found = (open_ones_of_gitlab if here.program == "glab" else open_ones_of_github)(Door(here, session.variables), NEWEST)
    return [*found.issues, *_closed_since(session, here, found)]


def bring_in(session: Session, issues: Sequence[Issue], *, named: bool) -> list[Brought]:
    """Write down what was fetched, in one transaction. An issue that a person names is open again here, though its item was done or removed."""
    with session.store.writing():
        brought = [_bring(session, each, named=named) for each in issues]
    session.write_views()
    return brought


def _one(session: Session, meant: Reference) -> Issue:
    fetch = one_of_gitlab if meant.project.program == "glab" else one_of_github
    return fetch(Door(meant.project, session.variables), meant.number)


def _closed_since(session: Session, here: Project, listing: Listing) -> list[Issue]:
    """Issues that were open when they were seen last, and are not among the open ones: asked for one by one where the listing is not all of them."""
    listed = {each.address for each in listing.issues}
    with session.store.reading() as connection:
        known = [each.issue for each in open_issues(connection, here.path)]
    missing = [each for each in known if each.address not in listed and each.address == here.address(each.number)]
    if listing.complete:
        return [each.model_copy(update={"state": "closed"}) for each in missing]
    return [_as_it_is_now(session, here, each) for each in missing[:LOOKED_AFTER]]


def _as_it_is_now(session: Session, here: Project, known: Issue) -> Issue:
    try:
        return _one(session, Reference(here, known.number))
    except Refusal as refusal:
        if refusal.code != "UNKNOWN_ID":
            raise
        return known.model_copy(update={"state": "closed"})  # deleted, or moved to where nobody here may look


def _bring(session: Session, issue: Issue, *, named: bool) -> Brought:
    with session.store.writing() as connection:
        known = issue_at(connection, issue.address)
        same = known is not None and known.issue.model_copy(update={"updated_at": ""}) == issue.model_copy(update={"updated_at": ""})
        item = backlog_item(connection, known.item) if known else _new_item(session, issue)
        if item is None:
            raise Refusal("STORE_BROKEN", f"{issue.name} has no backlog item", where=(str(session.store.path),))
        if not same:
            session.store.append(IssueSeen(issue=issue, item=item.id), actor=session.host.actor, channel=session.host.name)
        was_open = known.issue.state if known else "open"
        moved = _moved(session, item, issue, afresh=named or was_open != issue.state)
        item = backlog_item(connection, item.id) or item
    if issue.state == "closed" and (moved or not same):
        return Brought(issue, item, "closed")
    return Brought(issue, item, "new" if known is None else "unchanged" if same and not moved else "changed")


def _new_item(session: Session, issue: Issue) -> BacklogItem | None:
    """The item of an issue that was never here. It says which issue it is, and nothing that anybody could write there."""
    text = f"Issue {issue.address}"
    category = "fix" if A_FAULT in (label.lower() for label in issue.labels) else None
    with session.store.writing() as connection:
        if (found := open_item(connection, text)) is not None:
            return found
        added = BacklogAdded.model_validate({"item": next_number(connection, "backlog"), "text": text, "source": "issue", "category": category})
        session.store.append(added, actor=session.host.actor, channel=session.host.name)
        return backlog_item(connection, added.item)


def _moved(session: Session, item: BacklogItem, issue: Issue, *, afresh: bool) -> bool:
    """Close the item of a closed issue, open that of one that is open again; what a person did with an item stands until then."""
    wanted: BacklogState = "open" if issue.state == "open" else "done"
    if item.state == wanted or not afresh or (wanted == "done" and item.state == "removed"):
        return False
    session.store.append(BacklogChanged(item=item.id, state=wanted), actor=session.host.actor, channel=session.host.name)
    return True
