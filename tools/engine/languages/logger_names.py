"""Names under which loggers and their methods are known in most languages."""

import re
from typing import Final

LEVELS: Final = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "msg", "trace", "success", "notice"}
    | {f"a{level}" for level in ("debug", "info", "warning", "error", "exception", "critical", "log")}
)
# Methods by how loud they are, on the scale of Python's logging; what is below INFO nobody hears of who did not ask for it.
LOUDNESS: Final = {
    "trace": 5, "debug": 10, "info": 20, "success": 25, "notice": 25, "warning": 30, "warn": 30, "error": 40, "exception": 40, "critical": 50,
    "fatal": 50,
}  # fmt: skip
INFO: Final = LOUDNESS["info"]
# The last word of a name under which loggers are known: log, _LOGGER, self.access_log, requestLogger; not catalog.
RECEIVERS: Final = frozenset({"log", "logs", "logger", "loggers", "logging", "structlog", "loguru", "winston", "pino", "telemetry"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_logger_name(name: str) -> bool:
    """Whether a variable or attribute of this name is by convention a logger."""
    words = _WORD.findall(name)
    return bool(words) and words[-1].lower() in RECEIVERS
