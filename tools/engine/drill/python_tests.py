"""What a cheat's own tests in Python are made of: the module that they import, and the file in which they stand."""

from collections.abc import Callable
from pathlib import PurePosixPath

from tools.engine.drill.grounds import Grounds, NotHere


def first_module(grounds: Grounds, holds: Callable[[str], bool] = bool) -> str:
    """The first source file in Python whose text `holds` what is wanted, any text by default. Raises NotHere.

    One that lists what is public comes last: what is added to it would not be.
    """
    found = [path for path in grounds.sources if path.endswith(".py") and holds(grounds.read(path))]
    if not found:
        raise NotHere("no source file in Python has a place for it")
    return min(found, key=lambda path: "__all__" in grounds.read(path))


def imported(grounds: Grounds, path: str) -> str:
    """The name by which tests import a source file."""
    places = [PurePosixPath(grounds.at(place)).parent for place in grounds.root.source_paths]
    place = next((place for place in places if PurePosixPath(path).is_relative_to(place)), PurePosixPath())
    inner = PurePosixPath(path).relative_to(place).with_suffix("")
    return ".".join(inner.parts[:-1] if inner.name == "__init__" else inner.parts)


def test_file(grounds: Grounds, name: str) -> str:
    """The path of a new test file, such as tests/test_drill_NAME.py."""
    return f"{grounds.test_folder}test_drill_{name}.py"
