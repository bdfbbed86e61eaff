"""What this process was started with: the person's settings as they count here, and whether a host's model may be at the keyboard."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from state.settings import Given, SettingsSource

# A host's shell has these: what is the person's own, such as approving and seeing secrets, is not done there.
MARKS_OF_HOSTS: Final = ("CLAUDECODE", "CLAUDE_CODE_SESSION_ID", "OPENCODE", "GEMINI_CLI", "CODEX_SANDBOX", "CODEX_THREAD_ID")


def settings_of_this_process(flags: Mapping[str, str]) -> SettingsSource:
    """The settings of a process with these flags, by the name of the key."""
    return SettingsSource(Given(dict(os.environ), _directory(), flags))


def host_of_this_shell() -> str:
    """The marks of a host that this process was started by, in one line; empty in a terminal of the person's own."""
    return ", ".join(name for name in MARKS_OF_HOSTS if os.environ.get(name))


def _directory() -> Path | None:
    """The folder that this process is in; None where somebody deleted it meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None
