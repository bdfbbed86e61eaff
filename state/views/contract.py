"""config.json, eval_profile.json and the draft: what factory.md says and how the project is measured, as approved last."""

import json
from typing import Any, Final

from state.approvals import latest_draft
from state.errors import Refusal
from state.factory_md import parse
from state.rows import one
from state.store import event_at
from state.views.text import pretty
from state.views.view import Source

# The original's names, where ours differ; of a part by its path.
RENAMED: Final = {
    "modifiable": "scope",
    "threshold": "eval_threshold",
    "project_evaluations": "project_eval",
    "outer_loop.inner": "inner_surfaces",
    "outer_loop.outer": "outer_surfaces",
}
# A part of ours that the original has beside the others.
CLEAN_PR: Final = "clean_pr"
NO_CLEAN_PR: Final[dict[str, Any]] = {"clean_pr": False, "clean_pr_include": [], "clean_pr_exclude": [], "land_by": None}


def config(source: Source) -> bytes | None:
    """The approved factory.md under the original's key names; `approved` is the hash of what the person was shown."""
    row = _approved(source)
    if row is None:
        return None
    return pretty({**_named(_configuration(source, row)), "approved": row["hash"], "at": row["at"], "by": row["channel"]})


def eval_profile(source: Source) -> bytes | None:
    """How the project is measured."""
    row = _approved(source)
    if row is None or not row["profile"]:
        return None
    return pretty({**json.loads(row["profile"]), "human_reviewed": True})


def draft(source: Source) -> bytes | None:
    """The draft written last, byte for byte."""
    found = latest_draft(source.connection)
    return found.text.encode() if found else None


def _approved(source: Source) -> dict[str, Any] | None:
    return one(source.connection, "SELECT hash, seq, channel, at, profile FROM approvals WHERE subject = 'evaluation' ORDER BY seq DESC LIMIT 1")


def _configuration(source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """The whole configuration that was approved; of one that this version cannot read, the contract as it was recorded."""
    text = one(source.connection, "SELECT text FROM drafts WHERE hash = ?", row["hash"])
    if text is not None:
        try:
            return parse(str(text["text"])).model_dump(mode="json")
        except Refusal:
            pass  # the rules of another version: what was approved stands in the event
    event = event_at(source.connection, row["seq"])
    return dict(event.payload.get("contract", {})) if event else {}


def _named(configuration: dict[str, Any], part: str = "") -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in configuration.items():
        if f"{part}{name}" == CLEAN_PR:
            named.update(value or NO_CLEAN_PR)
        else:
            named[RENAMED.get(f"{part}{name}", name)] = _named(value, f"{part}{name}.") if isinstance(value, dict) else value
    return named
