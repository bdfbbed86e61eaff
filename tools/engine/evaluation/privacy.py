"""What of the person's home no command of a project needs, and none gets to see where this machine can hide it."""

from pathlib import Path
from typing import Final

_SECRETS: Final = (".ssh", ".gnupg", ".aws", ".azure", ".config/gcloud", ".config/gh", ".kube", ".docker", ".factory", ".claude", ".codex")


def private_folders() -> tuple[Path, ...]:
    """The folders of keys and credentials that there are."""
    return tuple(folder for name in _SECRETS if (folder := Path.home() / name).is_dir())
