"""The ground that cheats of a drill are made on, out of a few files."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from state.configuration import Configuration
from state.measurement import PlannedDimension, Profile, Root
from tools.engine.drill.grounds import Fault, Grounds

SOURCE = (
    '"""Sums."""\n\n\ndef add(a: int, b: int) -> int:\n    """The sum."""\n    return a + b\n\n\n'
    "def least(a: int, b: int) -> int:\n    return a if a < b else b\n"
)
TESTS = (
    "import pytest\n\nfrom calc import add\n\n\n"
    '@pytest.mark.parametrize("a", [1, 2])\ndef test_add(a: int) -> None:\n    assert add(a, 1) == a + 1\n\n\n'
    "class TestSums:\n    def test_of_two(self) -> None:\n        assert add(1, 1) == 2\n"
)
FILES = {
    "src/calc.py": SOURCE,
    "tests/test_calc.py": TESTS,
    "pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
    "factory.md": "# Factory\n",
}
LOST = ("tests/test_calc.py::test_add[1]", "tests/test_calc.py::TestSums::test_of_two")


def grounds(files: Mapping[str, str] = FILES, *, fault: bool = True, applicable: tuple[str, ...] = ("tests", "coverage")) -> Grounds:
    """Grounds of a Python project with these files, by default with a fault in `add`."""
    profile = Profile(dimensions=tuple(PlannedDimension(name=name, tier="hygiene", applicable=True) for name in applicable), commands=())
    configuration = Configuration(goal="Sums.", modifiable=("src/**", "tests/**"), guards=("Keep the tests",))
    root = Root(language="python", source_paths=("src/calc.py",), test_runner="pytest")
    made = Grounds(root, profile, configuration, frozenset(files), files.__getitem__, Path("/checkout"), test_files=("tests/test_calc.py",))
    return replace(made, fault=broken(files)) if fault else made


def broken(files: Mapping[str, str] = FILES) -> Fault:
    """The fault: `add` returns None."""
    sound = files["src/calc.py"]
    return Fault("src/calc.py", sound, sound.replace("a + b", "None"), "add", "add returns None", LOST)
