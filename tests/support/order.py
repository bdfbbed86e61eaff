"""Which test files take longest: they are begun first, so that no worker is left with one of them while the others have nothing to do."""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
# More than ten seconds of processor each, longest first.
LONGEST: Final = (
    "tools/test_gate_on_candidates.py",
    "engine/languages/go/test_go_for_real.py",
    "engine/evaluation/test_bad_candidates.py",
    "contract/test_checks.py",
    "faults/test_damages.py",
    "journeys/test_demo.py",
    "journeys/test_bad_host.py",
    "engine/evaluation/test_measure.py",
    "engine/languages/rust/test_rust_for_real.py",
    "engine/evaluation/test_setup.py",
    "state/test_store_replay.py",
    "mcp_server/test_terminal_approval.py",
    "engine/languages/python/test_building.py",
    "tools/test_verdicts.py",
    "tools/test_merge_queue.py",
    "tools/test_raising.py",
    "tools/test_research_loops.py",
    "engine/languages/python/test_test_run.py",
    "journeys/test_resuming.py",
    "engine/languages/python/test_overlay.py",
    "launch/test_protocol.py",
    "mcp_server/test_selftest.py",
    "state/test_views_mended.py",
    "tools/test_odd_repositories.py",
    "tools/test_inheritance.py",
    "engine/process/test_supervision.py",
    "tools/test_factory_md_acting.py",
    "engine/languages/javascript/test_bad_candidates.py",
    "journeys/test_improve.py",
    "journeys/test_build.py",
    "journeys/test_hostile_words.py",
    "state/test_factory_md.py",
    "engine/languages/javascript/test_vitest.py",
    "tools/test_approvals.py",
    "engine/upkeep/test_doctor.py",
    "mcp_server/test_asking.py",
    "launch/test_hostile_project.py",
    "tools/test_holdouts.py",
    "tools/test_kept_together.py",
)


def begun(path: Path) -> int:
    """The place of a test file in the order; all that are not named come after those that are."""
    name = path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else ""
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
