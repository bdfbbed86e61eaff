"""Slugs and safe file names from any text."""

from sluglet.core import slugify
from sluglet.filename import safe_filename, unique_filename

__all__ = ["safe_filename", "slugify", "unique_filename"]
