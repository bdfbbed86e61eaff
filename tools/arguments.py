"""The arguments that several tools share: their types, limits and words. What stands here is what a model reads."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from state.cycles import Category

TEXT_LIMIT: Final = 8000
REASON_LIMIT: Final = 500

LARGEST_NUMBER: Final = 999_999_999  # what J, H and plain numbers may be, so that every one of them fits a column


def _no_boolean(value: Any) -> Any:
    """pydantic takes True for 1; here it is a mistake."""
    if isinstance(value, bool):
        raise ValueError("a number")  # noqa: TRY004 - pydantic turns a ValueError into a problem of the argument
    return value


Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER), BeforeValidator(_no_boolean)]  # in this order the bounds are a schema's own
JobId = Annotated[str, Field(pattern=r"^J[0-9]{1,9}$")]
Item = Annotated[str, Field(pattern=r"^[HPR][0-9]{1,9}(\.[1-9][0-9]?)?$", description="H1, P1 or R1 of the open cycle.")]
Text = Annotated[str, Field(max_length=TEXT_LIMIT)]
ShortText = Annotated[str, Field(max_length=120)]
Reason = Annotated[str, Field(min_length=1, max_length=REASON_LIMIT, description="Up to 500 characters.")]
Lesson = Annotated[str, Field(max_length=REASON_LIMIT, description="What it taught; required for revert.")]
Cursor = Annotated[str, Field(max_length=100, description="`more` of the last answer.")]
Query = Annotated[str, Field(max_length=200)]
Detail = Literal["brief", "full"]
ShortTexts = Annotated[list[ShortText], Field(max_length=50)]
Count = Annotated[int, Field(ge=0, le=100), BeforeValidator(_no_boolean)]
Texts = Annotated[list[Text], Field(max_length=50)]

Hypotheses = Annotated[
    list[dict[str, Any]],
    Field(min_length=1, max_length=10),
    WithJsonSchema(
        {
            "type": "array",
            "description": "1 to 10.",
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "category": {"enum": list(Category.__args__)},
                    "dimension": {"type": "string", "description": "A dimension, or none."},
                    "what": {"type": "string"},
                    "why": {"type": "string", "description": "Evidence by id."},
                    "files": {"type": "array", "items": {"type": "string"}},
                    "own_checks": {"type": "array", "items": {"type": "string"}, "description": "Test ids that run and fail now and will pass."},
                    "characterises": {"type": "array", "items": {"type": "string"}, "description": "New tests that pass now too."},
                    "sources": {"type": "array", "items": {"type": "string"}},
                    "backlog": {"type": "string", "description": "B2; without: new."},
                    "execution": {"type": "string"},
                    "artifact": {"type": "string"},
                    "failure": {"type": "array", "items": {"type": "string"}},
                    "differs": {"type": "string"},
                },
                "required": ["title", "category", "dimension", "what", "why"],
            },
        }
    ),
]

ReportObject = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "description": "By role. reviewer: reviewer, independence (subagent, other_session, person, fresh_pass), decision (pass, changes, fail), "
            "quotes [{at: path:line, text}], guards [{guard, holds, evidence}], issues [{severity critical/important/minor, at, text}]. "
            "researcher: findings [{claim, source}], gaps. strategist: phases [{title, what, files, own_checks}], start {command, stays}, deferred. "
            "distiller: spec, questions. failure_analyst: failures [{instance, stage, category, cause}], interventions [{category, idea}]. "
            "refiner: tier, task, files, own_checks. evaluator: reading, concerns. archivist: lesson, rule, rule_for. "
            "ceo: decision (proceed, redirect, abort), about, feedback.",
            "properties": {
                "role": {
                    "enum": [
                        "reviewer",
                        "researcher",
                        "strategist",
                        "distiller",
                        "failure_analyst",
                        "refiner",
                        "evaluator",
                        "archivist",
                        "ceo",
                    ]
                }
            },
            "required": ["role"],
        }
    ),
]
