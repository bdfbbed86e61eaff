"""What the settings file may hold: its sections, keys and credentials, each value of its kind; every problem with its line."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NoReturn

from state.answers import one_line
from state.errors import Problem
from state.masking import mask_value
from state.nearest import nearest
from state.settings.keys import BY_NAME, BY_VARIABLE, Key, Plain
from state.settings.statements import Leaf
from state.settings.values import LONGEST, Unfit, meaning, type_in_words
from state.variable_names import refused_name

FILE: Final = "config.toml"
PROFILE_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+", re.ASCII)
SECTIONS: Final = "[defaults] or [credentials.NAME]"


@dataclass(frozen=True)
class Entry:
    """A value of `[defaults]`, and the line that it stands on."""

    value: Plain = field(repr=False)
    line: int


@dataclass(frozen=True)
class Credential:
    """A variable of a profile, as text, and the line that it stands on."""

    value: str = field(repr=False)
    line: int


@dataclass(frozen=True)
class Content:
    """What a faultless file holds."""

    defaults: Mapping[str, Entry] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, Credential]] = field(default_factory=dict, repr=False)


def checked(found: Iterable[Leaf]) -> tuple[Content, list[Problem]]:
    """The content of the file, and all that is wrong with it."""
    defaults: dict[str, Entry] = {}
    profiles: dict[str, dict[str, Credential]] = {}
    problems: list[Problem] = []
    for leaf in found:
        try:
            match leaf.path[0]:
                case "defaults":
                    defaults |= _default(leaf)
                case "credentials":
                    _credential(leaf, profiles)
                case _:
                    _refuse_section(leaf)
        except _Wrong as wrong:
            problem = Problem(f"{FILE}:{leaf.line}", wrong.found, wrong.expected, wrong.nearest)
            if not wrong.once or not any(wrong.found == said.found for said in problems):
                problems.append(problem)
    problems += _of_the_chosen_profile(defaults, profiles)
    return Content(MappingProxyType(defaults), MappingProxyType({name: MappingProxyType(held) for name, held in profiles.items()})), problems


class _Wrong(Exception):  # noqa: N818 - a finding on the way to a Problem, which has its line
    """What is wrong with one value; `once`: with its whole section, which is said once."""

    def __init__(self, found: str, expected: str, nearest: str = "", *, once: bool = False) -> None:
        super().__init__(found)
        self.found, self.expected, self.nearest, self.once = found, expected, nearest, once


def _refuse_section(leaf: Leaf) -> NoReturn:
    kind = "section" if isinstance(leaf.value, dict) or len(leaf.path) > 1 else "key"
    raise _Wrong(f"an unknown {kind} {_named(leaf.path[0])} at the top", SECTIONS, _nearest_section(leaf), once=True)


def _default(leaf: Leaf) -> dict[str, Entry]:
    if leaf.path == ("defaults",):
        _require_section(leaf)
        return {}
    name = leaf.path[1]
    key = BY_NAME.get(name)
    if key is None:
        raise _unknown_key(name)
    if len(leaf.path) > 2 or isinstance(leaf.value, dict):
        raise _Wrong(f"{name} as a section", key.expected)
    if key.not_in_file:
        raise _Wrong(f"{name}, which the file may not hold", key.not_in_file)
    value = _fitting(key, leaf.value)
    return {name: Entry(value, leaf.line)} if value is not None else {}


def _credential(leaf: Leaf, profiles: dict[str, dict[str, Credential]]) -> None:
    if len(leaf.path) == 1:
        _require_section(leaf)
        return
    profile = leaf.path[1]
    if not PROFILE_NAME.fullmatch(profile):
        raise _Wrong(f"the profile name {_named(profile)}", "letters, digits, _ and -", once=True)
    if len(leaf.path) == 2:
        _require_section(leaf)
        profiles.setdefault(profile, {})
        return
    name = leaf.path[2]
    _require_credential_name(name)
    if len(leaf.path) > 3 or not isinstance(leaf.value, str):
        found = "a section" if len(leaf.path) > 3 else type_in_words(leaf.value)
        raise _Wrong(f"{name} as {found}", 'a text in quotes, such as "1"')
    if "\0" in leaf.value or len(leaf.value) > LONGEST:
        raise _Wrong(f"{name} with a value that no variable can have", f"at most {LONGEST} characters, none of them NUL")
    if name in BY_VARIABLE:
        _require_key_of_a_profile(BY_VARIABLE[name], leaf.value)
    profiles.setdefault(profile, {})[name] = Credential(leaf.value, leaf.line)


def _require_section(leaf: Leaf) -> None:
    if not isinstance(leaf.value, dict):
        raise _Wrong(f"{leaf.path[-1]} as {type_in_words(leaf.value)}", f"a section: {SECTIONS}")


def _require_credential_name(name: str) -> None:
    reason = refused_name(name)
    if reason is not None:
        capitals = name.upper() if refused_name(name.upper()) is None else ""
        raise _Wrong(f"the variable {_named(name)}", f"a name that may be handed on; this one may not, because {reason}", capitals)
    if name.startswith("FACTORY_") and name not in BY_VARIABLE:
        raise _Wrong(f"the variable {_named(name)}", "a variable of the table: refactory config show", nearest(name, BY_VARIABLE))


def _require_key_of_a_profile(key: Key, value: str) -> None:
    """One of our own variables within a profile: as if it were set, but for those that choose the profile, the file, or approve."""
    if key.not_in_file:
        raise _Wrong(f"{key.variable}, which the file may not hold", key.not_in_file)
    if key.name in ("profile", "registry_dir"):
        raise _Wrong(f"{key.variable} within a profile", f"{key.name} in [defaults], or the variable")
    _fitting(key, value)


def _fitting(key: Key, raw: object) -> Plain:
    try:
        value = meaning(key, raw, None)
    except Unfit as unfit:
        meant = nearest(raw, key.choices) if isinstance(raw, str) else ""
        raise _Wrong(f"{key.name} = {unfit.found}", key.expected, meant) from None  # the value stays out of tracebacks
    if isinstance(value, tuple) and key.choices and not set(value) <= set(key.choices):
        raise _Wrong(f"{key.name} = {', '.join(sorted(set(value) - set(key.choices)))}", key.expected)
    return value


def _of_the_chosen_profile(defaults: Mapping[str, Entry], profiles: Mapping[str, object]) -> list[Problem]:
    chosen = defaults.get("profile")
    if chosen is None or chosen.value in profiles:
        return []
    expected = f"one of {', '.join(sorted(profiles))}" if profiles else "a section [credentials.NAME] of this name"
    return [Problem(f"{FILE}:{chosen.line}", f"profile = {_named(str(chosen.value))}", expected, nearest(str(chosen.value), profiles))]


def _unknown_key(name: str) -> _Wrong:
    if name in BY_VARIABLE:
        return _Wrong(f"the variable {name}", f"the key {BY_VARIABLE[name].name}", BY_VARIABLE[name].name)
    return _Wrong(f"an unknown key {_named(name)}", "a key of the table: refactory config show", nearest(name, BY_NAME))


def _nearest_section(leaf: Leaf) -> str:
    name = leaf.path[0]
    if name in BY_NAME or name in BY_VARIABLE:
        return f"{BY_VARIABLE[name].name if name in BY_VARIABLE else name} below [defaults]"
    return nearest(name, ("defaults", "credentials"))


def _named(name: str) -> str:
    """A name out of the file as it is shown: somebody may have written a secret in its place."""
    return one_line(mask_value("", name), 60) or "without a name"
