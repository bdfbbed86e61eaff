"""Writing the settings file: a commented one where there is none, and what is missing added to one that is there, its lines untouched."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from state.errors import Refusal
from state.files import ensure_private_folder, replace_file
from state.settings.file import SettingsFile, mark_of, parsed
from state.settings.keys import BY_NAME, KEYS, Key, Kind, Plain
from state.settings.showing import credential_shown
from state.settings.statements import Leaf, leaves
from state.settings.values import LONGEST, Unfit, meaning, shown
from state.text import is_text

# Variables that the factory's documents name, and the profile that they make up.
PROFILE_OF: Final = {
    "CLAUDE_CODE_USE_VERTEX": "vertex", "ANTHROPIC_VERTEX_PROJECT_ID": "vertex", "CLOUD_ML_REGION": "vertex", "BOBSHELL_API_KEY": "bob",
    "CODEX_API_KEY": "codex", "OPENAI_API_KEY": "codex", "ANTHROPIC_API_KEY": "anthropic", "GH_TOKEN": "github", "GITHUB_TOKEN": "github",
    "TELEGRAM_BOT_TOKEN": "telegram", "TELEGRAM_CHAT_ID": "telegram",
}  # fmt: skip
STAYS: Final = {
    "auto_approve": "a standing order belongs to one place where the server is registered; the file may not hold it",
    "profile": "it chooses a profile where one is wanted",
    "registry_dir": "it says where this very file lies",
    "project": "it belongs to one place where the server is registered; in the file it would count for all",
}
_WIDTH: Final = 110
_DEFAULTS: Final = ("defaults",)
_EXAMPLES: Final[Mapping[str, Plain]] = {
    "project": "~/work/my-project", "wait_seconds": 60, "worktrees": "~/worktrees", "profile": "vertex", "model": "some-model",
    "vault_path": "~/vault", "managed_dirs": ("~/projects/one", "~/projects/two"), "log": "info",
}  # fmt: skip
_HEAD: Final = """# Settings of re:factory. A flag, and a variable that is set, count before what stands here.
# `refactory config show` says what counts, and why. Keep this file to yourself (0600): it is read whole or, with any problem in it, not at all.

[defaults]
"""
_TAIL: Final = """# Credentials are variables that factory.md's Setup may hand to commands by name.
# `--profile NAME` or FACTORY_PROFILE chooses one section.

# [credentials.vertex]
# CLAUDE_CODE_USE_VERTEX = "1"
# ANTHROPIC_VERTEX_PROJECT_ID = "my-gcp-project"
# CLOUD_ML_REGION = "us-east5"

