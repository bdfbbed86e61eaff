"""What a line of requirements is about."""

import re

from tools.engine.languages.python.distributions import normalised


def distribution_of(requirement: object) -> str:
    """The normalised name of the distribution that a requirement names; empty where the line is none."""
    found = re.match(r"\s*([A-Za-z0-9][\w.-]*)", str(requirement))
    return normalised(found.group(1)) if found else ""
