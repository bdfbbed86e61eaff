"""The user's settings: what a person set by flag, variable or `~/.factory/config.toml`, and what follows from it."""

from state.settings.file import SettingsFile, read_file, settings_path
from state.settings.keys import KEYS, Key, Kind
from state.settings.resolution import Given, Settings, Source, Value, resolve
from state.settings.watching import SettingsSource

__all__ = [
    "KEYS",
    "Given",
    "Key",
    "Kind",
    "Settings",
    "SettingsFile",
    "SettingsSource",
    "Source",
    "Value",
    "read_file",
    "resolve",
    "settings_path",
]
