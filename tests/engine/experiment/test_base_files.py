"""What is said of a changed file of the base's: once, with the lines that tell."""

import pytest

from tools.engine.experiment.base_files import what_changed
from tools.engine.languages.changes import BaseOwnedChange
from tools.engine.repository.changes import ChangedLines, Hunk

LOSS = BaseOwnedChange("tests/test_a.py", "changed", "gone or changed: def test_median")


@pytest.mark.parametrize(
    ("change", "hunks", "said"),
    [
        (LOSS, (Hunk(13, 12, ("", "", "def test_median():", "    pass"), ()),), "gone: def test_median (line 15 of the base)"),
        (LOSS, (Hunk(15, 15, ("    assert a",), ("", "    pass")),), "gone or changed: def test_median (line 15 of the base, 16 now)"),
        (BaseOwnedChange("setup.cfg", "configuration", "it configures"), (Hunk(0, 1, (), ("x",)),), "configuration: it configures (line 1 now)"),
        (BaseOwnedChange("tests/test_a.py", "changed"), (), "changed"),
    ],
)
def test_what_was_done_is_said_once_with_its_lines(change: BaseOwnedChange, hunks: tuple[Hunk, ...], said: str) -> None:
    assert what_changed(change, ChangedLines(hunks, binary=False)) == said
