"""Clocks, chance and comparisons that a candidate replaces: what is suspect in the product, and what tests may do every day."""

from pathlib import Path

import pytest

from state.measurement import Root
from tests.support.repositories import commit, make_repository
from tools.engine.evaluation.base_word import base_owned
from tools.engine.experiment.stand_ins import stand_ins
from tools.engine.languages.table import languages
from tools.engine.repository.changes import changed_lines
from tools.engine.repository.location import locate
from tools.engine.repository.objects import tree_of

RECKONED = ("what a module has", "time, under a name that is reckoned")
SOME_MODULE = ("what a module has", "one whose name is reckoned")
REPLACED = [
    ("python", "import time\n\ntime.perf_counter = lambda: 0.0\n", "a clock", "time.perf_counter", 3),
    ("python", "import time as t\nt.time = t.monotonic = fake\n", "a clock", "time.time", 2),
    ("python", '__import__("time").sleep = print\n', "a clock", "time.sleep", 1),
    ("python", 'import time\nsetattr(time, "time_ns", fake)\n', "a clock", "time.time_ns", 2),
    ("python", 'import time\nvars(time)["time"] = fake\n', "a clock", "time.time", 2),
    ("python", 'import sys\nsys.modules["time"] = fake\n', "a clock", "time", 2),
    ("python", "import datetime\ndatetime.datetime = Frozen\n", "a clock", "datetime.datetime", 2),
    ("python", "import random\nrandom.random = lambda: 0.5\n", "chance", "random.random", 2),
    ("python", "import random\nrandom.seed(4)\n", "chance", "random.seed with a constant", 2),
    ("python", "import operator\noperator.eq = lambda a, b: True\n", "a comparison", "operator.eq", 2),
    ("python", 'import sys\nsys.modules["pytest"].approx = Same\n', "a comparison", "pytest.approx", 2),
    ("python", "from unittest import TestCase\nTestCase.assertEqual = quiet\n", "a comparison", "unittest.TestCase.assertEqual", 2),
    (
        "python",
        'class A:\n    def __eq__(self, other):\n        """Yes."""\n        return True\n',
        "a comparison",
        "__eq__, which always says True",
        2,
    ),
    ("python", "class A:\n    def __ne__(self, other):\n        return False\n", "a comparison", "__ne__, which always says False", 2),
    ("python", "import time\nx, time.time = 1, fake\n", "a clock", "time.time", 2),
    ("python", "import time\n_t = time\n_t.sleep = fake\n", "a clock", "time.sleep", 3),
    ("python", 'import time as _t\nsetattr(_t, "ti" + "me", fake)\n', *RECKONED, 2),
    ("python", "import numpy.random\nnumpy.random.__dict__[name] = fake\n", "what a module has", "numpy.random, under a name that is reckoned", 2),
    ("python", "import time\nfor name in CLOCKS:\n    vars(time)[name] = fake\n", *RECKONED, 3),
    ("python", "import time\nvars(time).update(fakes)\n", *RECKONED, 2),
    ("python", "import time\nobject.__setattr__(time, name, fake)\n", *RECKONED, 2),
    ("python", "import time\ntime.__setattr__(name, fake)\n", *RECKONED, 2),
    (
        "python",
        "from unittest import TestCase\nsetattr(TestCase, name, quiet)\n",
        "what a module has",
        "unittest.TestCase, under a name that is reckoned",
        2,
    ),
    ("python", 'import sys\nsys.modules["ti" + "me"].time = fake\n', *SOME_MODULE, 2),
    ("python", 'import sys\nsys.modules["ti" + "me"] = fake\n', *SOME_MODULE, 2),
    ("python", "from importlib import import_module\nm = import_module(name)\nm.time = fake\n", *SOME_MODULE, 3),
    ("python", 'setattr(__import__("ti" + "me"), "time", fake)\n', *SOME_MODULE, 1),
    ("python", 'from clocks import now\nnow.__globals__["clock"] = fake\n', *SOME_MODULE, 2),
    ("javascript", "Date.now = () => 0;\n", "a clock", "Date.now", 1),
    ("javascript", "globalThis.performance.now = () => 0;\n", "a clock", "performance.now", 1),
    ("javascript", 'Object.defineProperty(performance, "now", { value: () => 0 });\n', "a clock", "performance.now", 1),
    ("javascript", "const x = 1;\nMath.random = () => 0.5;\n", "chance", "Math.random", 2),
    ("javascript", 'import assert from "node:assert";\nassert.equal = assert["deepEqual"] = () => {};\n', "a comparison", "assert.equal", 2),
    ("javascript", "expect.extend({ toBe: () => ({ pass: true }) });\n", "a comparison", "expect.extend", 1),
    ("javascript", "Object.is = () => true;\n", "a comparison", "Object.is", 1),
    ("javascript", "class A {\n  equals(other) {\n    return true;\n  }\n}\n", "a comparison", "equals, which always says true", 2),
]
HONEST = [
    ("python", "import time\n\nstart = time.perf_counter()\nself.time = time\n"),
    ("python", "class A:\n    def __eq__(self, other):\n        return self.x == other.x\n"),
    ("python", "import random\nrandom.seed(arguments.seed)\n"),
    ("python", "def f(:\n"),
    ("python", "class A:\n    def __init__(self, values):\n        for name in values:\n            setattr(self, name, values[name])\n"),
    ("python", "from conf import settings\nsetattr(settings, name, 1)\nvars(settings).update(values)\nvars(settings)[name] = 1\n"),
    ("python", "import os\nos.environ[name] = '1'\nos.environ.update(values)\nglobals()[name] = 1\n"),
    ("python", "import sys\nsetattr(sys.modules[__name__], name, 1)\nsys.modules[__name__ + '.x'] = sys.modules[f'{__name__}.y'] = A()\n"),
    ("python", "module = importlib.util.module_from_spec(spec)\nsys.modules[spec.name] = module\nmodule.__path__ = []\n"),
    ("python", "import sys\ndel sys.modules[name]\nmodule = sys.modules[name]\nmodule.f()\n"),
    ("javascript", "const start = Date.now();\nthis.now = start;\nlet date = new Date();\n"),
    ("javascript", "class A {\n  equals(other) {\n    return this.x === other.x;\n  }\n}\n"),
    ("javascript", "function f( {\n"),
]
EVERYDAY = [
    ("python", 'def test_a(monkeypatch):\n    monkeypatch.setattr(time, "time", lambda: 0)\n'),
    ("python", 'from unittest import mock\n\n\n@mock.patch("time.time")\ndef test_a(clock):\n    pass\n'),
    ("python", "import random\nrandom.seed(4)\n"),
    ("python", "import time\n\n\ndef test_a(monkeypatch):\n    monkeypatch.setattr(time, name, lambda: 0)\n"),
    ("javascript", 'jest.spyOn(Date, "now").mockReturnValue(0);\n'),
]
SUFFIX = {"python": "py", "javascript": "ts"}


