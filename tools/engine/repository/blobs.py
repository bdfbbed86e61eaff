"""Reading the contents of many blobs through one git."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from state.errors import Refusal
from tools.engine.process import Conversation, ConversationEnded
from tools.engine.repository.git import FETCH_ALL
from tools.engine.repository.location import Repository
from tools.engine.repository.objects import GITLINK, list_tree

_BLOCK: Final = 1 << 20  # bytes of a blob held at once
_SMALL: Final = 16 * 1024  # bytes of a file that stays known
_KNOWN: Final = 500  # files of a commit that stay known
_ASKED_AT_ONCE: Final = 200  # requests of up to 74 bytes: less than the smallest pipe holds, 16 KiB


def blob_contents(repository: Repository, wanted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """For each path and object id the path with the blocks of its blob, which must be taken before the next one is asked for.

    Raises Refusal UNSUPPORTED_REPO for an object that is not here.
    """
    if not wanted:
        return
    with repository.git.conversation("cat-file", "--batch-command", "--buffer") as conversation:
        yield from _contents(conversation, wanted)


def small_blobs(repository: Repository, wanted: Iterable[tuple[str, str]], limit: int) -> dict[str, bytes]:
    """The contents of those blobs, by path, that are at most `limit` bytes long. Raises Refusal UNSUPPORTED_REPO as above."""
    asked = list(wanted)
    ids = "".join(f"{object_id}\n" for _, object_id in asked).encode()
    sizes = repository.git.bytes_("cat-file", "--batch-check=%(objectsize)", standard_input=ids).splitlines() if asked else []
    # For an object that is missing git says so instead of a size; reading it then names it.
    small = [each for each, size in zip(asked, sizes, strict=True) if not size.isdigit() or int(size) <= limit]
    return {path: b"".join(blocks) for path, blocks in blob_contents(repository, small)}


@dataclass(frozen=True)
class _Commit:
    """A commit's files: their object ids by path, and the contents of small ones that were read already. Neither ever changes."""

    ids: Mapping[str, str]
    contents: dict[str, bytes]


@lru_cache(maxsize=2)
def _commit(repository: Repository, commit: str) -> _Commit:
    return _Commit({entry.path: entry.object_id for entry in list_tree(repository, commit) if entry.mode != GITLINK}, {})


@contextmanager
def files_through_one_git(repository: Repository, commit: str) -> Iterator[Callable[[str], bytes | None]]:
    """A way to read files of a commit, named by its id, one after another; None where there is no such file. A symlink gives its target.

    Small files that were read of it lately are known; git is started for the first that is not. What it gives raises Refusal UNSUPPORTED_REPO for an
    object that is not here.
    """
    with ExitStack() as stack:
        found, begun = _commit(repository, commit), list[Conversation]()

        def read(path: str) -> bytes | None:
            if path not in found.ids or path in found.contents:
                return found.contents.get(path)
            if not begun:
                begun.append(stack.enter_context(repository.git.conversation("cat-file", "--batch-command", "--buffer")))
            ((_, blocks),) = ((name, b"".join(blocks)) for name, blocks in _contents(begun[0], [(path, found.ids[path])]))
            if len(blocks) <= _SMALL and len(found.contents) < _KNOWN:
                found.contents[path] = blocks
            return blocks

        yield read


def _contents(conversation: Conversation, wanted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Only as many are asked for at once as fit into a pipe unread, so neither side ever waits for the other to read; git answers in one go."""
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        asked = wanted[start : start + _ASKED_AT_ONCE]
        conversation.write("".join([*(f"contents {object_id}\n" for _, object_id in asked), "flush\n"]).encode())
        conversation.flush()
        for path, object_id in asked:
            try:
                facts = conversation.read_line().split()
            except ConversationEnded:  # git gives up where a partial clone lacks something
                facts = []
            if facts[1:2] != [b"blob"]:
                what = f"the content of {path} ({object_id[:12]}) is not in this repository; in a partial clone: git fetch --refetch --no-filter"
                raise Refusal("UNSUPPORTED_REPO", what, where=(path,), expected=f"{FETCH_ALL}; git fsck says what else is missing")
            yield path, _blocks(conversation, int(facts[2]))
            conversation.read_exactly(1)  # the line end after each blob


def _blocks(conversation: Conversation, size: int) -> Iterator[bytes]:
    while size:
        block = conversation.read_exactly(min(size, _BLOCK))
        size -= len(block)
        yield block
