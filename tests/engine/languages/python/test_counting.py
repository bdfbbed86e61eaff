"""Which functions of Python source there are, which are public or started from outside, and which do next to nothing."""

import importlib.util
from pathlib import Path

import pytest

from tools.engine.languages.functions import Function, SourceFunctions, capability, observability
from tools.engine.languages.python.counting import count

WORK = "    return sorted(value.split(','))[0].strip() or 'x'\n"


def counted(text: str, path: str = "pkg/module.py") -> dict[str, Function]:
    return {function.name: function for function in count({path: text.encode()}).functions}


def public(files: dict[str, str]) -> set[str]:
    return {function.name for function in count({path: text.encode() for path, text in files.items()}).functions if function.public}


def test_functions_have_qualified_names_and_the_lines_of_their_statements() -> None:
    text = 'class Store:\n  def get(self):\n    """Doc."""\n    def inner():\n      return 1\n    return (\n      inner()\n    )\n'

    found = counted(text)

    assert list(found) == ["Store.get", "Store.get.inner"]
    assert (found["Store.get"].first_line, found["Store.get"].last_line) == (2, 8)
    assert found["Store.get"].statement_lines == (4, 6, 7, 8)
    assert found["Store.get.inner"].statement_lines == (5,)


def test_the_line_of_def_says_nothing_because_it_runs_at_import() -> None:
    assert counted("def one(): return open(1).read() + 1\n")["one"].statement_lines == ()


def test_public_is_what_no_underscore_hides() -> None:
    text = "def a(): ...\ndef _b(): ...\nclass C:\n  def d(self): ...\n  def _e(self): ...\n  def __len__(self): ...\nclass _F:\n  def g(self): ...\n"

    assert public({"pkg/module.py": text}) == {"a", "C.d"}


def test_functions_inside_functions_are_not_public() -> None:
    assert public({"m.py": "def a():\n    def b(): ...\n    class C:\n        def d(self): ...\n"}) == {"a"}


def test_dunder_all_decides_where_there_is_one() -> None:
    assert public({"m.py": "__all__ = ['a']\n__all__ += ['c']\ndef a(): ...\ndef b(): ...\ndef c(): ...\n"}) == {"a", "c"}


def test_a_private_module_has_what_a_public_one_re_exports() -> None:
    files = {
        "src/pkg/__init__.py": "from ._manager import Manager, run as start\nfrom pkg._more import more\n__all__ = ['Manager', 'more']\n",
        "src/pkg/_manager.py": "class Manager:\n    def add(self): ...\ndef run(): ...\n",
        "src/pkg/_more.py": "def more(): ...\ndef less(): ...\n",
        "src/other/_manager.py": "class Manager:\n    def other(self): ...\n",
    }

    assert public(files) == {"Manager.add", "more"}


def test_definitions_below_conditions_are_found() -> None:
    assert public({"m.py": "try:\n    import x\nexcept ImportError:\n    def a(): ...\nelse:\n    if x:\n        def b(): ...\n"}) == {"a", "b"}


def test_test_modules_and_conftests_are_no_source() -> None:
    assert count({"pkg/test_a.py": b"def a(): ...", "pkg/conftest.py": b"def b(): ..."}) == SourceFunctions()


def test_a_file_that_does_not_parse_is_named() -> None:
    assert count({"a.py": b"def (", "b.py": b"\0", "c.py": b"\xff\xfe"}) == SourceFunctions(unread=("a.py", "b.py", "c.py"))


