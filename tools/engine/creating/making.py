"""Making a project of its source: a repository with one commit and the spec stored, or a clone."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.answers import one_line
from state.errors import Refusal
from state.rows import next_number
from state.specs import SpecStored, spec_of
from state.store import Store
from tools.engine.creating.clones import Tell
from tools.engine.creating.site import Site
from tools.engine.creating.sources import Source
from tools.engine.creating.staging import is_free, staged, taken
from tools.engine.repository.cloning import clone_from
from tools.engine.repository.founding import found
from tools.engine.repository.location import head
from tools.engine.repository.remotes import remote_address
from tools.engine.session import Host, Session

MOST_NAMES: Final = 100  # tried beside a name that is taken
TITLE: Final = 80  # characters
IGNORED: Final = "# What is made here and not written\n.venv/\nnode_modules/\ntarget/\n__pycache__/\n*.pyc\ndist/\nbuild/\n.env\n.DS_Store\n"


@dataclass(frozen=True)
class Made:
    """A project that is there: its folder, its commit, the number of its stored spec (0 for a clone), and whether it was there already."""

    folder: Path
    commit: str
    spec: int
    repeated: bool


def already_made(site: Site, source: Source, wanted: Path, *, named: bool) -> Made | Path:
    """The project that was made of the same source before, else where it can go: `wanted`, or with a number behind where nobody named the place.

    Raises Refusal EXISTS where the place was named and something else is there.
    """
    place = wanted
    for number in range(2, MOST_NAMES + 2):
        if is_free(place):
            return place
        if (made := _made_there(site, source, place)) is not None:
            return made
        if named:
            break
        place = wanted.with_name(f"{wanted.name}-{number}")
    raise taken(place)


def make_from_words(source: Source, destination: Path, host: Host) -> None:
    """A repository whose one commit is the readme of an idea or spec, with the spec in its store. Raises Refusal EXISTS, GitFailed or OSError."""
    if source.kind is None:
        raise ValueError("an address is cloned")
    files = {"README.md": _readme(source, destination.name), ".gitignore": IGNORED}
    if source.kind == "spec":
        files["SPEC.md"] = source.text.rstrip() + "\n"
    with staged(destination) as folder:
        repository = found(folder, files, f"Begin {destination.name}")
        store = Store(repository.store_folder)
        try:
            text = store.keep_object(source.text.encode())
            with store.writing() as connection:
                stored = SpecStored(spec=next_number(connection, "specs"), kind=source.kind, title=title_of(source), source=source.origin, text=text)
                store.append(stored, actor=host.actor, channel=host.name, key=f"spec:{source.kind}:{text}")
        finally:
            store.close()


def clone_of(source: Source, destination: Path) -> Callable[[Tell], Awaitable[None]]:
    """The work that clones the source's repository to `destination`."""

    async def work(tell: Tell) -> None:
        with staged(destination) as folder:
            await clone_from(source.origin, folder, tell)

    return work


def made_at(session: Session, *, repeated: bool = False) -> Made:
    """What was made, read from where it is now."""
    with session.store.reading() as connection:
        first = spec_of(connection)
    repository = session.repository
    return Made(repository.root, head(repository).commit, first.id if first else 0, repeated)


def text_name(source: Source) -> str:
    """The name of the object that holds the source's text."""
    return hashlib.sha256(source.text.encode()).hexdigest()


def title_of(source: Source) -> str:
    """The first line of what is wanted, as a title."""
    line = next((line.strip("#* \t") for line in source.text.splitlines() if line.strip("#* \t")), source.name)
    return one_line(line, TITLE)


def _made_there(site: Site, source: Source, place: Path) -> Made | None:
    """The project at `place`, if it was made of this source."""
    if place.is_symlink() or not (place / ".git").is_dir():
        return None
    try:
        session = site.opened(place)
    except Refusal:  # no project that can be used: something else
        return None
    if source.kind is None:
        return made_at(session, repeated=True) if remote_address(session.repository) == source.origin else None
    with session.store.reading() as connection:
        stored = spec_of(connection, text_name(source))
    return made_at(session, repeated=True) if stored is not None and stored.kind == source.kind else None


def _readme(source: Source, name: str) -> str:
    title = re.sub(r"[-_.]+", " ", name).strip().capitalize()
    if source.kind == "spec":
        return f"# {title}\n\nWhat this is to become: [SPEC.md](SPEC.md).\n"
    said = source.text if source.text.lstrip().startswith("#") else f"# {title}\n\n{source.text}"
    return said.rstrip() + "\n"
