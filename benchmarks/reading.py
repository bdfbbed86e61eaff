"""What a call costs that only reads: over one session with a real server, against a tool that does nothing, on a project with a cycle open."""

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.support.quick_projects import factory_md, make_quick_project
from tests.support.stdio import Host, greeted, running_server

ROUNDS = 300
GOAL = 3.0
READING = ("project_status", "experiment_history")
NOTHING = "do_nothing"  # in this benchmark's server only
ORDERS = {"FACTORY_AUTO_APPROVE": "evaluation"}
SERVE = "--serve"


def serve() -> int:
    """The real server, with one more row in its catalogue."""
    from mcp_server import catalogue  # noqa: PLC0415 - only in the server's process
    from mcp_server.command_line import main as command_line  # noqa: PLC0415 - only in the server's process
    from state.answers import Answer  # noqa: PLC0415 - only in the server's process
    from tools.engine.session import Session  # noqa: PLC0415 - only in the server's process

    def do_nothing(session: Session) -> Answer:
        del session
        return Answer(summary="Nothing was done.")

    catalogue.ROWS[NOTHING] = catalogue.Row(do_nothing, "Do nothing", "reads")
    return command_line(["serve"])


def open_cycle(host: Host) -> None:
    """Approve, measure, and open a cycle with a hypothesis in it."""
    host.call("discover_project", factory_md=factory_md())
    job = host.call("request_approval", what="evaluation")["data"]["job"]
    host.call("get_job", job=job)
    started = host.call("start_cycle")
    assert "refused" not in started, started
    idea = {"title": "Keep digits", "category": "exploit", "dimension": "capability_surface", "what": "Keep digits in slugs.", "why": "F1"}
    proposed = host.call("propose_hypotheses", hypotheses=[idea])
    assert "refused" not in proposed, proposed


def main() -> int:
    """Call all in turn; 0 when the goal is reached by each."""
    with TemporaryDirectory() as name:
        home = Path(name)
        project = make_quick_project(home / "project")
        with running_server(project, home, (sys.executable, str(Path(__file__).resolve()), SERVE), ORDERS) as host:
            open_cycle(greeted(host))
            taken: dict[str, list[float]] = {tool: [] for tool in (NOTHING, *READING)}
            for _ in range(ROUNDS):
                for tool, seconds in taken.items():
                    begun = time.perf_counter()
                    answer = host.call(tool)
                    seconds.append(time.perf_counter() - begun)
                    assert "refused" not in answer, answer
    nothing = median(taken[NOTHING])
    for tool in READING:
        reading = median(taken[tool])
        print(f"{tool}: {reading * 1000:.2f} ms and {nothing * 1000:.2f} ms for nothing, ratio {reading / nothing:.2f} (goal at most {GOAL})")
    return 0 if all(median(taken[tool]) <= GOAL * nothing for tool in READING) else 1


if __name__ == "__main__":
    sys.exit(serve() if SERVE in sys.argv else main())
