"""The team as a whole, and what it reads."""

from pathlib import Path

import pytest

from waycount.courtyards import Courtyard
from waycount.evidence import evidence
from waycount.prompts import Prompt, read_prompt
from waycount.team import Team, answer

SQUARE = Courtyard("square", ("...", "...", "..."))


def team(words: int) -> Team:
    return Team(*(Prompt(f"{role}\n\nWords: {words}\n", words) for role in ("scout", "counter", "editor")))


def test_voices_without_words_leave_nothing_to_edit() -> None:
    given = answer(team(10), SQUARE, seed=1)
    assert (given.claims, given.final, given.words) == ((), None, 20)


def test_the_same_seed_gives_the_same_answer() -> None:
    assert answer(team(500), SQUARE, seed=7) == answer(team(500), SQUARE, seed=7)


def test_with_words_enough_both_voices_claim_something() -> None:
    assert len(answer(team(500), SQUARE, seed=3).claims) == 2


def test_what_the_editor_is_shown_is_lines_of_text() -> None:
    shown = evidence(SQUARE, (6, 6))
    assert shown
    assert all(isinstance(line, str) and "\n" not in line for line in shown)


def test_a_prompt_says_how_many_words_may_be_spent(tmp_path: Path) -> None:
    file = tmp_path / "scout.md"
    file.write_text("# Scout\n\nWords: 12\n", encoding="utf-8")
    assert read_prompt(file).words == 12


def test_a_prompt_without_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "scout.md"
    file.write_text("# Scout\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"scout\.md has no line"):
        read_prompt(file)
