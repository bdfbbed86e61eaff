"""What lies in the main checkout though git ignores it: data, environments and build products, which no tree has."""

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository


def ignored_paths(repository: Repository) -> list[str]:
    """The ignored paths of the main checkout, sorted; a folder of which everything is ignored is one path that ends in a slash."""
    return _listed(repository, "--directory")


def ignored_files(repository: Repository, folder: str) -> list[str]:
    """The ignored files below a folder (a path that ends in a slash), sorted."""
    return _listed(repository, "--", f":(literal){folder}")


def _listed(repository: Repository, *arguments: str) -> list[str]:
    raw = repository.git.bytes_("ls-files", "-z", "--others", "--ignored", "--exclude-standard", *arguments, timeout=60)
    return sorted(decode(path) for path in raw.split(b"\0") if path)
