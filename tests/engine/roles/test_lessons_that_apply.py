"""The lessons shown to a role: those nearest to its work, five at most."""

from state.lessons import Taught
from tools.engine.roles.applying import SHOWN, lessons_that_apply


def taught(experiment: int, category: str = "explore", decision: str = "keep", *files: str) -> Taught:
    fields = {"experiment": experiment, "title": "t", "category": category, "decision": decision, "lesson": "l", "files": files}
    return Taught.model_validate(fields)


def chosen(lessons: list[Taught], category: str = "", *files: str) -> list[str]:
    return [each.name for each in lessons_that_apply(lessons, category, files)]


def test_the_same_file_counts_more_than_the_same_category_and_that_more_than_a_neighbour() -> None:
    lessons = [taught(1), taught(2, "explore", "keep", "src/b.py"), taught(3, "fix"), taught(4, "explore", "keep", "src/a.py")]
    assert chosen(lessons, "fix", "src/a.py") == ["A4", "A3", "A2", "A1"]


def test_of_equally_near_lessons_the_one_decided_last_comes_first_and_a_reverted_one_before_both() -> None:
    assert chosen([taught(9), taught(8), taught(7, "explore", "revert")]) == ["A7", "A9", "A8"]


def test_no_more_lessons_are_shown_than_a_role_will_read() -> None:
    assert len(chosen([taught(number) for number in range(20, 0, -1)])) == SHOWN
