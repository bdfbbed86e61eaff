"""The fields of an argument that is given as JSON, as the help of a subcommand shows them: from the schemas that it is checked against."""

from collections.abc import Iterator
from typing import Final

from tools.engine.experiment.review import Review
from tools.engine.roles.shapes import Decision, FailureAnalysis, Lesson, Plan, RecordReading, Refinement, Research, WrittenSpec
from tools.json_schema import IN_WORDS, Schema, resolved

REQUIRED: Final = "*"
# The schema that a model sees of these is shortened; what counts is the shape of each role's report.
SHAPES: Final = {("submit_report", "report"): (Review, Research, Plan, WrittenSpec, FailureAnalysis, Refinement, RecordReading, Lesson, Decision)}


def json_fields(tool: str, name: str, field: Schema) -> list[str]:
    """The lines about one argument; none where its JSON has no fields of its own. `field` is its schema."""
    shapes = [shape.model_json_schema() for shape in SHAPES.get((tool, name), ())] or [field.get("items", field)]
    within = "each " if field.get("type") == "array" else ""
    lines = []
    for number, shape in enumerate(shapes):
        if "properties" in shape:
            lines.append("or, with:" if number else f"--{name.replace('_', '-')} is JSON, {within}with ({REQUIRED}: must be there):")
            lines += _fields(shape, shape.get("$defs", {}), "  ")
    return lines


def _fields(shape: Schema, known: Schema, indent: str) -> Iterator[str]:
    """A line a field, and below it those of the objects that it holds."""
    width = max(map(len, shape["properties"]))
    for name, given in shape["properties"].items():
        field = resolved(given, known)
        inner = resolved(field.get("items", {}), known)
        mark = REQUIRED if name in shape.get("required", ()) else " "
        about = f". {given['description']}" if "description" in given else ""
        yield f"{indent}{mark} {name:<{width}}  {_kind(field, inner)}{about}".rstrip()
        if "properties" in inner:
            yield from _fields(inner, known, f"{indent}    ")


def _kind(field: Schema, inner: Schema) -> str:
    """What a field is, in words."""
    if field.get("type") == "array":
        return "a list, each with:" if "properties" in inner else f"a list, each {_kind(inner, {})}"
    if "const" in field:
        return str(field["const"])
    return " | ".join(map(str, field["enum"])) if "enum" in field else IN_WORDS.get(field.get("type", ""), "any value")
