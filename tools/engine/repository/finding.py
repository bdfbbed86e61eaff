"""Looking for texts in the files of a tree."""

import re
from collections.abc import Collection

from tools.engine.repository.git import GitFailed, decode, encode
from tools.engine.repository.location import Repository


def files_with(repository: Repository, tree: str, texts: Collection[str], *, whole: bool = False) -> dict[str, frozenset[str]]:
    """For each of the texts (one line each, not empty) the files of a tree (its whole id) that hold it; one that none holds is left out.

    `whole`: only where no letter or digit goes on before or after it. The texts are handed to git by its standard input: what is looked for may
    be a secret. Raises GitFailed.
    """
    if not texts:
        return {}
    arguments = ("grep", "-I", "--full-name", "--no-color", "--no-textconv", "-z", "-F", "-f", "-", tree)
    quick = repository.git.run(*arguments, standard_input=encode("\n".join(texts)))
    if quick.exit_code not in (0, 1):
        raise GitFailed(arguments, quick.exit_code, decode(quick.stderr).strip())
    found: dict[str, set[str]] = {}
    for line in decode(quick.stdout).split("\n"):
        name, _, content = line.partition("\0")
        for text in texts:
            if content and text in content and (not whole or _stands_alone(text, content)):
                found.setdefault(text, set()).add(name.removeprefix(f"{tree}:"))
    return {text: frozenset(paths) for text, paths in found.items()}


def _stands_alone(text: str, line: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", line) is not None
