"""A project with a history, in whose folder a person stands."""

from pathlib import Path

import pytest

from tests.support.kept_stores import Kept, make_kept


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A project with twenty events; nothing of whoever runs the tests."""
    made = make_kept(tmp_path)
    monkeypatch.chdir(made.repository.root)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FACTORY_REGISTRY_DIR", str(tmp_path / "registry"))
    for name in ("CLAUDECODE", "CODEX_SANDBOX", "FACTORY_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    return made
