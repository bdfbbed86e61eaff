"""The table of all cheats, in the order in which they are tried."""

from collections.abc import Sequence
from typing import Final

from tools.engine.drill import (
    cheats_in_go,
    cheats_in_javascript,
    cheats_in_rust,
    cheats_of_answers,
    cheats_of_growth,
    cheats_of_growth_in_javascript,
    cheats_of_measures,
    cheats_of_proof,
    cheats_of_proof_in_javascript,
    cheats_of_tests,
    cheats_of_the_contract,
    cheats_of_the_process,
    cheats_of_the_runner,
)
from tools.engine.drill.breaks import BREAKS, CONTROL, PLAINLY
from tools.engine.drill.grounds import Cheat

_OF_EVERY_KIND: Final[tuple[Cheat, ...]] = (
    *cheats_of_tests.CHEATS, *cheats_of_the_runner.CHEATS, *cheats_of_the_process.CHEATS, *cheats_of_answers.CHEATS, *cheats_of_measures.CHEATS,
    *cheats_of_growth.CHEATS, *cheats_of_proof.CHEATS, *cheats_in_javascript.CHEATS, *cheats_of_growth_in_javascript.CHEATS,
    *cheats_of_proof_in_javascript.CHEATS, *cheats_in_go.CHEATS, *cheats_in_rust.CHEATS, *cheats_of_the_contract.CHEATS,
)  # fmt: skip
# What may land comes last, for what follows a landing needs a stage of its own.
CHEATS: Final = tuple(sorted(_OF_EVERY_KIND, key=lambda cheat: cheat.bounded or bool(cheat.advice)))
EVERY: Final = (CONTROL, PLAINLY, *BREAKS, *CHEATS)


def chosen(names: Sequence[str], language: str) -> tuple[tuple[Cheat, ...], tuple[Cheat, ...]]:
    """The rows with these names (none: all) for a project in a language: breaks, and cheats. Control and fault are always tried."""
    rows = [row for row in (*BREAKS, *CHEATS) if (not row.languages or language in row.languages) and (not names or row.name in names)]
    return tuple(row for row in rows if row.family == "break"), tuple(row for row in rows if row.family != "break")
