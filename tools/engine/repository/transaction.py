"""A prepared move of one ref: git holds its lock, and that of HEAD where HEAD names it, until the move is made or given up."""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.engine.process import Conversation, ConversationEnded
from tools.engine.repository.git import Git, decode


class NotPrepared(Exception):  # noqa: N818 - reads as what is the case
    """Git would not lock the ref, or it does not hold the value expected; `said` are git's words."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Transaction:
    """A move that is prepared; given up unless `commit` is called."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def commit(self) -> None:
        """Make the move. Raises NotPrepared when git did not say that it is made."""
        _ask(self._conversation, "commit")


@contextmanager
def prepare(git: Git, ref: str, new: str, old: str) -> Iterator[Transaction]:
    """Lock `ref` for its move from `old` to `new` (they may be equal: then it is only held still). Raises NotPrepared.

    Until the end, `commit`, `switch` and `switch -c` in the checkout of `git` fail. Git gives up its locks when we die.
    """
    with git.conversation("update-ref", "-m", "re:factory: landed", "--stdin") as conversation:
        _ask(conversation, "start")
        _ask(conversation, "prepare", f"update {ref} {new} {old}\n")
        yield Transaction(conversation)


def _ask(conversation: Conversation, word: str, before: str = "") -> None:
    """Say a word of git's ref protocol, which answers `word: ok` or ends."""
    try:
        conversation.write(f"{before}{word}\n".encode())
        conversation.flush()
        answer = decode(conversation.read_line()).strip()
    except ConversationEnded as error:
        raise NotPrepared(decode(error.stderr).strip()) from error
    if answer != f"{word}: ok":
        raise NotPrepared(answer)
