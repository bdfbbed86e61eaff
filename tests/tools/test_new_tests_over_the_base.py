"""New tests against the base: what fails there proves the change, what passes there describes what was there, and what only moved is not new."""

from tests.support.states import PROJECT, States

TESTS = PROJECT["tests/test_slug.py"]
LAST = '\n\ndef test_first() -> None:\n    assert first("abc") == "a"\n'
NEITHER = {"title": "Answer nothing", "category": "fix", "dimension": "none", "what": "x", "why": "W1", "characterises": ["tests/test_shout.py"]}
CHANGE: dict[str, str | None] = {
    "src/slug/__init__.py": PROJECT["src/slug/__init__.py"].replace("return text[0]", "return text[:1]"),
    "tests/conftest.py": 'import pytest\n\n\n@pytest.fixture\ndef nothing() -> str:\n    return ""\n',
    "tests/test_nothing.py": (
        "from slug import first, slug\n\n\ndef test_first_of_nothing(nothing: str) -> None:\n    assert first(nothing) == nothing\n\n\n"
        "def test_slug_of_nothing(nothing: str) -> None:\n    assert slug(nothing) == nothing\n"
    ),
    "tests/test_shout.py": 'from slug import shout\n\n\ndef test_shout() -> None:\n    assert shout("a") == "A"\n',
    "tests/test_slug.py": TESTS.replace(LAST, "").replace("import first, slug", "import slug"),
    "tests/test_first.py": f"from slug import first\n{LAST}",
}
UNDECLARED = "tests/test_nothing.py::test_slug_of_nothing"


async def test_new_tests_are_told_apart_by_what_they_do_without_the_change(states: States) -> None:
    async with states.open("approved") as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[NEITHER])
        await host.done("start_experiment", item="H1")
        tests = (await host.measured(CHANGE))["data"]["tests"]
        assert tests["new"] == 4
        assert tests["characterising"] == [UNDECLARED, "tests/test_shout.py::test_shout"]
        assert tests["undeclared"] == [UNDECLARED]
        assert tests["renamed"] == ["tests/test_slug.py::test_first -> tests/test_first.py::test_first"]
        assert tests["gone"] == ["tests/test_slug.py::test_first"]
        kept = (await host.done("check_experiment", experiment=1, check="tests_kept"))["data"]["checks"][0]
        assert f"{UNDECLARED} passes on the base too, which the hypothesis does not announce: it proves nothing" in kept["evidence"]
        assert not any("is gone here" in line for line in kept["evidence"])
        brief = (await host.done("get_role", role="reviewer", experiment=1))["data"]["brief"]
        assert f"{UNDECLARED} passes on the base too" in brief


FIX = {
    "title": "Mend first of nothing",
    "category": "fix",
    "dimension": "none",
    "what": "x",
    "why": "F1",
    "own_checks": ["tests/test_fix.py::test_fix"],
}
MENDED: dict[str, str | None] = {
    "src/slug/__init__.py": PROJECT["src/slug/__init__.py"].replace("return text[0]", "return text[:1]") + "\n\ndef more() -> str:\n    return 'x'\n",
    "tests/test_fix.py": 'from slug import first\n\n\ndef test_fix() -> None:\n    assert first("") == ""\n',
    "tests/test_more.py": (
        "import os\n\nimport slug\n\nif not hasattr(slug, 'more'):\n    os._exit(3)\n\n\ndef test_more() -> None:\n    assert slug.more() == 'x'\n"
    ),
}


async def test_an_own_check_is_seen_on_the_base_though_another_new_test_ends_the_run_there(states: States) -> None:
    async with states.open("approved") as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[FIX])
        await host.done("start_experiment", item="H1")
        measured = await host.measured(MENDED)
        assert measured["data"]["own_checks"] == [{"test": "tests/test_fix.py::test_fix", "base": "failed", "candidate": "passed"}], host.text
