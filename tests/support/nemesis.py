"""Several servers on one project, each driven by a host of its own that calls whatever it likes: what is right, or stale, or wrong."""

import json
import random
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support import stdio
from tests.support.faults_project import FACTORY_MD, worktree
from tests.support.repositories import write_files
from tests.support.reviews import review
from tests.support.stdio import Host, Message, running_server

OPEN: Final = ("begun", "candidate", "measured", "held", "kept")
WAIT: Final = {"FACTORY_WAIT_SECONDS": "20"}
LIVELY: Final = 0.6  # share of calls that follow what the server said is next
UNREADY: Final = (OSError, AssertionError, TypeError, sqlite3.Error)  # the worktree, or the experiment, was gone when a review was to be written

WRONG: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("verdict", {"experiment": 999, "decision": "keep", "reason": "r"}),
    ("verdict", {"experiment": 1, "decision": "merge", "reason": "r"}),
    ("start_experiment", {"item": "H999"}),
    ("start_experiment", {"item": "first"}),
    ("propose_hypotheses", {"hypotheses": []}),
    ("propose_hypotheses", {"hypotheses": [{"title": "t", "category": "luck", "dimension": "none", "what": "w", "why": "y"}]}),
    ("submit_report", {"experiment": 1, "summary": "s", "report": {"role": "judge"}}),
    ("run_eval", {"experiment": 999}),
    ("get_job", {"job": "J999"}),
    ("cancel_job", {"job": "4"}),
    ("discover_project", {"factory_md": "## Gaol\n\nNone.\n"}),
    ("request_approval", {"what": "held", "experiment": 999}),
    ("start_cycle", {"mode": "chaos"}),
)


@dataclass(frozen=True)
class Said:
    """One call of the history: whose, what, when (seconds since the epoch), and the answer; None where its server was killed before it answered."""

    server: str
    tool: str
    arguments: Mapping[str, Any]
    asked: float
    answered: float
    structure: Mapping[str, Any] | None

    @property
    def refused(self) -> str:
        """The code of the refusal; empty for an answer."""
        return str((self.structure or {}).get("refused", {}).get("code", ""))

    @property
    def acknowledged(self) -> bool:
        """Whether the caller was told that it is done, now and by this call."""
        return self.structure is not None and "refused" not in self.structure and not self.structure.get("repeated", False)


