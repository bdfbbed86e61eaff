"""The supervisor's start, run by its path as `python -I -S __main__.py REPORT_DESCRIPTOR`: isolated, so that nothing but the library is found."""

import os
import sys


def find_neighbours() -> None:
    """Make `tools.engine.process.supervisor` known by its place, without what the packages above it load for the server."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for name in ("tools.engine.process", "tools.engine", "tools"):
        package = type(sys)(name)
        package.__path__ = [folder]
        sys.modules[name] = package
        folder = os.path.dirname(folder)


if __name__ == "__main__":
    find_neighbours()
    from tools.engine.process.supervisor.supervising import main

    main(int(sys.argv[1]))
    os._exit(0)  # nothing is left to tidy, so that the interpreter needs no time to end
