"""The catalogue: one row a tool. The MCP tool, the subcommand, the reference table and the contract test follow from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from state.answers import Answer
from tools.approval import request_approval
from tools.backlog import add_backlog_item, list_backlog, update_backlog_item
from tools.creating import create_project
from tools.cycle import start_cycle
from tools.discovery import discover_project
from tools.elsewhere import status_elsewhere
from tools.experiment import check_experiment, run_eval, start_experiment
from tools.history import experiment_history
from tools.issues import import_issues
from tools.job import cancel_job, get_job
from tools.project import project_status
from tools.proposal import propose_hypotheses
from tools.publication import clean_pr
from tools.report import submit_report
from tools.role import get_role
from tools.study import study_project
from tools.verdict import verdict


@dataclass(frozen=True)
class Row:
    """One tool. `effect`: it reads or writes; none destroys. `repeats`: calling it again may do more once something finished.

    `outside`: it leaves the machine. `always`: hosts that defer tools keep this one loaded. `operand`: the argument that a command line may give
    without its name. `on_a_site`: the function needs no project; `elsewhere` is what answers in its place where there is none.
    """

    function: Callable[..., Answer]
    title: str
    effect: Literal["reads", "writes"]
    repeats: bool = False
    outside: bool = False
    always: bool = False
    operand: str = ""
    on_a_site: bool = False
    elsewhere: Callable[..., Answer] | None = None

    @property
    def name(self) -> str:
        """The tool's name: its function's."""
        return self.function.__name__

    @property
    def command(self) -> str:
        """The subcommand that calls it."""
        return self.name.replace("_", "-")

    @property
    def description(self) -> str:
        """The model's manual: the function's docstring, its lines joined."""
        return " ".join((self.function.__doc__ or "").split())


CATALOGUE: Final = (
    Row(project_status, "Project status and next step", "reads", always=True, operand="request", elsewhere=status_elsewhere),
    Row(create_project, "Create a project", "writes", outside=True, operand="source", on_a_site=True),
    Row(discover_project, "Discover how to evaluate", "writes"),
    Row(request_approval, "Ask the person to approve", "writes", repeats=True),
    Row(start_cycle, "Start a cycle", "writes", repeats=True),
    Row(study_project, "Study the project", "reads", operand="project"),
    Row(get_role, "Get a role's brief", "reads"),
    Row(submit_report, "Submit a role's report", "writes"),
    Row(propose_hypotheses, "Propose hypotheses", "writes"),
    Row(start_experiment, "Start an experiment", "writes"),
    Row(run_eval, "Run the evaluation", "writes", repeats=True),
    Row(get_job, "Wait for a job", "reads"),
    Row(cancel_job, "Cancel a job", "writes"),
    Row(check_experiment, "Preview the gate", "reads"),
    Row(verdict, "Keep or revert an experiment", "writes"),
    Row(experiment_history, "Experiment history", "reads"),
    Row(list_backlog, "List the backlog", "reads"),
    Row(add_backlog_item, "Add a backlog item", "writes", operand="text"),
    Row(update_backlog_item, "Update a backlog item", "writes", operand="id"),
    Row(import_issues, "Import GitHub issues", "writes", repeats=True, outside=True, operand="issues"),
    Row(clean_pr, "Prepare or open a pull request", "writes", outside=True, operand="project"),
)

ROWS: Final = {row.name: row for row in CATALOGUE}