# [credentials.bob]
# FACTORY_RUNNER = "bob"
# BOBSHELL_API_KEY = "..."
"""


@dataclass(frozen=True)
class Addition:
    """One line to be written: its section, such as ("credentials", "bob"), its name, and its value."""

    section: tuple[str, ...]
    name: str
    value: Plain


@dataclass(frozen=True)
class Migration:
    """What is taken from variables into the file: the new text, what was added to it, and each variable that stays with the reason."""

    text: str
    added: tuple[Addition, ...]
    stays: tuple[tuple[str, str], ...]


def template() -> str:
    """A settings file in which every key stands as a comment, and nothing is set."""
    blocks = []
    for key in KEYS:
        if not key.not_in_file:
            words = textwrap.fill(key.about.replace("`", ""), _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
            blocks.append(f"{words}\n# {key.name} = {_written(_example(key))}\n")
    return "\n".join((_HEAD, *blocks, _TAIL))


def migrate(file: SettingsFile, text: str, environment: Mapping[str, str], directory: Path | None) -> Migration:
    """What of the variables that are set is missing in `text`, the content of `file`, put where it belongs.

    Raises Refusal BAD_CONFIG where the file has problems, or is written so that a line cannot be added.
    """
    if file.problems:
        raise Refusal("BAD_CONFIG", f"{file.path} has problems; mend them first", problems=file.problems, expected="refactory config edit")
    there = {leaf.path for leaf in leaves(text.replace("\r\n", "\n"))[0]}
    wanted, stays = _wanted(environment, directory)
    added = tuple(item for item in wanted if (*item.section, item.name) not in there)
    stays += [(_variable(item), _beside(item, file)) for item in wanted if item not in added]
    new = text
    for section in dict.fromkeys(item.section for item in added):
        new = _with_lines(new, section, [f"{item.name} = {_written(item.value)}" for item in added if item.section == section])
    if parsed(new.encode())[1]:
        what = f"{file.path} is written so that lines cannot be added by a program"
        raise Refusal("BAD_CONFIG", what, expected="sections with heads of their own, such as [defaults]; refactory config edit")
    return Migration(new, added, tuple(stays))


def write_file(path: Path, text: str, mark: tuple[int, ...]) -> None:
    """Write the settings file, for its owner alone; a link stays, and the file behind it is replaced.

    `mark` is what the file was when it was read: raises Refusal BUSY if somebody else wrote it meanwhile; OSError when it cannot be written.
    """
    if mark_of(path) != mark:
        raise Refusal("BUSY", f"{path} was changed by somebody else", where=(str(path),), expected="the same command again")
    behind = path.resolve()
    ensure_private_folder(behind.parent)
    replace_file(behind, text.encode())


def _wanted(environment: Mapping[str, str], directory: Path | None) -> tuple[list[Addition], list[tuple[str, str]]]:
    """What the variables would say in the file, and those that stay variables, each with the reason."""
    wanted: list[Addition] = []
    stays: list[tuple[str, str]] = []
    for key in KEYS:
        raw = environment.get(key.variable, "")
        if not raw.strip():
            continue
        reason = STAYS.get(key.name, key.not_in_file)
        try:
            value = meaning(key, raw, directory)
        except Unfit as unfit:
            reason = f"found {unfit.found}; expected {key.expected}"
        if not reason and not is_text(raw):
            reason = "it is no UTF-8"
        if reason:
            stays.append((key.variable, reason))
        else:
            wanted.append(Addition(_DEFAULTS, key.name, value))
    for name, profile in PROFILE_OF.items():
        secret = environment.get(name, "")
        if secret and len(secret) <= LONGEST and is_text(secret):
            wanted.append(Addition(("credentials", profile), name, secret))
        elif secret:
            stays.append((name, f"it is no UTF-8, or longer than {LONGEST} characters"))
    return wanted, stays


def addition_shown(item: Addition) -> str:
    """The value of an addition as it may be shown."""
    return shown(BY_NAME[item.name], item.value) if item.section == _DEFAULTS else credential_shown(item.name, str(item.value))


def _beside(item: Addition, file: SettingsFile) -> str:
    """Why a variable is not written where the file has a value already: the same, or another, which is not written over."""
    if item.section == _DEFAULTS:
        entry = file.content.defaults.get(item.name)
        there: Plain = entry.value if entry else None
    else:
        credential = file.content.profiles.get(item.section[1], {}).get(item.name)
        there = credential.value if credential else None
    if there == item.value:
        return "the file has it"
    in_file = addition_shown(replace(item, value=there)) if there is not None else "nothing"
    return f"the file has another value, {in_file}, and keeps it; the variable, {addition_shown(item)}, counts while it is set"


def _variable(item: Addition) -> str:
    return BY_NAME[item.name].variable if item.section == _DEFAULTS else item.name


def _with_lines(text: str, section: tuple[str, ...], lines: list[str]) -> str:
    """`text` with lines put right behind the head of their section, which is made at the end where there is none."""
    end = "\r\n" if "\r\n" in text else "\n"
    new = "".join(f"{line}{end}" for line in lines)
    rows = [f"{row}\n" for row in text.split("\n")]
    rows[-1] = rows[-1].removesuffix("\n")
    head = next((leaf for leaf in leaves(text.replace("\r\n", "\n"))[0] if _is_head(leaf, section, rows)), None)
    if head is None:
        gap = "" if not text or text.endswith(end * 2) else end if text.endswith("\n") else end * 2
        return f"{text}{gap}[{'.'.join(section)}]{end}{new}"
    before, behind = "".join(rows[: head.line]), "".join(rows[head.line :])
    return f"{before}{'' if before.endswith(chr(10)) else end}{new}{behind}"


def _is_head(leaf: Leaf, section: tuple[str, ...], rows: list[str]) -> bool:
    return leaf.path == section and rows[leaf.line - 1].lstrip().startswith("[")


def _written(value: Plain) -> str:
    """A value as TOML writes it. Its texts are those of JSON, but for one character that JSON leaves as it is."""
    if isinstance(value, tuple):
        return f"[{', '.join(_written(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _example(key: Key) -> Plain:
    """A value that a person may put there."""
    fallback: Plain = True if key.kind is Kind.YES_NO else ""
    return _EXAMPLES.get(key.name, key.default if key.default is not None else fallback)
