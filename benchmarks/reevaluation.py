"""What the second evaluation of an unchanged tree costs against the first: tests, coverage, lint and types of a small real project."""

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.support.python_projects import SLUG, editable, give_environment, template_environment
from tests.support.repositories import make_repository
from tests.support.stdio import Host, greeted, running_server

PROJECTS = 3
ROUNDS = 20
GOAL = 1 / 100
ORDERS = {"FACTORY_AUTO_APPROVE": "evaluation", "FACTORY_WAIT_SECONDS": "600"}


def seconds_of_evaluation(host: Host) -> float:
    """One run_eval of the target branch, as the host waits for it."""
    begun = time.perf_counter()
    answer = host.call("run_eval")
    seconds = time.perf_counter() - begun
    assert answer["summary"].startswith("Baseline"), answer
    return seconds


def evaluations(root: Path, template: Path) -> list[float]:
    """The seconds of the first evaluation of a new project, and of those after it."""
    project = make_repository(root / "project", SLUG)
    give_environment(template, project)
    editable(project)
    with running_server(project, root, extra=ORDERS) as host:
        greeted(host).call("discover_project", goal="Turn text into slugs.")
        # The approval starts the measurement: the first run_eval joins what has just begun.
        begun = time.perf_counter()
        assert host.call("request_approval", what="evaluation")["data"]["status"] == "approved"
        seconds_of_evaluation(host)
        return [time.perf_counter() - begun, *(seconds_of_evaluation(host) for _ in range(ROUNDS))]


def main() -> int:
    """Measure new projects one after the other; 0 when the goal is reached."""
    first: list[float] = []
    again: list[float] = []
    with TemporaryDirectory() as name:
        template = template_environment(Path(name))
        for number in range(PROJECTS):
            root = Path(name) / str(number)
            root.mkdir()
            seconds = evaluations(root, template)
            first.append(seconds[0])
            again += seconds[1:]
    ratio = median(again) / median(first)
    print(
        f"evaluation of a tree: {median(first):.2f} s, again {median(again) * 1000:.2f} ms, ratio 1/{1 / ratio:.0f} (goal at most 1/{1 / GOAL:.0f})"
    )
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
