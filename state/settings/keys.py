"""The table of keys: every setting there is, how it is written, what it is unless somebody sets it, and what uses it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Plain = str | int | bool | tuple[str, ...] | None


class Kind(StrEnum):
    """How a value is written."""

    PATH = "path"
    TEXT = "text"
    YES_NO = "yes or no"
    NUMBER = "whole number"
    LIST = "list"


@dataclass(frozen=True)
class Key:
    """One setting. `name` stands in `[defaults]`, `variable` in the environment and in a profile.

    `about` says what uses it, or what became of it; `choices` are all values there are (of a list, all its items); `separator` stands between
    a list's items in a variable; `not_in_file` is why the file may not hold it.
    """

    name: str
    variable: str
    kind: Kind
    about: str
    default: Plain = None
    choices: tuple[str, ...] = ()
    separator: str = ","
    not_in_file: str = ""

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        if self.choices:
            several = "one of " if len(self.choices) > 1 else "only "
            return several + ", ".join(self.choices)
        return _EXPECTED[self.kind]


_EXPECTED: Final = {
    Kind.PATH: "an absolute path, or one that begins with ~/",
    Kind.TEXT: "a text on one line",
    Kind.YES_NO: "true or false",
    Kind.NUMBER: "a whole number, 0 or more",
    Kind.LIST: "a list of texts",
}
_PLAYED_BY_THE_HOST: Final = "accepted; the host's own model plays the roles, so nothing starts a runner"
_NOTHING_CAPPED: Final = "accepted; no agent is started, so there is nothing to cap"
_NOTHING_RESPAWNED: Final = "accepted; the CEO is the host's model, and a cycle is taken up again by project_status"

KEYS: Final = (
    Key(
        "project", "FACTORY_PROJECT", Kind.PATH,
        "the project, where a call names none; without the variable `CLAUDE_PROJECT_DIR` counts, then this key in the file, then the folder that "
        "the server was started in",
    ),
    Key(
        "wait_seconds", "FACTORY_WAIT_SECONDS", Kind.NUMBER,
        "how long one call waits for long work before it answers with a job; unset, 100 in known hosts, else 45",
    ),
    Key("worktrees", "FACTORY_WORKTREES", Kind.PATH, "a folder for worktrees outside the projects; unset, `.factory/worktrees`"),
    Key(
        "auto_approve", "FACTORY_AUTO_APPROVE", Kind.LIST,
        "`evaluation`, `plan`, `spec`, `publish`: a standing yes to the commands of factory.md, to plans, to specs, to pushing branches and opening "
        "pull requests; recorded as such; a held experiment always asks",
        choices=("evaluation", "plan", "spec", "publish"),
        not_in_file="the variable FACTORY_AUTO_APPROVE, where the server is registered",
    ),
    Key(
        "confinement", "FACTORY_CONFINEMENT", Kind.TEXT,
        "`none`: commands that are measured run without a sandbox; unset, in bubblewrap or in namespaces, where this machine allows either",
        choices=("none",),
        not_in_file="the variable FACTORY_CONFINEMENT, where the server is registered",
    ),
    Key(
        "log", "FACTORY_LOG", Kind.TEXT, "the log level on standard error", "warning", choices=("debug", "info", "warning", "error"),
    ),
    Key("profile", "FACTORY_PROFILE", Kind.TEXT, "the credentials that count, a section `[credentials.NAME]`; `--profile NAME` comes first"),
    Key(
        "registry_dir", "FACTORY_REGISTRY_DIR", Kind.PATH,
        "where the registry of projects lies; the variable moves config.toml too, the key in the file cannot", "~/.factory",
    ),
    Key("projects_dir", "FACTORY_PROJECTS_DIR", Kind.PATH, "where new projects go", "~/factory-projects"),
    Key("playbooks_dir", "FACTORY_PLAYBOOKS_DIR", Kind.PATH, "where playbooks lie; nothing reads playbooks yet", "~/.factory/playbooks"),
    Key("vault_path", "FACTORY_VAULT_PATH", Kind.PATH, "accepted; notes are in each project's .factory/archive, and no vault is written"),
    Key(
        "managed_dirs", "FACTORY_MANAGED_DIRS", Kind.LIST, "accepted; the projects that count are those of the registry: refactory projects",
        separator=":",
    ),
    Key("runner", "FACTORY_RUNNER", Kind.TEXT, _PLAYED_BY_THE_HOST, "claude"),
    Key("model", "FACTORY_MODEL", Kind.TEXT, "accepted; the host chooses its model, the server calls none"),
    Key("runner_quiet", "FACTORY_RUNNER_QUIET", Kind.YES_NO, _PLAYED_BY_THE_HOST),
    Key("bob_dry_run", "FACTORY_BOB_DRY_RUN", Kind.YES_NO, _PLAYED_BY_THE_HOST),
    Key("bob_max_invocations_per_cycle", "FACTORY_BOB_MAX_INVOCATIONS_PER_CYCLE", Kind.NUMBER, _NOTHING_CAPPED, 8),
    Key("codex_dry_run", "FACTORY_CODEX_DRY_RUN", Kind.YES_NO, _PLAYED_BY_THE_HOST),
    Key("ceo_respawn_disabled", "FACTORY_CEO_RESPAWN_DISABLED", Kind.YES_NO, _NOTHING_RESPAWNED),
    Key("ceo_max_respawns", "FACTORY_CEO_MAX_RESPAWNS", Kind.NUMBER, _NOTHING_RESPAWNED, 3),
)  # fmt: skip

BY_NAME: Final = {key.name: key for key in KEYS}
BY_VARIABLE: Final = {key.variable: key for key in KEYS}
