"""Which tests assert something."""

import pytest

from tools.engine.languages.python.asserting import asserting_tests


def asserts(body: str, head: str = "import pytest\n", arguments: str = "", **others: str) -> bool:
    text = f"{head}def test_it({arguments}):\n" + "\n".join(f"    {line}" for line in body.splitlines()) + "\n"
    files = {"tests/test_it.py": text, **{name.replace("__", "/") + ".py": content for name, content in others.items()}}
    return "tests/test_it.py::test_it" in asserting_tests({path: content.encode() for path, content in files.items()})


@pytest.mark.parametrize(
    "body",
    [
        "assert run() == 1", "assert result", "with pytest.raises(ValueError):\n    run()", "with pytest.warns(UserWarning):\n    run()",
        "pytest.raises(ValueError, run, 1)", "mock.assert_called_once()", "mock.assert_called_with(1)", "np.testing.assert_array_equal(run(), [1])",
        "assert_frame_equal(run(), other)", "if run():\n    pytest.fail('no')", "expect(page).to_have_title('x')", "assert not run()",
        "for case in CASES:\n    assert run(case)", "def inner():\n    assert run()\ninner()",
    ],
)  # fmt: skip
def test_an_assertion_is_seen(body: str) -> None:
    assert asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "run()", "assert True", "assert 1", "assert 1 == 1", "assert 'a' in 'abc', run()", "assert x == x", "assert_type(run(), int)",
        "with pytest.raises(ValueError):\n    raise ValueError", "if False:\n    assert run()", "while 0:\n    assert run()", "print(run())",
        "assert_equal(1, 1)", "assert_equal(x, x)", "pytest.raises(ValueError)",
    ],
)  # fmt: skip
def test_constants_dead_code_and_mere_calls_assert_nothing(body: str) -> None:
    assert not asserts(body)


def test_methods_are_named_with_their_classes() -> None:
    text = (
        b"class TestA(Base):\n    def test_one(self):\n        self.assertEqual(run(), 1)\n    def test_two(self):\n        self.assertTrue(True)\n"
        b"    def test_three(self):\n        with self.assertRaises(ValueError):\n            run()\n    def test_four(self):\n        run()\n"
    )

    assert asserting_tests({"t.py": text}) == {"t.py::TestA::test_one", "t.py::TestA::test_three"}


def test_a_helper_that_asserts_makes_its_caller_assert() -> None:
    helper = "def check(value):\n    assert value\ndef look(value):\n    check(value)\n"

    assert asserts("check(run())", head=helper)
    assert asserts("look(run())", head=helper)
    assert asserts("check(run())", head="from tests.support import check\n", tests__support=helper)
    assert asserts("support.check(run())", head="from tests import support\n", tests__support=helper)
    assert not asserts("check(run())", head="from elsewhere import other\n", tests__support=helper)


def test_a_helper_that_only_says_that_it_asserts_does_not() -> None:
    assert not asserts("assert_ok(run())", head="def assert_ok(value):\n    pass\n")


def test_a_method_that_asserts_counts_for_those_of_its_class_and_of_others_that_inherit_it() -> None:
    base = b"class Base:\n    def check(self):\n        assert self.run()\n"
    test = b"from base import Base\nclass TestA(Base):\n    def test_a(self):\n        self.check()\n    def test_b(self):\n        other.check()\n"

    assert asserting_tests({"base.py": base, "t.py": test}) == {"base.py::Base::check", "t.py::TestA::test_a"}


def test_a_fixture_that_asserts_and_a_snapshot_count() -> None:
    fixture = "import pytest\n@pytest.fixture\ndef checked():\n    yield 1\n    assert run()\n"

    assert asserts("run(checked)", arguments="checked", tests__conftest=fixture)
    assert asserts("data_regression.check(run())", arguments="data_regression")
    assert not asserts("run(other)", arguments="other", tests__conftest=fixture)


def test_hypothesis_counts_where_the_body_does_something() -> None:
    head = "from hypothesis import given\n@given(values())\n"

    assert asserts("a = run(x)\nb = run(a)\nrun(b.c)", head=head, arguments="x")
    assert not asserts("pass", head=head, arguments="x")


def test_files_that_do_not_parse_hold_no_test() -> None:
    assert asserting_tests({"t.py": b"def test_a(:", "u.py": b"def test_b():\n    assert x\n"}) == {"u.py::test_b"}
