"""How people name an issue and a repository, as a host, a path and a number. Pure."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from state.answers import one_line
from state.errors import Refusal

Program = Literal["gh", "glab"]
GITHUB: Final = "github.com"
EXPECTED: Final = "42, owner/repo#42 or the issue's address"
LARGEST: Final = 999_999_999
_PART: Final = r"(?!\.+(?:[/#]|$))[A-Za-z0-9_.][A-Za-z0-9_.-]*"
_PATH: Final = rf"{_PART}(?:/{_PART}){{1,9}}"
_HOST: Final = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?"
_NUMBER: Final = re.compile(r"#?([0-9]{1,9})")
_SHORT: Final = re.compile(rf"({_PATH})#([0-9]{{1,9}})")
_WEB: Final = re.compile(rf"https?://({_HOST}(?::[0-9]+)?)/({_PATH})(/-)?/(issues|work_items)/([0-9]{{1,9}})(?:[/?#].*)?")
# What git takes: https://host/path, ssh://git@host:port/path, git@host:path. A user is no part of the forge's name, nor a port but that of http.
_URL: Final = re.compile(rf"(?:https?://(?:[^/@\s]*@)?({_HOST}(?::[0-9]+)?)|(?:ssh|git)://(?:[^/@\s]*@)?({_HOST})(?::[0-9]+)?)/({_PATH})/?")
_SCP: Final = re.compile(rf"(?:[^/@:\s]+@)?({_HOST}):(?!//)/?({_PATH})/?")


@dataclass(frozen=True)
class Project:
    """A repository on a forge. `path` is owner/repo in small letters, with groups where the forge has them; `program` asks the forge about it."""

    host: str
    path: str
    program: Program

    def address(self, number: int) -> str:
        """The page of an issue: its key."""
        between = "/-/issues/" if self.program == "glab" else "/issues/"
        return f"https://{self.host}/{self.path}{between}{number}"


@dataclass(frozen=True)
class Reference:
    """An issue of a repository."""

    project: Project
    number: int

    @property
    def address(self) -> str:
        """Its page, which is its key."""
        return self.project.address(self.number)


def project_of(remote: str) -> Project | None:
    """The project of a remote's address; None where it is none that a forge could have, such as a folder."""
    found = _URL.fullmatch(remote.strip())
    scp = None if found else _SCP.fullmatch(remote.strip())
    if found:
        return _project(found[1] or found[2], found[3])
    return _project(scp[1], scp[2]) if scp else None


def is_reference(text: str) -> bool:
    """Whether the whole text names an issue, and is no wish that mentions one."""
    return any(form.fullmatch(text.strip()) for form in (_NUMBER, _SHORT, _WEB))


def reference(text: str, here: Project | None) -> Reference:
    """The issue that a text names; a number alone is one of `here`.

    Raises Refusal BAD_ARGUMENTS for a text that names none, NO_FORGE for a number where there is no forge.
    """
    meant = text.strip()
    if found := _WEB.fullmatch(meant):
        return Reference(_project(found[1], found[2], gitlab=found[3] is not None), int(found[5]))
    if found := _SHORT.fullmatch(meant):
        return Reference(_project(here.host if here else GITHUB, found[1], gitlab=here is not None and here.program == "glab"), int(found[2]))
    if found := _NUMBER.fullmatch(meant):
        if here is None:
            raise no_remote()
        return Reference(here, int(found[1]))
    raise Refusal("BAD_ARGUMENTS", f"{one_line(text)} names no issue", where=("issues",), expected=EXPECTED)


def no_remote() -> Refusal:
    """There is no forge to ask."""
    return Refusal("NO_FORGE", "this repository has no remote on a forge", expected="a remote origin there, or owner/repo#42, or the issue's address")


def _project(host: str, path: str, *, gitlab: bool = False) -> Project:
    small = host.lower()
    return Project(small, path.lower().removesuffix(".git"), "glab" if gitlab or "gitlab" in small else "gh")
