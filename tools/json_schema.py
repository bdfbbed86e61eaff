"""What a JSON schema says of one value, behind the names and the nulls that pydantic writes around it."""

from collections.abc import Mapping
from typing import Any, Final

IN_WORDS: Final = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "object": "an object"}

Schema = Mapping[str, Any]


def resolved(schema: Schema, known: Schema) -> Schema:
    """The schema itself where only a name of it stands, and without the null that stands for `may be left out`; `known` are those with names."""
    if name := schema.get("$ref"):
        return resolved(known[name.rpartition("/")[2]], known)
    kept = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return resolved(kept[0], known) if len(kept) == 1 else schema
