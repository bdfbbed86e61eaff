"""Which test files take longest: they are begun first, so that no worker is left with one of them while the others have nothing to do."""

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
# More than ten seconds of processor each, longest first.
LONGEST: Final = (
    "tools/test_gate_on_candidates.py",
    "engine/languages/go/test_go_for_real.py",
    "mcp_server/test_settings_of_a_server.py",
    "engine/evaluation/test_bad_candidates.py",
    "journeys/test_demo.py",
    "faults/test_nemesis.py",
    "contract/test_checks.py",
    "journeys/test_improve.py",
    "tools/test_two_servers.py",
    "engine/languages/rust/test_rust_for_real.py",
    "engine/languages/python/test_building.py",
    "state/test_store_replay.py",
    "tools/test_verdicts.py",
    "engine/evaluation/test_measure.py",
    "engine/languages/python/test_test_run.py",
    "tools/test_bad_commands.py",
    "mcp_server/test_meant_folder.py",
    "tools/test_inheritance.py",
    "mcp_server/test_terminal_approval.py",
    "mcp_server/test_config_command.py",
    "mcp_server/test_selftest.py",
    "state/test_store_processes.py",
    "state/test_registry.py",
    "state/test_integrity_verifying.py",
    "engine/languages/python/test_overlay.py",
    "launch/test_hostile_project.py",
    "tools/test_factory_md_acting.py",
    "tools/test_approvals.py",
    "engine/languages/javascript/test_bad_candidates.py",
    "engine/languages/javascript/test_vitest.py",
    "engine/evaluation/test_setup.py",
    "tools/test_status_of_factory_md.py",
)


def begun(path: Path) -> int:
    """The place of a test file in the order; all that are not named come after those that are."""
    name = path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else ""
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)
