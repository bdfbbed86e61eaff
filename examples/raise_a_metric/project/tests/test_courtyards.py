"""Courtyards that one can count by hand."""

from pathlib import Path

from waycount.courtyards import Courtyard, read_courtyards


def test_an_empty_courtyard_of_two_by_two_has_two_ways() -> None:
    assert Courtyard("small", ("..", "..")).ways() == 2


def test_a_fountain_in_the_middle_leaves_the_two_ways_around_it() -> None:
    assert Courtyard("ring", ("...", ".#.", "...")).ways() == 2


def test_a_wall_of_fountains_lets_nobody_through() -> None:
    assert Courtyard("shut", ("..", "##", "..")).ways() == 0


def test_courtyards_are_read_as_they_are_drawn(tmp_path: Path) -> None:
    file = tmp_path / "courtyards.json"
    file.write_text('[{"id": "c1", "rows": ["..", ".#"]}]', encoding="utf-8")
    assert read_courtyards(file) == [Courtyard("c1", ("..", ".#"))]
