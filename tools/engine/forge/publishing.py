"""Where branches of this project go, and the pull requests there: one way to every forge."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from state.errors import Refusal
from tools.engine.forge.asking import Door
from tools.engine.forge.github_pulls import close_on_github, find_on_github, open_on_github, promote_on_github
from tools.engine.forge.gitlab_pulls import close_on_gitlab, find_on_gitlab, open_on_gitlab, promote_on_gitlab
from tools.engine.forge.pulls import Draft, Head, Pull
from tools.engine.forge.references import Program, Project, project_of
from tools.engine.repository.location import Repository
from tools.engine.repository.remotes import address_of, remotes_of


@dataclass(frozen=True)
class Destination:
    """The project that is to take changes, the one that branches are pushed to, and the address that they are pushed by."""

    upstream: Project
    own: Project
    address: str = field(repr=False)


@dataclass(frozen=True)
class _Ways:
    find: Callable[[Door, Head], list[Pull]]
    begin: Callable[[Door, Draft], Pull]
    promote: Callable[[Door, Pull], None]
    close: Callable[[Door, Pull, str], None]


_WAYS: Final[dict[Program, _Ways]] = {
    "gh": _Ways(find_on_github, open_on_github, promote_on_github, close_on_github),
    "glab": _Ways(find_on_gitlab, open_on_gitlab, promote_on_gitlab, close_on_gitlab),
}


def destination(repository: Repository) -> Destination | None:
    """Where pull requests of this repository go, by its remotes; None where these name no forge."""
    remotes = remotes_of(repository)
    if remotes is None:
        return None
    upstream, own = (project_of(address_of(repository, name)) for name in (remotes.upstream, remotes.own))
    return Destination(upstream, own, address_of(repository, remotes.own, push=True)) if upstream is not None and own is not None else None


@dataclass(frozen=True)
class PullRequests:
    """The pull requests of a destination, through the person's own program. Every question raises Refusal as `ask` does."""

    destination: Destination
    variables: Mapping[str, str] = field(repr=False)

    def find(self, branch: str) -> Pull | None:
        """The one of a branch of ours: an open one before those that are over, of which the newest."""
        found = self._ways.find(self._door, Head(self.destination.own, branch))
        return min(found, key=lambda each: (each.state != "open", each.state != "merged", -each.number), default=None)

    def begin(self, wanted: Draft) -> Pull:
        """Open a draft, unless there is one: somebody may have been quicker."""
        try:
            return self._ways.begin(self._door, wanted)
        except Refusal:
            found = self.find(wanted.head.branch)
            if found is None:
                raise
            return found

    def promote(self, pull: Pull) -> None:
        """Ask for it to be reviewed."""
        self._ways.promote(self._door, pull)

    def close(self, pull: Pull, reason: str) -> None:
        """Close it, and say why."""
        self._ways.close(self._door, pull, reason)

    @property
    def _door(self) -> Door:
        return Door(self.destination.upstream, self.variables)

    @property
    def _ways(self) -> _Ways:
        return _WAYS[self.destination.upstream.program]
