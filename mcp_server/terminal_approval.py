"""`refactory approve CODE`: a person's answer where the host cannot ask, typed in a terminal, bound to exactly what is shown."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from typing import Final

import anyio

from mcp_server.profile_flag import PROFILE_HELP, profile_flag
from mcp_server.rendering import structure_of
from mcp_server.this_process import host_of_this_shell, settings_of_this_process
from mcp_server.typed import typed_text
from mcp_server.workshop import Caller, Workshop, workshop
from state.answers import Answer, one_line
from state.settings import SettingsSource
from tools.engine.session import Question, Reply, Session

PERSON: Final = "terminal"
LONGEST_SHOWN: Final = 64  # characters of a code


def main(arguments: Sequence[str]) -> int:
    """Show what waits for approval and ask for the code; 0 approved, 1 not approved, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="refactory approve", description="Approve, as the person, what the server showed.")
    parser.add_argument("code", help="the code that the server named: the hash of what you were shown, at least its first four characters")
    subject = parser.add_mutually_exclusive_group()
    subject.add_argument("--experiment", type=int, help="a held experiment")
    subject.add_argument("--plan", action="store_true", help="the plan of a build, with how it is measured")
    subject.add_argument("--spec", action="store_true", help="the spec that was written")
    subject.add_argument("--publish", action="store_true", help="pushing branches, and opening pull requests for them")
    parser.add_argument("--project", default="", help="absolute path of the project (default: this folder)")
    parser.add_argument("--profile", default="", metavar="NAME", help=PROFILE_HELP)
    given = parser.parse_args(arguments)
    if host := host_of_this_shell():  # the model must not approve for the person
        return _no(f"this shell belongs to a host ({host}): open a terminal of your own")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _no("this wants a person at a terminal: run it there")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C at the prompt ends at once; Python's own handler would wait for the line
    # A standing order that the shell happens to have must not answer for the person who sits there.
    settings = settings_of_this_process({"auto_approve": "", **profile_flag(given.profile)})
    answer = anyio.run(_approve, given, settings)
    if answer.data.get("status") == "waiting":  # the rest of that answer is for a model that has to ask
        sys.stdout.write("Not approved. Nothing changed.\n")
        return 1
    if answer.repeated and not _means(given.code, str(answer.data.get("shown_hash", ""))):
        named = f"nothing waits under the code {one_line(given.code, LONGEST_SHOWN).upper()}"
        return _no(f"{named} (a plan takes --plan, a spec --spec, publishing --publish). {answer.summary}")
    sys.stdout.write(typed_text(structure_of(answer)) + "\n")
    return 0 if answer.data.get("status") == "approved" else 1


async def _approve(given: argparse.Namespace, settings: SettingsSource) -> Answer:
    """The same tool that a host calls, with the terminal as the way to ask."""
    subject = next((each for each in ("plan", "spec", "publish") if getattr(given, each)), "evaluation")
    arguments = {"what": "held", "experiment": given.experiment} if given.experiment else {"what": subject}
    async with anyio.create_task_group() as tasks:
        made: Workshop = workshop(tasks, settings, in_a_terminal=True)

        def opened(named: str) -> Session:
            session = made.session(named, PERSON, "user")
            command = f"{session.command} approve {{}}{_subject(given)} --project {shlex.quote(str(session.repository.root))}"
            session.ask = lambda question: ask(question, given.code, command)
            session.asked_through = f"terminal {os.ttyname(sys.stdin.fileno())}, parent process {os.getppid()}"
            return session

        answer = await made.call("request_approval", {**arguments, "project": given.project}, Caller(opened, PERSON, "user"))
        tasks.cancel_scope.cancel()
    made.close()
    return answer


def _subject(given: argparse.Namespace) -> str:
    """The words that say what is approved, as they were typed."""
    words = [f"--{each}" for each in ("plan", "spec", "publish") if getattr(given, each)]
    return "".join(f" {word}" for word in ([f"--experiment {given.experiment}"] if given.experiment else words))


def ask(question: Question, code: str, command: str) -> Reply | None:
    """Show the words; the code typed again approves, anything else does not. A code of other content than is shown approves nothing.

    `command` is what would approve it, with `{}` in the code's place.
    """
    if not question.is_meant_by(code):
        wrong = f"{one_line(code, LONGEST_SHOWN).upper()} is no code for what stands above"
        sys.stdout.write(f"{question.message}\n\n{wrong}. If that is right: {command.replace('{}', question.code)}\n")
        return None
    sys.stdout.write(f"{question.message}\n\nType {code.upper()} to approve, or anything else not to: ")
    sys.stdout.flush()
    return Reply("approve", "") if question.is_meant_by(sys.stdin.readline()) else None


def _means(code: str, shown: str) -> bool:
    """Whether a code, or more of a hash, and the beginning of a hash that is shown belong together."""
    word = code.strip().upper()
    return bool(word) and (shown.upper().startswith(word) or word.startswith(shown.upper()))


def _no(reason: str) -> int:
    sys.stderr.write(f"refactory approve: {reason}\n")
    return 1
