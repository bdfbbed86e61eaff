"""The real process over standard streams: both eras, and everything that a careless host may send."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from mcp_server.catalogue import CATALOGUE
from tests.support.processes import plain_environment
from tests.support.repositories import make_repository
from tests.support.stdio import CONSOLE_SCRIPT, ERAS, MODERN, MODULE, Host, greeted, running_server

NAMES = [row.name for row in CATALOGUE]
NO_REQUESTS = {
    "no JSON": b"{not json",
    "empty": b"",
    "list": b"[]",
    "null": b"null",
    "no message": b'{"jsonrpc":"2.0"}',
    "no UTF-8": b"\xff\xfe\x00 broken",
    "unknown method": b'{"jsonrpc":"2.0","id":77,"method":"no/such"}',
    "deep": b"[" * 100_000,
}
LOUD = """
import os, subprocess, sys

class Loud:
    def find_spec(self, name, path=None, target=None):
        if name in ("mcp_server.serving", "mcp_server.server"):
            print("printed while", name, "is imported", flush=True)
            os.write(1, b"written to descriptor 1\\n")

sys.meta_path.insert(0, Loud())
from mcp_server import catalogue
from state.answers import Answer

def project_status(session) -> Answer:
    print("printed by a tool", flush=True)
    os.write(1, b"written by a tool\\n")
    subprocess.run(["echo", "printed by a child"], check=True)
    return Answer(summary="quiet")

catalogue.ROWS["project_status"] = catalogue.Row(project_status, "Loud", "reads")
from mcp_server.command_line import main
sys.exit(main(["serve"]))
"""


@pytest.fixture(scope="module", params=ERAS)
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server of each era that every test here asks, whatever was sent to it before."""
    folder = tmp_path_factory.mktemp("asked")
    project = make_repository(folder / "project", {"slug.py": "def slug(text: str) -> str:\n    return text.lower()\n"})
    with running_server(project, folder, era=request.param) as started:
        yield greeted(started)


def test_the_tools_are_listed_in_both_eras(host: Host) -> None:
    greeting = json.loads(host.received[0])["result"]
    assert greeting["instructions"].startswith("Software factory")
    assert "tools" in greeting["capabilities"]
    assert [tool["name"] for tool in host.request("tools/list")["result"]["tools"]] == NAMES


def test_the_module_starts_the_same_server(project: Path, home: Path) -> None:
    with running_server(project, home, MODULE, era=MODERN) as host:
        assert host.greet()["instructions"].startswith("Software factory")
        assert [tool["name"] for tool in host.request("tools/list")["result"]["tools"]] == NAMES


def test_a_call_answers_with_text_and_structure_in_both_eras(host: Host) -> None:
    result = host.request("tools/call", {"name": "project_status", "arguments": {}})["result"]
    assert result["isError"] is False
    assert result["structuredContent"]["data"]["project_state"] == "no_factory"
    assert result["structuredContent"]["project"] == str(host.log.parent / "project")
    assert result["content"][0]["text"].splitlines()[0] == result["structuredContent"]["summary"]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_the_sdk_s_own_client_is_served_in_both_eras(mode: str, project: Path, home: Path) -> None:
    parameters = StdioServerParameters(command=CONSOLE_SCRIPT[0], args=["serve"], cwd=str(project), env=plain_environment(home))
    async with Client(parameters, mode=mode) as client:
        listed = await client.list_tools()
        result = await client.call_tool("project_status", {})
        assert (client.protocol_version == MODERN) == (mode == "auto")
    assert [tool.name for tool in listed.tools] == NAMES
    assert result.structured_content is not None
    assert result.structured_content["data"]["project_state"] == "no_factory"


def test_an_unknown_tool_is_refused_with_the_names_there_are(host: Host) -> None:
    result = host.request("tools/call", {"name": "improve_everything", "arguments": {}})["result"]
    assert result["isError"] is True
    assert result["structuredContent"]["refused"]["code"] == "UNKNOWN_TOOL"
    assert "project_status" in result["content"][0]["text"]


def test_an_unknown_argument_is_refused_with_the_nearest_name(host: Host) -> None:
    refused = host.call("project_status", projekt="/")["refused"]
    assert refused["code"] == "BAD_ARGUMENTS"
    assert refused["problems"][0]["where"] == "projekt"
    assert refused["problems"][0]["nearest"] == "project"


@pytest.mark.parametrize("line", NO_REQUESTS.values(), ids=NO_REQUESTS.keys())
def test_a_line_that_is_no_request_leaves_the_server_answering(line: bytes, host: Host) -> None:
    host.send_raw(line)
    assert host.call("project_status")["data"]["project_state"] == "no_factory"


@pytest.mark.parametrize("argument", ["request", "nonsense"])
def test_an_argument_of_ten_megabytes_is_refused_in_few_words(argument: str, host: Host) -> None:
    before = len(host.received)
    refused = host.call("project_status", **{argument: "x" * 10_000_000})["refused"]
    assert host.call("project_status")["data"]["project_state"] == "no_factory"
    assert refused["code"] == "BAD_ARGUMENTS"
    assert max(len(line) for line in host.received[before:]) < 30_000


def test_calls_that_overlap_and_text_that_is_no_utf_8_are_each_answered_once(project: Path, home: Path) -> None:
    request = b'{"jsonrpc":"2.0","id":99,"method":"tools/call","params":{"name":"project_status","arguments":{"request":"\xff\xfe gut"}}}'
    with running_server(project, home) as host:
        greeted(host).send_raw(request)
        asked = [host.ask("tools/call", {"name": "project_status", "arguments": {"request": f"wish {number}"}}) for number in range(20)]
        words = [host.answer(number)["result"]["structuredContent"]["data"]["intent"]["focus"][0] for number in asked]
        broken = host.answer(99)["result"]["structuredContent"]["data"]["intent"]["focus"][0]
        host.hang_up()
        lines = host.rest()
    assert words == [f"wish {number}" for number in range(20)]
    assert broken.endswith("gut")
    assert len(lines) == 22


def test_standard_output_carries_nothing_but_the_protocol_although_modules_tools_and_children_print(project: Path, home: Path) -> None:
    script = home / "loud.py"
    script.write_text(LOUD)
    with running_server(project, home, (sys.executable, "-u", str(script))) as host:
        assert greeted(host).call("project_status")["summary"] == "quiet"
        host.hang_up()
        lines = host.rest()
    assert [json.loads(line)["jsonrpc"] for line in lines] == ["2.0", "2.0"]
    said = host.log.read_text()
    assert "printed by a tool" in said
    assert "written by a tool" in said
    assert "printed by a child" in said
