"""What stays out of a pull request, by patterns."""

from hypothesis import given
from hypothesis import strategies as some

from state.configuration import CleanPullRequest
from state.patterns import Patterns
from tools.engine.publishing.stripping import DEFAULTS, NOT_INCLUDED, OWN, Clean, Rules, rules
from tools.engine.scope.files import TreeFiles

PATTERNS = ("src/**", "*.txt", "benchmarks/**", "eval/", "docs/a.md", "tests/**")
PATHS = (
    "src/a.py", "benchmarks/b.py", "benchmarks/keep.txt", "eval/score.py", "tests/eval_a.py", "tests/deep/eval_b.py", "tests/test_a.py", "notes.txt",
    ".factory/config.json", "docs/a.md", "src/.factory/x", "odd\nname.txt",
)  # fmt: skip
LISTS = some.lists(some.sampled_from(PATTERNS), max_size=3, unique=True).map(tuple)
CHOICES: tuple[Clean, ...] = ("auto", "yes", "no")
EMPTY = TreeFiles(())


def configured(include: tuple[str, ...] = (), exclude: tuple[str, ...] = (), *, on: bool = True) -> CleanPullRequest:
    return CleanPullRequest(clean_pr=on, clean_pr_include=include, clean_pr_exclude=exclude)


def stripped(found: Rules, *paths: str) -> list[str]:
    return [path for path in paths if found.strips(path) is not None]


def test_the_defaults_take_what_the_factory_makes_for_itself() -> None:
    found = rules(None, "yes", EMPTY)
    assert stripped(found, *PATHS) == [
        "benchmarks/b.py", "benchmarks/keep.txt", "eval/score.py", "tests/eval_a.py", "tests/deep/eval_b.py", ".factory/config.json"
    ]  # fmt: skip
    assert found.strips("tests/deep/eval_b.py") == "tests/**/eval_*"


def test_a_default_that_means_files_of_the_project_itself_is_not_applied() -> None:
    found = rules(None, "yes", TreeFiles(("benchmarks/theirs.py", "src/a.py")))
    assert found.strips("benchmarks/b.py") is None
    assert found.strips("eval/score.py") == "eval/score.py"


def test_the_factorys_folder_goes_out_whatever_is_said() -> None:
    found = rules(configured(include=(".factory/**",)), "yes", TreeFiles((".factory/theirs",)))
    assert found.strips(".factory/config.json") == OWN


def test_what_is_excluded_goes_out_though_it_is_included() -> None:
    found = rules(configured(include=("src/**",), exclude=("src/internal/**",)), "auto", EMPTY)
    assert stripped(found, "src/a.py", "src/internal/b.py", "README.md") == ["src/internal/b.py", "README.md"]
    assert found.strips("README.md") == NOT_INCLUDED


def test_an_exception_takes_files_out_of_the_persons_own_patterns_and_not_out_of_the_defaults() -> None:
    found = rules(configured(exclude=("docs/**", "!docs/a.md", "!benchmarks/b.py")), "auto", EMPTY)
    assert stripped(found, "docs/a.md", "docs/b.md", "benchmarks/b.py") == ["docs/b.md", "benchmarks/b.py"]


@given(asked=some.sampled_from(CHOICES), on=some.none() | some.booleans(), include=LISTS, exclude=LISTS, path=some.sampled_from(PATHS))
def test_what_is_asked_for_wins_over_the_configuration_and_that_over_the_default_and_exclude_over_include(
    asked: Clean, on: bool | None, include: tuple[str, ...], exclude: tuple[str, ...], path: str
) -> None:
    configuration = None if on is None else configured(include, exclude, on=on)
    found = rules(configuration, asked, EMPTY)
    is_clean = {"yes": True, "no": False, "auto": bool(on)}[asked]
    lists = (include, exclude) if on is not None else ((), ())
    out = (
        path.startswith(".factory/")
        or any(Patterns(each).matches(path) for each in (DEFAULTS, lists[1]))
        or (bool(lists[0]) and not Patterns(lists[0]).matches(path))
    )
    assert (found.strips(path) is not None) is (is_clean and out)
