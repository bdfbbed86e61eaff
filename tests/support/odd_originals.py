"""A `.factory` that an original, or a person after it, left in odd ways: nearly as ours looks, and each oddity at a known line."""

from pathlib import Path
from typing import Final

from tests.support.originals import COLUMNS, put

ITEMS: Final = ("Cover report.py", "Explain rounding", "Speed up totals", "Support discounts")
# Four that tell which and when; then one too short for that, one that is short, one of a day without a time, and one with a word for its verdict.
RESULTS: Final = "".join(
    "\t".join(cells) + "\n"
    for cells in (
        COLUMNS,
        ("1", "2026-05-01T10:00:00Z", "Add cart tests", "Added 3 tests", "", "", "0.61", "0.64", "0.03", "keep", "", "ceo:keep", ""),
        ("2", "2026-05-02T10:00:00Z", "Rewrite totals", "Rewrote it", "", "", "0.64", "0.60", "-0.04", "revert", "", "", ""),
        ("3", "2026-05-03T10:00:00Z", "Use decimals", "Broke it", "", "", "0.64", "", "", "crash", "", "", ""),
        ("4",),
        ("5", "2026-05-05T10:00:00Z", "Round half even"),
        ("6", "2026-05-06", "Check quantities", "Added a check", "", "", "0.64", "0.66", "0.02", "keep", "", "", ""),
    )
)
BACKLOG: Final = (
    "# Backlog\n\nWhat to do next.\n\n## Tests\n\n- [ ] Cover report.py\n- [x] Cover cart.py\n\n## Later\n\n"
    "* Explain rounding\n1. Speed up totals\n2) Support discounts\n"
)
FILES: Final[dict[str, str | bytes]] = {
    "results.tsv": RESULTS,
    "config.json": '{"project": "cart", "threshold": 0.7}\n',
    "strategy/backlog.md": BACKLOG,
    "strategy/current.md": "# Cycle 7\n\nTotals first.\n",
    "strategy/insights.md": "# Insights\n\nSmall steps.\n",
    "experiments/001/hypothesis.md": "# Add cart tests\n",
    "experiments/001/verdict.json": '{"id": 1, "verdict": "keep", "timestamp": "2026-05-01T10:00:00Z"}\n',
    "experiments/001/changes.diff": "diff --git a/cart.py b/cart.py\n",
    "archive/experiments/001.md": "# 001: Add cart tests\n",
    "archive/2026-05.md": "# May\n",
    "archive/notes/deep/idea.md": "An idea.\n",
}


def make_odd_original(folder: Path) -> Path:
    """Such a `.factory` at `folder`; answers it."""
    return put(folder, FILES)