def test_what_is_started_from_outside_is_an_entry_point() -> None:
    files = {
        "pyproject.toml": b"[project.scripts]\nslug = 'pkg.cli:_main'\nodd = 'nowhere'\n[project.gui-scripts]\nwindow = 'pkg:_open [extra]'\n",
        "src/pkg/__init__.py": b"def _open(): ...\n",
        "src/pkg/cli.py": b"def _main(): ...\ndef _other(): ...\nparser.set_defaults(func=_other)\n",
        "src/pkg/__main__.py": b"import sys\ndef _run(): ...\nif __name__ == '__main__':\n    sys.exit(_run())\n",
        "src/pkg/commands.py": b"@app.command('x')\ndef _x(): ...\n@cli.group\ndef _y(): ...\n@app.route\ndef _z(): ...\n",
    }

    assert count(files).entry_points == {
        ("src/pkg/__init__.py", "_open"), ("src/pkg/cli.py", "_main"), ("src/pkg/cli.py", "_other"), ("src/pkg/__main__.py", "_run"),
        ("src/pkg/commands.py", "_x"), ("src/pkg/commands.py", "_y"),
    }  # fmt: skip


def test_a_manifest_that_is_no_toml_names_no_entry_point() -> None:
    assert count({"pyproject.toml": b"[project", "m.py": b"def a(): ...\n"}).entry_points == frozenset()


@pytest.mark.parametrize(
    "body",
    [
        "pass", '"""Only words."""', "...", "raise NotImplementedError", 'raise NotImplementedError("later")', "return 1", "return value", "return",
        "return other(value, more)", "return await other(value)", "return self.inner.run(value)", "return value + 1", "return not value",
        "return 1 + 2 * 3 - 4", "x = value\n    y = x\n    return y", "return [1, 2, 3][0] if 1 < 2 < 3 else 4",
        "print('a')\n    int('1')\n    len('abc')\n    str(2)", "logger.info('a', x(1) + y(2))\n    logger.debug('b')\n    return value",
        "value + 1\n    value + 1\n    value + 1", "global x",
    ],
)  # fmt: skip
def test_what_does_next_to_nothing_is_trivial(body: str) -> None:
    assert counted(f"async def f(self, value, more):\n    {body}\n")["f"].trivial


@pytest.mark.parametrize(
    "body",
    [
        WORK.strip(), "for each in value:\n        if each:\n            return each(1)", "self.a = value\n    self.b = more\n    self.c = {}",
        "return re.sub('[^a-z]+', '-', value.lower()).strip('-')", "with open(value) as file:\n        yield file.read()",
    ],
)  # fmt: skip
def test_what_does_some_work_is_not_trivial(body: str) -> None:
    assert not counted(f"def f(self, value, more):\n    {body}\n")["f"].trivial


def test_copies_with_other_names_values_annotations_and_log_calls_have_equal_bodies() -> None:
    one = 'def one(value):\n    """Doc."""\n    parts = value.split("a")\n    return len(parts) + 1\n'
    copy = "def two(other: str) -> int:\n    log.info('here')\n    pieces: list = other.split('b')\n    return len(pieces) + 2\n"
    different = "def three(value):\n    parts = value.rsplit('a')\n    return len(parts) + 1\n"

    found = counted(one + copy.replace(": list", "") + different)

    assert found["one"].body == found["two"].body != found["three"].body


def test_the_order_of_own_names_tells_bodies_apart() -> None:
    found = counted("def one(a, b):\n    return a.x(b)\ndef two(a, b):\n    return b.x(b)\ndef three(b, a):\n    return b.x(a)\n")

    assert found["one"].body == found["three"].body != found["two"].body


@pytest.mark.parametrize(("package", "functions", "surface"), [("click", 400, 150), ("pluggy", 80, 20)])
def test_a_real_package_is_counted_whole(package: str, functions: int, surface: int) -> None:
    folder = Path(next(iter(importlib.util.find_spec(package).submodule_search_locations or ())))  # type: ignore[union-attr]  # it is installed
    source = count({path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in folder.rglob("*.py")})

    assert source.unread == ()
    assert len(source.functions) > functions
    assert surface < len(source.surface) < len(source.functions)
    assert 0.2 < capability(source, set(source.functions)).value < 0.9
    assert 0.0 < observability(source).value < 1.0
