"""Slugs: short names of the projects on this machine, because a path cannot stand in an address or in a prompt's single word."""

import re
from collections import Counter
from pathlib import Path

from mcp_server.meant_folder import meant_folder
from mcp_server.workshop import Workshop
from state.answers import quoted
from state.errors import Refusal
from state.model import digest
from state.registry import Project
from tools.engine.repository.location import locate

_OUTSIDE = re.compile(r"[^a-z0-9]+")


def registered(workshop: Workshop) -> list[Project]:
    """The projects that were worked on, the newest first; none where the registry cannot be read."""
    return workshop.remembering.projects(workshop.settings.current().path("registry_dir"))


def folders_by_slug(workshop: Workshop) -> dict[str, Path]:
    """The folder of each project by its slug: the one that is meant without a name first, then those that were worked on."""
    folders = [*_own(workshop), *(Path(each.path) for each in registered(workshop))]
    return slugs_of(list(dict.fromkeys(folders)))


def slugs_of(folders: list[Path]) -> dict[str, Path]:
    """A slug for each folder: its name in plain letters; where several have the same, with the start of their path's hash."""
    plain = {folder: _OUTSIDE.sub("-", folder.name.lower()).strip("-") or "project" for folder in folders}
    count = Counter(plain.values())
    return {slug if count[slug] == 1 else f"{slug}-{digest(str(folder))[:6]}": folder for folder, slug in plain.items()}


def folder_named(workshop: Workshop, slug: str) -> Path:
    """The folder of a slug. Raises Refusal UNKNOWN_ID with those that there are."""
    known = folders_by_slug(workshop)
    if slug not in known:
        raise Refusal("UNKNOWN_ID", f"there is no project {quoted(slug)}", where=("project",), expected=f"one of {', '.join(known) or 'none yet'}")
    return known[slug]


def _own(workshop: Workshop) -> list[Path]:
    """The project that a call without one means, if there is one."""
    try:
        return [locate(meant_folder(workshop.settings, "")).root]
    except Refusal:
        return []
