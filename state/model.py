"""What every persisted model shares: frozen, strict, closed; and the canonical JSON that hashes are taken of."""

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict

JSON = dict[str, Any] | list[Any] | str | int | float | bool | None


class Model(BaseModel):
    """A frozen record: unknown fields are refused, and so are NaN and infinity."""

    # Built at first use: a start needs few of them. Threads may be the first: pydantic builds under a lock since 2.14.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    def plain(self) -> dict[str, Any]:
        """The record as JSON-ready values, fields at their default left out."""
        return self.model_dump(mode="json", exclude_defaults=True)


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no blanks, no NaN. Raises ValueError for a number that is not finite."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: JSON) -> str:
    """SHA-256, in hex, of the canonical JSON of `value`."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
