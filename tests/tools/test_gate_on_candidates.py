"""Candidates that only look better: outside scope, protected files, tests weakened; and fixes that are proven without any gain."""

from dataclasses import replace

import pytest

from tests.support.everything import events_of
from tests.support.host import Host, answers
from tests.support.repositories import git
from tests.support.states import GAIN, PROJECT, States, factory_md

SOURCE, TESTS = PROJECT["src/slug/__init__.py"], PROJECT["tests/test_slug.py"]
BUG = SOURCE.replace("return text[0]", "return text[:1]")
FIX = {"title": "Mend first of nothing", "category": "fix", "dimension": "capability_surface", "what": "x", "why": "F1"}
OWN = 'from slug import first\n\n\ndef test_first_of_nothing() -> None:\n    assert first("") == ""\n'
OWN_CHECK = "tests/test_nothing.py::test_first_of_nothing"
LAST = '\n\ndef test_first() -> None:\n    assert first("abc") == "a"\n'
FIRST = 'from slug import first\n\n\ndef test_first_moved() -> None:\n    assert first("abc") == "a"\n'

# What one candidate may break at once, and the rules that must say so, each with what they must name.
FAILS: list[tuple[dict[str, str | None], dict[str, tuple[str, ...]]]] = [
    (
        {
            **GAIN, "README.md": "# changed\n", "top.py": "x = 1\n", "factory.md": factory_md(threshold=0.0), "eval/score.py": "print(1)\n",
            "tests/test_bad.py": "def test_bad() -> None:\n    assert False\n",
            "src/slug/__init__.py": "import os\n" + SOURCE.replace(".lower()", ""),
        },
        {
            "scope": ("README.md", "top.py"), "protected": ("factory.md", "eval/score.py"),
            "tests_kept": ("test_bad", "test_lower"), "no_hygiene_fall": ("lint",),
        },
    ),
    ({**GAIN, "src/slug/__init__.py": "def broken(:\n"}, {"tests_kept": ("test_lower",)}),
]  # fmt: skip
SKIPPED = TESTS.replace("def test_blanks", '@pytest.mark.skip("later")\ndef test_blanks').replace("from slug", "import pytest\n\nfrom slug")
WITHOUT_LAST = TESTS.replace(LAST, "").replace("import first, slug", "import slug")
SPECIAL = SOURCE.replace("def slug(text: str) -> str:\n", 'def slug(text: str) -> str:\n    if text == "Käse":\n        return "kaese"\n')
CHEESE = 'from slug import slug\n\n\ndef test_cheese() -> None:\n    assert slug("Käse") == "kaese"\n'
MARKED = SOURCE + "\n\ndef marker() -> bool:\n    return True\n"
SKIPS: dict[str, str | None] = {**GAIN, "tests/test_slug.py": SKIPPED}
HOOK = "def pytest_collection_modifyitems(items: list[object]) -> None:\n    items.reverse()\n"
FIXTURE = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef patched() -> None:\n    pass\n"
# What one candidate may weaken at once, and what must be named of it.
SUSPECT: list[tuple[dict[str, str | None], tuple[str, ...]]] = [
    (
        {
            "tests/test_slug.py": TESTS.replace('assert slug("A") == "a"', "assert True"), "tests/conftest.py": HOOK,
            "tests/test_shout.py": 'from slug import shout\n\n\ndef test_shout() -> None:\n    shout("a")\n',
            "src/slug/__init__.py": SPECIAL, "tests/test_cheese.py": CHEESE,
        },
        (
            "tests/test_slug.py", "pytest_collection_modifyitems", "tests/test_shout.py::test_shout is new and asserts nothing",
            "src/slug/__init__.py:2 does something of its own for 'Käse', which stands in the candidate's test at tests/test_cheese.py:5",
        ),
    ),
    (
        {**GAIN, "tests/test_slug.py": WITHOUT_LAST, "tests/test_first.py": FIRST, "tests/conftest.py": FIXTURE},
        ("tests/test_slug.py::test_first", "tests/conftest.py"),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def held(states: States) -> States:
    """The states, with one more: an experiment that skips a test and was held for it."""
    return replace(states, recipes={**states.recipes, "held": ("begun", _hold)})


async def _hold(host: Host) -> None:
    await host.measured(SKIPS)
    answer = await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
    assert any("tests/test_slug.py::test_blanks passes on the base and is skipped here" in line for line in answer["refused"]["where"]), host.text


@pytest.mark.parametrize(("files", "rules"), FAILS)
async def test_a_candidate_that_breaks_rules_is_refused_by_each_of_them_with_its_evidence(
    states: States, files: dict[str, str | None], rules: dict[str, tuple[str, ...]]
) -> None:
    async with states.open("begun") as host:
        measured = await host.measured(files)
        assert rules.keys() <= {item["check"] for item in measured["data"]["gate"]["fail"]}
        answer = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        for check, names in rules.items():
            for named in names:
                assert any(line.startswith(f"{check}: ") and named in line for line in answer["refused"]["where"]), host.text
            preview = await host.call("check_experiment", experiment=1, check=check)
            assert [(item["name"], item["result"]) for item in preview["data"]["checks"]] == [(check, "fail")]
            assert preview["data"]["would"] == "refuse"
        assert git(host.project, "show", "--stat", "main").count("factory.md") == 2  # the title and the file of the approval's commit


@pytest.mark.parametrize(("files", "names"), SUSPECT)
async def test_weakened_tests_are_held_for_a_person_who_may_accept_them(states: States, files: dict[str, str | None], names: tuple[str, ...]) -> None:
    async with states.open("begun") as host:
        measured = await host.measured(files)
        assert measured["data"]["gate"].get("suspect"), host.text
        held = await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
        assert all(any(named in line for line in held["refused"]["where"]) for named in names), host.text
        assert (held["next"]["tool"], held["next"]["arguments"]) == ("request_approval", {"what": "held", "experiment": 1})
        assert [option["tool"] for option in held["options"]] == ["run_eval", "verdict"]
        await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
        answer = await host.call("request_approval", what="held", experiment=1)
        assert (answer["data"]["status"], answer["next"]["tool"]) == ("approved", "verdict")
        assert all(named in host.shown[0] for named in names)
        assert (await host.keep())["data"]["state"] == "landed", host.text


async def test_a_deleted_test_is_lost_or_held_but_never_lands_unseen(states: States) -> None:
    async with states.open("begun") as host:
        measured = await host.measured({**GAIN, "tests/test_slug.py": None})
        assert "tests 0 lost, 3 gone, 1 new;" in measured["summary"]
        answer = await host.keep()
        assert answer["refused"]["code"] == "GATE", host.text
        assert any(line.startswith("no_hygiene_fall: coverage") for line in answer["refused"]["where"])
        preview = await host.call("check_experiment", experiment=1, check="tests_kept")
        assert preview["data"]["checks"][0]["result"] == "suspect"
        assert "tests/test_slug.py" in str(preview["data"]["checks"][0]["evidence"])


async def test_an_existing_test_file_that_only_gained_waits_for_nobody(states: States) -> None:
    async with states.open("begun") as host:
        more = TESTS.replace("import first, slug", "import first, shout, slug") + '\n\ndef test_shout() -> None:\n    assert shout("a") == "A"\n'
        await host.measured({"tests/test_slug.py": more})
        assert (await host.keep())["data"]["state"] == "landed", host.text


@pytest.mark.parametrize("category", ["fix", "exploit"])
async def test_a_fix_lands_by_the_proof_of_its_own_tests_where_nothing_else_gained(states: States, category: str) -> None:
    async with states.open("full") as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[{**FIX, "category": category, "own_checks": [OWN_CHECK]}])
        await host.done("start_experiment", item="H1")
        measured = await host.measured({"src/slug/__init__.py": BUG, "tests/test_nothing.py": OWN})
        assert measured["data"]["own_checks"] == [{"test": OWN_CHECK, "base": "failed", "candidate": "passed"}]
        assert measured["data"]["composite"]["delta"] == 0
        answer = await host.keep()
        if category == "fix":
            assert answer["data"]["state"] == "landed", host.text
            assert f"Proven: {OWN_CHECK} failed before and passes now." in answer["data"]["for_the_person"]
        else:
            assert [line.split(":")[0] for line in answer["refused"]["where"]] == ["improved_or_proven"] * 2, host.text
            assert "own checks prove a fix alone, and this is exploit" in answer["refused"]["where"][-1]


@pytest.mark.parametrize(
    ("checks", "said"),
    [([], ("no gain",)), (["tests/test_nothing.py::test_absent", "tests/test_slug.py::test_lower"], ("absent", "base passed"))],
)
async def test_a_fix_without_a_proof_is_refused_and_told_how_its_own_tests_went(states: States, checks: list[str], said: tuple[str, ...]) -> None:
    async with states.open("full") as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[{**FIX, "own_checks": checks}])
        await host.done("start_experiment", item="H1")
        await host.measured({"src/slug/__init__.py": BUG, "tests/test_nothing.py": OWN})
        answer = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        lines = [line for line in answer["refused"]["where"] if line.startswith("improved_or_proven: ")]
        assert all(any(word in line for line in lines) for word in said), host.text


