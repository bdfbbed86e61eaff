"""A change put onto another commit than the one it was made on, and commits with a message and an author of their own: objects only."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository
from tools.engine.repository.merging import Clean, Conflicts, bring_up_to_date, merge_commit

NOBODY: Final = ("re:factory", "refactory@localhost")
_NOT_IN_A_NAME: Final = re.compile(r"[<>\x00-\x1f\x7f]+")
_NOTHING: Final = "re:factory: for a merge, kept by no ref\n"


@dataclass(frozen=True)
class Signed:
    """What a commit says: its message, whose it is (name and address), and when (ISO 8601). The same content makes the same commit."""

    message: str
    author: tuple[str, str]
    at: str


def transplant(repository: Repository, before: str, after: str, onto: str) -> Clean | Conflicts:
    """What differs between the trees `before` and `after`, merged into the tree `onto`. Raises Refusal CONFLICT where git cannot merge at all."""
    if onto in (before, after):
        return Clean(after)
    # Commits of these trees, so that git takes `before` for what both sides come from; a merge base cannot be named before git 2.40.
    origin = merge_commit(repository, before, (), _NOTHING)
    ours, theirs = (merge_commit(repository, tree, (origin,), _NOTHING) for tree in (onto, after))
    return bring_up_to_date(repository, ours, theirs)


def write_commit(repository: Repository, tree: str, parent: str, signed: Signed) -> str:
    """A commit of `tree` on `parent`; no ref is moved. Returns its id."""
    name, address = (_NOT_IN_A_NAME.sub(" ", part).strip() or other for part, other in zip(signed.author, NOBODY, strict=True))
    who = f"{name} <{address}> {int(datetime.fromisoformat(signed.at).timestamp())} +0000"
    text = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{signed.message.rstrip()}\n"
    content = text.encode("utf-8", "replace").replace(b"\0", b"")
    return repository.git.text("hash-object", "-t", "commit", "-w", "--stdin", standard_input=content)


def person(repository: Repository) -> tuple[str, str]:
    """Name and address of the person as their git knows them; the factory's own where it does not."""
    said = [decode(repository.git.run("config", "--get", f"user.{part}").stdout).strip() for part in ("name", "email")]
    return (said[0], said[1]) if all(said) else NOBODY


def merge_base(repository: Repository, one: str, other: str) -> str | None:
    """The newest commit that both contain; None where there is none."""
    quick = repository.git.run("merge-base", one, other)
    return decode(quick.stdout).split("\n")[0].strip() or None if quick.exit_code in (0, 1) else None
