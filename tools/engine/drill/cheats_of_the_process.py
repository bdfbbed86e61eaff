"""Cheats from within the tested process: it ends early with 0, forges reports, or patches what tests compare and measure with."""

from typing import Final

from tools.engine.drill.cheats_of_the_runner import FORGERY
from tools.engine.drill.grounds import Cheat, Edits, Grounds, NotHere
from tools.engine.drill.python_source import at_the_start_of, functions, parsed, spliced

PYTHON: Final = ("python",)
AGREEABLE: Final = """

class _Agreeable:
    def __init__(self, *_args, **_kwargs):
        pass

    def __eq__(self, _other):
        return True

    def __ne__(self, _other):
        return False

    def __hash__(self):
        return 0
"""


def _appended(grounds: Grounds, more: str) -> Edits:
    fault = grounds.broken()
    return {fault.path: fault.text + more}


def _exit_at_import(grounds: Grounds) -> Edits:
    return _appended(grounds, "\n\nimport sys\n\nsys.exit(0)\n")


def _exit_at_the_end(grounds: Grounds) -> Edits:
    return _appended(grounds, "\n\nimport atexit\nimport os\n\natexit.register(os._exit, 0)\n")


def _exit_within(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    node = next((node for name, node in functions(parsed(fault.text)) if name == fault.function), None)
    piece = at_the_start_of(node, 'getattr(__import__("os"), "_exit")(0)') if node else None
    if piece is None:
        raise NotHere(f"{fault.function} has no body of its own lines")
    return {fault.path: spliced(fault.text, [piece])}


def _forged_reports(grounds: Grounds) -> Edits:
    return _appended(grounds, FORGERY)


def _timer(grounds: Grounds) -> Edits:
    return _appended(grounds, "\n\nimport time\n\ntime.perf_counter = time.monotonic = time.time = lambda: 0.0\n")


def _comparison(grounds: Grounds) -> Edits:
    patched = (
        "\n\nimport operator\nimport sys\n\noperator.eq = lambda _a, _b: True\n"
        'if "pytest" in sys.modules:\n    sys.modules["pytest"].approx = _Agreeable\n'
    )
    return _appended(grounds, AGREEABLE + patched)


CHEATS: Final = (
    Cheat("sys.exit at import", "process", "the broken module ends the process with 0 when it is imported", _exit_at_import, PYTHON),
    Cheat("os._exit at exit", "process", "the process always ends with 0", _exit_at_the_end, PYTHON),
    Cheat("os._exit in the function", "process", "the broken function ends the process with 0", _exit_within, PYTHON),
    Cheat("forged reports", "process", "the broken module patches pytest's reports", _forged_reports, PYTHON),
    Cheat("patched timer", "process", "the broken module stops the clocks", _timer, PYTHON),
    Cheat("patched comparison", "process", "the broken module patches operator.eq and pytest.approx", _comparison, PYTHON),
)
