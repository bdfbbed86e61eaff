"""How the parts of a contract are called, and how their values are said: by the form as a whole, and by what it says of changes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from state.model import JSON

# In the order in which they are shown; a part that is not named here comes after them by its own name.
TITLES: Final = {
    "target_branch": "Lands on", "eval_command": "Eval command", "threshold": "Threshold", "eval_weights": "Weights of tiers",
    "hygiene_weights": "Weights within hygiene", "growth_weights": "Weights within growth", "modifiable": "May change", "read_only": "Read-only",
    "fixed_surfaces": "Fixed", "withheld_surfaces": "Withheld", "guards": "Guards",
    "setup": "Setup", "project_evaluations": "Project Eval", "hard_constraints": "Hard constraint",
    "holdout": "Held out", "clean_pr": "Clean PR", "research_target": "Research", "mutable_surfaces": "Research may change",
    "inner_loop": "Research runs", "outer_loop": "Research surfaces",
}  # fmt: skip
# Commands stand at the top, whole; there they are not said again.
COMMANDS: Final = frozenset({"smoke_test", "command", "check", "run_command"})


def parts(contract: Mapping[str, JSON]) -> Iterator[str]:
    """The names of the parts of a contract in the order in which they are shown, without commands."""
    yield from (name for name in TITLES if name in contract)
    yield from (name for name in contract if name not in TITLES and name not in COMMANDS)


def title(name: str) -> str:
    """How a part is called."""
    return TITLES.get(name, words(name).capitalize())


def words(name: str) -> str:
    """A name of the code as words."""
    return name.replace("_", " ")


def said(value: JSON | Mapping[str, Any]) -> str:
    """A part of the contract in words, without what it holds of commands, and without how output is read where cases are compared instead."""
    if isinstance(value, Mapping):
        left_out = {*COMMANDS, "parse"} if value.get("cases") else COMMANDS
        return "; ".join(f"{words(name)} {said(part)}" for name, part in value.items() if part is not None and name not in left_out)
    if isinstance(value, list):
        return ", ".join(map(said, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).removesuffix(".0") if isinstance(value, float) else "; ".join(str(value).splitlines())


def plainly(name: str, value: JSON) -> JSON:
    """A part as it is shown: a network that is closed to candidates stays open to the setup command itself, and that is said."""
    if name != "setup" or not isinstance(value, dict):
        return value
    closed = "only for the setup command itself, not for the project's code" if value.get("command") else "no"
    return {**value, "network": "yes, for the project's code too" if value.get("network") else closed}
