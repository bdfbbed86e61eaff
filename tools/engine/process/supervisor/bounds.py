"""What no kernel limit holds a command to: memory and number of its processes, all together; looked at a few times a second."""

import os
import time

from tools.engine.process.supervisor.limits import PROCESS_LIMIT
from tools.engine.process.supervisor.table import descendants, proportional_memory

WATCH_PAUSE = 0.2  # seconds between two looks
WATCH_SHARE = 20  # a look's own time, times this, is the least pause: on a machine with many processes we look less often
LONGEST_PAUSE = 1.0  # seconds
MEMORY = b"m"  # why a command is ended, beside the words of the server
PROCESSES = b"p"


class Bounds:
    """The bounds of one command. `memory` is in bytes; 0 is none."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.pause = WATCH_PAUSE
        self.next = time.monotonic() + WATCH_PAUSE

    def exceeded(self) -> bytes:
        """MEMORY or PROCESSES where the command went over one, else empty; also empty before it is time to look again."""
        begun = time.monotonic()
        if begun < self.next:
            return b""
        living = descendants(os.getpid())
        reason = b""
        if len(living) > PROCESS_LIMIT:
            reason = PROCESSES
        elif self.memory and sum(process.memory for process in living) > self.memory:
            # Shared pages were counted in every process until here; only now the dear question is worth its price.
            reason = MEMORY if sum(proportional_memory(process) for process in living) > self.memory else b""
        ended = time.monotonic()
        self.pause = min(LONGEST_PAUSE, max(WATCH_PAUSE, WATCH_SHARE * (ended - begun)))
        self.next = ended + self.pause
        return reason
