"""What a candidate did to a file that belongs to the base, and what of that a person has to accept."""

from dataclasses import dataclass
from typing import Final, Literal

ChangeKind = Literal["only_gained", "added_plain_test", "changed", "deleted", "configuration"]
# Everyday additions, which never wait for a person.
HARMLESS: Final[frozenset[ChangeKind]] = frozenset({"only_gained", "added_plain_test"})


@dataclass(frozen=True)
class BaseOwnedChange:
    """One base-owned path that differs. `detail` says what was seen, in words for a person; `first`: the base has no such file at all."""

    path: str
    kind: ChangeKind
    detail: str = ""
    first: bool = False

    @property
    def suspicious(self) -> bool:
        """Whether it makes the verdict held."""
        return self.kind not in HARMLESS


def change_of_text(path: str, base: bytes | None, candidate: bytes) -> BaseOwnedChange:
    """The change of a file that has no syntax tree here: it only gained where every line of the base stands in it, in order."""
    if base is None:
        return BaseOwnedChange(path, "added_plain_test", "a new file")
    if b"\0" in base or b"\0" in candidate:
        return BaseOwnedChange(path, "changed", "a binary file has other content")
    remaining = iter(candidate.splitlines())
    for number, line in enumerate(base.splitlines(), start=1):
        if line not in remaining:  # moves the iterator on, so the order counts
            return BaseOwnedChange(path, "changed", f"line {number} of the base is gone or changed: {line.decode('utf-8', 'replace')[:100]}")
    return BaseOwnedChange(path, "only_gained", "every line of the base stands in it")
