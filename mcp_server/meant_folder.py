"""Which folder a call or a command means: one order for all of them, and never a guess beyond it."""

from pathlib import Path
from typing import Final

from state.answers import quoted
from state.errors import Refusal
from state.settings import Given, SettingsSource
from tools.engine.repository.location import is_argument

EXPECTED: Final = "the project's absolute path"


def meant_folder(source: SettingsSource, named: str) -> Path:
    """The folder that `named` says, else FACTORY_PROJECT, CLAUDE_PROJECT_DIR, the settings file's project, the folder that this was started in.

    Raises Refusal NO_PROJECT where what counts names none.
    """
    if named:
        path = expanded(named)
        if not path.is_absolute() or not is_argument(named):
            raise Refusal("NO_PROJECT", f"{quoted(named)} is not an absolute path", where=("project",), expected=EXPECTED)
        return path
    settings, given = source.current(), source.given
    configured, of_this_start = settings.path("project"), settings.is_of_this_start("project")
    if given.environment.get("FACTORY_PROJECT") and not of_this_start:
        raise Refusal("NO_PROJECT", "FACTORY_PROJECT names no folder", where=("FACTORY_PROJECT",), expected=EXPECTED)
    if configured and of_this_start:
        return configured
    if given.environment.get("CLAUDE_PROJECT_DIR"):
        return expanded(given.environment["CLAUDE_PROJECT_DIR"])
    return configured or _started_in(given)


def from_the_terminal(given: Given, typed: str) -> str:
    """A path as a person types it, taken from the folder that they are in; empty where they typed none. Raises Refusal NO_PROJECT."""
    path = expanded(typed)
    return str(path if path.is_absolute() else _started_in(given) / path) if typed else ""


def expanded(text: str) -> Path:
    """The path with its `~`; one of a user whom nobody knows stays as it is."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def _started_in(given: Given) -> Path:
    if given.directory is None:
        raise Refusal("NO_PROJECT", "the folder that this was started in is gone", where=("the working directory",), expected=EXPECTED)
    return given.directory
