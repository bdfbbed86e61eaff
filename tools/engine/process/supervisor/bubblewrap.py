"""Confinement by bubblewrap (bwrap), where that is installed and allowed: the arguments that give a command the same places as our namespaces do."""

from tools.engine.process.supervisor.job import Job, Sandbox
from tools.engine.process.supervisor.places import EMPTY, KERNEL_SETTINGS, SCRATCH, SEEN, WRITTEN, devices, places

ALONE = (b"--unshare-user", b"--unshare-ipc", b"--unshare-pid", b"--cap-drop", b"ALL", b"--die-with-parent", b"--new-session")
BINDING = {SEEN: b"--ro-bind", WRITTEN: b"--bind"}


def bubblewrap_arguments(job: Job, sandbox: Sandbox, status: int) -> list[bytes]:
    """The whole argument list. On the descriptor `status` bubblewrap reports "child-pid", and "exit-code" of a command that was run.

    A command that a signal ended has 128 + the signal's number as its exit code there, as with shells.
    """
    arguments = [sandbox.program, *ALONE, *([] if sandbox.network else [b"--unshare-net"]), b"--json-status-fd", b"%d" % status]
    arguments += [b"--ro-bind", b"/", b"/", b"--dev", b"/dev", b"--proc", b"/proc"]
    for name in KERNEL_SETTINGS:  # bubblewrap itself passes over folders whose files root may write to
        arguments += [b"--ro-bind-try", b"/proc/" + name, b"/proc/" + name]
    for device in devices():
        arguments += [b"--dev-bind", device, device]
    wanted = places(job, sandbox)
    for place in wanted:
        if place.kind == SCRATCH:
            arguments += [b"--perms", b"1777", b"--size", b"%d" % sandbox.room, b"--tmpfs", place.path]
        elif place.kind == EMPTY:
            arguments += [b"--perms", b"0755", b"--tmpfs", place.path]
        else:
            arguments += [BINDING[place.kind], place.path, place.path]
    for place in wanted:
        if place.kind == EMPTY:
            arguments += [b"--remount-ro", place.path]
    return [*arguments, b"--chdir", job.directory, b"--", *job.argv]
