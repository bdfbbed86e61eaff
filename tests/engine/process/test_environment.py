"""The environment of child processes."""

from pathlib import Path

import pytest

from tools.engine.process import child_environment, run_quick


def test_a_child_sees_nothing_but_what_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "FACTORY_AUTO_APPROVE", "GITHUB_TOKEN", "CI"):
        monkeypatch.setenv(name, "of the server")
    environment = child_environment(home=tmp_path, temporary=tmp_path / "t", path=["/opt/tool/bin"], extra={"NAME": "value"})
    printed = run_quick(["env"], directory=tmp_path, environment=environment).stdout.decode()
    assert dict(line.split("=", 1) for line in printed.splitlines()) == {
        "PATH": "/opt/tool/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "t"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "NAME": "value",
    }


def test_what_is_handed_on_by_name_wins_over_the_default(tmp_path: Path) -> None:
    assert child_environment(home=tmp_path, temporary=tmp_path, extra={"LANG": "de_DE.UTF-8"})["LANG"] == "de_DE.UTF-8"


@pytest.mark.parametrize("folder", ["bin", "", ".", "/opt/a:/opt/b"])
def test_a_search_path_that_could_lead_into_the_measured_tree_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(ValueError, match="PATH takes absolute folders"):
        child_environment(home=tmp_path, temporary=tmp_path, path=[folder])