@pytest.mark.parametrize(("language", "code", "kind", "what", "line"), REPLACED)
def test_what_is_replaced_is_named_with_its_line(language: str, code: str, kind: str, what: str, line: int) -> None:
    (found, *_) = languages()[language].replaced(f"a.{SUFFIX[language]}", code.encode())
    assert (found.kind, found.what, found.line, found.undone) == (kind, what, line, False)


@pytest.mark.parametrize(("language", "code"), HONEST)
def test_honest_code_replaces_nothing(language: str, code: str) -> None:
    assert languages()[language].replaced(f"a.{SUFFIX[language]}", code.encode()) == ()


@pytest.mark.parametrize(("language", "code"), EVERYDAY)
def test_what_tests_undo_or_leave_to_chance_is_everyday_in_tests_alone(language: str, code: str, tmp_path: Path) -> None:
    name = {"python": "test_a.py", "javascript": "a.test.ts"}[language]
    assert replaced_in(tmp_path, language, {f"tests/{name}": code}) == ()
    assert len(replaced_in(tmp_path, language, {f"src/a.{SUFFIX[language]}": code})) == 1


def test_a_line_is_told_by_its_place_and_not_where_it_only_moved(tmp_path: Path) -> None:
    clock = "import time\n\ntime.time = lambda: 0\n"
    assert replaced_in(tmp_path, "python", {"src/a.py": clock}) == ("src/a.py:3 replaces a clock: time.time",)
    assert replaced_in(tmp_path, "python", {"src/a.py": f"# moved\n{clock}"}) == ()


def replaced_in(folder: Path, language: str, files: dict[str, str]) -> tuple[str, ...]:
    """What a commit of these files replaces, in a project of one root."""
    root = folder / "project"
    if not root.exists():
        make_repository(root, {"README.md": "# a\n"})
    repository = locate(root)
    base = tree_of(repository, "HEAD")
    commit(root, files, "change")
    tree = tree_of(repository, "HEAD")
    owned = base_owned((Root(path="", language=language, source_paths=("src",)),))
    return stand_ins(repository, tree, owned, changed_lines(repository, base, tree))
