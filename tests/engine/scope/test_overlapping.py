"""A file that is fixed and open to research at once is an error that names it, with the line and both patterns."""

from state.factory_md import parse
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.overlapping import overlaps
from tools.engine.scope.protecting import read_as_far

SHARED = "'src/a.py' and 1 more under Fixed Surfaces and, by 'src/*.py'"
FILES = TreeFiles(("data/answers/a.json", "data/notes.md", "prompts/solve.md", "src/a.py", "src/b.py"))


def text(mutable: str = "", fixed: str = "", loop: str = "") -> str:
    target = "## Research Target\n\n- objective: raise it\n- metric: rate\n- target: 0.5\n- run_command: make bench\n- result_path: out.json\n"
    parts = {"Mutable Surfaces": mutable, "Fixed Surfaces": fixed, "Outer Loop Surfaces": loop}
    sections = "".join(f"\n## {name}\n\n{content}\n" for name, content in parts.items() if content)
    return f"## Goal\n\nSlugs.\n\n## Scope\n\n- src/**\n\n## Guards\n\n- Keep it\n\n{target}{sections}"


def said(written: str) -> list[str]:
    return [str(problem) for problem in read_as_far(written, lambda: FILES)[1]]


def test_a_file_that_is_fixed_and_open_is_named_with_both_patterns_at_its_line() -> None:
    written = text(mutable="- prompts/**\n- src/*.py", fixed="- data/answers/**\n- src/**")
    line = written.split("\n").index("- src/**", written.count("\n", 0, written.index("## Fixed"))) + 1
    assert said(written) == [
        f"factory.md:{line}: found {SHARED}, under Mutable Surfaces; expected each file in one of the two: fixed, or open to research"
    ]


def test_the_surfaces_of_both_loops_are_open_too() -> None:
    for loop in ("- inner: prompts/*.md", "- inner: other/*\n- outer: prompts/*.md"):
        assert ["'prompts/solve.md' under Fixed Surfaces" in each for each in said(text(fixed="- prompts/**", loop=loop))] == [True]


def test_what_an_exception_takes_out_of_one_side_is_in_the_other_alone() -> None:
    assert said(text(mutable="- data/**\n- !data/answers/**", fixed="- withheld: data/answers/**")) == []
    assert said(text(mutable="- data/notes.md", fixed="- data/**\n- !data/notes.md")) == []


def test_patterns_that_share_no_file_of_the_tree_are_no_overlap() -> None:
    found = parse(text(mutable="- src/**", fixed="- data/**\n- src/*.json")).model_dump()
    assert overlaps(found, FILES) == []
    assert len(overlaps(found, TreeFiles((*FILES.paths, "src/gold.json")))) == 1
