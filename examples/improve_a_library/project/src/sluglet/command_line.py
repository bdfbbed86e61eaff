"""The command `sluglet`: slugs of its arguments, or of each line of its input."""

import argparse
import logging
import os
import sys
from collections.abc import Iterable, Sequence

from sluglet.core import slugify
from sluglet.filename import safe_filename

log = logging.getLogger("sluglet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one slug per text; 1 where a text has none, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    texts = options.text or _lines(sys.stdin)
    missing = 0
    for text in texts:
        try:
            slug = _convert(text, options)
        except ValueError as problem:
            log.error("cannot make a slug: %s", problem)
            return 2
        if not slug:
            log.warning("no letters or digits in %r", text)
            missing += 1
        print(slug)
    return 1 if missing else 0


def _convert(text: str, options: argparse.Namespace) -> str:
    if options.filename:
        return safe_filename(text)
    return slugify(text, options.separator, options.max_length)


def _lines(stream: Iterable[str]) -> list[str]:
    """The lines of a stream that hold something."""
    return [line.strip() for line in stream if line.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sluglet", description=__doc__)
    parser.add_argument("text", nargs="*", help="texts; without any, lines are read")
    parser.add_argument("--separator", default="-", help="what stands between words")
    parser.add_argument("--max-length", type=int, default=0, help="0: no limit")
    parser.add_argument("--filename", action="store_true", help="make file names")
    return parser
