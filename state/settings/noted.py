"""Variables that are no fault, and yet not what somebody may think: a name that nothing reads, a folder that depends on where one stands."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from state.answers import one_line
from state.masking import mask_value
from state.nearest import nearest
from state.settings.keys import BY_VARIABLE

PREFIX: Final = "FACTORY_"
REGISTRY: Final = "FACTORY_REGISTRY_DIR"
NEAR: Final = 0.75  # of 1, by difflib: other programs have variables that begin so too


def noted(environment: Mapping[str, str], directory: Path | None) -> tuple[str, ...]:
    """What there is to say of the variables, a line each; no values."""
    return (*_misspelt(environment), *_movable(environment, directory))


def _misspelt(environment: Mapping[str, str]) -> Iterator[str]:
    rests = {name.removeprefix(PREFIX): name for name in BY_VARIABLE}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in BY_VARIABLE and environment[name]:
            near = nearest(name.removeprefix(PREFIX), rests, NEAR)
            if near:
                yield f"{one_line(mask_value('', name), 60)} is set, and nothing reads it; did you mean {rests[near]}?"


def _movable(environment: Mapping[str, str], directory: Path | None) -> Iterator[str]:
    given = environment.get(REGISTRY, "").strip()
    if given and directory and not given.startswith("~") and not Path(given).is_absolute():
        yield f"{REGISTRY} is relative, and taken from {one_line(str(directory), 400)}: from elsewhere it is another folder; give an absolute path"
