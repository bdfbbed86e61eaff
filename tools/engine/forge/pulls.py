"""Pull requests as every forge has them: what is asked for, and what is there."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from tools.engine.forge.references import Project

# The page of a pull request, as a forge names it: shown to people, so nothing but an address is taken for one.
Page = Annotated[str, Field(pattern=r"^https?://[!-~]{1,300}$")]


@dataclass(frozen=True)
class Head:
    """A pushed branch, and the project that it was pushed to: the one that is to take it, or a fork."""

    project: Project
    branch: str


@dataclass(frozen=True)
class Draft:
    """A pull request to be opened, as a draft: from where, into which branch, and its words."""

    head: Head
    into: str
    title: str
    body: str = field(repr=False)


@dataclass(frozen=True)
class Pull:
    """A pull request that is there. `handle` is what the forge's other interface calls it."""

    number: int
    url: str
    state: Literal["open", "closed", "merged"]
    draft: bool
    title: str
    handle: str = ""
