"""go.mod mixes concerns: requirements are the candidate's, what stands in the place of them (replace, godebug) is the base's."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

# A replaced module may be the very library that the tests assert with; godebug changes how a binary behaves.
_OF_THE_BASE: Final = frozenset({"replace", "godebug"})
_COMMENT: Final = re.compile(r"//[^\n]*")


def directives(content: bytes) -> Iterator[tuple[str, str]]:
    """Each directive of a go.mod or go.work as its word and the rest of its line, blocks opened up. What go could not read is left as it is."""
    word = ""
    for raw in content.decode("utf-8", "replace").splitlines():
        line = _COMMENT.sub("", raw).strip()
        if not line:
            continue
        if word:
            if line == ")":
                word = ""
            else:
                yield word, line
            continue
        first, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest == "(":
            word = first
        else:
            yield first, rest


def graft(base: bytes | None, candidate: bytes | None) -> bytes | None:
    """The candidate's file with the base's replacements and debug settings; its bytes where they agree, None where the base has none either."""
    if candidate is None or base == candidate:
        return base
    before, after = _of_the_base(base or b""), _of_the_base(candidate)
    if base is None or before == after:
        return candidate
    kept = "\n".join(f"{word} {rest}" for word, rest in directives(candidate) if word not in _OF_THE_BASE)
    added = "\n".join(f"{word} {rest}" for word, rest in before)
    return f"{kept}\n{added}\n".encode()


def module_path(content: bytes) -> str:
    """The path of the module; empty where the file names none."""
    return next((rest.strip('"`') for word, rest in directives(content) if word == "module"), "")


def required(content: bytes) -> list[str]:
    """The modules that it asks for."""
    return [rest.split()[0] for word, rest in directives(content) if word == "require" and rest.split()]


def local_folders(content: bytes) -> list[str]:
    """The folders on disk that a go.mod puts in the place of modules, or that a go.work uses, as they are written."""
    found = [rest.strip('"') for word, rest in directives(content) if word == "use"]
    targets = (rest.partition("=>")[2].split() for word, rest in directives(content) if word == "replace")
    return found + [
        target[0].strip('"') for target in targets if target and (target[0].startswith(("./", "../", '"')) or PurePosixPath(target[0]).is_absolute())
    ]


def _of_the_base(content: bytes) -> list[tuple[str, str]]:
    return sorted((word, " ".join(rest.split())) for word, rest in directives(content) if word in _OF_THE_BASE)
