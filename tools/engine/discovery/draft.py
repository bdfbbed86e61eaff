"""The factory.md of a project that has none: what a person approves or corrects."""

from pathlib import PurePosixPath
from typing import Final

from state.configuration import Configuration
from tools.engine.languages.survey import Discovery

GUARDS: Final = ("Do not delete existing tests", "Do not modify files outside scope")

PACKAGES_BY_FOLDER: Final = frozenset({".go"})  # languages in which all files of a folder are one package: a new one belongs to it too


def draft(discovery: Discovery, goal: str, target_branch: str) -> Configuration:
    """A configuration from what was seen: source folders and tests may be modified, the tests decide, the target is `target_branch`, and
    what an evaluator looks at is proposed by the kind of project. Where a command is proposed, the file that says what it does may not be modified.

    Raises pydantic's ValidationError for a goal that factory.md could not hold.
    """
    sources = (root.outer(path) for root in discovery.profile.roots for path in root.source_paths)
    paths = (*sources, *discovery.test_paths)
    own = discovery.proposed
    return Configuration(
        goal=goal,
        modifiable=tuple(dict.fromkeys(_pattern(path) for path in paths)) or ("**",),
        read_only=(_pattern(own.file, is_file=True),) if own else (),
        guards=GUARDS,
        eval_command=own.command if own else next((root.test_runner for root in discovery.profile.roots if root.test_runner and not root.path), None),
        target_branch=target_branch,
        eval_spec=discovery.eval_spec,
    )


def _pattern(path: str, *, is_file: bool = False) -> str:
    """The pattern that means this file, with those of its package, or everything in this folder, at the root alone."""
    if not is_file and not PurePosixPath(path).suffix:
        return f"{path}/**"
    if PurePosixPath(path).suffix in PACKAGES_BY_FOLDER:
        return f"{path.rpartition('/')[0]}/*{PurePosixPath(path).suffix}"
    return path if "/" in path else f"/{path}"
