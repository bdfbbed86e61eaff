"""Names of variables that carry facts are taken; those that would put other code in place of a command are not, each with its reason."""

import pytest

from state.variable_names import refused_name


@pytest.mark.parametrize(
    "name", ["API_KEY", "GH_TOKEN", "DATABASE_URL", "_X", "A1", "PYTHONHASHSEED", "PATHS", "FACTORY_RUNNER", "CLAUDE_CODE_USE_VERTEX"]
)
def test_a_variable_that_carries_a_fact_may_be_handed_on(name: str) -> None:
    assert refused_name(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("PATH", "programs"), ("LD_PRELOAD", "programs"), ("LD_LIBRARY_PATH", "programs"), ("DYLD_INSERT_LIBRARIES", "programs"), ("HOME", "files"),
        ("PYTHONPATH", "interpreter"), ("PYTHONHOME", "interpreter"), ("PYTHONSTARTUP", "interpreter"), ("NODE_OPTIONS", "interpreter"),
        ("PYTEST_ADDOPTS", "interpreter"), ("BASH_ENV", "shell"), ("ENV", "shell"), ("IFS", "shell"), ("BASH_FUNC_X", "shell"),
        ("GIT_DIR", "repository"), ("GIT_SSH_COMMAND", "repository"),
    ],
)  # fmt: skip
def test_a_variable_that_changes_what_runs_is_refused_with_the_reason(name: str, reason: str) -> None:
    assert reason in (refused_name(name) or "")


@pytest.mark.parametrize("name", ["", "a", "Path", "1A", "A-B", "A B", "A=B", "A\n", "Ä", "$A", "BASH_FUNC_x%%"])
def test_what_is_no_name_of_a_variable_is_refused(name: str) -> None:
    assert "capital letters" in (refused_name(name) or "")


def test_a_name_without_end_is_refused() -> None:
    assert refused_name("A" * 128) is None
    assert "longer" in (refused_name("A" * 129) or "")
