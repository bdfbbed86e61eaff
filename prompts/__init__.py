"""The words: role briefs and mode prompts as Markdown with TOML front matter, and the loader that composes them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
FENCE: Final = "+++"


@dataclass(frozen=True)
class Role:
    """A role's words: who it is, three lines of contract, the tools it may use, and a filled example of what it hands in.

    `research` are lines that hold besides in a research cycle.
    """

    name: str
    title: str
    contract: str
    tools: tuple[str, ...]
    example: dict[str, Any]
    body: str
    research: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mode:
    """A mode's words: its title, what it is in one line, and the text that starts it."""

    name: str
    title: str
    description: str
    body: str


@cache
def role(name: str) -> Role:
    """The role of this name. Raises KeyError when there is none."""
    return _role("roles", name)


@cache
def planning(name: str) -> Role | None:
    """A role's words where it plans a whole build; None where it has none of its own."""
    return _role("plans", name) if name in names("plans") else None


def _role(kind: str, name: str) -> Role:
    front, body = _read(kind, name)
    return Role(
        name, front["title"], "\n".join(front["contract"]), tuple(front["tools"]), front.get("example", {}), body, tuple(front.get("research", ()))
    )


@cache
def mode(name: str) -> Mode:
    """The mode prompt of this name. Raises KeyError when there is none."""
    front, body = _read("modes", name)
    return Mode(name, front["title"], front["description"], body)


@cache
def names(kind: str) -> tuple[str, ...]:
    """The names of all roles or modes, sorted."""
    return tuple(sorted(path.stem for path in (FOLDER / kind).glob("*.md")))


def contract(name: str, *, plans: bool = False) -> str:
    """The three lines of a role's contract, or of it where it `plans` a build; empty where no role is named."""
    found = planning(name) if plans else None
    return found.contract if found else role(name).contract if name else ""


def _read(kind: str, name: str) -> tuple[dict[str, Any], str]:
    import tomllib  # noqa: PLC0415 - loaded on use: start-up speed

    if name not in names(kind):
        raise KeyError(name)
    _, front, body = (FOLDER / kind / f"{name}.md").read_text(encoding="utf-8").split(FENCE, 2)
    return tomllib.loads(front), body.strip() + "\n"
