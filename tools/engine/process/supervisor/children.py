"""The supervisor's children: the command, those that stand around it when it is confined, and every orphan below it."""

import os

from tools.engine.process.supervisor.namespaces import CHILD, CODE
from tools.engine.process.supervisor.table import Process, descendants, group_exists

REAP_AT_ONCE = 5000  # zombies reaped in one go, some 50 ms, so that a flood of them cannot hide the server's word
REPORT_SIZE = 4096  # bytes of a guardian's report that are read at a time; all of it is far less


class Guardian:
    """What stands around a confined command, and reports how it ended: bubblewrap, or a process of ours."""

    def __init__(self, name: str, report: int, refusal: int) -> None:
        self.name = name
        self.report = report  # a descriptor to read; -1 at its end
        self.refusal = refusal  # its exit code where it could not confine the command, which has not run then
        self.said = b""

    def listen(self) -> None:
        """Take what it reported since, without waiting for more."""
        while self.report >= 0:
            try:
                block = os.read(self.report, REPORT_SIZE)
            except BlockingIOError:
                return
            self.said += block
            if not block:
                os.close(self.report)
                self.report = -1

    def number(self, word: bytes) -> int | None:
        """The number that it last reported under `word`, once the line is complete."""
        complete, _, _ = self.said.rpartition(b"\n")
        _, found, rest = complete.rpartition(b'"%s":' % word)
        return int(rest.partition(b"}")[0].partition(b",")[0]) if found else None


class Children:
    """All that must be gone in the end. `command` is the command itself, or its guardian where it is confined."""

    def __init__(self, command: int, guardian: Guardian | None = None) -> None:
        self.command = command
        self.guardian = guardian
        self.exit_code: int | None = None  # of the command; negative is a signal
        self.refused = False  # it could not be confined, and has not run
        self.none_left = False

    def reap(self) -> None:
        """Take the zombies away, and the command's exit code where it is known now."""
        for _ in range(REAP_AT_ONCE):
            try:
                identifier, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                # No child at all. An orphan of the command would be our child, so nothing lives; without adoption its group must be empty too.
                self.none_left = not group_exists(self.command)
                return
            if identifier == 0:
                return
            if identifier == self.command:
                self._has_ended(os.waitstatus_to_exitcode(status))

    def _has_ended(self, code: int) -> None:
        """Take the exit code of the command, or what its guardian said of it."""
        self.listen()
        if self.exit_code is None:
            self.exit_code = code
            self.refused = self.guardian is not None and code == self.guardian.refusal

    def listen(self) -> None:
        """Take what the guardian says of the command."""
        if self.guardian is not None:
            self.guardian.listen()
            if self.exit_code is None:
                self.exit_code = self.guardian.number(CODE)

    def around(self) -> set[int]:
        """The processes that only stand around the command."""
        return {self.command, self.guardian.number(CHILD) or self.command} if self.guardian else set()

    def living(self) -> list[Process]:
        """Everything below the command, and the command; without a process table, its process group as one."""
        found = descendants(os.getpid())
        if not found and group_exists(self.command):
            return [Process(self.command, os.getpid(), self.command, self.command)]
        around = self.around()
        return [process for process in found if process.identifier not in around]
