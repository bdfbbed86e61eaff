"""Which Node runs a project: the one that it asks for, wherever version managers keep it."""

from pathlib import Path

import pytest

from tools.engine.languages.javascript.node import describe, find_node, is_version, wanted_version


def node(folder: Path, version: str, exit_code: int = 0) -> Path:
    """A program that says that it is a Node."""
    folder.mkdir(parents=True)
    (folder / "node").write_text(f"#!/bin/sh\necho v{version}\nexit {exit_code}\n")
    (folder / "node").chmod(0o755)
    return folder / "node"


def test_the_version_that_the_project_asks_for_comes_before_the_first_on_the_path(tmp_path: Path) -> None:
    first = node(tmp_path / "bin", "20.1.0")
    kept = node(tmp_path / "home/.nvm/versions/node/v22.3.0/bin", "22.3.0")

    for wanted, expected in {"": first, "20": first, "22": kept, "22.3": kept, "18": first}.items():
        found = find_node(str(tmp_path / "bin"), tmp_path / "home", wanted)
        assert found is not None
        assert found.executable == expected, wanted


def test_a_shim_that_does_not_run_is_none(tmp_path: Path) -> None:
    shim = node(tmp_path / "shims", "20.1.0", exit_code=127)
    real = node(tmp_path / "bin", "18.2.0")

    found = find_node(f"{shim.parent}:{real.parent}:relative", tmp_path / "home")

    assert describe(shim) is None
    assert found is not None
    assert (found.executable, found.version, found.numbers) == (real, "18.2.0", (18, 2, 0))
    assert not is_version(found, "20")


def test_no_node_is_none(tmp_path: Path) -> None:
    assert find_node(str(tmp_path), tmp_path) is None


@pytest.mark.parametrize(
    ("text", "version"), [("v20.11.1\n", "20.11.1"), ("20", "20"), ("lts/*", ""), ("node", ""), ("", ""), ("20.x", ""), ("18\n20\n", "18")]
)
def test_the_version_that_a_file_names(text: str, version: str) -> None:
    assert wanted_version(text) == version
