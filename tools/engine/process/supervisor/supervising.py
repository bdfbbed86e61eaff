"""The supervisor's course: take the job, start the command, watch over it, end all of it, report.

Standard input is the lifeline: first the job, then at most one word; its end means that the server is gone, whatever killed it.
A program of the same user can still trace or stop a supervisor of an unconfined command; a confined one does not see it.
"""

import os
import signal
import time

from tools.engine.process.supervisor import kernel
from tools.engine.process.supervisor.bounds import MEMORY, PROCESSES, Bounds
from tools.engine.process.supervisor.children import Children
from tools.engine.process.supervisor.ending import end_all
from tools.engine.process.supervisor.job import Job, read_job
from tools.engine.process.supervisor.launching import Stage, launch, tell
from tools.engine.process.supervisor.listening import KILL, LIFELINE, STOP, Ears, open_input

ENDS = {STOP: "stopped", KILL: "stopped", MEMORY: "memory", PROCESSES: "processes"}


def main(inherited: int) -> None:
    """Supervise one command, and report on the descriptor `inherited`.

    Lines: `started PID`, `failed ERRNO`, `confined METHOD NETWORK`, last `ended exited|stopped|memory|processes CODE SECONDS KILLED SURVIVORS`.
    """
    report = os.dup(inherited)  # a duplicate is closed on exec: the command cannot write our report
    os.close(inherited)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGCONT)  # if the command stopped us, the server's death wakes us to do our work
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # what another program of the same user could read and write of us
    ears = Ears()
    job = read_job(LIFELINE)
    if job is not None:
        supervise(job, ears, report)


def supervise(job: Job, ears: Ears, report: int) -> None:
    """Run the job to its end and report it. Where it cannot be confined it runs as it is, and the report says so."""
    begun = time.monotonic()
    source, ears.feed = open_input(job.stdin)
    stage, bounds = Stage(job, source, report, [ears.feed.pipe] if ears.feed else []), Bounds(job.memory)
    children = launch(stage, job.sandbox)
    tell(report, "started", children.command)
    word = watch(children, ears, bounds)
    if children.refused and not word:
        children = launch(stage, None)
        tell(report, "started", children.command)
        word = watch(children, ears, bounds)
    seconds = time.monotonic() - begun
    killed, survivors = end_all(children, ears, hurry=word not in (b"", STOP))
    if children.guardian and job.sandbox and not children.refused:
        tell(report, "confined", children.guardian.name, "open" if job.sandbox.network else "off")
    end = (ENDS[word], 0) if word else ("exited", children.exit_code)
    tell(report, "ended", *end, f"{seconds:.6f}", killed, survivors)


def watch(children: Children, ears: Ears, bounds: Bounds) -> bytes:
    """Wait until the command has ended, or has to; returns the reason (STOP, KILL, MEMORY or PROCESSES), or empty."""
    while True:
        word = ears.wait(bounds.pause, report=children.guardian.report if children.guardian else -1)
        children.reap()
        children.listen()
        if word:
            return word
        if children.exit_code is not None:
            return ears.wait(0)  # a word that came while we slept came before the end, for all that we know
        if reason := bounds.exceeded():
            return reason
