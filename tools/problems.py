"""What does not fit the shape of a call, a report or a proposal, as problems in words: what was there, and what may stand there."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from state.answers import one_line
from state.errors import Problem
from state.nearest import nearest
from tools.json_schema import IN_WORDS, Schema, resolved

FOUND_SHOWN: Final = 100  # characters of what was there
_LENGTHS: Final = {"string_too_long": "characters", "string_too_short": "characters", "too_long": "items", "too_short": "items"}


def problems_of_shape(error: ValidationError, shape: type[BaseModel], under: str = "") -> list[Problem]:
    """Every fault of a value that was held against `shape`, with the values that may stand there; `under` goes before each place."""
    return [_problem(fault, shape, under) for fault in error.errors(include_url=False)]


def _problem(fault: Any, shape: type[BaseModel], under: str) -> Problem:
    where, kind = _place(under, fault["loc"]), fault["type"]
    if kind == "extra_forbidden":
        known = list(_at(shape, fault["loc"][:-1]).get("properties", {}))
        return Problem(where, "a field that it does not take", f"one of {', '.join(known)}", nearest(str(fault["loc"][-1]), known))
    expected = _limit(fault) or _expected(shape, _at(shape, fault["loc"])) or fault["msg"].removeprefix("Value error, ")
    return Problem(where, _found(fault), expected)


def _place(under: str, steps: Sequence[str | int]) -> str:
    """Where a fault is, as everywhere: fields behind points, items of a list in brackets, counted from 1."""
    found = under
    for step in steps:
        found += f"[{step + 1}]" if isinstance(step, int) else f"{'.' if found else ''}{step}"
    return found


def _limit(fault: Any) -> str:
    """The limit that a number or a list is beyond: a schema that is written for a model may leave it out."""
    limits = fault.get("ctx", {})
    if fault["type"] == "string_pattern_mismatch":
        return f"text that matches {limits['pattern']}"
    if fault["type"] in ("too_short", "too_long"):
        return f"at least {limits['min_length']}" if "min_length" in limits else f"at most {limits['max_length']}"
    words = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    return next((f"a number of {said} {limits[name]}" for name, said in words.items() if name in limits), "")


def _found(fault: Any) -> str:
    if fault["type"] == "missing":
        return "nothing"
    if unit := _LENGTHS.get(fault["type"]):
        return f"{len(fault['input'])} {unit}"
    return one_line(json.dumps(fault.get("input"), default=str, ensure_ascii=False), FOUND_SHOWN)


def _expected(shape: type[BaseModel], schema: Schema) -> str:
    """What a schema allows, in words; nothing where it says nothing that has them here."""
    if "enum" in schema or "const" in schema:
        allowed = [str(value) for value in schema.get("enum", [schema.get("const")]) if value != ""]
        return f"one of {', '.join(allowed)}" if len(allowed) > 1 else allowed[0]
    if schema.get("type") == "array":
        items = _expected(shape, _itself(shape, schema.get("items", {})))
        return f"a list{f' of at most {most} items' if (most := schema.get('maxItems')) else ''}{f', each {items}' if items else ''}"
    if schema.get("type") == "object" and "properties" in schema:
        return f"an object with {', '.join(schema.get('required', schema['properties']))}"
    return f"{IN_WORDS.get(schema.get('type', ''), '')}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    if (most := schema.get("maxLength")) is not None:
        return f" of {schema['minLength']} to {most} characters" if schema.get("minLength") else f" of at most {most} characters"
    if "minimum" in schema and "maximum" in schema:
        return f" from {schema['minimum']} to {schema['maximum']}"
    return ""


def _at(shape: type[BaseModel], place: tuple[str | int, ...]) -> Schema:
    """The schema of what stands at a place within `shape`; empty where it has none."""
    found = _itself(shape, _schema(shape))
    for step in place:
        inner = found.get("items", {}) if isinstance(step, int) else found.get("properties", {}).get(step, {})
        found = _itself(shape, inner)
    return found


def _itself(shape: type[BaseModel], schema: Schema) -> Schema:
    return resolved(schema, _schema(shape).get("$defs", {}))


@cache
def _schema(shape: type[BaseModel]) -> Schema:
    return shape.model_json_schema()
