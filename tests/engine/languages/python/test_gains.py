"""Which changes of a test file are plain gains, and which a person has to see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.engine.languages.python.gains import loss_in, named_tests, plugins_in, suspicion_in

BASE = '''\
"""Tests of slug."""

import os

import pytest

from slug import slug

CASES = ["a", "b"]


@pytest.fixture
def text():
    return "a b"


def helper(value):
    return value.strip()


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    assert slug(case) == case


class TestMore:
    def test_text(self, text):
        assert slug(text) == "a-b"
'''
GAINS = {
    "nothing": BASE,
    "a comment and other blanks": BASE.replace("def helper(value):\n", "# helps\n\n\ndef helper(value):\n\n"),
    "a test at the end": BASE + "\n\ndef test_new():\n    assert slug('x') == 'x'\n",
    "a test in the middle": BASE.replace("class TestMore", "def test_new():\n    assert slug('x') == 'x'\n\n\nclass TestMore"),
    "a method": BASE + "\n    def test_new(self):\n        assert slug('x') == 'x'\n",
    "a class": BASE + "\n\nclass TestNew:\n    LIMIT = 3\n\n    def test_new(self):\n        assert slug('x') == 'x'\n",
    "a fixture": BASE + "\n\n@pytest.fixture(scope='module')\ndef other():\n    return 1\n",
    "a name of an import": BASE.replace("from slug import slug", "from slug import shout, slug"),
    "imports in another order": BASE.replace("import os\n\nimport pytest\n", "import pytest\nimport os\nimport json\n"),
    "an import of a part": BASE.replace("import os\n", "import os\nimport os.path\n"),
    "a constant": BASE.replace("CASES =", "LIMIT: int = 3\nMORE = [c for c in 'ab']\nCASES ="),
    "a block for type checkers": BASE.replace(
        "CASES =", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from slug import Slug\n\nCASES ="
    ),
    "a main block": BASE + "\n\nif __name__ == '__main__':\n    pytest.main()\n",
}
LOSSES = {
    "a test deleted": (BASE.replace('    def test_text(self, text):\n        assert slug(text) == "a-b"\n', "    pass\n"), "gone or changed"),
    "an assertion changed": (BASE.replace("== case", "== case or True"), "def test_case"),
    "a test skipped": (BASE.replace("def test_case", "@pytest.mark.skip\ndef test_case"), "gone or changed"),
    "a case less": (BASE.replace('["a", "b"]', '["a"]'), "CASES"),
    "an import gone": (BASE.replace("import os\n", ""), "import os"),
    "an import of another": (BASE.replace("from slug import slug", "from slugs import slug"), "from slug import slug"),
    "a helper changed": (BASE.replace("value.strip()", "value"), "def helper"),
    "a class skipped": (BASE.replace("class TestMore", "@pytest.mark.skip\nclass TestMore"), "TestMore"),
    "a test defined once more": (BASE + "\n\ndef test_case():\n    pass\n", "binds test_case anew"),
    "a method defined once more": (BASE + "\n    def test_text(self):\n        pass\n", "binds test_text anew"),
    "a name imported over another": (BASE + "\nfrom other import slug\n", "binds slug anew"),
    "a name of the base bound by a constant": (BASE + "\nslug = str\n", "binds slug anew"),
    "a loop variable over a name": (BASE + "\nMORE = [slug := str]\n", "binds slug anew"),
    "everything imported": (BASE + "\nfrom other import *\n", "runs at import"),
    "a call": (BASE + "\npatch()\n", "runs at import"),
    "an attribute set": (BASE + "\nslug.limit = 3\n", "runs at import"),
    "a name deleted": (BASE + "\ndel test_case\n", "runs at import"),
    "a block that runs": (BASE + "\nif True:\n    CASES.clear()\n", "runs at import"),
    "a mark for the module": (BASE + "\npytestmark = pytest.mark.skip\n", "pytestmark"),
    "plugins": (BASE + "\npytest_plugins = ['other']\n", "pytest_plugins"),
    "a hook": (BASE + "\n\ndef pytest_runtest_setup(item):\n    pass\n", "pytest_runtest_setup"),
    "a set-up of the module": (BASE + "\n\ndef setup_module():\n    pass\n", "setup_module"),
    "a set-up of the class": (BASE + "\n    def setup_method(self):\n        pass\n", "setup_method"),
    "a fixture for all": (BASE + "\n\n@pytest.fixture(autouse=True)\ndef sly():\n    pass\n", "autouse"),
    "a fixture for all by other means": (BASE + "\n\n@pytest.fixture(**{'autouse': True})\ndef sly():\n    pass\n", "autouse"),
    "statements in another order": (BASE.replace('CASES = ["a", "b"]\n', "") + '\nCASES = ["a", "b"]\n', "gone or changed"),
    "no Python any more": ("def (:\n", "does not parse"),
}


@pytest.mark.parametrize("name", GAINS)
def test_a_file_that_only_gained_is_no_loss(name: str) -> None:
    assert loss_in(BASE.encode(), GAINS[name].encode(), conftest=False) is None


@pytest.mark.parametrize("name", LOSSES)
def test_whatever_could_change_the_bases_tests_is_told(name: str) -> None:
    candidate, words = LOSSES[name]

    loss = loss_in(BASE.encode(), candidate.encode(), conftest=False)

    assert loss is not None
    assert words in loss


CONFTEST = b"import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n"


@pytest.mark.parametrize(
    ("added", "held"),
    [
        (b"\n\n@pytest.fixture\ndef two():\n    return 2\n", False),
        (b"\nLIMIT = 3\n", False),
        (b"\n\ndef helper():\n    return 3\n", False),
        (b"\nSERVER = start()\n", True),
        (b"\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n", True),
        (b"\n\n@pytest.fixture(autouse=True)\ndef two():\n    return 2\n", True),
        (b"\ncollect_ignore = ['test_slug.py']\n", True),
        (b"\npytest_plugins = ['x']\n", True),
    ],
)
def test_a_conftest_may_gain_fixtures_but_nothing_that_acts_by_itself(added: bytes, held: bool) -> None:
    assert bool(loss_in(CONFTEST, CONFTEST + added, conftest=True)) == held
    assert bool(suspicion_in(CONFTEST + added, conftest=True)) == held


def test_a_new_test_file_is_plain_unless_it_loads_plugins_or_defines_hooks() -> None:
    assert plugins_in(b"import json\n\nprint(json)\n\n\ndef test_a():\n    pass\n") is None
    assert "pytest_plugins" in str(plugins_in(b"pytest_plugins = ['x']\n"))
    assert plugins_in(b"def (:\n") == "it does not parse"


def test_test_functions_are_counted_as_pytest_would_collect_them() -> None:
    source = (
        b"import unittest\n\n\ndef test_a():\n    pass\n\n\nasync def test_b():\n    pass\n\n\ndef helper():\n"
        b"    def test_inner():\n        pass\n\n\n"
        b"class TestC:\n    def test_d(self):\n        pass\n\n    def other(self):\n        pass\n\n\n"
        b"class Checks(unittest.TestCase):\n    def test_e(self):\n        pass\n\n\nclass Plain:\n    def test_f(self):\n        pass\n"
    )
    assert named_tests(source) == ["test_a", "test_b", "TestC::test_d", "Checks::test_e"]


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_without_a_traceback(content: bytes) -> None:
    loss_in(content, content, conftest=False)
    assert loss_in(BASE.encode(), content, conftest=True) is not None
    suspicion_in(content, conftest=True)
    named_tests(content)


STATEMENTS = st.lists(
    st.sampled_from(["import os", "import json", "A = 1", "def test_a():\n    assert 1", "def test_b():\n    assert 2", "class TestC:\n    x = 1"]),
    unique=True,
)


@given(STATEMENTS, STATEMENTS)
def test_a_file_that_lacks_a_statement_of_the_base_never_counts_as_a_gain(base: list[str], candidate: list[str]) -> None:
    loss = loss_in("\n\n".join(base).encode(), "\n\n".join(candidate).encode(), conftest=False)

    if set(base) - set(candidate):
        assert loss is not None
    if candidate[: len(base)] == base:
        assert loss is None
