"""What is broken on purpose, by language: small changes of a project's own code, of which a test should fail."""

from collections.abc import Callable, Mapping
from typing import Final

from tools.engine.drill.grounds import Fault, Grounds
from tools.engine.drill.javascript_faults import javascript_faults
from tools.engine.drill.operator_faults import operator_faults
from tools.engine.drill.python_faults import python_faults

MAKERS: Final[Mapping[str, Callable[[Grounds, int], list[Fault]]]] = {
    "python": python_faults, "javascript": javascript_faults, "go": operator_faults, "rust": operator_faults,
}  # fmt: skip


def faults_of(grounds: Grounds, most: int) -> list[Fault]:
    """At most `most` faults of the root's code, the likeliest first; none of a language that has no maker."""
    maker = MAKERS.get(grounds.root.language)
    return maker(grounds, most) if maker else []
