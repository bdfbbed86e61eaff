"""The readable files of `.factory`: written from the store after each change, never read for a decision."""

from state.views.comparing import Difference, compare
from state.views.exporting import Exported, export
from state.views.repairing import Repaired, repair
from state.views.writing import Trouble

__all__ = ["Difference", "Exported", "Repaired", "Trouble", "compare", "export", "repair"]
