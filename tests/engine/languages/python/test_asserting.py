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
        "for case in CASES:\n    assert run(case)", "def inner():\n    assert run()\ninner()", "if run() != 1:\n    raise AssertionError",
        "x = 1\nassert run(x) == x", "calls = []\nrun(calls.append)\nassert calls == [1]", "seen = {}\nseen[1] = run()\nassert seen == {1: 2}",
        "done = False\ndef end():\n    nonlocal done\n    done = True\nrun(end)\nassert done", "assert len(run()) >= 1", "assert run() is True",
        "ok = False\ntry:\n    run()\nexcept ValueError:\n    ok = True\nassert ok", "assert isinstance(run(), int)", "assert Kind(1) == Kind(1)",
        "for x in run():\n    assert x is None", "with run() as x:\n    pass\nassert x == 1", "assert all(x == 1 for x in run())",
        "assert run() or not other()", "assert re.search('a', run()) is not None", "assert getattr(run(), 'name', None) is not None",
        "@app.route\ndef inner():\n    assert run()", "try:\n    assert run()\nexcept AssertionError:\n    raise OSError from None",
        "with pytest.raises(ImportError):\n    import run", "self.assertEqual(run(), 1)", "self.assertFalse(run())", "self.assertIn(1, run())",
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
        "def inner():\n    assert run()\nrun()", "run()\nreturn\nassert run() == 1", "for x in []:\n    assert run()",
        "try:\n    assert run() == 1\nexcept Exception:\n    pass", "with suppress(AssertionError):\n    assert run() == 1",
        "with pytest.raises(ZeroDivisionError):\n    1 / 0",
    ],
)  # fmt: skip
def test_constants_dead_code_and_mere_calls_assert_nothing(body: str) -> None:
    assert not asserts(body)


@pytest.mark.parametrize(
    "body",
    [
        "assert run() is not None", "assert run() != None", "assert not (run() is None)", "assert isinstance(run(), object)",
        "x = run()\nassert x == x",
        "x = run()\nassert isinstance(x, type(x))", "x = run()\nassert x in [x, 1]", "assert len(run()) >= 0", "assert 0 <= len(run())",
        "assert len(run()) > -1", "assert len(run()) != -1", "assert True or run()", "assert run() or 1", "assert not (False and run())",
        "assert run() is not None and True", "assert run() is not None or other() is not None", "assert run() or not run()", "assert (run(), 'said')",
        "assert [run()]", "assert lambda: run()", "assert f'got {run()}'", "assert repr(run())", "assert type(run())",
        "assert (run() is not None) is True",
        "assert (run() is None) == False", "assert all(x is not None for x in run())", "assert bool(run() is not None)", "assert run() != object()",
        "self.assertIsNotNone(run())", "self.assertTrue(run() is not None)", "self.assertFalse(run() is None)",
        "self.assertIsInstance(run(), object)",
        "self.assertGreaterEqual(len(run()), 0)", "self.assertNotEqual(run(), None)", "self.assertIsNot(None, run())",
        "assert (x := run()) is not None",
    ],
)  # fmt: skip
def test_what_nearly_everything_satisfies_says_nothing(body: str) -> None:
    assert not asserts(body, head="from product import run, other\n")


@pytest.mark.parametrize(
    "body",
    [
        "run()\nassert 1 + 1 == 2", "x = 1\nrun(x)\nassert x == 1", "run()\nexpected = [1, 2]\nassert expected == [1, 2]", "run()\nassert LIMIT == 3",
        "x, = (1,)\ny = 2\nz = y + 1\nrun(x)\nassert z == 3", "for x in (1, 2):\n    run(x)\n    assert x > 0", "run()\nassert len('abc') == 3",
        "run()\nassert all(x > 0 for x in [1, 2])", "for x in range(3):\n    run(x)\n    assert x in range(3)", "run()\nassert run",
        "product.run()\nassert product.run", "run()\nself.assertEqual(LIMIT, 3)", "run()\nx = 'a'\nself.assertTrue(x)",
    ],
)  # fmt: skip
def test_what_a_test_wrote_down_itself_says_nothing_of_what_ran(body: str) -> None:
    assert not asserts(body, head="import product\nfrom product import run\nLIMIT = 3\n")


def test_a_helper_that_says_nothing_makes_nobody_assert() -> None:
    assert not asserts("check(run())", head="def check(value):\n    assert value is not None\n")


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
    assert asserts("verify = check\nverify(run())", head=helper)
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
    assert asserts("return draw()", head="import pytest\n@pytest.mark.mpl_image_compare\n")


def test_hypothesis_counts_where_the_body_does_something() -> None:
    head = "from hypothesis import given\n@given(values())\n"

    assert asserts("a = run(x)\nb = run(a)\nrun(b.c)", head=head, arguments="x")
    assert not asserts("pass", head=head, arguments="x")


def test_files_that_do_not_parse_hold_no_test() -> None:
    assert asserting_tests({"t.py": b"def test_a(:", "u.py": b"def test_b():\n    assert x\n"}) == {"u.py::test_b"}