@dataclass
class Caller:
    """One host with its server, used from one thread. `kills` is how many of its calls it cuts short by killing the server."""

    name: str
    project: Path
    home: Path
    chance: random.Random
    kills: int = 0
    history: list[Said] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    following: Mapping[str, Any] = field(default_factory=dict)

    def run(self, calls: int) -> None:
        """Make so many calls; where a server was killed, its successor goes on."""
        deadly = set(self.chance.sample(range(calls), self.kills))
        done = 0
        while done < calls:
            with ExitStack() as life:
                host = life.enter_context(self._server())
                while done < calls:
                    done += 1
                    if not self._one(host, deadly=done - 1 in deadly):
                        break
            self.logs.append(host.log.read_text("utf-8"))

    def settle(self) -> None:
        """Bring everything to its end: what is kept lands, everything else is given up."""
        with self._server() as host:
            for number in range(1, 1 + len(experiments(self.project))):
                if experiments(self.project)[number] == "kept":
                    self._call(host, "verdict", {"experiment": number, "decision": "keep", "reason": "Land."})
            abort = {"report": {"role": "ceo", "decision": "abort"}, "summary": "That is all."}
            self._call(host, "submit_report", abort)
            self._call(host, "discover_project", {"goal": "The end.", "factory_md": draft(99)})
            self.logs.append(host.log.read_text("utf-8"))

    @contextmanager
    def _server(self) -> Iterator[Host]:
        """A server that knows its host by name, whose person approves most things."""
        log = self.home / self.name
        log.mkdir(parents=True, exist_ok=True)
        with running_server(self.project, log, stdio.MODULE, {**WAIT, "HOME": str(self.home)}) as host:
            host.capabilities = {"elicitation": {}}
            host.on_request = self._person
            about = {"name": self.name, "version": "1"}
            host.request("initialize", {"protocolVersion": stdio.HANDSHAKE, "capabilities": host.capabilities, "clientInfo": about})
            host.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
            yield host

    def _person(self, message: Message) -> Message:
        assert message["method"] == "elicitation/create"
        answer = self.chance.choices(("approve", "changes", "reject"), (8, 1, 1))[0]
        return {"action": "accept", "content": {"answer": answer, "comment": self.name}}

    def _one(self, host: Host, *, deadly: bool) -> bool:
        """One call; False where the server died of it."""
        tool, arguments = self._choice()
        if deadly:
            self._die_in(host, tool, arguments)
            return False
        self._call(host, tool, arguments)
        return True

    def _call(self, host: Host, tool: str, arguments: dict[str, Any]) -> None:
        asked = time.time()
        response = host.request("tools/call", {"name": tool, "arguments": arguments})
        structure = response["result"]["structuredContent"]
        self.history.append(Said(self.name, tool, arguments, asked, time.time(), structure))
        self.following = structure.get("next", {})

    def _die_in(self, host: Host, tool: str, arguments: dict[str, Any]) -> None:
        """Ask, and kill the server a moment later; what it still said counts."""
        asked = time.time()
        number = host.ask("tools/call", {"name": tool, "arguments": arguments})
        line = host.next_line(self.chance.uniform(0.0, 0.5))
        host.process.kill()
        found = [json.loads(each) for each in [line, *host.rest()] if each]
        structure = next((each["result"]["structuredContent"] for each in found if each.get("id") == number and "result" in each), None)
        self.history.append(Said(self.name, tool, arguments, asked, time.time(), structure))
        self.following = {}

    def _choice(self) -> tuple[str, dict[str, Any]]:
        """The next call: mostly the one that leads on."""
        made = experiments(self.project)
        self._edit([number for number, state in made.items() if state in OPEN])
        if self.chance.random() < LIVELY and self.following.get("tool"):
            found = self._followed()
            if found is not None:
                return found
        if self.chance.random() < 0.2:
            return self.chance.choice(WRONG)
        return self._anything(made)

    def _followed(self) -> tuple[str, dict[str, Any]] | None:
        """What `next` says, with what it leaves to be filled in; None where that cannot be written now."""
        tool, arguments = str(self.following["tool"]), dict(self.following.get("arguments", {}))
        if tool == "discover_project":
            return tool, {"factory_md": draft(self.chance.randint(1, 4))}
        fill = set(self.following.get("fill", ()))
        if "report" in fill:
            return self._reviewed(int(arguments["experiment"])) if "experiment" in arguments else None
        plain = {
            "hypotheses": self._hypotheses(), "reason": "It is better.",
            "lesson": "Look first.", "summary": "So it is.", "item": "H1", "experiment": 1, "job": "J1", "decision": "keep", "what": "evaluation",
        }  # fmt: skip
        return tool, {**arguments, **{name: plain[name] for name in fill if name in plain}}

    def _reviewed(self, number: int) -> tuple[str, dict[str, Any]] | None:
        try:
            report = review(self.project, worktree(self.project, number))
        except UNREADY:
            return None
        return "submit_report", {"experiment": number, "summary": f"Read by {self.name}.", "report": report}

    def _anything(self, made: Mapping[int, str]) -> tuple[str, dict[str, Any]]:
        """Some writing call, about anything that there is or was."""
        number = self.chance.choice([*made, 1])
        decision = self.chance.choice(("keep", "keep", "revert", "abandon"))
        calls: list[tuple[str, dict[str, Any]] | None] = [
            ("discover_project", {"factory_md": draft(self.chance.randint(1, 4))}),
            ("request_approval", {"what": "evaluation"}),
            ("start_cycle", {}),
            ("propose_hypotheses", {"hypotheses": self._hypotheses()}),
            ("start_experiment", {"item": f"H{self.chance.randint(1, 3 + 2 * len(made))}"}),
            self._reviewed(number),
            ("run_eval", {"experiment": number}),
            ("run_eval", {}),
            ("cancel_job", {"job": f"J{self.chance.randint(1, 5 + len(made))}"}),
            ("get_job", {"job": f"J{self.chance.randint(1, 5 + len(made))}"}),
            ("verdict", {"experiment": number, "decision": decision, "reason": f"Says {self.name}.", "lesson": "Look first."}),
            ("project_status", {}),
        ]
        if self.chance.random() < 0.03:
            calls = [("submit_report", {"report": {"role": "ceo", "decision": "abort"}, "summary": f"Enough, says {self.name}."})]
        return self.chance.choice([call for call in calls if call is not None])

    def _edit(self, open_ones: list[int]) -> None:
        """Sometimes the builder is at work meanwhile."""
        if not open_ones or self.chance.random() < 0.85:
            return
        place = worktree(self.project, self.chance.choice(open_ones))
        if (place / ".git").exists():
            try:
                write_files(place, {"quality.txt": f"quality: 0.{self.chance.randint(10, 99)}\n"})
            except FileNotFoundError:
                return  # it went at this moment

    def _hypotheses(self) -> list[dict[str, str]]:
        """One to three, of any category, so that a barred one is the exception; each says what differs from what was reverted."""
        numbers = self.chance.sample(range(100), self.chance.randint(1, 3))
        said = {"dimension": "quality", "what": "Write a number", "why": "W1", "differs": "Another digit, drawn freshly by lot"}
        return [
            {"title": f"Idea {number} of {self.name}", "category": self.chance.choice(("fix", "exploit", "explore", "combine")), **said}
            for number in numbers
        ]


def draft(number: int) -> str:
    """One of several texts of factory.md, each with its own contract."""
    return FACTORY_MD.replace("0.1\n", f"0.{number:02d}\n") + "\n## Hypothesis Budget\n\n- max_new: 3\n"


def experiments(project: Path) -> dict[int, str]:
    """The state of every experiment so far, by its number."""
    database = project / ".git" / "refactory" / "factory.db"
    if not database.is_file():
        return {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return dict(connection.execute("SELECT id, state FROM experiments ORDER BY id").fetchall())
        except sqlite3.OperationalError:  # it is being made just now
            return {}
