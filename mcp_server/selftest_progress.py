"""What a person who waits for a drill hears: beforehand what will be done and how long it takes, then where it is. All on the error stream."""

import sys
from dataclasses import dataclass
from typing import Final

from state.answers import clean
from tools.engine.drill.outcome import Trial

WIDTH: Final = 100  # of the line that is written over
A_MINUTE: Final = 90.0  # seconds from which on minutes are named


@dataclass
class Progress:
    """The count of a drill's trials: `total` of them, of which `done` have ended. `terminal`: whether a person looks on."""

    terminal: bool
    total: int = 0
    done: int = 0

    def say(self, line: str) -> None:
        """A line that stays."""
        sys.stderr.write(f"{self._wiped()}selftest: {clean(line)}\n")
        sys.stderr.flush()

    def begins(self, name: str) -> None:
        """What is being tried now: a line that goes again, at a terminal alone."""
        if self.terminal:
            line = clean(f"selftest: {self.done + 1} of {self.total}: {name} …")[:WIDTH]
            sys.stderr.write(f"{self._wiped()}{line}")
            sys.stderr.flush()

    def ended(self, trial: Trial) -> Trial:
        """What became of it. Returns the trial."""
        self.done += 1
        by = f" by {', '.join(trial.by)}" if trial.by else ""
        self.say(f"{self.done} of {self.total}: {trial.cheat.name}: {trial.end}{by} ({trial.seconds:.1f} s)")
        return trial

    def foretell(self, seconds: float) -> None:
        """How long the rest takes, where a trial takes so long: the base was measured before anything was built or cached."""
        self.say(f"as long as the control, {seconds:.1f} s each, the rest takes {about((self.total - self.done) * seconds)}")

    def wipe(self) -> None:
        """Take the line away that goes again."""
        sys.stderr.write(self._wiped())
        sys.stderr.flush()

    def _wiped(self) -> str:
        return f"\r{' ' * WIDTH}\r" if self.terminal else ""


def about(seconds: float) -> str:
    """A time that is only guessed, in words."""
    return f"about {round(seconds / 60)} minutes" if seconds >= A_MINUTE else f"about {max(10, round(seconds, -1)):.0f} seconds"
