"""Starting the command: plainly, or within a guardian that confines it."""

import errno
import os
import signal

from tools.engine.process.supervisor import kernel
from tools.engine.process.supervisor.bubblewrap import bubblewrap_arguments
from tools.engine.process.supervisor.children import Children, Guardian
from tools.engine.process.supervisor.job import Job, Sandbox
from tools.engine.process.supervisor.limits import set_limits
from tools.engine.process.supervisor.namespaces import CHILD, REFUSED, enter, furnish, guard_command, hold_on_to, say

NOT_RUN = 127  # exit code of a command that could not be run
BUBBLEWRAP_REFUSED = 1  # bubblewrap's exit code, without a report, where it could not do what it was asked for


class Stage:
    """What a command is started with: its job, its standard input, and where it is reported that it could not be run (both descriptors).

    `private` are descriptors that only the supervisor may hold: while a second one is open, the end of an input would not be seen.
    """

    def __init__(self, job: Job, source: int, report: int, private: list[int]) -> None:
        self.job = job
        self.source = source
        self.report = report
        self.private = private


def launch(stage: Stage, sandbox: Sandbox | None) -> Children:
    """Start the command in a session of its own. Where it cannot be run, the child itself reports the reason."""
    if sandbox is None:
        return Children(_start(stage))
    name, refusal = ("bubblewrap", BUBBLEWRAP_REFUSED) if sandbox.program else ("namespaces", REFUSED)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    supervisor = os.getpid()
    guardian = os.fork()
    if guardian == 0:
        try:
            for descriptor in (reading, *stage.private):
                os.close(descriptor)
            if sandbox.program:
                _become_bubblewrap(stage, sandbox, writing)
            elif _enter(sandbox, supervisor):
                _stand_guard(stage, sandbox, writing)
        finally:
            os._exit(refusal)
    os.close(writing)
    return Children(guardian, Guardian(name, reading, refusal))


def _start(stage: Stage) -> int:
    """Fork and run the command; returns its process id."""
    command = os.fork()
    if command == 0:
        try:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # a second net: whoever kills the supervisor takes the command along
            _prepare(stage)
            os.setsid()
            os.chdir(stage.job.directory)
            _execute(stage.job)
        except (OSError, ValueError) as error:
            tell(stage.report, "failed", getattr(error, "errno", None) or errno.EINVAL)
        finally:
            os._exit(NOT_RUN)
    return command


def _enter(sandbox: Sandbox, supervisor: int) -> bool:
    """Whether this process is in new namespaces now, and bound to its supervisor."""
    try:
        enter(sandbox)
    except OSError:
        return False
    return hold_on_to(supervisor)


def _stand_guard(stage: Stage, sandbox: Sandbox, status: int) -> None:
    """As the guardian: start the first process of the namespaces, and end with it."""
    signal.set_wakeup_fd(-1)
    waiting, go = os.pipe()
    first = os.fork()
    if first == 0:
        try:
            os.close(go)
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.read(waiting, 1):  # the guardian lives, and is the one whose end we would be told
                _run_inside(stage, sandbox, status)
        finally:
            os._exit(REFUSED)
    say(status, CHILD, first)
    os.write(go, b"g")
    _, ended = os.waitpid(first, 0)
    os._exit(os.waitstatus_to_exitcode(ended) & 0xFF)


def _run_inside(stage: Stage, sandbox: Sandbox, status: int) -> None:
    """As the first process of the namespaces: confine, run the command, and end when nothing is left. Raises nothing: a refusal is its end."""
    try:
        furnish(stage.job, sandbox)
        kernel.give_up_privileges()
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)  # the command cannot look into this process
    except OSError:
        return
    guard_command(_start(stage), status)
    os._exit(0)


def _become_bubblewrap(stage: Stage, sandbox: Sandbox, status: int) -> None:
    """Become bubblewrap, which runs the command. A command that cannot be found is reported here: bubblewrap would call it its own failure."""
    try:
        _find(stage.job)
    except OSError as error:
        tell(stage.report, "failed", error.errno)
        os._exit(NOT_RUN)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    _prepare(stage)
    os.set_inheritable(status, True)  # noqa: FBT003 - the library takes it so
    os.execve(sandbox.program, bubblewrap_arguments(stage.job, sandbox, status), stage.job.environment)  # noqa: S606 - without a shell on purpose


def _prepare(stage: Stage) -> None:
    """Give this process what the command expects: its input, no other descriptors, default signals, limits."""
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
    os.dup2(stage.source, 0)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    set_limits()


def _paths(job: Job) -> list[bytes]:
    """Where the command may be: a name without a slash is looked up in the command's own PATH."""
    name = job.argv[0]
    return [name] if b"/" in name else [folder + b"/" + name for folder in job.environment.get(b"PATH", b"").split(b":") if folder]


def _find(job: Job) -> None:
    """Raise the OSError that running the command would raise, if no file of its name may be executed."""
    problem = errno.ENOENT
    for path in _paths(job):
        place = os.path.join(job.directory, path)
        if os.path.isfile(place):
            if os.access(place, os.X_OK):
                return
            problem = errno.EACCES
    raise OSError(problem, os.strerror(problem))


def _execute(job: Job) -> None:
    """Become the command. Raises OSError if nothing at its paths can be run."""
    problem = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    refused: OSError | None = None
    for path in _paths(job):
        try:
            os.execve(path, job.argv, job.environment)  # noqa: S606 - without a shell on purpose
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError as error:
            refused = refused or error
    raise refused or problem


def tell(report: int, *words: object) -> None:
    """Write one line of the report. A server that is gone needs none."""
    try:
        os.write(report, (" ".join(str(word) for word in words) + "\n").encode())
    except BrokenPipeError:
        return
