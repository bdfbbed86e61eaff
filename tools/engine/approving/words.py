"""What a person is shown before they approve: everything that the approval binds, built from stored content only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from state.answers import short
from state.approvals import Draft
from state.configuration import Configuration
from state.errors import Refusal
from state.experiments import Experiment
from state.factory_md import parse
from state.model import JSON
from tools.engine.scope.protecting import FILE

MESSAGE_LIMIT: Final = 3000
COMMANDS_LIMIT: Final = 2400
CUT: Final = "\n…\n(cut; whole in .factory/draft/factory.md)"
CODE_LENGTH: Final = 4
# How the parts of a contract are called, in the order in which they are shown; a part that is not named here comes after them by its own name.
TITLES: Final = {
    "target_branch": "Lands on", "eval_command": "Eval command", "threshold": "Threshold", "eval_weights": "Weights of tiers",
    "hygiene_weights": "Weights within hygiene", "growth_weights": "Weights within growth", "modifiable": "May change", "read_only": "Read-only",
    "fixed_surfaces": "Fixed", "guards": "Guards", "setup": "Setup", "project_evaluations": "Project Eval", "hard_constraints": "Hard constraint",
    "holdout": "Held out", "clean_pr": "Clean PR", "research_target": "Research", "mutable_surfaces": "Research may change",
    "inner_loop": "Research runs", "outer_loop": "Research surfaces",
}  # fmt: skip
# Commands stand at the top, whole; there they are not said again.
COMMANDS: Final = frozenset({"smoke_test", "command", "check", "run_command"})


def evaluation_words(draft: Draft) -> str:
    """What a person is shown before any command of the project runs: the commands first, then what opens the machine to them, then the rest.

    What does not fit is cut before the last line, and said; raises Refusal BAD_CONFIG where not even the commands fit: none is approved unseen.
    """
    configuration = parse(draft.text)
    commands = _commands(draft.profile.commands, configuration)
    first = [
        "re:factory asks: may these commands run in this project, as often as a change is measured?",
        *(commands or ["  (none was found: nothing of the project would run)"]),
        *_opened(configuration),
        "",
        f"Goal: {configuration.goal}",
        *_bound(configuration),
        *_measured(draft),
    ]
    last = f"\n\nOn approval factory.md is committed to the target branch and the baseline is measured. Hash {short(draft.hash)}."
    text, room = "\n".join(first), MESSAGE_LIMIT - len(last)
    return (text if len(text) <= room else text[: room - len(CUT)] + CUT) + last


def held_words(experiment: Experiment, suspicion: list[str]) -> str:
    """What a person is shown of a held experiment: the suspicion first."""
    parts = [
        f"re:factory holds experiment {experiment.id}: {experiment.title}",
        "What looked suspect, and is yours to judge:",
        *(f"  - {line}" for line in suspicion),
        "",
        f"Delta {experiment.delta if experiment.delta is not None else 'not measured'}. The change is in {experiment.worktree}.",
        f"Accept this tree ({short(experiment.tree)})? Failing checks would still refuse it.",
    ]
    return "\n".join(parts)[:MESSAGE_LIMIT]


def code_of(content_hash: str) -> str:
    """The code that a person types in a terminal: the start of the hash of what they were shown."""
    return content_hash[:CODE_LENGTH].upper()


def _commands(commands: Sequence[str], configuration: Configuration) -> list[str]:
    """The commands as they are shown, each with what it is for where factory.md says that and there is room to say it."""
    bare = [f"  $ {command}" for command in commands]
    length = sum(len(line) + 1 for line in bare)
    if length > COMMANDS_LIMIT:
        what = f"the commands are {length} characters long together: a person cannot be shown them whole"
        raise Refusal("BAD_CONFIG", what, where=(FILE,), expected=f"at most {COMMANDS_LIMIT} characters; long commands belong into scripts")
    purposes = {"; ".join(text.splitlines()): purpose for purpose, text in _purposes(configuration)}
    told = [f"{line}   [{purposes[command]}]" if command in purposes else line for line, command in zip(bare, commands, strict=True)]
    return told if sum(len(line) + 1 for line in told) <= COMMANDS_LIMIT else bare


def _purposes(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """What each command of factory.md is for."""
    if configuration.setup and configuration.setup.command:
        yield "setup of a fresh tree; may use the network", configuration.setup.command
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
    ordered = [name for name in TITLES if name in bound] + [name for name in bound if name not in TITLES and name not in COMMANDS]
    lines = []
    for name in ordered:
        title, value = TITLES.get(name, name.replace("_", " ").capitalize()), bound[name]
        if name == "guards" and isinstance(value, list):
            lines += [f"Guard: {guard}" for guard in value]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{title} {each['name']}: {_said({**each, 'name': None})}" for each in value if isinstance(each, dict)]
        else:
            lines.append(f"{title}: {_said(value)}")
    return lines


def _said(value: JSON | Mapping[str, Any]) -> str:
    """A part of the contract in words: what it holds of commands is left out."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name.replace('_', ' ')} {_said(part)}" for name, part in value.items() if part is not None and name not in COMMANDS)
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).removesuffix(".0") if isinstance(value, float) else "; ".join(str(value).splitlines())


def _measured(draft: Draft) -> list[str]:
    measured = [item.name for item in draft.profile.dimensions if item.applicable]
    missing = [f"{item.name} ({item.why})" for item in draft.profile.dimensions if not item.applicable and item.tier == "hygiene"]
    return [f"Measured: {', '.join(measured)}", *([f"Not measured: {', '.join(missing)}"] if missing else [])]
