"""Which options of a test command select tests, and what pytest and coverage would take as their settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.python.arguments import configured, coverage_file, selecting, selection_of


@pytest.mark.parametrize(
    ("command", "selection"),
    [
        ("pytest", ()),
        ("pytest --tb=short -q", ()),
        ("python -m pytest tests -x -k 'fast and not slow'", ("tests", "-k", "fast and not slow")),
        ("uv run pytest -m unit tests/unit", ("-m", "unit", "tests/unit")),
        ("poetry run python3 -m pytest --ignore=tests/slow", ("--ignore=tests/slow",)),
        ("pytest --cov src --cov-report term --cov=pkg --cov-fail-under=80 tests", ("tests",)),
        ("pytest -n auto --dist loadfile -p no:randomly -p xdist --maxfail 3", ("-p", "xdist")),
        ("pytest -vv -ra -qq -n4 --durations=10 --junitxml out.xml --lf", ()),
        ("pytest --deselect tests/test_a.py::test_b -W error", ("--deselect", "tests/test_a.py::test_b", "-W", "error")),
        ("pytest # the lot", ()),
    ],
)
def test_selection_is_kept_and_reporting_is_dropped(command: str, selection: tuple[str, ...]) -> None:
    assert selection_of(command) == selection


@pytest.mark.parametrize(
    "command",
    [
        "make test",
        "tox",
        "pytest && echo done",
        "pytest | tee log",
        "cd sub; pytest",
        "pytest\nmypy",
        "python eval/score.py",
        "pytest $ARGS",
        "",
        "pytest 'open",
    ],
)
def test_anything_else_is_no_known_test_command(command: str) -> None:
    assert selection_of(command) is None


@given(st.lists(st.sampled_from(["tests", "-k", "a", "-v", "--cov", "-n", "2", "-p", "pytest_cov", "--tb=no", "-x", "--ignore=b"])))
def test_what_is_kept_is_kept_again(words: list[str]) -> None:
    once = selecting(words)

    assert selecting(once) == once
    assert set(once) <= set(words)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, (None, ())),
        ({"pyproject.toml": b"[project]\nname = 'a'\n"}, (None, ())),
        ({"pyproject.toml": b"[tool.pytest.ini_options]\naddopts = '-ra -k fast'\n"}, ("pyproject.toml", ("-ra", "-k", "fast"))),
        ({"pyproject.toml": b"[tool.pytest.ini_options]\naddopts = ['-k', 'a b']\n"}, ("pyproject.toml", ("-k", "a b"))),
        ({"pyproject.toml": b"[tool.pytest]\naddopts = ['-x']\n"}, ("pyproject.toml", ("-x",))),
        ({"pytest.ini": b"", "pyproject.toml": b"[tool.pytest.ini_options]\naddopts = '-x'\n"}, ("pytest.ini", ())),
        ({"tox.ini": b"[tox]\n", "setup.cfg": b"[tool:pytest]\naddopts =\n    -x\n    -k a\n"}, ("setup.cfg", ("-x", "-k", "a"))),
        ({"tox.ini": b"[pytest]\naddopts = -q\n", "setup.cfg": b"[tool:pytest]\n"}, ("tox.ini", ("-q",))),
        ({"pyproject.toml": b"not toml", "setup.cfg": b"no [ini"}, (None, ())),
    ],
)
def test_the_configuration_file_is_found_in_pytests_own_order(files: dict[str, bytes], found: tuple[str | None, tuple[str, ...]]) -> None:
    assert configured(files) == found


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, None),
        ({".coveragerc": b"", "pyproject.toml": b"[tool.coverage.run]\n"}, ".coveragerc"),
        ({"setup.cfg": b"[coverage:run]\nbranch = true\n"}, "setup.cfg"),
        ({"tox.ini": b"[coverage:report]\n", "setup.cfg": b"[metadata]\n"}, "tox.ini"),
        ({"pyproject.toml": b"[tool.coverage.run]\nbranch = true\n"}, "pyproject.toml"),
        ({"pyproject.toml": b"[tool.ruff]\n"}, None),
    ],
)
def test_coverages_settings_are_found_in_its_own_order(files: dict[str, bytes], name: str | None) -> None:
    assert coverage_file(files) == name
