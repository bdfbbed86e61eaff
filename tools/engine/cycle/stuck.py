"""Being stuck: a category in which one attempt after the other was reverted is barred, until something is kept."""

from collections.abc import Iterable
from typing import Final

from state.cycles import CATEGORY_ORDER, Category, ModeName
from state.track_record import results_in_order
from tools.engine.session import Session

# Modes in which the strategist chooses. In the others the person said what to do: no budget counts, and nothing is barred.
CHOSEN: Final[frozenset[ModeName]] = frozenset(("improve", "research", "meta"))
IN_A_ROW: Final = 3  # reverts of one category
LOOKED_AT: Final = 200  # results, the last ones


def barred_in(session: Session, mode: ModeName) -> tuple[Category, ...]:
    """The categories that may not be proposed now in a cycle of this mode."""
    if mode not in CHOSEN:
        return ()
    with session.store.reading() as connection:
        return barred_by(results_in_order(connection, LOOKED_AT))


def barred_by(results: Iterable[tuple[Category, bool]]) -> tuple[Category, ...]:
    """The barred categories, in the order of FEEC; `results` are the categories of what was kept (True) or reverted, the oldest first.

    Reverts of one category in a row bar it; a keep, of whatever category, lifts every bar. One category is always left: where the last one would be
    barred too, only that one is, as the others have waited.
    """
    barred: set[Category] = set()
    row: list[Category] = []
    for category, kept in results:
        if kept:
            barred, row = set(), []
            continue
        row = [*row, category] if row and row[-1] == category else [category]
        if len(row) >= IN_A_ROW:
            barred = {category} if len(barred | {category}) == len(CATEGORY_ORDER) else barred | {category}
    return tuple(category for category in CATEGORY_ORDER if category in barred)


def barred_said(barred: Iterable[Category]) -> str:
    """The bars in words, for who proposes next; nothing where there are none."""
    names = ", ".join(barred)
    return f"Barred until something is kept, for {IN_A_ROW} reverts in a row: {names}." if names else ""
