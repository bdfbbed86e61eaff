"""The table of languages: every package answers all that a language is asked."""

import inspect

import pytest

from state.errors import Refusal
from tools.engine.languages.language import Language
from tools.engine.languages.table import language_named, languages

ASKED = {name: member for name, member in vars(Language).items() if inspect.isfunction(member) and not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(languages()))
def test_a_language_answers_all_that_it_is_asked(name: str) -> None:
    for question, asked in ASKED.items():
        answer = getattr(languages()[name], question)
        wanted = list(inspect.signature(asked).parameters.values())[1:]
        assert len(inspect.signature(answer).parameters) == len(wanted), question
        assert inspect.signature(answer).return_annotation != inspect.Signature.empty, question


def test_a_language_that_is_not_here_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match="cannot measure cobol"):
        language_named("cobol")
