"""The doctor and verify as a person calls them, answered as JSON."""

import json
from typing import Any

import pytest

from mcp_server.command_line import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """A command's exit code, and what it says as JSON."""
    code = main([*words, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert document["ok"] is (code == 0)
    return code, document


def found(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, list[dict[str, str]]]:
    """The faults by the name of their check."""
    return {check["name"]: check["wrong"] for check in asked(capsys, *(words or ("doctor",)))[1]["checks"] if check["wrong"]}


def said(capsys: pytest.CaptureFixture[str], check: str, command: str = "verify") -> str:
    """What a check says in one line; nothing where there is no such check."""
    return next((str(each["said"]) for each in asked(capsys, command)[1]["checks"] if each["name"] == check), "")
