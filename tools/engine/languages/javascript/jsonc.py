"""JSON with comments and trailing commas, as tsconfig.json and biome.jsonc hold it."""

import json
import re
from typing import Any, Final

_STRING_OR_COMMENT: Final = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_STRING_OR_COMMA: Final = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')


def parsed_jsonc(content: bytes) -> dict[str, Any]:
    """The object in it; empty where there is none."""
    text = content.decode("utf-8-sig", "replace")
    for pattern in (_STRING_OR_COMMENT, _STRING_OR_COMMA):
        text = pattern.sub(lambda found: found.group(1) or "", text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
