"""Asking a forge through its own program: the person's sign-in is handed to it and to nothing else, and what it says no to becomes a refusal."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from state.errors import Refusal
from tools.engine.forge.references import Program, Project
from tools.engine.process import CommandNotFound, ProcessTimeout, Quick, run_quick

PATIENCE: Final = 30.0  # seconds for one question
# What the programs find their sign-in, their settings and the way out by. Commands that are measured never get any of these.
_HANDED_ON: Final = (
    "PATH", "HOME", "USER", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS",
    "GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_CONFIG_DIR",
    "GITLAB_TOKEN", "GITLAB_ACCESS_TOKEN", "OAUTH_TOKEN", "GLAB_CONFIG_DIR",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "no_proxy", "all_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
_QUIET: Final = {
    "GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GLAB_CHECK_UPDATE": "false", "NO_PROMPT": "1", "NO_COLOR": "1", "LC_ALL": "C.UTF-8",
}  # fmt: skip
_WHERE: Final[dict[Program, str]] = {"gh": "https://cli.github.com", "glab": "https://gitlab.com/gitlab-org/cli"}
_NOT_SIGNED_IN: Final = 4  # how gh ends then
_SIGN_IN: Final = re.compile(r"auth login|not logged in|\b401\b|\b403\b|bad credentials|unauthorized|SAML", re.IGNORECASE)
_LATER: Final = re.compile(r"rate limit|abuse detection", re.IGNORECASE)
_NOT_THERE: Final = re.compile(r"could not resolve to an? |\b404\b|NOT_FOUND", re.IGNORECASE)


@dataclass(frozen=True)
class Door:
    """The way to a project's forge: its program, with the person's variables, which are those of the server and of the chosen profile."""

    project: Project
    variables: Mapping[str, str] = field(repr=False)


def ask(door: Door, *arguments: str, what: str) -> Any:
    """What the forge answers to `gh api …` or `glab api …`, parsed. `what` is asked for, in words.

    Raises Refusal NO_FORGE where the program is missing, not signed in, or answers what it never did; UNKNOWN_ID where the forge has no such
    thing; NO_NETWORK for every other no, with the program's own words.
    """
    program = door.project.program
    argv = [program, "api", *arguments, "--hostname", door.project.host]
    try:
        # Not in the project: what lies there must not decide how the program works.
        done = run_quick(argv, directory=Path("/"), environment=_environment(door), timeout=PATIENCE)
    except CommandNotFound as error:
        expected = f"{program} ({_WHERE[program]}) in the PATH of the server, signed in: {program} auth login"
        raise Refusal("NO_FORGE", f"{program} is not installed here, or not in PATH", expected=expected) from error
    except ProcessTimeout as error:
        raise Refusal("NO_NETWORK", f"{program} did not answer within {PATIENCE:.0f} s", expected="a way to the forge") from error
    if done.exit_code != 0:
        raise _no(program, done, what)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise unknown_form(program) from error


def unknown_form(program: Program) -> Refusal:
    """The program answered what this server does not know."""
    return Refusal("NO_FORGE", f"{program} answered in a form that is not known here", expected=f"a newer {program}: {_WHERE[program]}")


def _no(program: Program, done: Quick, what: str) -> Refusal:
    words = done.stderr.decode("utf-8", "replace").strip() or done.stdout.decode("utf-8", "replace").strip()
    said = (program, words)
    if not _LATER.search(words) and (done.exit_code == _NOT_SIGNED_IN or _SIGN_IN.search(words)):
        return Refusal(
            "NO_FORGE", f"{program} is not signed in there, or not let in", expected=f"the person signs in: {program} auth login", untrusted=said
        )
    if _NOT_THERE.search(words):
        unknown = f"the forge has no {what}, or does not show it"
        return Refusal("UNKNOWN_ID", unknown, where=("issues",) if "issue" in what else (), expected="something that is there", untrusted=said)
    return Refusal("NO_NETWORK", f"{program} could not get {what}", expected="a way to the forge", untrusted=said)


def _environment(door: Door) -> dict[str, str]:
    return {name: door.variables[name] for name in _HANDED_ON if name in door.variables} | _QUIET
