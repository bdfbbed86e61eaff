"""What was right of a report that was refused: it need not be said again."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from state.answers import one_line
from state.errors import Problem

LIMIT: Final = 3000  # characters of what is said again
# Where a problem is: a field, and of a list the item, from 1 in brackets.
PLACE: Final = re.compile(r"(?:report\.)?(?P<field>\w+)(?:\[(?P<item>\d+)\])?")


def right_of_report(report: Any, problems: Sequence[Problem]) -> dict[str, Any]:
    """The report without the fields and items that problems name; of a list that only lacks something all that is there.

    The longest fields are left out where all of it would be longer than LIMIT. Empty where the report is no object.
    """
    if not isinstance(report, dict):
        return {}
    right = dict(report)
    for problem in problems:
        found = PLACE.match(problem.where)
        name = found["field"] if found else ""
        if found is None or name not in report:
            continue
        items = right.get(name)
        number = int(found["item"]) - 1 if found["item"] else None
        if isinstance(items, list) and isinstance(report[name], list):
            right[name] = [item for item in items if item is not _item(report[name], number) and not _is_meant(item, problem)]
        else:
            right.pop(name, None)
    while right and len(json.dumps(right)) > LIMIT:
        right.pop(max(right, key=lambda name: len(json.dumps(right[name]))))
    return right


def _item(items: list[Any], number: int | None) -> Any:
    return items[number] if number is not None and number < len(items) else _NONE


_NONE: Final = object()


def _is_meant(item: Any, problem: Problem) -> bool:
    """Whether a problem of a list names this item by its guard."""
    return isinstance(item, dict) and "guard" in item and one_line(str(item["guard"])) == problem.found
