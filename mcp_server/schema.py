"""The arguments of a tool: their schema as a model sees it, slimmed once for all tools, and their validation with every problem at once."""

import inspect
import json
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from mcp_server.catalogue import ROWS, Row
from state.errors import Problem, Refusal, counted
from state.text import is_text
from tools.problems import problems_of_shape

Project = Annotated[str, Field(max_length=4096, description="Absolute path.")]
# Bounds are checked, and said in errors; defaults are said in descriptions; titles say what names say.
LEFT_OUT: Final = frozenset(
    {"title", "default", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "additionalProperties"}
)


@cache
def arguments_model(name: str) -> type[BaseModel]:
    """The model that a tool's arguments are checked against; unknown ones are refused."""
    function = ROWS[name].function
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {
        parameter.name: (hints[parameter.name], ... if parameter.default is inspect.Parameter.empty else parameter.default)
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    }
    return create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields, project=(Project, ""))


def input_schema(row: Row) -> dict[str, Any]:
    """The JSON schema that hosts put before the model."""
    slim = _slim(arguments_model(row.name).model_json_schema())
    properties = slim.get("properties", {})
    return {"type": "object", "properties": properties, **({"required": slim["required"]} if "required" in slim else {})}


def checked_arguments(row: Row, given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The arguments as the function takes them, and the project named. Raises Refusal BAD_ARGUMENTS with every problem at once.

    Models sometimes write a list or an object as JSON text, or one item where a list of one is due: both are taken for what they mean.
    """
    if broken := [where for name, value in given.items() for where in _no_text(value, name)]:
        problems = [Problem(where, "half of a character (a lone surrogate)", "text that can be written as UTF-8") for where in broken]
        raise Refusal("BAD_ARGUMENTS", f"{row.name}: {counted(problems)}", problems=problems)
    model = arguments_model(row.name)
    mended = {name: _meant(model, name, value) for name, value in given.items() if value is not None}
    try:
        checked = model.model_validate(mended)
    except ValidationError as error:
        problems = problems_of_shape(error, model)
        raise Refusal("BAD_ARGUMENTS", f"{row.name}: {counted(problems)}", problems=problems) from error
    values = {name: getattr(checked, name) for name in type(checked).model_fields}
    return values, str(values.pop("project"))


def _no_text(value: Any, where: str) -> list[str]:
    """The places within a value, `where` being its own, at which a text cannot be written down: JSON can name halves of characters."""
    if isinstance(value, str):
        return [] if is_text(value) else [where]
    if isinstance(value, dict):
        inner = [(item, f"{where}.{name}") for name, item in value.items() if is_text(str(name))]
        return [where] * (len(inner) < len(value)) + [found for item, place in inner for found in _no_text(item, place)]
    if isinstance(value, list):
        return [found for number, item in enumerate(value, 1) for found in _no_text(item, f"{where}[{number}]")]
    return []


def _meant(model: type[BaseModel], name: str, value: Any) -> Any:
    kind = input_kind(model, name)
    if kind not in ("array", "object"):
        return value
    meant = _from_json(value) if isinstance(value, str) else value
    return [meant] if kind == "array" and isinstance(meant, str | dict) else meant


def _from_json(text: str) -> Any:
    """The list or object that a text holds; any other text as it is."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return parsed if isinstance(parsed, list | dict) else text


def input_kind(model: type[BaseModel], name: str) -> str:
    """The JSON type of an argument; empty for an unknown one."""
    found = _kinds(model).get(name, "")
    return found if isinstance(found, str) else ""


@cache
def _kinds(model: type[BaseModel]) -> dict[str, Any]:
    return {name: _slim(field).get("type") for name, field in model.model_json_schema().get("properties", {}).items()}


def _slim(schema: Any) -> Any:
    """`schema` without what costs tokens and tells nothing: titles, defaults, bounds, and the null that stands for `may be left out`."""
    if isinstance(schema, list):
        return [_slim(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema:
        kept = [item for item in schema["anyOf"] if item != {"type": "null"}]
        if len(kept) == 1:
            return _slim({**{name: value for name, value in schema.items() if name != "anyOf"}, **kept[0]})
    slim = {name: _slim(value) for name, value in schema.items() if name not in LEFT_OUT or name == "properties"}
    if "properties" in slim:
        slim["properties"] = {name: _slim(value) for name, value in schema["properties"].items()}
    if "enum" in slim and slim.get("type") == "string":
        del slim["type"]
    return slim
