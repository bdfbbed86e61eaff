"""Resolving: which of several values of a setting counts, and where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from state.answers import one_line
from state.errors import Problem
from state.masking import mask_value
from state.settings.checking import FILE, Credential
from state.settings.file import SettingsFile
from state.settings.keys import BY_NAME, BY_VARIABLE, KEYS, Key, Kind, Plain
from state.settings.noted import noted
from state.settings.values import Unfit, meaning


class Source(StrEnum):
    """Where a value comes from, the one that wins first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    PROFILE = "profile"
    DEFAULTS = "defaults"
    BUILT_IN = "built in"


@dataclass(frozen=True)
class Given:
    """What a process was started with: its variables, its folder (None: it is gone), and its flags, by the name of the key."""

    environment: Mapping[str, str] = field(repr=False)
    directory: Path | None
    flags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """A setting as it counts; `where` names flag, variable or line."""

    key: Key
    value: Plain = field(repr=False)
    source: Source
    where: str


@dataclass(frozen=True)
class Settings:
    """All settings, resolved.

    `profile` is the one that counts, empty for none. `variables` are what may be handed to a command by name: the process's own, and below
    them the profile's; they are in no answer, log or event. `problems` are all that is wrong, those of the file and those of variables; `notes` what
    is no fault of a variable, and may surprise.
    """

    values: Mapping[str, Value]
    profile: str
    variables: Mapping[str, str] = field(repr=False)
    file: SettingsFile
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()

    def path(self, name: str) -> Path | None:
        """The path that a key of this kind holds, absolute; None where it is unset."""
        value = self._of_kind(name, Kind.PATH)
        return Path(str(value)) if value is not None else None

    def text(self, name: str) -> str:
        """The text that a key of this kind holds; empty where it is unset."""
        value = self._of_kind(name, Kind.TEXT)
        return str(value) if value is not None else ""

    def number(self, name: str) -> int | None:
        """The number that a key of this kind holds; None where it is unset."""
        value = self._of_kind(name, Kind.NUMBER)
        return value if isinstance(value, int) else None

    def items(self, name: str) -> tuple[str, ...]:
        """The list that a key of this kind holds."""
        value = self._of_kind(name, Kind.LIST)
        return value if isinstance(value, tuple) else ()

    def source(self, name: str) -> Source:
        """Where a value comes from."""
        return self.values[name].source

    def is_of_this_start(self, name: str) -> bool:
        """Whether a value was said for this process, by a flag or a variable, and not for all that the person starts."""
        return self.source(name) in (Source.FLAG, Source.ENVIRONMENT)

    def warnings(self) -> tuple[str, ...]:
        """One line where anything is wrong: the first problem, and how to see the others."""
        if not self.problems:
            return ()
        more = f" ({len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        unused = f"{FILE} is not used: " if self.file.problems else ""
        return (one_line(f"settings: {unused}{self.problems[0]}{more}; see: refactory config show", 400),)

    def _of_kind(self, name: str, kind: Kind) -> Plain:
        found = self.values[name]
        if found.key.kind is not kind:
            raise TypeError(f"{name} is a {found.key.kind}, asked for as a {kind}")
        return found.value


@dataclass(frozen=True)
class _Layer:
    """One source of values: what it holds by the name of the key, and how to name the place."""

    source: Source
    held: Mapping[str, object]
    places: Mapping[str, str]


def resolve(given: Given, file: SettingsFile) -> Settings:
    """Every setting by flag, then variable, then profile, then `[defaults]`, then what is built in.

    A value that is none of its key is a problem, and the next source counts. Of the file nothing counts where it has problems.
    """
    problems = [*file.problems]
    above = [_flags(given), _environment(given)]
    profile = _chosen(_value(BY_NAME["profile"], [*above, _defaults(file)], given.directory, []), file, problems)
    layers = [*above, _profile(file, profile), _defaults(file)]
    values = {key.name: _value(key, layers, given.directory, problems) for key in KEYS}
    held = file.content.profiles.get(profile, {})
    handed_on = {name: credential.value for name, credential in held.items() if name not in BY_VARIABLE}
    variables = MappingProxyType({**handed_on, **given.environment})
    return Settings(MappingProxyType(values), profile, variables, file, tuple(problems), noted(given.environment, given.directory))


def _value(key: Key, layers: list[_Layer], directory: Path | None, problems: list[Problem]) -> Value:
    for layer in layers:
        if key.name not in layer.held:
            continue
        where = layer.places[key.name]
        try:
            value = meaning(key, layer.held[key.name], directory)
        except Unfit as unfit:
            problems.append(Problem(where, unfit.found, key.expected))
            continue
        if isinstance(value, tuple) and key.choices:
            problems += [Problem(where, one_line(mask_value("", item), 60), key.expected) for item in value if item not in key.choices]
            value = tuple(item for item in value if item in key.choices)
        if value is not None or layer.source is Source.FLAG:
            return Value(key, value, layer.source, where)
    return Value(key, _built_in(key), Source.BUILT_IN, "built in")


def _built_in(key: Key) -> Plain:
    """The value that nobody has to set; a path below a home folder that nobody knows is unset."""
    try:
        return meaning(key, key.default, None) if isinstance(key.default, str) else key.default
    except Unfit:
        return None


def _chosen(value: Value, file: SettingsFile, problems: list[Problem]) -> str:
    """The profile that counts. One that is not there is a problem; where the file has problems it has no profiles, and that was said."""
    name = str(value.value or "")
    if name and name not in file.content.profiles:
        if not file.problems:
            known = ", ".join(sorted(file.content.profiles))
            expected = f"one of {known}" if known else f"a section [credentials.NAME] in {file.path or FILE}"
            problems.append(Problem(value.where, f"the profile {one_line(mask_value('', name), 60)}", expected))
        return ""
    return name


def _flags(given: Given) -> _Layer:
    return _Layer(Source.FLAG, given.flags, {name: f"--{name.replace('_', '-')}" for name in given.flags})


def _environment(given: Given) -> _Layer:
    held = {key.name: given.environment[key.variable] for key in KEYS if given.environment.get(key.variable)}
    return _Layer(Source.ENVIRONMENT, held, {name: BY_NAME[name].variable for name in held})


def _profile(file: SettingsFile, profile: str) -> _Layer:
    entries = dict(_own(file.content.profiles.get(profile, {})))
    places = {name: f"profile {profile}, {FILE}:{credential.line}" for name, credential in entries.items()}
    return _Layer(Source.PROFILE, {name: credential.value for name, credential in entries.items()}, places)


def _own(held: Mapping[str, Credential]) -> Iterator[tuple[str, Credential]]:
    """The variables of a profile that are settings of ours, by the name of the key."""
    for name, credential in held.items():
        if name in BY_VARIABLE:
            yield BY_VARIABLE[name].name, credential


def _defaults(file: SettingsFile) -> _Layer:
    entries = file.content.defaults
    return _Layer(
        Source.DEFAULTS, {name: entry.value for name, entry in entries.items()}, {name: f"{FILE}:{entry.line}" for name, entry in entries.items()}
    )
