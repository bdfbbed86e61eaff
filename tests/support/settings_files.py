"""Settings files: one in a folder of its own, and what was read from it."""

from collections.abc import Mapping
from pathlib import Path

from state.settings import Given, Settings, SettingsFile, read_file, resolve


def write_settings(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """config.toml in `folder` with this text and these permissions."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def read(folder: Path, text: str | bytes) -> SettingsFile:
    """The file with this text, read."""
    return read_file(write_settings(folder, text))


def resolved(folder: Path, text: str | None = None, environment: Mapping[str, str] | None = None, flags: Mapping[str, str] | None = None) -> Settings:
    """The settings of a process in `folder` with these variables and flags, and a file with this text."""
    file = read(folder, text) if text is not None else read_file(folder / "config.toml")
    return resolve(Given(environment or {}, folder, flags or {}), file)
