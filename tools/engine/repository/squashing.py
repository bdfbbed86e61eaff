"""The candidate as it comes into the target's history: without what was captured on the way to it and taken back."""

from collections.abc import Sequence

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository
from tools.engine.repository.merging import merge_commit
from tools.engine.repository.objects import tree_of


def squashed(repository: Repository, base: str, candidate: str, ours: Sequence[str]) -> str:
    """A commit of the candidate's very tree on the newest commit that a builder made since the base, else on the base itself.

    The candidate where it is that already. `ours` are the messages of commits that no builder made; the new commit has the first of them.
    """
    said = {message.strip() for message in ours}
    way = _on_the_way(repository, base, candidate)
    under = next((commit for commit, _, message in way if message not in said), base)
    if candidate == under or (way and way[0][1] == under):
        return candidate
    return merge_commit(repository, tree_of(repository, candidate), (under,), ours[0])


def _on_the_way(repository: Repository, base: str, candidate: str) -> list[tuple[str, str, str]]:
    """Commit, parents and message of each, the newest first, from the candidate back to the base; without what was merged in."""
    said = decode(repository.git.bytes_("log", "--first-parent", "--format=%H%x00%P%x00%B%x00", "--end-of-options", candidate, f"^{base}"))
    fields = [field.strip() for field in said.split("\0")]
    return [(fields[place], fields[place + 1], fields[place + 2]) for place in range(0, len(fields) - 2, 3)]
