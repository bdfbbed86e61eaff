"""The refs of git that experiments must have by what the events say of them, whatever git has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.rows import many

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True)
class ExpectedRef:
    """A ref that keeps commits of an experiment, and the commit that it held as far as the events say, which began at `base`.

    `branch` kept them before. `recorded`: the verdict names the ref, so that it was made for certain. `waits`: it holds what is still to land.
    """

    experiment: int
    ref: str
    commit: str
    base: str
    branch: str
    recorded: bool
    waits: bool


def expected_refs(connection: "sqlite3.Connection") -> list[ExpectedRef]:
    """The backup of every experiment that ended, and what holds a kept one that waits to land."""
    return [*_backups(connection), *_waiting(connection)]


def _backups(connection: "sqlite3.Connection") -> list[ExpectedRef]:
    question = (
        "SELECT id, base, branch, candidate, backup FROM experiments "
        "WHERE state IN ('landed', 'proposed', 'reverted', 'superseded', 'undone', 'error') AND (candidate IS NOT NULL OR backup <> '') ORDER BY id"
    )
    return [
        ExpectedRef(
            experiment=row["id"], ref=row["backup"] or f"refs/factory/backup/{row['id']:03d}", commit=row["candidate"] or row["base"],
            base=row["base"], branch=row["branch"], recorded=bool(row["backup"]), waits=False,
        )
        for row in many(connection, question)
    ]  # fmt: skip


def _waiting(connection: "sqlite3.Connection") -> list[ExpectedRef]:
    """Of those that were tried to land: before that nothing was to be held but the branch."""
    question = (
        "SELECT id, base, branch, new FROM experiments JOIN landings ON experiment = id WHERE experiments.state = 'kept' "
        "AND landings.seq = (SELECT MAX(seq) FROM landings WHERE experiment = id AND purpose = 'experiment') ORDER BY id"
    )
    return [
        ExpectedRef(
            experiment=row["id"], ref=f"refs/factory/kept/{row['id']:03d}", commit=row["new"], base=row["base"], branch=row["branch"],
            recorded=True, waits=True,
        )
        for row in many(connection, question)
    ]  # fmt: skip
