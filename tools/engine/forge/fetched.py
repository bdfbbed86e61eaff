"""What a forge answered, as an issue of ours: cut to what is kept, and named by its own page."""

from dataclasses import dataclass
from typing import Any

from state.answers import clean
from state.issues import BODY_LIMIT, TITLE_LIMIT, Issue
from tools.engine.forge.references import Project, Reference, is_reference, reference

LABELS = 20
NAME = 100  # characters of a label or an author


@dataclass(frozen=True)
class Listing:
    """Open issues of a repository, the newest first; `complete` where there are no others."""

    issues: tuple[Issue, ...]
    complete: bool


def issue(asked: Project, page: str, number: int, **said: Any) -> Issue:
    """An issue from what the forge said of it: title, body, is_open, own, author, labels, updated_at.

    It is named by its page, where that is one of the forge that was asked: a repository that moved has a new name.
    """
    found = reference(page, asked) if is_reference(page) else Reference(asked, number)
    named = found if found.project.host == asked.host else Reference(asked, number)
    return Issue(
        address=named.address, repository=named.project.path, number=named.number, title=" ".join(clean(said["title"]).split())[:TITLE_LIMIT],
        body=clean(said["body"])[:BODY_LIMIT], state="open" if said["is_open"] else "closed", own=said["own"], author=clean(said["author"])[:NAME],
        labels=tuple(clean(label)[:NAME] for label in said["labels"][:LABELS]), updated_at=clean(said["updated_at"])[:NAME],
    )  # fmt: skip
