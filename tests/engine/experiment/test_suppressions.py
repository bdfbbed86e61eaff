"""Lines that tell a checker to look away."""

from tools.engine.experiment.suppressions import asking_for_the_runner, on_the_line_of_a_head, silenced
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


def test_a_product_that_asks_whether_it_is_tested_is_named() -> None:
    for text in (
        'if "PYTEST_CURRENT_TEST" in os.environ:',
        "fast = 'pytest' in sys.modules",
        "if (process.env.JEST_WORKER_ID) {",
        'if (process.env.NODE_ENV === "test") return 1;',
        "if testing.Testing() {",
        "if cfg!(test) {",
        'if "coverage" in sys.modules:',
        "strict = sys.gettrace() is not None",
        'if os.environ.get("COVERAGE_RUN"):',
    ):
        found = asking_for_the_runner({"src/a.py": ChangedLines((Hunk(1, 3, (), (text,)),), binary=False)})
        assert len(found) == 1, text
        assert found[0].startswith("src/a.py:3 asks whether it is tested")


def test_words_about_testing_are_not_questions() -> None:
    for text in ("import pytest", "# run it with pytest", '"pytest": "the runner"', "tests = load_tests()", "configure(test=True)"):
        assert asking_for_the_runner({"src/a.py": ChangedLines((Hunk(1, 3, (), (text,)),), binary=False)}) == ()


def test_a_body_on_the_line_of_its_head_is_named() -> None:
    for text in (
        "def shout(text: str) -> str: return text.upper()",
        "    async def f(self): await g()",
        ") -> int: return 1",
        "def f[T](x: T) -> T: return x",
    ):
        found = on_the_line_of_a_head({"src/a.py": ChangedLines((Hunk(1, 3, (), (text,)),), binary=False)})
        assert len(found) == 1, text


def test_heads_stubs_and_calls_are_no_bodies_on_a_head() -> None:
    for text in (
        "def f(a: int) -> int:",
        "def f(a: int) -> int: ...",
        "def f():  # why",
        "if f(x): return 1",
        "x = {f(1): 2}",
        "    for a in f(b): pass",
        ") -> int:",
    ):
        assert on_the_line_of_a_head({"src/a.py": ChangedLines((Hunk(1, 3, (), (text,)),), binary=False)}) == (), text
    assert on_the_line_of_a_head({"a.js": ChangedLines((Hunk(1, 3, (), ("def f(): return 1",)),), binary=False)}) == ()
