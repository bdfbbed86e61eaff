"""Sizes as people read them."""

from typing import Final

STEP: Final = 1024


def size_said(number: int) -> str:
    """Bytes in the unit that suits them."""
    amount = float(number)
    for unit in ("B", "KB", "MB"):
        if amount < STEP:
            return f"{amount:.0f} {unit}"
        amount /= STEP
    return f"{amount:.1f} GB"
