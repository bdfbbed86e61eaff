"""What a person is shown before they approve: everything that the approval binds, built from stored content only."""

from collections.abc import Iterator, Sequence
from typing import Final

from state.answers import one_line, quoted, short
from state.approvals import Approved, Draft
from state.configuration import Configuration
from state.errors import Refusal
from state.factory_md import parse
from tools.engine.approving.changed import changes
from tools.engine.approving.parts import parts, plainly, said, title
from tools.engine.approving.spending import spent_on_research
from tools.engine.scope.protecting import FILE

MESSAGE_LIMIT: Final = 3000
COMMANDS_LIMIT: Final = 2400
CUT: Final = "\n…\n(cut; whole in .factory/draft/factory.md)"
CODE_LENGTH: Final = 4
CHANGE_LIMIT: Final = 200
_MAY_RUN: Final = "may these commands run in this project, as often as a change is measured?"
FIRST: Final = f"re:factory asks: {_MAY_RUN}"
AGAIN: Final = _MAY_RUN.capitalize()


def evaluation_words(
    draft: Draft, before: Approved | None = None, *, is_committed: bool = False, new_branch: str = "", limit: int = MESSAGE_LIMIT
) -> str:
    """What a person is shown before any command of the project runs.

    First what changed since `before`, the contract approved last; then the commands, what opens the machine to them, and the rest. What does not
    fit is cut before the last line, and said; raises Refusal BAD_CONFIG where not even the commands fit: none is approved unseen.
    `is_committed`: the target holds this very file already; `new_branch` is a target that is not there yet; `limit` is in characters.
    """
    configuration = parse(draft.text)
    asked = [*_asked(draft.profile.commands, configuration), *_opened(configuration)]
    made = [f"There is no branch {quoted(new_branch)} here: approval makes it. Is that its name?"] if new_branch else []
    rest = ["", f"Goal: {configuration.goal}", *made, *spent_on_research(configuration), *_bound(configuration), *_measured(draft)]
    done = "factory.md stays as it is committed" if is_committed else "factory.md is committed"
    last = (
        f"\n\nOn approval {done}, and the baseline is measured: at once from a host, with the first cycle from a terminal. Hash {short(draft.hash)}."
    )
    first = _since(before, draft, configuration, limit - len("\n".join([*asked, CUT, last]))) if before else [FIRST]
    text, room = "\n".join([*first, *asked, *rest]), limit - len(last)
    return (text if len(text) <= room else text[: room - len(CUT)] + CUT) + last


def code_of(content_hash: str) -> str:
    """The code that a person types in a terminal: the start of the hash of what they were shown."""
    return content_hash[:CODE_LENGTH].upper()


def _since(before: Approved, draft: Draft, configuration: Configuration, room: int) -> list[str]:
    """What changed since the last approval, as far as there is `room` for it, and the question."""
    found = changes(before, configuration.contract(), draft.profile.commands, _measurable(draft))
    lines = [f"re:factory asks again. Changed since the approval of {before.at[:10]}:", *(f"  {one_line(line, CHANGE_LIMIT)}" for line in found)]
    if not found:
        return [f"re:factory asks again. Nothing that an approval binds changed since that of {before.at[:10]}, only the words around it.", AGAIN]
    fitting = [number for number in range(len(lines) + 1) if len("\n".join([*lines[:number], _more(len(found)), AGAIN])) < room]
    shown = lines[: max(fitting, default=1)]
    left = len(lines) - len(shown)
    return [*shown, *([_more(left)] if left else []), AGAIN]


def _more(left: int) -> str:
    return f"  … and {left} more; see .factory/draft/factory.md"


def _asked(commands: Sequence[str], configuration: Configuration) -> list[str]:
    """The commands as they are shown, each with what it is for where there is room to say it."""
    length = sum(len(_shown(command)) + 1 for command in commands)
    if length > COMMANDS_LIMIT:
        what = f"the commands are {length} characters long together: a person cannot be shown them whole"
        raise Refusal("BAD_CONFIG", what, where=(FILE,), expected=f"at most {COMMANDS_LIMIT} characters; long commands belong into scripts")
    purposes = {"; ".join(text.splitlines()): purpose for purpose, text in _purposes(configuration)}
    told = {command: f"{_shown(command)}   [{purposes[command]}]" if command in purposes else _shown(command) for command in commands}
    if sum(len(line) + 1 for line in told.values()) > COMMANDS_LIMIT:
        told = {command: _shown(command) for command in commands}
    return list(told.values()) or ["  (none was found: nothing of the project would run)"]


def _shown(command: str) -> str:
    return f"  $ {command}"


def _purposes(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """What each command of factory.md is for."""
    if configuration.setup and configuration.setup.command:
        yield "setup of a fresh tree; this command itself may use the network", configuration.setup.command
    yield from ((f"Project Eval {each.name}", each.command) for each in configuration.project_evaluations)
    yield from ((f"hard constraint {each.name}", each.check) for each in configuration.hard_constraints)
    if configuration.smoke_test:
        yield "smoke test", configuration.smoke_test
    if configuration.research_target:
        yield "research, every run", configuration.research_target.run_command
    if configuration.holdout:
        yield "on what is held out", configuration.holdout.command


def _opened(configuration: Configuration) -> list[str]:
    """What these commands get that a program usually would not: said apart, before everything else."""
    setup = configuration.setup
    if setup is None:
        return []
    network = ["!! NETWORK: the project's code, and what the model writes, may use the network while it is measured"] if setup.network else []
    return network + ([f"!! HANDED ON from your environment: {', '.join(setup.env)}"] if setup.env else [])


def _bound(configuration: Configuration) -> list[str]:
    """Every part of the contract but for the commands, a line each; of a list of named things a line each."""
    bound = configuration.contract()
    lines = []
    for name in parts(bound):
        called, value = title(name), plainly(name, bound[name])
        if name == "guards" and isinstance(value, list):
            lines += [f"Guard: {guard}" for guard in value]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{called} {each['name']}: {said({**each, 'name': None})}" for each in value if isinstance(each, dict)]
        else:
            lines.append(f"{called}: {said(value)}")
    return lines


def _measured(draft: Draft) -> list[str]:
    missing = [f"{item.name} ({item.why})" for item in draft.profile.dimensions if not item.applicable and item.tier == "hygiene"]
    return [f"Measured: {', '.join(_measurable(draft))}", *([f"Not measured: {', '.join(missing)}"] if missing else [])]


def _measurable(draft: Draft) -> list[str]:
    return [item.name for item in draft.profile.dimensions if item.applicable]
