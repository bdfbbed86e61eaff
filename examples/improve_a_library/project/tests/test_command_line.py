import pytest

from sluglet.command_line import main


def test_each_argument_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["Hello World", "Two"]) == 0
    assert capsys.readouterr().out == "hello-world\ntwo\n"


def test_the_separator_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--separator", "_", "Hello World"]) == 0
    assert capsys.readouterr().out == "hello_world\n"


def test_a_text_without_letters_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["???"]) == 1
    assert capsys.readouterr().out == "\n"


def test_a_negative_length_is_wrong_usage() -> None:
    assert main(["--max-length=-1", "one"]) == 2
