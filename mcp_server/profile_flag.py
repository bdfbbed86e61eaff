"""`--profile NAME`: the credentials that count for one command or one server, said before the command or behind it."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the command line is ready before the settings are loaded
    from state.settings import SettingsSource

FLAG: Final = "--profile"
PROFILE_HELP: Final = "the section [credentials.NAME] of config.toml that counts"


def profile_behind(given: list[str]) -> list[str]:
    """The command line with a flag that stands before the command put behind it."""
    match given:
        case [first, name, command, *rest] if first == FLAG:
            return [command, *rest, FLAG, name]
        case [first, command, *rest] if first.startswith(f"{FLAG}="):
            return [command, *rest, first]
        case _:
            return given


def profile_flag(name: str) -> dict[str, str]:
    """The flags of a process that was given this profile; none for an empty name."""
    return {"profile": name} if name else {}


def unknown_profile(settings: "SettingsSource") -> str:
    """What is wrong with a profile that a flag names; empty where nothing is. A person who names one does not want to go on without it."""
    return next((str(problem) for problem in settings.current().problems if problem.where == FLAG), "")
