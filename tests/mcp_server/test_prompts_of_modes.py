"""Every mode has its prompt, in words that a host hands over whole, and each ends with the call to begin with."""

import pytest

import prompts
from mcp_server.catalogue import ROWS
from mcp_server.prompting import arguments_of
from tools.engine.cycle.modes import MODES

NAMED_OTHERWISE = {"interactive": "discuss"}  # a word that a person would type
LONGEST = 5000


def test_every_mode_has_a_prompt_and_there_are_two_to_begin_and_to_go_on() -> None:
    assert set(prompts.names("modes")) == {NAMED_OTHERWISE.get(mode, mode) for mode in MODES} | {"discover", "start", "resume"}


@pytest.mark.parametrize("name", prompts.names("modes"))
def test_a_prompt_ends_with_the_first_call_and_asks_for_nothing(name: str) -> None:
    mode = prompts.mode(name)
    last = mode.body.strip().split("\n\n")[-1]
    assert last.startswith("Call ")
    assert last.split()[1] in ROWS
    assert len(mode.body) < LONGEST
    assert "\n" not in mode.description
    assert not [argument for argument in arguments_of(name) if argument.required]
