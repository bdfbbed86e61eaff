"""Long lines of an answer's text: broken where the call in them stays one that can be copied."""

import json

from hypothesis import given
from hypothesis import strategies as some

from mcp_server.rendering import LINE, text_of

WORDS = some.text(alphabet=some.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=30)
ARGUMENTS = some.dictionaries(WORDS, some.lists(some.dictionaries(WORDS, WORDS, max_size=4), max_size=6), max_size=5)


@given(ARGUMENTS)
def test_a_long_call_is_broken_between_its_arguments(arguments: dict[str, object]) -> None:
    text = text_of({"summary": "Done.", "next": {"do": "Go on.", "tool": "submit_report", "arguments": arguments, "role": "ceo"}})
    assert all(len(line) <= LINE for line in text.splitlines())
    said = text[text.index("submit_report ") + len("submit_report ") : text.index(" as ceo: Go on.")]
    assert json.loads(said) == arguments
