"""What a start imports: nothing heavy before it is needed, so that a host has its tools within a second."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.processes import plain_environment
from tests.support.stdio import greeted, running_server

# Each costs a noticeable part of a start, and none is needed to list the tools.
HEAVY = {"git", "sqlite3", "markdown_it", "pathspec", "tomlkit"}
# Says at the end of the process, which os._exit would hide from atexit, what was imported.
LISTING = """
import json, os, pathlib, sys
leave = os._exit
def listing(code):
    pathlib.Path(sys.argv[1]).write_text(json.dumps(sorted(sys.modules)))
    leave(code)
os._exit = listing
from mcp_server.command_line import main
sys.exit(main(["serve"]))
"""
HELPING = """
import json, sys
from mcp_server.command_line import main
try:
    main(["--help"])
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def imported_by_serving(folder: Path, home: Path, *calls: str) -> set[str]:
    """The modules of a server that listed its tools and answered `calls`."""
    script, listed = home / "listing.py", home / "modules.json"
    script.write_text(LISTING)
    with running_server(folder, home, (sys.executable, str(script), str(listed))) as host:
        greeted(host).request("tools/list")
        for call in calls:
            host.call(call)
        host.hang_up()
        host.rest()
        host.process.wait(60)
    return set(json.loads(listed.read_text()))


def test_listing_the_tools_imports_nothing_heavy(project: Path, home: Path) -> None:
    assert imported_by_serving(project, home) & HEAVY == set()


def test_a_call_imports_what_it_needs(project: Path, home: Path) -> None:
    """The listing above would show it: here the same server has opened its store."""
    assert "sqlite3" in imported_by_serving(project, home, "experiment_history")


def test_help_needs_neither_the_protocol_nor_the_models(home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HELPING], env=plain_environment(home), capture_output=True, text=True, check=True)
    assert "serve" in done.stdout
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    assert imported & ({"mcp", "pydantic", "anyio"} | HEAVY) == set()
