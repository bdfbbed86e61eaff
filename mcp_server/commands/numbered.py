"""What people type behind a command on experiments: the project's folder, or none, and the numbers, as an earlier factory's commands take them."""

import argparse
from pathlib import Path
from typing import Final

WORDS: Final = "[PATH] N"


def path_and_numbers(parser: argparse.ArgumentParser, words: list[str], flagged: list[int | None]) -> tuple[str, list[int]]:
    """The folder (empty for this one) and the numbers, plain ones before those of flags. Wrong words end the process with what was expected."""
    numbers = [int(word) for word in words if _is_number(word)] + [number for number in flagged if number is not None]
    folders = [word for word in words if not _is_number(word)]
    if len(folders) > 1 or (folders and not Path(folders[0]).expanduser().is_dir()):
        parser.error(f"found {' '.join(words)!r}; expected numbers of experiments, and at most one folder before them")
    return (folders[0] if folders else ""), numbers


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 9
