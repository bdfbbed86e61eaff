"""What a draft changes against the contract that was approved last: commands, patterns, numbers, line by line."""

from collections.abc import Mapping, Sequence
from typing import Any

from state.approvals import Approved
from state.model import JSON
from tools.engine.approving.parts import COMMANDS, parts, said, title, words


def changes(before: Approved, contract: Mapping[str, JSON], commands: Sequence[str], measured: Sequence[str]) -> list[str]:
    """The lines of what changed, commands first; none where everything that an approval binds is as it was approved."""
    lines = [f"+ $ {command}" for command in commands if command not in before.commands]
    lines += [f"- $ {command}" for command in before.commands if command not in commands]
    for name in parts({**before.contract, **contract}):
        lines += _differences(title(name), before.contract.get(name), contract.get(name))
    return lines + _differences("Measured", list(before.measured), list(measured))


def _differences(what: str, old: JSON, new: JSON) -> list[str]:
    """A line for each difference between two values of a part."""
    if old == new:
        return []
    if (_is_named(old) or old is None) and (_is_named(new) or new is None):
        return _differences_within(what, " ", _by_name(old), _by_name(new))
    if isinstance(old, dict) and isinstance(new, dict):
        return _differences_within(what, ", ", old, new)
    if isinstance(old, list) and isinstance(new, list):
        moved = [*(f"+ {said(each)}" for each in new if each not in old), *(f"- {said(each)}" for each in old if each not in new)]
        return [f"{what}: {', '.join(moved) or 'in another order'}"]
    if old is None:
        return [f"{what}: new: {said(new)}"]
    return [f"{what}: gone; it was {said(old)}" if new is None else f"{what}: {said(old)} -> {said(new)}"]


def _differences_within(what: str, joint: str, old: Mapping[str, JSON], new: Mapping[str, JSON]) -> list[str]:
    names = [name for name in {**old, **new} if name not in COMMANDS]
    return [line for name in names for line in _differences(f"{what}{joint}{words(name)}", old.get(name), new.get(name))]


def _is_named(value: JSON) -> bool:
    """Whether a value is a list of things with names, such as the project's evaluations."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) and "name" in each for each in value)


def _by_name(value: JSON) -> dict[str, Any]:
    items = value if isinstance(value, list) else []
    return {each["name"]: {name: part for name, part in each.items() if name != "name"} for each in items if isinstance(each, dict)}
