"""What a person is told of files that were left out."""

from tools.engine.repository.left_out import NAMED, LeftOut, Written, left_out_words


def test_nothing_is_said_where_nothing_is_left_out() -> None:
    assert left_out_words(Written(3, ())) == ()


def test_each_reason_names_its_first_paths_and_counts_the_others() -> None:
    many = tuple(LeftOut(f"{number}.bin", "not here", "fetch it") for number in range(NAMED + 2))
    words = left_out_words(Written(9, (*many, LeftOut("link", "leads outside"))))
    assert words[0] == "0.bin: not here (fetch it)"
    assert words[NAMED:] == ("2 more like 0.bin: not here", "link: leads outside")
