"""Lines that tell a checker to look away."""

from tools.engine.experiment.suppressions import silenced
from tools.engine.repository.changes import ChangedLines, Hunk


def test_an_added_line_that_silences_a_checker_is_named() -> None:
    for text in (
        "import os  # noqa: F401",
        "# ruff: noqa",
        "x = f()  # type: ignore[arg-type]",
        "if x:  # pragma: no cover",
        "# pylint: disable=all",
        "f(); // eslint-disable-line no-undef",
        "/* eslint eqeqeq: off */",
        "// biome-ignore lint/suspicious/noDebugger: later",
        "// @ts-expect-error",
        "/* v8 ignore next 3 */",
        "/* node:coverage disable */",
    ):
        found = silenced({"src/a.py": ChangedLines((Hunk(1, 3, (), (text,)),), binary=False)})
        assert len(found) == 1, text
        assert found[0].startswith("src/a.py:3 silences a checker")


def test_a_line_that_only_moved_and_plain_comments_are_not_named() -> None:
    moved = Hunk(1, 1, ("    import os  # noqa: F401",), ("import os  # noqa: F401", "# a quality note: nothing to ignore"))
    assert silenced({"src/a.py": ChangedLines((moved,), binary=False)}) == ()