async def test_a_test_of_something_new_proves_no_fix(states: States) -> None:
    new = {
        "tests/test_called.py": "import slug\n\n\ndef test_new() -> None:\n    assert slug.marker()\n",
        "tests/test_asked.py": "import slug\n\n\ndef test_new() -> None:\n    assert hasattr(slug, 'marker')\n",
        "tests/test_imported.py": "from slug import marker\n\n\ndef test_new() -> None:\n    assert marker()\n",
    }
    async with states.open("full") as host:
        await host.done("start_cycle")
        await host.done("propose_hypotheses", hypotheses=[{**FIX, "own_checks": [f"{name}::test_new" for name in new]}])
        await host.done("start_experiment", item="H1")
        await host.measured({"src/slug/__init__.py": MARKED, **new})
        answer = await host.refused_after_writing("GATE", "verdict", experiment=1, decision="keep", reason="r")
        told = {name: "absent" if name == "tests/test_imported.py" else "absent (marker is not there)" for name in new}
        for name, said in told.items():
            assert f"improved_or_proven: own check {name}::test_new: base {said}, candidate passed" in answer["refused"]["where"], host.text
        assert any("let it call what the base has" in line for line in answer["refused"]["where"])


async def test_a_rejected_suspicion_stays_held_and_can_only_be_reverted(held: States) -> None:
    await held.put("held")
    for says, status, then in ((answers("reject"), "rejected", "verdict"), (answers("changes"), "changes", "submit_report")):
        async with held.open_here(says) as host:
            answer = await host.call("request_approval", what="held", experiment=1)
            assert (answer["data"]["status"], answer["next"]["tool"]) == (status, then), host.text
            await host.refused_after_writing("HELD", "verdict", experiment=1, decision="keep", reason="r")
    async with held.open_here() as host:
        assert (await host.call("project_status"))["at"]["waiting_for"] == "person: held experiment 1"
        assert (await host.revert())["data"]["state"] == "reverted"
    assert "experiment.approved" not in events_of(held.place)


async def test_what_was_accepted_counts_for_that_tree_alone(held: States) -> None:
    async with held.open("held") as host:
        host.edit({"src/slug/more.py": "x = 1\n"})
        await host.refused("APPROVAL_VOID", "request_approval", what="held", experiment=1)
        assert not host.shown
        host.edit({"src/slug/more.py": None})
        await host.call("request_approval", what="held", experiment=1)
        host.edit({"tests/test_slug.py": "def test_lower() -> None:\n    pass\n"})
        await host.reviewed()
        await host.done("run_eval", experiment=1)
        answer = await host.keep()
        assert answer["refused"]["code"] in ("HELD", "GATE"), host.text
