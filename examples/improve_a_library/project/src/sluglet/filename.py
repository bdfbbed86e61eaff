"""File names that every common system accepts."""

import re
from collections.abc import Container

from sluglet.core import slugify

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_RESERVED = {"con": "console", "prn": "printer", "aux": "device", "nul": "device"}


def safe_filename(name: str, max_length: int = 120) -> str:
    """Make a file name out of `name`: a slug, with its extension kept.

    The whole name has at most `max_length` characters. A name that a system
    keeps for a device gets an underscore in front.
    """
    stem, extension = split_extension(name)
    slug = slugify(stem, max_length=max_length - len(extension)) or "unnamed"
    if reserved_for(slug):
        slug = f"_{slug}"
    return slug + extension


def split_extension(name: str) -> tuple[str, str]:
    """Split `name` into stem and lower-case extension (with its dot)."""
    found = _EXTENSION.search(name)
    if found is None or found.start() == 0:
        return name, ""
    return name[: found.start()], found.group().lower()


def reserved_for(stem: str) -> str:
    """What a system keeps this name for; empty where it is free."""
    return _RESERVED.get(stem.lower())


def unique_filename(name: str, taken: Container[str]) -> str:
    """Make a safe file name that is not in `taken`, by counting up from 2."""
    stem, extension = split_extension(safe_filename(name))
    candidate, number = stem + extension, 1
    while candidate in taken:
        number += 1
        candidate = f"{stem}-{number}{extension}"
    return candidate
