"""What a model reads of answers, counted in about tokens: a tokenizer is no dependency worth having."""

import json
from collections.abc import Iterable
from typing import Any, Final

from mcp_server.reference import about_tokens

USUAL: Final = "/home/pat/slug"
SPARE: Final = 1.2  # what a conversation may take beyond what the contract says


def without_waits(answers: Iterable[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """The calls of a conversation but for those that wait for a job: how many they are depends on the machine."""
    return [(tool, answer) for tool, answer in answers if tool != "get_job"]


def assert_within(answers: Iterable[tuple[str, dict[str, Any]]], calls: int, limit: int) -> None:
    """The conversation takes at most so many calls, and at most SPARE times so many tokens."""
    counted = without_waits(answers)
    read = {f"{place} {tool}": round(about_tokens(_elsewhere(answer))) for place, (tool, answer) in enumerate(counted, 1)}
    assert len(counted) <= calls, list(read)
    assert sum(read.values()) <= limit * SPARE, read


def _elsewhere(answer: dict[str, Any]) -> Any:
    """The answer as it would be in a folder of usual length: those of tests are long."""
    return json.loads(json.dumps(answer).replace(json.dumps(answer["project"])[1:-1], USUAL))
