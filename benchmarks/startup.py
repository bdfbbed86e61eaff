"""How long a host waits for its tools: spawn to the answer of tools/list, ours against a bare MCPServer with one tool."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.support.stdio import CONSOLE_SCRIPT, greeted, running_server

ROUNDS = 15
GOAL = 1.25
BARE = """
from mcp.server import MCPServer

server = MCPServer("bare")


@server.tool()
def nothing() -> str:
    \"\"\"Nothing.\"\"\"
    return "nothing"


server.run()
"""


def seconds_to_list(argv: Sequence[str], folder: Path) -> float:
    """From the start of the process to the answer of tools/list."""
    begun = time.perf_counter()
    with running_server(folder, folder, argv) as host:
        assert greeted(host).request("tools/list")["result"]["tools"]
        return time.perf_counter() - begun


def main() -> int:
    """Start both in turn, so that the machine's other work weighs on both; 0 when the goal is reached."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        bare = folder / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        ways = {"ours": CONSOLE_SCRIPT, "bare": (sys.executable, str(bare))}
        for argv in ways.values():
            seconds_to_list(argv, folder)  # the first start writes bytecode
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(ROUNDS):
            for way in list(ways)[:: 1 if turn % 2 else -1]:
                taken[way].append(seconds_to_list(ways[way], folder))
    ours, other = median(taken["ours"]), median(taken["bare"])
    print(f"spawn to tools/list: {ours:.3f} s and {other:.3f} s bare, ratio {ours / other:.2f} (goal at most {GOAL})")
    return 0 if ours <= GOAL * other else 1


if __name__ == "__main__":
    sys.exit(main())
