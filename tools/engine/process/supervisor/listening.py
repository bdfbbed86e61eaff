"""What the supervisor hears while it waits: words of the server, signals, and what a guardian reports; and what it hands to the command meanwhile."""

import os
import select
import signal

LIFELINE = 0
STOP = b"s"  # end the command: SIGTERM first, SIGKILL after a grace
KILL = b"k"  # end the command at once

ENDS_IN_A_HURRY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
FEED_SIZE = 64 * 1024  # bytes offered to a pipe at a time


class Ears:
    """The places that are listened to. Signals come as bytes (their numbers) on a pipe."""

    def __init__(self) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        self.signals, writing = os.pipe()
        os.set_blocking(self.signals, False)
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, *ENDS_IN_A_HURRY):
            signal.signal(number, lambda _number, _frame: None)
        self.feed: Feed | None = None

    def wait(self, seconds: float, *, lifeline: bool = True, report: int = -1) -> bytes:
        """Wait for a signal, for `report` to have something, or, on the lifeline, for a word.

        Returns the word, KILL if the server or somebody else wants us gone, else empty.
        """
        heard = [self.signals, *([LIFELINE] if lifeline else []), *([report] if report >= 0 else [])]
        fed = [self.feed.pipe] if self.feed and self.feed.pipe >= 0 else []
        ready, taking, _ = select.select(heard, fed, [], seconds)
        if self.feed and taking:
            self.feed.go_on()
        if self.signals in ready and any(number in ENDS_IN_A_HURRY for number in os.read(self.signals, 4096)):
            return KILL
        return (os.read(LIFELINE, 1) or KILL) if LIFELINE in ready else b""


class Feed:
    """The command's input on its way to it, as fast as it reads."""

    def __init__(self, pipe: int, data: bytes) -> None:
        self.pipe = pipe  # -1 when all was handed over
        self.rest = memoryview(data)
        os.set_blocking(pipe, False)

    def go_on(self) -> None:
        """Hand over what fits, and close the pipe after the last of it, or when nobody reads any more."""
        try:
            while self.rest:
                self.rest = self.rest[os.write(self.pipe, self.rest[:FEED_SIZE]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            pass
        os.close(self.pipe)
        self.pipe = -1


def open_input(data: bytes | None) -> tuple[int, Feed | None]:
    """The command's standard input: nothing at all, or a pipe and who fills it."""
    if data is None:
        return os.open(os.devnull, os.O_RDONLY), None
    reading, writing = os.pipe()
    return reading, Feed(writing, data)
