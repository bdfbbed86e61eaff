"""What Go's files say by their names and their text: whose they are, what a change of them does, and which tests they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.go import language, module_file, scanning
from tools.engine.languages.go.scanning import declarations

BASE = b"""package calc

import (
\t"fmt"
\t"testing"
)

// helper helps.
func helper(t *testing.T) { t.Helper() }

type fake struct{ a int }

func TestAdd(t *testing.T) {
\tif Add(1, 2) != 3 { // )
\t\tt.Fatal("}")
\t}
}

func ExampleAdd() {
\tfmt.Println(Add(1, 2))
\t// Output: 3
}
"""


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("calc_test.go", True), ("pkg/testdata/golden.txt", True), (".golangci.yml", True), ("tools/.golangci.toml", True),
        ("calc.go", False), ("go.mod", False), ("testing/testing.go", False), ("README.md", False),
    ],
)  # fmt: skip
def test_tests_their_data_and_the_linters_settings_are_the_bases(path: str, owned: bool) -> None:
    assert language.owns(path, ()) is owned


@pytest.mark.parametrize("path", ["go.mod", "sub/go.sum", "go.work", "vendor/modules.txt"])
def test_manifests_are_known(path: str) -> None:
    assert language.manifests(path)


def test_declarations_are_split_where_go_ends_them() -> None:
    found = declarations(BASE)
    assert found is not None
    assert [each.splitlines()[0] for each in found] == [
        "package calc", 'import "fmt"', 'import "testing"', "func helper(t *testing.T) { t.Helper() }", "type fake struct{ a int }",
        "func TestAdd(t *testing.T) {", "func ExampleAdd() {",
    ]  # fmt: skip


def test_tests_are_found_as_go_finds_them() -> None:
    more = b"package a\nfunc Testing() {}\n"
    more += b"func TestMain(m *testing.M) {}\nfunc Test_x(t *testing.T) {}\nfunc FuzzX(f *testing.F) {}\nfunc ExampleX() {}\n"
    assert scanning.test_names(BASE) == ["TestAdd", "ExampleAdd"]
    assert scanning.test_names(more) == ["Test_x", "FuzzX"]


@given(st.text())
def test_no_text_breaks_the_scanner(text: str) -> None:
    found = declarations(text.encode("utf-8", "replace"))
    assert found is None or all(found)


def kind_of(candidate: bytes, base: bytes | None = BASE) -> str:
    change = language.examine("calc_test.go", base, candidate)
    assert change is not None
    return change.kind


def test_a_test_file_that_only_gained_never_waits() -> None:
    gained = BASE.replace(b'\t"fmt"\n', b'\t"errors"\n\t"fmt"\n') + b"\nfunc TestMore(t *testing.T) { _ = errors.New }\n"
    assert kind_of(gained) == "only_gained"
    assert kind_of(BASE.replace(b"// helper helps.\n", b"// helper helps more.\n").replace(b"\n\ntype", b"\n\n\ntype")) == "only_gained"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"!= 3", b"!= 4"), (b"// Output: 3", b"// Output: 4"), (b"t.Helper()", b"t.Skip()"), (b'\t"fmt"\n', b""), (b"func TestAdd", b"func testAdd"),
    ],
)  # fmt: skip
def test_a_changed_declaration_is_seen(old: bytes, new: bytes) -> None:
    assert kind_of(BASE.replace(old, new)) == "changed"


@pytest.mark.parametrize(
    "added",
    [
        b"func TestMain(m *testing.M) {}", b"func init() { boot() }", b"func (f fake) helper() {}", b'import _ "example.com/patch"',
        b"var started = boot()", b"//go:linkname a b", b"func broken( {",
    ],
)  # fmt: skip
def test_an_addition_that_acts_on_other_tests_is_seen(added: bytes) -> None:
    assert kind_of(BASE + b"\n" + added + b"\n") == "changed"


def test_an_added_file_is_plain_unless_it_acts_on_others() -> None:
    assert kind_of(b"package calc\n\nvar update = flag.Bool(1)\n\nfunc TestNew(t *testing.T) {}\n", None) == "added_plain_test"
    assert kind_of(b"package calc\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n", None) == "changed"
    assert kind_of(b"package calc\n\nfunc init() {}\n", None) == "changed"


def test_vendored_code_that_changed_is_shown() -> None:
    assert language.tests_inside("vendor/example.com/assert/equal.go", b"a", b"b") is not None
    assert language.tests_inside("vendor/example.com/new/new.go", None, b"b") is None
    assert language.tests_inside("calc.go", b"a", b"b") is None


def test_requirements_are_the_candidates_and_replacements_the_bases() -> None:
    base = b"module example.com/calc\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n"
    newer = base.replace(b"v1.0.0", b"v1.1.0")
    assert language.mixes("go.mod")
    assert language.graft("go.mod", base, newer) == newer
    replaced = newer + b"\nreplace (\n\texample.com/a => ./fake // for now\n)\n"
    grafted = language.graft("go.mod", base, replaced)
    assert grafted is not None
    assert list(module_file.directives(grafted)) == list(module_file.directives(newer))
    assert language.graft("go.mod", base, None) == base
    assert language.graft("go.mod", None, replaced) == replaced


def test_folders_in_the_place_of_modules_are_found() -> None:
    text = b"module a\nreplace (\n\tb => ../b\n\tc v1.0.0 => c.org/c v1.1.0\n\td => /opt/d\n)\nuse ./e\n"
    assert module_file.local_folders(text) == ["./e", "../b", "/opt/d"]


def test_the_files_of_a_test_are_those_of_its_package() -> None:
    paths = ["a/a_test.go", "a/more_test.go", "a/a.go", "a/testdata/x.json", "b/b_test.go"]
    assert language.files_of_test("a/a_test.go::TestA > one", paths) == ("a/a_test.go", "a/more_test.go", "a/testdata/x.json")
