"""Standard output before the protocol owns it: what is printed meanwhile goes to standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

STANDARD_OUTPUT: Final = 1
STANDARD_ERROR: Final = 2


@contextmanager
def kept_clear() -> Iterator[None]:
    """Keep standard output free of what modules print while they are imported: a host would take it for a message."""
    wire = os.dup(STANDARD_OUTPUT)
    os.dup2(STANDARD_ERROR, STANDARD_OUTPUT)
    try:
        yield
        sys.stdout.flush()
    finally:
        os.dup2(wire, STANDARD_OUTPUT)
        os.close(wire)
