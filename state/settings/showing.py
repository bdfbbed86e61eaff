"""The settings as they may be shown: each value with where it comes from and what it is for, secrets masked."""

import re
from typing import Any, Final

from state.answers import clean
from state.masking import hidden, mask_value
from state.settings.keys import BY_VARIABLE, KEYS
from state.settings.resolution import Settings
from state.settings.values import NO, YES, shown

# Of a credential only what says "this is no secret" by its name, or is a yes or a no, is shown: passwords look like anything.
_PLAIN: Final = re.compile(r"(?:^|_)(?:REGION|ZONE|LOCATION|PROJECT|PROJECT_ID|MODEL|HOST|PORT|URL|ENDPOINT|VERSION)$")


def plain(settings: Settings, *, reveal: bool) -> dict[str, Any]:
    """Everything about the settings as JSON-ready values; `reveal`: secrets as they are."""
    return {
        "file": str(settings.file.path) if settings.file.path else None,
        "present": settings.file.present,
        "profile": settings.profile or None,
        "settings": [_setting(settings, key.name, reveal=reveal) for key in KEYS],
        "credentials": {
            profile: {name: credential.value if reveal else credential_shown(name, credential.value) for name, credential in held.items()}
            for profile, held in settings.file.content.profiles.items()
        },
        "problems": [str(problem) for problem in settings.problems],
    }


def credential_shown(name: str, value: str) -> str:
    """A variable of a profile as it may be shown."""
    if name in BY_VARIABLE or _PLAIN.search(name) or value.strip().lower() in YES | NO:
        return clean(mask_value(name, value))
    return hidden(value)


def _setting(settings: Settings, name: str, *, reveal: bool) -> dict[str, Any]:
    found = settings.values[name]
    value: Any = list(found.value) if isinstance(found.value, tuple) else found.value
    if not reveal and isinstance(value, str | list):
        value = [shown(found.key, item) for item in value] if isinstance(value, list) else shown(found.key, value)
    return {
        "name": name, "value": value, "source": found.source.value, "where": found.where, "variable": found.key.variable, "about": found.key.about,
    }  # fmt: skip
