"""A project that is measured in no time: its evaluation is one plain command, and nothing has to be installed for it."""

from pathlib import Path

from tests.support.repositories import make_repository

FACTORY_MD = """## Goal

{goal}

## Scope

### Modifiable

- slug.py

## Guards

- Keep the function's name

## Eval

### Command

{command}

### Threshold

0.1
"""


def factory_md(goal: str = "Slugs.", command: str = "test -f slug.py") -> str:
    """A factory.md whose evaluation is a plain command."""
    return FACTORY_MD.format(goal=goal, command=command)


def make_quick_project(root: Path) -> Path:
    """A repository with one module and no factory.md yet."""
    return make_repository(root, {"slug.py": "def slug(text: str) -> str:\n    return text.lower()\n"})
