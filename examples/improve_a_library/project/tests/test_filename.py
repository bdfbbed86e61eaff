from sluglet import safe_filename
from sluglet.filename import split_extension


def test_the_extension_is_kept_in_lower_case() -> None:
    assert safe_filename("Quarterly Report (final).PDF") == "quarterly-report-final.pdf"


def test_a_name_without_extension_is_a_slug() -> None:
    assert safe_filename("Read me") == "read-me"


def test_a_name_without_letters_is_unnamed() -> None:
    assert safe_filename("???.txt") == "unnamed.txt"


def test_dots_within_the_name_are_replaced() -> None:
    assert safe_filename("notes.2024.txt") == "notes-2024.txt"


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert safe_filename("one two three.txt", max_length=11) == "one-two.txt"


def test_a_hidden_file_has_no_extension() -> None:
    assert split_extension(".profile") == (".profile", "")
