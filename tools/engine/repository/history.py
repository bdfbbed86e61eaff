"""What the history of a repository tells about its files."""

import os
from collections import Counter

from tools.engine.repository.git import decode
from tools.engine.repository.location import Repository, resolve


def hotspots(repository: Repository, commit: str, limit: int = 200) -> list[tuple[str, int]]:
    """The files that the last `limit` commits before and at `commit` changed, each with the number of those commits, most changed first.

    Merges count as nothing; of files changed equally often the first by name comes first. Raises Refusal BAD_ARGUMENTS for no commit.
    """
    import git  # noqa: PLC0415 - loaded on use: start-up speed

    tip = resolve(repository, commit)
    with git.Repo(repository.root) as opened:
        # Its git would inherit our environment, in which GIT_DIR may name another repository.
        opened.git.update_environment(GIT_DIR=os.fspath(repository.common), GIT_WORK_TREE=os.fspath(repository.root), GIT_NO_REPLACE_OBJECTS="1")
        opened.git.set_persistent_git_options(c=["core.hooksPath=/dev/null", "core.fsmonitor=false", "log.showSignature=false"])
        listed = opened.git.log(
            "--format=", "--name-only", "--no-renames", "--no-ext-diff", "-z", f"--max-count={limit}", tip, "--", stdout_as_string=False
        )
    counts = Counter(name for name in listed.split(b"\0") if name)
    return [(name.decode("utf-8", "surrogateescape"), count) for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def subjects(repository: Repository, commit: str, path: str, limit: int) -> list[str]:
    """The first lines of the messages of the last `limit` commits, up to this one, that changed a file; the newest first."""
    said = repository.git.bytes_("log", "--no-merges", "--format=%s", f"--max-count={limit}", resolve(repository, commit), "--", path)
    return decode(said).splitlines()
