"""Package managers: which one a project uses, and what a person types to have a package."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

NPM: Final = "npm"
_BY_LOCK: Final[Mapping[str, str]] = {
    "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "bun.lock": "bun", "bun.lockb": "bun", "package-lock.json": NPM, "npm-shrinkwrap.json": NPM,
}  # fmt: skip
_ADD: Final[Mapping[str, tuple[str, str]]] = {
    NPM: ("npm install --save-dev", "npm install --prefix {} --save-dev"),
    "pnpm": ("pnpm add --save-dev", "pnpm --dir {} add --save-dev"),
    "yarn": ("yarn add --dev", "yarn --cwd {} add --dev"),
    "bun": ("bun add --dev", "bun add --cwd {} --dev"),
}
# Yarn 1 ignores --immutable; every Yarn takes --frozen-lockfile.
_FROM_LOCK: Final[Mapping[str, str]] = {
    NPM: "npm ci", "pnpm": "pnpm install --frozen-lockfile", "yarn": "yarn install --frozen-lockfile", "bun": "bun ci",
}  # fmt: skip


def manager_of(packages: Sequence[Mapping[str, Any]], has: Callable[[str], bool]) -> str:
    """The manager that `packageManager` of one of the packages names (the nearest first), else the one whose lock file is there, else npm."""
    for package in packages:
        named = str(package.get("packageManager", "")).split("@")[0]
        if named in _ADD:
            return named
    return next((manager for lock, manager in _BY_LOCK.items() if has(lock)), NPM)


def install_line(manager: str, path: str, names: Sequence[str]) -> str:
    """What a person types at the top of the project to have packages in the folder `path`."""
    at_top, inside = _ADD.get(manager, _ADD[NPM])
    return " ".join((inside.format(path) if path else at_top, *names))


def install_all(manager: str) -> str:
    """What installs all that the lock file names."""
    return _FROM_LOCK.get(manager, _FROM_LOCK[NPM])
