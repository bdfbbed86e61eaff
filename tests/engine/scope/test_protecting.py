"""A pattern that protects and matches no file is an error, by line, together with everything else that is wrong."""

import pytest

from state.errors import Problem, Refusal
from state.factory_md import values_as_read
from tools.engine.scope.files import TreeFiles
from tools.engine.scope.protecting import idle_problems, idle_protections, read_with_tree

FILES = TreeFiles(("docs/index.md", "src/a.py"))


def idle(written: str, files: TreeFiles) -> tuple[Problem, ...]:
    return idle_problems(written, idle_protections(values_as_read(written), files), files)


def text(read_only: str = "", modifiable: str = "- src/**", guards: str = "## Guards") -> str:
    protected = f"\n### Read-only\n\n{read_only}\n" if read_only else ""
    return f"## Goal\n\nSlugs.\n\n## Scope\n\n### Modifiable\n\n{modifiable}\n{protected}\n{guards}\n\n- Keep it\n"


def test_a_pattern_that_matches_is_no_problem() -> None:
    assert idle(text("- docs/**"), FILES) == ()
    assert read_with_tree(text("- docs/**"), FILES).read_only == ("docs/**",)


def test_an_idle_protection_names_its_line_and_the_nearest_path() -> None:
    (problem,) = idle(text("- docs/index.md\n- doc/**"), FILES)
    assert str(problem) == (
        "factory.md:14: found 'doc/**' under Read-only, which matches no committed file; expected a pattern that matches a committed file, "
        "as this one protects nothing; a file that is not committed yet does not count; did you mean docs/**?"
    )


def test_what_may_be_changed_may_be_new_and_an_exception_protects_nothing() -> None:
    assert idle(text("- docs/**\n- !docs/new.md", "- src/**\n- new/**"), FILES) == ()


def test_a_tree_without_files_tells_nothing() -> None:
    assert idle(text("- docs/**"), TreeFiles(())) == ()


def test_all_problems_come_at_once_in_the_order_of_their_lines() -> None:
    with pytest.raises(Refusal) as refused:
        read_with_tree(text("- doc/**\n- /abs/olute", guards="## Gards"), FILES)
    assert refused.value.code == "BAD_CONFIG"
    lines = [problem.where for problem in refused.value.problems]
    assert lines == sorted(lines, key=lambda where: int(where.rpartition(":")[2]))
    said = " ".join(map(str, refused.value.problems))
    assert all(word in said for word in ("Gards", "doc/**", "olute"))
    assert refused.value.where == tuple(lines)


def test_the_parsers_problems_stand_alone_where_the_tree_has_none() -> None:
    with pytest.raises(Refusal) as refused:
        read_with_tree(text("- docs/**", guards="## Gards"), FILES)
    assert all("matches no file" not in str(problem) for problem in refused.value.problems)


def test_of_very_many_idle_protections_each_is_named_and_the_first_have_a_hint() -> None:
    found = idle(text("\n".join(f"- docs/page_{number}.md" for number in range(100))), FILES)
    assert len(found) == 100
    assert sum(bool(problem.nearest) for problem in found) == 20
