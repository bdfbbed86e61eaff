"""Coverage of one run of the tests: its reading, and the lines that no test ran."""

from pathlib import Path
from typing import Any

import anyio.to_thread

from state.measurement import Reading, ReadingState
from tools.engine.languages.bench import ended_badly
from tools.engine.languages.python.coverage_data import Coverage, read_coverage
from tools.engine.languages.python.report import Report
from tools.engine.languages.python.test_plan import TIMEOUT, Run
from tools.engine.languages.python.toolchain import INSIDE
from tools.engine.languages.running import run_command


async def coverage_of(run: Run, report: Report) -> tuple[Reading, dict[str, Any]]:
    """The reading, and as material the lines that no test ran and those that one did.

    The third proof of whose code ran: coverage looks at the tree alone, so where tests imported sources of the tree and not one line of these
    ran, what was measured is not what was tested.
    """
    if run.toolchain.version("coverage") is None:
        return Reading(dimension="coverage", state=ReadingState.UNAVAILABLE, reason=run.toolchain.absent("coverage", "coverage")), {}
    out = run.place.beside("coverage") / "report.json"
    python = str(run.toolchain.overlay(run.place).python)
    argv = (python, str(INSIDE / "coverage_report.py"), str(run.coverage_data), str(run.coverage_config or ""), str(out))
    command = run.place.command(argv, run.toolchain.environment_at(run.place), TIMEOUT)
    finished = await run_command(command)
    if finished.exit_code != 0 or not out.is_file():
        return ended_badly(("coverage",), finished, "coverage's report").readings[0], {}
    measured = await anyio.to_thread.run_sync(lambda: _read_coverage(run, out))
    if not measured.executable:
        return Reading(dimension="coverage", state=ReadingState.UNAVAILABLE, reason="coverage saw no executable line of the source"), {}
    if unseen := _unseen(run, report, measured):
        reason = f"coverage saw no line of the tree run, though {unseen} was imported: another one ran, or coverage was stopped"
        return Reading(dimension="coverage", state=ReadingState.ERROR, reason=reason), {}
    reading = Reading(
        dimension="coverage",
        state=ReadingState.MEASURED,
        value=measured.covered / measured.executable,
        facts={"covered": measured.covered, "executable": measured.executable},
        seconds=finished.seconds,
    )
    outer = run.toolchain.root.outer
    uncovered = {outer(path): [list(line) for line in lines] for path, lines in measured.uncovered.items()}
    return reading, {"uncovered": uncovered, "covered": {outer(path): list(lines) for path, lines in measured.ran.items()}}


def _unseen(run: Run, report: Report, measured: Coverage) -> str:
    """A source of the tree that was imported though no line of any is covered; or nothing."""
    imported = {run.toolchain.root.inner(path) for path in (report.provenance or {}).get("own", ())}
    return next(iter(sorted(imported & set(measured.uncovered))), "") if not measured.covered else ""


def _read_coverage(run: Run, out: Path) -> Coverage:
    return read_coverage(out.read_text(encoding="utf-8"), run.place.folder, run.toolchain.root.source_paths)
