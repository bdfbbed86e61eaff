"""A benchmark that lies in a project is never drafted as modifiable, and the sections of research are filled in by what was seen."""

import pytest

from state.configuration import Configuration
from state.factory_md import parse, render
from state.measurement import Profile, Root
from tools.engine.discovery.draft import draft
from tools.engine.discovery.research_sections import research_sections
from tools.engine.languages.survey import Discovery

FILES = ("bench.py", "climb.py", "data/tasks.json", "data/answers.json", "tests/test_climb.py")


def seen(sources: tuple[str, ...] = ("bench.py", "climb.py"), benchmarks: tuple[str, ...] = ("bench.py",)) -> Discovery:
    profile = Profile(roots=(Root(language="python", source_paths=sources),), dimensions=(), commands=())
    return Discovery(profile, (), (), test_paths=("tests",), benchmarks=benchmarks, benchmark_files=benchmarks)


def test_a_benchmark_is_drafted_as_read_only_and_not_as_modifiable() -> None:
    drafted = draft(seen(), "Climb.", "main")
    assert drafted.modifiable == ("/climb.py", "tests/**")
    assert drafted.read_only == ("/bench.py",)


@pytest.mark.parametrize(("sources", "read_only"), [(("src",), ("bench/**",)), (("bench",), ("bench/speed.py", "bench/space.py"))])
def test_a_folder_of_benchmarks_is_read_only_as_a_whole_unless_the_code_lies_in_it(sources: tuple[str, ...], read_only: tuple[str, ...]) -> None:
    assert draft(seen(sources, ("bench/speed.py", "bench/space.py")), "Climb.", "main").read_only == read_only


@pytest.mark.parametrize(
    ("goal", "direction", "target"),
    [
        ("make the score of bench.py reach 0.8", "maximise", 0.8),
        ("reduce the loss below 0.25", "minimise", 0.25),
        ("raise accuracy", "maximise", 0.9),
    ],
)
def test_the_sections_of_research_are_read_as_they_stand_behind_the_draft(goal: str, direction: str, target: float) -> None:
    found = seen()
    drafted = draft(found, goal, "main")

    read = parse(f"{render(drafted)}\n{research_sections(drafted, found, FILES)}")

    assert read.research_target is not None
    assert (read.research_target.direction, read.research_target.target, read.research_target.run_command) == (direction, target, "python bench.py")
    assert read.mutable_surfaces == ("/climb.py",)
    assert read.fixed_surfaces == ("/bench.py", "data/**", "data/answers.json")
    assert read.withheld_surfaces == ("data/answers.json",)


def test_where_anything_may_be_modified_the_files_that_nothing_fixes_are_named() -> None:
    found = seen(sources=("bench.py",))
    configuration = Configuration.model_validate({"goal": "raise the score", "modifiable": ["**"], "guards": ["Keep the tests"]})
    assert "## Mutable Surfaces\n\n- /climb.py\n" in research_sections(configuration, found, FILES)
