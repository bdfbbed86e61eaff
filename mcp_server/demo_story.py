"""The words of the demo: what the host's model, its builder and its reviewer say and type, read from an example's story.toml."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from state.cycles import Hypothesis
from state.model import Model


class Edit(Model):
    """One place of a file that the builder changes: `old`, which stands there once, becomes `new`."""

    path: str
    old: str
    new: str


class Try(Model):
    """One hypothesis, the edits that carry it out, and the verdict that the host comes to."""

    hypothesis: Hypothesis
    edits: tuple[Edit, ...]
    review: str
    decision: Literal["keep", "revert"]
    reason: str
    lesson: str = ""


class Person(Model):
    """Unfinished work of the person's own in the checkout: text added to tracked files, and files that git does not know."""

    edits: dict[str, str] = Field(default_factory=dict)
    untracked: dict[str, str] = Field(default_factory=dict)


class Story(Model):
    """A whole walk. `folder` is the example's, with the project in it."""

    folder: Path
    request: str
    goal: str
    person: Person
    tries: tuple[Try, ...] = Field(min_length=1)

    @property
    def project(self) -> Path:
        """The project that the story is about, to be copied."""
        return self.folder / "project"


def read_story(folder: Path) -> Story:
    """The story of the example in `folder`. Raises OSError without story.toml, and pydantic's ValidationError for one of another form."""
    import tomllib  # noqa: PLC0415 - loaded on use: start-up speed

    return Story.model_validate({"folder": folder, **tomllib.loads((folder / "story.toml").read_text(encoding="utf-8"))})
