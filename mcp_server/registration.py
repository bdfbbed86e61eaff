"""How a host comes to know this server: the commands that a person types once."""

import shlex
import sys
from pathlib import Path


def registering() -> tuple[str, ...]:
    """A command for each host that has one, with the absolute path of this installation."""
    serve = f"{shlex.quote(str(Path(sys.prefix) / 'bin' / 'refactory'))} serve"
    return f"claude mcp add --scope user refactory -- {serve}", f"codex mcp add refactory -- {serve}"
