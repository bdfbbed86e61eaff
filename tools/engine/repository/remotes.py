"""Where the repository's remote is."""

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository


def remote_address(repository: Repository) -> str:
    """The address that git fetches `origin` from, or the only remote where there is one alone; empty where neither is."""
    names = repository.git.text("remote").split()
    name = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
    if not name:
        return ""
    said = repository.git.run("remote", "get-url", "--", name)
    return decode(said.stdout).strip() if said.exit_code == 0 else ""
